"""The macro figures of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.reading.platform import read_averaged

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["SUMMARY_NAMES", "accuracy", "fold_spreads", "macro_figures", "summary"]

_PLATFORM_NAMES = (
    "macro_avg_roc_auc",
    "macro_std_roc_auc",
    "macro_avg_f1_score",
    "macro_std_f1_score",
    "macro_avg_precision",
    "macro_avg_recall",
)
_FIGURES = ("roc_auc", "f1", "precision", "recall")
SUMMARY_NAMES = (
    *(before + name for before in ("", "pooled_", "test_set_") for name in _PLATFORM_NAMES),
    "std_over_folds_roc_auc",
    "std_over_concepts_roc_auc",
    "accuracy",
    "subset_accuracy",
    *(f"{mark}{kind}_{name}" for mark in ("", "values_") for kind in ("averaged", "left_out") for name in _FIGURES),
    "concepts",
    "inputs",
)
"""Every figure that the summary of some evaluation has."""
ZERO_RULE = "F1 is 0 where nothing is predicted but something is labelled, left out where neither is"
"""Of the averages made here, as scikit-learn's."""
SKIP_RULE = "F1 is left out where nothing is predicted, or nothing is labelled"
"""Of the platform's averages."""


def _figures_of(c: metrics.Counts, threshold: float) -> tuple[float, float, float, float]:
    rates = metrics.rates_of_counts(*c.at(threshold), c.num_pos, c.num_neg)
    return metrics.roc_auc(c), rates["f1"], rates["precision"], rates["recall"]


def macro_figures(e: EvaluationData, *, by_fold: bool = False) -> dict[str, float]:
    """Average over concepts (and folds) at threshold 0.5 what is defined, under the platform's names.

    ``averaged_roc_auc`` and ``left_out_roc_auc`` count the concepts that have an area (in any fold) and those
    that have not; the same for the other figures.
    """
    if by_fold:
        every = [[e.fold_counts(fold, concept) for fold in e.fold_numbers] for concept in e.concepts]
    else:
        every = [[c] for c in e.all_counts()]
    values = np.array([[_figures_of(c, 0.5) for c in counts] for counts in every], np.float64)
    values = values.reshape(len(e.concepts), len(e.fold_numbers) if by_fold else 1, 4)
    defined = np.asarray(~np.isnan(values).all(axis=1))
    spreads = fold_spreads(values[..., 0]) if by_fold else {}
    auc, f1, precision, recall = (metrics.mean_defined(values[..., index].ravel())[:2] for index in range(4))
    return {
        **dict(zip(_PLATFORM_NAMES, (*auc, *f1, precision[0], recall[0]), strict=True)),
        **spreads,
        **{f"averaged_{name}": int(defined[:, index].sum()) for index, name in enumerate(_FIGURES)},
        **{f"left_out_{name}": int((~defined[:, index]).sum()) for index, name in enumerate(_FIGURES)},
    }


def fold_spreads(areas: NDArray[np.float64]) -> dict[str, float]:
    """Tell two spreads apart: of the macro ROC AUC over the folds, and of the fold means over the concepts.

    The platform's ``macro_std_`` is over concepts and folds together, and mostly the spread between concepts.

    Parameters
    ----------
    areas
        (K, F) ROC AUC by concept and fold; NaN where undefined.
    """
    of_folds = [metrics.mean_defined(fold)[0] for fold in areas.T]
    of_concepts = [metrics.mean_defined(concept)[0] for concept in areas]
    return {
        "std_over_folds_roc_auc": metrics.mean_defined(of_folds)[1],
        "std_over_concepts_roc_auc": metrics.mean_defined(of_concepts)[1],
    }


def accuracy(e: EvaluationData) -> tuple[str, float]:
    """Return the accuracy's name and value: of the top concept for single-label data, else of whole rows at 0.5."""
    labels, scores = e.label_array, e.score_array
    if e.excluded is not None:
        kept = ~e.excluded.all(axis=1)
        labels, scores = labels[kept], scores[kept]
    if len(e.concepts) == 1:
        return "accuracy", metrics.subset_accuracy(labels, scores, 0.5)
    if len(labels) and (labels.sum(axis=1) == 1).all():
        return "accuracy", metrics.top1_accuracy(labels, scores)
    return "subset_accuracy", metrics.subset_accuracy(labels, scores, 0.5)


