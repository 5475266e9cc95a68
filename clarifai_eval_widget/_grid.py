"""Exact counts on a grid of thresholds by binning, with no sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget._counting import as_labels, as_scores, check_shapes, in_threads, to_dtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["counts_at_thresholds"]

_BLOCK = 1 << 14  # rows binned at once, so that the temporaries stay in the processor's cache
_MAX_CELLS = 1 << 14


def counts_at_thresholds(
    labels: ArrayLike, scores: ArrayLike, thresholds: ArrayLike
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Count true and false positives of each concept at given thresholds, without a sort.

    The comparison is ``score >= threshold`` in the scores' own dtype, to which each threshold is rounded once.

    Parameters
    ----------
    labels
        ``(N, K)`` bool, or numbers that are all 0 or 1.
    scores
        ``(N, K)`` finite float32 or float64.
    thresholds
        ``(T,)`` in any order; infinite ones are allowed.

    Returns
    -------
    tps, fps
        ``(K, T)`` int32, in the order of the thresholds.

    Raises
    ------
    ValueError
        When the shapes differ, a score is not finite, a label is neither 0 nor 1, or a threshold is NaN.
    TypeError
        When the scores are not real numbers that fit a float64.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 2)
    wanted = to_dtype(thresholds, values.dtype)
    if wanted.ndim != 1:
        raise ValueError(f"Thresholds must be a list of numbers, (T,); got the shape {wanted.shape}.")
    stops, position = np.unique(wanted, return_inverse=True)
    locate = _locator(stops)

    def count(k: int) -> NDArray[np.int64]:
        return _histogram(truth[:, k], values[:, k], len(stops), locate, f", column {k}")

    bins = np.array(in_threads(count, range(values.shape[1]), work=values.size), np.int64)
    bins = bins.reshape(values.shape[1], len(stops) + 1, 2)
    at_least = np.cumsum(bins[:, :0:-1], axis=1)[:, ::-1][:, position]
    return at_least[:, :, 1].astype(np.int32), at_least[:, :, 0].astype(np.int32)


def _histogram(
    labels: NDArray[np.bool_], scores: NDArray[Any], num_stops: int, locate: Callable[[Any], Any], where: str
) -> NDArray[np.int64]:
    """Count negatives and positives, interleaved, by the number of thresholds at or below their score."""
    total = np.zeros(2 * (num_stops + 1), np.int64)
    for start in range(0, len(scores), _BLOCK):
        block = np.ascontiguousarray(scores[start : start + _BLOCK])
        if not np.isfinite(block).all():
            row = start + int(np.flatnonzero(~np.isfinite(block))[0])
            raise ValueError(f"Scores must be finite; row {row}{where} is {scores[row]}. Drop or repair that row.")
        cell = locate(block)
        np.left_shift(cell, 1, out=cell)
        np.bitwise_or(cell, labels[start : start + _BLOCK], out=cell)
        total += np.bincount(cell, minlength=len(total))
    return total


def _locator(stops: NDArray[Any]) -> Callable[[NDArray[Any]], NDArray[np.intp]]:
    """Return a function that tells how many of the ascending stops lie at or below each score.

    Equal cells over the stops' range give the answer up to the one stop in the cell, which is compared in
    the scores' dtype. This is exact whatever the rounding in the cell's number, because rounded subtraction
    and multiplication are monotone and stops and scores go through the same ones. Stops too close together
    for that are found by bisection.
    """

    def bisect(block: NDArray[Any]) -> NDArray[np.intp]:
        found: NDArray[np.intp] = np.searchsorted(stops, block, side="right")
        return found

    inner = stops[np.isfinite(stops)]
    if len(inner) < 2:
        return bisect
    kind = stops.dtype.type
    low = inner[0]
    with np.errstate(over="ignore", divide="ignore"):
        width, closest = inner[-1] - low, np.diff(inner).min()
        scale = min(kind(1.5) / closest, kind(_MAX_CELLS - 2) / width)
    if not np.isfinite(scale) or not np.isfinite(width):
        return bisect

    def cells(block: NDArray[Any]) -> NDArray[np.intp]:
        near = np.clip(block, low, inner[-1])
        np.subtract(near, low, out=near)
        np.multiply(near, scale, out=near)
        numbers: NDArray[np.intp] = near.astype(np.intp)
        return numbers

    of_stop = cells(inner)
    if (np.diff(of_stop) == 0).any():
        return bisect
    num_cells = int(of_stop[-1]) + 1
    edge = np.full(num_cells, np.inf, stops.dtype)
    edge[of_stop] = inner
    before = np.searchsorted(of_stop, np.arange(num_cells), side="left") + int(np.isneginf(stops[0]))

    def look_up(block: NDArray[Any]) -> NDArray[np.intp]:
        cell = cells(block)
        count: NDArray[np.intp] = before[cell]
        np.add(count, block >= edge[cell], out=count)
        return count

    return look_up
