"""The paired test of average precision against oracles that share nothing with it: loops, exchanges, interpolation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from clarifai_eval_widget import uncertainty


def pair(seed: int, *, inputs: int = 150, better: float = 0.0, digits: int = 9) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    labels, shared = rng.random(inputs) < 0.25, rng.normal(size=inputs)
    first, second = (
        np.round(shared + rng.normal(size=inputs) + (1.2 + more) * labels, digits) for more in (0.0, better)
    )
    return labels, first, second


def interpolated(labels: np.ndarray, scores: np.ndarray) -> Fraction:
    """The area after Davis and Goadrich (ICML 2006), in steps of one true positive, from counts made by comparing."""
    area, tp, fp, positives = Fraction(0), 0, 0, int(labels.sum())
    for threshold in sorted(set(scores.tolist()), reverse=True):
        over = scores >= threshold
        hits, alarms = int((over & labels).sum()), int((over & ~labels).sum())
        for step in range(1, hits - tp + 1):
            beside = fp + Fraction(alarms - fp, hits - tp) * step
            area += Fraction(tp + step, 1) / (tp + step + beside) / positives
        tp, fp = hits, alarms
    return area


@pytest.mark.parametrize("seed", range(5))
def test_without_ties_the_difference_is_that_of_the_interpolated_areas(seed: int) -> None:
    labels, first, second = pair(seed, better=0.5)
    found = uncertainty.compare_figure(labels, first, second, figure="average_precision")
    areas = [interpolated(labels, scores) for scores in (first, second)]
    assert found.values == pytest.approx([float(area) for area in areas], abs=1e-14)
    assert found.difference == pytest.approx(float(areas[1] - areas[0]), abs=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_with_ties_the_difference_is_scikit_learns_and_close_to_that_of_the_interpolated_areas(seed: int) -> None:
    labels, first, second = pair(seed, better=0.5, digits=1)
    found = uncertainty.compare_figure(labels, first, second, figure="average_precision")
    both = [average_precision_score(labels, scores) for scores in (first, second)]
    assert found.difference == pytest.approx(both[1] - both[0], abs=1e-14)
    areas = [float(interpolated(labels, scores)) for scores in (first, second)]
    # a tie is worth its end where steps are summed, and what lies on the way to it where they are interpolated
    assert found.values == pytest.approx(areas, abs=0.03)


def by_rank(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The mean precision at each positive, of many samples without ties at once, ``(R, n)``."""
    hits = labels[np.argsort(-scores, axis=1)]
    return (np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1) * hits).sum(axis=1) / labels.sum()


@pytest.mark.parametrize(("seed", "better"), [(0, 0.0), (1, 0.3), (2, 0.6), (3, 0.6), (4, 0.0), (5, 1.0)])
def test_the_p_value_is_about_that_of_exchanging_the_two_scorings_at_random(seed: int, better: float) -> None:
    labels, *scores = pair(seed, inputs=200, better=better)
    first, second = (np.argsort(np.argsort(one)) / 200 for one in scores)  # of one scale
    found = uncertainty.compare_figure(labels, first, second, figure="average_precision")
    swapped = np.random.default_rng(9).random((4000, 200)) < 0.5
    one, other = np.where(swapped, second, first), np.where(swapped, first, second)
    exceeded = np.abs(by_rank(labels, other) - by_rank(labels, one)) >= abs(found.difference)
    assert found.p_value == pytest.approx(exceeded.mean(), abs=0.04)
