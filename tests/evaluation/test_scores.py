"""Evaluation.from_scores and from_estimator: every way to give labels and scores, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier

from clarifai_eval_widget.evaluation import Evaluation

SCORES = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.2, 0.6], [0.5, 0.4, 0.1]])
ONE_HOT = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]])
NAMES = ["cat", "dog", "cow"]


@pytest.mark.parametrize(
    "labels",
    [
        ONE_HOT,
        ONE_HOT.astype(bool),
        ONE_HOT.astype(float),
        ONE_HOT.tolist(),
        ["cat", "dog", "cow", "dog"],
        np.array(["cat", "dog", "cow", "dog"]),
        np.array(["cat", "dog", "cow", "dog"], object),
        [0, 1, 2, 1],
        np.array([0, 1, 2, 1], np.int8),
        ONE_HOT.astype(float).tolist(),
        list(ONE_HOT),
        [["cat"], ["dog"], ["cow"], ["dog"]],
        [np.array([one]) for one in ("cat", "dog", "cow", "dog")],
        pd.Series([["cat"], ["dog"], ["cow"], ["dog"]]),
        np.array([{"cat"}, {"dog"}, {"cow"}, {"dog"}], object),
        [{"cat"}, {"dog"}, {"cow"}, {"dog"}],
        pd.Series(["cat", "dog", "cow", "dog"]),
        pd.Series(["cat", "dog", "cow", "dog"], dtype="category"),
        pd.DataFrame(ONE_HOT, columns=NAMES),
        pd.DataFrame(ONE_HOT, columns=NAMES)[["cow", "cat", "dog"]],
    ],
    ids=lambda labels: type(labels).__name__,
)
def test_labels_may_be_ids_indices_sets_or_one_hot(labels):
    e = Evaluation.from_scores(labels, SCORES, concepts=NAMES)
    assert (e.label_array == ONE_HOT.astype(bool)).all()
    assert e.concepts == ("cat", "dog", "cow")


@pytest.mark.parametrize("kind", [list, pd.Series])
def test_several_labels_a_row_and_none_are_kept(kind):
    e = Evaluation.from_scores(kind([["cat", "dog"], [], ["cow"], ["dog"]]), SCORES, concepts=NAMES)
    assert e.label_array.sum(axis=1).tolist() == [2, 0, 1, 1]


def test_an_absent_class_shifts_no_column():
    e = Evaluation.from_scores(["cat", "cow", "cow", "cat"], SCORES, concepts=NAMES)
    assert e.counts("dog").num_pos == 0
    assert e.counts("cow").num_pos == 2
    assert e.table(full=True).loc["dog", "reason"].startswith("no positives")


def test_frames_give_concepts_and_input_ids_and_are_aligned_by_them():
    scores = pd.DataFrame(SCORES, columns=NAMES, index=list("wxyz"))
    labels = pd.DataFrame(ONE_HOT, columns=NAMES, index=list("wxyz")).loc[list("zyxw"), ["dog", "cow", "cat"]]
    e = Evaluation.from_scores(labels, scores)
    assert e.input_ids == ("w", "x", "y", "z")
    assert (e.label_array == ONE_HOT.astype(bool)).all()
    assert e.scores.loc["z", "dog"] == 0.4
    assert e.scores.index.name == "input_id"


def test_one_column_of_scores_is_one_concept():
    e = Evaluation.from_scores([True, False, True], [0.9, 0.2, 0.4], concepts=["spam"])
    assert e.counts("spam").num_pos == 2
    named = Evaluation.from_scores(["spam", "ham", "spam"], np.array([0.9, 0.2, 0.4]), concepts=["spam"])
    assert (named.label_array == e.label_array).all()


def test_float32_and_float64_scores_keep_their_type():
    assert Evaluation.from_scores(ONE_HOT, SCORES.astype(np.float32)).score_array.dtype == np.float32
    assert Evaluation.from_scores(ONE_HOT, SCORES).score_array.dtype == np.float64
    assert Evaluation.from_scores(ONE_HOT, ONE_HOT).score_array.dtype == np.float64


def test_scores_of_the_other_byte_order_keep_their_precision():
    assert Evaluation.from_scores(ONE_HOT, SCORES.astype(">f4")).score_array.dtype == np.float32


@pytest.mark.parametrize("scores", [SCORES + 0j, np.ma.masked_less(SCORES, 0.2)], ids=["complex", "masked"])
def test_no_part_of_a_score_is_dropped_unsaid(scores):
    with pytest.raises(ValueError, match="complex numbers and masked values"):
        Evaluation.from_scores(ONE_HOT, scores)


def test_a_frame_without_an_index_is_read_by_position():
    class Frame:
        columns = NAMES

        def to_numpy(self):
            return SCORES

        def __len__(self):
            return len(SCORES)

    e = Evaluation.from_scores(pd.DataFrame(ONE_HOT, columns=NAMES), Frame())
    assert e.concepts == tuple(NAMES)
    assert not e.has_input_ids


def test_the_callers_arrays_stay_theirs():
    scores = SCORES.copy()
    e = Evaluation.from_scores(ONE_HOT, scores)
    scores[:] = 0.0
    assert e.score_array[0, 0] == 0.7
    assert scores.flags.writeable


@pytest.mark.parametrize("bad", [np.nan, np.inf, -0.1, 1.0001])
def test_a_bad_score_is_refused_with_its_concept_and_first_row(bad):
    scores = SCORES.copy()
    scores[2, 1] = scores[3, 0] = bad
    with pytest.raises(ValueError, match=r"concept 'dog', row 2"):
        Evaluation.from_scores(ONE_HOT, scores, concepts=NAMES)


@pytest.mark.parametrize(
    ("labels", "options", "words"),
    [
        (["cat", "dgo", "cow", "dog"], {"concepts": NAMES}, r"'dgo' in row 1 .*dog"),
        ([0, 1, 2, 3], {"concepts": NAMES}, r"3 in row 3"),
        ([0, 1, 2], {}, r"3 labels for 4 rows"),
        (ONE_HOT[:, :2], {}, r"2 columns for 3 concepts"),
        (ONE_HOT * 2, {}, r"neither 0 nor 1.*row 0"),
        (ONE_HOT, {"concepts": ["a", "b"]}, r"2 concepts for 3 columns"),
        (ONE_HOT, {"concepts": ["a", "b", "a"]}, r"more than once: a"),
        (ONE_HOT, {"concepts": "abc"}, r"give a list of ids"),
        (ONE_HOT, {"input_ids": ["a"]}, r"1 input id for 4 rows"),
        (ONE_HOT, {"folds": [1, 2]}, r"one number for each of the 4 rows"),
        (ONE_HOT, {"folds": [1, 2, 1.5, 1]}, r"whole numbers"),
        ([1, 2, 1, 2], {"concepts": ["1", "2", "3"]}, r"can be read as concept ids and as indices"),
        (pd.DataFrame(ONE_HOT, columns=["cat", "dog", "hen"]), {"concepts": NAMES}, r"no column for cow.*hen"),
        (["a", "b", "c", "a"], {"concepts": ["a"], "scores": SCORES[:, 0]}, r"the labels name b, c"),
    ],
    ids=range(14),
)
def test_what_does_not_fit_is_refused_with_the_place(labels, options, words):
    options = dict(options)
    with pytest.raises(ValueError, match=words):
        Evaluation.from_scores(labels, options.pop("scores", SCORES), **options)


def test_labels_that_are_ids_and_indices_alike_need_no_choice():
    e = Evaluation.from_scores([0, 1, 2, 1], SCORES, concepts=[0, 1, 2])
    assert e.concepts == ("0", "1", "2")
    odd = Evaluation.from_scores([3, 5, 8, 5], SCORES, concepts=[3, 5, 8])
    assert (odd.label_array == e.label_array).all()


def test_frames_whose_inputs_differ_are_refused_naming_them():
    scores = pd.DataFrame(SCORES, columns=NAMES, index=list("wxyz"))
    labels = pd.DataFrame(ONE_HOT, columns=NAMES, index=list("wxyq"))
    with pytest.raises(ValueError, match="without a label: z"):
        Evaluation.from_scores(labels, scores)


def test_folds_counted_from_zero_are_renumbered_from_one():
    e = Evaluation.from_scores(ONE_HOT, SCORES, folds=[0, 1, 0, 1])
    assert e.fold_numbers == (1, 2)


@pytest.fixture(scope="module")
def problem():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 120)
    return rng.normal(size=(120, 4)) + y[:, None], y


def test_an_estimators_classes_become_the_concepts(problem):
    X, y = problem
    names = np.array(["ant", "bee", "cow"])[y]
    model = LogisticRegression().fit(X, names)
    e = Evaluation.from_estimator(model, pd.DataFrame(X, index=[f"r{i}" for i in range(len(X))]).to_numpy(), names)
    assert e.concepts == ("ant", "bee", "cow")
    assert e.summary["accuracy"] == pytest.approx(model.score(X, names))


def test_integer_classes_are_ids_not_indices(problem):
    X, y = problem
    shifted = y + 1
    e = Evaluation.from_estimator(LogisticRegression().fit(X, shifted), X, shifted)
    assert e.concepts == ("1", "2", "3")
    assert e.counts("1").num_pos == (y == 0).sum()


def test_whole_float_classes_are_the_ids_that_integers_are(problem):
    X, y = problem
    e = Evaluation.from_estimator(LogisticRegression().fit(X, y * 1.0), X, y * 1.0)
    assert e.concepts == ("0", "1", "2")
    assert [e.counts(one).num_pos for one in e.concepts] == np.bincount(y).tolist()


def test_an_estimators_classes_can_be_given_other_ids(problem):
    X, y = problem
    e = Evaluation.from_estimator(LogisticRegression().fit(X, y), X, y, concepts=["ant", "bee", "cow"])
    assert e.counts("bee").num_pos == (y == 1).sum()


@pytest.mark.parametrize(
    "model", [OneVsRestClassifier(LogisticRegression()), KNeighborsClassifier()], ids=["rest", "list"]
)
def test_multi_label_estimators_are_read_in_both_of_scikit_learns_shapes(problem, model):
    X, y = problem
    Y = np.stack([y == 0, y >= 1, X[:, 0] > 1], axis=1).astype(int)
    e = Evaluation.from_estimator(model.fit(X, Y), X, pd.DataFrame(Y, columns=NAMES))
    assert e.counts(e.concepts[1]).num_pos == (y >= 1).sum()
    assert np.isnan(e.summary.get("accuracy", np.nan))
    assert 0.0 <= e.summary["subset_accuracy"] <= 1.0


def test_an_estimator_without_probabilities_is_told_what_to_do(problem):
    X, y = problem
    with pytest.raises(TypeError, match="CalibratedClassifierCV"):
        Evaluation.from_estimator(RidgeClassifier().fit(X, y), X, y)
