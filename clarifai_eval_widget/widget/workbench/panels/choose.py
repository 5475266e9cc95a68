"""Thresholds by every criterion, with what each would give, before one of them is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import RequirementsError
from clarifai_eval_widget.evaluation.criteria_table import criteria
from clarifai_eval_widget.evaluation.looking import AT_THIS_LOOK
from clarifai_eval_widget.evaluation.offers import Asked, Offered, offered
from clarifai_eval_widget.widget.wire.heads import (  # noqa: TC001 - the head's types are read while it runs
    ThresholdMoves,
    ThresholdOffer,
)
from clarifai_eval_widget.widget.wire.packing import Section, or_null
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Look, Taken
from clarifai_eval_widget.words import exact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.workbench.panel import Baking

__all__ = ["PANEL"]

_MOST_DECISIONS = 2_000_000  # honest estimates of so many take about two seconds
_RATES = ("precision", "recall", "f1", "fpr")
_OBJECTIVES = {
    "f1": "F1",
    "fbeta": "F-beta",
    "youden_j": "Youden’s J",
    "mcc": "MCC",
    "precision": "precision",
    "recall": "recall",
    "equal_error_rate": "error rate",
    "expected_cost": "cost",
}
_MOST_GROUPED = 200_000  # inputs in groups, of which 200 resamples take about a second
_BOUNDS = {"recall": "min_recall", "precision": "min_precision", "fpr": "max_fpr"}
_NOT_HONEST = "what is guaranteed needs no second measurement"
_FIRST: dict[str, Any] = {
    "recall": 0.9,
    "precision": 0.9,
    "fpr": 0.05,
    "beta": 2,
    "fp_cost": 1,
    "fn_cost": 5,
    "guarantee": 0.95,
    "prevalence": None,
}  # as FIRST in js/src/workbench/panels/choose/params.ts


class ChooseHead(TypedDict):
    """What each criterion gives."""

    concept: str | None
    """Null: every concept, each with its own threshold."""
    offers: list[ThresholdOffer]


class ChooseParams(TypedDict):
    """For which concept, and the bounds, costs and prevalence to choose by."""

    concept: str | None
    """Null: for every concept its own threshold."""
    recall: float
    precision: float
    fpr: float
    beta: float
    fp_cost: float
    fn_cost: float
    guarantee: float
    prevalence: float | None
    """Null: the test set's own."""


def _asked(params: Mapping[str, Any]) -> dict[str, Asked]:
    return criteria(**{name: value for name, value in params.items() if name != "concept"})


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    if not evaluation.numbers.has_counts:
        raise RequirementsError(
            "Choosing a threshold needs exact counts, and the server sent only rates: an evaluation with a test set "
            "has them."
        )
    concept: str | None = params["concept"]
    chosen = evaluation.concepts if concept is None else (concept,)
    unmeasured = _unmeasured(evaluation, len(chosen))
    asked = _asked(params)
    unmoved = _unmoved(evaluation, concept)
    every = [offered(evaluation, one, list(asked.values()), honest=not unmeasured, moves=not unmoved) for one in chosen]
    by_criterion = list(zip(*every, strict=True)) if every else [() for _ in asked]
    look = "" if evaluation.complete else AT_THIS_LOOK
    offers = [
        _offer(name, one, found, unmeasured, _moves(found, unmoved, look))
        for (name, one), found in zip(asked.items(), by_criterion, strict=True)
    ]
    thresholds = np.array([one.threshold for found in by_criterion for one in found], np.float64)
    head: ChooseHead = {"concept": concept, "offers": offers}
    return Section(head, {"thresholds": thresholds})


def _unmeasured(evaluation: Evaluation, concepts: int) -> str:
    """Say why no honest estimate is made; empty when one is."""
    if not evaluation.complete:
        return "estimated when the evaluation has ended"
    if evaluation.num_inputs * concepts > _MOST_DECISIONS:
        return "too many decisions to estimate here: e.cross_fitted_point(…) does"
    return ""


def _unmoved(evaluation: Evaluation, concept: str | None) -> str:
    """Say why no threshold has an interval; empty where thresholds have one."""
    if concept is None:
        return "every concept has its own threshold, and an interval of its own: choose for one to see it"
    if evaluation.groups is not None and evaluation.num_inputs > _MOST_GROUPED:
        return "too many inputs in groups to draw from here: e.threshold_intervals(…) does"
    return ""


def _offer(name: str, one: Asked, found: Sequence[Offered], unmeasured: str, moves: ThresholdMoves) -> ThresholdOffer:
    """Sum up what a criterion gives for one concept, or for several of which each has its own threshold."""
    wanted = one.criterion()
    qualified = [one for one in found if not np.isnan(one.threshold)]
    rates = {rate: metrics.mean_defined([(c.rates or {})[rate] for c in qualified])[0] for rate in _RATES}
    honest = metrics.mean_defined([one.honest for one in qualified])[0]
    without = _NOT_HONEST if one.guarantee is not None else unmeasured or "too few inputs to choose and measure apart"
    return {
        "name": name,
        "words": str(wanted)
        + ("" if one.guarantee is None else f", on new inputs with {exact(one.guarantee)} confidence"),
        "python": one.python,
        "objective": _OBJECTIVES[wanted.objective] if not isinstance(wanted, str) else "",
        "value": or_null(metrics.mean_defined([one.value for one in qualified])[0]),
        "precision": or_null(rates["precision"]),
        "recall": or_null(rates["recall"]),
        "f1": or_null(rates["f1"]),
        "fpr": or_null(rates["fpr"]),
        "qualified": len(qualified),
        **moves,
        "honest": or_null(honest),
        "honest_spread": or_null(qualified[0].spread) if len(found) == 1 and qualified else None,
        "honest_reason": "" if np.isfinite(honest) else without,
        "reason": next((one.reason for one in found if one.reason), ""),
    }


def _moves(found: Sequence[Offered], unmoved: str, look: str) -> ThresholdMoves:
    """How far one concept's threshold would move."""
    moves = found[0].moves if len(found) == 1 else None
    if moves is None or np.isnan(moves.low):
        reason = unmoved if moves is None else moves.reason
        return {"threshold_low": None, "threshold_high": None, "threshold_method": "", "threshold_reason": reason}
    method = moves.method + (f", {moves.replicates} resamples" if moves.replicates else "") + look
    return {
        "threshold_low": moves.low,
        "threshold_high": moves.high,
        "threshold_method": method,
        "threshold_reason": "",
    }


def _frame(look: Look) -> Call:
    """Tabulate what is on screen; what was not measured there, for its size or before the end, is not here either."""
    params = dict(look.params)
    concept = params.pop("concept")
    named = {new: params.pop(old) for old, new in _BOUNDS.items()}
    concepts = len(look.evaluation.concepts) if concept is None else 1
    measured = {"held_out": False} if _unmeasured(look.evaluation, concepts) else {}
    return Call("criteria_table", {"concept": concept} | named | params | measured)


def _bake(_: Evaluation, baking: Baking) -> list[dict[str, Any]]:
    """For the concept on screen and for all together: the resamples of each take half a second."""
    return [{**_FIRST, "concept": concept} for concept in dict.fromkeys([baking.shown, None])]


PANEL = Panel(
    "choose",
    travels=False,
    encode=_encode,
    taken=Taken(_frame),
    bake=_bake,
    head=ChooseHead,
    params=ChooseParams,
    # Threshold of offer i and concept k is entry i * K + k (K = 1 for one concept); NaN where none qualifies.
    arrays={"thresholds": "f8"},
)
