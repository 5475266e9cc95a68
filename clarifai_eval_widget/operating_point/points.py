"""What choosing a threshold gives back; :mod:`operating_point` makes these."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, fields
from html import escape
from typing import TYPE_CHECKING, Protocol

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.words import exact

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CrossFitted", "FoldPoint", "GuaranteedPoint", "InfeasibleError", "OperatingPoint", "ThresholdInterval"]


class InfeasibleError(EvalError, ValueError):
    """No threshold does what was asked.

    Parameters
    ----------
    message
        What was asked, and the best that can be had.
    best
        The best attainable value of each bounded rate, given the other bounds; empty when the criterion is
        undefined for the concept.
    """

    def __init__(self, message: str, *, best: Mapping[str, float] | None = None) -> None:
        super().__init__(message)
        self.best = dict(best or {})


@dataclass(frozen=True, repr=False)
class ThresholdInterval(Brief):
    """An interval of a chosen threshold: of where the population's best one, or the one at the bound, lies."""

    criterion: str
    """The criterion in words."""
    threshold: float
    """Chosen on the inputs themselves."""
    low: float
    """The lower end, one of the scores; NaN with a reason where there are too few inputs to say."""
    high: float
    """The upper end; NaN as the lower one."""
    confidence_level: float
    """Between 0 and 1."""
    replicates: int
    """The number of resamples; 0 where a bounded rate's interval says it all."""
    infeasible: int
    """In how many of them no threshold met the criterion; these are left out of the percentiles."""
    seed: int
    """The same seed gives the same interval."""
    method: str
    """In words, to be shown beside the interval."""
    reason: str = ""
    """Why there is no interval, or an empty string."""


class ChoosesAgain(Protocol):
    """Gives the interval of a chosen threshold, for which it chooses again on resamples."""

    @property
    def drawn(self) -> bool:
        """Whether the resamples are drawn, so that an interval costs nothing more."""

    def __call__(self, confidence_level: float, /) -> ThresholdInterval:
        """Return the interval of a confidence level."""


