"""All that a page asks of Python is answered while a cell runs, in JupyterLab and in Notebook 7."""

import pytest
from playwright.sync_api import expect

from tests.browser.busy import MATRIX_PRODUCT, PYTHON_LOOP, wait_until_beside
from tests.browser.conftest import opener
from tests.browser.lab import LabServer
from tests.browser.panel import START, Panel, wait_until_still
from tests.client.media_server import media_server, png
from tests.widget.workbench.test_media import hosted_evaluation

HOSTED = """
from clarifai_eval_widget import Evaluation
w._platform.client.media.open({at!r})
w.evaluation = Evaluation.load({path!r})
"""

ALL_PANELS = [("lab", PYTHON_LOOP), ("notebook", MATRIX_PRODUCT)]


@pytest.fixture(scope="module", params=["lab", "notebook"])
def server(request, tmp_path_factory):
    made = LabServer(tmp_path_factory.mktemp(request.param), request.param)
    yield made
    made.stop()


@pytest.fixture
def open_there(chromium, server):
    yield from opener(chromium, server)


@pytest.fixture
def hosted(tmp_path):
    """Code for a cell that shows an evaluation whose images stand at addresses, which are asked for one by one."""
    with media_server({f"/small/users/me/{row}": png((row, 0, 0)) for row in range(6)}) as host:
        path = tmp_path / "hosted.pb"
        hosted_evaluation(host.at).save(path)
        yield HOSTED.format(at=host.at, path=str(path))


@pytest.mark.parametrize("code", [PYTHON_LOOP, MATRIX_PRODUCT], ids=["python loop", "matrix product"])
def test_everything_works_while_a_cell_runs(open_there, server, gate, hosted, code):
    notebook = open_there([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    notebook.run_code(notebook.spare(2), gate.code() + hosted)
    wait_until_beside(notebook)
    notebook.set_code(notebook.spare(), code.format(seconds=300))
    notebook.run_cell(notebook.spare(), wait=False)
    images_are_loaded(panel)
    runs_are_started_cancelled_and_looked_at(panel, gate)
    if (server.application, code) in ALL_PANELS:  # beside the other kind of cell they are asked in the same way
        every_panel_is_answered(panel)
        inputs_are_marked(panel)
        two_runs_are_compared(panel)
    assert notebook.is_running(notebook.spare()), "the cell ended before the page was answered: nothing was shown"
    expect(panel.root.get_by_text("Waiting for the running cell")).to_have_count(0)
    notebook.interrupt(notebook.spare())


def images_are_loaded(panel):
    """Those of inputs that stand at addresses; the list is folded again."""
    inputs = panel.root.locator("summary", has_text="Inputs")
    inputs.click()
    listed = panel.root.get_by_role("list", name="Inputs")
    expect(listed.locator("img").first).to_have_js_property("naturalWidth", 24)
    inputs.click()


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
    """Tabs, bands, criteria, matrix, slices, conditions, the inputs behind a number, and what is taken away."""
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
    panel.choose_concept("en")  # there are bands of single concepts
    root.get_by_role("group", name="Drawn around the curve").get_by_role("button", name="95 %").click()
    root.locator("path.cew-roc-band[d^=M]").wait_for(state="attached")
    panel.button("Choose a threshold").click()
    root.get_by_role("table", name="Criteria").get_by_role("button").first.wait_for()
    panel.button("Choose a threshold").click()
    for title, role, name in [
        ("Confusion matrix", "grid", "Confusion matrix"),
        ("Slices", "table", "Slices by fold"),
        ("Conditions", "list", "Conditions"),
    ]:
        wait_until_still(root)
        root.locator("summary", has_text=title).click()
        root.get_by_role(role, name=name).wait_for()
    wait_until_still(root)
    root.get_by_role("list", name="Strongest confusions").get_by_role("button").first.click()
    root.get_by_role("list", name="Inputs").get_by_role("listitem").first.wait_for()
    panel.button("Copy as Python").click()
    root.get_by_role("textbox", name="Python").wait_for()


def inputs_are_marked(panel):
    """One of the list is opened large and marked as mislabelled, and the figures with its proposed labels come."""
    root = panel.root
    first = root.get_by_role("list", name="Inputs").get_by_role("listitem").first
    first.get_by_role("button", name="Open input").click()
    root.get_by_role("dialog", name="Input ").locator("dl").first.wait_for()
    panel.page.keyboard.press("Escape")
    first.get_by_role("button", name="is mislabelled").click()
    wait_until_still(root)
    root.locator("summary", has_text="Relabel").click()
    expect(root.get_by_role("region", name="Relabel")).to_contain_text("1 input with other labels")


def two_runs_are_compared(panel):
    """The version is evaluated again, and both runs are ticked."""
    panel.root.locator("summary", has_text="Compare").click()
    ticks = panel.root.get_by_role("region", name="Compare").get_by_role("checkbox")
    ticks.first.wait_for()
    before = ticks.count()
    panel.open_versions()
    panel.button("Calculate again version few-inputs").click()
    expect(ticks).to_have_count(before + 1)  # it comes first: a tick counted before would be another's after
    expect(panel.progressbar).to_have_count(0)
    panel.root.locator("[data-complete=true]").wait_for()
    for tick in ticks.all()[:2]:
        tick.check()
    panel.root.get_by_role("table", name="Differences by concept").wait_for()
