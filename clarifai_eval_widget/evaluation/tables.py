"""Tables of an evaluation: by concept, by fold, and averaged, each number with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import not_found
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.counted import figures_of
from clarifai_eval_widget.evaluation.curve_parts import average_id
from clarifai_eval_widget.evaluation.interface import COUNTS, FIGURES
from clarifai_eval_widget.evaluation.intervals import roc_auc_intervals
from clarifai_eval_widget.evaluation.named import by_name_too, shown_names
from clarifai_eval_widget.evaluation.summary import SKIP_RULE, ZERO_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["averages", "fold_table", "full_table", "table"]


_ON_ONE_SCREEN = [
    "name",
    "threshold",
    "num_pos",
    "tp",
    "fp",
    "fn",
    "tn",
    "precision",
    "recall",
    "f1",
    "roc_auc",
    "avg_precision",
    "conditions",
    "reason",
]
_LAST = ["conditions", "reason", "source"]


def _fold_spread(e: EvaluationData, concept: str) -> dict[str, Any]:
    areas = [metrics.roc_auc(e.fold_counts(fold, concept)) for fold in e.fold_numbers]
    mean, std, averaged = metrics.mean_defined(areas)
    return {"fold_roc_auc_mean": mean, "fold_roc_auc_std": std, "fold_roc_auc_folds": averaged}


def _mean_over_folds(e: EvaluationData) -> float:
    """Average the area in each fold over its concepts, then over the folds."""
    areas = [[metrics.roc_auc(e.fold_counts(fold, concept)) for concept in e.concepts] for fold in e.fold_numbers]
    return float(metrics.mean_defined([metrics.mean_defined(fold)[0] for fold in areas])[0])


def _platform_figures(e: EvaluationData, concept: str) -> dict[str, Any]:
    curve = e.platform_curves.get(concept)
    if curve is None:
        return {"platform_num_pos": None, "platform_roc_auc": np.nan, "platform_f1": np.nan}
    return {"platform_num_pos": curve.num_pos, "platform_roc_auc": curve.roc_auc, "platform_f1": curve.f1}


def _source_of_row(e: EvaluationData) -> str:
    """Say what a row was counted from."""
    if not _platform_beside(e):
        return e.numbers.row_words
    return f"{e.numbers.row_words}; platform_: platform curves{', means over folds' if e.info.use_kfold else ''}"


def _platform_beside(e: EvaluationData) -> bool:
    """Whether the platform's figures stand beside those counted here."""
    return e.has_counts and bool(e.platform_curves)


def _in_full(e: EvaluationData, concept: str, threshold: float) -> str:
    """Write a threshold out where the six digits that pandas prints would count otherwise."""
    if not e.has_counts or not np.isfinite(threshold):
        return ""
    c = e.counts(concept)
    same = c.row([float(f"{threshold:.6g}")])[0] == c.row([threshold])[0]
    return "" if same else f"the threshold in full is {e.numbers.threshold_words(threshold)}"


@by_name_too
def table(
    e: EvaluationData,
    threshold: float | Mapping[str, Any] = 0.5,
    *,
    concepts: Iterable[str] | None = None,
    averages: bool = False,
    columns: Iterable[str] | None = None,
    full: bool = False,
) -> pd.DataFrame:
    """Tabulate every concept at a threshold; positive is ``score >= threshold``.

    Parameters
    ----------
    threshold
        One for all concepts, or a mapping from concept id to threshold or operating point.
    concepts
        Which concepts, in which order. None: all of them.
    averages
        Whether the macro average of all concepts, and with counts of several their micro average, stand first, as on
        the page; each of the figures that :meth:`averages` gives.
    columns
        Which columns, in which order: any of the full table's. None: those that can be read on one screen.
    full
        Whether to give all columns.

    Returns
    -------
    pandas.DataFrame
        By concept: name, threshold, num_pos, tp, fp, fn, tn, precision, recall, f1, roc_auc, avg_precision, conditions
        (codes; ``Evaluation.conditions`` explains them), reason. NaN is undefined, for the ``reason``, which also
        writes a threshold in full where the digits that pandas prints would count otherwise.
        In full also num_neg, predicted, specificity, balanced_accuracy; with folds ``fold_roc_auc_mean``, ``_std``
        (population) and ``_folds`` beside the pooled roc_auc; with lists cut to the highest scores ``roc_auc_worst``
        and ``_best``, which hold the roc_auc of the whole lists; with the platform's curves ``platform_`` figures
        beside those counted here; ``source`` says where the counts come from. With counts also the 95% interval that
        the page draws, ``roc_auc_low`` and ``roc_auc_high``, with ``roc_auc_interval``: how it was made and what it is
        of (with folds the mean over folds), or why there is none; :meth:`roc_auc_intervals` gives other levels.

    Raises
    ------
    ValueError
        When a concept is left without a threshold, one is NaN, or there is no such column.
    """
    if columns is not None and full:
        raise ValueError("Give columns= or full=True, not both.")
    frame = full_table(e, threshold)
    chosen = _ON_ONE_SCREEN if columns is None else list(columns)
    if full or not set(chosen) <= set(frame):
        frame = _with_intervals(e, frame)
    if unknown := [name for name in chosen if name not in frame]:
        raise ValueError(str(not_found("column", unknown[0], frame.columns)))
    found = frame if concepts is None else frame.loc[list(dict.fromkeys(concepts))]
    if averages:
        found = _under_averages(e, found, threshold)
    return found if full else found[chosen]


