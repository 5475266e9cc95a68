"""Two evaluations side by side: a paired test where the inputs are the same, else the drop from one to the other."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.compare import compare
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.cut_lists import between
from clarifai_eval_widget.evaluation.decisions import inputs_needed
from clarifai_eval_widget.evaluation.intervals import POOLED
from clarifai_eval_widget.evaluation.looking import AT_EVERY_LOOK, at_every_look, level_of
from clarifai_eval_widget.evaluation.pairing import paired
from clarifai_eval_widget.uncertainty import FigureDifference
from clarifai_eval_widget.uncertainty.formulas import independent_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.uncertainty import InputsNeeded

__all__ = ["Versus", "cautions", "versus"]

_INDEPENDENT = "the intervals of two independent samples, joined (MOVER)"
_COLUMNS = ("first", "second", "difference", "low", "high", "p_value", "p_holm", "method", "reason")
_NO_COUNTS = "only the platform's rates were sent of one of them"


@dataclass(frozen=True, eq=False)
class Versus:
    """How another evaluation differs from a first one."""

    table: pd.DataFrame
    """By concept of both: ``first``, ``second``, ``difference``, ``low``, ``high``, ``p_value``, ``p_holm``,
    ``method`` and ``reason``."""
    overall: FigureDifference
    """The difference of their means over the concepts of both."""
    refusal: str
    """Why there is no paired test, empty where there is one."""
    matched: int
    """Inputs of both; 0 where they cannot be paired."""
    only_first: int
    """Inputs of the first alone, left out of a paired test."""
    only_second: int
    """Inputs of the second alone, left out of a paired test."""
    cautions: tuple[tuple[str, ...], tuple[str, ...]]
    """What to be careful about in the numbers of the first, and of the second."""
    needed: InputsNeeded | None
    """How many inputs would tell them apart; None where they are told apart, or no paired test can be made."""

    @property
    def is_told_apart(self) -> bool:
        """Whether a paired test, at 5 %, says which is better."""
        return self.overall.p_value < 0.05


def versus(first: EvaluationData, second: EvaluationData, *, confidence_level: float = 0.95) -> Versus:
    """Compare the second evaluation with the first, whatever the data of either.

    On the same inputs with equal labels that is :meth:`Evaluation.compare`. On others a paired test is refused, and
    the differences stand with intervals for independent samples where no input is in both; where some are, or nobody
    can know, they stand alone. Where the two have no concept in common the table is empty.
    """
    shared = [concept for concept in first.concepts if concept in second.concepts]
    if not shared:
        return _nothing_shared(first, second)
    try:
        pairs = paired(first, second)
    except (ValueError, EvalError) as error:
        refusal = str(error)
        if first.has_input_ids and second.has_input_ids and not set(first.input_ids) & set(second.input_ids):
            refusal = "they have no input in common"
        return _unpaired(first, second, shared, refusal=refusal, confidence_level=confidence_level)
    frame = compare(first, second, confidence_level=confidence_level)
    overall: FigureDifference = frame.attrs["overall"]
    table = frame.iloc[: len(shared)].rename(columns={"roc_auc": "first", "other_roc_auc": "second"})
    refusal = overall.reason if pairs.other_folds else ""
    undecided = not refusal and not math.isnan(overall.p_value) and not overall.p_value < 0.05
    return Versus(
        table[list(_COLUMNS)],
        overall,
        refusal,
        len(pairs.rows[0]),
        len(pairs.unmatched["only_here"]),
        len(pairs.unmatched["only_there"]),
        cautions(first, second),
        inputs_needed(first, second) if undecided else None,
    )


def _nothing_shared(first: EvaluationData, second: EvaluationData) -> Versus:
    """Say of two evaluations without a concept in common that there is nothing to compare."""
    import pandas as pd

    nan = (math.nan, math.nan)
    refusal = "they have no concept in common"
    table = pd.DataFrame({one: [] for one in _COLUMNS}, index=pd.Index([], name="concept", dtype="str"))
    overall = FigureDifference("macro roc_auc", nan, math.nan, math.nan, nan, math.nan, math.nan, 0.95, "", 0, refusal)
    said = cautions(first, second)
    return Versus(table, overall, refusal, 0, first.num_inputs, second.num_inputs, said, None)


def _unpaired(
    first: EvaluationData, second: EvaluationData, shared: Sequence[str], *, refusal: str, confidence_level: float
) -> Versus:
    import pandas as pd

    both = (first, second)
    level = level_of(both, confidence_level)
    counted = first.has_counts and second.has_counts
    apart_ = counted and first.has_input_ids and second.has_input_ids
    apart_ = apart_ and not set(first.input_ids) & set(second.input_ids)
    reason = "" if apart_ else "no interval: some inputs may be in both" if counted else f"no interval: {_NO_COUNTS}"
    rows = [_row(first, second, concept, level, reason) for concept in shared]
    table = pd.DataFrame(rows, index=pd.Index(shared, name="concept", dtype="str"))
    table["p_value"] = table["p_holm"] = np.nan
    overall = replace(_overall(first, second, table, level, reason), confidence_level=confidence_level)
    overall = at_every_look(both, overall, confidence_level)
    if not (first.complete and second.complete):
        table["method"] = [one and one + AT_EVERY_LOOK for one in table["method"]]
    return Versus(
        table[list(_COLUMNS)], overall, refusal, 0, first.num_inputs, second.num_inputs, cautions(first, second), None
    )


def cautions(first: EvaluationData, second: EvaluationData) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say what to be careful about in the numbers of the first, and of the second."""
    ours, theirs = (tuple(str(one) for one in conditions_of(e) if one.code.page.careful) for e in (first, second))
    return ours, theirs


