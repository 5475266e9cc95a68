"""How sure the curves of one concept are: 95 % bands of ROC, precision–recall and threshold sweep, pointwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.errors import RequirementsError
from clarifai_eval_widget.evaluation.grouping import sizes_of
from clarifai_eval_widget.evaluation.looking import AT_EVERY_LOOK, level_now
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]

_LEVEL = 0.95


class BandsHead(TypedDict):
    """How the bands are had."""

    concept: str
    roc_method: str
    """In words; empty where there is no band, for the reason."""
    sweep_method: str
    pr_method: str
    pr_reason: str
    """Why there is no band of precision–recall; empty when there is one."""
    reason: str
    """Why there is no band of the ROC; empty when there is one."""


class BandsParams(TypedDict):
    """Whose curves."""

    concept: str


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    if not evaluation.numbers.has_counts:
        raise RequirementsError("Bands need exact counts, and the server sent only rates.")
    counts = evaluation.counts(params["concept"])
    level = level_now(evaluation, _LEVEL)
    sizes = sizes_of(evaluation, params["concept"], level)
    roc = uncertainty.roc_band(counts, confidence_level=level, sizes=sizes)
    sweep = uncertainty.sweep_band(counts, metrics.HUNDREDTHS, confidence_level=level, sizes=sizes)
    along = uncertainty.precision_recall_band(counts, confidence_level=level, grouped=sizes is not None)
    aside = "" if evaluation.complete else AT_EVERY_LOOK
    head: BandsHead = {
        "concept": params["concept"],
        "roc_method": roc.method + aside,
        "sweep_method": sweep.method + aside,
        "pr_method": along.method + aside if along.method else "",
        "pr_reason": along.reason,
        "reason": roc.reason,
    }
    edges = {
        f"{rate}_{end}": values
        for rate in ("precision", "recall", "f1")
        for end, values in zip(("low", "high"), getattr(sweep, rate), strict=True)
    }
    arrays = {"fpr": roc.fpr, "tpr_low": roc.tpr_low, "tpr_high": roc.tpr_high, **edges}
    arrays |= {"at_recall": along.recall, "pr_low": along.precision_low, "pr_high": along.precision_high}
    return Section(head, {name: np.asarray(values, "f4") for name, values in arrays.items()})


_CURVES = ("tpr", "pr", "precision", "recall", "f1")
PANEL = Panel(
    "bands",
    travels=False,
    encode=_encode,
    bake=lambda _, baking: ({"concept": concept} for concept in baking.concepts if concept is not None),
    head=BandsHead,
    params=BandsParams,
    # The ROC's at ascending fpr, that of precision at ascending recall; the sweep's at 0, 0.01 … 1. NaN where none is.
    arrays=dict.fromkeys(("fpr", "at_recall", *(f"{one}_{end}" for one in _CURVES for end in ("low", "high"))), "f4"),
)