def _under_averages(e: EvaluationData, frame: pd.DataFrame, threshold: float | Mapping[str, Any]) -> pd.DataFrame:
    """Put the averages of all concepts above rows of the table; what no average has is empty there."""
    import pandas as pd

    figures = averages(e, threshold).pivot_table(index="average", columns="figure", values="value", dropna=False)
    kinds = ["macro", "micro"] if e.has_counts and len(e.concepts) > 1 else ["macro"]
    ids = [average_id(e, kind) for kind in kinds]
    above = frame.reindex(ids)
    for one in set(figures) & set(frame):
        above[one] = figures.reindex(kinds)[one].to_numpy(np.float64)
    if "fold_roc_auc_mean" in frame:
        above.loc[ids[0], "fold_roc_auc_mean"] = _mean_over_folds(e)
    if not isinstance(threshold, Mapping):
        above.loc[ids[0], "threshold"] = threshold
    above["name"] = [f"{kind.capitalize()} average" for kind in kinds]
    above = above.astype({one: kind for one, kind in frame.dtypes.items() if str(kind) != "str"})
    texts = [one for one, kind in frame.dtypes.items() if str(kind) == "str"]
    above[texts] = above[texts].fillna("")
    whole = pd.concat([above, frame]).rename_axis(frame.index.name)
    whole.attrs.update(frame.attrs)
    return whole


def _with_intervals(e: EvaluationData, frame: pd.DataFrame) -> pd.DataFrame:
    """Add each area's interval, which takes longer than all else here, where there are counts to make it of."""
    if not e.has_counts or frame.empty:
        return frame
    found = roc_auc_intervals(e)
    how = found["method"].where(found["reason"] == "", found["reason"])
    wide = frame.assign(roc_auc_low=found["low"], roc_auc_high=found["high"], roc_auc_interval=how.astype("str"))
    wide.attrs.update(frame.attrs)
    return wide[[*[one for one in wide if one not in _LAST], *_LAST]]


def full_table(e: EvaluationData, threshold: float | Mapping[str, Any] = 0.5) -> pd.DataFrame:
    """Tabulate every concept at a threshold as :meth:`table` does with ``full=True``, without the intervals."""
    import pandas as pd

    if e.has_counts:
        e.all_counts()  # at once, on several threads
    rows = []
    for concept, at in zip(e.concepts, e.numbers.limits(threshold), strict=True):
        row = e.numbers.row(concept, at)
        row["reason"] = "; ".join(filter(None, [row["reason"], _in_full(e, concept, at)]))
        row |= _fold_spread(e, concept) if e.folds is not None else {}
        row |= _platform_figures(e, concept) if _platform_beside(e) else {}
        if e.exact_above is not None:
            row |= dict(zip(("roc_auc_worst", "roc_auc_best"), e.numbers.roc_auc_bounds(concept), strict=True))
        row |= {"conditions": codes_of(conditions_of(e), concept), "source": _source_of_row(e)}
        rows.append({"name": e.concept_names.get(concept, concept), "threshold": at, **row})
    frame = pd.DataFrame(rows, index=pd.Index(e.concepts, name="concept", dtype="str"))
    if frame.empty:
        names = ["name", "threshold", *COUNTS, *FIGURES, "conditions", "reason", "source"]
        frame = pd.DataFrame({name: pd.Series(dtype="float64") for name in names}, index=frame.index)
    whole = [one for one in (*COUNTS, "fold_roc_auc_folds", "platform_num_pos") if one in frame]
    texts = dict.fromkeys(["name", *_LAST], "str")
    ordered = frame[[*[one for one in frame if one not in _LAST], *_LAST]]
    ordered = ordered.astype(dict.fromkeys(whole, "Int64") | texts)
    ordered.attrs.update(source=e.numbers.label, num_inputs=e.num_inputs)
    return ordered


