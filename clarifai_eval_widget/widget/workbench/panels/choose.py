"""Thresholds by every criterion, with what each would give, before one of them is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import RequirementsError
from clarifai_eval_widget.evaluation.choices import cross_fitted_points
from clarifai_eval_widget.operating_point import Criterion, InfeasibleError, guaranteed_point
from clarifai_eval_widget.operating_point.choosing import choose_row, rates_at
from clarifai_eval_widget.widget.wire.heads import ThresholdOffer  # noqa: TC001 - the head's types are read while it runs
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clarifai_eval_widget.evaluation import Evaluation

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
    "expected_cost": "cost an input",
}
_NOT_HONEST = "what is guaranteed needs no second measurement"


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


@dataclass(frozen=True)
class _Asked:
    """A criterion by the name of its button."""

    name: str
    keywords: Mapping[str, Any]
    guarantee: float | None = None

    @property
    def python(self) -> str:
        """As it is written in Python."""
        given = dict(self.keywords) | ({} if self.guarantee is None else {"guarantee": self.guarantee})
        return ", ".join(f"{name}={value!r}" for name, value in given.items() if value is not None)


@dataclass(frozen=True)
class _Choice:
    """What a criterion gives for one concept."""

    threshold: float = np.nan
    value: float = np.nan
    rates: Mapping[str, float] | None = None
    honest: float = np.nan
    spread: float = np.nan
    reason: str = ""


def _asked(params: Mapping[str, Any]) -> list[_Asked]:
    """List the criteria, in the order in which they are offered."""
    at = {"prevalence": params["prevalence"]}
    recall, precision, fpr = ({name: params[name[4:]]} for name in ("min_recall", "min_precision", "max_fpr"))
    sure = params["guarantee"]
    return [
        _Asked("f1", {"maximize": "f1"} | at),
        _Asked("recall", recall | at),
        _Asked("precision", precision | at),
        _Asked("fpr", fpr | at),
        _Asked("cost", {"fp_cost": params["fp_cost"], "fn_cost": params["fn_cost"]} | at),
        _Asked("recall_guaranteed", recall | at, sure),
        _Asked("precision_guaranteed", precision | at, sure),
        _Asked("fpr_guaranteed", fpr | at, sure),
        _Asked("fbeta", {"maximize": "fbeta", "beta": params["beta"]} | at),
        _Asked("youden_j", {"maximize": "youden_j"} | at),
        _Asked("mcc", {"maximize": "mcc"} | at),
        _Asked("equal_error_rate", {"equal_error_rate": True} | at),
    ]


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
    every = [_of_concept(evaluation, one, asked, honest=not unmeasured) for one in chosen]
    by_criterion = list(zip(*every, strict=True)) if every else [() for _ in asked]
    offers = [_offer(one, found, unmeasured) for one, found in zip(asked, by_criterion, strict=True)]
    thresholds = np.array([choice.threshold for found in by_criterion for choice in found], np.float64)
    head: ChooseHead = {"concept": concept, "offers": offers}
    return Section(head, {"thresholds": thresholds})


def _unmeasured(evaluation: Evaluation, concepts: int) -> str:
    """Say why no honest estimate is made; empty when one is."""
    if not evaluation.complete:
        return "estimated when the evaluation has ended"
    if evaluation.num_inputs * concepts > _MOST_DECISIONS:
        return "too many decisions to estimate here: e.cross_fitted_point(…) does"
    return ""


def _of_concept(evaluation: Evaluation, concept: str, asked: Sequence[_Asked], *, honest: bool) -> list[_Choice]:
    """Choose one concept's threshold by every criterion."""
    counts = evaluation.counts(concept)
    wanted: list[Criterion | str] = [_criterion(one) for one in asked]
    plain = [w for one, w in zip(asked, wanted, strict=True) if one.guarantee is None and isinstance(w, Criterion)]
    measured: dict[int, tuple[float, float]] = {}
    if honest:
        measured = _measured(evaluation, concept, plain)
    return [
        _Choice(reason=w) if isinstance(w, str) else _choice(counts, one, w, measured.get(id(w)))
        for one, w in zip(asked, wanted, strict=True)
    ]


