"""What every panel builds on: the evaluation's head, the slider's stops, and each concept's counts at every stop.

Counts are sent, rates are derived: with K concepts and S stops, ``tps[k * S + s]`` is how many inputs labelled with
concept k score at least ``stops[s]``. Where only rates are known, they stand at the stops instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.widget.wire.packing import Section, or_null
from clarifai_eval_widget.widget.workbench.arrays import joined
from clarifai_eval_widget.widget.workbench.headline import headline
from clarifai_eval_widget.widget.workbench.intervals import concept_intervals, macro_interval
from clarifai_eval_widget.widget.workbench.own_figures import matrices_of, only_sent, summary_words
from clarifai_eval_widget.widget.workbench.rates import rates_at_hundredths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.terms import Source
    from clarifai_eval_widget.uncertainty import AucEstimate, FigureEstimate
    from clarifai_eval_widget.widget.wire.heads import Caution, ConceptFigures, EvaluationHead, FoldSpread, MacroFigures
    from clarifai_eval_widget.widget.workbench.caption import Caption

__all__ = ["encode_base"]

_SOURCES: dict[Source, str] = {
    "test_set": "Counted from every prediction",
    "scores": "Counted from the scores given",
    "platform_curves": "The platform's curves: rates at 101 thresholds, rounded to 4 decimals",
}


def encode_base(evaluation: Evaluation, caption: Caption) -> Section:
    """Encode the head, the stops, and counts or rates at the stops.

    Parameters
    ----------
    evaluation
        Complete or not; one without any input yet gives empty curves.
    caption
        The words that go with it.
    """
    stops = evaluation.numbers.stops
    head = _head(evaluation, caption)
    if not head["has_counts"]:
        rates = rates_at_hundredths(evaluation)
        return Section(head, {"stops": stops, **{name: joined(rows, "f8") for name, rows in rates.items()}})
    at_stops = [counts.at(stops) for counts in evaluation.all_counts()]
    tps, fps = [tps for tps, _ in at_stops], [fps for _, fps in at_stops]
    return Section(head, {"stops": stops, "tps": joined(tps, "u4"), "fps": joined(fps, "u4")})


def _head(evaluation: Evaluation, caption: Caption) -> EvaluationHead:
    folds = list(evaluation.fold_numbers)
    areas = concept_intervals(evaluation)
    overall, alone = macro_interval(evaluation, areas), only_sent(evaluation, caption.sent)
    by_fold = [
        [metrics.roc_auc(evaluation.fold_counts(fold, concept)) for fold in folds] for concept in evaluation.concepts
    ]
    concepts = [
        _concept(evaluation, concept, area, fold_aucs, unsent=alone)
        for concept, area, fold_aucs in zip(evaluation.concepts, areas, by_fold, strict=True)
    ]
    return {
        "title": caption.title,
        "kind": caption.kind,
        "kind_label": caption.kind_label,
        "complete": evaluation.complete,
        "dtype": "float32" if evaluation.score_array.dtype == np.float32 else "float64",
        "source": evaluation.source,
        "source_label": "The server's own summary and matrices" if alone else _SOURCES[evaluation.source],
        "has_counts": evaluation.numbers.has_counts and not alone,
        "notes": list(caption.notes),
        "headline": headline(evaluation, areas, overall, caption.sent),
        "cautions": _cautions(evaluation),
        "inputs": evaluation.num_inputs,
        "inputs_total": evaluation.info.inputs or 0,
        "folds": folds,
        "folds_total": evaluation.info.folds or len(folds),
        "concepts": concepts,
        "macro": _macro(concepts, overall, by_fold, len(folds)),
        "matrices": matrices_of(evaluation, caption.sent),
        "platform_summary": summary_words(evaluation),
        "unserved": [evaluation.numbers.column(concept) for concept in evaluation.numbers.unserved],
        "thinned": [evaluation.numbers.column(concept) for concept in evaluation.numbers.thinned],
    }


def _cautions(evaluation: Evaluation) -> list[Caution]:
    places = {concept: at for at, concept in enumerate(evaluation.concepts)}
    return [
        {
            "code": str(one.code),
            "title": one.code.page.title,
            "concepts": None if one.concepts is None else [places[concept] for concept in one.concepts],
        }
        for one in conditions_of(evaluation)
        if one.code.page.careful
    ]


def _concept(
    evaluation: Evaluation, concept: str, area: AucEstimate, fold_aucs: Sequence[float], *, unsent: bool
) -> ConceptFigures:
    num_pos, num_neg = evaluation.numbers.class_sizes(concept) or (0, 0)
    reason = "not sent" if unsent else evaluation.undefined_reason(concept)
    return {
        "id": concept,
        "name": evaluation.concept_names.get(concept, concept),
        "num_pos": num_pos,
        "num_neg": num_neg,
        "roc_auc": or_null(evaluation.roc_auc(concept)),
        "roc_auc_low": or_null(area.interval[0]),
        "roc_auc_high": or_null(area.interval[1]),
        "reason": reason,
        "interval_reason": "" if reason else area.reason,
        "interval_method": area.method,
        "fold_roc_auc": _spread(fold_aucs) if fold_aucs else None,
    }


def _macro(
    concepts: Sequence[ConceptFigures],
    overall: FigureEstimate | None,
    by_fold: Sequence[Sequence[float]],
    folds: int,
) -> MacroFigures:
    areas = [np.nan if concept["roc_auc"] is None else concept["roc_auc"] for concept in concepts]
    mean, _, averaged = metrics.mean_defined(areas)
    spread: FoldSpread | None = None
    low, high = overall.interval if overall is not None else (np.nan, np.nan)
    if folds:
        spread = {**_spread([metrics.mean_defined(fold)[0] for fold in zip(*by_fold, strict=True)]), "folds": folds}
    each = [metrics.mean_defined(fold_aucs)[0] for fold_aucs in by_fold] if folds else areas
    _, between, several = metrics.mean_defined(each)
    return {
        "roc_auc": or_null(mean),
        "roc_auc_low": or_null(low),
        "roc_auc_high": or_null(high),
        "interval_method": overall.method if overall is not None else "",
        "averaged": averaged,
        "left_out": [concept["id"] for concept in concepts if concept["roc_auc"] is None],
        "fold_roc_auc": spread,
        "concept_roc_auc": {"std": or_null(between), "concepts": several} if several > 1 else None,
    }


def _spread(values: Sequence[float]) -> FoldSpread:
    mean, std, folds = metrics.mean_defined(values)
    return {"mean": or_null(mean), "std": or_null(std), "folds": folds}
