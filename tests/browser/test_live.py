"""Live means live: busy cells, reloads mid-run, several runs, a server that goes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.busy import MATRIX_PRODUCT, PYTHON_LOOP, wait_until_beside
from tests.browser.panel import START, Panel, eventually, python


@pytest.fixture
def ready(open_notebook, gate):
    """A notebook with the widget, its folds held back."""
    notebook = open_notebook([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    notebook.run_code(notebook.spare(2), gate.code())
    return notebook, panel, gate


@pytest.mark.parametrize("code", [PYTHON_LOOP, MATRIX_PRODUCT], ids=["python loop", "matrix product"])
def test_curves_stay_live_while_another_cell_is_busy(ready, code):
    notebook, panel, gate = ready
    panel.calculate("all-inputs")
    gate.let_through("all-inputs", 1)
    panel.wait_for_folds(1)
    notebook.set_code(notebook.spare(), code.format(seconds=60))
    notebook.run_cell(notebook.spare(), wait=False)
    gate.let_through("all-inputs", 2)
    panel.wait_for_folds(2)
    gate.let_through("all-inputs", 3)
    panel.wait_for_folds(3)
    assert notebook.is_running(notebook.spare()), "the cell ended before the folds came: nothing was shown"
    notebook.interrupt(notebook.spare())


def test_an_action_that_waits_for_a_busy_kernel_says_so_and_happens_once(open_notebook):
    notebook = open_notebook([START])
    # As in hosts that have no shell beside the cells'.
    notebook.page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.commsOverSubshells = 'disabled'; }"
    )
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    notebook.set_code(notebook.spare(), PYTHON_LOOP.format(seconds=60))
    notebook.run_cell(notebook.spare(), wait=False)
    button = panel.button("Calculate version few-inputs")
    button.click()
    panel.root.get_by_text("Waiting for the running cell").first.wait_for()
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    notebook.interrupt(notebook.spare())
    panel.button("View results of version few-inputs").wait_for()
    expect(panel.root.get_by_text("Waiting for the running cell")).to_have_count(0)
    assert python(notebook, "print(len(w.runs))") == 1


def test_a_page_reloaded_mid_run_finds_the_run_and_goes_on(ready):
    notebook, panel, gate = ready
    panel.calculate("few-inputs")
    gate.let_through("few-inputs", 1)
    gate.let_through("few-inputs", 2)
    panel.wait_for_folds(2)
    notebook.save_and_reload()
    panel.wait_for_folds(2)
    expect(panel.progressbar).to_have_attribute("aria-valuetext", re.compile("^fold 2 of 5"))
    gate.open()
    panel.wait_for_folds(5)
    panel.button("View results of version few-inputs").wait_for()


def test_two_versions_at_once_keep_their_own_rows(ready):
    notebook, panel, gate = ready
    panel.calculate("few-inputs")
    gate.let_through("few-inputs", 1)
    panel.wait_for_folds(1)
    panel.calculate("all-inputs")
    gate.let_through("all-inputs", 1)
    gate.let_through("all-inputs", 2)
    panel.wait_for_folds(2)
    expect(panel.row("few-inputs")).to_contain_text("fold 1 of 5")
    expect(panel.row("all-inputs")).to_contain_text("fold 2 of 5")
    gate.open()
    panel.button("View results of version few-inputs").wait_for()
    panel.button("View results of version all-inputs").wait_for()
    # The run started last is on screen; the other only on its View results.
    on_screen = "import json; print(json.dumps(w.evaluation.info.model_version_id))"
    expect(panel.row("all-inputs")).to_have_attribute("aria-current", "true")
    eventually(panel.page, lambda: python(notebook, on_screen), "all-inputs")
    panel.button("View results of version few-inputs").click()
    panel.root.get_by_role("heading", name="few-inputs").wait_for()
    expect(panel.row("few-inputs")).to_have_attribute("aria-current", "true")
    eventually(panel.page, lambda: python(notebook, on_screen), "few-inputs")


def test_a_version_with_too_few_inputs_says_which_concepts_lack_how_many(ready):
    _, panel, gate = ready
    gate.open()
    panel.calculate("too-few-inputs")
    row = panel.row("too-few-inputs")
    row.get_by_text("needs more inputs").wait_for()
    expect(row).to_contain_text("'en' has 6")
    expect(row).to_contain_text("at least 10")
    expect(panel.button("Retry version too-few-inputs")).to_have_count(0)  # a retry could not end otherwise


def test_a_server_stopped_mid_run_is_told_and_retry_runs_again(ready):
    notebook, panel, gate = ready
    panel.calculate("few-inputs")
    gate.let_through("few-inputs", 1)
    panel.wait_for_folds(1)
    notebook.run_code(notebook.spare(), "LocalServer.shared().stop()")
    gate.open()
    panel.button("Retry version few-inputs").wait_for()
    expect(panel.row("few-inputs")).to_contain_text("server is gone")
    assert python(notebook, "print(1 + 1)") == 2
    panel.button("Retry version few-inputs").click()
    panel.button("View results of version few-inputs").wait_for()
    panel.wait_for_folds(5)


def test_another_dataset_scores_the_version_itself_batch_by_batch(ready):
    notebook, panel, gate = ready
    panel.open_versions()
    panel.choose("Evaluation dataset for version few-inputs", "territory-names")
    panel.calculate("few-inputs")
    gate.let_through("few-inputs", 1)
    panel.root.locator("path.cew-roc-curve").first.wait_for(state="attached")
    expect(panel.progressbar).to_have_attribute("aria-valuetext", re.compile("inputs"))
    first = panel.roc_area()
    gate.open()
    panel.button("View results of version few-inputs").wait_for()
    done, total, area = python(
        notebook,
        "import json\nfrom sklearn.metrics import roc_auc_score\ne = w.evaluation\n"
        "auc = roc_auc_score(e.label_array, e.score_array, average='macro')\n"
        "print(json.dumps([e.num_inputs, e.info.inputs, auc]))",
    )
    assert done == total
    eventually(panel.page, panel.roc_area, pytest.approx(area, abs=1e-6))
    assert first != pytest.approx(area, abs=1e-6)
    expect(panel.root.get_by_role("region", name="Results")).to_contain_text("Scored on territory-names")


def test_a_restarted_kernel_is_told_instead_of_a_run_that_never_ends(ready):
    _, panel, gate = ready
    panel.calculate("few-inputs")
    gate.let_through("few-inputs", 1)
    panel.wait_for_folds(1)
    panel.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    panel.root.get_by_role("group", name="The kernel was restarted or stopped").first.wait_for()
    expect(panel.progressbar).to_have_count(0)
    buttons = panel.root.get_by_role("button", name="version few-inputs")
    expect(buttons).not_to_have_count(0)
    expect(buttons.and_(panel.page.locator(":not([aria-disabled=true])"))).to_have_count(0)
    expect(panel.button("Refresh")).to_have_attribute("aria-disabled", "true")
    expect(panel.root.get_by_role("combobox", name="Model", exact=True)).to_be_disabled()
    expect(panel.root).to_contain_text("Run this widget’s cell again")


def test_a_kernel_that_was_shut_down_is_told_without_being_asked_anything(ready):
    _, panel, _ = ready
    panel.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    panel.root.get_by_role("group", name="The kernel was restarted or stopped").first.wait_for()
    expect(panel.button("Refresh")).to_have_attribute("aria-disabled", "true")
    expect(panel.root).to_contain_text("Run this widget’s cell again")


def test_two_tabs_of_a_notebook_show_and_do_the_same_and_each_is_answered(ready):
    notebook, panel, gate = ready
    other = notebook.second_tab()
    second = Panel(other)
    second.wait_for_versions()
    second.calculate("few-inputs")
    gate.let_through("few-inputs", 1)
    for one in (panel, second):
        one.wait_for_folds(1)
    panel.calculate("all-inputs")
    gate.open()
    for one in (panel, second):
        one.button("View results of version all-inputs").wait_for()
        one.open_versions()
        one.button("View results of version few-inputs").wait_for()
        expect(one.root.get_by_role("group", name="The kernel was restarted or stopped")).to_have_count(0)
    eventually(panel.page, lambda: python(notebook, "print(len(w.runs))"), 2)
    before = second.shown_threshold()
    second.threshold.press("PageUp")
    moved = eventually(second.page, second.shown_threshold, lambda threshold: threshold != before)
    eventually(panel.page, panel.shown_threshold, moved)
    other.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    second.root.get_by_role("group", name="The kernel was restarted or stopped").first.wait_for()
    other.page.close()
    told = panel.root.get_by_role("group", name="The kernel was restarted or stopped")

    def found_out():  # nobody tells this page; the kernel that goes down may still answer it
        if not told.count():
            panel.button("Refresh").click(force=True)
        return told.count()

    eventually(panel.page, found_out, bool)


@pytest.fixture
def listening(ready):
    """The same, once the kernel has heard where the page speaks from."""
    notebook, panel, gate = ready
    wait_until_beside(notebook)
    return notebook, panel, gate


def test_what_a_running_cell_sets_does_not_call_the_page_back_behind_it(listening):
    notebook, panel, gate = listening
    notebook.set_code(
        notebook.spare(),
        "import time\nends, n = time.monotonic() + 60, 0\nwhile time.monotonic() < ends:\n"
        "    w.threshold = 0.2 + 0.1 * (time.monotonic() % 1)\n    time.sleep(0.01)\n"
        "    n += 1\n    if n == 40: print('set often', flush=True)",
    )
    notebook.run_cell(notebook.spare(), wait=False)
    eventually(panel.page, lambda: "set often" in notebook.text_output(notebook.spare()))
    panel.calculate("few-inputs")
    gate.let_through("few-inputs", 1)
    panel.wait_for_folds(1)
    assert notebook.is_running(notebook.spare())
    notebook.interrupt(notebook.spare())


@pytest.mark.parametrize("how", ["reload", "close and open"])
def test_a_page_made_anew_is_heard(listening, how):
    notebook, panel, gate = listening
    if how == "reload":
        notebook.save_and_reload()
    else:
        notebook.close_and_open()
    panel.wait_for_versions()
    panel.calculate("few-inputs")
    gate.open()
    panel.wait_for_folds(5)
