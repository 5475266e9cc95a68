"""Counts of two groups of inputs together, from the counts of each: nothing is sorted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics.counting import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["merge_counts"]


def merge_counts(counts_a: Counts, counts_b: Counts) -> Counts:
    """Count two disjoint groups of inputs together: bit for bit what counting them at once gives.

    The distinct scores of the smaller group are looked up among those of the larger one, the rest is copied:
    m log M + M steps for m and M operating points.

    Parameters
    ----------
    counts_a, counts_b
        Of one concept, over scores of one dtype; in either order.

    Raises
    ------
    ValueError
        When the scores differ in dtype, or the decisions of both do not fit int32.
    """
    if counts_a.thresholds.dtype != counts_b.thresholds.dtype:
        raise ValueError(
            f"Counts over {counts_a.thresholds.dtype} and {counts_b.thresholds.dtype} scores cannot be merged; "
            "count both over scores of one dtype."
        )
    if sum(c.num_pos + c.num_neg for c in (counts_a, counts_b)) > np.iinfo(np.int32).max:
        raise ValueError("The decisions of both groups together do not fit int32 counts.")
    large, small = (counts_a, counts_b) if len(counts_a) >= len(counts_b) else (counts_b, counts_a)
    if len(small) == 1:
        return large
    # The larger group's operating point in force at each threshold of the smaller one; +inf of both is row 0. From
    # there down to the smaller group's next threshold, its counts come on top.
    row = len(large) - 1 - np.searchsorted(large.thresholds[::-1], small.thresholds)
    fresh = large.thresholds[row] != small.thresholds
    place = row[fresh] + 1
    spans = np.diff(np.append(row + fresh, len(large)))

    def together(of_large: NDArray[np.int32], of_small: NDArray[np.int32]) -> NDArray[np.int32]:
        merged: NDArray[np.int32] = np.insert(
            of_large + np.repeat(of_small, spans), place, of_large[place - 1] + of_small[fresh]
        )
        return merged

    return Counts(
        np.insert(large.thresholds, place, small.thresholds[fresh]),
        together(large.tps, small.tps),
        together(large.fps, small.fps),
    )
