"""Intervals and tests of an evaluation that has not ended: they hold at every look, so that one may stop on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from clarifai_eval_widget import uncertainty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.operating_point import AbstainPoint, PrevalenceEstimate
    from clarifai_eval_widget.uncertainty import AucEstimate, DecisionDifference, FigureDifference, FigureEstimate

    Estimate = TypeVar(
        "Estimate",
        bound=AucEstimate | FigureEstimate | FigureDifference | DecisionDifference | AbstainPoint | PrevalenceEstimate,
    )

__all__ = [
    "AT_EVERY_LOOK",
    "AT_THIS_LOOK",
    "at_every_look",
    "guarantee_now",
    "labelled",
    "level_now",
    "level_of",
    "p_value_now",
    "p_value_of",
    "planned_inputs",
]

AT_EVERY_LOOK = "; holds at every look while it runs"
"""What is said beside the method of an interval or a test of a part of the results."""
AT_THIS_LOOK = "; holds at this look alone, not at every one while it runs"
"""What is said where no method is known that holds at every look."""


def planned_inputs(e: EvaluationData) -> int:
    """Return how many inputs there will be; those there are, where nobody says."""
    return max(e.info.inputs or 0, e.num_inputs)


def level_now(e: EvaluationData, confidence_level: float, *, looked: bool = False) -> float:
    """Return the level of an interval made now: the one asked for at the end, a higher one before.

    Inputs are scored in random order, so that those so far stand for all. Folds are few and share their training
    data, which no sequence knows of: each look has its part of the level (Bonferroni).

    Parameters
    ----------
    e
        The evaluation.
    confidence_level
        Of all looks together.
    looked
        Whether somebody looked before the end, and would have stopped then: the end is one more look.
    """
    if e.complete and not looked:
        return confidence_level
    if e.folds is not None:
        return 1 - (1 - confidence_level) / _looks(e)
    if not e.num_inputs:
        return confidence_level
    return uncertainty.sequential_level(e.num_inputs / planned_inputs(e), confidence_level)


def level_of(evaluations: Sequence[EvaluationData], confidence_level: float) -> float:
    """Return the level of an interval of several evaluations: that of the one with most looks before it."""
    return max(level_now(e, confidence_level) for e in evaluations)


def guarantee_now(e: EvaluationData, guarantee: float) -> float:
    """Return the confidence of a guarantee as :func:`level_now` does; one that is none is left to be refused."""
    return level_now(e, guarantee) if 0 < guarantee < 1 else guarantee


def p_value_now(e: EvaluationData, p_value: float) -> float:
    """Return a test's p-value as :func:`level_now` has its interval."""
    if e.complete:
        return p_value
    if e.folds is not None:
        return min(1.0, p_value * _looks(e)) if p_value == p_value else p_value  # noqa: PLR0124 - NaN stays
    return uncertainty.p_value_of_looks(p_value, e.num_inputs / planned_inputs(e)) if e.num_inputs else p_value


def p_value_of(evaluations: Sequence[EvaluationData], p_value: float) -> float:
    """Return the p-value of a test of several evaluations as :func:`level_of` has its interval."""
    return max(p_value_now(e, p_value) for e in evaluations)


def labelled(e: EvaluationData, found: Estimate, confidence_level: float) -> Estimate:
    """Say beside an estimate at what level it holds, and that it does so at every look, where it is of a part."""
    if e.complete:
        return found
    method = found.method.removesuffix(AT_EVERY_LOOK) + AT_EVERY_LOOK if found.method else ""
    return replace(found, confidence_level=confidence_level, method=method)


def at_every_look(evaluations: Sequence[EvaluationData], found: Estimate, confidence_level: float) -> Estimate:
    """Say the same of an estimate made of several evaluations, where one of them is of a part."""
    for e in evaluations:
        found = labelled(e, found, confidence_level)
    return found


def _looks(e: EvaluationData) -> int:
    return max(e.info.folds or 0, len(e.fold_numbers), 1)
