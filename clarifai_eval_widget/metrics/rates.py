"""Rates at a threshold, each defined once in a table; NaN where undefined, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics.counting import Counts

__all__ = [
    "RATES",
    "TABULATED",
    "Rate",
    "f1",
    "precision",
    "rates_of_counts",
    "rates_of_rates",
    "ratio",
    "recall",
    "undefined_reason",
    "undefined_reason_of",
]


def ratio(part: ArrayLike, whole: ArrayLike) -> Any:
    """Divide counts, giving NaN where the whole is zero; float64, a plain float for two numbers.

    Where the whole is an array, its parts are zero with it.
    """
    over, under = np.asarray(part), np.asarray(whole)
    if under.ndim == 0 and not under:
        return np.full(over.shape, np.nan) if over.ndim else float("nan")
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN by itself, three times as fast as a guarded division
        result = np.true_divide(over, under, dtype=np.float64)
    return float(result) if result.ndim == 0 else result


def precision(tps: ArrayLike, fps: ArrayLike) -> Any:
    """Return tp / (tp + fp), NaN where nothing is predicted; shaped like the counts."""
    return ratio(tps, np.add(tps, fps))


def recall(tps: ArrayLike, num_pos: ArrayLike) -> Any:
    """Return tp / positives, NaN where there are no positives; shaped like the counts."""
    return ratio(tps, num_pos)


def f1(tps: ArrayLike, fps: ArrayLike, num_pos: ArrayLike) -> Any:
    """Return 2 tp / (tp + fp + positives), NaN where nothing is positive nor predicted."""
    hits = np.asarray(tps, np.int64)
    return ratio(2 * hits, hits + np.asarray(fps) + np.asarray(num_pos))


def _f1_of_rates(precision: NDArray[np.float64], recall: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the harmonic mean; 0 where no positive is found, as from counts, though precision may be undefined."""
    harmonic: NDArray[np.float64] = np.where(recall == 0, 0.0, ratio(2 * precision * recall, precision + recall))
    return harmonic


@dataclass(frozen=True)
class Rate:
    """A figure of the decisions at one threshold, as all tables, averages and sweeps have it."""

    of_counts: Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike], Any]
    """From tps, fps, num_pos and num_neg; NaN where undefined."""
    of_rates: Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], Any]
    """From precision, recall and fpr, where only these were reported."""
    tabulated: bool = True
    """Whether it stands in tables by concept; sweeps have all."""


RATES = {
    "precision": Rate(lambda tps, fps, _p, _n: precision(tps, fps), lambda precision, _r, _f: precision),
    "recall": Rate(lambda tps, _fps, num_pos, _n: recall(tps, num_pos), lambda _p, recall, _f: recall),
    "f1": Rate(
        lambda tps, fps, num_pos, _n: f1(tps, fps, num_pos),
        lambda precision, recall, _f: _f1_of_rates(precision, recall),
    ),
    "specificity": Rate(
        lambda _tps, fps, _p, num_neg: ratio(np.subtract(num_neg, fps), num_neg), lambda _p, _r, fpr: 1 - fpr
    ),
    "balanced_accuracy": Rate(
        lambda tps, fps, num_pos, num_neg: (recall(tps, num_pos) + ratio(np.subtract(num_neg, fps), num_neg)) / 2,
        lambda _p, recall, fpr: (recall + 1 - fpr) / 2,
    ),
    "fpr": Rate(lambda _tps, fps, _p, num_neg: ratio(fps, num_neg), lambda _p, _r, fpr: fpr, tabulated=False),
}
"""Every rate by name, in the order of the columns; js/src/workbench/rates.ts derives the same on the page."""

TABULATED = tuple(name for name, rate in RATES.items() if rate.tabulated)
"""The rates in tables by concept."""


def rates_of_counts(tps: ArrayLike, fps: ArrayLike, num_pos: ArrayLike, num_neg: ArrayLike) -> dict[str, Any]:
    """Derive every rate from counts; each shaped like tps and fps, plain floats for two numbers."""
    shape = np.broadcast_shapes(np.shape(tps), np.shape(fps))
    found = {name: rate.of_counts(tps, fps, num_pos, num_neg) for name, rate in RATES.items()}
    return {name: np.broadcast_to(rate, shape) for name, rate in found.items()} if shape else found


def rates_of_rates(precision: ArrayLike, recall: ArrayLike, fpr: ArrayLike) -> dict[str, Any]:
    """Derive every rate, as far as can be, from those that the platform reports; shaped like them."""
    given = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (precision, recall, fpr)))
    found = {name: np.asarray(rate.of_rates(*given)) for name, rate in RATES.items()}
    return {name: rate if rate.ndim else float(rate) for name, rate in found.items()}


def undefined_reason(c: Counts, *, needs_negatives: bool = True) -> str:
    """Say why a figure of this concept is undefined, or return an empty string when it is defined.

    Parameters
    ----------
    c
        The concept's counts.
    needs_negatives
        True for ROC and AUC; False for recall and average precision, which need positives only.
    """
    return undefined_reason_of(c.num_pos, c.num_neg, needs_negatives=needs_negatives)


def undefined_reason_of(num_pos: int, num_neg: int, *, needs_negatives: bool = True) -> str:
    """Say the same of a concept of which only the class sizes are known."""
    if not num_pos and not num_neg:
        return "no inputs"
    if not num_pos:
        return "no positives"
    return "no negatives" if needs_negatives and not num_neg else ""
