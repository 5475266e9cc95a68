"""Taking what is on screen away, by the buttons of the page."""

import io
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.browser.panel import COUNTS, Panel, python, wait_for_frame
from tests.browser.test_saved import EVALUATION
from tests.widget.workbench.test_comparison import scored


@pytest.fixture(scope="module")
def shown(open_lasting_notebook):
    notebook = open_lasting_notebook([EVALUATION.replace("\nw = ", "\nmine = ").replace("\nw\n", "\nmine\n")])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.threshold.wait_for()
    return notebook, panel


@pytest.fixture
def group(shown):
    return shown[1].root.get_by_role("group", name="Take away")


def taken(page, group, what, button):
    group.get_by_role("combobox", name="What to take away").select_option(label=what)
    with page.expect_download() as download:
        group.get_by_role("button", name=button, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("what", ["Concepts", "Counts at the threshold", "ROC", "Precision–recall", "Calibration",
                                  "Scores", "Threshold sweep", "Confusion matrix"])  # fmt: skip
def test_copy_as_python_runs_in_the_notebook_and_gives_the_csv(shown, group, what):
    notebook, panel = shown
    panel.choose_concept("bee")
    panel.threshold.press("ArrowRight")
    group.get_by_role("combobox", name="What to take away").select_option(label=what)
    group.get_by_role("button", name="Copy as Python").click()
    wait_for_frame(panel.page)  # what was copied before is gone
    code = group.get_by_role("textbox", name="Python").input_value()
    assert code.startswith("e = mine.evaluation\n"), "the notebook's own name for the widget"
    name, csv = taken(panel.page, group, what, "CSV")
    assert name.endswith(".csv")
    first, last = code.splitlines()
    said = python(
        notebook,
        f"import json\n{first}\nframe = {last}\nprint(json.dumps([frame.to_csv(), frame.to_csv(index=False)]))",
    )
    assert csv.decode() in said


def test_the_counts_taken_are_at_the_threshold_on_screen(shown, group):
    _, panel = shown
    panel.choose_concept("bee")
    panel.threshold.press("PageUp")
    _, csv = taken(panel.page, group, "Counts at the threshold", "CSV")
    row = pd.read_csv(io.BytesIO(csv), index_col="concept", dtype=str).loc["bee"]
    assert [float(row[name]) for name in ("threshold", *COUNTS)] == panel.shown()


@pytest.mark.parametrize(("button", "begins"), [("PNG", b"\x89PNG"), ("SVG", b"<?xml")])
def test_a_curve_is_taken_as_a_picture(shown, group, button, begins):
    _, data = taken(shown[1].page, group, "ROC", button)
    assert data.startswith(begins)


def test_the_page_is_taken_as_a_file_that_opens(shown, group, chromium, tmp_path):
    _, panel = shown
    with panel.page.expect_download() as download:
        group.get_by_role("button", name="Page as HTML").click()
    file = tmp_path / "page.html"
    download.value.save_as(file)
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    slider = page.get_by_role("slider", name="Threshold")
    expect(slider).to_have_attribute("aria-valuenow", panel.threshold.get_attribute("aria-valuenow"))
    expect(page.get_by_role("group", name="Take away")).to_have_count(0)  # there is no Python to ask
    context.close()


def test_the_saved_summary_follows_once_another_concept_and_threshold_rest(shown):
    notebook, panel = shown
    panel.choose_concept("cat")
    panel.threshold.press("PageUp")
    summary = notebook.page.locator(".cew-saved")
    expect(summary.locator("img")).to_have_attribute("alt", "ROC curve and threshold sweep of cat")
    in_brief = python(
        notebook, "import json\nprint(json.dumps(mine.evaluation.numbers.threshold_brief(mine.threshold)))"
    )
    expect(summary).to_contain_text(f"at threshold {in_brief} ·")
    expect(summary).not_to_be_visible()


def test_keep_in_notebook_writes_the_page_into_the_notebook(shown, group):
    notebook, _ = shown
    group.get_by_role("button", name="Keep in notebook").click()
    group.get_by_text("Kept").wait_for()
    expect(notebook.page.locator(".cew-kept iframe")).to_have_count(1)
    expect(notebook.page.locator(".cew-kept")).not_to_be_visible()


def test_only_what_there_is_something_of_is_offered_and_inputs_without_opening_their_list(open_bare):
    bare = open_bare(scored(1), concept="dog")
    group = bare.root.get_by_role("group", name="Take away")
    choice, csv = group.get_by_label("What to take away"), group.get_by_role("button", name="CSV")
    for what, why in (("compare", "Fewer than two evaluations"), ("relabel", "No input is marked")):
        choice.select_option(what)
        expect(csv).to_have_attribute("aria-disabled", "true")
        expect(group.get_by_text(why)).to_be_visible()
    choice.select_option("inputs")
    expect(csv).to_have_attribute("aria-disabled", "false")
    _, data = taken(bare.page, group, "Inputs", "CSV")
    assert len(data.decode().splitlines()) == 1 + int(bare.widget.evaluation.table().loc["dog", "fp"])
    bare.widget.compare(bare.widget.evaluation, scored(2))
    bare.push()
    choice.select_option("compare")
    expect(csv).to_have_attribute("aria-disabled", "false")
    _, data = taken(bare.page, group, "Compare", "CSV")
    assert b"dog" in data
