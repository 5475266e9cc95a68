"""A widget of a given evaluation loads nothing that only a server needs."""

import importlib.util
import shutil
import subprocess
import sys

import pytest

from clarifai_eval_widget.errors import NotBuiltError
from clarifai_eval_widget.widget import bundle

GIVEN = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("grpc", "clarifai_grpc", "google", "sklearn", "matplotlib"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
import numpy as np
from clarifai_eval_widget import Evaluation, EvalWidget

evaluation = Evaluation.from_scores(["a", "b", "a"], np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.3]]), concepts=["a", "b"])
widget = EvalWidget(evaluation=evaluation, threshold=0.1234)
replies = []
widget.send = lambda content, buffers=None: replies.append((content, buffers))
head = {"id": "x", "action": "panel", "panel": "histogram", "run": widget.viewing, "revision": 1}
widget._handle_custom_msg({**head, "params": {"concept": None}}, [])
assert replies[0][0] == {"id": "x", "ok": True, "buffers": 1}, replies
widget._handle_custom_msg({"id": "y", "action": "refresh"}, [])
assert "no server" in replies[1][0]["error"]["message"]
assert widget.results and widget.exact_counts
widget.close()
loaded = {"grpc", "clarifai_grpc", "google.protobuf", "clarifai_eval_widget.client", "pandas"} & set(sys.modules)
print(sorted(loaded))
"""

WHOLE = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("grpc", "clarifai_grpc", "google"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
import threading

def start(thread):
    raise RuntimeError("can't start new thread")

threading.Thread.start = start
import numpy as np
from clarifai_eval_widget import ConceptsTable, ConfusionMatrix, Evaluation, EvalWidget, RocPlot, ThresholdSweep

rng = np.random.default_rng(0)
classes = rng.integers(0, 3, 300)
scores = rng.dirichlet([1, 1, 1], 300) * 0.6 + 0.4 * np.eye(3)[classes]
e, other = (Evaluation.from_scores(classes, one, concepts=list("abc")) for one in (scores, scores**2))
widget = EvalWidget(evaluation=e, threshold=0.4)
widget.compare(e, other)
assert len(widget.differences) == 4
assert e.table(threshold=0.4).shape[0] == 3 and e.operating_point("a", maximize="f1").threshold > 0
widget.save_html("report.html", inputs=True)  # every panel's numbers are made for it
widget.figure()
for block in (ConceptsTable, ConfusionMatrix, RocPlot, ThresholdSweep):
    shown = block(e, threshold=0.3, concept="b")
    assert shown.results and shown.evaluation is e
    shown.close()
"""


def test_the_whole_workbench_and_its_panels_work_where_grpc_cannot_and_no_thread_starts(tmp_path):
    """As in Pyodide."""
    done = subprocess.run(
        [sys.executable, "-c", WHOLE], check=False, capture_output=True, text=True, timeout=240, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr


def test_a_given_evaluation_needs_neither_grpc_nor_protobuf():
    done = subprocess.run([sys.executable, "-c", GIVEN], check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_the_widget_itself_loads_no_numerical_room():
    code = """
import sys
from clarifai_eval_widget import EvalWidget

rooms = ("evaluation.evaluation", "evaluation.counted", "figures", "metrics", "operating_point", "uncertainty", "client", "local")
print([room for room in rooms if f"clarifai_eval_widget.{room}" in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr


def test_importing_the_widget_loads_no_working_parts_of_it_and_no_package_but_anywidget():
    code = """
import sys
import anywidget

before = set(sys.modules)
from clarifai_eval_widget import EvalWidget

own = {name for name in set(sys.modules) - before if name.startswith("clarifai_eval_widget.widget.")}
print(sorted(own & {f"clarifai_eval_widget.widget.{one}" for one in ("blocks", "wire.contract", "workbench.workbench")}))
print(sorted({name.split(".")[0] for name in set(sys.modules) - before} - {"clarifai_eval_widget", *sys.stdlib_module_names}))
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["[]", "[]"], done.stderr


def test_nothing_is_left_to_be_imported_when_results_come_beside_a_busy_loop():
    code = """
import sys
from clarifai_eval_widget import EvalWidget
from tests.small_server import small_server, wait_until

with small_server() as server:
    widget = EvalWidget(server.client())
    wait_until(lambda: widget.versions)
    wait_until(lambda: "clarifai_eval_widget.evaluation.growing" in sys.modules)
    widget._platform._lanes.results.join()
    before = set(sys.modules)
    widget.evaluate()
    wait_until(lambda: widget.status == "evaluated")
    print(sorted(set(sys.modules) - before))
    widget.close()
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr


def test_every_widget_is_had_from_its_room_by_name():
    from clarifai_eval_widget import widget

    assert {getattr(widget, name).__name__ for name in widget.__all__} == set(widget.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'RockPlot'"):
        widget.RockPlot  # noqa: B018 - asking is the test


def test_sources_of_which_no_page_was_built_say_what_to_run(tmp_path):
    copy = tmp_path / "clarifai_eval_widget" / "widget" / "bundle.py"
    copy.parent.mkdir(parents=True)
    shutil.copy(bundle.__file__, copy)
    spec = importlib.util.spec_from_file_location("unbuilt", copy)
    with pytest.raises(NotBuiltError) as info:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    said = str(info.value)
    assert f"pip install {tmp_path}`" in said
    assert str(tmp_path / "js") in said
    assert "widget.js" in said
