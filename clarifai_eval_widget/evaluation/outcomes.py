"""Which inputs stand behind a figure: what is counted, or what keeps a rate or an area from 1."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.metrics.arrays import to_dtype

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.predictions import Predictions

__all__ = ["BEHIND", "RANKED", "Behind", "Outcome", "counted", "decided", "ranking_costs", "within"]

Outcome = Literal[
    "tp",
    "fp",
    "fn",
    "tn",
    "errors",
    "predicted",
    "num_pos",
    "num_neg",
    "roc_auc",
    "avg_precision",
    "all",
    "labelled",
    "scored",
    "better",
    "worse",
]

BEHIND: Mapping[str, Outcome] = MappingProxyType(
    {
        "tp": "tp",
        "fp": "fp",
        "fn": "fn",
        "tn": "tn",
        "predicted": "predicted",
        "num_pos": "num_pos",
        "num_neg": "num_neg",
        "precision": "fp",
        "recall": "fn",
        "f1": "errors",
        "specificity": "fp",
        "fpr": "fp",
        "balanced_accuracy": "errors",
        "roc_auc": "roc_auc",
        "avg_precision": "avg_precision",
    }
)
"""The outcome that leads to the inputs behind each figure of a concept; the page and Python share it."""

RANKED = ("roc_auc", "avg_precision")
"""Outcomes of no threshold: the inputs that cost the ranking something."""


@dataclass(frozen=True)
class Behind:
    """Which inputs: those given a concept rightly or wrongly, or wrongly not given it."""

    concept: str | None
    """The concept that is given, by id; None: any concept, or with ``against`` the one of the highest score."""
    outcome: Outcome
    """True or false positives or negatives of it; ``errors``: either of the false ones; ``predicted``, ``num_pos``,
    ``num_neg``: given it, labelled with it, or not; ``roc_auc``, ``avg_precision``: what that figure lacks of 1;
    ``all``: every input that its figures are of, or all there are; ``labelled``: labelled with it, whatever is known of
    its score; ``scored``: of which a score for it was sent; ``better``: right here and wrong in ``against``; ``worse``:
    wrong here and right there."""
    threshold: float | None
    """A score of at least so much gives the concept; None: the highest of the input's scores does."""
    labelled: str | None = None
    """Only inputs labelled with this concept, by id; None for any."""
    against: EvaluationData | None = None
    """The evaluation of the same inputs that ``better`` and ``worse`` are measured against."""
    own: tuple[tuple[str, float], ...] = ()
    """Where no concept is named, those whose threshold is not ``threshold``, each with its own."""
    low: float | None = None
    """Only inputs that score at least so much for the concept; None for any."""
    high: float | None = None
    """Only inputs that score less for the concept; None for any."""


def decided(e: EvaluationData, held: Predictions, behind: Behind) -> NDArray[np.bool_]:
    """Tell of every input whether one of its decisions is of the outcome asked for.

    Returns
    -------
    numpy.ndarray
        ``(N,)`` bool.
    """
    columns = slice(None) if behind.concept is None else [e.column(behind.concept)]
    own, scores = held.labels[:, columns], held.scores[:, columns]
    known = None if held.excluded is None else ~held.excluded[:, columns]
    if behind.outcome in _WHATEVER_KNOWN:
        given, known = own, None if behind.outcome == "labelled" or held.sent is None else held.sent[:, columns]
    elif behind.outcome in _UNDECIDED:
        given = own
    elif behind.threshold is None:
        given = metrics.top_scored(held.scores, held.sent)[:, columns]
        known = None if held.sent is None else held.sent[:, columns]
    else:
        given = scores >= to_dtype(_limits(e, behind), scores.dtype)
    wanted = _OF_OUTCOME[behind.outcome](own, given)
    for limit, beyond in ((behind.low, np.greater_equal), (behind.high, np.less)):
        if limit is not None:
            wanted = wanted & beyond(scores, to_dtype(limit, scores.dtype))
    return np.asarray((wanted if known is None else wanted & known).any(axis=1))