@by_name_too
def fold_table(e: EvaluationData, threshold: float | Mapping[str, Any] = 0.5) -> pd.DataFrame:
    """Tabulate every fold and concept at a threshold (as in :meth:`table`); empty without folds.

    Columns fold, concept, name, threshold, num_pos, num_neg, tp, fp, the rates and areas of :meth:`table`, reason (why
    one is NaN), conditions (codes), source.
    """
    import pandas as pd

    rows = []
    limits = e.numbers.limits(threshold)
    for fold in e.fold_numbers:
        for concept, at in zip(e.concepts, limits, strict=True):
            c = e.fold_counts(fold, concept)
            tp, fp = (int(one) for one in c.at(at))
            reasons = [metrics.undefined_reason(c)] + ([] if tp + fp else ["nothing predicted"])
            name = e.concept_names.get(concept, concept)
            row = {
                "fold": fold,
                "concept": concept,
                "name": name,
                "threshold": at,
                "num_pos": c.num_pos,
                "num_neg": c.num_neg,
            }
            row |= {"tp": tp, "fp": fp, **figures_of(c, tp, fp)}
            rows.append(row | {"reason": "; ".join(filter(None, reasons))})
    names = ["fold", "concept", "name", "threshold", "num_pos", "num_neg", "tp", "fp", *FIGURES, "reason"]
    frame = pd.DataFrame(rows, columns=names)
    frame["conditions"] = [codes_of(conditions_of(e), str(concept)) for concept in frame["concept"]]
    frame["source"] = f"{e.numbers.label}, out-of-fold predictions"
    return frame.astype(dict.fromkeys(("concept", "name", "reason", "conditions", "source"), "str"))


@by_name_too
def averages(e: EvaluationData, threshold: float | Mapping[str, Any] = 0.5) -> pd.DataFrame:
    """Tabulate macro, weighted (by positives) and micro averages.

    Returns
    -------
    pandas.DataFrame
        Columns average, figure, value, std (population, over concepts), averaged (how many concepts have a
        value), left_out (those that have none) and left_out_names, undefined (the rule
        by which an undefined F1 is left out), conditions (codes), source.
    """
    import pandas as pd

    by_concept = full_table(e, threshold)
    weights = by_concept["num_pos"].astype("Float64").fillna(0).to_numpy(np.float64)
    rows = []
    for figure in FIGURES:
        values = by_concept[figure].to_numpy(np.float64)
        for kind, mass in (("macro", np.ones(len(values))), ("weighted", weights)):
            mean, std, used = metrics.mean_defined(values, mass)
            rows.append({"average": kind, "figure": figure, "value": mean, "std": std, "averaged": used})
            unused = np.isnan(values) | (mass == 0)
            out = [one for one, unweighed in zip(e.concepts, unused, strict=True) if unweighed]
            rows[-1] |= _left_out(e, out)
    if e.has_counts and e.concepts:
        pooled = _micro(e, by_concept)
        counted = by_concept["tp"].notna()
        row = {"average": "micro", "std": np.nan, "averaged": int(counted.sum())}
        row |= _left_out(e, by_concept.index[~counted])
        rows += [row | {"figure": figure, "value": value} for figure, value in pooled.items()]
    names = ["average", "figure", "value", "std", "averaged", "left_out", "left_out_names"]
    frame = pd.DataFrame(rows, columns=names)
    rule = ZERO_RULE if e.has_counts else SKIP_RULE
    frame["conditions"] = codes_of(conditions_of(e))
    frame["undefined"] = np.where(frame["figure"] == "f1", rule, "")
    frame["source"] = e.numbers.words
    texts = ("average", "figure", "left_out", "left_out_names", "conditions", "undefined", "source")
    return frame.astype(dict.fromkeys(texts, "str"))


def _micro(e: EvaluationData, by_concept: pd.DataFrame) -> dict[str, float]:
    """Pool all decisions; each concept at its own threshold."""
    # a concept no score was sent for has labels, but no decisions to pool
    tp, fp = (int(by_concept.loc[by_concept["tp"].notna(), name].sum()) for name in ("tp", "fp"))
    return figures_of(metrics.micro(e.all_counts()), tp, fp)


def _left_out(e: EvaluationData, concepts: Iterable[str]) -> dict[str, str]:
    """Name the concepts that an average is not over."""
    ids = list(concepts)
    return {"left_out": ", ".join(ids), "left_out_names": ", ".join(shown_names(ids, e))}
