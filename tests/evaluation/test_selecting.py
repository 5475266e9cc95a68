"""The inputs behind a number are as many as the number says, and come in the order asked for."""

import numpy as np
import pytest
from google.protobuf import text_format
from sklearn.metrics import log_loss

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.errors import EvalError, NotFoundError
from clarifai_eval_widget.evaluation.outcomes import BEHIND, Behind
from clarifai_eval_widget.evaluation.selecting import (
    labels_of,
    losses,
    margins,
    rows_behind,
    selection_frame,
    sorted_rows,
)
from tests.widget import golden

RNG = np.random.default_rng(8)
LABELS = RNG.random((200, 4)) < 0.3
EVALUATION = Evaluation.from_scores(
    LABELS, RNG.random((200, 4)).round(2).astype(np.float32), concepts=list("abcd"), folds=np.arange(200) % 2 + 1
)
EVERY = np.arange(200)


@pytest.mark.parametrize("threshold", [0.0, 0.25, 0.505, 1.0])
@pytest.mark.parametrize("outcome", ["tp", "fp", "fn", "tn", "predicted", "num_pos", "num_neg"])
def test_there_are_as_many_inputs_as_the_table_counts(threshold, outcome):
    table = EVALUATION.table(threshold=threshold, full=True)
    for concept in EVALUATION.concepts:
        assert len(rows_behind(EVALUATION, Behind(concept, outcome, threshold))) == table.loc[concept, outcome]


def cut(e):
    """The same evaluation with scores that were not sent, and some of which nothing is known, both with labels, too."""
    known = Evaluation.from_scores(e.label_array, e.score_array, concepts=list(e.concepts))
    random = np.random.default_rng(3)
    known.numbers.held.__dict__.update(sent=random.random((200, 4)) < 0.8, excluded=random.random((200, 4)) < 0.1)
    return known


@pytest.mark.parametrize("e", [EVALUATION, cut(EVALUATION)], ids=["all sent", "cut"])
def test_every_cell_of_every_matrix_is_of_the_inputs_it_leads_to(e):
    for kind, at in (("count", 0.4), ("argmax", "highest")):
        cells = e.confusion_matrix(threshold=0.4, kind=kind, both_labels="apart").to_numpy()
        for row, column in np.ndindex(4, 4):
            actual, given = e.concepts[row], e.concepts[column]
            outcome = "tp" if row == column else "fp"
            assert len(e.inputs_behind(given, outcome, threshold=at, labelled=actual)) == cells[row, column]
            if row != column:
                assert len(e.inputs_behind(given, "tp", threshold=at, labelled=actual)) == cells[row, 4 + column]
    means, together = e.confusion_matrix(kind="probability"), e.cooccurrence_matrix()
    for row, column in np.ndindex(4, 4):
        actual, given = e.concepts[row], e.concepts[column]
        mean = e.inputs_behind(given, "scored", labelled=actual)["score"].mean()
        assert mean == pytest.approx(means.loc[actual, given])
        assert len(e.inputs_behind(given, "labelled", labelled=actual)) == together.loc[actual, given]


def test_without_a_threshold_the_highest_score_gives_the_concept():
    top = EVALUATION.score_array.argmax(axis=1)
    found = rows_behind(EVALUATION, Behind("c", "fp", None))
    assert found.tolist() == np.flatnonzero((top == 2) & ~LABELS[:, 2]).tolist()


def test_behind_a_concepts_area_are_all_its_inputs_those_farthest_from_their_label_first():
    behind = Behind("b", "all", 0.5)
    rows = rows_behind(EVALUATION, behind)
    assert rows.tolist() == EVERY.tolist() == rows_behind(EVALUATION, Behind(None, "all", None)).tolist()
    wrong = np.abs(EVALUATION.score_array[:, 1] - LABELS[:, 1])
    for order in ("margin", "loss"):
        first = sorted_rows(EVALUATION, rows, behind, order)
        assert (np.diff(wrong[first]) <= 0).all()
    every = sorted_rows(EVALUATION, rows, Behind(None, "all", None), "margin")
    assert (np.diff(margins(EVALUATION, every)) <= 0).all()
    frame = selection_frame(EVALUATION, every, Behind(None, "all", None))
    assert (len(frame), set(frame["outcome"])) == (200, {"all"})


def test_of_all_inputs_a_second_label_lists_those_that_have_it_too():
    for concept in (None, "a"):
        for ends in ((None, None), (0.0, None)):
            frame = EVALUATION.inputs_behind(concept, "all", labelled="b", scores=ends, sort="score")
            assert sorted(frame["input_id"]) == sorted(
                EVALUATION.input_ids[row] for row in np.flatnonzero(LABELS[:, 1])
            )


