"""Comparing two evaluations of the same inputs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.uncertainty import compare_auc, holm
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["compare"]

_NESTED = (
    "DeLong's test is not valid for nested models trained and tested on one dataset (Demler, Pencina and "
    "D'Agostino, 2012)."
)


def compare(e: EvaluationData, other: EvaluationData, *, confidence_level: float = 0.95) -> pd.DataFrame:
    """Test by DeLong's paired method whether another evaluation of the same inputs has other ROC AUCs.

    Parameters
    ----------
    other
        An evaluation with equal labels. Rows are matched by input id; by position where neither has ids.
    confidence_level
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        By concept: roc_auc, other_roc_auc, difference (other minus this: positive when the other is better)
        with low and high, p_value, p_holm (adjusted over the concepts), num_pos, num_neg, inputs, reason, source.
        ``attrs`` hold ``matched``, ``only_here``, ``only_there`` (input ids) and ``notes``.

    Raises
    ------
    ValueError
        When inputs cannot be matched, or their labels differ.
    EvalError
        When only the platform's rates were sent of one of them.
    """
    import pandas as pd

    for one in (e, other):
        one.numbers.predictions("Comparing needs the score of every input")
    shared = [concept for concept in e.concepts if concept in other.concepts]
    if not shared:
        raise ValueError(
            f"The evaluations have no concept in common: {listed(e.concepts)} here, {listed(other.concepts)} there."
        )
    ours, theirs, unmatched = _matched_rows(e, other)
    _check_labels(e, other, shared, (ours, theirs))
    rows = [_difference(e, other, concept, (ours, theirs), confidence_level) for concept in shared]
    frame = pd.DataFrame(rows, index=pd.Index(shared, name="concept", dtype="str"))
    frame.insert(6, "p_holm", holm(frame["p_value"].to_numpy()))
    sources = (e.numbers.words, other.numbers.words)
    frame["source"] = sources[0] if sources[0] == sources[1] else f"{sources[0]}; other: {sources[1]}"
    frame = frame.astype({"reason": "str", "source": "str"})
    frame.attrs.update(unmatched, confidence_level=confidence_level, matched=len(ours))
    frame.attrs["sources"] = sources
    left = set(e.concepts) ^ set(other.concepts)
    notes = [_NESTED] + ([f"Concepts of one evaluation only: {listed(sorted(left))}."] if left else [])
    for ids, where in ((unmatched["only_here"], "this"), (unmatched["only_there"], "the other")):
        if ids:
            notes.append(f"{len(ids)} inputs of {where} evaluation only, left out: {listed(ids)}.")
    frame.attrs["notes"] = notes
    return frame


def _matched_rows(
    first: EvaluationData, second: EvaluationData
) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, Any]]:
    """Pair rows by input id; by position only where neither side has ids and the sizes are equal."""
    for e, which in ((first, "this evaluation"), (second, "the other evaluation")):
        if len(set(e.input_ids)) < len(e.input_ids):
            repeated = Counter(e.input_ids).most_common(1)[0][0]
            raise ValueError(f"Inputs are matched by id, but {which} has {repeated!r} more than once.")
    if first.has_input_ids != second.has_input_ids or (
        not first.has_input_ids and first.num_inputs != second.num_inputs
    ):
        raise ValueError("Inputs are matched by id: give input_ids to both evaluations.")
    place = {one: row for row, one in enumerate(second.input_ids)}
    ours = [row for row, one in enumerate(first.input_ids) if one in place]
    if not ours:
        raise ValueError(
            f"The evaluations have no input in common: {listed(first.input_ids)} here, "
            f"{listed(second.input_ids)} there."
        )
    theirs = [place[first.input_ids[row]] for row in ours]
    here, there = set(first.input_ids), set(second.input_ids)
    only = {
        "only_here": [one for one in first.input_ids if one not in there],
        "only_there": [one for one in second.input_ids if one not in here],
    }
    return np.array(ours, np.int64), np.array(theirs, np.int64), only


def _check_labels(
    first: EvaluationData,
    second: EvaluationData,
    shared: list[str],
    rows: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    left = np.array([first.column(one) for one in shared], np.intp)
    right = np.array([second.column(one) for one in shared], np.intp)
    differ = np.argwhere(first.label_array[np.ix_(rows[0], left)] != second.label_array[np.ix_(rows[1], right)])
    if len(differ):
        row, column = differ[0]
        raise ValueError(
            f"The labels of the two evaluations differ in {len(differ)} places, first for the input "
            f"{first.input_ids[rows[0][row]]!r} and the concept {shared[column]!r}: compare on the same labels."
        )


def _difference(
    first: EvaluationData,
    second: EvaluationData,
    concept: str,
    rows: tuple[NDArray[np.int64], NDArray[np.int64]],
    confidence_level: float,
) -> dict[str, Any]:
    left, right = first.column(concept), second.column(concept)
    known = np.ones(len(rows[0]), bool)
    for e, column, chosen in ((first, left, rows[0]), (second, right, rows[1])):
        if e.excluded is not None:
            known &= ~e.excluded[chosen, column]
    ours, theirs = rows[0][known], rows[1][known]
    found = compare_auc(
        first.label_array[ours, left],
        first.score_array[ours, left],
        second.score_array[theirs, right],
        confidence_level=confidence_level,
    )
    return {
        "roc_auc": found.roc_auc[0],
        "other_roc_auc": found.roc_auc[1],
        "difference": found.difference,
        "low": found.interval[0],
        "high": found.interval[1],
        "p_value": found.p_value,
        "num_pos": found.num_pos,
        "num_neg": found.num_neg,
        "inputs": len(ours),
        "reason": found.reason,
    }
