"""Comparisons where a figure is undefined on one side, lists are cut, concepts differ, or groups are few."""

from __future__ import annotations

import numpy as np
import pytest

from clarifai_eval_widget.evaluation import Evaluation
from tests.evaluation.test_conditions import truncated
from tests.evaluation.test_evaluation import message_of

FOLDS = np.arange(200) % 5 + 1
IDS = [f"i{row}" for row in range(200)]


def test_a_concept_whose_f1_one_side_lacks_in_a_fold_counts_on_neither():
    rng = np.random.default_rng(0)
    somewhere = np.isin(FOLDS, (2, 3))
    labels = np.stack([rng.random(200) < 0.5, (rng.random(200) < 0.5) & somewhere], axis=1)
    first = np.clip(0.5 + 0.3 * (labels - 0.5) + 0.2 * rng.normal(size=labels.shape), 0, 1)
    second = first.copy()
    second[:, 0] = np.clip(first[:, 0] - 0.1 * labels[:, 0], 0, 1)  # worse at the first concept
    second[~somewhere, 1] = 0.01  # where there are no positives, it predicts none: F1 is 0 of the first, else undefined
    mine, other = (
        Evaluation.from_scores(labels, scores, ["a", "b"], input_ids=IDS, folds=FOLDS) for scores in (first, second)
    )
    found = mine.compare(other, figure="f1")["difference"]
    assert found["a"] < 0 == found["b"]
    by_fold = [found_in_fold(mine, other, fold) for fold in range(1, 6)]
    assert found.iloc[-1] == pytest.approx(np.mean(by_fold))
    assert found.iloc[-1] < 0


def found_in_fold(first, second, fold):
    """The mean difference over the concepts that have an F1 on both sides."""
    each = [one.slice(fold=fold).table(0.5)["f1"].to_numpy() for one in (first, second)]
    return np.nanmean(each[1] - each[0])


def test_areas_of_cut_lists_are_not_tested_whatever_the_threshold_that_they_do_not_have():
    cut, labels, scores = truncated(400)
    rows = [
        (f"i{row}", {f"c{k}": float(scores[row, k]) for k in range(3)}, [f"c{labels[row]}"])
        for row in range(len(labels))
    ]
    found = Evaluation.from_proto(message_of(rows)).compare(cut, threshold=0.3)
    assert found["p_value"].isna().all()
    assert found["reason"].str.contains("lists are cut").all()


@pytest.mark.parametrize("number", [1, 4])
def test_of_few_groups_nothing_is_said_over_all_as_nothing_is_said_by_concept(number):
    rng = np.random.default_rng(1)
    labels = rng.random((200, 2)) < 0.4
    evaluations = []
    for _ in range(2):
        scores = np.clip(0.5 + 0.3 * (labels - 0.5) + 0.2 * rng.normal(size=labels.shape), 0, 1)
        evaluations.append(
            Evaluation.from_scores(labels, scores, ["a", "b"], input_ids=IDS, groups=np.arange(200) % number)
        )
    first, second = evaluations
    for figure in ("roc_auc", "avg_precision"):
        frame = first.compare(second, figure=figure)
        assert frame["difference"].notna().all()
        assert frame[["low", "high", "p_value"]].isna().all(axis=None)
        assert frame["reason"].str.contains("too few groups").all()
    told = first.figure_interval()
    assert "too few groups to say" in told.reason
    assert np.isnan(told.interval).all()
    assert first.compare(second, figure="f1")["p_value"].isna().all() == (number == 1)
