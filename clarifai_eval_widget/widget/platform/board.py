"""What the widget shows beside the curves: lists, rows and runs, as the JSON that crosses to the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client.defaults import default_use_kfold, scores_own_training_data
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.widget.wire.protocol import Caption, error_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.resources import App, Dataset, Model, ModelVersion
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.errors import EvalError
    from clarifai_eval_widget.evaluation import Evaluation

__all__ = [
    "Entry",
    "app_json",
    "caption",
    "choice",
    "connection_json",
    "dataset_json",
    "default_choice",
    "model_json",
    "run_json",
    "version_json",
]

OWN_TRAINING_DATA = (
    "This version is scored on the data it was trained on: the figures are too good. Cross-validate instead, or choose "
    "another dataset."
)
_NO_CROSS_VALIDATION = "Clarifai asks not to cross-validate embedding classifiers: the version itself is scored."


@dataclass
class Entry:
    """A run as the widget keeps it: what was asked for, and what came of it."""

    key: str
    version: ModelVersion
    dataset: Dataset
    use_kfold: bool
    run: Run | None = None
    """None until the server has taken it."""
    error: EvalError | None = None
    evaluation: Evaluation | None = None
    """What was last read of it."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What else was asked for, to be asked again on a retry."""
    seen: Progress | None = None
    """The progress at which ``evaluation`` was read."""
    revision: int = 0
    created_at: datetime | None = field(default_factory=lambda: datetime.now(UTC))
    """When it was started here; None for one that was found on the server."""

    @property
    def progress(self) -> Progress:
        """The progress; ``failed`` also when the start was refused."""
        if self.error is not None:
            return Progress("failed")
        return self.run.progress if self.run is not None else Progress()

    @property
    def is_active(self) -> bool:
        """Whether the server is still at it."""
        return self.run is not None and self.error is None and not self.run.done()

    @property
    def scores_own_training_data(self) -> bool:
        """Whether the version is scored on what it has seen in training."""
        return scores_own_training_data(self.version, self.dataset, use_kfold=self.use_kfold)

    @property
    def has_result(self) -> bool:
        """Whether its final numbers have been read."""
        return self.evaluation is not None and self.evaluation.complete

    @property
    def failure(self) -> EvalError | None:
        """Why it failed, or None."""
        return self.error or (self.run.error if self.run is not None else None)


def connection_json(client: EvalClient) -> dict[str, str]:
    """Where the widget is connected, and how to switch."""
    settings = client.settings
    switch = "from clarifai_eval_widget import EvalClient, EvalWidget"
    if client.serves_samples:
        return {
            "kind": "local",
            "label": "Local server",
            "user": client.user_id,
            "help": "Runs in this kernel, with sample apps; nothing leaves this machine. To use your Clarifai account, "
            f"set CLARIFAI_PAT before the kernel starts, or: {switch}; EvalWidget(EvalClient(pat='…', user_id='…'))",
        }
    return {
        "kind": "local" if client.is_local else "platform",
        "label": "Local server" if client.is_local else settings.address.host,
        "user": client.user_id,
        "help": f"{settings.address}. The token came from {settings.sources['pat']}, the user from "
        f"{settings.sources['user_id']}. For the local server and its sample apps: EvalWidget.local()",
    }


def app_json(app: App) -> dict[str, Any]:
    """An app for the App picker."""
    return {"id": app.id, "name": app.name}


def model_json(model: Model, type_title: str) -> dict[str, Any]:
    """A model for the Model picker."""
    may = model.model_type_id != "embedding-classifier"
    return {
        "id": model.id,
        "name": model.name,
        "type": model.model_type_id,
        "type_title": type_title,
        "cross_validation": may,
        "cross_validation_reason": "" if may else _NO_CROSS_VALIDATION,
    }


def version_json(version: ModelVersion) -> dict[str, Any]:
    """A row of the versions table."""
    return {
        "id": version.key,
        "label": short_id(version.id),
        "description": version.description,
        "created_at": version.created_at.isoformat() if version.created_at else "",
        "status": version.status,
        "trained": version.is_trained,
        "concepts": version.concepts,
        "inputs": version.inputs,
        "training_dataset": version.training_dataset.key if version.training_dataset else "",
    }


def dataset_json(dataset: Dataset, app_id: str) -> dict[str, Any]:
    """A dataset for the rows' drop-downs."""
    return {
        "key": dataset.key,
        "id": dataset.id,
        "app_id": dataset.app_id,
        "name": dataset.id,
        "inputs": dataset.inputs,
        "own_app": dataset.app_id == app_id,
    }


def default_choice(version: ModelVersion, datasets: Sequence[Dataset]) -> dict[str, Any]:
    """The dataset preselected in a row: the training data, else one of the same app, else any."""
    own = version.training_dataset
    ranked = sorted(
        datasets, key=lambda found: (own is None or found.key != own.key, found.app_id != version.app_id, found.key)
    )
    return choice(version, ranked[0]) if ranked else {"dataset": "", "use_kfold": False}


def choice(version: ModelVersion, dataset: Dataset) -> dict[str, Any]:
    """A dataset chosen in a version's row, with the kind of evaluation that is the default there."""
    return {"dataset": dataset.key, "use_kfold": default_use_kfold(version, dataset)}


def run_json(entry: Entry) -> dict[str, Any]:
    """A run for its row."""
    progress = entry.progress
    return {
        "key": entry.key,
        "version": entry.version.key,
        "dataset": entry.dataset.key,
        "use_kfold": entry.use_kfold,
        "status": progress.status,
        "fraction": progress.fraction,
        "remaining_seconds": progress.remaining_seconds,
        "folds_done": progress.folds_done,
        "folds": progress.folds,
        "inputs_done": progress.inputs_done,
        "inputs": progress.inputs,
        "roc_auc": entry.run.roc_auc if entry.run is not None else None,
        "error": error_json(entry.failure) if entry.failure is not None else None,
        "warning": OWN_TRAINING_DATA if entry.scores_own_training_data else "",
        "live": entry.run.is_live if entry.run is not None else True,
        "created_at": entry.created_at.isoformat() if entry.created_at else "",
    }


def caption(entry: Entry, evaluation: Evaluation, labels: Mapping[str, str]) -> Caption:
    """The words above the curves of a run."""
    version = labels.get(entry.version.key, short_id(entry.version.id))
    where = entry.dataset.id
    if entry.dataset.app_id != entry.version.app_id:
        where += f" (app {entry.dataset.app_id})"
    folds = evaluation.info.folds
    if entry.use_kfold:
        kind = "cross-validation"
        label = f"Cross-validated on {where}: new heads" + (f", {folds} folds" if folds else "")
    else:
        kind = "score"
        label = f"Version {version} scored on {where}"
    # While it runs, the heading says how far it is; what is missing is worth a note only at the end.
    told = tuple(evaluation.notes) if evaluation.complete else ()
    notes = ((OWN_TRAINING_DATA,) if entry.scores_own_training_data else ()) + told
    return Caption(entry.key, f"{entry.version.model_id}, version {version}", kind, label, notes)


def short_id(version_id: str) -> str:
    """The platform's 32 hexadecimal digits, shortened as its pages do."""
    return version_id[:8] if len(version_id) > 20 else version_id
