"""Slices: their figures by field, and one of them by itself on screen with the way back."""

import numpy as np
import pytest
import traitlets
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.widget.workbench.narrowing import LISTED
from clarifai_eval_widget.widget.workbench.panel import Baking
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget.export.test_forms import take
from tests.widget.page import Page
from tests.widget.workbench.test_comparison import scored

ROWS = 80
PARAMS = {"by": "", "concept": None, "threshold": 0.5}


def with_metadata(without=0):
    """The same scores as the platform would send them, with a field of two values and one that every input has alone.

    The first so many inputs have no value of the first field.
    """
    given = scored(1)
    message = resources_pb2.EvalMetrics(id="e")
    message.status.code = status_code_pb2.MODEL_EVALUATED
    for row, input_id in enumerate(given.input_ids):
        entry = message.test_set.add()
        entry.input.id = input_id
        entry.input.data.metadata.update({"camera": "day" if row % 4 else "night", "file": f"{row}.jpg"})
        if row < without:
            entry.input.data.metadata.update({"camera": None})
        for k, concept in enumerate(given.concepts):
            if given.label_array[row, k]:
                entry.ground_truth_concepts.add(id=concept, value=1)
            entry.predicted_concepts.add(id=concept, value=float(given.scores.iloc[row, k]))
    return Evaluation.from_proto(message)


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=with_metadata())
    yield made
    made.close()


@pytest.fixture
def page(widget):
    return Page(widget)


def narrow(page, by="", value="", *, run=None):
    """Ask for a slice; gives why not, empty when it was done."""
    reply = page.act("narrow", key=f"narrow {len(page.replies)}", run=run or page.widget.viewing, by=by, value=value)
    return reply.get("error", {}).get("message", "")


def test_figures_by_slice_are_those_of_the_evaluation_sliced(widget, page):
    head, arrays = page.panel("slices", PARAMS)
    assert (head["fields"], head["by"], head["values"], head["inputs"]) == (
        ["camera"],
        "camera",
        ["day", "night"],
        [60, 20],
    )
    expected = widget.evaluation.slices("camera")
    for name in ("roc_auc", "low", "high", "f1"):
        np.testing.assert_array_equal(arrays[name], expected[name])
    head, arrays = page.panel("slices", PARAMS | {"concept": "dog", "threshold": 0.4}, key="dog")
    nights = widget.evaluation.slice(where={"camera": "night"})
    low, high = nights.roc_auc_interval("dog").interval
    found = [arrays[name][1] for name in ("roc_auc", "low", "high", "f1")]
    assert found == pytest.approx([nights.roc_auc("dog"), low, high, nights.table(threshold=0.4).loc["dog", "f1"]])


def test_inputs_without_a_value_are_counted_and_in_no_slice(page):
    assert page.panel("slices", PARAMS)[0]["without"] == 0
    some = EvalWidget(evaluation=with_metadata(without=7))
    head, _ = Page(some).panel("slices", PARAMS)
    some.close()
    assert (head["without"], sum(head["inputs"])) == (7, ROWS - 7)


def test_folds_are_slices_and_an_evaluation_of_which_nothing_is_known_has_none():
    folds = np.arange(ROWS) % 3
    for options, fields in (({"folds": folds}, ["fold"]), ({}, [])):
        one = EvalWidget(evaluation=scored(1, **options))
        head, arrays = Page(one).panel("slices", PARAMS)
        assert head["fields"] == fields
        assert len(arrays["roc_auc"]) == (3 if fields else 0)
        one.close()


def test_a_slice_takes_the_screen_with_every_panel_and_gives_it_back(widget, page):
    whole = widget.evaluation
    before = widget.viewing
    narrow(page, "camera", "night")
    assert widget.narrowed == "camera night"
    assert widget.evaluation.num_inputs == 20
    assert widget.viewing != before
    head, _ = page.panel("matrix", {"kind": "argmax", "thresholds": None}, run=widget.viewing, revision=1)
    assert head["kind"] == "argmax"
    narrow(page)
    assert (widget.narrowed, widget.viewing, widget.evaluation) == ("", before, whole)


def test_the_inputs_listed_are_a_slice_of_a_slice(widget, page):
    narrow(page, "camera", "day")
    assert "No input" in narrow(page, LISTED)
    widget.selection = widget.evaluation.labels.index[:7].to_frame(name="input_id")
    narrow(page, LISTED)
    assert widget.narrowed == "camera day, 7 inputs listed"
    assert widget.evaluation.num_inputs == 7
    narrow(page)
    assert widget.evaluation.num_inputs == ROWS


def test_what_cannot_be_sliced_is_refused_with_the_reason(widget, page):
    assert "cannot be sliced by 'file'" in narrow(page, "file", "3.jpg")
    assert "No input is in the slice" in narrow(page, "camera", "dusk")
    assert "Something else is on screen" in narrow(page, "camera", "day", run="another")
    assert (widget.narrowed, widget.evaluation.num_inputs) == ("", ROWS)


def test_another_evaluation_put_on_screen_is_no_slice(widget, page):
    narrow(page, "camera", "day")
    widget.evaluation = scored(2)
    assert widget.narrowed == ""


