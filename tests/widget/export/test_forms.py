"""What a panel is taken away as: the Python that is copied gives the DataFrame of the CSV."""

import io
from itertools import combinations
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from matplotlib.text import Text

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.evaluation.writing.sheet import to_csv
from clarifai_eval_widget.terms import EVALUATED
from clarifai_eval_widget.widget.export.tables import draw_table
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget.export.test_document import evaluation
from tests.widget.page import Page

CHOOSE = {"recall": 0.8, "precision": 0.9, "fpr": 0.1, "beta": 2, "fp_cost": 1, "fn_cost": 5, "guarantee": 0.9}
INPUTS = {"concept": "c0", "outcome": "errors", "labelled": None, "threshold": 0.3, "against": None, "sort": "loss",
          "page": 0, "large": None}  # fmt: skip
PARAMS = {
    "matrix": {"kind": "argmax", "thresholds": None},
    "choose": CHOOSE | {"prevalence": None},
    "compare": {"others": [], "revisions": [], "concept": None, "threshold": 0.5},
    "inputs": INPUTS,
}
HELD = ("compare", "relabel")
# Of slices this evaluation has none; tests/widget/workbench/test_slices.py takes them.
FRAMES = [name for name, panel in all_panels().items() if panel.taken and name not in (*HELD, "slices")]


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=evaluation(), threshold=0.3)
    yield made
    made.close()


def answered(widget, panel, form, params=None, look=None):
    asks = all_panels()[panel].params.__annotations__ if panel in all_panels() else ()
    own = {"concept": widget.concept} if "concept" in asks else {}
    asked = {"id": uuid4().hex, "action": "take", "panel": panel, "form": form,
             "params": params or own | PARAMS.get(panel, {})}  # fmt: skip
    return widget._requests.answer(asked | ({} if look is None else {"look": look}))


def take(widget, panel, form, params=None, look=None):
    answer = answered(widget, panel, form, params, look)
    assert "error" not in answer.reply, answer.reply
    return answer.buffers[0]


def refused(widget, panel, params=None, look=None, form="python"):
    return answered(widget, panel, form, params, look).reply["error"]["message"]


def copied(widget, panel, params=None, look=None):
    """What the Python that is copied gives, which CSV must hold, too."""
    names = {"w": widget}
    *lines, last = take(widget, panel, "python", params, look).decode().splitlines()
    exec("\n".join(lines), names)
    frame = eval(last, names)
    written = to_csv(frame, index=not (frame.index.name is None and frame.index.nlevels == 1))
    assert take(widget, panel, "csv", params, look).decode() == written
    return frame


@pytest.mark.parametrize("panel", FRAMES)
@pytest.mark.parametrize("concept", [None, "c1"])
@pytest.mark.parametrize("own", [{}, {"c1": 0.7123}])
def test_the_python_copied_gives_what_the_csv_holds(widget, panel, concept, own):
    widget.concept, widget.thresholds = concept, own
    frame = copied(widget, panel)
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) > 0 or panel == "conditions"  # of which this evaluation has none
    if own and panel == "concepts":
        assert frame.loc["c1", "threshold"] == 0.7123


def test_the_table_taken_away_is_that_of_the_thresholds_on_screen(widget):
    widget.thresholds = {"c2": 0.6}
    frame = pd.read_csv(io.BytesIO(take(widget, "concepts", "csv"))).set_index("concept")
    assert frame["threshold"].tolist()[-3:] == [0.3, 0.3, 0.6]
    assert frame.loc["c2", "tp"] == widget.evaluation.table(threshold=0.6).loc["c2", "tp"]


@pytest.mark.parametrize("panel", [name for name in FRAMES if all_panels()[name].taken.plot])
@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_panel_that_is_drawn_is_taken_as_a_picture(widget, panel, form, begins):
    data = take(widget, panel, form)
    assert data.startswith(begins)
    widget.concept = "c1"
    assert take(widget, panel, form) != data or panel == "matrix"


def test_what_python_and_page_count_in_bins_is_the_same(widget):
    for concept in (None, "c0"):
        section = all_panels()["histogram"].encode(widget.evaluation, {"concept": concept})
        frame = widget.evaluation.score_histogram(concept)
        assert frame["positives"].tolist() == section.arrays["positives"].tolist()
        assert frame["negatives"].tolist() == section.arrays["negatives"].tolist()
        section = all_panels()["calibration"].encode(widget.evaluation, {"concept": concept})
        frame = widget.evaluation.calibration_curve(concept)
        assert frame["decisions"].tolist() == section.arrays["sizes"].tolist()
        assert np.allclose(frame["low"], section.arrays["low"])


