"""Single panels as widgets: beside each other, linked, in containers, many on a page; nothing of a whole page is in them."""

import pytest
from playwright.sync_api import expect

from tests.browser.panel import Panel, eventually, python

DATA = """
import numpy as np
from ipywidgets import HBox, Output, Tab, VBox, interact, jslink, link
from clarifai_eval_widget import ConceptsTable, ConfusionMatrix, Evaluation, RocPlot, ThresholdSweep

rng = np.random.default_rng(0)
classes = rng.integers(0, 3, 300)
scores = rng.dirichlet([1, 1, 1], 300) * 0.6 + 0.4 * np.eye(3)[classes]
e = Evaluation.from_scores(np.eye(3, dtype=bool)[classes], scores, concepts=["cat", "dog", "owl"])
"""
LINKED = """
roc, sweep, table = RocPlot(e), ThresholdSweep(e), ConceptsTable(e)
for other in (roc, table):
    jslink((sweep, "threshold"), (other, "threshold"))
for other in (roc, sweep):
    link((table, "concept"), (other, "concept"))
VBox([HBox([roc, sweep]), table])
"""
CONTAINED = """
matrix, printed = ConfusionMatrix(e), Output()
tab = Tab([RocPlot(e, concept="cat"), matrix], titles=["ROC", "Confusion"])
with printed:
    display(ThresholdSweep(e, threshold=0.25))
display(tab, printed)
"""
MANY = """
several = [RocPlot(e, threshold=k / 10) for k in range(10)]
VBox([HBox(several[:5]), HBox(several[5:])])
"""
INTERACT = """
shown = RocPlot(e)
@interact(concept=["cat", "dog"])
def choose(concept):
    shown.concept = concept
shown
"""


@pytest.fixture(scope="module")
def notebook(open_lasting_notebook):
    opened = open_lasting_notebook([DATA, LINKED, CONTAINED, MANY, INTERACT])
    opened.run_all()
    opened.page.locator(".cew-alone").nth(14).wait_for()
    return opened


def block(notebook, name, index=0):
    panel = Panel(notebook)
    panel.root = notebook.page.locator(f".cew:has(> .cew-alone-{name})").nth(index)
    panel.root.scroll_into_view_if_needed()
    return panel


def test_a_block_is_its_panel_and_nothing_else(notebook):
    roc, sweep, table = (block(notebook, name) for name in ("roc", "sweep", "concepts"))
    expect(roc.roc).to_be_visible()
    expect(sweep.root.get_by_role("img", name="Threshold sweep")).to_be_visible()
    expect(table.root.get_by_role("table", name="Concepts")).to_be_visible()
    for panel in (roc, sweep, table):
        expect(panel.root.get_by_text("Precision–recall")).to_have_count(0)
        expect(panel.root.get_by_role("combobox", name="Concept")).to_have_count(0)
    for panel, sliders in ((roc, 0), (sweep, 1), (table, 0)):
        expect(panel.threshold).to_have_count(sliders)
    eventually(roc.page, lambda: roc.roc.bounding_box()["width"] > 250)


def test_linked_in_the_browser_they_follow_the_slider_while_the_kernel_is_busy(notebook):
    roc, sweep = block(notebook, "roc"), block(notebook, "sweep")
    notebook.set_code(
        notebook.spare(), "import time\nuntil = time.monotonic() + 60\nwhile time.monotonic() < until: pass"
    )
    before = roc.root.inner_html()
    notebook.run_cell(notebook.spare(), wait=False)
    sweep.threshold.focus()
    sweep.page.keyboard.press("PageDown")
    sweep.page.wait_for_function("([root, was]) => root.innerHTML !== was", arg=[roc.root.element_handle(), before])
    assert notebook.is_running(notebook.spare()), "the loop ended before the plot followed: nothing was shown"
    notebook.interrupt(notebook.spare())
    held = "import json\nprint(json.dumps([roc.threshold, sweep.threshold, table.threshold]))"
    eventually(sweep.page, lambda: python(notebook, held), [pytest.approx(sweep.shown_threshold())] * 3)


def test_linked_through_the_kernel_the_concept_clicked_is_shown_by_the_others(notebook):
    roc, sweep, table = (block(notebook, name) for name in ("roc", "sweep", "concepts"))
    table.choose_concept("dog")
    for panel in (roc, sweep):
        panel.root.get_by_role("heading").get_by_text("dog").wait_for()
    roc.root.locator("path.cew-roc-curve[data-concept=dog]").wait_for(state="attached")
    held = "import json\nprint(json.dumps([roc.concept, sweep.concept]))"
    eventually(roc.page, lambda: python(notebook, held), ["dog", "dog"])


def test_another_evaluation_can_be_put_into_a_block(notebook):
    roc = block(notebook, "roc")
    python(notebook, "import json\nroc.concept = None\nother = Evaluation.from_scores(np.eye(3, dtype=bool)[classes], "
                     "1 - scores, concepts=['cat', 'dog', 'owl'])\nroc.evaluation = other\nprint(json.dumps(1))")  # fmt: skip
    area = python(notebook, "import json\nprint(json.dumps(other.summary['macro_avg_roc_auc']))")
    roc.root.get_by_text(f"{area:.3f}").first.wait_for()
    eventually(roc.page, roc.roc_area, pytest.approx(area, abs=2e-3))


def test_in_a_tab_the_matrix_lists_the_inputs_behind_a_cell(notebook):
    tabs = notebook.page.locator(".widget-tab").first
    tabs.scroll_into_view_if_needed()
    tabs.get_by_text("Confusion", exact=True).click()
    matrix = block(notebook, "matrix")
    grid = matrix.root.get_by_role("grid", name="Confusion matrix")
    grid.wait_for()
    grid.get_by_role("gridcell").nth(1).click()
    listed = matrix.root.get_by_role("list", name="Inputs")
    listed.get_by_role("listitem").first.wait_for()
    count = python(notebook, "import json\nprint(json.dumps(int(e.confusion_matrix(0.5).iloc[0, 1])))")
    expect(listed.get_by_role("listitem")).to_have_count(count)
    eventually(matrix.page, lambda: python(notebook, "print(len(matrix.selection))"), count)


def test_in_an_output_it_shows_what_it_was_given(notebook):
    expect(block(notebook, "sweep", 1).threshold).to_have_attribute("aria-valuenow", "0.25")


def test_interact_moves_it(notebook):
    roc = block(notebook, "roc", 12)
    roc.root.locator("path.cew-roc-curve[data-concept=cat]").wait_for(state="attached")
    notebook.page.locator(".widget-dropdown select").last.select_option("dog")
    roc.root.locator("path.cew-roc-curve[data-concept=dog]").wait_for(state="attached")


def test_ten_on_a_page_each_have_their_own_threshold(notebook):
    blocks = [block(notebook, "roc", 2 + k) for k in range(10)]
    eventually(notebook.page, lambda: len({one.root.inner_html() for one in blocks}), 10)
    thresholds = python(notebook, "import json\nprint(json.dumps([one.threshold for one in several]))")
    assert thresholds == [k / 10 for k in range(10)]


def test_each_has_its_saved_output_and_none_is_seen_beside_the_living_one(notebook):
    python(notebook, "with printed:\n    display(RocPlot(e))\nprint(1)")  # whose place is another cell than the page's
    saved = notebook.page.locator(".cew-saved")
    expect(saved).to_have_count(18)
    expect(saved.filter(visible=True)).to_have_count(0)
