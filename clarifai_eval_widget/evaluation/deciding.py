"""Decide a question about an evaluation from what has come in so far, so that it may be stopped once it is decided."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clarifai_eval_widget.evaluation.compare import compare_overall
from clarifai_eval_widget.evaluation.intervals import figure_interval, roc_auc_interval
from clarifai_eval_widget.evaluation.looking import level_now, planned_inputs
from clarifai_eval_widget.evaluation.pairing import paired
from clarifai_eval_widget.words import exact, plural

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.evaluation import Evaluation

__all__ = ["Decision", "Question", "decided_early"]

_ENOUGH = 10  # positives and negatives of each concept before anything is decided: intervals need some to hold


@dataclass(frozen=True)
class Question:
    """What is to be decided; see :meth:`Run.stop_when_decided`."""

    roc_auc_above: float | None = None
    """Whether the area is above this."""
    better_than: Evaluation | None = None
    """Whether it is better than this evaluation of the same inputs."""
    concept: str | None = None
    """Of one concept; None: of the mean over all."""
    confidence_level: float = 0.95
    """Of the answer, however often one looks."""

    def __post_init__(self) -> None:
        if (self.roc_auc_above is None) == (self.better_than is None):
            raise ValueError("Give one of roc_auc_above= and better_than=: that is the question to decide.")
        if self.roc_auc_above is not None and not 0 < self.roc_auc_above < 1:
            raise ValueError(f"roc_auc_above={self.roc_auc_above} must lie between 0 and 1.")
        if not 0 < self.confidence_level < 1:
            raise ValueError(f"confidence_level={self.confidence_level} must lie between 0 and 1.")

    def decide(self, e: Evaluation) -> Decision:
        """Answer from what an evaluation holds by now, complete or not, if that can be done."""
        few = self._too_few(e)
        level = level_now(e, self.confidence_level, looked=True) if e.complete else self.confidence_level
        value, interval, method, reason = math.nan, (math.nan, math.nan), "", few
        if not few:
            value, interval, method, reason = self._measured(e, level)
        null = self.roc_auc_above if self.roc_auc_above is not None else 0.0
        answer = True if interval[0] > null else False if interval[1] < null else None
        return Decision(self, answer, value, interval, e.num_inputs, planned_inputs(e), method, reason, e)

    def _measured(self, e: Evaluation, level: float) -> tuple[float, tuple[float, float], str, str]:
        if self.better_than is not None:
            ours, theirs = e, self.better_than
            if self.concept is not None:
                frame = theirs.compare(ours, confidence_level=level).loc[self.concept]
                ends = float(frame["low"]), float(frame["high"])
                return float(frame["difference"]), ends, str(frame["method"]), str(frame["reason"])
            told = compare_overall(theirs, ours, confidence_level=level)
            return told.difference, told.interval, told.method, told.reason
        if self.concept is not None:
            area = roc_auc_interval(e, self.concept, level)
            return area.roc_auc, area.interval, area.method, area.reason
        mean = figure_interval(e, confidence_level=level)
        return mean.value, mean.interval, mean.method, mean.reason

    def _too_few(self, e: EvaluationData) -> str:
        concepts = [self.concept] if self.concept is not None else e.concepts
        if self.better_than is not None and self.concept is None and e.num_inputs:
            concepts = paired(self.better_than, e).concepts
        sizes = [(min(e.class_sizes(one)), one) for one in concepts if one in e.concepts]
        if len(sizes) < max(len(concepts), 1):
            return "nothing is known yet of some concepts"
        least, where = min(sizes)
        return f"{where!r} has only {least} positives or negatives, {_ENOUGH} are needed" if least < _ENOUGH else ""

    def __str__(self) -> str:
        what = "macro ROC AUC" if self.concept is None else f"ROC AUC of {self.concept!r}"
        if self.roc_auc_above is not None:
            return f"{what} above {exact(self.roc_auc_above)}"
        return f"{what} better than the other's"


@dataclass(frozen=True, eq=False)
class Decision:
    """What a question came to; prints as one line."""

    question: Question
    """What was asked."""
    answer: bool | None
    """Yes, no, or None: the data leave it open."""
    value: float
    """The area, or the difference of areas (positive: better than the other)."""
    interval: tuple[float, float]
    """Its interval, which holds at every look together."""
    inputs: int
    """Inputs that the answer rests on."""
    planned: int
    """Inputs there would be in all."""
    method: str
    """How the interval was made."""
    reason: str
    """Why there is none, or an empty string."""
    evaluation: Evaluation
    """The evaluation as far as it went: partial when it was stopped."""

    @property
    def decided(self) -> bool:
        """Whether there is an answer."""
        return self.answer is not None

    def __str__(self) -> str:
        said = {True: "yes", False: "no", None: "not decided"}[self.answer]
        low, high = self.interval
        sign = "+" if self.question.better_than is not None else ""
        ends = f" ({self.value:{sign}.3f}, {low:{sign}.3f} to {high:{sign}.3f})" if not math.isnan(low) else ""
        why = f": {self.reason}" if math.isnan(low) and self.reason else ""
        of = f"{self.inputs:,} of {plural(self.planned, 'input')}"
        return f"{self.question}? {said}{ends}{why}, after {of}"

    __repr__ = __str__


def decided_early(first: EvaluationData, second: EvaluationData) -> str:
    """Say after how many inputs a comparison that tells two apart is decided, while one of them is still running.

    Empty when both have ended, or when so few positives or negatives are there that nothing is decided yet.
    """
    running = [e for e in (first, second) if not e.complete]
    if not running:
        return ""
    shared = [concept for concept in first.concepts if concept in second.concepts]
    if min(min(e.class_sizes(concept)) for e in running for concept in shared) < _ENOUGH:
        return ""
    last = min(running, key=lambda e: e.num_inputs)
    return f"Decided after {last.num_inputs:,} of {plural(planned_inputs(last), 'input')}"
