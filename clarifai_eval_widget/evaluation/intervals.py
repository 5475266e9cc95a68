"""How sure an evaluation's figures are: the interval that holds what it says, by the data at hand."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.carrying import carrying_conditions
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.compared_figure import Asked
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.looking import labelled, level_now
from clarifai_eval_widget.evaluation.named import by_name_too, shown_names
from clarifai_eval_widget.uncertainty import AucEstimate
from clarifai_eval_widget.uncertainty.influence import average_precision_bias
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.uncertainty import FigureEstimate

__all__ = ["POOLED", "AucInterval", "Method", "figure_interval", "roc_auc_interval", "roc_auc_intervals"]

Method = Literal["auto", "logit", "wilson", "delong", "folds", "ledell", "groups"]
POOLED = "; folds pooled as if one model had scored them all"
"""What a method is that takes out-of-fold scores for those of one model."""
_OF_FIGURES = {"roc_auc": "roc_auc", "avg_precision": "average_precision", "f1": "f1"}


@dataclass(frozen=True, repr=False)
class AucInterval(AucEstimate):
    """The area under a concept's ROC with its interval, how it was made and under which conditions."""

    conditions: tuple[str, ...] = ()
    """Codes of the concept's conditions; ``Evaluation.conditions`` explains them."""


@by_name_too
def roc_auc_interval(
    e: EvaluationData, concept: str, confidence_level: float = 0.95, *, method: Method = "auto"
) -> AucInterval:
    """Estimate the interval of a concept's ROC AUC by the method that holds its level in the case at hand.

    Parameters
    ----------
    concept
        A concept id.
    confidence_level
        Between 0 and 1. Before the evaluation has ended it is that of all looks together, and the interval wider.
    method
        ``"auto"``: with folds ``"folds"``, with groups ``"groups"``, else the best of the others for these class sizes.
        ``"folds"``: the mean over folds with Nadeau and Bengio's interval, for the recipe; ``"ledell"``: for these
        very models. ``"groups"``: DeLong clustered by group (Obuchowski). ``"logit"``, ``"wilson"`` and ``"delong"``
        (pROC's): of the pooled scores, as :func:`uncertainty.auc_interval` describes.

    Returns
    -------
    AucInterval
        ``roc_auc`` is what the interval is of: the mean over folds by the folds' methods, else the pooled area.
        NaN with a ``reason`` where undefined, or where too few inputs do not let one say.

    Raises
    ------
    ValueError
        When the method is unknown, or needs folds or groups that are not there.
    """
    return labelled(e, _interval_at(e, concept, level_now(e, confidence_level), method), confidence_level)


def _interval_at(e: EvaluationData, concept: str, confidence_level: float, method: Method) -> AucInterval:
    if method not in get_args(Method):
        raise ValueError(f"method={method!r} is unknown; choose from {listed(get_args(Method), 9)}.")
    held = e.numbers.predictions("This needs exact counts")
    column = e.column(concept)
    conditions = tuple(codes_of(conditions_of(e), concept).split())
    if method == "auto" and (held.folds is not None or e.groups is not None):
        method = "folds" if held.folds is not None else "groups"
    if method not in ("folds", "ledell", "groups"):
        found = uncertainty.auc_interval(
            e.counts(concept), confidence_level=confidence_level, method=method, pooled=held.folds is not None
        )
        return AucInterval(**{one.name: getattr(found, one.name) for one in fields(found)}, conditions=conditions)
    by = e.groups if method == "groups" else held.folds
    if by is None:
        raise ValueError(f"method={method!r} needs {'groups=' if method == 'groups' else 'folds='}: none were given.")
    if method == "folds":
        estimate = _by_folds(e, concept, confidence_level)
    else:
        kept = slice(None) if held.excluded is None else ~held.excluded[:, column]
        data = held.labels[kept, column], np.ascontiguousarray(held.scores[kept, column]), by[kept]
        if method == "groups":
            estimate = uncertainty.clustered_auc(*data, confidence_level=confidence_level)
        else:
            estimate = uncertainty.cross_validated_auc(*data, confidence_level=confidence_level, method="ledell")
    return AucInterval(
        estimate.value,
        estimate.standard_error**2,
        estimate.interval,
        confidence_level,
        *e.class_sizes(concept),
        estimate.reason,
        "" if estimate.reason else estimate.method,
        conditions,
    )


def _by_folds(e: EvaluationData, concept: str, confidence_level: float) -> FigureEstimate:
    return uncertainty.fold_auc_interval(*_of_folds(e, concept), confidence_level=confidence_level)


def _of_folds(e: EvaluationData, concept: str) -> tuple[list[float], list[int], list[int]]:
    """Return each fold's area and class sizes, from counts that are kept: no score is sorted again."""
    counts = [e.fold_counts(fold, concept) for fold in e.fold_numbers]
    return [metrics.roc_auc(c) for c in counts], [c.num_pos for c in counts], [c.num_neg for c in counts]


