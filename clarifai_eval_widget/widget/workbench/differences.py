"""All that a comparison shows, as one table: by concept and over all, how each other differs from the first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.evaluation.beside import beside
from clarifai_eval_widget.evaluation.beside_curves import average_precision, overall_p_values
from clarifai_eval_widget.evaluation.carrying import codes_under
from clarifai_eval_widget.evaluation.curve_parts import macro_id
from clarifai_eval_widget.evaluation.deciding import decided_early
from clarifai_eval_widget.evaluation.pairing import apart_of, paired

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.pairing import Paired
    from clarifai_eval_widget.evaluation.versus import Versus
    from clarifai_eval_widget.widget.workbench.comparison import Compared

__all__ = ["difference_frame", "more_inputs"]

_COUNTS = ("inputs", "other_inputs", "left_out", "only_first", "only_other", "more_inputs")


def difference_frame(members: Sequence[Compared], thresholds: Mapping[str, float]) -> pd.DataFrame | None:
    """Tabulate how the others compared differ from the first; None where fewer than two have been read.

    Parameters
    ----------
    members
        What is compared, the first first.
    thresholds
        At which a concept's decisions are right or wrong; 0.5 for one that is not named.

    Returns
    -------
    pandas.DataFrame
        Index ``run`` (of the other) and ``concept``, the mean over the concepts last ("macro average"). Columns:
        ``first`` and ``other`` (what is compared), ``name``; ``roc_auc`` and ``other_roc_auc``, ``difference`` with
        ``low``, ``high``, ``p_value`` and ``p_holm`` (over the concepts; of the mean over the others); both average
        precisions (means over the concepts of both); ``inputs`` and ``other_inputs`` that these are of, ``left_out``;
        ``threshold``, ``only_first`` and ``only_other`` (of all inputs that the two share, also where the others share
        fewer: those that only the one gets right there; over all by the highest score); ``more_inputs``
        (that would tell a difference that cannot be told); ``method``, ``decided``, ``conditions`` and ``reason``.
    """
    import pandas as pd

    read = [(one, one.evaluation) for one in members if one.evaluation is not None]
    if len(read) < 2:
        return None
    (first, a), *others = read
    drawn = beside(a, [b for _, b in others])
    overall = overall_p_values(drawn)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for j, (other, b) in enumerate(others):
        found, cut = drawn.found[j], (drawn.evaluations[0], drawn.evaluations[j + 1])
        pairs = paired(a, b) if found.matched else None
        for concept in [*found.table.index, None]:
            row = {"first": _title(first), "other": _title(other)}
            row |= _figures(a, found, concept, overall[j]) | _sizes(pairs, cut, found, concept, thresholds)
            row["decided"] = decided_early(a, b) if concept is None and overall[j] < 0.05 else ""
            row["conditions"] = codes_under([a, b], concept)
            rows[other.key, macro_id(a) if concept is None else concept] = row
    index = pd.MultiIndex.from_tuples(list(rows), names=["run", "concept"])
    order = ["first", "other", "name", "roc_auc", "other_roc_auc", "difference", "low", "high", "p_value", "p_holm"]
    order += ["avg_precision", "other_avg_precision", *_COUNTS[:3], "threshold", *_COUNTS[3:]]
    frame = pd.DataFrame(list(rows.values()), index=index)
    return frame[[*order, "method", "decided", "conditions", "reason"]].astype(dict.fromkeys(_COUNTS, "Int64"))


def _title(one: Compared) -> str:
    return f"{one.title}: {one.kind_label}" if one.kind_label else one.title


def _figures(a: EvaluationData, found: Versus, concept: str | None, p_overall: float) -> dict[str, Any]:
    """The areas and what their difference is."""
    if concept is not None:
        row = dict(found.table.loc[concept])
        row = {"name": a.concept_names.get(concept, concept), "roc_auc": row.pop("first"), **row}
        row["other_roc_auc"] = row.pop("second")
    else:
        told = found.overall
        row = {
            "name": "Macro average",
            "roc_auc": told.values[0],  # noqa: PD011 - no frame
            "other_roc_auc": told.values[1],  # noqa: PD011 - no frame
            "difference": told.difference,
            "low": told.interval[0],
            "high": told.interval[1],
            "p_value": told.p_value,
            "p_holm": p_overall,
            "method": told.method,
            "reason": told.reason,
        }
    reasons = [f"no paired test: {found.refusal}" if found.refusal else "", row["reason"]]
    row["reason"] = "; ".join(dict.fromkeys(one for one in reasons if one and one != found.refusal))
    return row


def _sizes(
    pairs: Paired | None,
    cut: tuple[EvaluationData, EvaluationData],
    found: Versus,
    concept: str | None,
    thresholds: Mapping[str, float],
) -> dict[str, Any]:
    """What the areas are of, and the inputs that tell the two apart."""
    inputs = (found.matched, found.matched) if found.matched else tuple(one.num_inputs for one in cut)
    threshold = math.nan if concept is None else thresholds.get(concept, 0.5)
    only = [None, None] if pairs is None else [len(rows) for rows in apart_of(pairs, concept, threshold)]
    return {
        "avg_precision": average_precision(cut[0], concept, found.table.index),
        "other_avg_precision": average_precision(cut[1], concept, found.table.index),
        "inputs": inputs[0],
        "other_inputs": inputs[1],
        "left_out": found.only_first + found.only_second if found.matched else 0,
        "threshold": threshold,
        "only_first": only[0],
        "only_other": only[1],
        "more_inputs": more_inputs(found) if concept is None else None,
    }


def more_inputs(found: Versus) -> int | None:
    """How many more inputs would tell two apart; None where they are, or nobody knows."""
    more = found.needed.more if found.needed is not None else math.nan
    return math.ceil(more) if math.isfinite(more) and more > 0 else None
