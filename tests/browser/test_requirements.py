"""What an evaluation requires is checked in the dialog of a new dataset, and what it lacks keeps it from being sent."""

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.small_server import blobs, small_server, wait_until

LATE = 20_000
"""Milliseconds that anything may take on a busy machine."""


@pytest.fixture
def opened(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    with small_server() as server, server.client() as client:
        embeddings, _ = blobs(60, 3, 7)
        server.add_dataset("shop", "strangers", labels=["moon", "star"] * 30, embeddings=embeddings)
        widget = EvalWidget(client, model="sentiment")
        wait_until(lambda: widget.versions and not widget.loading)
        yield BarePage(context.new_page(), widget), widget, client
        widget.close()
    context.close()


def choose(bare, widget, dialog, dataset):
    field = dialog.get_by_role("combobox", name="Dataset", exact=True)
    field.click()
    field.fill(dataset)
    dialog.get_by_role("option", name=dataset).first.click()
    bare.until(lambda: widget.preview and widget.preview["dataset_key"].endswith(f"/{dataset}"))


def test_a_dataset_that_cannot_be_evaluated_is_not_sent_and_one_that_can_is(opened):
    bare, widget, client = opened
    bare.root.get_by_role("button", name="All versions").click()
    field = bare.root.get_by_role("combobox", name="Evaluation dataset for version second")
    field.click()
    models = bare.root.get_by_role("combobox", name="Model", exact=True)
    models.fill("nothing like it")
    expect(bare.root.get_by_role("listbox")).to_have_text("Nothing matches.", timeout=LATE)
    models.press("Escape")
    field.click()
    bare.root.get_by_role("option", name="Evaluate with a new dataset…").click()
    dialog = bare.root.get_by_role("dialog", name="Evaluate version second with a new dataset")
    expect(dialog).to_be_visible(timeout=LATE)
    bare.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=LATE)
    expect(field).to_be_focused(timeout=LATE)
    field.click()
    bare.root.get_by_role("option", name="Evaluate with a new dataset…").click()
    calculate = dialog.get_by_role("button", name="Calculate")
    choose(bare, widget, dialog, "strangers")
    expect(dialog.get_by_role("list", name="Check")).to_contain_text("none of", timeout=LATE)
    expect(calculate).to_have_attribute("aria-disabled", "true", timeout=LATE)
    calculate.click(force=True)
    expect(dialog).to_be_visible(timeout=LATE)
    choose(bare, widget, dialog, "reviews")
    folds = dialog.get_by_role("textbox", name="Folds")
    folds.fill("50")
    expect(dialog.get_by_role("list", name="Check")).to_have_text(
        "Folds must be a whole number from 2 to 20.", timeout=LATE
    )
    expect(calculate).to_have_attribute("aria-disabled", "true")
    folds.fill("5")
    expect(calculate).to_have_attribute("aria-disabled", "false", timeout=LATE)
    calculate.click()
    expect(dialog).to_have_count(0, timeout=LATE)
    bare.until(lambda: widget.run_states and widget.run_states[0]["status"] == "evaluated")
    assert [run.dataset_id for run in client.evaluations()] == ["reviews"], "the other was never sent"
