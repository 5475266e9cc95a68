"""What inputs that come in groups are worth, for intervals of rates and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.evaluation.looking import AT_EVERY_LOOK, level_now
from clarifai_eval_widget.uncertainty.effective import rate_interval, rate_method
from clarifai_eval_widget.words import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.metrics import Calibration
    from clarifai_eval_widget.uncertainty import EffectiveSizes

__all__ = ["bin_intervals", "sizes_of"]


def sizes_of(e: EvaluationData, concept: str, confidence_level: float) -> EffectiveSizes | None:
    """Return the effective sizes of a concept's rates, or None where inputs are independent."""
    if e.groups is None:
        return None
    return uncertainty.effective_sizes(*e.grouped(concept), e.counts(concept), confidence_level=confidence_level)


def bin_intervals(
    e: EvaluationData, concept: str | None, found: Calibration, *, confidence_level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
    """Return the interval of each reliability bin's share of positives, and how it was made.

    Of independent decisions Agresti and Coull's, exact below ten. Those of inputs in groups are not independent, nor
    those of one input on several concepts: theirs is for the effective sizes of the groups, or of the inputs.
    """
    held, confidence_level = e.numbers.predictions("Calibration needs every score"), level_now(e, confidence_level)
    looked = "" if e.complete else AT_EVERY_LOOK
    column = slice(None) if concept is None else e.column(concept)
    apart = e.groups is None and (concept is not None or len(e.concepts) == 1)
    if apart or not len(found.sizes):
        low, high = rate_interval(found.positives, found.sizes, confidence_level=confidence_level)
        return np.asarray(low), np.asarray(high), f"{rate_method()}{looked}"
    labels, scores = held.listed(column)
    rows = held.listed_rows(column)
    groups = rows if e.groups is None else e.groups[rows]
    sizes = uncertainty.effective_sizes_of_shares(
        labels, found.places(scores), groups, len(found.sizes), confidence_level=confidence_level
    )
    low, high = rate_interval(found.positives, found.sizes, sizes, confidence_level=confidence_level)
    number = plural(len(np.unique(groups)), "input" if e.groups is None else "group")
    return low, high, f"{rate_method(f'for the effective sizes of {number}')}{looked}"
