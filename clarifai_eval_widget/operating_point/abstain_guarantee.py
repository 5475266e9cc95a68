"""A band of abstention whose decisions keep their error on new inputs too, with a stated confidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics import Counts, undefined_reason
from clarifai_eval_widget.operating_point.abstain import abstain_point
from clarifai_eval_widget.operating_point.guarantee import qualified_rows
from clarifai_eval_widget.operating_point.points import InfeasibleError
from clarifai_eval_widget.words import exact

if TYPE_CHECKING:
    from clarifai_eval_widget.operating_point.abstain import AbstainPoint

__all__ = ["guaranteed_abstain"]


def guaranteed_abstain(
    c: Counts, *, max_error: float, guarantee: float = 0.95, confidence_level: float = 0.95
) -> AbstainPoint:
    """Find the band of the highest coverage whose decisions are wrong in at most a share of new inputs, too.

    Learn then Test, as :func:`guaranteed_point`: upper thresholds are tested for the share of wrong ones among the
    inputs predicted positive, lower ones for that among those predicted negative, each side with half of the
    permitted error, in an order of ranks that the labels have no part in. With the stated confidence *both* kinds
    of decision keep the bound, and so do they together. A side on which nothing qualifies decides nothing.

    Parameters
    ----------
    c
        The concept's counts.
    max_error
        Between 0 and 1, of the decided inputs.
    guarantee
        The confidence, between 0 and 1, for inputs drawn as these were.
    confidence_level
        Of the intervals.

    Raises
    ------
    InfeasibleError
        When nothing can be decided with that confidence, or a class is absent.
    ValueError
        When an option is out of its range.
    """
    for name, value in (("max_error", max_error), ("guarantee", guarantee)):
        if not 0 < value < 1:
            raise ValueError(
                f"{name}={value} must lie between 0 and 1, for instance {0.05 if value == max_error else 0.95}."
            )
    why = undefined_reason(c)
    if why:
        raise InfeasibleError(f"A band needs positives and negatives to be chosen by: {why}.")
    level = (1 - guarantee) / 2
    upper = np.append(np.flatnonzero(qualified_rows(c, "precision", 1 - max_error, level)), 0)
    turned = np.flatnonzero(qualified_rows(_turned(c), "precision", 1 - max_error, level))
    lower = np.append(len(c) - 1 - turned, len(c) - 1)  # the last row: everything is at or above it, nothing below
    above, below = (c.tps + c.fps)[upper], (c.tps + c.fps)[lower]
    decided = np.where(lower[:, None] >= upper, above + (c.num_pos + c.num_neg - below)[:, None], 0)
    if not decided.max():
        raise InfeasibleError(
            f"No band decides anything with an error of at most {exact(max_error)} and {100 * guarantee:.8g} % "
            "confidence. More labelled inputs, or a looser bound, would help."
        )
    wrong = c.fps[upper] + c.fns[lower][:, None]
    best = np.flatnonzero(decided.ravel() == decided.max())
    low_at, high_at = divmod(int(best[np.argmin(wrong.ravel()[best])]), len(upper))
    found = abstain_point(
        c, _below(c, int(lower[low_at])), float(c.thresholds[upper[high_at]]), confidence_level=confidence_level
    )
    return replace(found, guarantee=guarantee, max_error=max_error)


def _turned(c: Counts) -> Counts:
    """Count from the lowest score upwards, negatives as hits: row i decides what row -1 - i does not predict."""
    thresholds = -c.thresholds[::-1]
    return Counts(thresholds, c.tns[::-1].copy(), c.fns[::-1].copy())


def _below(c: Counts, row: int) -> float:
    """Return the lowest threshold that leaves exactly the scores below a row's undecided side: just above the next."""
    if row == len(c) - 1:
        return -np.inf
    return float(np.nextafter(c.thresholds[row + 1], c.thresholds.dtype.type(np.inf)))