def _criterion(one: _Asked) -> Criterion | str:
    """Make the criterion, or say what is wrong with the numbers given."""
    try:
        return Criterion(**one.keywords)
    except ValueError as error:
        return str(error)


def _measured(evaluation: Evaluation, concept: str, wanted: Sequence[Criterion]) -> dict[int, tuple[float, float]]:
    """Measure criteria on folds that took no part in choosing."""
    try:
        found = cross_fitted_points(evaluation, concept, wanted)
    except ValueError:  # fewer inputs than it takes to choose and measure apart
        return {}
    return {
        id(one): (estimate.value, estimate.std)
        for one, estimate in zip(wanted, found, strict=True)
        if not isinstance(estimate, InfeasibleError)
    }


def _choice(counts: metrics.Counts, one: _Asked, wanted: Criterion, measured: tuple[float, float] | None) -> _Choice:
    """Choose by one criterion, or say why there is no such threshold."""
    try:
        if one.guarantee is None:
            row = choose_row(counts, wanted)
        else:
            sure = guaranteed_point(counts, guarantee=one.guarantee, **one.keywords)
            row = int(np.flatnonzero(counts.thresholds == sure.threshold)[0])
    except ValueError as error:  # infeasible, or a keyword out of its range
        return _Choice(reason=str(error))
    threshold = _settable(counts, row)
    if np.isnan(threshold):
        return _Choice(reason="It is best to predict nothing, and an input scores 1: no threshold up to 1 does that.")
    tp, fp = int(counts.tps[row]), int(counts.fps[row])
    rates = rates_at(wanted, tp, fp, counts.num_pos, counts.num_neg)
    value = float(wanted.measure(wanted.objective, tp, fp, counts.num_pos, counts.num_neg))
    return _Choice(threshold, value, rates, *(measured or (np.nan, np.nan)))


def _settable(counts: metrics.Counts, row: int) -> float:
    """Return the row's threshold; 1 stands for infinity where nothing scores 1, and NaN where something does."""
    threshold = float(counts.thresholds[row])
    if threshold <= 1:
        return threshold
    return 1.0 if len(counts) < 2 or counts.thresholds[1] < 1 else float("nan")


def _offer(one: _Asked, found: Sequence[_Choice], unmeasured: str) -> ThresholdOffer:
    """Sum up what a criterion gives for one concept, or for several of which each has its own threshold."""
    wanted = _criterion(one)
    qualified = [choice for choice in found if not np.isnan(choice.threshold)]
    rates = {name: metrics.mean_defined([(c.rates or {})[name] for c in qualified])[0] for name in _RATES}
    honest = metrics.mean_defined([choice.honest for choice in qualified])[0]
    without = _NOT_HONEST if one.guarantee is not None else unmeasured or "too few inputs to choose and measure apart"
    return {
        "name": one.name,
        "words": str(wanted) + ("" if one.guarantee is None else f", on new inputs with {one.guarantee:g} confidence"),
        "python": one.python,
        "objective": _OBJECTIVES[wanted.objective] if isinstance(wanted, Criterion) else "",
        "value": _number(metrics.mean_defined([choice.value for choice in qualified])[0]),
        "precision": _number(rates["precision"]),
        "recall": _number(rates["recall"]),
        "f1": _number(rates["f1"]),
        "fpr": _number(rates["fpr"]),
        "qualified": len(qualified),
        "honest": _number(honest),
        "honest_spread": _number(qualified[0].spread) if len(found) == 1 and qualified else None,
        "honest_reason": "" if np.isfinite(honest) else without,
        "reason": next((choice.reason for choice in found if choice.reason), ""),
    }


def _number(value: float) -> float | None:
    """NaN is not JSON: undefined is null."""
    return float(value) if np.isfinite(value) else None


PANEL = Panel(
    "choose",
    travels=False,
    encode=_encode,
    head=ChooseHead,
    params=ChooseParams,
    # Threshold of offer i and concept k is entry i * K + k (K = 1 for one concept); NaN where none qualifies.
    arrays={"thresholds": "f8"},
)
