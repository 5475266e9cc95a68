"""The curves of several evaluations side by side, and the areas below them: what the page and its figure draw alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.uncertainty import holm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.beside import Beside
    from clarifai_eval_widget.evaluation.data import EvaluationData

    Points = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]

__all__ = ["Curve", "average_precision", "curves_beside", "overall_p_values"]

_CORNERS = 1000  # a curve


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve of one of several evaluations; without points where it has none."""

    x: NDArray[Any]
    y: NDArray[Any]
    thresholds: NDArray[np.float64]
    """Of each point; NaN where none gives it: of averages, and where nothing is predicted."""
    area: float
    """The area below it, the folds pooled; of an average the mean over its concepts. NaN where undefined."""


def curves_beside(drawn: Beside, concept: str | None, *, of_precision: bool = False) -> list[Curve]:
    """Give the curve of each evaluation, on the inputs that all are compared on.

    Parameters
    ----------
    drawn
        The evaluations.
    concept
        A concept id; None for the macro averages, over the concepts that every one has.
    of_precision
        Precision over recall instead of the ROC: a row's precision holds from the recall of the row before it.
    """
    every = drawn.evaluations
    points = _precision_recall if of_precision else _roc
    area = average_precision if of_precision else _area
    return [Curve(*points(e, concept, of), area(e, concept, of)) for e, of in zip(every, _averaged(every), strict=True)]


def overall_p_values(drawn: Beside) -> Sequence[float]:
    """Give the p-value over all concepts of each of the others; of several adjusted by Holm."""
    found = [one.overall.p_value for one in drawn.found]
    return found if len(found) < 2 else list(holm(found))


def average_precision(e: EvaluationData, concept: str | None, averaged: Iterable[str]) -> float:
    """Return it of a concept, NaN of one it has not; None: the mean over those averaged that have one."""
    if concept is not None:
        return e.numbers.average_precision(concept)[0] if concept in e.concepts else np.nan
    return metrics.mean_defined([e.numbers.average_precision(one)[0] for one in averaged])[0]


def _averaged(every: Sequence[EvaluationData]) -> list[tuple[str, ...]]:
    """Name the concepts that each one's averages are over: those of all, for else nothing could be compared.

    Where no concept is in all, or only rates were sent of one, whose average is the platform's, each has its own.
    """
    shared = tuple(one for one in every[0].concepts if all(one in other.concepts for other in every))
    if not shared or not all(one.has_counts for one in every):
        return [tuple(one.concepts) for one in every]
    return [shared] * len(every)


def _area(e: EvaluationData, concept: str | None, averaged: Sequence[str]) -> float:
    if concept is not None:
        return e.roc_auc(concept) if concept in e.concepts else np.nan
    return metrics.mean_defined([e.roc_auc(one) for one in averaged])[0]


def _roc(e: EvaluationData, concept: str | None, averaged: Sequence[str]) -> Points:
    fpr: NDArray[Any]
    tpr: NDArray[Any]
    if concept is None and len(averaged) < len(e.concepts):
        fpr, tpr = metrics.thin_macro_roc([e.counts(one) for one in averaged], _CORNERS)
    elif concept is None:
        fpr, tpr = e.numbers.macro_roc_outline(_CORNERS)
    elif concept not in e.concepts:
        return _nothing()
    else:
        try:
            fpr, tpr = e.numbers.roc_outline(concept)
        except EvalError:
            return _nothing()
    if not len(fpr) or np.isnan(fpr).any() or np.isnan(tpr).any():  # without positives, or negatives, there is no curve
        return _nothing()
    kept = metrics.thin_curve(fpr, tpr, _CORNERS).rows
    thresholds = np.full(len(fpr), np.nan) if concept is None else _roc_thresholds(e, concept, fpr, tpr)
    return fpr[kept], tpr[kept], thresholds[kept]


def _roc_thresholds(e: EvaluationData, concept: str, fpr: NDArray[Any], tpr: NDArray[Any]) -> NDArray[Any]:
    """Find the threshold of each corner: of counts that of as many predicted, of rates that sent with them."""
    if not e.numbers.has_counts:
        sent = e.numbers.roc(concept)
        return np.asarray(sent["threshold"], np.float64)[np.lexsort((sent["tpr"], sent["fpr"]))]
    c = e.counts(concept)
    predicted = np.rint(fpr * c.num_neg) + np.rint(tpr * c.num_pos)
    return _finite(c.thresholds[np.searchsorted(c.tps.astype(np.float64) + c.fps, predicted)])


def _precision_recall(e: EvaluationData, concept: str | None, averaged: Sequence[str]) -> Points:
    counted = e.numbers.has_counts
    if concept is None:
        if not counted:
            return _nothing()
        mean = metrics.macro_precision_recall([e.counts(one) for one in averaged], _CORNERS)
        return *mean, np.full(len(mean[0]), np.nan)
    if concept not in e.concepts:
        return _nothing()
    if not counted:
        sent = np.asarray(e.numbers.precision_recall(concept)["threshold"], np.float64)
        return *e.numbers.precision_recall_outline(concept), -np.sort(-sent)
    counts = e.counts(concept)
    if not counts.num_pos:
        return _nothing()
    rows = metrics.thin_precision_recall(counts, _CORNERS).rows
    tps, given = counts.tps[rows], counts.tps[rows] + counts.fps[rows]
    with np.errstate(invalid="ignore"):  # where nothing is predicted precision is undefined, and no step is drawn
        return tps / counts.num_pos, tps / given, _finite(counts.thresholds[rows])


def _nothing() -> Points:
    return np.empty(0), np.empty(0), np.empty(0)


def _finite(thresholds: NDArray[Any]) -> NDArray[np.float64]:
    """Leave out the threshold above all scores: none gives it."""
    return np.where(np.isfinite(thresholds), thresholds, np.nan).astype(np.float64)
