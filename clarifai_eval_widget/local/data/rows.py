"""Rows of a server's file: how records are written into it."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

import cloudpickle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.local.data.content import InputRecord
    from clarifai_eval_widget.local.data.records import AppRecord, DatasetRecord, ModelRecord

    Statement = tuple[str, tuple[Any, ...]]

_log = logging.getLogger("clarifai_eval_widget")

_APP = "INSERT INTO apps VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET about = excluded.about"
_DATASET = "INSERT INTO datasets VALUES (?, ?, ?) ON CONFLICT (app_id, id) DO UPDATE SET about = excluded.about"
_MODEL = (
    "INSERT INTO models VALUES (?, ?, ?, ?) "
    "ON CONFLICT (app_id, id) DO UPDATE SET about = excluded.about, classifier = excluded.classifier"
)
# Updated where there is one, so that inputs stay in the order they came in.
_INPUT = (
    "INSERT INTO inputs VALUES (?, ?, ?, ?) "
    "ON CONFLICT (app_id, id) DO UPDATE SET about = excluded.about, image = excluded.image"
)
_CONCEPT = "INSERT INTO concepts VALUES (?, ?, ?) ON CONFLICT (app_id, id) DO UPDATE SET name = excluded.name"
_HELD: dict[str, dict[str, tuple[str, ...]]] = {
    "app": {
        "apps": ("id",),
        "datasets": ("app_id",),
        "dataset_versions": ("app_id",),
        "dataset_inputs": ("app_id",),
        "models": ("app_id",),
        "model_versions": ("app_id",),
        "inputs": ("app_id",),
        "concepts": ("app_id",),
    },
    "dataset": {
        "datasets": ("app_id", "id"),
        "dataset_versions": ("app_id", "dataset_id"),
        "dataset_inputs": ("app_id", "dataset_id"),
    },
    "dataset_version": {"dataset_versions": ("app_id", "dataset_id", "id")},
    "model": {"models": ("app_id", "id"), "model_versions": ("app_id", "model_id")},
    "model_version": {"model_versions": ("app_id", "model_id", "id")},
    "input": {"inputs": ("app_id", "id")},
    "dataset_input": {"dataset_inputs": ("app_id", "dataset_id", "input_id")},
}
"""Of each kind, the tables that hold it and what is in it, and the columns of its key."""


def removal(kind: str, key: Sequence[str]) -> list[Statement]:
    """Delete something and all that is in it."""
    return [
        (f"DELETE FROM {table} WHERE {' AND '.join(f'{column} = ?' for column in columns)}", tuple(key))
        for table, columns in _HELD[kind].items()
    ]


def insert_app(app: AppRecord) -> Statement:
    """Write an app."""
    return _APP, (app.id, _about(app.description, app.created_at))


def insert_dataset(dataset: DatasetRecord) -> Statement:
    """Write a dataset, without its versions and inputs."""
    about = _about(
        dataset.description,
        dataset.created_at,
        fillable=dataset.input_ids is not None,
        changed=dataset.changed,
        annotations=dataset.annotations,
    )
    return _DATASET, (dataset.app_id, dataset.id, about)


def insert_model(model: ModelRecord) -> Statement:
    """Write a model, without its trained versions."""
    pending = [
        {
            "id": one.id,
            "description": one.description,
            "dataset": (one.dataset.app_id, one.dataset.id, one.dataset_version.id if one.dataset_version else ""),
            "status": one.status,
            "details": one.details,
            "created_at": one.created_at.isoformat(),
        }
        for one in model.pending.values()
    ]
    about = _about(model.description, model.created_at, type=model.model_type_id, pending=pending)
    return _MODEL, (model.app_id, model.id, about, _pickled(model))


def insert_input(app_id: str, one: InputRecord) -> Statement:
    """Write an uploaded input with its annotations."""
    # JSON keeps what SQLite's text cannot hold, such as a zero or half a character.
    about = {"text": one.text, "annotations": one.annotations, "created_at": one.created_at.isoformat()}
    return _INPUT, (app_id, one.id, json.dumps(about), one.image)


def insert_concept(app_id: str, concept_id: str, name: str) -> Statement:
    """Write a concept's name."""
    return _CONCEPT, (app_id, concept_id, name)


def insert_dataset_input(app_id: str, dataset_id: str, input_id: str) -> Statement:
    """Write that an input is in a dataset."""
    return "INSERT OR IGNORE INTO dataset_inputs VALUES (?, ?, ?)", (app_id, dataset_id, input_id)


def read_time(text: str) -> datetime:
    """Read a moment as it was written."""
    return datetime.fromisoformat(text)


def _about(description: str, created_at: datetime, **more: Any) -> str:
    return json.dumps({"description": description, "created_at": created_at.isoformat(), **more})


def _pickled(model: ModelRecord) -> bytes | None:
    if model.classifier is None or isinstance(model.classifier, bytes):
        return model.classifier
    try:
        pickled: bytes = cloudpickle.dumps(model.classifier, protocol=5)
    except Exception as error:  # noqa: BLE001 - any object may refuse in its own way
        _log.warning(
            "The classifier of %r cannot be kept (%r): a later server trains the default one.", model.id, error
        )
        return None
    return pickled
