"""All that a page asks of Python is answered while a cell runs, in JupyterLab and in Notebook 7."""

import pytest
from playwright.sync_api import expect

from tests.browser.busy import MATRIX_PRODUCT, PYTHON_LOOP, wait_until_beside
from tests.browser.conftest import opener
from tests.browser.lab import LabServer
from tests.browser.panel import START, Panel, wait_until_still


@pytest.fixture(scope="module", params=["lab", "notebook"])
def server(request, tmp_path_factory):
    made = LabServer(tmp_path_factory.mktemp(request.param), request.param)
    yield made
    made.stop()


@pytest.fixture
def open_there(chromium, server):
    yield from opener(chromium, server)


@pytest.mark.parametrize("code", [PYTHON_LOOP, MATRIX_PRODUCT], ids=["python loop", "matrix product"])
def test_everything_works_while_a_cell_runs(open_there, gate, code):
    notebook = open_there([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    notebook.run_code(notebook.spare(2), gate.code())
    wait_until_beside(notebook)
    notebook.set_code(notebook.spare(), code.format(seconds=300))
    notebook.run_cell(notebook.spare(), wait=False)
    runs_are_started_cancelled_and_looked_at(panel, gate)
    every_panel_is_answered(panel)
    two_runs_are_compared(panel)
    assert notebook.is_running(notebook.spare()), "the cell ended before the page was answered: nothing was shown"
    expect(panel.root.get_by_text("Waiting for the running cell")).to_have_count(0)
    notebook.interrupt(notebook.spare())


def runs_are_started_cancelled_and_looked_at(panel, gate):
    """Calculate, curves as they come, Cancel, and View results."""
    panel.calculate("few-inputs")
    gate.let_through("few-inputs", 1)
    panel.wait_for_folds(1)
    panel.calculate("all-inputs")
    gate.let_through("all-inputs", 1)
    panel.root.get_by_role("heading", name="all-inputs").wait_for()
    panel.open_versions()
    panel.row("all-inputs").get_by_role("button", name="Cancel").click()
    panel.row("all-inputs").get_by_text("cancelled").first.wait_for()
    gate.open()
    panel.button("View results of version few-inputs").first.click()
    panel.root.get_by_role("heading", name="few-inputs").wait_for()
    panel.wait_for_folds(5)
    panel.root.locator("[data-complete=true]").wait_for()


def every_panel_is_answered(panel):
    """Tabs, criteria, matrix, the inputs behind a number, slices, and what is taken away."""
    root = panel.root
    for tab, name in [
        ("Precision–recall", "Precision–recall curve"),
        ("Calibration", "Calibration"),
        ("Scores", "Score histogram"),
        ("ROC", "ROC curve"),
    ]:
        root.get_by_role("tab", name=tab).click()
        root.get_by_role("img", name=name).locator(".cew-curves path:not(.cew-grid)").first.wait_for(state="attached")
        expect(root.get_by_role("tabpanel").locator("[aria-busy=true]")).to_have_count(0)
    panel.button("Choose a threshold").click()
    root.get_by_role("table", name="Criteria").get_by_role("button").first.wait_for()
    panel.button("Choose a threshold").click()
    for title, role, name in [("Confusion matrix", "grid", "Confusion matrix"), ("Slices", "table", "Slices by fold")]:
        wait_until_still(root)
        root.locator("summary", has_text=title).click()
        root.get_by_role(role, name=name).wait_for()
    wait_until_still(root)
    root.get_by_role("list", name="Strongest confusions").get_by_role("button").first.click()
    root.get_by_role("list", name="Inputs").get_by_role("listitem").first.wait_for()
    panel.button("Copy as Python").click()
    root.get_by_role("textbox", name="Python").wait_for()


def two_runs_are_compared(panel):
    """The version is evaluated again, and both runs are ticked."""
    panel.open_versions()
    panel.button("Calculate again version few-inputs").click()
    panel.root.locator("[data-complete=true]").wait_for()
    expect(panel.progressbar).to_have_count(0)
    panel.root.locator("summary", has_text="Compare").click()
    ticks = panel.root.get_by_role("region", name="Compare").get_by_role("checkbox")
    ticks.nth(1).wait_for()
    for tick in ticks.all()[:2]:
        tick.check()
    panel.root.get_by_role("table", name="Differences by concept").wait_for()
