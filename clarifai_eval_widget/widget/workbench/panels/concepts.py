"""The concepts side by side: what does not follow from the counts at the stops, which always travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Look, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]


_MOST_DECISIONS = 1_000_000  # pooling so many takes a tenth of a second, and this travels with every partial result


class ConceptsHead(TypedDict):
    """The areas of the micro average: all decisions of all concepts together."""

    micro_roc_auc: float | None
    micro_avg_precision: float | None
    micro_reason: str
    """Why there are none, empty when there are."""
    micro_asked: bool
    """Whether the panel ``micro`` has them: of very many decisions they do not travel."""


class ConceptsLook(TypedDict):
    """Which rows and columns the table shows."""

    concepts: NotRequired[list[str]]
    """Ids of its rows, sorted and filtered; left out: every concept."""
    columns: NotRequired[list[str]]
    """As the page calls them; left out: as Python shows them on one screen."""


def _encode(evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    found = [evaluation.numbers.average_precision(concept)[0] for concept in evaluation.concepts]
    return Section(_micro(evaluation), {"avg_precision": np.array(found, np.float64)})


def _micro(evaluation: Evaluation) -> ConceptsHead:
    if not evaluation.numbers.has_counts or not evaluation.concepts:
        return _without("a micro average needs exact counts")
    if evaluation.num_inputs * len(evaluation.concepts) > _MOST_DECISIONS:
        return _without(f"computed by Python for more than {_MOST_DECISIONS:,} decisions", asked=True)
    pooled = metrics.micro(evaluation.all_counts())
    if reason := metrics.undefined_reason(pooled):
        return _without(reason)
    area, precision = metrics.roc_auc(pooled), metrics.average_precision(pooled)
    return {
        "micro_roc_auc": float(area),
        "micro_avg_precision": float(precision),
        "micro_reason": "",
        "micro_asked": False,
    }


def _without(reason: str, *, asked: bool = False) -> ConceptsHead:
    return {"micro_roc_auc": None, "micro_avg_precision": None, "micro_reason": reason, "micro_asked": asked}


_COLUMNS = {
    "concept": ["name"],
    "positives": ["num_pos"],
    # Of folds the page shows the mean, which the interval is of.
    "roc_auc": ["fold_roc_auc_mean", "roc_auc", "roc_auc_low", "roc_auc_high"],
}


def _frame(look: Look) -> Call:
    """Give the rows and columns of the table on screen, below its averages."""
    counted = look.evaluation.numbers.has_counts
    names = [name for one in look.page.get("columns", ()) for name in _COLUMNS.get(one, [one])]
    unknown = set() if counted else {"roc_auc_low", "roc_auc_high"}
    if look.evaluation.folds is None:
        unknown.add("fold_roc_auc_mean")
    columns = [name for name in names if name not in unknown]
    options: dict[str, Any] = {"threshold": look.threshold, "averages": True, "columns": columns or None}
    if "concepts" in look.page and (rows := look.known("concepts")) != list(look.evaluation.concepts):
        options["concepts"] = rows
    return Call("table", options)


PANEL = Panel(
    "concepts",
    travels=True,
    encode=_encode,
    taken=Taken(_frame),
    head=ConceptsHead,
    look=ConceptsLook,
    # One a concept; NaN where it is undefined.
    arrays={"avg_precision": "f8"},
)