def test_python_reads_the_slice_that_the_page_chose(widget, page):
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "slice")
    narrow(page, "camera", "day")
    widget.selection = widget.evaluation.labels.index[:2].to_frame(name="input_id")
    ids = list(widget.evaluation.input_ids[:2])
    narrow(page, LISTED)
    assert widget.slice == {"camera": "day", "input_id": ids}
    narrow(page)
    assert seen == [{"camera": "day"}, {"camera": "day", "input_id": ids}, None]


def test_python_chooses_the_slice_that_the_page_shows(widget, page):
    whole, before = widget.evaluation, widget.viewing
    widget.slice = {"camera": "night"}
    assert (widget.narrowed, widget.evaluation.num_inputs) == ("camera night", 20)
    widget.slice = {"camera": "day"}
    assert (widget.narrowed, widget.evaluation.num_inputs) == ("camera day", 60), "another slice of all, not of this"
    narrow(page)
    assert (widget.slice, widget.evaluation) == (None, whole)
    widget.slice = whole.labels.index[:7].to_frame(name="input_id")
    assert widget.slice == {"input_id": list(whole.input_ids[:7])}
    widget.slice = None
    assert (widget.narrowed, widget.viewing, widget.evaluation) == ("", before, whole)


def test_an_input_named_twice_is_counted_once(widget):
    first, second, *_ = widget.evaluation.input_ids
    widget.slice = {"input_id": [first, second, first]}
    assert (widget.narrowed, widget.evaluation.num_inputs) == ("2 inputs listed", 2)


def test_a_fold_is_named_by_its_number():
    widget = EvalWidget(evaluation=scored(1, folds=np.arange(ROWS) % 3))
    widget.slice = {"fold": 1}
    assert (widget.slice, widget.narrowed, widget.evaluation.num_inputs) == ({"fold": 1}, "fold 1", 27)
    widget.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"file": "3.jpg"}, "cannot be sliced by 'file'"),
        ({"camera": "dusk"}, "No input is in the slice 'camera dusk'"),
        ({"input_id": ["none"]}, "no input 'none'"),
        ({"input_id": 5}, "no input '5'"),
        ("night", "takes values by field"),
    ],
)
def test_a_slice_that_cannot_be_is_refused_and_changes_nothing(widget, wrong, said):
    widget.slice = {"camera": "night"}
    shown = widget.viewing
    with pytest.raises(traitlets.TraitError, match=said):
        widget.slice = wrong
    assert (widget.slice, widget.viewing) == ({"camera": "night"}, shown)


def test_another_evaluation_put_on_screen_is_the_slice_of_nothing(widget):
    widget.slice = {"camera": "night"}
    widget.evaluation = scored(2)
    assert widget.slice is None
    widget.evaluation = None
    with pytest.raises(traitlets.TraitError, match="no evaluation on screen"):
        widget.slice = {"camera": "night"}


@pytest.mark.parametrize("concept", [None, "dog"])
def test_the_slices_taken_away_are_those_on_screen(widget, page, concept):
    params = PARAMS | {"concept": concept, "threshold": 0.4}
    head, arrays = page.panel("slices", params)
    *lines, last = take(widget, "slices", "python", params).decode().splitlines()
    names = {"w": widget}
    exec("\n".join(lines), names)
    frame = eval(last, names)
    assert list(frame.index) == head["values"]
    for name, column in arrays.items():
        np.testing.assert_array_equal(column, frame[name])
    assert take(widget, "slices", "csv", params).decode() == frame.to_csv()


def test_the_interval_of_a_slice_knows_of_groups():
    rows = np.arange(400)
    widget = EvalWidget(evaluation=scored(1, rows=400, folds=rows // 200, groups=rows // 2))
    _, arrays = Page(widget).panel("slices", PARAMS | {"concept": "dog"})
    found = widget.evaluation.slice(fold=1).roc_auc_interval("dog", method="groups")
    assert (arrays["low"][0], arrays["high"][0]) == found.interval
    assert found.interval[0] < found.roc_auc < found.interval[1]
    widget.close()


def test_a_file_has_slices_by_metadata_only_where_inputs_may_leave_the_notebook():
    evaluation, bake = with_metadata(), all_panels()["slices"].bake
    assert bake(evaluation, Baking((None,), {}, inputs=False)) == []
    allowed = bake(evaluation, Baking((None,), {}, inputs=True))
    assert [asked["by"] for asked in allowed] == ["", "camera"]
    folds = np.arange(ROWS) % 2
    asked = bake(scored(1, rows=ROWS, folds=folds), Baking((None, "cat"), {}, inputs=False, shown="dog"))
    assert [(one["by"], one["concept"]) for one in asked[:3]] == [("", "dog"), ("", None), ("", "cat")]
    assert {one["by"] for one in asked} == {"", "fold"}


def test_where_there_is_nothing_to_slice_by_there_is_nothing_to_take():
    widget = EvalWidget(evaluation=scored(1))
    asked = {"id": "t", "action": "take", "panel": "slices", "form": "python", "params": PARAMS}
    assert "neither folds nor metadata" in widget._requests.answer(asked).reply["error"]["message"]
    widget.close()
