"""The section that every panel builds on, and the words that go with it; :mod:`.base` encodes it.

Apart from that, so that a widget is there before the numerical rooms are loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clarifai_eval_widget.widget.wire.heads import EvaluationHead
from clarifai_eval_widget.widget.workbench.panel import Layout
from clarifai_eval_widget.words import short_id

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation import Evaluation, EvaluationInfo
    from clarifai_eval_widget.widget.wire.heads import Kind, MatrixName

__all__ = ["BASE", "Caption", "given_caption", "method_words"]

BASE = Layout(
    "evaluation",
    travels=True,
    head=EvaluationHead,
    arrays={"stops": "f8"},
    optional_arrays={"tps": "u4", "fps": "u4", "tpr": "f8", "fpr": "f8", "precision": "f8", "f1": "f8"},
)
"""The section that stands in every payload of results, beside those of the panels."""


_KINDS: dict[bool | None, Kind] = {True: "cross-validation", False: "score", None: "scores"}


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
    sent: tuple[MatrixName, ...] = ()
    """The platform's own matrices, where the messages that tell of them are left out."""


def given_caption(evaluation: Evaluation, run: str = "given") -> Caption:
    """The words above the curves of an evaluation that no run of this widget made."""
    info, notes = evaluation.info, tuple(evaluation.notes)
    if not (info.model_id or info.dataset_id):
        return Caption(run, "Evaluation", "scores", "Scores given in Python", notes)
    version = f", version {short_id(info.model_version_id)}" if info.model_version_id else ""
    title = f"{info.model_id}{version}" if info.model_id else "Evaluation"
    kind = _KINDS[info.use_kfold]
    return Caption(run, title, kind, method_words(_data(info), use_kfold=info.use_kfold, folds=info.folds), notes)


def method_words(data: str, *, use_kfold: bool | None, folds: int | None) -> str:
    """Say how a model was evaluated on what; None and an empty text are what is not known."""
    where = data or "data that the server does not name"
    if use_kfold is None:
        return f"Evaluated on {where}; the server does not say how"
    if use_kfold:
        return f"Cross-validated on {where}: new heads" + (f", {folds} folds" if folds else "")
    return f"Scored on {where}"


def _data(info: EvaluationInfo) -> str:
    """The dataset, with its app where that is another than the model's; without one the training data were used."""
    name, app = info.dataset_id, info.dataset_app_id
    if not name:
        name, app = info.training_dataset_id, info.training_dataset_app_id
    return f"{name} (app {app})" if name and app and app != info.model_app_id else name
