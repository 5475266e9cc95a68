"""The cells are those of Evaluation.confusion_matrix at every stop, and inputs with both labels are told apart."""

from types import SimpleNamespace

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, metrics
from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.widget.wire.packing import Payload, pack
from clarifai_eval_widget.widget.workbench import cells, own_figures
from clarifai_eval_widget.widget.workbench.caption import given_caption
from clarifai_eval_widget.widget.workbench.headline import headline
from clarifai_eval_widget.widget.workbench.intervals import concept_intervals
from clarifai_eval_widget.widget.workbench.panels import all_panels, matrix
from clarifai_eval_widget.widget.workbench.taking import Look
from clarifai_eval_widget.widget.workbench.workbench import Workbench
from tests.widget import golden
from tests.widget.page import decode


def encoded(evaluation, kind="count", thresholds=None):
    section = all_panels()["matrix"].encode(evaluation, {"kind": kind, "thresholds": thresholds})
    return SimpleNamespace(**section.head, **{"shared": None} | dict(section.arrays))


def several_labels(rows=300, concepts=4, dtype=np.float32):
    rng = np.random.default_rng(2)
    labels = rng.random((rows, concepts)) < 0.35
    return Evaluation.from_scores(labels, rng.random((rows, concepts)).round(2).astype(dtype))


def shared_by_hand(evaluation, given):
    both = np.zeros((len(evaluation.concepts),) * 2, int)
    for labels, predicted in zip(evaluation.label_array, given, strict=True):
        for row, column in np.argwhere(np.outer(labels, labels & predicted)):
            both[row, column] += row != column
    return both


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_cells_at_every_stop_are_the_confusion_matrix_there(dtype):
    evaluation = several_labels(dtype=dtype)
    made, size = encoded(evaluation), 4
    assert np.array_equal(made.stops, evaluation.numbers.stops)
    cells = made.cells.reshape(size, size, -1)
    shared = made.shared.reshape(size, size, -1)
    for m in range(0, len(made.stops), 9):
        expected = evaluation.confusion_matrix(threshold=float(made.stops[m]))
        assert np.array_equal(cells[:, :, m], expected.to_numpy())
        given = evaluation.score_array >= dtype(made.stops[m])
        assert np.array_equal(shared[:, :, m], shared_by_hand(evaluation, given))


def test_inputs_of_whose_score_nothing_is_known_count_in_no_cell():
    whole = several_labels()
    excluded = np.zeros(whole.label_array.shape, bool)
    excluded[::3, 1] = True
    whole.numbers.held.__dict__["excluded"] = excluded
    made = encoded(whole)
    m = 40
    expected = whole.confusion_matrix(threshold=float(made.stops[m])).to_numpy()
    assert np.array_equal(made.cells.reshape(4, 4, -1)[:, :, m], expected)
    given = (whole.score_array >= np.float32(made.stops[m])) & ~excluded
    assert np.array_equal(made.shared.reshape(4, 4, -1)[:, :, m], shared_by_hand(whole, given))


def test_with_a_threshold_a_concept_one_matrix_is_counted_at_just_those():
    evaluation = several_labels()
    at = [0.1, 0.333, 0.5, 0.75]
    made = encoded(evaluation, thresholds=at)
    expected = evaluation.confusion_matrix(threshold=dict(zip(evaluation.concepts, at, strict=True)))
    assert np.array_equal(made.cells.reshape(4, 4), expected.to_numpy())
    assert np.array_equal(
        made.shared.reshape(4, 4), shared_by_hand(evaluation, evaluation.score_array >= np.float32(at))
    )
    assert made.thresholds == at


def test_by_the_highest_score_and_as_mean_scores_there_is_one_matrix_without_a_threshold():
    evaluation = several_labels()
    top = encoded(evaluation, "argmax")
    assert np.array_equal(top.cells.reshape(4, 4), evaluation.confusion_matrix(kind="argmax").to_numpy())
    assert np.array_equal(
        top.shared.reshape(4, 4), shared_by_hand(evaluation, metrics.top_scored(evaluation.score_array))
    )
    means = encoded(evaluation, "probability").means.reshape(4, 4)
    assert np.array_equal(means, evaluation.confusion_matrix(kind="probability").to_numpy())


def test_labels_that_exclude_each_other_need_no_array_of_shared_ones():
    assert encoded(golden.cross_validated()).shared is None
    assert encoded(golden.cross_validated(), "argmax").shared is None


@pytest.mark.parametrize("rows", [400, 40_000])
def test_the_cells_of_twenty_concepts_fit_what_may_travel(rows):
    evaluation = several_labels(rows, matrix.FOLLOWED)
    made = encoded(evaluation)
    assert made.cells.nbytes + made.shared.nbytes <= 1_400_000
    assert np.isin(made.stops, evaluation.numbers.stops).all()


