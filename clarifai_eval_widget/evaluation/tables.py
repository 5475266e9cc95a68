"""Tables of an evaluation: by concept, by fold, and averaged, each number with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics

if TYPE_CHECKING:
    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.info import PlatformCurve

__all__ = ["SOURCE_LABELS", "averages", "concept_table", "fold_table", "thresholds_of"]

SOURCE_LABELS = {"test_set": "test set", "scores": "scores given", "platform_curves": "platform curves"}
_COUNTS = ("num_pos", "num_neg", "tp", "fp", "fn", "tn", "predicted")
_RATES = ("precision", "recall", "f1", "roc_auc", "avg_precision")
# the platform rounds rates to 4 decimals: up to this many inputs, the nearest whole number is the count
_ROUNDABLE = 5000


def thresholds_of(e: EvaluationData, threshold: float | Mapping[str, Any]) -> list[float]:
    """Give each concept its threshold: one for all, or a mapping of thresholds or operating points.

    Raises
    ------
    ValueError
        When a concept has none, or one is not a number.
    """
    if not isinstance(threshold, Mapping):
        values = [float(threshold)] * len(e.concepts)
    else:
        for concept in threshold:
            e.column(concept)
        missing = [concept for concept in e.concepts if concept not in threshold]
        if missing:
            raise ValueError(f"There is no threshold for {missing[0]!r}; give one for every concept.")
        given = [threshold[one] for one in e.concepts]
        values = [float(one.threshold if hasattr(one, "threshold") else one) for one in given]
    if np.isnan(values).any():
        raise ValueError("A threshold is not a number (NaN); give numbers, usually between 0 and 1.")
    return values


def _row_of_counts(e: EvaluationData, concept: str, threshold: float) -> dict[str, Any]:
    c = e.counts(concept)
    reason = e.undefined_reason(concept)
    if reason == "no scores sent":
        labelled = int(e.label_array[:, e.column(concept)].sum())
        blank = dict.fromkeys(_COUNTS) | dict.fromkeys(_RATES, np.nan)
        return blank | {"num_pos": labelled, "num_neg": e.num_inputs - labelled, "reason": reason}
    tp, fp = (int(one) for one in c.at(threshold))
    reasons = [reason] if reason else []
    if not tp + fp:
        reasons.append("nothing predicted")
    if e.exact_above is not None and threshold <= e.exact_above[e.column(concept)]:
        reasons.append(f"scores below {e.exact_above[e.column(concept)]:.4g} were not all sent")
    return {
        "num_pos": c.num_pos,
        "num_neg": c.num_neg,
        "tp": tp,
        "fp": fp,
        "fn": c.num_pos - tp,
        "tn": c.num_neg - fp,
        "predicted": tp + fp,
        "precision": metrics.precision(tp, fp),
        "recall": metrics.recall(tp, c.num_pos),
        "f1": metrics.f1(tp, fp, c.num_pos),
        "roc_auc": metrics.roc_auc(c),
        "avg_precision": metrics.average_precision(c),
        "reason": "; ".join(reasons),
    }


def rate_at(thresholds: Any, rates: Any, threshold: float) -> float:
    """Look a rate up at the smallest stored threshold that is not below the one asked for; NaN if none is."""
    known = np.flatnonzero(thresholds >= threshold - 1e-6)
    return float(rates[known[np.argmin(thresholds[known])]]) if len(known) else np.nan


def _row_of_rates(e: EvaluationData, concept: str, threshold: float) -> dict[str, Any]:
    curve = e.platform_curves.get(concept)
    blank: dict[str, Any] = dict.fromkeys(_COUNTS) | dict.fromkeys(_RATES, np.nan)
    if curve is None:
        return blank | {"reason": "no curve sent"}
    recall = rate_at(curve.pr_thresholds, curve.recall, threshold)
    precision = rate_at(curve.pr_thresholds, curve.precision, threshold)
    fpr = rate_at(curve.roc_thresholds, curve.fpr, threshold)
    reasons = [e.undefined_reason(concept)] if np.isnan(curve.roc_auc) else []
    if recall == 0.0 and (fpr == 0.0 or np.isnan(fpr)):
        precision = np.nan  # the platform writes 1 where nothing is predicted
        reasons.append("nothing predicted")
    elif np.isnan(recall):
        reasons.append("no rates sent at this threshold")
    if np.isnan(curve.avg_precision):
        reasons.append("avg_precision not sent")
    row = blank | {
        "num_pos": curve.num_pos,
        "num_neg": curve.num_neg,
        "precision": precision,
        "recall": recall,
        "f1": _harmonic(precision, recall),
        "roc_auc": curve.roc_auc,
        "avg_precision": curve.avg_precision,
    }
    if e.info.use_kfold is False and max(curve.num_pos, curve.num_neg) <= _ROUNDABLE:
        row |= _counts_of_rates(curve, recall, fpr)
    else:
        reasons.append("no counts: rates are means over folds" if e.info.use_kfold else "no counts: rates are rounded")
    return row | {"reason": "; ".join(reasons)}


def _harmonic(precision: float, recall: float) -> float:
    if np.isnan(precision):
        return 0.0 if recall == 0.0 else np.nan
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _counts_of_rates(curve: PlatformCurve, recall: float, fpr: float) -> dict[str, Any]:
    if np.isnan(recall) or np.isnan(fpr):
        return {}
    tp, fp = round(recall * curve.num_pos), round(fpr * curve.num_neg)
    return {"tp": tp, "fp": fp, "fn": curve.num_pos - tp, "tn": curve.num_neg - fp, "predicted": tp + fp}


def _fold_spread(e: EvaluationData, concept: str) -> dict[str, Any]:
    areas = [metrics.roc_auc(e.fold_counts(fold, concept)) for fold in e.fold_numbers]
    mean, std, averaged = metrics.mean_defined(areas)
    return {"fold_roc_auc_mean": mean, "fold_roc_auc_std": std, "fold_roc_auc_folds": averaged}


def _platform_figures(e: EvaluationData, concept: str) -> dict[str, Any]:
    curve = e.platform_curves.get(concept)
    if curve is None:
        return {"platform_num_pos": None, "platform_roc_auc": np.nan, "platform_f1": np.nan}
    return {"platform_num_pos": curve.num_pos, "platform_roc_auc": curve.roc_auc, "platform_f1": curve.f1}


def _source_of_row(e: EvaluationData) -> str:
    """Say what a row was counted from, and what stands beside it."""
    words = SOURCE_LABELS[e.source]
    split = e.info.use_kfold and e.folds is None
    if e.source == "platform_curves":
        return f"{words}, means over folds" if e.info.use_kfold else words
    words += " (one split of the cross-validation)" if split else ""
    if e.folds is not None:
        words += " (pooled over folds; fold_: mean over folds)"
    if e.platform_curves:
        words += f"; platform_: platform curves{', means over folds' if e.info.use_kfold else ''}"
    return words


def concept_table(e: EvaluationData, threshold: float | Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate every concept at its threshold; see :meth:`Evaluation.table`."""
    import pandas as pd

    by_curve = e.source == "platform_curves"
    if not by_curve:
        e.all_counts()
    rows = []
    for concept, at in zip(e.concepts, thresholds_of(e, threshold), strict=True):
        row = _row_of_rates(e, concept, at) if by_curve else _row_of_counts(e, concept, at)
        row |= _fold_spread(e, concept) if e.folds is not None else {}
        row |= _platform_figures(e, concept) if e.platform_curves and not by_curve else {}
        rows.append({"threshold": at, **row, "source": _source_of_row(e)})
    frame = pd.DataFrame(rows, index=pd.Index(e.concepts, name="concept", dtype="str"))
    if frame.empty:
        names = ["threshold", *_COUNTS, *_RATES, "reason", "source"]
        frame = pd.DataFrame({name: pd.Series(dtype="float64") for name in names}, index=frame.index)
    whole = [one for one in (*_COUNTS, "fold_roc_auc_folds", "platform_num_pos") if one in frame]
    texts = dict.fromkeys(("reason", "source"), "str")
    last = ["reason", "source"]
    ordered = frame[[*[one for one in frame if one not in last], *last]]
    ordered = ordered.astype(dict.fromkeys(whole, "Int64") | texts)
    ordered.attrs.update(source=SOURCE_LABELS[e.source], num_inputs=e.num_inputs)
    return ordered


