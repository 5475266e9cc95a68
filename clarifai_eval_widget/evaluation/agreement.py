"""Whether the two sources of numbers of an evaluation agree: the platform's curves and the test set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.named import shown_names
from clarifai_eval_widget.metrics.tolerance import TOLERANCE
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["agreement", "disagreement"]

# rates are rounded to 4 decimals, so half a unit of the last one is no disagreement
ROUNDING = 0.5e-4 + TOLERANCE
_RATES = ("tpr", "fpr", "precision", "recall")


def agreement(e: EvaluationData) -> pd.DataFrame | None:
    """Compare the platform's curves with the test set, where both describe the same inputs.

    Returns
    -------
    pandas.DataFrame or None
        By concept: name, the largest difference of tpr, fpr, precision and recall over the platform's thresholds,
        the threshold of the largest, that of the ROC AUC, and whether rounding explains them (NA: nothing
        to compare). None under k-fold, before the end, or when only one source was sent.
    """
    import pandas as pd

    if not _should_agree(e) or _of_other_sizes(e) is not None:
        return None
    rows = [_differences(e, concept) for concept in e.concepts if concept in e.platform_curves]
    names = ["concept", *(f"{rate}_difference" for rate in _RATES), "threshold", "roc_auc_difference", "agrees"]
    frame = pd.DataFrame(rows, columns=names).astype({"agrees": "boolean"}).set_index("concept")
    frame.insert(0, "name", shown_names(frame.index, e))
    return frame


def _should_agree(e: EvaluationData) -> bool:
    """Whether there are two sources, and both ought to describe the whole."""
    return e.has_counts and bool(e.platform_curves) and not e.info.use_kfold and e.complete


def _of_other_sizes(e: EvaluationData) -> str | None:
    """The first concept of which the curves count other inputs than the test set; None when there is none."""
    for concept, curve in e.platform_curves.items():
        if (curve.num_pos, curve.num_neg) != e.class_sizes(concept):
            return concept
    return None


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
    """Put the differences of one concept in words, those that rounding does not explain."""
    rates = {"tpr_difference": "true positive rate", "fpr_difference": "false positive rate"}
    apart = [f"{row[key]:.4f} in the {name}" for key, name in rates.items() if row[key] > ROUNDING]
    said = [f"by {' and '.join(apart)} at most"] if apart else []
    if row["precision_difference"] > ROUNDING:
        said.append(f"precision by {row['precision_difference']:.4f}")
    if row["recall_difference"] > max(ROUNDING, row["tpr_difference"]):
        said.append(f"recall by {row['recall_difference']:.4f}")
    if said:  # the threshold is that of the largest of these
        said[0] = f"at threshold {row['threshold']:.2f} {said[0]}"
    if row["roc_auc_difference"] > ROUNDING:
        said.append(f"ROC AUC by {row['roc_auc_difference']:.4f}")
    return said


def disagreement(e: EvaluationData) -> list[str]:
    """Say in words when the two sources disagree, or could not be compared, though they should agree."""
    if not _should_agree(e):
        return []
    concept = _of_other_sizes(e)
    if concept is not None:
        curve, (num_pos, num_neg) = e.platform_curves[concept], e.class_sizes(concept)
        note = (
            "The platform's curves and the test set do not cover the same inputs, so they are not compared: for "
            f"{concept!r} the curves count {curve.num_pos} positives and {curve.num_neg} negatives, the test set "
            f"{num_pos} and {num_neg}."
        )
        without = 0 if e.unlabelled is None else int(e.unlabelled.sum())
        if without and curve.num_neg == num_neg + without:
            note += f" The platform counts the {without} inputs without a label as negatives."
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