@pytest.mark.parametrize("kind", ["count", "argmax", "probability", "cooccurrence"])
def test_whatever_is_in_the_cells_of_a_thousand_concepts_they_fit_what_may_travel(kind):
    rng = np.random.default_rng(0)
    labels = rng.random((4_000, 1_000)) < 0.004
    evaluation = Evaluation.from_scores(labels, rng.random(labels.shape, dtype=np.float32))
    section = all_panels()["matrix"].encode(
        evaluation, {"kind": kind, "thresholds": [0.5] * 1_000 if kind == "count" else None}
    )
    assert len(pack(Payload("given", 1, {"matrix": section}))) < 1_300_000
    made = section.arrays.get("thousandths", section.arrays.get("cells")).reshape(1_000, 1_000)
    whole = (
        evaluation.cooccurrence_matrix() if kind == "cooccurrence" else evaluation.confusion_matrix(kind=kind)
    ).to_numpy()
    if kind == "probability":
        made = np.where(made == cells.UNKNOWN, np.nan, made / 1000)
    there = (made >= section.head["least"]) | np.eye(1_000, dtype=bool) | np.isnan(made)
    np.testing.assert_allclose(made[there], whole[there], atol=0.0005 if kind == "probability" else 0)
    assert (whole[~there] <= section.head["least"] + 0.0005).all()


