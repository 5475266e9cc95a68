"""How good it is on each slice of the inputs: by fold, or by a field of their metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError, RequirementsError
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.narrowing import FOLD, fields_of, values_of
from clarifai_eval_widget.widget.workbench.panel import BAKED_AT, Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Look, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.workbench.panel import Baking

__all__ = ["PANEL"]

_MOST_BAKED = 20  # concepts of whose slices a file has the figures
_MOST_FIELDS = 5  # by which it has them
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
    without: int
    """How many inputs have no value, and are in no slice."""


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
        "without": 0,
    }
    if not by:
        return Section(head, {name: np.empty(0) for name in _FIGURES})
    values = values_of(evaluation, by)
    known = [value or None for value in values]
    table = evaluation.slices(known, concept=concept, threshold=threshold)
    head |= {"values": list(table.index), "inputs": table["inputs"].tolist(), "reasons": table["reason"].tolist()}
    head["without"] = table.attrs["without"]
    return Section(head, {name: table[name].to_numpy("f8") for name in _FIGURES})


def _frame(look: Look) -> Call:
    by = look.params["by"] or next(iter(fields_of(look.evaluation)), "")
    if not by:
        raise InvalidRequestError("These inputs have neither folds nor metadata to slice by.")
    return Call("slices", {"by": by, "concept": look.params["concept"], "threshold": look.params["threshold"]})


def _bake(evaluation: Evaluation, baking: Baking) -> list[SlicesParams]:
    """By fold; by metadata where inputs may leave the notebook, for their values are what is told of inputs."""
    fields = fields_of(evaluation)
    allowed = [field for field in fields if baking.inputs or field == FOLD][:_MOST_FIELDS]
    asked = ["", *allowed] if allowed[:1] == fields[:1] else allowed
    concepts = dict.fromkeys([baking.shown, *baking.concepts[: _MOST_BAKED + 1]])
    return [{"by": by, "concept": concept, "threshold": BAKED_AT} for by in asked for concept in concepts]


PANEL = Panel(
    "slices",
    travels=False,
    encode=_encode,
    head=SlicesHead,
    params=SlicesParams,
    taken=Taken(_frame),
    bake=_bake,
    # A figure a slice, NaN where undefined; low and high are the 95 % interval of the area.
    arrays={"roc_auc": "f8", "low": "f8", "high": "f8", "f1": "f8"},
)
