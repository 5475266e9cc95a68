"""Labels are read as they are meant, or refused; inputs without a label are no silent negatives."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from scipy import sparse
from sklearn.metrics import roc_auc_score, roc_curve

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.growing import GrowingEvaluation
from clarifai_eval_widget.local.work import heads
from clarifai_eval_widget.metrics.tolerance import TOLERANCE
from tests.evaluation.test_evaluation import ROWS, message_of

SCORES = [0.9, 0.8, 0.2, 0.1]


@pytest.mark.parametrize(
    "labels",
    [
        [1, 1, 0, 0],
        [1.0, 1.0, 0.0, 0.0],
        [True, True, False, False],
        np.array([True, True, False, False], object),
        [1, 1, -1, -1],
        pd.Series([1, 1, 0, 0], dtype="category"),
        pd.DataFrame({"spam": [1, 1, 0, 0]}),
    ],
    ids=str,
)
def test_the_positive_class_is_the_one_scikit_learn_takes(labels):
    e = Evaluation.from_scores(labels, SCORES)
    plain = np.asarray(labels).ravel()
    # scikit-learn takes no labels of dtype object; its choice of the class 1 is the same
    expected = roc_auc_score(plain.astype(float), SCORES)
    assert e.roc_auc(e.concepts[0]) == expected == 1.0


def test_the_positive_class_is_named_in_text_and_notes():
    e = Evaluation.from_scores([1, 1, -1, -1], SCORES)
    assert "positive label 1," in repr(e)
    assert "Positive label: 1." in e._repr_html_()
    assert "The positive class is 1, the negative one -1." in e.notes


@pytest.mark.parametrize("labels", [["1", "1", "0", "0"], ["yes", "yes", "no", "no"], [2, 2, 1, 1]])
def test_a_positive_class_that_cannot_be_known_must_be_given(labels):
    with pytest.raises(ValueError, match="pos_label"):
        roc_curve(labels, SCORES)  # scikit-learn does not know it either
    with pytest.raises(ValueError, match="give it as pos_label="):
        Evaluation.from_scores(np.array(labels), SCORES)
    e = Evaluation.from_scores(np.array(labels), SCORES, pos_label=labels[0])
    assert e.roc_auc(str(labels[0])) == 1.0
    assert Evaluation.from_scores(labels, SCORES, pos_label=labels[-1]).roc_auc(str(labels[-1])) == 0.0


@pytest.mark.parametrize("scores", [pd.DataFrame(SCORES), pd.Series(SCORES, name=0)], ids=["frame", "series"])
def test_the_number_that_pandas_gives_a_column_is_no_class(scores):
    with pytest.raises(ValueError, match="give it as pos_label="):
        Evaluation.from_scores(["1", "1", "0", "0"], scores)
    assert Evaluation.from_scores([1, 1, 0, 0], scores).roc_auc("1") == 1.0
    assert Evaluation.from_scores(["1", "1", "0", "0"], scores, pos_label="1").roc_auc("1") == 1.0


@pytest.mark.parametrize(
    ("labels", "name"), [([1, 1, 0, 0], "0"), ([1, 1, -1, -1], -1), ([True, True, False, False], False)], ids=str
)
def test_scores_named_as_the_negative_class_are_not_taken_for_those_of_the_positive_one(labels, name):
    with pytest.raises(ValueError, match=r"The scores are named .* by pos_label="):
        Evaluation.from_scores(labels, SCORES, concepts=[name])
    assert Evaluation.from_scores(labels, SCORES, concepts=[name], pos_label=labels[-1]).roc_auc(str(name)) == 0.0


def test_what_is_masked_is_not_known():
    off = [[False, False], [True, True], [False, False], [False, False]]
    one_hot, both = np.array([[1, 0], [0, 1], [0, 1], [0, 1]]), np.stack([SCORES, np.subtract(1, SCORES)], axis=1)
    e = Evaluation.from_scores(np.ma.array(one_hot, mask=off), both)
    assert e.class_sizes("0") == (1, 2)
    assert type(e.label_array) is np.ndarray
    for labels in (one_hot[:, 0], one_hot[:, 0].astype(bool), one_hot[:, 0].astype(float)):
        single = Evaluation.from_scores(np.ma.array(labels, mask=[False, True, False, False]), SCORES)
        assert single.class_sizes(*single.concepts) == (1, 2)
    given = np.ma.array([1, 2, 1, 2], mask=[0, 0, 1, 0])
    with pytest.raises(ValueError, match="Folds must be whole numbers"):
        Evaluation.from_scores([1, 1, 0, 0], SCORES, folds=given)
    with pytest.raises(ValueError, match="no group in row 2"):
        Evaluation.from_scores([1, 1, 0, 0], SCORES, groups=given)
    with pytest.raises(ValueError, match="neither 0 nor 1: concept '0', row 1"):
        Evaluation.from_scores(np.ma.array(one_hot, mask=np.array(off) & [True, False]), both)


def test_what_is_no_label_and_no_score_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="in row 0 is no label"):
        Evaluation.from_scores(np.array([1, 1, 0, 0], complex), SCORES)
    with pytest.raises(ValueError, match="nor have times"):
        Evaluation.from_scores([1, 1, 0, 0], pd.to_datetime(SCORES, unit="s"))


@pytest.mark.parametrize("labels", [np.array([[1], [1], [0], [0]]), [["ham"], ["ham"], ["spam"], ["spam"]]], ids=str)
def test_a_positive_class_given_is_read_of_one_column_too_or_refused(labels):
    if isinstance(labels, list):
        with pytest.raises(ValueError, match=r"pos_label='spam' is for one label an input"):
            Evaluation.from_scores(labels, SCORES, concepts=["ham"], pos_label="spam")
        labels = np.array(labels)
    e = Evaluation.from_scores(labels, SCORES, pos_label=labels[-1, 0])
    assert e.concepts == (str(labels[-1, 0]),)
    assert e.roc_auc(e.concepts[0]) == 0.0
    with pytest.raises(ValueError, match="there are 2"):
        Evaluation.from_scores(np.eye(4, 2), np.full((4, 2), 0.5), pos_label=1)


def test_the_tolerance_is_one_wherever_scores_and_thresholds_come_in(tmp_path):
    within, beyond = 1 + 0.9 * TOLERANCE, 1 + 1.5 * TOLERANCE

    def load(score):
        e = Evaluation.from_scores([1, 0], [1.0, 0.0])
        held = e.numbers.held.scores
        held.setflags(write=True)
        held[0] = score
        e.save(tmp_path / "one")
        return Evaluation.load(tmp_path / "one")

    own = Evaluation.from_scores([1, 0, 1], [0.9, 0.1, 0.8])
    doors = {
        "scores": lambda one: Evaluation.from_scores([1, 0], [one, 0.0]),
        "a reply": lambda one: Evaluation.from_proto(message_of([("i1", {"cat": one}, ["cat"])])),
        "a file": load,
        "a threshold": lambda one: own.table(threshold=one),
        "deployed scores": lambda one: own.deployment_prevalence("1", [0.2, one, 0.9], threshold=0.5),
        "the local server": lambda one: heads._checked(np.array([[one, 0.0]])),
    }
    for name, door in doors.items():
        door(within)
        with pytest.raises((ValueError, EvalError), match="0 to 1"):
            pytest.fail(f"{name}: {door(beyond)}")


def test_the_tolerance_is_written_down_once_and_told():
    package = Path(heads.__file__).parents[2]
    others = {
        f"{path.relative_to(package)}: {line.strip()}"
        for path in package.rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"\b1e-0?6\b", line.split("#")[0]) and path.name != "tolerance.py"
    }
    others = {one for one in others if '"tol"' not in one and "by 1e-6 at most" not in one}  # a solver's; said
    assert others == set()
    assert TOLERANCE == 1e-6
    assert "by 1e-6 at most" in Evaluation.from_scores.__doc__
    assert "0.000001" in (package.parent / "docs/numbers.md").read_text()


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_inputs_of_no_group_are_not_all_of_one(missing):
    with pytest.raises(ValueError, match="There is no group in row 1, one of 2 without"):
        Evaluation.from_scores([1, 1, 0, 0], SCORES, groups=["x", missing, missing, "y"])
    held = Evaluation.from_scores([1, 1, 0, 0], SCORES, groups=pd.DataFrame({"g": ["x", "x", "y", "z"]}))
    assert held.groups.tolist() == [0, 0, 1, 2]


def test_ids_in_another_order_than_an_index_are_refused():
    labels = pd.Series([1, 1, 0, 0], index=list("dcba"))
    with pytest.raises(ValueError, match=r"The labels' index holds the input ids in another order \(d, c, b"):
        Evaluation.from_scores(labels, SCORES, input_ids=list("abcd"))
    with pytest.raises(ValueError, match="The scores' index holds"):
        Evaluation.from_scores([1, 1, 0, 0], pd.Series(SCORES, index=list("dcba")), input_ids=list("abcd"))
    assert Evaluation.from_scores(labels, SCORES, input_ids=list("dcba")).roc_auc("1") == 1.0
    # an index that only counts the rows names no input
    assert Evaluation.from_scores(labels.reset_index(drop=True), SCORES, input_ids=[3, 2, 1, 0]).roc_auc("1") == 1.0


def test_a_class_that_is_the_concepts_own_name_is_the_positive_one():
    e = Evaluation.from_scores(["ham", "spam", "ham", "ham"], SCORES, concepts=["spam"])
    assert e.label_array.ravel().tolist() == [False, True, False, False]
    assert e.positive_label == "spam"


def test_a_positive_class_that_is_none_of_the_labels_is_refused():
    with pytest.raises(ValueError, match=r"pos_label='maybe' is none of the labels 'no', 'yes'"):
        Evaluation.from_scores(["yes", "no", "no", "no"], SCORES, pos_label="maybe")
    with pytest.raises(ValueError, match="is for one column of scores; there are 2"):
        Evaluation.from_scores([0, 1], np.full((2, 2), 0.5), pos_label=1)


def test_folds_are_matched_by_their_index_as_labels_are():
    ids = list("wxyz")
    scores = pd.Series(SCORES, index=ids)
    folds = pd.Series([1, 1, 2, 2], index=ids)
    e = Evaluation.from_scores([1, 0, 1, 0], scores, folds=folds.iloc[::-1])
    assert e.folds.tolist() == [1, 1, 2, 2]
    labels = pd.Series([1, 0, 1, 0], index=ids)
    by_labels = Evaluation.from_scores(labels, SCORES, folds=pd.DataFrame({"fold": folds}).iloc[::-1]["fold"])
    assert by_labels.folds.tolist() == [1, 1, 2, 2]
    with pytest.raises(ValueError, match=r"folds' index does not hold the same inputs.*without a fold: z"):
        Evaluation.from_scores([1, 0, 1, 0], scores, folds=pd.Series([1, 1, 2, 2], index=list("wxyq")))


def test_numbers_that_may_count_columns_from_1_are_said_to_be_read_from_0():
    e = Evaluation.from_scores([1, 2, 1], np.full((3, 3), 0.3))
    assert any("read as columns of the scores, counted from 0: none has column 0 ('0')" in note for note in e.notes)
    plain = Evaluation.from_scores([0, 1, 2], np.full((3, 3), 0.3))
    assert not any("read as columns" in note for note in plain.notes)


def test_a_frame_of_labels_names_the_concepts_of_nameless_scores():
    labels = pd.DataFrame({"b": [1, 0], "a": [0, 1]})
    e = Evaluation.from_scores(labels, [[0.9, 0.1], [0.2, 0.8]])
    assert e.concepts == ("b", "a")
    assert e.roc_auc("b") == 1.0
    assert any("in the order of the labels' columns" in note for note in e.notes)


ABOVE = np.nextafter(np.float32(1), np.float32(2))


def test_a_score_of_one_and_a_rounding_is_one_wherever_it_comes_from(tmp_path):
    given = Evaluation.from_scores([1, 0], np.array([ABOVE, -1e-7], np.float32))
    assert given.score_array.ravel().tolist() == [1.0, 0.0]
    sent = Evaluation.from_proto(message_of([("i1", {"cat": float(ABOVE), "dog": 0.0}, ["cat"])]))
    assert sent.score_array[0, 0] == 1.0
    message = message_of([])
    curve = message.binary_metrics.add(num_pos=1, num_neg=1, roc_auc=float(ABOVE), f1=float(ABOVE))
    curve.concept.id = "cat"
    curve.roc_curve.fpr.extend([0.0, float(ABOVE)])
    curve.roc_curve.tpr.extend([0.0, float(ABOVE)])
    curve.roc_curve.thresholds.extend([1.0, 0.0])
    message.summary.macro_avg_roc_auc = float(ABOVE)
    e = Evaluation.from_proto(message)
    assert (e.roc_auc("cat"), e.platform_curves["cat"].f1, e.platform_curves["cat"].tpr[-1]) == (1.0, 1.0, 1.0)
    assert e.summary["macro_avg_roc_auc"] == 1.0


def test_a_score_beyond_rounding_is_refused_wherever_it_comes_from(tmp_path):
    with pytest.raises(ValueError, match="outside 0 to 1"):
        Evaluation.from_scores([1, 0], [1.00001, 0.0])
    with pytest.raises(EvalError, match="must lie in 0 to 1"):
        Evaluation.from_proto(message_of([("i1", {"cat": 1.00001}, ["cat"])]))
    e = Evaluation.from_scores([1, 0], [1.0, 0.0])
    held = e.numbers.held.scores
    held.setflags(write=True)
    held[0] = 1.00001
    e.save(tmp_path / "odd")
    with pytest.raises(EvalError, match="damaged: a score lies outside 0 to 1"):
        Evaluation.load(tmp_path / "odd")


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT], ids=str)
def test_a_missing_label_is_no_negative(missing):
    one = Evaluation.from_scores(np.array([1, missing, 0, 0], object), SCORES)
    assert one.class_sizes("1") == (1, 2)
    named = Evaluation.from_scores(["spam", missing, "ham", "ham"], SCORES, concepts=["spam"])
    assert named.class_sizes("spam") == (1, 2)
    several = Evaluation.from_scores(["a", missing, "b", "b"], np.tile([0.6, 0.4], (4, 1)), concepts=["a", "b"])
    assert several.concepts == ("a", "b")
    assert several.class_sizes("a") == (1, 2)
    kept = Evaluation.from_scores(
        ["a", missing, "b", "b"], np.tile([0.6, 0.4], (4, 1)), concepts=["a", "b"], unlabelled="negative"
    )
    assert kept.class_sizes("a") == (1, 3)


def test_a_row_of_indicators_that_are_all_missing_is_not_labelled_and_one_missing_alone_is_refused():
    e = Evaluation.from_scores([[1, 0], [np.nan, np.nan], [0, 0]], np.full((3, 2), 0.5))
    assert e.class_sizes("0") == (1, 1)  # zeros are an answer
    with pytest.raises(ValueError, match="nan is neither 0 nor 1"):
        Evaluation.from_scores([[1, np.nan], [0, 1]], np.full((2, 2), 0.5))


UNLABELLED = [*ROWS, ("i8", {"cat": 0.9, "dog": 0.1}, []), ("i9", {"cat": 0.8, "dog": 0.3}, ["cow"])]


def test_inputs_without_a_known_label_are_left_out_and_named():
    e = Evaluation.from_proto(message_of(UNLABELLED))
    without = Evaluation.from_proto(message_of(ROWS))
    for concept in ("cat", "dog"):
        assert e.class_sizes(concept) == without.class_sizes(concept)
        assert e.roc_auc(concept) == without.roc_auc(concept)
    note = next(note for note in e.notes if "no known label" in note)
    assert note.startswith(
        f"CEW008: 2 inputs of {len(UNLABELLED)} have no known label of a concept with scores (1 labelled with cow only)"
    )
    assert 'take them for negatives with unlabelled="negative"' in note
    assert "The platform's own figures count them as negatives." in note


def test_inputs_without_a_known_label_can_be_taken_for_negatives_as_the_platform_does():
    e = Evaluation.from_proto(message_of(UNLABELLED), unlabelled="negative")
    without = Evaluation.from_proto(message_of(ROWS))
    assert e.class_sizes("cat")[1] == without.class_sizes("cat")[1] + 2
    assert any("taken for negatives of every concept" in note for note in e.notes)
    with pytest.raises(ValueError, match="choose"):
        Evaluation.from_proto(message_of(UNLABELLED), unlabelled="drop")


def test_the_only_concept_of_a_test_set_has_inputs_without_it_for_negatives():
    e = Evaluation.from_proto(message_of([("i1", {"cat": 0.9}, ["cat"]), ("i2", {"cat": 0.2}, [])]))
    assert e.class_sizes("cat") == (1, 1)


def test_unlabelled_inputs_stay_what_they_are_in_files_messages_and_parts(tmp_path):
    labels = [["a"], [], ["b"], ["a", "b"]]
    e = Evaluation.from_scores(labels, np.linspace(0.1, 0.8, 8).reshape(4, 2), concepts=["a", "b"])
    e.save(tmp_path / "saved")
    back = Evaluation.load(tmp_path / "saved")
    assert back.unlabelled.tolist() == [False, True, False, False]
    assert back.notes == e.notes
    message = e.to_proto()
    assert Evaluation.from_proto(message).class_sizes("a") == e.class_sizes("a") == (2, 1)
    growing = GrowingEvaluation()
    for entry in message.test_set:
        part = resources_pb2.EvalMetrics()
        part.CopyFrom(message)
        del part.test_set[:]
        part.test_set.append(entry)
        grown = growing.take(part)
    assert grown.class_sizes("a") == (2, 1)
    assert any("1 input of 4 has no known label" in note for note in grown.notes)


def test_an_input_known_to_have_none_of_the_concepts_is_a_negative_in_its_message_too():
    e = Evaluation.from_scores([[1, 0], [0, 1], [0, 0]], [[0.9, 0.1], [0.2, 0.8], [0.3, 0.4]])
    assert Evaluation.from_proto(e.to_proto()).class_sizes("0") == (1, 2)


def test_a_threshold_is_told_with_as_many_digits_as_count_the_same():
    near = float(np.nextafter(0.3, 1))
    e = Evaluation.from_scores([1, 0], [near, 0.3])
    table = e.table(near, full=True)
    assert table["tp"].tolist() == [1]
    assert "the threshold in full is 0.30000000000000004" in table["reason"].iloc[0]
    assert e.table(0.25, full=True)["reason"].iloc[0] == ""
    point = e.operating_point("1", maximize="f1")
    assert repr(near) in repr(point)
    assert "0.30000000000000004" in e.plot_roc(threshold=near).caption_.get_text()


def test_a_message_says_which_decisions_float32_does_not_keep():
    # 0.3 as float32 is above 0.3, so that a score just below it would reach the threshold
    e = Evaluation.from_scores([1, 0, 1], [np.nextafter(0.3, 0), 0.3, 0.9])
    note = next(note for note in Evaluation.from_proto(e.to_proto()).notes if "float32" in note)
    assert "1 distinct score became equal to another, and up to 1 input lies on the other side" in note
    plain = Evaluation.from_scores([1, 0], [0.75, 0.25])
    assert not any("float32" in note for note in Evaluation.from_proto(plain.to_proto()).notes)


def test_a_sparse_matrix_of_labels_is_read_as_what_it_holds():
    truth = np.eye(3, dtype=int)[[0, 1, 2, 0]]
    scores = np.random.default_rng(0).random((4, 3))
    given = Evaluation.from_scores(sparse.csr_matrix(truth), scores)
    np.testing.assert_array_equal(given.label_array, truth.astype(bool))


@pytest.mark.parametrize("odd", [{"id": "a"}, 1 + 2j])
def test_a_label_that_is_none_is_refused_with_its_row(odd):
    with pytest.raises(ValueError, match="in row 1 is no label: give an id"):
        Evaluation.from_scores([1, odd, 0], [0.9, 0.5, 0.1])


@pytest.mark.parametrize(
    "labels",
    [
        [1, 0] * 5,
        [1.0, float("nan")] + [1.0, 0.0] * 4,
        pd.array([1, 0] * 5, dtype="Int64"),
        pd.array([1, None] + [1, 0] * 4, dtype="Int64"),
    ],
    ids=["integers", "with NaN", "nullable", "nullable with NA"],
)
def test_the_positive_class_is_named_alike_whatever_holds_the_labels(labels):
    e = Evaluation.from_scores(labels, np.linspace(0, 1, 10))
    assert e.concepts == ("1",)
    assert e.notes[0] == "The positive class is 1, the negative one 0."


def test_whole_floats_name_the_concepts_that_integers_name():
    scores = np.full((4, 3), 1 / 3)
    with pytest.raises(ValueError, match="as concept ids and as indices"):
        Evaluation.from_scores([1, 2, 1, 2], scores, ["1", "2", "3"])
    with pytest.raises(ValueError, match="as concept ids and as indices"):
        Evaluation.from_scores([1.0, 2.0, 1.0, float("nan")], scores, ["1", "2", "3"])
    e = Evaluation.from_scores([1.0, 3.0, 1.0, float("nan")], scores, ["1", "2", "3"])
    assert e.label_array.sum(axis=0).tolist() == [2, 0, 1]


def test_a_text_is_no_list_of_input_ids():
    with pytest.raises(ValueError, match="input_ids is the text 'ab'; give a list of ids"):
        Evaluation.from_scores([1, 0], [0.1, 0.9], input_ids="ab")
    with pytest.raises(ValueError, match="There is 1 input id for 2 rows of scores"):
        Evaluation.from_scores([1, 0], [0.1, 0.9], input_ids=["a"])
