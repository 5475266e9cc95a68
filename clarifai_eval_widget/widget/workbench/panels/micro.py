"""The curves of all decisions of all concepts together, as they are drawn, with their areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.widget.wire.packing import Section, or_null
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.workbench.panel import Baking

__all__ = ["PANEL"]

_MOST_ROWS = 2000  # 16 KB a curve
_MOST_DECISIONS = 100_000_000  # to pool them takes some ten seconds, and gigabytes


class MicroHead(TypedDict):
    """The areas under the curves."""

    roc_auc: float | None
    avg_precision: float | None
    reason: str
    """Why there is no ROC, empty when there is one."""


def _encode(evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    why = _unpooled(evaluation)
    if why:
        nothing = np.empty(0, np.intp)
        return _section(metrics.counts(nothing, np.empty(0)), nothing, nothing, why)
    pooled = metrics.micro(evaluation.all_counts())
    reason, nothing = metrics.undefined_reason(pooled), np.empty(0, np.intp)
    roc = nothing if reason else metrics.thin_roc(pooled, _MOST_ROWS).rows
    steps = metrics.thin_precision_recall(pooled, _MOST_ROWS).rows if pooled.num_pos else nothing
    return _section(pooled, roc, steps, reason)


def _unpooled(evaluation: Evaluation) -> str:
    if not evaluation.numbers.has_counts or not evaluation.concepts:
        return "a micro average needs exact counts"
    if evaluation.num_inputs * len(evaluation.concepts) > _MOST_DECISIONS:
        return f"not computed here for more than {_MOST_DECISIONS:,} decisions: e.averages() does"
    return ""


def _section(pooled: metrics.Counts, roc: NDArray[np.intp], steps: NDArray[np.intp], reason: str) -> Section:
    head: MicroHead = {
        "roc_auc": or_null(metrics.roc_auc(pooled)),
        "avg_precision": or_null(metrics.average_precision(pooled)),
        "reason": reason,
    }
    arrays = {"roc_fps": pooled.fps[roc], "roc_tps": pooled.tps[roc]}
    arrays |= {"pr_fps": pooled.fps[steps], "pr_tps": pooled.tps[steps]}
    return Section(head, {name: np.asarray(values, "u4") for name, values in arrays.items()})


def _bake(evaluation: Evaluation, _baking: Baking) -> tuple[dict[str, Any], ...]:
    several = len(evaluation.concepts) > 1
    return ({},) if several and evaluation.numbers.has_counts else ()


PANEL = Panel(
    "micro",
    travels=False,
    encode=_encode,
    bake=_bake,
    head=MicroHead,
    # Corners of the ROC, and rows of precision over recall, both by descending threshold: of the positives and
    # negatives of all concepts together.
    arrays={"roc_fps": "u4", "roc_tps": "u4", "pr_fps": "u4", "pr_tps": "u4"},
)
