"""What the figures would be with the labels proposed for inputs that were marked as mislabelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from clarifai_eval_widget import metrics
from clarifai_eval_widget.widget.wire.heads import LabelChange  # noqa: TC001 - a head's types are read
from clarifai_eval_widget.widget.wire.packing import Section, or_null
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.relabelling import known_relabels
from clarifai_eval_widget.widget.workbench.taking import Held, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]


class RelabelHead(TypedDict):
    """How many marks apply, and what they change over all."""

    changed: int
    """Inputs of this evaluation for which other labels are proposed than they have."""
    unchanged: int
    """Marked inputs that have the labels proposed already."""
    elsewhere: int
    """Marked inputs that this evaluation does not have, or whose proposed concepts it does not know."""
    before: float | None
    """Macro ROC AUC with the labels as they are."""
    after: float | None
    """Macro ROC AUC with those proposed."""
    changes: list[LabelChange]
    """Of the marks that propose other labels than there are."""
    home: str
    """The app that has the inputs, after its owner; empty where nobody knows: nothing can be written there."""


class RelabelParams(TypedDict):
    """The marks."""

    relabels: dict[str, list[str]]
    """By input id: the concepts it should be labelled with."""


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    known = known_relabels(evaluation, params["relabels"])
    made, home = evaluation.relabel(known), evaluation.info.home
    head: RelabelHead = {
        "changed": len(made.labels),
        "unchanged": len(known) - len(made.labels),
        "elsewhere": len(params["relabels"]) - len(known),
        "before": _macro(evaluation),
        "after": _macro(made.after),
        "changes": [
            {"input_id": row.input_id, "added": list(row.added), "removed": list(row.removed)}
            for row in made.frame.itertuples()
        ],
        "home": "/".join(home or ()),
    }
    return Section(head)


def _macro(evaluation: Evaluation) -> float | None:
    return or_null(metrics.mean_defined([evaluation.roc_auc(concept) for concept in evaluation.concepts])[0])


PANEL = Panel(
    "relabel",
    travels=False,
    encode=_encode,
    head=RelabelHead,
    params=RelabelParams,
    taken=Taken(lambda _look: Held("relabelling.frame")),
)