def fold_table(e: EvaluationData, threshold: float | Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate every fold and concept; see :meth:`Evaluation.fold_table`."""
    import pandas as pd

    rows = []
    limits = thresholds_of(e, threshold)
    for fold in e.fold_numbers:
        for concept, at in zip(e.concepts, limits, strict=True):
            c = e.fold_counts(fold, concept)
            tp, fp = (int(one) for one in c.at(at))
            reasons = [metrics.undefined_reason(c)] + ([] if tp + fp else ["nothing predicted"])
            row = {"fold": fold, "concept": concept, "threshold": at, "num_pos": c.num_pos, "num_neg": c.num_neg}
            row |= {"tp": tp, "fp": fp, "precision": metrics.precision(tp, fp)}
            row |= {"recall": metrics.recall(tp, c.num_pos), "f1": metrics.f1(tp, fp, c.num_pos)}
            row |= {"roc_auc": metrics.roc_auc(c), "avg_precision": metrics.average_precision(c)}
            rows.append(row | {"reason": "; ".join(filter(None, reasons))})
    names = ["fold", "concept", "threshold", "num_pos", "num_neg", "tp", "fp", "precision", "recall", "f1", "roc_auc"]
    frame = pd.DataFrame(rows, columns=[*names, "avg_precision", "reason"])
    frame["source"] = f"{SOURCE_LABELS[e.source]}, out-of-fold predictions"
    return frame.astype({"concept": "str", "reason": "str", "source": "str"})


def averages(e: EvaluationData, threshold: float | Mapping[str, Any]) -> pd.DataFrame:
    """Average over concepts in three ways; see :meth:`Evaluation.averages`."""
    import pandas as pd

    table = concept_table(e, threshold)
    weights = table["num_pos"].astype("Float64").fillna(0).to_numpy(np.float64)
    rows = []
    for figure in _RATES:
        values = table[figure].to_numpy(np.float64)
        for kind, mass in (("macro", np.ones(len(values))), ("weighted", weights)):
            mean, std, used = metrics.mean_defined(values, mass)
            rows.append({"average": kind, "figure": figure, "value": mean, "std": std, "averaged": used})
            unused = np.isnan(values) | (mass == 0)
            rows[-1]["left_out"] = ", ".join(one for one, out in zip(e.concepts, unused, strict=True) if out)
    if e.source != "platform_curves" and len(e.concepts):
        pooled = _micro(e, table)
        counted = table["tp"].notna()
        row = {"average": "micro", "std": np.nan, "averaged": int(counted.sum())}
        row["left_out"] = ", ".join(table.index[~counted])
        rows += [row | {"figure": figure, "value": value} for figure, value in pooled.items()]
    names = ["average", "figure", "value", "std", "averaged", "left_out"]
    frame = pd.DataFrame(rows, columns=names)
    frame["source"] = SOURCE_LABELS[e.source]
    return frame.astype({"average": "str", "figure": "str", "left_out": "str", "source": "str"})


def _micro(e: EvaluationData, table: pd.DataFrame) -> dict[str, float]:
    """Pool all decisions; each concept at its own threshold."""
    # a concept no score was sent for has labels, but no decisions to pool
    tp, fp, pos = (int(table.loc[table["tp"].notna(), name].sum()) for name in ("tp", "fp", "num_pos"))
    counted = metrics.micro(e.all_counts())
    return {
        "precision": metrics.precision(tp, fp),
        "recall": metrics.recall(tp, pos),
        "f1": metrics.f1(tp, fp, pos),
        "roc_auc": metrics.roc_auc(counted),
        "avg_precision": metrics.average_precision(counted),
    }
