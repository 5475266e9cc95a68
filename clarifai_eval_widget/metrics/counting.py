"""Exact counts of true and false positives, by sorting integers and by binning; :mod:`metrics` is its face.

Sorting: a finite float of one sign is ordered like its bit pattern, which leaves one bit free. The label goes
into that bit, and one sort of plain integers (NumPy's SIMD sort) replaces an argsort and two gathers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes, in_threads, to_dtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Counts", "counts", "counts_by_concept"]

_BLOCK = 1 << 16  # rows a pass handles at once, so that its temporaries stay in the processor's cache
_TURNED = 1 << 11  # rows packed and turned at once
_SHARES = 4  # of the rows, for threads to take
_BITS: dict[int, type[np.unsignedinteger[Any]]] = {4: np.uint32, 8: np.uint64}


class Rises(NamedTuple):
    """What is counted where a class rises: its members so far, and those of the other class before and after.

    Between two rises the class does not change, so that it had as many before as after the last one.
    """

    counted: NDArray[np.int32]
    """``(R,)`` of the class, each rise included."""
    low: NDArray[np.int32]
    """``(R,)`` of the other class above the rise."""
    high: NDArray[np.int32]
    """``(R,)`` of the other class with the rise; more than above it where the classes tie."""
    before: int = 0
    """Of the class above the first rise."""

    @property
    def new(self) -> NDArray[np.int32]:
        """How many of the class each rise adds."""
        return np.diff(self.counted, prepend=np.int32(self.before))

    def blocks(self) -> Iterator[Rises]:
        """Give parts whose temporaries stay in the processor's cache."""
        for start in range(0, len(self.counted), _BLOCK):
            part = slice(start, start + _BLOCK)
            before = int(self.counted[start - 1]) if start else self.before
            yield Rises(self.counted[part], self.low[part], self.high[part], before)


@dataclass(frozen=True, eq=False, repr=False)
class Counts:
    """Exact counts of one concept at every operating point, one row for each distinct score.

    An input is predicted positive when its score is at least the threshold. The first row predicts nothing
    (threshold ``+inf``), the last predicts everything.
    """

    thresholds: NDArray[np.floating[Any]]
    """``(M,)`` strictly descending, in the scores' own dtype; ``thresholds[0]`` is ``+inf``."""
    tps: NDArray[np.int32]
    """``(M,)`` positives with a score at or above the threshold, from 0 to ``num_pos``."""
    fps: NDArray[np.int32]
    """``(M,)`` negatives with a score at or above the threshold, from 0 to ``num_neg``."""

    def __post_init__(self) -> None:
        for array in (self.thresholds, self.tps, self.fps):
            array.setflags(write=False)

    def __repr__(self) -> str:
        return f"Counts(num_pos={self.num_pos}, num_neg={self.num_neg}, operating_points={len(self)})"

    def __len__(self) -> int:
        return len(self.thresholds)

    @property
    def num_pos(self) -> int:
        """The number of inputs labelled with the concept."""
        return int(self.tps[-1])

    @property
    def num_neg(self) -> int:
        """The number of inputs not labelled with the concept."""
        return int(self.fps[-1])

    @cached_property
    def twice_area(self) -> int:
        """Twice the pairs of a positive and a negative of which the positive scores higher, ties by half."""
        before_both = 0
        for one in self.rises.blocks():
            before_both += int((one.new * (one.low.astype(np.int64) + one.high)).sum())
        whole = 2 * self.num_pos * self.num_neg
        return whole - before_both if self.num_pos <= self.num_neg else before_both

    @cached_property
    def rises(self) -> Rises:
        """Where the rarer class rises, the positives if both are as many: all that an area and its error need."""
        rarer, other = (self.tps, self.fps) if self.num_pos <= self.num_neg else (self.fps, self.tps)
        found = []
        for start in range(0, len(self) - 1, _BLOCK):
            part, beside = rarer[start : start + _BLOCK + 1], other[start : start + _BLOCK + 1]
            rows = np.flatnonzero(part[1:] != part[:-1])
            found.append((part[rows + 1], beside[rows], beside[rows + 1]))
        nothing = np.empty(0, np.int32)
        counted, low, high = (np.concatenate(each) for each in zip((nothing,) * 3, *found, strict=True))
        return Rises(counted, low, high)

    @property
    def fns(self) -> NDArray[np.int32]:
        """``(M,)`` positives below the threshold."""
        return np.subtract(np.int32(self.num_pos), self.tps)

    @property
    def tns(self) -> NDArray[np.int32]:
        """``(M,)`` negatives below the threshold."""
        return np.subtract(np.int32(self.num_neg), self.fps)

    def row(self, thresholds: ArrayLike) -> Any:
        """Return the row of the operating point in force at each threshold.

        That is the row of the smallest stored score at or above the threshold, once the threshold has been
        rounded to the scores' dtype: exactly the inputs with ``score >= threshold``.

        Parameters
        ----------
        thresholds
            One threshold or an array of them, in any order.

        Returns
        -------
        numpy.ndarray or int
            Indices into the arrays, in the shape of ``thresholds``.

        Raises
        ------
        ValueError
            When a threshold is NaN.
        """
        wanted = to_dtype(thresholds, self.thresholds.dtype)
        return len(self) - 1 - np.searchsorted(self.thresholds[::-1], wanted, side="left")

    def at(self, thresholds: ArrayLike) -> tuple[Any, Any]:
        """Return the counts at any thresholds: positives and negatives with ``score >= threshold``.

        Parameters
        ----------
        thresholds
            One threshold or an array of them, in any order; rounded once to the scores' dtype.

        Returns
        -------
        tps, fps
            int32, in the shape of ``thresholds``.

        Raises
        ------
        ValueError
            When a threshold is NaN.
        """
        rows = self.row(thresholds)
        return self.tps[rows], self.fps[rows]