def _row(first: EvaluationData, second: EvaluationData, concept: str, level: float, reason: str) -> dict[str, Any]:
    values = first.roc_auc(concept), second.roc_auc(concept)
    low = high = math.nan
    reason = reason or between(*(e.numbers.roc_auc_bounds(concept) for e in (first, second)))
    if not reason:
        found = [_area(e, concept, level) for e in (first, second)]
        reason = "; ".join(dict.fromkeys(one.reason for one in found if one.reason))
        if not reason:
            low, high = independent_difference(values, found[0].interval, found[1].interval)
    return {
        "first": values[0],
        "second": values[1],
        "difference": values[1] - values[0],
        "low": low,
        "high": high,
        "method": "" if math.isnan(low) else _INDEPENDENT,
        "reason": reason,
    }


def _area(e: EvaluationData, concept: str, level: float) -> uncertainty.AucEstimate | uncertainty.FigureEstimate:
    """Measure the area of all inputs, folds pooled; of inputs in groups with their interval."""
    if e.groups is None:
        return uncertainty.auc_interval(e.counts(concept), confidence_level=level)
    return uncertainty.clustered_auc(*e.grouped(concept), confidence_level=level)


def _overall(
    first: EvaluationData, second: EvaluationData, table: pd.DataFrame, level: float, reason: str
) -> FigureDifference:
    """The difference of the means over the concepts that have an area in both."""
    defined = table[table["difference"].notna()]
    concepts = list(defined.index)
    found: list[uncertainty.FigureEstimate] = []
    if concepts and not reason:
        bounds = [[e.numbers.roc_auc_bounds(one) for one in concepts] for e in (first, second)]
        reason = between(*np.mean(bounds, axis=1).tolist())
    for e in (first, second):
        if reason or not concepts:
            break
        columns = [e.column(concept) for concept in concepts]
        one = uncertainty.figure_interval(
            e.label_array[:, columns],
            e.score_array[:, columns],
            known=None if e.excluded is None else ~e.excluded[:, columns],
            groups=e.groups,
            confidence_level=level,
        )
        found.append(one)
        reason = reason or one.reason
    means = (float(defined["first"].mean()), float(defined["second"].mean())) if concepts else (math.nan, math.nan)
    error, interval = math.nan, (math.nan, math.nan)
    if len(found) > 1 and not reason:
        error = math.hypot(*(one.standard_error for one in found))
        interval = independent_difference(means, found[0].interval, found[1].interval)
    pooled = first.folds is not None or second.folds is not None
    return FigureDifference(
        "macro roc_auc",
        means,
        means[1] - means[0],
        error,
        interval,
        math.nan,
        math.nan,
        level,
        "" if math.isnan(error) else _INDEPENDENT + (POOLED if pooled else ""),
        len(concepts),
        reason,
    )