@pytest.mark.parametrize("how", [
    {}, {"sort": "score", "outcome": "fp"}, {"labelled": "c1", "outcome": "fp"}, {"low": 0.2, "high": 0.4, "outcome": "all"},
    {"outcome": "roc_auc", "threshold": None}, {"outcome": "fp", "threshold": None},
    {"concept": None, "outcome": "errors", "own": {"c1": 0.7}}, {"concept": None, "outcome": "all"},
])  # fmt: skip
def test_inputs_are_taken_as_they_are_listed_whatever_is_selected_since(widget, how):
    params = INPUTS | how
    Page(widget).panel("inputs", params)
    listed = pd.DataFrame(widget.selection)
    widget.selection = None
    pd.testing.assert_frame_equal(copied(widget, "inputs", params), listed)
    assert len(listed) > 1


def test_inputs_that_only_the_widget_knows_are_its_selection(widget):
    params = INPUTS | {"outcome": "chosen"}
    assert take(widget, "inputs", "python", params).decode() == "w.selection"
    widget.selection = widget.evaluation.inputs_behind("c0", "errors").head(2)
    assert take(widget, "inputs", "csv", params).decode().splitlines()[0].startswith("input_id,")


def texts(rows=6):
    message = resources_pb2.EvalMetrics()
    message.status.code = EVALUATED
    for row in range(rows):
        entry = message.test_set.add()
        entry.input.id = f"input {row}"
        entry.input.data.text.raw = f"text, {row}"
        entry.ground_truth_concepts.add(id="cat", value=1)
        if row % 2:
            entry.ground_truth_concepts.add(id="dog", value=1)
        entry.predicted_concepts.add(id="cat", value=0.9)
        entry.predicted_concepts.add(id="dog", value=0.1 * row)
    return Evaluation.from_proto(message)


@pytest.mark.parametrize("form", ["png", "svg"])
def test_inputs_and_marks_are_taken_as_pictures_of_their_tables(form):
    made = EvalWidget(evaluation=texts())
    params = {"concept": "cat", "outcome": "tp", "labelled": None, "threshold": 0.5, "against": None, "sort": "score",
              "page": 0, "large": None}  # fmt: skip
    Page(made).panel("inputs", params)
    inputs = take(made, "inputs", form, params)
    made.relabels = {"input 1": ["dog"]}
    marks = take(made, "relabel", form, {"relabels": made.relabels})
    begins = {"png": b"\x89PNG", "svg": b"<?xml"}[form]
    assert inputs.startswith(begins)
    assert marks.startswith(begins)
    made.relabels = {"input 1": ["dog"], "input 2": []}
    assert take(made, "relabel", form, {"relabels": made.relabels}) != marks, "a row a mark"
    made.close()


def test_the_csv_of_inputs_has_their_texts_and_their_labels_joined_and_the_python_gives_the_same():
    made = EvalWidget(evaluation=texts())
    params = {"concept": "cat", "outcome": "tp", "labelled": None, "threshold": 0.5, "against": None, "sort": "score",
              "page": 0, "large": None}  # fmt: skip
    Page(made).panel("inputs", params)
    sheet = pd.read_csv(io.BytesIO(take(made, "inputs", "csv", params)))
    assert sheet["text"].tolist() == [f"text, {row}" for row in range(6)]
    assert sheet["labels"].tolist() == ["cat", "cat; dog"] * 3
    frame = copied(made, "inputs", params)
    assert frame["text"].tolist() == sheet["text"].tolist()
    assert frame["labels"].tolist()[:2] == [("cat",), ("cat", "dog")]
    made.close()


def test_the_comparison_is_taken_as_its_differences(widget):
    assert "nothing to take away" in refused(widget, "compare", form="csv")
    widget.compare(widget.evaluation, evaluation())
    assert take(widget, "compare", "python").decode() == "w.differences"
    assert take(widget, "compare", "csv").decode() == widget.differences.to_csv()


