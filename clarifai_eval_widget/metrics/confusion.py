"""Crossing labels with predictions: which concept's inputs are given to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["crossed", "top_scored"]

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
    for start in range(0, len(values), _BLOCK):
        rows = slice(start, start + _BLOCK)
        weights = values[rows].astype(np.float64)
        if known is not None:
            weights = np.where(known[rows], weights, 0.0)
        total += labels[rows].T.astype(np.float64) @ weights
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
