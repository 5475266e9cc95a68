"""Evaluations side by side: their curves, what their difference is and whether it can be told, concept by concept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.beside import beside
from clarifai_eval_widget.evaluation.deciding import decided_early
from clarifai_eval_widget.evaluation.pairing import apart, paired
from clarifai_eval_widget.widget.wire.heads import ComparedOverall  # noqa: TC001 - a head's types are read
from clarifai_eval_widget.widget.wire.packing import Section, or_null
from clarifai_eval_widget.widget.workbench.arrays import joined, offsets
from clarifai_eval_widget.widget.workbench.differences import adjusted, average_precision, more_inputs
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Look, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.versus import Versus

__all__ = ["PANEL"]

_CORNERS = 1000  # a curve
_FIGURES = ("first", "second", "difference", "low", "high", "p_value", "p_holm")


class CompareHead(TypedDict):
    """What is compared."""

    concept: str | None
    """Whose curves; null: the macro average."""
    threshold: float
    concepts: list[str]
    """Ids of the first evaluation's, in its order."""
    names: list[str]
    common: int
    """The inputs that curves, areas and tests are of, where each has others, too; 0 where nothing was left out."""
    areas: list[float | None]
    """By evaluation, the first one first: the area under the curve drawn, folds pooled; over all the mean over the
    concepts that every evaluation has."""
    average_precisions: list[float | None]
    """By evaluation: the area below the precision–recall curve drawn, over all as the areas."""
    others: list[ComparedOverall]


class CompareParams(TypedDict):
    """What to compare with the run asked about."""

    others: list[str]
    """Keys of runs."""
    revisions: list[int]
    """Their states that the page knows of: of newer ones it asks anew."""
    concept: str | None
    """Whose curves, and whose decisions at the threshold; null: over all."""
    threshold: float


def _encode(first: Evaluation, others: Sequence[Evaluation], params: Mapping[str, Any]) -> Section:
    concept, threshold = params["concept"], params["threshold"]
    drawn = beside(first, others)
    found, every = drawn.found, drawn.evaluations
    averaged = _averaged(every)
    p_values = adjusted([one.overall.p_value for one in found])
    head: CompareHead = {
        "concept": concept,
        "threshold": threshold,
        "concepts": list(first.concepts),
        "names": [first.concept_names.get(one, one) for one in first.concepts],
        "common": drawn.common,
        "areas": [_area(one, concept, of) for one, of in zip(every, averaged, strict=True)],
        "average_precisions": [
            or_null(average_precision(one, concept, of)) for one, of in zip(every, averaged, strict=True)
        ],
        "others": [
            _overall(one, p_value, _apart(first, other, one, concept, threshold), decided_early(first, other))
            for one, other, p_value in zip(found, others, p_values, strict=True)
        ],
    }
    curves = _rocs(every, concept, averaged) | _precision_recalls(every, concept, averaged)
    return Section(head, _table(first, found) | curves)


def _averaged(every: Sequence[EvaluationData]) -> list[tuple[str, ...]]:
    """Name the concepts that each one's averages are over: those of all, for else nothing could be compared.

    Where no concept is in all, or only rates were sent of one, whose average is the platform's, each has its own.
    """
    shared = tuple(one for one in every[0].concepts if all(one in other.concepts for other in every))
    if not shared or not all(one.has_counts for one in every):
        return [tuple(one.concepts) for one in every]
    return [shared] * len(every)


def _overall(found: Versus, p_value: float, only: tuple[int, int] | None, early: str) -> ComparedOverall:
    overall = found.overall
    told_apart = bool(not found.refusal and p_value < 0.05)
    reasons = found.table["reason"]
    return {
        "difference": or_null(overall.difference),
        "low": or_null(overall.interval[0]),
        "high": or_null(overall.interval[1]),
        "p_value": None if found.refusal else or_null(p_value),
        "decided": early if told_apart else "",
        "told_apart": told_apart,
        "method": overall.method,
        "concepts": len(found.table),
        "refusal": found.refusal,
        "reason": "" if found.refusal else overall.reason,
        "matched": found.matched,
        "left_out": found.only_first + found.only_second if found.matched else 0,
        "fold_means": overall.figure.startswith("fold mean"),
        "more_inputs": more_inputs(found),
        "only_first": only[0] if only is not None else None,
        "only_other": only[1] if only is not None else None,
        "cautions_first": list(found.cautions[0]),
        "cautions_other": list(found.cautions[1]),
        "reasons": {str(concept): str(reasons[concept]) for concept in reasons.index if reasons[concept]},
    }


def _apart(
    first: Evaluation, other: Evaluation, found: Versus, concept: str | None, threshold: float
) -> tuple[int, int] | None:
    """Count the inputs that one gets right and the other wrong."""
    if not found.matched or (concept is not None and concept not in found.table.index):
        return None
    ours, theirs = apart(first, other, concept, threshold)
    return len(ours), len(theirs)


