"""Counts and rates at the threshold: all it shows follows from the counts at the stops, which always travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Look, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]


_SHOWN = ("tp", "fp", "fn", "tn", "precision", "recall", "f1", "specificity")  # as the page's BESIDE_COUNTS


def _encode(_evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    return Section()


def _frame(look: Look) -> Call:
    """A concept's row of the table, or the averages."""
    options: dict[str, Any] = {"threshold": look.threshold}
    if look.concept is None:
        return Call("averages", options)
    return Call("table", options | {"concepts": [look.concept], "columns": ["name", "threshold", *_SHOWN]})


PANEL = Panel("counts", travels=True, encode=_encode, taken=Taken(_frame))
