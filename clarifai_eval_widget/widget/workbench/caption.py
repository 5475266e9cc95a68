"""The section that every panel builds on, and the words that go with it; :mod:`.base` encodes it.

Apart from that, so that a widget is there before the numerical rooms are loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clarifai_eval_widget.widget.wire.heads import EvaluationHead
from clarifai_eval_widget.widget.workbench.panel import Layout

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.heads import Kind

__all__ = ["BASE", "Caption", "given_caption"]

BASE = Layout(
    "evaluation",
    travels=True,
    head=EvaluationHead,
    arrays={"stops": "f8"},
    optional_arrays={"tps": "u4", "fps": "u4", "tpr": "f8", "fpr": "f8", "precision": "f8"},
)
"""The section that stands in every payload of results, beside those of the panels."""


@dataclass(frozen=True)
class Caption:
    """The words that go with an evaluation on screen."""

    run: str
    """Key of the run it belongs to."""
    title: str
    """What was evaluated."""
    kind: Kind
    """How it was evaluated."""
    kind_label: str
    """The kind in the user's words, with the data and, if any, the folds."""
    notes: tuple[str, ...] = ()
    """What to be careful about."""


def given_caption(evaluation: Evaluation, run: str = "given") -> Caption:
    """The words above the curves of an evaluation that no run of this widget made."""
    return Caption(run, "Evaluation", "scores", "Scores given in Python", tuple(evaluation.notes))