def within(scores: NDArray[Any], e: EvaluationData, behind: Behind) -> NDArray[np.bool_]:
    """Tell of every input whether it scores between the two ends; of all concepts together, for any of them."""
    if behind.low is None and behind.high is None:
        return np.ones(len(scores), bool)
    own = scores[:, slice(None) if behind.concept is None else [e.column(behind.concept)]]
    fits = np.ones(own.shape, bool)
    for limit, beyond in ((behind.low, np.greater_equal), (behind.high, np.less)):
        if limit is not None:
            fits = fits & beyond(own, to_dtype(limit, own.dtype))
    return np.asarray(fits.any(axis=1))


_UNDECIDED = ("num_pos", "num_neg", "all")  # whatever is given
_WHATEVER_KNOWN = ("labelled", "scored")  # behind the cells of matrices which leave out none that the figures leave out
_OF_OUTCOME = {
    "tp": lambda own, given: own & given,
    "fp": lambda own, given: ~own & given,
    "fn": lambda own, given: own & ~given,
    "tn": lambda own, given: ~own & ~given,
    "errors": lambda own, given: own != given,
    "predicted": lambda own, given: given,  # noqa: ARG005 (one of a kind)
    "num_pos": lambda own, given: own,  # noqa: ARG005 (one of a kind)
    "num_neg": lambda own, given: ~own,  # noqa: ARG005 (one of a kind)
    "all": lambda own, given: np.ones_like(own),  # noqa: ARG005 (one of a kind)
    "labelled": lambda own, given: own,  # noqa: ARG005 (one of a kind)
    "scored": lambda own, given: np.ones_like(own),  # noqa: ARG005 (one of a kind)
}


def _limits(e: EvaluationData, behind: Behind) -> Any:
    """The threshold of the concept, or of each."""
    if behind.concept is not None or not behind.own:
        return behind.threshold
    own = dict(behind.own)
    return np.array([own.get(concept, behind.threshold) for concept in e.concepts])


def counted(e: EvaluationData, concept: str | None) -> NDArray[np.bool_]:
    """Tell of every input whether it counts for a concept; all there are do without one."""
    if concept is None or e.excluded is None:
        return np.ones(e.num_inputs, bool)
    return ~e.excluded[:, e.column(concept)]


_costs: WeakKeyDictionary[EvaluationData, tuple[tuple[str | None, Outcome], NDArray[np.float64]]] = WeakKeyDictionary()


def ranking_costs(e: EvaluationData, behind: Behind) -> NDArray[np.float64]:
    """Return what each input costs the ROC AUC or the average precision of a concept; of all, its decisions together.

    Returns
    -------
    numpy.ndarray
        ``(N,)`` as in :func:`clarifai_eval_widget.metrics.roc_auc_costs` and
        :func:`clarifai_eval_widget.metrics.average_precision_costs`; 0 where the input does not count.
    """
    asked = (behind.concept, behind.outcome)
    kept = _costs.get(e)
    if kept is None or kept[0] != asked:
        kept = _costs[e] = (asked, _ranking_costs(e, behind))
    return kept[1]


def _ranking_costs(e: EvaluationData, behind: Behind) -> NDArray[np.float64]:
    columns = slice(None) if behind.concept is None else [e.column(behind.concept)]
    labels, scores = e.label_array[:, columns], e.score_array[:, columns]
    measure = metrics.roc_auc_costs if behind.outcome == "roc_auc" else metrics.average_precision_costs
    if e.excluded is None:
        return np.asarray(measure(labels.ravel(), scores.ravel()).reshape(labels.shape).sum(axis=1))
    known = ~e.excluded[:, columns]
    costs = np.zeros(labels.shape)
    costs[known] = measure(labels[known], scores[known])
    return np.asarray(costs.sum(axis=1))