def test_of_too_many_cells_the_strongest_travel_and_those_on_the_diagonal():
    rng = np.random.default_rng(0)
    whole = rng.integers(0, 50, (300, 300)).astype("u4")
    whole[5, 5], whole[7, 8] = 1, cells.UNKNOWN
    both = {"cells": whole.ravel(), "shared": (whole // 2).ravel()}
    same, none = cells.fitted(both)
    assert none == 0
    assert same["cells"] is both["cells"]
    found, least = cells.fitted(both, 40_000)
    there = (whole >= least) | np.eye(300, dtype=bool)
    assert 10 < least < 49
    assert np.array_equal(found["cells"].reshape(300, 300), np.where(there, whole, 0))
    assert np.array_equal(found["shared"].reshape(300, 300), np.where(there, whole // 2, 0))
    alike, above = cells.fitted({"cells": rng.integers(0, 2, 90_000).astype("u4")}, 5_000)
    assert above == 2
    assert alike["cells"].sum() <= 300


@pytest.mark.parametrize(("mean", "printed"), [(0.0625, 63), (0.0045, 5), (0.0085, 9), (0.99949999, 999), (1.0, 1000)])
def test_a_mean_is_rounded_as_the_page_prints_it(mean, printed):
    assert cells.thousandths(np.array([mean, np.nan, 0.0])).tolist() == [printed, cells.UNKNOWN, 0]


def test_more_concepts_must_name_the_thresholds():
    evaluation = several_labels(60, matrix.FOLLOWED + 1)
    with pytest.raises(InvalidRequestError, match="21 concepts are too many"):
        encoded(evaluation)
    made = encoded(evaluation, thresholds=[0.5] * 21)
    assert np.array_equal(made.cells.reshape(21, 21), evaluation.confusion_matrix().to_numpy())


@pytest.mark.parametrize(
    ("kind", "thresholds", "words"), [("count", [0.5], "1 threshold"), ("argmax", [0.5], "no thr")]
)
def test_thresholds_that_do_not_fit_are_refused(kind, thresholds, words):
    with pytest.raises(InvalidRequestError, match=words):
        encoded(several_labels(), kind, thresholds)


def test_rates_alone_have_no_counts_and_say_what_to_fetch():
    with pytest.raises(EvalError, match="test set"):
        encoded(golden.platform_rates())
    with pytest.raises(EvalError, match="test set"):
        encoded(golden.odd_rates(), "argmax")


def test_concepts_taken_for_each_other_stand_together_and_the_rest_in_their_own_order():
    strength = np.zeros((5, 5))
    strength[0, 3], strength[3, 1], strength[4, 1] = 5, 3, 1
    assert metrics.order_by_confusion(strength).tolist() == [0, 3, 1, 4, 2]
    assert metrics.order_by_confusion(np.full((4, 4), np.nan)).tolist() == [0, 1, 2, 3]
    assert sorted(encoded(several_labels()).order.tolist()) == [0, 1, 2, 3]


def test_inputs_labelled_with_both_concepts_do_not_bring_them_together():
    labels = np.array([[1, 1, 0, 0]] * 8 + [[0, 0, 1, 0]] * 4 + [[0, 0, 0, 1]] * 4, bool)
    scores = np.where(labels, 0.8, 0.1)
    scores[:8, 1] = 0.9  # the highest score of inputs that are labelled with it, too
    scores[8:10, 3] = 0.95
    order = encoded(Evaluation.from_scores(labels, scores)).order.tolist()
    assert abs(order.index(2) - order.index(3)) == 1
    assert order[:2] == [2, 3]


def reply(*, test_set=True, curves=True):
    """The printed reply of the platform, with the co-occurrence of its two labels beside it."""
    from clarifai_grpc.grpc.api import service_pb2
    from google.protobuf import text_format

    told = text_format.Parse(
        (golden.DATA / "platform_reply.txtpb").read_text(), service_pb2.SingleEvalMetricsResponse()
    )
    sent = told.eval_metrics
    if not test_set:
        del sent.test_set[:]
    if not curves:
        del sent.binary_metrics[:]
    del sent.cooccurrence_matrix.matrix[:]
    sent.cooccurrence_matrix.matrix.add(row="positive", col="positive", count=40)
    sent.cooccurrence_matrix.matrix.add(row="positive", col="negative", count=3)
    sent.cooccurrence_matrix.matrix.add(row="negative", col="positive", count=3)
    return Evaluation.from_proto(sent)


@pytest.mark.parametrize("test_set", [True, False])
def test_the_platforms_own_matrices_are_sent_beside_ours_and_alone(test_set):
    evaluation = reply(test_set=test_set)
    ours = ["count", "argmax", "probability", "cooccurrence"] if test_set else []
    assert own_figures.matrices_of(evaluation) == [*ours, "platform_probability", "platform_cooccurrence"]
    made = encoded(evaluation, "platform_probability")
    row = evaluation.concepts.index("positive")
    assert made.means[row * 2 + row] == pytest.approx(0.7497638)  # of the test set's split it is .9995
    assert "platform" in made.source
    together = encoded(evaluation, "platform_cooccurrence")
    assert together.cells.reshape(2, 2)[row].tolist() == [3, 40][:: 1 if row else -1]
    assert together.labelled[row] == 40


def test_how_often_our_labels_occur_together_is_that_of_the_inputs():
    evaluation = golden.co_labelled()
    made = encoded(evaluation, "cooccurrence")
    assert np.array_equal(made.cells.reshape(3, 3), evaluation.cooccurrence_matrix().to_numpy())
    assert made.shared is None


def test_a_matrix_that_was_not_sent_is_refused_and_not_offered():
    evaluation = golden.co_labelled()
    assert "platform_probability" not in own_figures.matrices_of(evaluation)
    with pytest.raises(EvalError, match="not sent"):
        encoded(evaluation, "platform_probability")


def test_the_platforms_summary_is_said_as_its_own_and_is_the_headline_where_nothing_else_was_sent():
    words = own_figures.summary_words(reply())
    assert words.startswith(
        "own summary, means over concepts and folds together at threshold 0.5, ± the spread over concepts and folds together: ROC AUC 1.000"
    )
    assert "F1 0.881 ± 0.137, precision 0.938, recall 0.875" in words
    assert words.endswith("and its F1 is 0 where nothing is predicted, which is left out here.")
    assert own_figures.summary_words(golden.co_labelled()) == ""
    alone = reply(test_set=False, curves=False)
    assert "table" not in own_figures.summary_words(alone), "there is none"
    said = "".join(part["text"] for part in headline(alone, concept_intervals(alone), None))
    assert said == "Macro ROC AUC 1.000, as the platform reports."
    assert own_figures.matrices_of(alone) == ["platform_probability", "platform_cooccurrence"]
    head, arrays = decode(Workbench.encode(alone, given_caption(alone), 1).results)
    assert not head["has_counts"]
    assert np.isnan(arrays["tpr"]).all()


def test_what_is_taken_away_is_the_matrix_on_screen():
    evaluation = reply()
    look = Look(None, 0.5, {"kind": "platform_probability"}, evaluation)
    taken = all_panels()["matrix"].taken
    assert taken.frame(look).made(evaluation).loc["positive", "positive"] == pytest.approx(0.7497638)
    assert taken.plot(look).options == {"kind": "probability", "source": "platform", "order": "confused"}
    together = Look(None, 0.5, {"kind": "platform_cooccurrence"}, evaluation)
    assert taken.frame(together).made(evaluation).to_numpy().max() == 40
    drawn = taken.plot(together).made(evaluation)
    assert "platform co-occurrence matrix" in drawn.caption_.get_text()
    assert sorted(text.get_text() for text in drawn.ax_.texts if text is not drawn.caption_) == ["0", "3", "3", "40"]
