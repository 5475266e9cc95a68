"""Notebooks through the exporters: the page in the place of the widget, nothing from elsewhere, others left alone."""

import base64
import copy
import gzip
import html
import json
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter

from clarifai_eval_widget.widget.export.exporter import EvalHTMLExporter, EvalSlidesExporter
from clarifai_eval_widget.widget.export.pending import PENDING

CELL = """
from clarifai_eval_widget import Evaluation, EvalWidget
e = Evaluation.from_scores([0, 1, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=["c"], input_ids=["s1", "s2", "s3", "s4"])
w = EvalWidget(evaluation=e, threshold=0.25)
w.curves, w.drawn = "calibration", {"averages": False}
w
"""
BLOCK = "from clarifai_eval_widget import RocPlot\nRocPlot(e)"
BOXED = """
import ipywidgets
from clarifai_eval_widget import RocPlot, ThresholdSweep
printed = ipywidgets.Output()
with printed:
    display(RocPlot(e, threshold=0.2))
ipywidgets.VBox([ipywidgets.Tab([ThresholdSweep(e, threshold=0.3)]), printed])
"""
SLIDER = "import ipywidgets\nipywidgets.IntSlider()"
FETCHED = re.compile(r'<(?:script|link)[^>]*(?:src|href)="(https?:[^"]+)"')


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def executed(*cells, state=False):
    made = notebook(*cells)
    NotebookClient(made, timeout=120, kernel_name="python3", store_widget_state=state).execute()
    return made


def frames(text):
    """The pages in the frames of a document: what is baked into each."""
    found = [html.unescape(one) for one in re.findall(r'srcdoc="(.*?)"></iframe>', text, re.DOTALL)]
    packed = [re.search(r'id="cew-baked">([^<]*)<', one)[1] for one in found]
    return [json.loads(gzip.decompress(base64.b64decode(one))) for one in packed]


@pytest.fixture(scope="module")
def written():
    """What HTML is written of, by how the notebook was saved."""
    saved = {
        "summary": executed(CELL),
        "kept": executed(CELL, "w.keep()"),
        "state": executed(CELL, BLOCK, BOXED, state=True),
    }
    saved["boxes"] = copy.deepcopy(saved["state"])
    del saved["boxes"].metadata["widgets"]
    return {name: EvalHTMLExporter().from_notebook_node(one)[0] for name, one in saved.items()}


@pytest.mark.parametrize("how", ["summary", "kept", "state", "boxes"])
def test_nothing_is_fetched_and_no_manager_is_asked_for(written, how):
    assert FETCHED.findall(written[how]) == []
    assert "widget-view" not in written[how]
    assert "widget-state" not in written[how]
    assert "EvalWidget(Evaluation" not in written[how], "the text that stands in for a page beside the page"


def test_a_summary_stays_and_what_was_kept_is_the_page_with_its_panels(written):
    assert frames(written["summary"]) == []
    assert "data:image/png" in written["summary"]
    (page,) = frames(written["kept"])
    assert "matrix" in {payload["panel"] for payload in page["payloads"]}


def test_of_a_saved_state_pages_are_made_that_hold_nothing_of_the_platforms_half(written):
    page, block, *_ = frames(written["state"])
    assert page["state"]["threshold"] == 0.25
    assert page["state"]["workbench_only"]
    assert page["state"]["curves"] == "calibration"
    assert page["state"]["drawn"] == {"averages": False}
    assert block["state"]["panel"] == "roc"
    assert page["payloads"] == []
    assert not {"apps", "models", "versions", "datasets", "run_states"} & page["state"].keys()
    assert len(base64.b64decode(page["results"])) > 500


def test_of_widgets_in_boxes_every_page_is_made_and_without_a_state_every_summary_stands_for_the_box(written):
    *_, sweep, roc = frames(written["state"])
    assert [(one["state"]["panel"], one["state"]["threshold"]) for one in (sweep, roc)] == [
        ("sweep", 0.3),
        ("roc", 0.2),
    ]
    assert frames(written["boxes"]) == []
    for how in ("state", "boxes"):  # in the former they are in the pages' places where frames are taken out
        assert written[how].count('alt="ROC curve and threshold sweep') == 4
        assert "VBox(children" not in written[how], "the text that stands in for a box beside what was in it"


@pytest.mark.parametrize("name", ["eval-html", "eval-slides"])
def test_executed_by_the_command_every_widget_is_whole_and_inputs_stay_out(tmp_path, name):
    nbformat.write(notebook(CELL), tmp_path / "made.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", name, "--execute", "made.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob("*.html")
    (page,) = frames(file.read_text(encoding="utf-8"))
    assert {"matrix", "precision_recall", "histogram"} <= {payload["panel"] for payload in page["payloads"]}
    assert "inputs" not in {payload["panel"] for payload in page["payloads"]}


def test_another_packages_widget_keeps_its_view_and_manager():
    text, _ = EvalHTMLExporter().from_notebook_node(executed(CELL, SLIDER, state=True))
    assert len(frames(text)) == 1
    assert "IntSliderModel" in text
    assert "html-manager" in text


def test_another_packages_widget_may_call_anything_children_and_outputs():
    made = executed(CELL, SLIDER, state=True)
    held = made.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    for model in held.values():
        if model["model_name"] == "IntSliderModel":
            model["state"] |= {"children": None, "outputs": ["text", {"data": {}}]}
    assert len(frames(EvalHTMLExporter().from_notebook_node(made)[0])) == 1


def test_a_widget_of_which_nothing_was_saved_is_told_in_text():
    made = executed("e = None", BLOCK.replace("RocPlot(e)", "from clarifai_eval_widget import Evaluation\n"
                    "from IPython.display import display\nr = RocPlot(Evaluation.from_scores([0, 1], [0.1, 0.9]))\n"
                    "display(r._repr_mimebundle_()[0], raw=True)"))  # fmt: skip
    text, _ = EvalHTMLExporter().from_notebook_node(made)
    assert "RocPlot(" in text
    assert "widget-view" not in text


@pytest.mark.parametrize("exporter", [HTMLExporter, EvalHTMLExporter])
@pytest.mark.parametrize("text", ["EvalWidget('Local server')", "VBox(children=(EvalWidget('Local server'),))"])
def test_of_a_notebook_saved_before_an_evaluation_had_ended_it_is_said_what_it_is_and_how_to_run_it(exporter, text):
    view = {"version_major": 2, "version_minor": 0, "model_id": "gone"}
    data = [{"application/vnd.jupyter.widget-view+json": view, "text/plain": text}, {"text/html": PENDING}]
    made = notebook("w")
    made.cells[0].outputs = [nbformat.v4.new_output("display_data", one) for one in data]
    written = re.sub(r"<style.*?</style>", "", exporter().from_notebook_node(made)[0], flags=re.DOTALL)
    for said in ("clarifai-eval-widget", "No evaluation had ended here", "run its cell again"):
        assert said in written
    if exporter is EvalHTMLExporter:
        assert "EvalWidget(" not in written
        assert "widget-view" not in written


def test_formulas_still_find_what_draws_them():
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("The area is $\\int t$.")])
    assert any("mathjax" in url.lower() for url in FETCHED.findall(EvalHTMLExporter().from_notebook_node(made)[0]))


def test_nbconvert_finds_them_by_their_entry_points():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = {}
    for name, place in project["entry-points"]["nbconvert.exporters"].items():
        module, _, attribute = place.partition(":")
        found[name] = getattr(import_module(module), attribute)
    assert found == {"eval-html": EvalHTMLExporter, "eval-slides": EvalSlidesExporter}
