"""The macro figures of an evaluation, and whether its two sources of numbers agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["accuracy", "agreement", "agreement_note", "macro_figures", "summarise"]

# rates are rounded to 4 decimals, so half a unit of the last one is no disagreement
ROUNDING = 0.5e-4 + 1e-6
_PLATFORM_NAMES = (
    "macro_avg_roc_auc",
    "macro_std_roc_auc",
    "macro_avg_f1_score",
    "macro_std_f1_score",
    "macro_avg_precision",
    "macro_avg_recall",
)
_FIGURES = ("roc_auc", "f1", "precision", "recall")
_RATES = ("tpr", "fpr", "precision", "recall")


def _figures_of(c: metrics.Counts, threshold: float) -> tuple[float, float, float, float]:
    tp, fp = c.at(threshold)
    return metrics.roc_auc(c), metrics.f1(tp, fp, c.num_pos), metrics.precision(tp, fp), metrics.recall(tp, c.num_pos)


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
    auc, f1, precision, recall = (metrics.mean_defined(values[..., index].ravel())[:2] for index in range(4))
    return {
        **dict(zip(_PLATFORM_NAMES, (*auc, *f1, precision[0], recall[0]), strict=True)),
        **{f"averaged_{name}": int(defined[:, index].sum()) for index, name in enumerate(_FIGURES)},
        **{f"left_out_{name}": int((~defined[:, index]).sum()) for index, name in enumerate(_FIGURES)},
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


def summarise(e: EvaluationData) -> pd.Series[float]:
    """Put the summary together; see :attr:`Evaluation.summary`."""
    import pandas as pd

    if e.source == "platform_curves" or not e.num_inputs:
        curves = [e.platform_curves.get(concept) for concept in e.concepts]
        mean, std, used = metrics.mean_defined([np.nan if one is None else one.roc_auc for one in curves])
        values = dict.fromkeys(_PLATFORM_NAMES, np.nan) | {"macro_avg_roc_auc": mean, "macro_std_roc_auc": std}
        values |= e.platform_summary
        sources = dict.fromkeys(values, "platform summary" if e.platform_summary else "platform curves")
        counted: dict[str, float] = {"averaged_roc_auc": used, "left_out_roc_auc": len(curves) - used}
    else:
        values, sources, counted = _with_counts(e)
    values |= counted
    values |= {"concepts": len(e.concepts), "inputs": e.num_inputs}
    # pandas prints a Series' name below it: two sources are never shown unsaid
    kinds = {key.split("macro")[0] + "macro_" if "macro" in key else key: told for key, told in sources.items()}
    said = "; ".join(f"{key}*: {told}" for key, told in kinds.items() if key.endswith("macro_"))
    series = pd.Series(values, dtype="float64", name=said or "summary")
    series.index.name = "figure"
    series.attrs["sources"] = sources
    reasons = {concept: e.undefined_reason(concept) for concept in e.concepts}
    series.attrs["left_out"] = {concept: why for concept, why in reasons.items() if why}
    return series


def _with_counts(e: EvaluationData) -> tuple[dict[str, float], dict[str, str], dict[str, float]]:
    """Prefer what the platform said, then the fold means; pooled figures stand beside under their own name."""
    pooled = macro_figures(e)
    own = "scores given" if e.source == "scores" else "test set"
    beside = "pooled_" if e.folds is not None else "test_set_"
    figures, source = pooled, own
    if e.folds is not None:
        figures, source = macro_figures(e, by_fold=True), f"{own}, mean over concepts and folds"
    if e.platform_summary:
        figures, source = {**dict.fromkeys(_PLATFORM_NAMES, np.nan), **e.platform_summary}, "platform summary"
    values = {name: value for name, value in figures.items() if name.startswith(("macro", "top"))}
    sources = dict.fromkeys(values, source)
    if figures is not pooled:
        extra = {beside + name: pooled[name] for name in _PLATFORM_NAMES}
        values |= extra
        sources |= dict.fromkeys(extra, own + (", pooled over folds" if e.folds is not None else ""))
    name, value = accuracy(e)
    values[name], sources[name] = value, own
    averaged = figures if "averaged_roc_auc" in figures else pooled  # of the means shown, where they were made here
    return values, sources, {key: value for key, value in averaged.items() if key.startswith(("averaged", "left"))}


def agreement(e: EvaluationData) -> pd.DataFrame | None:
    """Compare the platform's curves with the test set; see :meth:`Evaluation.agreement`."""
    import pandas as pd

    if not _comparable(e):
        return None
    rows = [_differences(e, concept) for concept in e.concepts if concept in e.platform_curves]
    names = ["concept", *(f"{rate}_difference" for rate in _RATES), "threshold", "roc_auc_difference", "agrees"]
    return pd.DataFrame(rows, columns=names).astype({"agrees": "boolean"}).set_index("concept")


