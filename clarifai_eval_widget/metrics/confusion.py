"""Crossing labels with predictions: which concept's inputs are given to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["crossed", "crossed_at", "order_by_confusion", "top_scored"]

_BLOCK = 1 << 16  # rows turned into floats at once


def crossed(
    labels: NDArray[np.bool_], values: NDArray[Any], known: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Sum values over the inputs labelled with each concept.

    Parameters
    ----------
    labels
        ``(N, K)`` bool.
    values
        ``(N, K)`` scores, or bool: which concepts each input is given.
    known
        ``(N, K)`` where a value counts; None for everywhere.

    Returns
    -------
    numpy.ndarray
        ``(K, K)`` float64, rows the labels, columns the values' concepts; whole numbers of bool values are exact.
    """
    total = np.zeros((labels.shape[1], values.shape[1]))
    # float32 is twice as fast, and holds the whole numbers that a block of bool values can add up to
    kind: type[np.floating[Any]] = np.float32 if values.dtype == bool else np.float64
    for start in range(0, len(values), _BLOCK):
        rows = slice(start, start + _BLOCK)
        weights = values[rows].astype(kind)
        if known is not None:
            weights = np.where(known[rows], weights, kind(0))
        total += labels[rows].T.astype(kind) @ weights
    return total


def top_scored(scores: NDArray[Any], sent: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Return ``(N, K)`` bool: the concept of each input's highest score, the first of equals.

    ``sent`` tells where there is a score at all; None for everywhere.
    """
    top = np.zeros(scores.shape, bool)
    if scores.size:
        held = scores if sent is None else np.where(sent, scores, -1.0)
        top[np.arange(len(scores)), held.argmax(axis=1)] = True
    return top


def crossed_at(
    labels: NDArray[np.bool_],
    scores: NDArray[Any],
    thresholds: NDArray[Any],
    known: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """Count, at many thresholds at once, the inputs labelled with each concept that score at least so much for each.

    Parameters
    ----------
    labels, scores
        ``(N, J)`` bool, and ``(N, K)`` floats.
    thresholds
        ``(M,)`` ascending, of the scores' dtype.
    known
        ``(N, K)`` where a score counts; None for everywhere.

    Returns
    -------
    numpy.ndarray
        ``(J, K, M)`` int64: rows the labels, columns the scores' concepts.
    """
    size, most = labels.shape[1], len(thresholds)
    rows, owners = np.nonzero(labels)
    found = np.zeros((size, scores.shape[1], most), np.int64)
    for k in range(scores.shape[1]):
        place = np.searchsorted(thresholds, scores[:, k], side="right")
        at = owners * (most + 1) + place[rows]
        if known is not None:
            at = at[known[rows, k]]
        reached = np.bincount(at, minlength=size * (most + 1)).reshape(size, most + 1)
        found[:, k] = reached[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    return found


def order_by_confusion(strength: NDArray[np.float64]) -> NDArray[np.intp]:
    """Order concepts so that those which are confused stand beside each other.

    A chain that begins with the strongest pair, and to whose two ends is added, one at a time, the concept most
    confused with either. The first of equals is taken, so that without confusions the order is the given one.

    Parameters
    ----------
    strength
        ``(K, K)`` how much the row is taken for the column; the diagonal does not matter, NaN counts as 0.

    Returns
    -------
    numpy.ndarray
        ``(K,)`` a permutation of the concepts.
    """
    size = len(strength)
    if size < 3:
        return np.arange(size)
    both = np.nan_to_num(strength) + np.nan_to_num(strength).T
    np.fill_diagonal(both, -1.0)
    if both.max() <= 0:
        return np.arange(size)
    first, last = (int(one) for one in np.unravel_index(both.argmax(), both.shape))
    chain = [first, last]
    both[:, chain] = -1.0
    for _ in range(size - 2):
        at_start, at_end = both[chain[0]], both[chain[-1]]
        if at_start.max() > at_end.max():
            chain.insert(0, int(at_start.argmax()))
            both[:, chain[0]] = -1.0
        else:
            chain.append(int(at_end.argmax()))
            both[:, chain[-1]] = -1.0
    return np.array(chain)