def counts(labels: ArrayLike, scores: ArrayLike) -> Counts:
    """Count true and false positives of one concept at every distinct score.

    Parameters
    ----------
    labels
        ``(N,)`` bool, or numbers that are all 0 or 1.
    scores
        ``(N,)`` finite float32 or float64 (other real types are converted without loss, or refused).

    Raises
    ------
    ValueError
        When the shapes differ, a score is not finite (the message names the first bad row), or a label is
        neither 0 nor 1.
    TypeError
        When the scores are not real numbers that fit a float64.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 1)
    return _count(truth, values, "")


def counts_by_concept(labels: ArrayLike, scores: ArrayLike) -> list[Counts]:
    """Count true and false positives of each concept at every distinct score of it, concepts in threads.

    Parameters
    ----------
    labels
        ``(N, K)`` bool, or numbers that are all 0 or 1; any number of ones a row (multi-class and multi-label).
    scores
        ``(N, K)`` finite float32 or float64.

    Returns
    -------
    list of Counts
        One for each column.

    Raises
    ------
    ValueError
        When the shapes differ, a score is not finite (the message names row and column), or a label is
        neither 0 nor 1.
    TypeError
        When the scores are not real numbers that fit a float64.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 2)
    results: list[Counts] = []
    width = 64 // values.dtype.itemsize  # as many columns as share a cache line are read together
    for first in range(0, values.shape[1], width):
        results += _count_group(truth[:, first : first + width], values[:, first : first + width], first)
    return results


def _count_group(labels: NDArray[np.bool_], scores: NDArray[np.floating[Any]], first: int) -> list[Counts]:
    """Count the columns of a part of the table, whose place in it only an error mentions."""
    keys = None
    if scores.shape[1] > 4:  # of narrower tables keys for all columns at once would be a large part of all memory
        keys = _pack_together(labels, scores.view(_BITS[scores.dtype.itemsize]))

    def count(k: int) -> Counts:
        column, where = scores[:, k], f", column {first + k}"
        return _count(labels[:, k], column, where) if keys is None else _read_off(keys[k], len(column), column, where)

    return in_threads(count, range(scores.shape[1]), work=scores.size)


def _count(labels: NDArray[np.bool_], scores: NDArray[np.floating[Any]], where: str) -> Counts:
    """Sort one concept's packed scores and read the counts off."""
    keys, split = _pack(labels, scores.view(_BITS[scores.dtype.itemsize]))
    return _read_off(keys, split, scores, where)


def _read_off(keys: NDArray[Any], split: int, scores: NDArray[np.floating[Any]], where: str) -> Counts:
    """Sort the keys of one concept in place, those of scores below zero apart, and read the counts off."""
    kind = _BITS[scores.dtype.itemsize]
    upper, lower = keys[:split], keys[split:]
    upper.sort()
    lower.sort()
    largest = max(int(~upper[0]) >> 1 if len(upper) else 0, int(lower[-1]) >> 1 if len(lower) else 0)
    if largest >= int(np.asarray(np.inf, scores.dtype).view(kind)):
        row = int(np.flatnonzero(~np.isfinite(scores))[0])
        raise ValueError(f"Scores must be finite; row {row}{where} is {scores[row]}. Drop or repair that row.")
    rows = 1 + _num_distinct(upper) + _num_distinct(lower)
    thresholds = np.empty(rows, scores.dtype)
    tps, fps = np.empty(rows, np.int32), np.empty(rows, np.int32)
    thresholds[0], tps[0], fps[0] = np.inf, 0, 0
    first = _read(upper, thresholds.view(kind), tps, fps, 1, flip=True)
    _read(lower, thresholds.view(kind), tps, fps, first, flip=False)
    np.negative(thresholds[first:], out=thresholds[first:])
    return Counts(thresholds, tps, fps)


