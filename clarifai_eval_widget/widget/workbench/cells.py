"""The cells of a large matrix in as few bytes as the page needs: digits it prints, and of too many the strongest."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.widget.wire.varints import to_varints

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AS_THOUSANDTHS", "MOST_BYTES", "UNKNOWN", "fitted", "thousandths"]

AS_THOUSANDTHS = 200
"""Beyond so many concepts the cells are a picture, and mean scores travel as the three decimals one reads."""
MOST_BYTES = 1_250_000
"""What the cells of one matrix come to at most, packed."""
UNKNOWN = 0xFFFFFFFF
"""Stands among thousandths for an undefined mean."""


def thousandths(means: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Round as the page does, which prints three decimals: halves of the shortest decimals up; NaN is ``UNKNOWN``."""
    near = np.floor(np.round(np.nan_to_num(means) * 1000, 9) + 0.5)
    return np.where(np.isnan(means), UNKNOWN, near).astype(np.uint32)


def fitted(arrays: dict[str, NDArray[np.uint32]], most: int = MOST_BYTES) -> tuple[dict[str, NDArray[np.uint32]], int]:
    """Set the weakest cells to 0 until all fit; the diagonal stays, and what is undefined.

    Parameters
    ----------
    arrays
        ``K * K`` values each. A cell is as strong as its value in the first.
    most
        How many bytes they may come to, packed.

    Returns
    -------
    arrays, least
        And how strong a cell is at least that is still there; 0 when all are.
    """
    first = next(iter(arrays.values()))
    size = int(np.sqrt(len(first)))
    kept = (first == UNKNOWN) | np.eye(size, dtype=bool).ravel()
    least = 0
    while (come_to := sum(map(_packed, arrays.values()))) > most:
        strengths = next(iter(arrays.values()))[~kept]
        strengths = strengths[strengths > 0]
        if not len(strengths):
            break
        left_out = int(len(strengths) * (1 - 0.95 * most / come_to))
        least = max(int(np.partition(strengths, left_out)[left_out]), int(strengths.min()) + 1)
        there = kept | (first >= least)
        arrays = {name: np.where(there, values, 0).astype(np.uint32) for name, values in arrays.items()}
    return arrays, least


def _packed(values: NDArray[Any]) -> int:
    return len(zlib.compress(to_varints(values), 1))