@dataclass(frozen=True, repr=False)
class OperatingPoint:
    """A threshold, why it was chosen, and what it does to the inputs it was chosen on.

    With a stated prevalence, ``precision``, ``f1`` and the criterion's value are those expected in deployment;
    counts stay the test set's.
    """

    criterion: str
    """The criterion in words."""
    value: float
    """The criterion's value at the threshold."""
    interval: tuple[float, float]
    """Interval of the value at this threshold; that the threshold was chosen on these data is not in it."""
    threshold: float
    """Positive is ``score >= threshold``; ``inf`` where it is best to predict nothing."""
    tp: int
    """Positives at or above the threshold."""
    fp: int
    """Negatives at or above the threshold."""
    fn: int
    """Positives below the threshold."""
    tn: int
    """Negatives below the threshold."""
    precision: float
    """NaN when nothing is predicted."""
    recall: float
    """NaN when there are no positives."""
    fpr: float
    """False positive rate; NaN when there are no negatives."""
    f1: float
    """NaN when nothing is positive nor predicted."""
    precision_interval: tuple[float, float]
    """Agresti and Coull's, exact below ten, as on the sweep, or with a stated prevalence quantiles of the re-weighted
    precision; of inputs in groups for the effective number of inputs."""
    recall_interval: tuple[float, float]
    """As of precision; a stated prevalence is nothing to it."""
    confidence_level: float
    """Of the intervals."""
    prevalence: float | None
    """The deployment prevalence the user stated, or None for the test set's."""
    note: str = field(
        default="optimistic: chosen and measured on the same inputs; cross-fitting gives the honest estimate",
        kw_only=True,
    )
    """What to bear in mind: stands beside the numbers wherever the point is printed."""
    method: str = field(default="", kw_only=True)
    """Of the intervals, in words, to be shown beside them."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""
    chosen_again: ChoosesAgain | None = field(default=None, kw_only=True, compare=False)
    """Chooses on resamples of the same inputs, and gives the interval of a confidence level; None where nobody can."""

    @property
    def threshold_interval(self) -> ThresholdInterval | None:
        """How far the threshold would move with another sample of inputs, by 200 resamples drawn when first asked for.

        Also of a guaranteed threshold, which takes up to a second. Before an evaluation has ended it holds at that
        look alone. None of a point made without what it takes to choose again.
        """
        return None if self.chosen_again is None else self.chosen_again(self.confidence_level)

    def __repr__(self) -> str:
        return _point_line(self)

    def _repr_html_(self) -> str:
        return _point_html(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class GuaranteedPoint(OperatingPoint):
    """A threshold whose bounds hold on new inputs with a stated confidence."""

    guarantee: float
    """The confidence in all the bounds at once, over samples of inputs like these."""
    single_confidence: Mapping[str, float]
    """For each bounded rate, 1 minus the exact p-value at this very threshold: what one would have claimed, had it
    been the only one looked at."""
    note: str = field(default="the bounds hold with the stated confidence; what else is measured here is optimistic")
    """What to bear in mind: stands beside the numbers wherever the point is printed."""

    @classmethod
    def of(cls, point: OperatingPoint, *, guarantee: float, single_confidence: Mapping[str, float]) -> GuaranteedPoint:
        """Take over what an operating point says."""
        given = {one.name: getattr(point, one.name) for one in fields(OperatingPoint) if one.name != "note"}
        return cls(**given, guarantee=guarantee, single_confidence=single_confidence)


@dataclass(frozen=True)
class FoldPoint:
    """What a threshold chosen on the other folds does on this one."""

    fold: int
    """The fold's number."""
    threshold: float
    """Chosen on the other folds; NaN when that was infeasible."""
    value: float
    """The criterion's value on this fold; NaN when undefined here."""
    tp: int
    """Positives of this fold at or above the threshold."""
    fp: int
    """Negatives of this fold at or above the threshold."""
    fn: int
    """Positives of this fold below the threshold."""
    tn: int
    """Negatives of this fold below the threshold."""
    precision: float
    """NaN when nothing is predicted in this fold."""
    recall: float
    """NaN when this fold has no positives."""
    fpr: float
    """NaN when this fold has no negatives."""
    f1: float
    """NaN when nothing is positive nor predicted."""
    apparent: float = float("nan")
    """The criterion's value on this fold at the threshold chosen on all folds, this one included."""
    reason: str = ""
    """Why there is no value, or an empty string."""


