"""How sure the areas on screen are: what `Evaluation` says of each concept and of their mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.evaluation.looking import labelled, level_now
from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.uncertainty.results import FigureEstimate, normal_estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.uncertainty import AucEstimate

__all__ = ["concept_intervals", "macro_interval"]

LEVEL = 0.95
_MOST_DECISIONS = 4_000_000  # an exact interval of so many takes half a second, beside a tenth for all else
_NO_COUNTS = "the platform sent rates, not counts"


def concept_intervals(evaluation: Evaluation) -> list[AucEstimate]:
    """Estimate every concept's area with its interval, in their order; with a reason where there is none."""
    if not evaluation.numbers.has_counts:
        return [_without_counts(evaluation, concept) for concept in evaluation.concepts]
    concepts, rows = evaluation.concepts, sum(map(len, evaluation.all_counts()))
    return in_threads(lambda k: evaluation.roc_auc_interval(concepts[k], LEVEL), range(len(concepts)), work=rows)


def macro_interval(evaluation: Evaluation, concepts: Sequence[AucEstimate]) -> FigureEstimate | None:
    """Estimate the interval of the mean area over the concepts that have one.

    Parameters
    ----------
    evaluation
        Complete or not: before the end, intervals are made to hold at every look.
    concepts
        The estimates of its concepts.

    Returns
    -------
    FigureEstimate or None
        None where there is no interval: of rates only, or when one of the concepts has no variance.
    """
    defined = [one for one in concepts if not math.isnan(one.roc_auc)]
    if not defined or not evaluation.numbers.has_counts:
        return None
    if evaluation.folds is not None:
        found = evaluation.figure_interval(confidence_level=LEVEL)
        return None if found.reason else found
    if any(math.isnan(one.variance) for one in defined):
        return None
    if evaluation.score_array.size > _MOST_DECISIONS and evaluation.groups is None:
        return labelled(evaluation, _at_most(defined, level_now(evaluation, LEVEL)), LEVEL)
    found = evaluation.figure_interval(confidence_level=LEVEL)
    return None if found.reason or found.units != len(defined) else found


def _at_most(defined: Sequence[AucEstimate], level: float) -> FigureEstimate:
    """An interval no narrower than the exact one: concepts' errors are added as if they always went the same way."""
    return normal_estimate(
        "macro roc_auc",
        float(np.mean([one.roc_auc for one in defined])),
        float(np.mean([math.sqrt(one.variance) for one in defined])),
        normal_quantile(level),
        confidence_level=level,
        method="at most: DeLong's errors of the concepts, as if they always went the same way",
        units=len(defined),
    )


def _without_counts(evaluation: Evaluation, concept: str) -> AucEstimate:
    num_pos, num_neg = evaluation.class_sizes(concept)
    nowhere = (math.nan, math.nan)
    return uncertainty.AucEstimate(
        evaluation.roc_auc(concept), math.nan, nowhere, LEVEL, num_pos, num_neg, reason=_NO_COUNTS
    )