def summary(e: EvaluationData) -> pd.Series[float]:
    """The macro figures at threshold 0.5, the accuracy, and how many concepts a macro leaves out.

    Under the platform's names stand what the platform said, else the means over concepts and folds, else
    the means over concepts. ``pooled_`` or ``test_set_`` figures beside them come from the exact counts.
    ``accuracy`` is the share of inputs whose top concept is their label, or for multi-label data
    ``subset_accuracy``, the share of inputs with every decision at 0.5 right. ``averaged_`` and ``left_out_`` say how
    many concepts the means under the platform's names are of: from the server's own count where it is sent
    (then, with folds, as ``values_averaged_`` and ``values_left_out_`` of concepts times folds, and by concepts only
    where that is known, too), NaN where nobody told.
    ``attrs["sources"]`` says where each number comes from, ``attrs["rules"]`` what becomes of an undefined F1 there,
    ``attrs["reasons"]`` which of the platform's figures were not sent,
    ``attrs["left_out"]`` which concepts have no ROC AUC, and why; NaN is undefined or not sent.
    """
    import pandas as pd

    if not e.num_inputs:
        mean, std, used = metrics.mean_defined([e.roc_auc(concept) for concept in e.concepts])
        values = dict.fromkeys(_PLATFORM_NAMES, np.nan) | {"macro_avg_roc_auc": mean, "macro_std_roc_auc": std}
        values |= e.platform_summary
        sources = dict.fromkeys(values, "platform summary" if e.platform_summary else "platform curves")
        counted: dict[str, float] = {"averaged_roc_auc": used, "left_out_roc_auc": len(e.concepts) - used}
    else:
        values, sources, counted = _with_counts(e)
    told = _told(e) if e.platform_summary else {}
    # told by concepts times folds, how many concepts that is stays unknown: a row of NaN beside it would say nothing
    unknown = {key.removeprefix("values_") for key in told if key.startswith("values_")}
    values |= {key: one for key, one in counted.items() if key not in unknown or not np.isnan(one)} | told
    values |= {"concepts": len(e.concepts), "inputs": e.num_inputs}
    # pandas prints a Series' name below it: two sources are never shown unsaid
    kinds = {key.split("macro")[0] + "macro_" if "macro" in key else key: told for key, told in sources.items()}
    said = "; ".join(f"{key}*: {told}" for key, told in kinds.items() if key.endswith("macro_"))
    series = pd.Series(values, dtype="float64", name=said or "summary")
    series.index.name = "figure"
    series.attrs["sources"] = sources
    series.attrs["conditions"] = codes_of(conditions_of(e))
    series.attrs["rules"] = {
        key: SKIP_RULE if told.startswith("platform") else ZERO_RULE for key, told in sources.items() if "f1" in key
    }
    reasons = {concept: e.undefined_reason(concept) for concept in e.concepts}
    series.attrs["reasons"] = {
        key: "not sent" for key, told in sources.items() if told == "platform summary" and np.isnan(values[key])
    }
    series.attrs["left_out"] = {concept: why for concept, why in reasons.items() if why}
    return series


def _told(e: EvaluationData) -> dict[str, float]:
    """Return the server's own count of what its means are of."""
    told = {} if e.message is None else read_averaged(e.message)
    mark = "values_" if e.info.use_kfold else ""
    averaged: dict[str, float] = {f"{mark}averaged_{name}": counted[0] for name, counted in told.items()}
    return averaged | {f"{mark}left_out_{name}": counted[1] for name, counted in told.items()}


def _with_counts(e: EvaluationData) -> tuple[dict[str, float], dict[str, str], dict[str, float]]:
    """Prefer what the platform said, then the fold means; pooled figures stand beside under their own name."""
    pooled = macro_figures(e)
    own = e.numbers.label
    beside = "pooled_" if e.folds is not None else "test_set_"
    figures, source = pooled, own
    if e.folds is not None:
        figures, source = macro_figures(e, by_fold=True), f"{own}, mean over concepts and folds"
    if e.platform_summary:
        figures, source = {**dict.fromkeys(_PLATFORM_NAMES, np.nan), **e.platform_summary}, "platform summary"
    values = {name: value for name, value in figures.items() if name.startswith(("macro", "top", "std"))}
    sources = dict.fromkeys(values, source)
    if figures is not pooled:
        extra = {beside + name: pooled[name] for name in _PLATFORM_NAMES}
        values |= extra
        sources |= dict.fromkeys(extra, own + (", pooled over folds" if e.folds is not None else ""))
    name, value = accuracy(e)
    values[name], sources[name] = value, own
    averaged = figures
    if "averaged_roc_auc" not in figures:  # the platform's means
        areas = [not np.isnan(curve.roc_auc) for curve in e.platform_curves.values()]
        averaged = dict.fromkeys((f"{one}_{name}" for one in ("averaged", "left_out") for name in _FIGURES), np.nan)
        if areas:
            averaged |= {"averaged_roc_auc": sum(areas), "left_out_roc_auc": len(e.concepts) - sum(areas)}
    return values, sources, {key: value for key, value in averaged.items() if key.startswith(("averaged", "left"))}
