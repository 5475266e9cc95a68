"""The accessible names that the page promises, and what it says to who does not see it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.bare import held_page
from tests.browser.panel import Panel

COLUMNS = ["Concept", "Positives", "ROC AUC", "AP", "Precision", "Recall", "F1", "Threshold"]
TABS = {
    "Precision–recall": "Precision–recall curve",
    "Calibration": "Calibration",
    "Scores": "Score histogram",
    "ROC": "ROC curve",
}


@pytest.fixture
def held(chromium):
    """A widget of a small server that holds its folds back, with room for every column; and the gate."""
    yield from held_page(chromium, width=1400)


def test_every_promised_name_is_on_the_page_once(held):
    bare, gate = held
    root, panel, widget = bare.root, Panel(bare), bare.widget

    def found(role, *names):
        for name in names:
            expect(root.get_by_role(role, name=name, exact=True)).to_have_count(1)

    bare.until(lambda: widget.versions and not widget.loading)
    panel.open_versions()
    found("table", "Model versions")
    found("combobox", "App", "Model", *(f"Evaluation dataset for version {one}" for one in ("first", "second")))
    found("button", "Refresh", "All versions", "Leaderboard", "Calculate version first", "Calculate version second")
    panel.calculate("second")
    gate.let_through(1)
    bare.until(lambda: widget.results)
    found("progressbar", "Evaluation progress")
    found("button", "Cancel")
    gate.open()
    bare.until(lambda: widget.status == "evaluated" and widget.evaluation.complete)
    expect(root.locator("[data-complete=true]")).to_have_count(1)
    found("button", "All versions")
    found("region", "Headline")
    found("table", "Concepts")
    headers = root.get_by_role("table", name="Concepts").get_by_role("columnheader")
    for column in COLUMNS:
        expect(headers.and_(root.get_by_role("columnheader", name=column, exact=True))).to_have_count(1)
    found("tablist", "Curves")
    for tab, image in TABS.items():
        root.get_by_role("tab", name=tab, exact=True).click()
        found("img", image, "Threshold sweep")
    found("slider", "Threshold")
    found("spinbutton", "Threshold value")
    found("group", "Counts at the threshold", "Take away")
    panel.button("Choose a threshold").click()
    found("button", "Choose a threshold", "Use these")
    panel.button("Choose a threshold").click()
    root.locator("summary", has_text="Confusion matrix").click()
    found("grid", "Confusion matrix")
    root.get_by_role("gridcell").first.click()
    found("list", "Inputs")
    root.locator("summary", has_text="Compare").click()
    found("region", "Compare")
    expect(root.get_by_role("banner")).to_have_count(0)  # a banner is the page's around it


def test_a_screen_reader_hears_the_run_from_its_start_to_its_area(held):
    bare, gate = held
    panel, widget = Panel(bare), bare.widget
    status = bare.root.locator("[role=status][aria-live=polite]").last
    bare.until(lambda: widget.versions and not widget.loading)
    panel.calculate("second")
    bare.until(lambda: gate.reached)
    expect(status).to_have_text(re.compile(r"^Evaluation (started|queued)\.$"))
    gate.let_through(2)
    bare.until(lambda: widget.results)
    expect(status).to_have_text(re.compile(r"^Evaluating: fold \d of 5\.$"))
    gate.open()
    bare.until(lambda: widget.status == "evaluated" and widget.evaluation.complete)
    expect(status).to_have_text(re.compile(r"^Evaluation finished\. ROC AUC 0\.\d{3}\.$"))