@pytest.mark.parametrize("figure", ["roc_auc", "avg_precision"])
def test_behind_an_area_are_the_inputs_that_it_lacks_the_costliest_first(figure):
    area = float(EVALUATION.table(full=True).loc["b", figure])
    frame = EVALUATION.inputs_behind("b", figure)
    assert frame["cost"].is_monotonic_decreasing
    assert (frame["cost"] > 0).all()
    own = frame["cost"][["b" in one for one in frame["labels"]]]
    other = frame["cost"].drop(own.index)
    of = (LABELS[:, 1].sum(), (~LABELS[:, 1]).sum()) if figure == "roc_auc" else (1, 1)
    assert (own.sum() / of[0], other.sum() / of[1]) == pytest.approx((1 - area, 1 - area))
    # without those there is nothing left that it lacks
    left = EVALUATION.slice([one for one in EVALUATION.input_ids if one not in set(frame["input_id"])])
    assert np.isnan(left.roc_auc("b")) or left.table(full=True).loc["b", figure] == 1


def test_a_perfect_ranking_lacks_nothing_and_one_without_negatives_neither():
    made = Evaluation.from_scores([[1, 1], [1, 1], [0, 1]], [[0.9, 0.1], [0.8, 0.2], [0.1, 0.3]], concepts=["a", "b"])
    for concept in "ab":
        for figure in ("roc_auc", "avg_precision"):
            assert made.inputs_behind(concept, figure).empty
    tied = Evaluation.from_scores([1, 0, 0], [0.5, 0.5, 0.1], concepts=["a"])
    assert tied.inputs_behind("a", "roc_auc")["cost"].tolist() == [0.5, 0.25]


def test_of_all_concepts_an_input_stands_behind_a_figure_with_any_of_its_decisions():
    at = {"a": 0.2, "b": 0.9, "c": 0.5, "d": 0.5}
    given = EVALUATION.score_array >= np.array(list(at.values()), np.float32)
    wrong = EVALUATION.inputs_behind(None, "errors", threshold=at)
    assert set(wrong["input_id"]) == {
        EVALUATION.input_ids[row] for row in np.flatnonzero((given != LABELS).any(axis=1))
    }
    missed = EVALUATION.inputs_behind(figure="recall", threshold=at)
    assert len(missed) == (LABELS & ~given).any(axis=1).sum()
    pooled = Evaluation.from_scores(LABELS.ravel(), EVALUATION.score_array.ravel(), concepts=["any"])
    costs = EVALUATION.inputs_behind(figure="roc_auc")["cost"].sum()
    assert costs == pytest.approx(pooled.inputs_behind("any", "roc_auc")["cost"].sum())


def test_every_figure_of_the_table_leads_to_inputs_by_its_name_and_another_is_refused_with_the_nearest():
    from clarifai_eval_widget.evaluation.interface import COUNTS, FIGURES

    assert BEHIND.keys() >= {*COUNTS, *FIGURES}
    table = EVALUATION.table(threshold=0.3, full=True)
    for figure in BEHIND:
        assert not EVALUATION.inputs_behind("c", figure, threshold=0.3).empty
    assert len(EVALUATION.inputs_behind("c", "f1", threshold=0.3)) == table.loc["c", "fp"] + table.loc["c", "fn"]
    with pytest.raises(NotFoundError, match="'roc_auc'"):
        EVALUATION.inputs_behind("c", "roc_acu")
    with pytest.raises(ValueError, match="sort='best'"):
        EVALUATION.inputs_behind("c", sort="best")
    with pytest.raises(ValueError, match="'better' of one concept needs a threshold"):
        EVALUATION.inputs_behind("c", "better", against=EVALUATION, threshold="highest")


def test_a_bar_of_the_histogram_holds_as_many_inputs_as_are_listed_between_its_scores():
    bars = EVALUATION.score_histogram("d", bins=10)
    for row in range(10):
        ends = (row / 10, (row + 1) / 10 if row < 9 else None)
        for outcome, column in (("num_pos", "positives"), ("num_neg", "negatives")):
            assert len(EVALUATION.inputs_behind("d", outcome, scores=ends)) == bars.iloc[row][column]


def test_inputs_of_whose_score_nothing_is_known_are_behind_no_number():
    excluded = np.zeros_like(LABELS)
    excluded[::2, 0] = True
    evaluation = Evaluation.from_scores(LABELS, EVALUATION.score_array, concepts=list("abcd"))
    evaluation.numbers.held.__dict__["excluded"] = excluded
    assert (rows_behind(evaluation, Behind("a", "fn", 0.5)) % 2 == 1).all()
    assert rows_behind(evaluation, Behind("a", "all", 0.5)).tolist() == list(range(1, 200, 2))
    for outcome in ("roc_auc", "avg_precision", "num_pos", "num_neg", "errors"):
        assert (rows_behind(evaluation, Behind("a", outcome, 0.5)) % 2 == 1).all()


