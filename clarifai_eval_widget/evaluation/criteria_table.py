"""Thresholds by every criterion as a table, and the conditions of an evaluation as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.named import by_name_too, shown_names
from clarifai_eval_widget.evaluation.offers import Asked, Offered, offered

if TYPE_CHECKING:
    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["condition_table", "criteria", "criteria_table"]

_RATES = ("precision", "recall", "f1", "fpr")
_COLUMNS = (
    *("criterion", "concept", "keywords", "threshold", "threshold_low", "threshold_high", "value", *_RATES),
    *("held_out", "held_out_std", "conditions", "reason"),
)
_TEXTS = ("criterion", "concept", "keywords", "conditions", "reason")
_DTYPES = {one: "str" if one in _TEXTS else "float64" for one in _COLUMNS}


def criteria(
    *,
    recall: float,
    precision: float,
    fpr: float,
    beta: float,
    fp_cost: float,
    fn_cost: float,
    guarantee: float,
    prevalence: float | None,
) -> dict[str, Asked]:
    """List the criteria, in the order in which they are offered."""
    at = {"prevalence": prevalence}
    least_recall, least_precision, most_fpr = {"min_recall": recall}, {"min_precision": precision}, {"max_fpr": fpr}
    return {
        "f1": Asked({"maximize": "f1"} | at),
        "recall": Asked(least_recall | at),
        "precision": Asked(least_precision | at),
        "fpr": Asked(most_fpr | at),
        "cost": Asked({"fp_cost": fp_cost, "fn_cost": fn_cost} | at),
        "recall_guaranteed": Asked(least_recall | at, guarantee),
        "precision_guaranteed": Asked(least_precision | at, guarantee),
        "fpr_guaranteed": Asked(most_fpr | at, guarantee),
        "fbeta": Asked({"maximize": "fbeta", "beta": beta} | at),
        "youden_j": Asked({"maximize": "youden_j"} | at),
        "mcc": Asked({"maximize": "mcc"} | at),
        "equal_error_rate": Asked({"equal_error_rate": True} | at),
    }


@by_name_too
def criteria_table(
    e: EvaluationData,
    concept: str | None = None,
    *,
    min_recall: float = 0.9,
    min_precision: float = 0.9,
    max_fpr: float = 0.05,
    beta: float = 2,
    fp_cost: float = 1,
    fn_cost: float = 5,
    guarantee: float = 0.95,
    prevalence: float | None = None,
    held_out: bool = True,
) -> pd.DataFrame:
    """Tabulate the thresholds that every criterion of :meth:`operating_point` chooses, and what each gives.

    Parameters
    ----------
    concept
        A concept id; None for every concept, each with its own thresholds.
    min_recall, min_precision, max_fpr
        The bounds of the criteria named after them, and of those that are guaranteed.
    beta, fp_cost, fn_cost, prevalence
        As in :meth:`operating_point`.
    guarantee
        With which confidence a guaranteed bound holds on new inputs.
    held_out
        Whether to measure each criterion also on inputs that took no part in choosing.

    Returns
    -------
    pandas.DataFrame
        Index ``criterion``, for every concept ``criterion`` and ``concept`` with its ``name``; columns ``keywords`` (of
        ``operating_point``), ``threshold``, ``threshold_low`` and ``threshold_high`` (the bootstrap interval of a
        single concept's), ``value`` (what the criterion makes best, there), ``precision``, ``recall``, ``f1``, ``fpr``,
        ``held_out`` (that value, measured on folds that took no part in choosing), ``held_out_std``, ``conditions``,
        and ``reason``, why there is no threshold, or no interval of it. The figures are those of the inputs chosen
        on, and therefore optimistic. NaN is undefined, or not measured.

    Raises
    ------
    EvalError
        When there is no such concept, or only the platform's rounded curves are there.
    """
    import pandas as pd

    asked = criteria(
        recall=min_recall,
        precision=min_precision,
        fpr=max_fpr,
        beta=beta,
        fp_cost=fp_cost,
        fn_cost=fn_cost,
        guarantee=guarantee,
        prevalence=prevalence,
    )
    chosen = e.concepts if concept is None else (concept,)
    moves = concept is not None
    every = [offered(e, one, list(asked.values()), honest=held_out, moves=moves) for one in chosen]
    known = conditions_of(e)
    rows = [
        {"criterion": name, "concept": of, "keywords": one.python}
        | _figures(found[at])
        | {"conditions": codes_of(known, of), "reason": _reason(found[at])}
        for at, (name, one) in enumerate(asked.items())
        for of, found in zip(chosen, every, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=pd.Index(_COLUMNS)).astype(_DTYPES).set_index(["criterion", "concept"])
    if concept is not None:
        return frame.droplevel("concept")
    names = shown_names(frame.index.get_level_values("concept"), e)
    frame.insert(0, "name", pd.Series(names, index=frame.index, dtype="str"))
    return frame


def _figures(found: Offered) -> dict[str, Any]:
    moves = found.moves if found.moves is not None and not np.isnan(found.threshold) else None
    low, high = (np.nan, np.nan) if moves is None else (moves.low, moves.high)
    rates = found.rates or {}
    return {
        "threshold": found.threshold,
        "threshold_low": low,
        "threshold_high": high,
        "value": found.value,
        **{name: rates.get(name, np.nan) for name in _RATES},
        "held_out": found.honest,
        "held_out_std": found.spread,
    }


def _reason(found: Offered) -> str:
    """Return why there is no threshold, or why there is no interval of the one there is."""
    if found.reason:
        return found.reason
    if found.moves is None:
        return "every concept has its own threshold, and an interval of its own: ask for one concept"
    return found.moves.reason


def condition_table(e: EvaluationData) -> pd.DataFrame:
    """Tabulate the conditions under which the numbers were made: those of ``conditions``, in words.

    Returns
    -------
    pandas.DataFrame
        Index ``code``; columns ``title``, ``careful`` (whether it is a reason to be careful; else it only says how the
        numbers came about), ``detail`` (what it is here), ``meaning``, ``advice`` and ``concepts`` and ``names``,
        the ids that it touches and what they are called, empty for all.
    """
    import pandas as pd

    rows = [
        {
            "code": str(one.code),
            "title": one.code.page.title,
            "careful": one.code.page.careful,
            "detail": one.detail,
            "meaning": one.code.page.meaning,
            "advice": one.code.page.advice,
            "concepts": "; ".join(one.concepts or ()),
            "names": "; ".join(shown_names(one.concepts or (), e)),
        }
        for one in conditions_of(e)
    ]
    names = ["code", "title", "careful", "detail", "meaning", "advice", "concepts", "names"]
    dtypes = dict.fromkeys(names, "str") | {"careful": "bool"}
    return pd.DataFrame(rows, columns=pd.Index(names)).astype(dtypes).set_index("code")
