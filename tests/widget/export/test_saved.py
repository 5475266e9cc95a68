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
