"""Slices of an evaluation, and labels proposed for some of its inputs."""

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from google.protobuf import json_format
from sklearn.metrics import roc_auc_score

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.errors import EvalError, NotFoundError
from clarifai_eval_widget.evaluation.selecting import labels_of

CONCEPTS = ["cat", "dog", "owl"]


def scored(rows=90, **options):
    rng = np.random.default_rng(3)
    labels = rng.random((rows, 3)) < 0.4
    scores = np.clip(0.3 * labels + 0.7 * rng.random((rows, 3)), 0, 1)
    ids = [f"input {row}" for row in range(rows)]
    return Evaluation.from_scores(labels, scores, concepts=CONCEPTS, input_ids=ids, **options)


def sent():
    """A server's test set with texts and metadata, and a curve that is of all of it."""
    message = resources_pb2.EvalMetrics()
    message.status.code = 21300
    message.summary.macro_avg_roc_auc = 0.25
    for row in range(12):
        entry = message.test_set.add()
        entry.input.id = f"input {row}"
        entry.input.data.text.raw = f"text {row}"
        entry.input.data.metadata.update({"source": "web" if row % 3 else "app"})
        entry.ground_truth_concepts.add(id="cat" if row % 2 else "dog", value=1)
        for concept in ("cat", "dog"):
            entry.predicted_concepts.add(id=concept, value=(row * 5 + len(concept) + (concept == "dog")) % 11 / 11)
    return Evaluation.from_proto(message)


def test_a_slice_is_the_evaluation_of_its_inputs_alone():
    e = scored()
    wanted = [f"input {row}" for row in range(0, 90, 3)]
    found = e.slice(wanted)
    alone = Evaluation.from_scores(e.label_array[::3], e.score_array[::3], concepts=CONCEPTS, input_ids=wanted)
    assert isinstance(found, Evaluation)
    assert found.input_ids == alone.input_ids
    assert found.table().equals(alone.table())
    assert e.slice(np.arange(90) % 3 == 0).input_ids == found.input_ids


def test_a_slice_of_one_fold_is_of_one_model_and_of_several_keeps_them():
    e = scored(folds=np.arange(90) % 3 + 1)
    one = e.slice(fold=2)
    assert one.folds is None
    rows = e.folds == 2
    assert one.roc_auc("cat") == pytest.approx(roc_auc_score(e.labels["cat"][rows], e.scores["cat"][rows]))
    some = e.slice(e.folds != 2)
    assert some.fold_numbers == (1, 3)


def test_a_slice_by_metadata_keeps_texts_and_leaves_the_servers_figures_behind():
    e = sent()
    assert e.metadata["source"].tolist() == ["app", "web", "web"] * 4
    found = e.slice(where={"source": "app"})
    assert found.input_ids == ("input 0", "input 3", "input 6", "input 9")
    assert [text for text, _ in found.inputs] == ["text 0", "text 3", "text 6", "text 9"]
    assert found.media([2]) == [("text 6", None)]
    assert found.metadata["source"].tolist() == ["app"] * 4
    assert found.platform_summary == {}
    assert len(found.to_proto().test_set) == 4
    assert found.slice(["input 6"]).media([0]) == [("text 6", None)]


def test_figures_stand_by_slice():
    e = scored()
    by = np.array(["old", "new"], object)[np.arange(90) % 2]
    table = e.slices(by)
    assert table.index.tolist() == ["new", "old"]
    for name in ("new", "old"):
        alone = e.slice(by == name)
        assert table.loc[name, "inputs"] == 45
        assert table.loc[name, "roc_auc"] == pytest.approx(np.mean([alone.roc_auc(one) for one in CONCEPTS]))
        assert table.loc[name, "low"] < table.loc[name, "roc_auc"] < table.loc[name, "high"]
        assert table.loc[name, "f1"] == pytest.approx(alone.table()["f1"].mean())
    assert table.attrs["without"] == 0
    assert sent().slices("source")["inputs"].to_dict() == {"app": 4, "web": 8}