@dataclass(frozen=True, repr=False)
class CrossFitted:
    """The honest estimate: thresholds chosen on K-1 folds, measured on the one left out, averaged."""

    criterion: str
    """The criterion in words."""
    value: float
    """Mean of the criterion's value over the folds left out; NaN when none has one."""
    std: float
    """Population standard deviation over those folds."""
    n_averaged: int
    """How many folds have a value."""
    precision: float
    """Mean over the folds in which it is defined."""
    recall: float
    """Mean over the folds in which it is defined."""
    fpr: float
    """Mean over the folds in which it is defined."""
    f1: float
    """Mean over the folds in which it is defined."""
    apparent: float
    """What ``value`` would be, had each fold been measured at the threshold that was chosen with its help: the mean
    over the same folds of the value of ``chosen``'s threshold. Not ``chosen.value``, which pools the folds: the F1
    of all counts is not the mean of the folds' F1."""
    lower_is_better: bool
    """True for a cost or an error rate."""
    chosen: OperatingPoint
    """The point chosen on all folds, the one to ship; its own value is optimistic."""
    folds: tuple[FoldPoint, ...]
    """Each fold's threshold, counts and rates."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""

    def __repr__(self) -> str:
        return _fitted_line(self)

    @property
    def optimism(self) -> float:
        """By how much better the choice looks on the data it was made on than on data left out.

        Like is compared with like: both are means over the same folds. Positive when the choice looks better than
        it is: a higher value, or a lower one where lower is better.
        """
        gain = self.apparent - self.value
        return -gain if self.lower_is_better else gain


def _number(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{value:.3f}"


def _interval(ends: tuple[float, float]) -> str:
    return "" if math.isnan(ends[0]) else f" [{ends[0]:.3f}, {ends[1]:.3f}]"


def _under(found: OperatingPoint | CrossFitted) -> str:
    return f"; conditions {' '.join(found.conditions)}" if found.conditions else ""


def _point_line(point: OperatingPoint) -> str:
    """Return the one line that ``repr`` gives."""
    rates = f"precision {_number(point.precision)}, recall {_number(point.recall)}, F1 {_number(point.f1)}"
    counts = f"tp {point.tp}, fp {point.fp}, fn {point.fn}, tn {point.tn}"
    of = " =" if re.search("[≥≤]", point.criterion) else ""  # two numbers side by side would read as one
    value = f"{point.criterion}{of} {_number(point.value)}{_interval(point.interval)}"
    said = f"{value}; {rates}; {counts}; {point.note}{_under(point)}"
    return f"{type(point).__name__}({_shipped(point)}: {said})"


def _moves(found: ThresholdInterval | None) -> str:
    """Return the interval of a threshold, with as many digits as tell its ends and the threshold apart."""
    if found is None or found.reason:
        return ""
    for digits in range(4, 18):
        low, at, high = (f"{value:.{digits}g}" for value in (found.low, found.threshold, found.high))
        if len({low, at, high}) == len({found.low, found.threshold, found.high}):
            break
    return f" [{low}, {high}]"


def _drawn(point: OperatingPoint) -> ThresholdInterval | None:
    """Return the interval of the threshold where that is drawn: printing many points resamples nothing."""
    again = point.chosen_again
    return point.threshold_interval if again is not None and again.drawn else None


def _note_beside(point: OperatingPoint) -> str:
    """Return the note without what the words on the intervals, which stand before it, say already."""
    parts = [(one, one.removeprefix("intervals ")) for one in point.note.split("; ")]
    return "; ".join(one for one, of in parts if of == one or of not in point.method)


def _point_html(point: OperatingPoint) -> str:
    """Return a small table; colours are the notebook's own."""
    rows = [
        ("precision", _number(point.precision) + _interval(point.precision_interval)),
        ("recall", _number(point.recall) + _interval(point.recall_interval)),
        ("F1", _number(point.f1)),
        ("false positive rate", _number(point.fpr)),
        ("true / false positives", f"{point.tp:,} / {point.fp:,}"),
        ("false / true negatives", f"{point.fn:,} / {point.tn:,}"),
    ]
    body = "".join(f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    value = f"{_number(point.value)}{_interval(point.interval)}"
    moved = point.threshold_interval
    threshold = f"<b>Threshold {exact(point.threshold)}</b>{_moves(moved)}"
    how = f": {point.method}" if point.method else ""
    how += "" if moved is None else f"; the threshold's: {moved.reason or moved.method}"
    beside = escape(_note_beside(point) + _under(point))
    return (
        f"<div><p>{threshold}, {escape(point.criterion)}: {value}</p>"
        f"<table><tbody>{body}</tbody></table>"
        f"<p>{100 * point.confidence_level:g} % intervals{escape(how)}; {beside}.</p></div>"
    )


def _shipped(point: OperatingPoint) -> str:
    return f"threshold {exact(point.threshold)}{_moves(_drawn(point))}"


def _fitted_line(fitted: CrossFitted) -> str:
    """Return the one line that ``repr`` gives of an honest estimate."""
    left_out = f"{_number(fitted.value)} ± {_number(fitted.std)} on {fitted.n_averaged} folds left out"
    seen = f"{_number(fitted.apparent)} where it was chosen"
    return f"CrossFitted({fitted.criterion} {left_out}, {seen}; {_shipped(fitted.chosen)}{_under(fitted)})"
