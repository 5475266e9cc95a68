"""Copies of inputs of which nothing is known but labels and scores."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation.predictions import Predictions

__all__ = ["copies_of_each"]

_ENOUGH = 20
"""Different rows before it can be no chance that each comes as often: of two it is in one case of four."""


def copies_of_each(held: Predictions) -> int:
    """Return how often every row of labels and scores comes, or a multiple of that; 1 where they are no copies.

    Scores tie in rounding, in trees and at 0; but then not all of them come twice, or thrice. The classes' sizes are
    looked at first, so that scores are sorted only where these leave it open.
    """
    rows = len(held)
    times = math.gcd(rows, *np.count_nonzero(held.labels, axis=0).tolist()) if rows >= 2 * _ENOUGH else 1
    for scores in held.scores.T:
        if times < 2:
            return 1
        times = math.gcd(times, int(np.gcd.reduce(np.unique(scores, return_counts=True)[1])))
    if times < 2:
        return 1
    whole = np.ascontiguousarray(np.column_stack([held.labels, held.scores]))
    counts = np.unique(whole, axis=0, return_counts=True)[1]
    return int(np.gcd.reduce(counts)) if len(counts) >= _ENOUGH else 1