def _pack(labels: NDArray[np.bool_], bits: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Return keys whose ascending order is the scores' descending one, and where those below zero begin.

    Each sign is ordered by magnitude, which leaves the sign's bit to the label: of scores from zero up the key
    is ``~(bits << 1 | label)``, of those below ``bits << 1 | not label``.
    """
    kind = bits.dtype.type
    sign, one = kind(1 << (8 * bits.dtype.itemsize - 1)), kind(1)
    keys, front, back = np.empty(len(bits), kind), 0, len(bits)
    for start in range(0, len(bits), _BLOCK):
        block, truth = bits[start : start + _BLOCK], labels[start : start + _BLOCK]
        if block.max() >= sign:
            block = np.where(block == sign, kind(0), block)  # -0.0 is the 0.0 it equals
            below = block >= sign
            negative, fresh = block[below] << one, back - int(np.count_nonzero(below))
            np.bitwise_or(negative, ~truth[below], out=keys[fresh:back])
            back, block, truth = fresh, block[~below], truth[~below]
        key = keys[front : front + len(block)]
        np.left_shift(block, one, out=key)
        np.bitwise_or(key, truth, out=key)
        np.invert(key, out=key)
        front += len(key)
    return keys, front


def _pack_together(labels: NDArray[np.bool_], bits: NDArray[Any]) -> NDArray[Any] | None:
    """Return the keys of several columns, a row for each; None when a score has its sign set.

    Packing while a block is in the cache and turning it there costs a quarter of copying the columns of scores
    and labels first.
    """
    kind = bits.dtype.type
    sign, one = kind(1 << (8 * bits.dtype.itemsize - 1)), kind(1)
    keys = np.empty(bits.shape[::-1], kind)
    starts = range(0, len(bits), _TURNED)

    def pack(share: int) -> bool:
        for start in starts[share::_SHARES]:
            block = bits[start : start + _TURNED]
            if block.max() >= sign:
                return False
            packed = block << one
            np.bitwise_or(packed, labels[start : start + _TURNED], out=packed)
            np.invert(packed, out=packed)
            keys[:, start : start + len(block)] = packed.T
        return True

    return keys if all(in_threads(pack, range(_SHARES), work=bits.size)) else None


def _num_distinct(keys: NDArray[Any]) -> int:
    """Count the distinct scores among sorted keys."""
    steps = 0
    for start in range(0, len(keys) - 1, _BLOCK):
        block = keys[start : start + _BLOCK + 1]
        steps += int(np.count_nonzero((block[1:] ^ block[:-1]) > 1))
    return steps + (len(keys) > 0)


def _read(
    keys: NDArray[Any],
    patterns: NDArray[Any],
    tps: NDArray[np.int32],
    fps: NDArray[np.int32],
    first: int,
    *,
    flip: bool,
) -> int:
    """Write score patterns and cumulative counts at the last key of each tie, from row ``first``; return the end."""
    seen, negatives, row = int(tps[first - 1]) + int(fps[first - 1]), int(fps[first - 1]), first
    last = np.ones(min(_BLOCK, len(keys)), bool)
    for start in range(0, len(keys), _BLOCK):
        block = keys[start : start + _BLOCK + 1]
        size = min(_BLOCK, len(keys) - start)
        last[size - 1] = True
        np.greater(block[1:] ^ block[:-1], 1, out=last[: len(block) - 1])
        ends = np.flatnonzero(last[:size])
        below = np.cumsum((block[:size] & 1).astype(np.int32), dtype=np.int32)
        stop = row + len(ends)
        chosen = block[ends]
        np.right_shift(~chosen if flip else chosen, 1, out=patterns[row:stop])
        np.add(below[ends], negatives, out=fps[row:stop])
        np.subtract((ends + (seen + 1)), fps[row:stop], out=tps[row:stop], casting="unsafe")
        seen, negatives, row = seen + size, negatives + int(below[-1]), stop
    return row
