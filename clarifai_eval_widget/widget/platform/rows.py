"""Lists, rows and runs as the page shows them, and the words above the curves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.defaults import cross_validates_by_default, default_use_kfold, own_training_versions
from clarifai_eval_widget.client.requirements import advice, refusal
from clarifai_eval_widget.client.resources import in_same_app
from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.widget.wire.failures import failure
from clarifai_eval_widget.widget.workbench.caption import Caption, method_words
from clarifai_eval_widget.words import short_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.model_types import ModelType
    from clarifai_eval_widget.client.resources import App, Dataset, Model, ModelVersion
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.platform.entries import Entry
    from clarifai_eval_widget.widget.wire.contract import (
        AppRow,
        Choice,
        ConnectionInfo,
        DatasetRow,
        Failure,
        MethodRow,
        ModelRow,
        RunRow,
        TrainingData,
        VersionRow,
    )
    from clarifai_eval_widget.widget.wire.heads import Kind

__all__ = [
    "app_row",
    "caption",
    "connection",
    "dataset_row",
    "default_choice",
    "model_row",
    "new_choice",
    "run_row",
    "version_row",
]

_OWN_DATA = Code.OWN_TRAINING_DATA


_METHOD_LABELS = {"cross-validation": "cross-validated", "score": "scored", "": "method not told"}
_METHODS: list[MethodRow] = [
    {
        "use_kfold": False,
        "name": "Score this version",
        "judges": "The trained version predicts these inputs: how good it is on them, as it stands.",
    },
    {
        "use_kfold": True,
        "name": "Cross-validate",
        "judges": "New heads are trained on parts of these data and predict the rest: how good the recipe is, not this "
        "version.",
    },
]
_SCORED_BY_DEFAULT: list[MethodRow] = [
    {**_METHODS[0], "judges": f"{_METHODS[0]['judges']} Clarifai's guide asks for it for embedding classifiers."},
    _METHODS[1],
]


def connection(client: EvalClient) -> ConnectionInfo:
    """Where the widget is connected, and how to switch."""
    settings = client.settings
    token, user = settings.sources["pat"], settings.sources["user_id"]
    found = (
        f"Token and user came from {token}" if token == user else f"The token came from {token}, the user from {user}"
    )
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
        "help": f"{settings.address}. {found}. For the local server and its sample apps: EvalWidget.local()",
    }


def app_row(app: App, name: str, *, others: bool) -> AppRow:
    """An app for the App picker, by the name that it has there; ``others``: it is not the user's own."""
    return {"id": name, "name": app.name or app.id, "owner": app.user_id if others else ""}


def model_row(model: Model, kind: ModelType) -> ModelRow:
    """A model for the Model picker."""
    return {
        "id": model.id,
        "name": model.name,
        "type": model.model_type_id,
        "type_title": kind.title,
        "evaluable": kind.evaluable,
        "reason": kind.reason,
        "methods": _METHODS if cross_validates_by_default(model.model_type_id) else _SCORED_BY_DEFAULT,
        "params": [
            {
                "name": one.name,
                "kind": one.kind,
                "default": one.default,
                "description": one.description,
                "least": one.least,
                "most": one.most,
                "step": one.step,
            }
            for one in kind.params
        ],
    }


def version_row(version: ModelVersion, datasets: Mapping[str, Dataset]) -> VersionRow:
    """A row of the versions table; ``datasets`` are those listed, by key."""
    return {
        "key": version.key,
        "id": version.id,
        "label": short_id(version.id),
        "description": version.description,
        "created_at": version.created_at.isoformat() if version.created_at else "",
        "status": version.status,
        "trained": version.is_trained,
        "reason": refusal(version),
        "advice": advice(version),
        "concepts": version.concepts,
        "inputs": version.inputs,
        "training_data": _training_data(version, datasets),
    }


def _training_data(version: ModelVersion, datasets: Mapping[str, Dataset]) -> TrainingData | None:
    """What a version was trained on, and what holds for its evaluation there."""
    own = version.training_dataset
    if own is None:
        return None
    return {
        "dataset_key": own.key,
        "dataset_version": own.version_id,
        "chosen_as": own_training_versions(version, datasets[own.key].latest_version_id if own.key in datasets else ""),
        "use_kfold": default_use_kfold(version, own),
        "warning": _OWN_DATA.page.warning,
    }


def dataset_row(dataset: Dataset, app: str, shown: App | None) -> DatasetRow:
    """A dataset for the rows' drop-downs, with the name of its app, while an app is on screen."""
    return {
        "key": dataset.key,
        "id": dataset.id,
        "app": app,
        "name": dataset.id,
        "inputs": dataset.inputs,
        "own_app": shown is not None and in_same_app(dataset, shown),
        "latest_version": dataset.latest_version_id,
    }


