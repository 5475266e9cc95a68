"""Two evaluations at a threshold, and how many inputs it would take to tell them apart."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.evaluation.carrying import carrying_conditions
from clarifai_eval_widget.evaluation.compare import OTHER_FOLDS, paired_difference
from clarifai_eval_widget.evaluation.compared_figure import FIGURES, Asked
from clarifai_eval_widget.evaluation.cut_lists import left_open
from clarifai_eval_widget.evaluation.intervals import POOLED
from clarifai_eval_widget.evaluation.looking import at_every_look, level_of, p_value_of
from clarifai_eval_widget.evaluation.named import by_name_too
from clarifai_eval_widget.evaluation.pairing import paired
from clarifai_eval_widget.metrics.arrays import to_dtype

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.compared_figure import Figure
    from clarifai_eval_widget.evaluation.cut_lists import Measure
    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.uncertainty import DecisionDifference, InputsNeeded

__all__ = ["compare_decisions", "inputs_needed"]

_BY_FOLDS = "tested by the corrected resampled t of"


@by_name_too
@carrying_conditions
def compare_decisions(
    e: EvaluationData,
    other: EvaluationData,
    concept: str,
    *,
    threshold: float | tuple[float, float] = 0.5,
    confidence_level: float = 0.95,
) -> DecisionDifference:
    """Test by McNemar whether another evaluation decides a concept equally often right at a threshold.

    Of recipes cross-validated in the same folds by the corrected resampled t of the folds' shares; in different folds
    there is no test, and ``reason`` says so.

    Parameters
    ----------
    other
        As in :meth:`compare`.
    concept
        A concept id of both.
    threshold
        One for both, or one each.
    confidence_level
        Of the interval.

    Raises
    ------
    ValueError
        As :meth:`compare`.
    """
    pairs = paired(e, other)
    other.column(concept)
    labels, first, second, known = pairs.arrays([concept])
    chosen = known[:, 0]
    found = uncertainty.compare_decisions(
        labels[chosen, 0],
        first[chosen, 0],
        second[chosen, 0],
        threshold,
        groups=None if pairs.groups is None else pairs.groups[chosen],
        folds=None if pairs.folds is None else pairs.folds[chosen],
        confidence_level=level_of((e, other), confidence_level),
    )
    found = replace(found, p_value=p_value_of((e, other), found.p_value))
    first_at, second_at = threshold if isinstance(threshold, tuple) else (threshold, threshold)
    untested = OTHER_FOLDS if pairs.other_folds else left_open(pairs, [concept], _right(first_at), _right(second_at))
    if untested:
        nan = float("nan")
        found = replace(found, interval=(nan, nan), p_value=nan, method="", reason=untested)
    elif pairs.pooled and pairs.folds is None:
        found = replace(found, method=found.method + POOLED)
    return at_every_look((e, other), found, confidence_level)


def _right(threshold: float) -> Measure:
    """Return what gives the share of decisions at a threshold that are right."""

    def share(labels: NDArray[np.bool_], scores: NDArray[Any], known: NDArray[np.bool_]) -> float:
        return float(((scores >= to_dtype(threshold, scores.dtype)) == labels)[known].mean()) if known.any() else 0.0

    return share


@by_name_too
@carrying_conditions
def inputs_needed(
    e: EvaluationData,
    other: EvaluationData,
    concept: str | None = None,
    *,
    difference: float | None = None,
    power: float = 0.8,
    significance: float = 0.05,
    figure: Figure = "roc_auc",
    threshold: float = 0.5,
) -> InputsNeeded:
    """Say how many labelled inputs of the same make-up would tell two evaluations apart.

    By the test that :meth:`compare` makes. Of recipes cross-validated in the same folds that is the corrected resampled
    t, which goes by the number of folds: it is taken to stay. The result's ``reason`` says so.

    Parameters
    ----------
    other
        As in :meth:`compare`.
    concept
        A concept id of both, or None for the mean over all.
    difference
        The smallest true difference worth finding; None for the one measured.
    power
        The chance to find it.
    significance
        The two-sided level of the test to come.
    figure, threshold
        As in :meth:`compare`.

    Raises
    ------
    ValueError
        As :meth:`compare`, or when an option is out of its range.
    """
    pairs = paired(e, other)
    concepts = pairs.concepts if concept is None else (concept,)
    if not pairs.other_folds and Asked(figure, threshold=threshold).left_open(pairs, concepts):
        tested = paired_difference(pairs, concepts, figure=figure, threshold=threshold)  # what was measured stays
        return uncertainty.inputs_for(
            tested, len(pairs.rows[0]), difference=difference, power=power, significance=significance
        )
    labels, first, second, known = pairs.arrays(concepts)
    if pairs.folds is not None or pairs.other_folds:
        tested = paired_difference(
            pairs, concepts, figure=figure, threshold=threshold, confidence_level=1 - significance
        )
        number, folds = int(known.all(axis=1).sum()), tested.units
        plan = uncertainty.inputs_for(
            tested, number, difference=difference, power=power, significance=significance, df=max(folds - 1, 1)
        )
        by = "" if math.isnan(plan.standard_error) else f"{_BY_FOLDS} {folds} folds (Nadeau and Bengio)"
        return replace(plan, reason="; ".join(filter(None, [plan.reason, by])))
    groups = pairs.groups
    whole = None if known.all() else known
    if concept is not None:
        chosen = known[:, 0]
        labels, first, second = (one[chosen, 0] for one in (labels, first, second))
        groups, whole = (None if groups is None else groups[chosen]), None
    found = uncertainty.inputs_needed(
        labels,
        first,
        second,
        difference=difference,
        power=power,
        significance=significance,
        figure=FIGURES[figure],
        threshold=threshold,
        known=whole,
        groups=groups,
    )
    return replace(found, reason=(found.reason + POOLED).removeprefix("; ")) if pairs.pooled else found
