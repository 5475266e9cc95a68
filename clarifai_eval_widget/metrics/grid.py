"""Exact counts on a grid of thresholds by binning, with no sort."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes, in_threads, to_dtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["HUNDREDTHS", "counts_at_thresholds"]

HUNDREDTHS = np.arange(101) / 100
"""The platform's thresholds: 0, 0.01, …, 1."""
HUNDREDTHS.setflags(write=False)

_BLOCK = 1 << 16  # rows binned at once: enough to keep threads from queueing for the interpreter, not the memory
_MAX_CELLS = 1 << 14  # so that a cell's number, the comparison and the label fit 16 bits


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
    grid = _cells(stops)

    bins = _histograms(truth, values, grid)
    at_least = np.cumsum(bins[:, :0:-1], axis=1)[:, ::-1][:, position]
    return at_least[:, :, 1].astype(np.int32), at_least[:, :, 0].astype(np.int32)


@dataclass(frozen=True)
class _Grid:
    """A way to sort scores into bins, each wholly between two stops."""

    num_stops: int
    encode: Callable[[NDArray[Any], NDArray[np.uint8], bool], NDArray[np.integer[Any]]]
    """Twice the bin of each score of a block plus its label; told whether some lie outside the range."""
    below: NDArray[np.intp]
    """How many stops lie at or below each bin's scores."""
    low: float = -np.inf
    high: float = np.inf


def _histograms(labels: NDArray[np.bool_], scores: NDArray[Any], grid: _Grid) -> NDArray[np.int64]:
    """Count negatives and positives, ``(K, T + 1, 2)``, by the number of stops at or below their score.

    Threads share the rows; a thread takes as many columns at once as share a cache line.
    """
    num_inputs, num_concepts = scores.shape
    width, chunks = 64 // scores.dtype.itemsize, max(1, min(os.cpu_count() or 1, num_inputs // _BLOCK))
    borders = np.linspace(0, num_inputs, chunks + 1).astype(int)
    firsts = range(0, num_concepts, width)

    def count(task: int) -> NDArray[np.int64]:
        first, chunk = firsts[task // chunks], task % chunks
        columns, rows = slice(first, first + width), slice(borders[chunk], borders[chunk + 1])
        return _histogram(labels[rows, columns], scores[rows, columns], grid, (rows.start, first))

    parts = in_threads(count, range(chunks * len(firsts)), work=scores.size)
    sums = [np.sum(parts[i : i + chunks], axis=0) for i in range(0, len(parts), chunks)]
    return np.concatenate(sums) if sums else np.empty((0, grid.num_stops + 1, 2), np.int64)


def _histogram(
    labels: NDArray[np.bool_], scores: NDArray[Any], grid: _Grid, origin: tuple[int, int]
) -> NDArray[np.int64]:
    """Count a part of the table, whose place in it only an error mentions."""
    total = np.zeros((scores.shape[1], 2 * len(grid.below)), np.int64)
    for start in range(0, len(scores), _BLOCK):
        block = np.ascontiguousarray(scores[start : start + _BLOCK].T)
        truth = np.ascontiguousarray(labels[start : start + _BLOCK].T).view(np.uint8)
        low, high = block.min(), block.max()  # NaN shows in both
        if not (np.isfinite(low) and np.isfinite(high)):
            k, row = np.argwhere(~np.isfinite(block))[0]
            where = f"row {origin[0] + start + row}, column {origin[1] + k}"
            raise ValueError(f"Scores must be finite; {where} is {block[k, row]}. Drop or repair that row.")
        outside = bool(low < grid.low or high > grid.high)
        for k, column in enumerate(block):
            total[k] += np.bincount(grid.encode(column, truth[k], outside), minlength=total.shape[1])
    merged = np.zeros((len(total), grid.num_stops + 1, 2), np.int64)
    np.add.at(merged.swapaxes(0, 1), grid.below, total.reshape(len(total), -1, 2).swapaxes(0, 1))
    return merged


def _bisection(stops: NDArray[Any]) -> _Grid:
    """Find the place of each score among ascending stops, whatever their distances."""

    def encode(block: NDArray[Any], truth: NDArray[np.uint8], _: bool) -> NDArray[np.integer[Any]]:
        place: NDArray[np.intp] = 2 * np.searchsorted(stops, block, side="right") + truth
        return place

    return _Grid(len(stops), encode, np.arange(len(stops) + 1))


def _cells(stops: NDArray[Any]) -> _Grid:
    """Divide the stops' range into equal cells of one stop at most, to which a score is compared.

    This is exact whatever the rounding in the cell's number, because rounded subtraction and multiplication
    are monotone and stops and scores go through the same ones. Stops too close together for few cells are
    left to bisection.
    """
    inner = stops[np.isfinite(stops)]
    if len(inner) < 2:
        return _bisection(stops)
    kind, low, high = stops.dtype.type, inner[0], inner[-1]
    with np.errstate(over="ignore", divide="ignore"):
        width = high - low
        scale = min(kind(1.5) / np.diff(inner).min(), kind(_MAX_CELLS - 2) / width)
    if not np.isfinite(scale) or not np.isfinite(width):
        return _bisection(stops)

    def cells(near: NDArray[Any]) -> NDArray[np.uint16]:
        number: NDArray[np.uint16] = ((near - low) * scale).astype(np.uint16)
        return number

    of_stop = cells(inner)
    if (of_stop[1:] == of_stop[:-1]).any():
        return _bisection(stops)
    num_cells = int(of_stop[-1]) + 1
    edge = np.full(num_cells, np.inf, stops.dtype)
    edge[of_stop] = inner

    def encode(block: NDArray[Any], truth: NDArray[np.uint8], outside: bool) -> NDArray[np.integer[Any]]:
        cell = cells(np.clip(block, low, high) if outside else block)
        reached = (block >= edge.take(cell.astype(np.intp), mode="clip")).view(np.uint8)
        np.left_shift(cell, 2, out=cell)
        np.bitwise_or(cell, (reached << 1) | truth, out=cell)
        return cell

    before = np.searchsorted(of_stop, np.arange(num_cells), side="left") + int(np.isneginf(stops[0]))
    below = np.stack([before, before + np.isfinite(edge)], axis=1).ravel()
    return _Grid(len(stops), encode, below, float(low), float(high))