def _comparable(e: EvaluationData) -> bool:
    if e.source != "test_set" or not e.platform_curves or e.info.use_kfold or not e.complete:
        return False
    return all(
        (curve.num_pos, curve.num_neg) == (e.counts(concept).num_pos, e.counts(concept).num_neg)
        for concept, curve in e.platform_curves.items()
    )


def _differences(e: EvaluationData, concept: str) -> dict[str, Any]:
    """Return the largest differences of one concept's rates at the platform's thresholds."""
    curve, c = e.platform_curves[concept], e.counts(concept)
    # below this the counts themselves are not exact, so a difference would say nothing
    lowest = -np.inf if e.exact_above is None else e.exact_above[e.column(concept)]
    largest: dict[str, float] = {}
    places: list[tuple[float, float]] = []
    for thresholds, sent in (
        (curve.roc_thresholds, {"tpr": curve.tpr, "fpr": curve.fpr}),
        (curve.pr_thresholds, {"precision": curve.precision, "recall": curve.recall}),
    ):
        used = np.flatnonzero(thresholds > lowest)  # no NaN is
        at = thresholds[used]
        tps, fps = c.at(at)
        share = metrics.ratio(tps, c.num_pos)
        own = {"tpr": share, "fpr": metrics.ratio(fps, c.num_neg), "precision": metrics.precision(tps, fps)}
        for name, rates in sent.items():
            gaps = np.nan_to_num(np.abs(own.get(name, share) - rates[used]))
            largest[name] = float(gaps.max(initial=0.0))
            places += [(largest[name], float(at[gaps.argmax()]))] if len(at) else []
    area = np.nan if e.exact_above is not None else abs(metrics.roc_auc(c) - curve.roc_auc)
    agrees = max(largest.values()) <= ROUNDING and not area > ROUNDING
    return {
        "concept": concept,
        **{f"{name}_difference": size for name, size in largest.items()},
        "threshold": max(places, key=lambda place: place[0])[1] if places else np.nan,
        "roc_auc_difference": area,
        "agrees": bool(agrees) if places or not np.isnan(area) else None,
    }


def _sizes(row: dict[str, Any]) -> list[str]:
    """Put the differences of one concept in words, those that could be measured."""
    said = []
    if not np.isnan(row["threshold"]):
        said.append(
            f"at threshold {row['threshold']:.2f} by {row['tpr_difference']:.4f} in the true positive rate and "
            f"{row['fpr_difference']:.4f} in the false positive rate at most"
        )
    if row["precision_difference"] > ROUNDING:
        said.append(f"precision by {row['precision_difference']:.4f}")
    if row["recall_difference"] > max(ROUNDING, row["tpr_difference"]):
        said.append(f"recall by {row['recall_difference']:.4f}")
    if not np.isnan(row["roc_auc_difference"]):
        said.append(f"ROC AUC by {row['roc_auc_difference']:.4f}")
    return said


def agreement_note(e: EvaluationData) -> list[str]:
    """Say in words when the two sources disagree, or could not be compared, though they should agree."""
    if e.source != "test_set" or not e.platform_curves or e.info.use_kfold or not e.complete:
        return []
    if not _comparable(e):
        concept, curve = next(iter(e.platform_curves.items()))
        for one, other in e.platform_curves.items():
            if (other.num_pos, other.num_neg) != (e.counts(one).num_pos, e.counts(one).num_neg):
                concept, curve = one, other
                break
        c = e.counts(concept)
        note = (
            "The platform's curves and the test set do not cover the same inputs, so they are not compared: for "
            f"{concept!r} the curves count {curve.num_pos} positives and {curve.num_neg} negatives, the test set "
            f"{c.num_pos} and {c.num_neg}."
        )
        return [note]
    rows = [_differences(e, concept) for concept in e.concepts if concept in e.platform_curves]
    apart = sorted(
        (row for row in rows if row["agrees"] is False),
        key=lambda row: -max(row[f"{rate}_difference"] for rate in _RATES),
    )
    if not apart:
        return []
    worst = apart[0]
    note = (
        f"The platform's curves disagree with the test set for {len(apart)} of {len(rows)} concepts "
        f"({listed(row['concept'] for row in apart)}): for {worst['concept']!r} "
        + "; ".join(_sizes(worst))
        + f". Rounding explains {ROUNDING:.5f}."
    )
    return [note]
