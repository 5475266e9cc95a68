"""What the lists to choose from tell of each line: what cannot be chosen and why, what was evaluated, who made it."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.evaluation.codes import Code
from tests.browser.bare import BarePage
from tests.browser.test_lists import LATE, picker, until
from tests.client.stand_in import StandIn
from tests.small_server import blobs, small_server, wait_until
from tests.widget.platform.test_preview import Versioned

MARKUP = "<img src=x onerror='window.ran=1'><b>bold"


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    yield context.new_page()
    context.close()


# At the document, before any element, and for none that carries the mark or lies in one that does.
LISTENS_AS_JUPYTERLAB = """() => {
    window.shortcuts = [];
    document.addEventListener("keydown", event => {
        const typed = ["Control", "Shift"].includes(event.key) || event.target.closest("[data-lm-suppress-shortcuts]");
        if (!typed) window.shortcuts.push(event.key);
    }, true);
}"""


def opened(page, client):
    widget = EvalWidget(client)
    wait_until(lambda: widget.versions and not widget.loading)
    return BarePage(page, widget), widget


def test_models_and_versions_that_cannot_be_evaluated_are_listed_with_the_reason_and_cannot_be_picked(page):
    with StandIn() as server, server.client() as client:
        server.types["visual-detector"], server.type_of = 2, {"finder": "visual-detector"}
        server.models = [("model", ["v1", "v0"]), ("finder", ["f1"])]
        server.status_of = {"v0": 21102}
        bare, widget = opened(page, client)
        field = bare.root.get_by_role("combobox", name="Model", exact=True)
        field.click()
        line = bare.root.get_by_role("listbox", name="Model").get_by_role("option", name="finder")
        expect(line).to_have_attribute("aria-disabled", "true", timeout=LATE)
        expect(line).to_contain_text(next(row["reason"] for row in widget.models if row["id"] == "finder"))
        line.click(force=True)
        field.fill("finder")
        field.press("Enter")
        expect(bare.root.get_by_role("listbox", name="Model")).to_be_visible()
        field.press("Escape")
        expect(field).to_have_value("model", timeout=LATE)
        expect(bare.root.get_by_role("row", name="v0")).to_contain_text("Not trained", timeout=LATE)
        bare.root.get_by_role("button", name="All versions").click()
        version = bare.root.get_by_role("combobox", name="Version", exact=True)
        version.click()
        line = bare.root.get_by_role("listbox", name="Version").get_by_role("option", name="v0")
        expect(line).to_have_attribute("aria-disabled", "true", timeout=LATE)
        expect(line).to_contain_text(next(row["reason"] for row in widget.versions if row["id"] == "v0"))
        assert (widget.model, widget.model_version) == ("model", "v1")
        page.evaluate(LISTENS_AS_JUPYTERLAB)
        for control in (field, bare.root.get_by_role("button", name="All versions")):
            for key in ("Control+s", "d", "Control+a", "ArrowDown", "Control+Shift+C", "Shift+Enter", "Control+Enter"):
                control.press(key)
        assert page.evaluate("window.shortcuts") == ["s", "C"] * 2
        widget.close()


def test_names_that_are_markup_are_text_in_the_pickers_lists_dialog_and_leaderboard(page):
    with StandIn(questions=0) as server, server.client() as client:
        server.apps, server.datasets = ["app", MARKUP], ["data", MARKUP]
        server.models = [("model", ["v1"]), (MARKUP, ["v1"])]
        bare, widget = opened(page, client)
        for name in ("App", "Model"):
            field = bare.root.get_by_role("combobox", name=name, exact=True)
            field.click()
            lines = bare.root.get_by_role("listbox", name=name).get_by_role("option")
            expect(lines.filter(has_text=MARKUP)).to_have_count(1, timeout=LATE)
            field.press("Escape")
        field = bare.root.get_by_role("combobox", name="Model", exact=True)
        field.fill("onerror")
        field.press("Enter")
        until(bare, lambda: widget.model == MARKUP and widget.versions and not widget.loading)
        expect(field).to_have_value(MARKUP, timeout=LATE)
        widget.dataset = f"app/{MARKUP}"
        widget.evaluate().result(timeout=30)
        until(bare, lambda: widget.run_states[0]["status"] == "evaluated")
        row, lines = picker(bare)
        row.click()
        expect(lines.get_by_role("option").filter(has_text=MARKUP).first).to_be_visible(timeout=LATE)
        row.press("Escape")
        bare.root.get_by_role("button", name="Leaderboard").click()
        region = bare.root.get_by_role("region", name="Leaderboard")
        expect(region.get_by_role("cell", name=MARKUP, exact=True)).to_have_count(2, timeout=LATE)
        found = page.evaluate("() => [window.ran, document.querySelectorAll('.cew img, .cew .cew-board b').length]")
        assert found == [None, 0]
        widget.close()


@pytest.fixture
def varied():
    with small_server() as server:
        embeddings, _ = blobs(48, 3, 3)
        labels = ["c0"] * 30 + ["cat"] * 18
        server.add_dataset("market", "strange", list(map(str, range(48))), labels, embeddings=embeddings)
        ones = np.ones((20, 8), np.float32)
        server.add_dataset("market", "alien", list(map(str, range(20))), ["x", "y"] * 10, embeddings=ones)
        yield server


def test_what_was_evaluated_stands_first_with_area_method_and_date_and_leads_back_to_its_choice(page, varied):
    page.clock.install()
    with varied.client() as client:
        bare, widget = opened(page, client)
        widget.model_version, widget.dataset = "second", "market/offers"
        widget.evaluate({"use_kfold": False}).result(timeout=60)
        widget.dataset = "shop/reviews"
        until(bare, lambda: widget.run_states[0]["status"] == "evaluated")
        bare.root.get_by_role("button", name="All versions").click()
        name = "Evaluation dataset for version second"
        field = bare.root.get_by_role("combobox", name=name)
        field.click()
        lines = bare.root.get_by_role("listbox", name=name).get_by_role("option")
        expect(lines.nth(0)).to_have_text("Evaluate with a new dataset…", timeout=LATE)
        area, of = f"{widget.run_states[0]['roc_auc']:.3f}", r"offers \(app market\), version \w+"
        expect(lines.nth(1)).to_have_text(re.compile(rf"^{of}evaluated · {area} · scored · just now$"))
        rows = {one["id"]: bare.root.locator(f"[data-version='{one['key']}']") for one in widget.versions}
        chip = rows["second"].locator(".cew-chip")
        expect(chip).to_have_text(re.compile(rf"^{area} {of} · scored · just now$"))
        expect(chip).to_have_attribute("title", re.compile(rf"^ROC AUC {area} \(macro\) on {of} · scored · just now$"))
        about = {one["id"]: one["description"] for one in widget.versions}
        assert all(about.values())
        expect(rows["first"].locator(".cew-col-version")).to_have_attribute(
            "title", re.compile(re.escape(about["first"]))
        )
        for now, other in (("second", "first"), ("first", "second"), ("second", "first")):
            widget.model_version = now
            bare.push()
            expect(rows[now].locator(".cew-row-message")).to_contain_text(about[now])
            expect(rows[other]).not_to_contain_text(about[other])
        expect(lines.nth(2)).to_contain_text("this app")
        expect(lines.nth(3)).to_contain_text("app market")
        lines.nth(1).click()
        expect(field).to_have_value(re.compile("^offers"), timeout=LATE)
        until(bare, lambda: widget.dataset == "market/offers")
        assert widget.choices[widget.versions[0]["key"]]["use_kfold"] is False
        for later, ago in (("03:10", "3 min. ago"), ("02:00", "5 min. ago")):
            page.clock.fast_forward(later)
            expect(chip).to_contain_text(ago, timeout=LATE)
        widget.close()


def ask(bare, dialog, dataset):
    field = dialog.get_by_role("combobox", name="Dataset", exact=True)
    field.fill(dataset)
    field.press("Enter")
    until(bare, lambda: bare.widget.preview and bare.widget.preview["dataset_key"].endswith(f"/{dataset}"))
    return dialog.get_by_role("list", name="Check")


def test_the_dialog_tells_of_concepts_that_one_side_lacks_and_of_a_versions_own_training_data(page, varied):
    with varied.client() as client:
        bare, widget = opened(page, client)
        bare.root.get_by_role("button", name="All versions").click()
        name = "Evaluation dataset for version second"
        bare.root.get_by_role("combobox", name=name).click()
        bare.root.get_by_role("listbox", name=name).get_by_role("option", name="Evaluate with a new dataset…").click()
        dialog = bare.root.get_by_role("dialog", name="Evaluate version second with a new dataset")
        check = ask(bare, dialog, "strange")
        expect(check).to_contain_text("No input now is labelled c1, c2", timeout=LATE)
        expect(check).to_contain_text("Labels that the version does not know are left out: cat", timeout=LATE)
        calculate = dialog.get_by_role("button", name="Calculate")
        expect(calculate).to_have_attribute("aria-disabled", "false")
        check = ask(bare, dialog, "alien")
        expect(check).to_contain_text("none of this version’s concepts", timeout=LATE)
        expect(calculate).to_have_attribute("aria-disabled", "true")
        check = ask(bare, dialog, "reviews")
        expect(dialog.get_by_role("radio", name="Cross-validate")).to_be_checked(timeout=LATE)
        expect(check).not_to_contain_text(Code.OWN_TRAINING_DATA.page.warning, timeout=LATE)
        dialog.get_by_role("radio", name="Score this version").check()
        expect(check).to_contain_text(Code.OWN_TRAINING_DATA.page.warning, timeout=LATE)
        widget.close()


def test_versions_of_a_dataset_that_machines_made_are_listed_last_and_say_so(page):
    with Versioned() as server, server.client() as client:
        server.versions = [("d4", 3, 64015), ("d3", 2, 64015), ("d2", 1, 64015), ("d1", 1, 64005)]
        bare, widget = opened(page, client)
        field, lines = picker(bare)
        field.click()
        lines.get_by_role("option", name="Evaluate with a new dataset…").click()
        dialog = bare.root.get_by_role("dialog")
        ask(bare, dialog, "data")
        versions = dialog.get_by_role("combobox", name="Dataset version")
        versions.click()
        listed = bare.root.get_by_role("listbox", name="Dataset version").get_by_role("option")
        wanted = ["Latest (d2)", "d2the latest", "d1not ready", "d4made for an evaluation", "d3made for a training"]
        expect(listed).to_have_text(wanted, timeout=LATE)
        expect(listed.nth(2)).to_have_attribute("aria-disabled", "true")
        widget.close()
