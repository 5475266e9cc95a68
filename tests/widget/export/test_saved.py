"""The output under a widget, written while no kernel's page is there to show it."""

import subprocess
import sys

import nbformat
from nbclient import NotebookClient

CELL = """
from clarifai_eval_widget import Evaluation, EvalWidget
w = EvalWidget(evaluation=Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=["c"]))
w
"""


def executed(*cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=False).execute()
    return [[output.get("data", {}) for output in cell.outputs] for cell in notebook.cells]


def test_a_notebook_that_was_only_executed_has_the_summary_under_the_widget():
    ((widget, summary),) = executed(CELL)
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert widget["text/plain"].startswith("EvalWidget(")
    assert "data:image/png" in summary["text/html"]
    assert "ROC AUC of c" in summary["text/html"]


def test_the_summary_is_of_the_concept_and_threshold_that_a_later_cell_chose():
    two = CELL.replace("[1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7]", "TWO, TWO * 0.5").replace('"c"', '"c", "d"')
    cell = "import numpy as np\nTWO = np.eye(2)" + two
    (_, summary), _ = executed(cell, "w.concept, w.threshold = 'd', 0.4321")
    assert "ROC curve and threshold sweep of d" in summary["text/html"]
    assert "at threshold 0.4321" in summary["text/html"]


def test_keep_puts_the_page_there_and_a_later_evaluation_takes_its_place():
    later = "w.evaluation = Evaluation.from_scores([1, 0, 1], [0.9, 0.2, 0.6], concepts=['another'])"
    first, *_ = executed(CELL, "w.keep()", later)
    assert len(first) == 2
    assert "<iframe" in first[1]["text/html"]
    assert "ROC AUC of another" in first[1]["text/html"]


def test_keep_without_a_notebook_says_what_to_do_instead():
    code = CELL.replace("\nw\n", "\nw.keep()\n")
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "save_html writes a file" in ended.stderr


def test_what_was_kept_by_hand_stays_as_it_was_kept():
    (_, kept), *_ = executed(CELL, "w.keep()", "w.threshold = 0.4321")
    assert "<iframe" in kept["text/html"]
    assert "0.4321" not in kept["text/html"].partition("</iframe>")[2]