def test_the_most_surely_wrong_come_first_and_equals_stay_in_their_order():
    labels = [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 0]]
    scores = [[0.9, 0.05, 0.05], [0.8, 0.1, 0.1], [0.25, 0.5, 0.25], [0.6, 0.5, 0.1]]
    made = Evaluation.from_scores(labels, scores, concepts=["a", "b", "c"])
    behind = Behind("a", "fp", 0.0)
    assert margins(made, np.arange(4)) == pytest.approx([-0.85, 0.7, 0.25, 0.6])
    assert sorted_rows(made, np.arange(4), behind, "margin").tolist() == [1, 3, 2, 0]
    assert sorted_rows(made, np.arange(4), behind, "score").tolist() == [0, 1, 3, 2]
    tied = sorted_rows(EVALUATION, EVERY, Behind("a", "fp", 0.0), "score")
    keys = EVALUATION.score_array[tied, 0]
    assert all(a < b for a, b, same in zip(tied, tied[1:], keys[:-1] == keys[1:], strict=False) if same)


def test_the_loss_is_that_of_scikit_learn_over_all_concepts():
    expected = [
        log_loss(LABELS[row].astype(int), np.clip(EVALUATION.score_array[row], 1e-7, 1 - 1e-7), labels=[0, 1])
        for row in range(20)
    ]
    assert losses(EVALUATION, np.arange(20)) == pytest.approx(expected, rel=1e-4)
    order = sorted_rows(EVALUATION, EVERY, Behind("a", "fp", 0.0), "loss")
    assert (np.diff(losses(EVALUATION, order)) <= 0).all()


def test_labels_are_told_by_concept_for_every_input_also_for_one_without():
    rows = np.array([3, 0, 7])
    expected = [tuple(np.array(list("abcd"))[LABELS[row]]) for row in rows]
    assert labels_of(EVALUATION, rows)[0] == expected
    assert labels_of(EVALUATION, np.empty(0, np.intp)) == ([], [])


def test_the_table_has_a_row_an_input_in_the_order_of_the_list():
    behind = Behind("b", "fn", 0.5)
    rows = sorted_rows(EVALUATION, rows_behind(EVALUATION, behind), behind, "margin")
    frame = selection_frame(EVALUATION, rows, behind)
    assert frame["input_id"].tolist() == [EVALUATION.input_ids[row] for row in rows]
    assert frame["score"].tolist() == EVALUATION.scores["b"].to_numpy()[rows].tolist()
    assert frame["fold"].tolist() == (rows % 2 + 1).tolist()
    assert (frame["concept"] == "b").all()
    assert all("b" in labels for labels in frame["labels"])
    assert frame["margin"].is_monotonic_decreasing


def test_rates_alone_list_no_inputs_and_an_unknown_concept_is_refused():
    with pytest.raises(EvalError, match="Listing inputs needs the score of each"):
        rows_behind(golden.platform_rates(), Behind(golden.platform_rates().concepts[0], "fp", 0.5))
    with pytest.raises(NotFoundError, match="'a'"):
        rows_behind(EVALUATION, Behind("x", "fp", 0.5))


def test_media_of_single_inputs_are_those_of_the_whole_list():
    from clarifai_grpc.grpc.api import service_pb2

    reply = service_pb2.SingleEvalMetricsResponse()
    text_format.Parse((golden.DATA / "platform_reply.txtpb").read_text(), reply)
    for index, entry in enumerate(reply.eval_metrics.test_set):
        entry.input.data.text.raw = f"text {index}"
        entry.input.data.image.base64 = b"" if index else b"image"
    evaluation = Evaluation.from_proto(reply.eval_metrics)
    evaluation.received = (evaluation.received[0], evaluation.received[0])  # as a growing one holds its parts
    every = evaluation.inputs
    assert every[0] == ("text 0", b"image")
    rows = [len(every) - 1, 0, len(every) // 2, 1]
    assert evaluation.media(rows) == [every[row] for row in rows]
    assert EVALUATION.media([1, 2]) == [(None, None)] * 2


@pytest.mark.parametrize("figure", ["roc_auc", "avg_precision", "better", "worse", "differ"])
def test_two_ends_of_the_score_narrow_what_lies_behind_every_figure(figure):
    rng = np.random.default_rng(0)
    labels = rng.random((60, 2)) < 0.4
    e, other = (Evaluation.from_scores(labels, rng.random((60, 2)), concepts=["a", "b"]) for _ in range(2))
    beside = {"against": other} if figure in ("better", "worse", "differ") else {}
    every, part = (e.inputs_behind("a", figure, scores=ends, **beside) for ends in ((None, None), (0.2, 0.6)))
    wanted = every[(every["score"] >= 0.2) & (every["score"] < 0.6)]
    assert 0 < len(part) < len(every)
    assert list(part["input_id"]) == list(wanted["input_id"])