def _area(evaluation: EvaluationData, concept: str | None, averaged: Sequence[str]) -> float | None:
    if concept is not None:
        return or_null(evaluation.roc_auc(concept)) if concept in evaluation.concepts else None
    return or_null(metrics.mean_defined([evaluation.roc_auc(one) for one in averaged])[0])


def _table(first: Evaluation, found: Sequence[Versus]) -> dict[str, NDArray[Any]]:
    """Tabulate every other evaluation's differences by the first one's concepts."""
    whole = [one.table.reindex(list(first.concepts)) for one in found]
    return {name: joined([table[name].to_numpy(float) for table in whole], "f8") for name in _FIGURES}


def _rocs(
    every: Sequence[EvaluationData], concept: str | None, averaged: Sequence[Sequence[str]]
) -> dict[str, NDArray[Any]]:
    curves = [_roc(evaluation, concept, of) for evaluation, of in zip(every, averaged, strict=True)]
    return {
        "offsets": offsets([fpr for fpr, _ in curves]),
        "fpr": joined([fpr for fpr, _ in curves], "f4"),
        "tpr": joined([tpr for _, tpr in curves], "f4"),
    }


def _roc(evaluation: EvaluationData, concept: str | None, averaged: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    fpr: NDArray[Any]
    tpr: NDArray[Any]
    if concept is None and len(averaged) < len(evaluation.concepts):
        fpr, tpr = metrics.thin_macro_roc([evaluation.counts(one) for one in averaged], _CORNERS)
    elif concept is None:
        fpr, tpr = evaluation.numbers.macro_roc_outline(_CORNERS)
    elif concept not in evaluation.concepts:
        return np.empty(0), np.empty(0)
    else:
        try:
            fpr, tpr = evaluation.numbers.roc_outline(concept)
        except EvalError:
            return np.empty(0), np.empty(0)
    kept = metrics.thin_curve(fpr, tpr, _CORNERS).rows if len(fpr) else np.empty(0, np.intp)
    return fpr[kept], tpr[kept]


def _precision_recalls(
    every: Sequence[EvaluationData], concept: str | None, averaged: Sequence[Sequence[str]]
) -> dict[str, NDArray[Any]]:
    curves = [_precision_recall(evaluation, concept, of) for evaluation, of in zip(every, averaged, strict=True)]
    return {
        "pr_offsets": offsets([recall for recall, _ in curves]),
        "recall": joined([recall for recall, _ in curves], "f4"),
        "precision": joined([precision for _, precision in curves], "f4"),
    }


def _precision_recall(
    evaluation: EvaluationData, concept: str | None, averaged: Sequence[str]
) -> tuple[NDArray[Any], NDArray[Any]]:
    nothing = np.empty(0), np.empty(0)
    counted = evaluation.numbers.has_counts
    if concept is None:
        every = [evaluation.counts(one) for one in averaged] if counted else []
        return metrics.macro_precision_recall(every, _CORNERS) if counted else nothing
    if concept not in evaluation.concepts:
        return nothing
    if not counted:
        return evaluation.numbers.precision_recall_outline(concept)
    counts = evaluation.counts(concept)
    if not counts.num_pos:
        return nothing
    rows = metrics.thin_precision_recall(counts, _CORNERS).rows
    tps, given = counts.tps[rows], counts.tps[rows] + counts.fps[rows]
    with np.errstate(invalid="ignore"):  # where nothing is predicted precision is undefined, and no step is drawn
        return tps / counts.num_pos, tps / given


def _drawn(look: Look) -> Call:
    """Draw the differences of the first two, which is what there is to see beside the curves."""
    read = [one for one in look.compared if one.evaluation is not None]
    if len(read) < 2:
        raise EvalError("There is nothing to draw: tick two evaluations to compare them.")
    (first, a), (second, b) = ((one, one.evaluation) for one in read[:2])
    assert a is not None
    assert b is not None
    try:
        pairs = paired(a, b)
    except ValueError as error:
        raise EvalError(f"The differences cannot be drawn: {error}") from None
    names = (first.title, second.title) if first.title != second.title else (first.kind_label, second.kind_label)
    height = 1.9 + 0.32 * len(pairs.concepts)
    return Call("plot_comparison", {"other": b, "names": names}, of=a, size=(8.4, height))


PANEL = Panel(
    "compare",
    travels=False,
    encode=lambda evaluation, params: _encode(evaluation, [], params),
    others=lambda params: params["others"],
    encode_beside=_encode,
    taken=Taken("differences", _drawn),
    head=CompareHead,
    params=CompareParams,
    # With K concepts, the figures of other j are entries j * K + k, NaN where undefined: both areas (in the same folds
    # means over them), and their difference. Curve i is from its offset to the next; of precision and recall a row's
    # precision holds from the recall of the row before it.
    arrays={
        "first": "f8",
        "second": "f8",
        "difference": "f8",
        "low": "f8",
        "high": "f8",
        "p_value": "f8",
        "p_holm": "f8",
        "offsets": "u4",
        "fpr": "f4",
        "tpr": "f4",
        "pr_offsets": "u4",
        "recall": "f4",
        "precision": "f4",
    },
)
