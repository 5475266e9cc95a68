"""How good it is on each slice of the inputs: by fold, or by a field of their metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.errors import RequirementsError
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.narrowing import fields_of, values_of
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]

_FIGURES = ("roc_auc", "low", "high", "f1")


class SlicesHead(TypedDict):
    """What the inputs are sliced by."""

    concept: str | None
    """Whose figures; null: the macro average."""
    fields: list[str]
    """What they can be sliced by; none where nothing was sent of them."""
    by: str
    """What they are sliced by; empty for nothing."""
    threshold: float
    """At which F1 is taken."""
    values: list[str]
    """What each slice's inputs have in common."""
    inputs: list[int]
    """How many each slice has."""
    reasons: list[str]
    """Why a slice's figure or interval is undefined; empty where it is not."""


class SlicesParams(TypedDict):
    """Which slices, and whose figures."""

    by: str
    """A field; empty for the first there is."""
    concept: str | None
    threshold: float


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    if not evaluation.numbers.has_counts:
        raise RequirementsError("Slices need the score of every input, and the server sent only rates.")
    fields, concept, threshold = fields_of(evaluation), params["concept"], params["threshold"]
    by = params["by"] or (fields[0] if fields else "")
    head: SlicesHead = {
        "concept": concept,
        "fields": fields,
        "by": by,
        "threshold": threshold,
        "values": [],
        "inputs": [],
        "reasons": [],
    }
    if not by:
        return Section(head, {name: np.empty(0) for name in _FIGURES})
    values = values_of(evaluation, by)
    named = sorted({str(one) for one in values if one != ""}, key=_place)
    figures = []
    for value in named:
        of = evaluation.slice((values == value).astype(bool))
        head["values"].append(str(value))
        head["inputs"].append(of.num_inputs)
        numbers, reason = _figures(of, concept, threshold)
        figures.append(numbers)
        head["reasons"].append(reason)
    columns = np.array(figures, float).reshape(-1, len(_FIGURES)).T
    return Section(head, dict(zip(_FIGURES, np.ascontiguousarray(columns), strict=True)))


def _place(value: str) -> tuple[bool, int, str]:
    """Whole numbers by size, before words."""
    return (False, int(value), "") if value.isdecimal() else (True, 0, value)


def _figures(of: Evaluation, concept: str | None, threshold: float) -> tuple[tuple[float, ...], str]:
    """ROC AUC of the slice with its interval, F1 at the threshold, and why one of them is undefined."""
    if concept is None:
        row = of.slices(np.zeros(of.num_inputs, int), threshold=threshold).iloc[0]
        return tuple(float(row[name]) for name in _FIGURES), str(row["reason"])
    found = uncertainty.auc_interval(of.counts(concept))
    f1 = float(of.table(threshold=threshold).loc[concept, "f1"])
    return (of.roc_auc(concept), *found.interval, f1), of.undefined_reason(concept) or found.reason


PANEL = Panel(
    "slices",
    travels=False,
    encode=_encode,
    head=SlicesHead,
    params=SlicesParams,
    # A figure a slice, NaN where undefined; low and high are the 95 % interval of the area.
    arrays={"roc_auc": "f8", "low": "f8", "high": "f8", "f1": "f8"},
)