def roc_auc_intervals(e: EvaluationData, confidence_level: float = 0.95, *, method: Method = "auto") -> pd.DataFrame:
    """Tabulate every concept's :meth:`roc_auc_interval`.

    Returns
    -------
    pandas.DataFrame
        By concept: name, roc_auc, low, high, variance, method (how the interval was made, and what it is of),
        conditions (codes), reason, source.
    """
    import pandas as pd

    found = [roc_auc_interval(e, concept, confidence_level, method=method) for concept in e.concepts]
    columns: dict[str, list[Any]] = {
        "name": shown_names(e.concepts, e),
        "roc_auc": [one.roc_auc for one in found],
        "low": [one.interval[0] for one in found],
        "high": [one.interval[1] for one in found],
        "variance": [one.variance for one in found],
        "method": [one.method for one in found],
        "conditions": [" ".join(one.conditions) for one in found],
        "reason": [one.reason for one in found],
    }
    frame = pd.DataFrame(columns, index=pd.Index(e.concepts, name="concept", dtype="str"))
    frame["source"] = e.numbers.words
    frame.attrs.update(confidence_level=confidence_level, source=e.numbers.words)
    return frame.astype(dict.fromkeys(("name", "method", "conditions", "reason", "source"), "str"))


@by_name_too
@carrying_conditions
def figure_interval(
    e: EvaluationData,
    figure: Literal["roc_auc", "avg_precision", "f1"] = "roc_auc",
    *,
    average: Literal["macro", "micro"] = "macro",
    threshold: float = 0.5,
    confidence_level: float = 0.95,
    method: Literal["auto", "folds", "pooled"] = "auto",
) -> FigureEstimate:
    """Estimate a figure over all concepts with its interval.

    Parameters
    ----------
    figure
        Of the concepts where it is defined.
    average
        ``"macro"``: their mean. ``"micro"``: of all decisions pooled.
    threshold
        Of F1.
    confidence_level
        Between 0 and 1. Before the evaluation has ended it is that of all looks together, and the interval wider.
    method
        ``"auto"``: with folds ``"folds"``, the mean over folds with Nadeau and Bengio's interval, for the recipe;
        else ``"pooled"``: all inputs as scored by one model, clustered where groups are given. Of average precision
        the interval lies about the value less its bias, which is large where a fold has few positives.

    Raises
    ------
    ValueError
        When the figure, the average or the method is not known, or it needs folds that are not there.
    EvalError
        When only the platform's rates were sent.
    """
    if figure not in _OF_FIGURES:
        raise ValueError(f"figure={figure!r} is not known; choose {', '.join(map(repr, _OF_FIGURES))}.")
    if average not in ("macro", "micro"):
        raise ValueError(f'average={average!r} is not known; choose "macro" or "micro".')
    if method not in ("auto", "folds", "pooled"):
        raise ValueError(f'method={method!r} is not known; choose "auto", "folds" or "pooled".')
    held = e.numbers.predictions("This needs the score of every input")
    if method == "folds" and held.folds is None:
        raise ValueError("method='folds' needs folds=: none were given.")
    level = level_now(e, confidence_level)
    if held.folds is not None and method != "pooled":
        return labelled(e, _figure_by_folds(e, Asked(figure, average, threshold), level), confidence_level)
    found = uncertainty.figure_interval(
        held.labels,
        held.scores,
        figure=_OF_FIGURES[figure],
        average=average,
        threshold=threshold,
        known=None if held.excluded is None else ~held.excluded,
        groups=e.groups,
        confidence_level=level,
    )
    found = replace(found, method=found.method + POOLED) if held.folds is not None else found
    return labelled(e, found, confidence_level)


def _figure_by_folds(e: EvaluationData, asked: Asked, confidence_level: float) -> FigureEstimate:
    """Average the figure in each fold over its concepts, then over the folds."""
    figure, average = asked.figure, asked.average
    values, sizes, biases = [], [], []
    for fold in e.fold_numbers:
        counts = [e.fold_counts(fold, concept) for concept in e.concepts]
        pooled = [metrics.micro(counts)] if average == "micro" else counts
        values.append(metrics.mean_defined([asked.measure(c) for c in pooled])[0])
        if figure == "avg_precision":
            biases.append(metrics.mean_defined([average_precision_bias(c) for c in pooled])[0])
        sizes.append(max((c.num_pos + c.num_neg for c in counts), default=0))
    name = f"{average} {_OF_FIGURES[figure]}" if len(e.concepts) > 1 else _OF_FIGURES[figure]
    unseen = 0.0
    if figure == "roc_auc" and average == "macro":
        unseen = sum(uncertainty.unseen_in_folds(*_of_folds(e, one)) for one in e.concepts) / len(e.concepts) ** 2
    return uncertainty.fold_mean_interval(
        values,
        sizes,
        confidence_level=confidence_level,
        figure=f"fold mean of {name}",
        unseen=unseen,
        bias=metrics.mean_defined(biases)[0] if biases else 0.0,
    )