def default_choice(version: ModelVersion, datasets: Sequence[Dataset]) -> Choice:
    """What is chosen in a row at first: the very data trained on, else a dataset of the same app, else any."""
    own = version.training_dataset
    ranked = sorted(
        datasets, key=lambda found: (own is None or found.key != own.key, not in_same_app(found, version), found.key)
    )
    if not ranked:
        return {"dataset_key": "", "dataset_version": "", "use_kfold": False}
    first = ranked[0]
    if own is not None and own.key == first.key and own.version_id != first.latest_version_id:
        first = replace(first, version_id=own.version_id)
    return new_choice(version, first)


def new_choice(version: ModelVersion, dataset: Dataset) -> Choice:
    """A dataset chosen in a version's row, with the kind of evaluation that is the default there."""
    return {
        "dataset_key": dataset.key,
        "dataset_version": dataset.version_id,
        "use_kfold": default_use_kfold(version, dataset),
    }


def run_row(entry: Entry, app: str) -> RunRow:
    """A run for its row, with the name of its model's app."""
    progress = entry.shown_progress
    figures = entry.run.figures if entry.run is not None else {}
    return {
        "key": entry.key,
        "app": app,
        "model": entry.version.model_id,
        "version_key": entry.version.key,
        "version_label": short_id(entry.version.id),
        "dataset_key": entry.dataset.key,
        "dataset_name": entry.dataset_name,
        "dataset_label": entry.dataset_label,
        "dataset_version": entry.dataset_version,
        "use_kfold": entry.use_kfold,
        "method": entry.method,
        "method_label": _METHOD_LABELS[entry.method],
        "status": progress.status,
        "fraction": progress.fraction,
        "remaining_seconds": progress.remaining_seconds,
        "folds_done": progress.folds_done,
        "folds": progress.folds,
        "inputs_done": progress.inputs_done,
        "inputs": progress.inputs,
        "roc_auc": figures.get("roc_auc"),
        "f1": figures.get("f1"),
        "precision": figures.get("precision"),
        "recall": figures.get("recall"),
        "error": _error(entry),
        "warning": _warning(entry),
        "cancelled": entry.cancelled,
        "live": entry.run.is_live if entry.run is not None else True,
        "created_at": entry.created_at.isoformat() if entry.created_at else "",
    }


def _error(entry: Entry) -> Failure | None:
    """Why a run does not go on or is not read; of a failed one, without a warning, also that it is in memory alone."""
    why = entry.failure
    if why is None:
        return None
    said = failure(why, again=why is entry.trouble)
    unsaved = entry.progress.unsaved if entry.has_failed else ""
    return {**said, "message": " ".join(filter(None, [said["message"], unsaved]))}


def _warning(entry: Entry) -> str:
    """What to know beside the figures: where they are kept, if only in memory, comes first, for it may not last."""
    unsaved = "" if entry.has_failed and not entry.cancelled else entry.progress.unsaved
    told = [_ended(entry), unsaved, entry.own_training_data, _advice(entry)]
    return " ".join(filter(None, told))


def _ended(entry: Entry) -> str:
    """What became of a run that somebody ended, as its server says it; no failure, so that it stands here."""
    error = entry.run.error if entry.run is not None and entry.cancelled == "ended" else None
    return failure(error)["message"] if error is not None else ""


def _advice(entry: Entry) -> str:
    """What may let a run fail; one that has a result has met what is asked for."""
    return "" if entry.progress.status == "evaluated" or entry.cancelled == "ended" else advice(entry.version)


def caption(entry: Entry, evaluation: Evaluation | None, labels: Mapping[str, str]) -> Caption:
    """The words above the curves of a run."""
    version = labels.get(entry.version.key, short_id(entry.version.id))
    folds = evaluation.info.folds if evaluation is not None else None
    kind: Kind = "cross-validation" if entry.use_kfold else "score"
    data = entry.dataset_label if entry.dataset.id else ""
    label = method_words(data, use_kfold=entry.use_kfold if entry.method else None, folds=folds)
    # While it runs, the heading says how far it is; what is missing is worth a note only at the end.
    told = tuple(evaluation.notes) if evaluation is not None and evaluation.complete else ()
    known = any(note.startswith(_OWN_DATA) for note in told)
    warned = (f"{_OWN_DATA}: {entry.own_training_data}",) if entry.own_training_data and not known else ()
    return Caption(entry.key, f"{entry.version.model_id}, version {version}", kind, label, warned + told)
