"""The interval of a rate: one wherever the rate stands, and holding at few inputs and near 1, where Wilson's does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import Evaluation, metrics, uncertainty
from clarifai_eval_widget.operating_point import OperatingPoint, abstain_point, operating_point

if TYPE_CHECKING:
    from clarifai_eval_widget.metrics import Counts

RARE = 0.983  # 9 of 10 do not hold it under Wilson's interval, which so misses it in 16 % of all samples
NAMES = ("recall", "precision", "f1", "fpr")


def of(tp: int, fp: int, num_pos: int, num_neg: int) -> Counts:
    """Counts of two scores, so many at the upper one."""
    labels = np.arange(num_pos + num_neg) < num_pos
    return metrics.counts(labels, np.concatenate([np.arange(num_pos) < tp, np.arange(num_neg) < fp]).astype(float))


def point_of(tp: int, fp: int, num_pos: int, num_neg: int, **options: Any) -> OperatingPoint:
    """The point at the upper score."""
    bounds = {"min_recall": tp / num_pos, "max_fpr": fp / num_neg}
    return operating_point(of(tp, fp, num_pos, num_neg), **bounds, **options)


def band_of(hits: int, size: int) -> tuple[float, float]:
    """The interval of the share that an abstain band gets right, nothing being rejected."""
    low, high = abstain_point(of(0, size - hits, 0, size), 1, 1).error_interval
    return 1 - high, 1 - low


def bin_of(hits: int, size: int) -> tuple[float, float]:
    """The interval of the share of positives in the upper of two reliability bins."""
    labels = np.arange(2 * size) < hits
    scores = np.where(np.arange(2 * size) < size, 0.9, 0.1)
    row = Evaluation.from_scores(labels, scores, ["a"]).calibration_curve("a", bins=2).iloc[-1]
    return row["low"], row["high"]


RATES = {
    "recall": lambda hits, size: point_of(hits, 0, size, 5, maximize="f1").recall_interval,
    "precision": lambda hits, size: point_of(hits, size - hits, hits, size, maximize="f1").precision_interval,
    "abstain band": band_of,
    "reliability bin": bin_of,
}


@pytest.mark.parametrize("rate", RATES)
def test_a_rate_near_one_of_few_inputs_is_held_where_wilsons_interval_misses_it(rate: str) -> None:
    hits = np.arange(1, 11)
    chances = stats.binom.pmf(hits, 10, RARE)
    ends = np.array([RATES[rate](int(one), 10) for one in hits])
    assert chances[(ends[:, 0] <= RARE) & (ends[:, 1] >= RARE)].sum() > 0.92
    low, high = uncertainty.wilson_interval(hits, 10)
    assert chances[(low <= RARE) & (high >= RARE)].sum() < 0.85


@pytest.mark.parametrize("cells", [(3, 1, 4, 6), (9, 0, 10, 30), (60, 7, 80, 200), (1, 0, 1, 1)])
def test_a_point_and_the_sweep_give_one_interval_of_a_rate(cells: tuple[int, int, int, int]) -> None:
    c = of(*cells)
    groups = np.arange(cells[2] + cells[3]) // 2
    labels = np.arange(len(groups)) < cells[2]
    scores = np.concatenate([np.arange(cells[2]) < cells[0], np.arange(cells[3]) < cells[1]]).astype(float)
    for sizes in (None, uncertainty.effective_sizes(labels, scores, groups, c)):
        band = uncertainty.sweep_band(c, [1.0], sizes=sizes)
        point = point_of(*cells, maximize="f1", sizes=sizes)
        told = {"recall": point.recall_interval, "precision": point.precision_interval, "f1": point.interval}
        for name, ends in told.items():
            assert ends == tuple(float(end[0]) for end in getattr(band, name)), name
        assert band.method.removesuffix(", pointwise") == point.method or sizes is not None