def test_inputs_of_no_slice_are_counted():
    table = scored().slices([None] * 40 + ["old"] * 50)
    assert table["inputs"].to_dict() == {"old": 50}
    assert table.attrs["without"] == 40
    nothing = scored().slices([float("nan")] * 90)
    assert (len(nothing), nothing.attrs["without"]) == (0, 90)
    assert list(nothing.columns) == list(table.columns)


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"inputs": ["input 0", "nobody"]}, NotFoundError, "nobody"),
        ({"inputs": np.zeros(5, bool)}, ValueError, "90 inputs"),
        ({"inputs": np.zeros(90, bool)}, ValueError, "No input"),
        ({"fold": 9}, NotFoundError, "9"),
        ({"where": {"colour": "red"}}, NotFoundError, "colour"),
    ],
)
def test_what_is_no_slice_is_refused(wrong, error, said):
    with pytest.raises(error, match=said):
        scored().slice(**wrong)


def test_proposed_labels_change_what_they_say_and_nothing_else():
    e = scored()
    made = e.relabel({"input 4": ["cat", "owl"], "input 7": []})
    assert isinstance(made.after, Evaluation)
    expected = e.labels.copy()
    expected.loc["input 4"] = [True, False, True]
    expected.loc["input 7"] = False
    assert made.after.labels.equals(expected)
    assert made.after.scores.equals(e.scores)
    assert made.after.roc_auc("cat") == Evaluation.from_scores(expected, e.scores).roc_auc("cat")
    assert "2 inputs have labels that were proposed" in " ".join(made.after.notes)
    assert not any("proposed" in note for note in e.notes)


def test_changes_are_listed_and_made_into_annotations():
    e = sent()
    made = e.relabel({"input 1": ["dog"], "input 2": ["dog"]})
    frame = made.frame.set_index("input_id")
    assert frame.loc["input 1", ["labels", "proposed", "added", "removed"]].tolist() == [
        ("cat",),
        ("dog",),
        ("dog",),
        ("cat",),
    ]
    request = made.to_proto(user_id="ada", app_id="pets")
    told = json_format.MessageToDict(request, preserving_proto_field_name=True)
    assert told["user_app_id"] == {"user_id": "ada", "app_id": "pets"}
    (only,) = told["annotations"]
    assert only["input_id"] == "input 1", "input 2 is labelled dog already: there is nothing to change"
    assert [(one["id"], one.get("value", 0.0)) for one in only["data"]["concepts"]] == [("dog", 1.0), ("cat", 0.0)]


def test_an_input_that_has_the_labels_proposed_is_no_change():
    e = scored()
    same = [concept for concept in e.concepts if e.labels.loc["input 4", concept]]
    made = e.relabel({"input 4": same[::-1], "input 7": ["cat", "dog", "owl"]})
    assert list(made.labels) == made.frame["input_id"].tolist() == ["input 7"]
    assert any(note.startswith("1 inputs have labels") for note in made.after.reading_notes)


def test_inputs_and_concepts_that_are_not_there_cannot_be_relabelled():
    with pytest.raises(NotFoundError, match="nobody"):
        scored().relabel({"nobody": ["cat"]})
    with pytest.raises(NotFoundError, match="elk"):
        scored().relabel({"input 1": ["elk"]})
    twice = Evaluation.from_scores([[1], [0]], [[0.5], [0.2]], concepts=["cat"], input_ids=["a", "a"])
    with pytest.raises(ValueError, match="'a' stands for 2 inputs"):
        twice.relabel({"a": []})


def test_rates_alone_have_no_slices_and_no_labels():
    from tests.widget.golden import platform_rates

    with pytest.raises(EvalError):
        platform_rates().slice(["x"])
    with pytest.raises(EvalError):
        platform_rates().relabel({})


@pytest.mark.parametrize("size", [1, 7, 64, 65, 200])
def test_labels_of_many_rows_are_those_of_each(size):
    labels = np.random.default_rng(size).random((50, size)) < 0.03
    e = Evaluation.from_scores(labels, labels * 0.5, concepts=[f"c{k}" for k in range(size)])
    rows = np.array([3, 49, 0, 3])
    expected = [tuple(f"c{k}" for k in np.flatnonzero(labels[row])) for row in rows]
    assert labels_of(e, rows) == (expected, expected)
    assert labels_of(e, rows[:0]) == ([], [])