@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_differences_are_taken_as_a_picture_whatever_is_compared(widget, form, begins):
    assert "tick two evaluations" in refused(widget, "compare", form=form)
    widget.compare(widget.evaluation, evaluation(), texts(), names=["old", "new", "other"])
    data = take(widget, "compare", form)
    assert data.startswith(begins)
    widget.compare(widget.evaluation, texts())
    assert take(widget, "compare", form).startswith(begins)


def test_marks_are_taken_as_the_list_of_changes():
    made = EvalWidget(evaluation=texts())
    made.relabels = {"input 1": ["dog"]}
    assert take(made, "relabel", "python", {"relabels": made.relabels}).decode() == "w.relabelling.frame"
    sheet = pd.read_csv(io.BytesIO(take(made, "relabel", "csv", {"relabels": made.relabels})))
    assert sheet["input_id"].tolist() == ["input 1"]
    assert sheet["removed"].tolist() == ["cat"]
    made.close()


def test_the_matrix_is_taken_with_the_inputs_of_both_labels_apart():
    made = EvalWidget(evaluation=texts(), threshold=0.3)
    params = {"kind": "count", "thresholds": [0.3, 0.3]}
    sheet = pd.read_csv(io.BytesIO(take(made, "matrix", "csv", params))).set_index("actual")
    whole = made.evaluation.confusion_matrix(0.3)
    assert sheet.columns.tolist() == ["cat", "dog", "cat (both labels)", "dog (both labels)"]
    assert (sheet.loc["cat", "dog"], sheet.loc["cat", "dog (both labels)"]) == (1, 2)
    assert (sheet[["cat", "dog"]].to_numpy() + sheet.iloc[:, 2:].to_numpy() == whole.to_numpy()).all()
    assert np.diag(sheet).tolist() == [6, 2], "what is labelled with a concept and given it is a hit"
    made.close()


@pytest.mark.parametrize("panel", ["concepts", "counts", "slices"])
@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_table_is_taken_as_a_picture(panel, form, begins):
    rng = np.random.default_rng(3)
    labels = rng.random((60, 3)) < 0.4
    made = EvalWidget(
        evaluation=Evaluation.from_scores(
            labels, rng.random((60, 3)), concepts=["c1", "c2", "c3"], folds=np.arange(60) % 2
        )
    )
    params = {"by": "fold", "concept": None, "threshold": 0.5} if panel == "slices" else None
    assert take(made, panel, form, params).startswith(begins)
    made.close()


def drawn(frame, title="Model, version 1 · concepts"):
    figure = draw_table(frame, title)
    figure.canvas.draw()
    return figure, {text.get_text(): text for text in figure.findobj(Text) if text.get_text()}


def test_a_table_drawn_has_every_cell_inside_and_none_over_another():
    frame = pd.DataFrame(
        {
            "roc_auc": [0.98765, np.nan],
            "labels": [("cat", "a dog"), ()],
            "long": ["word " * 40, "$x_1$\nnext"],
            "n": pd.array([12345, None], "Int64"),
        },
        index=pd.Index(["Ωμέγα", "b"], name="concept"),
    )
    figure, texts = drawn(frame)
    assert {"Model, version 1 · concepts", "concept", "roc_auc", "0.988", "cat, a dog", "12345", "$x_1$ next"} <= set(
        texts
    )
    assert not {"nan", "NaN", "<NA>", "None"} & set(texts)
    boxes = [text.get_window_extent() for text in texts.values()]
    whole = figure.bbox
    assert all(whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 and box.y1 <= whole.y1 for box in boxes)
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_of_a_long_table_the_rows_that_are_not_drawn_are_counted():
    _, texts = drawn(pd.DataFrame({"n": range(1000)}))
    assert "and 940 more rows: the CSV has them all" in texts
    assert "60" not in texts


def test_the_whole_page_is_taken_as_a_file(widget):
    assert b"cew-baked" in take(widget, "", "html")


def test_a_csv_holds_no_formula_of_somebodys_own():
    nasty = "=cmd|' /C calc'!A0\udcff"
    e = Evaluation.from_scores(np.eye(2, dtype=bool), np.eye(2), concepts=[nasty, "c"], input_ids=["=1+1", "b"])
    made = EvalWidget(evaluation=e)
    assert "'=cmd|' /C calc'!A0\\udcff" in take(made, "concepts", "csv").decode()
    made.close()
