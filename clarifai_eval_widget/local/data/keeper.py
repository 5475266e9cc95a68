"""Apps, datasets, models and versions in a server's file, so that a later server has them again.

Trained heads and classifiers are pickles, opened by the worker process alone: give a server only files of your own.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import cloudpickle

from clarifai_eval_widget.local.data import codec
from clarifai_eval_widget.local.data.content import Lazy
from clarifai_eval_widget.local.data.records import (
    AppRecord,
    DatasetRecord,
    DatasetVersionRecord,
    ModelRecord,
    ModelVersionRecord,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.local.data.database import Database
    from clarifai_eval_widget.local.data.records import Records

_log = logging.getLogger("clarifai_eval_widget")

_APP = "INSERT OR REPLACE INTO apps VALUES (?, ?)"
_DATASET = "INSERT INTO datasets VALUES (?, ?, ?) ON CONFLICT (app_id, id) DO UPDATE SET about = excluded.about"
# Replacing: a damaged row that was left out leaves its id to a new version.
_DATASET_VERSION = "INSERT OR REPLACE INTO dataset_versions VALUES (?, ?, ?, ?, ?, ?)"
_MODEL = (
    "INSERT INTO models VALUES (?, ?, ?, ?) "
    "ON CONFLICT (app_id, id) DO UPDATE SET about = excluded.about, classifier = excluded.classifier"
)
_MODEL_VERSION = "INSERT OR REPLACE INTO model_versions VALUES (?, ?, ?, ?, ?)"
_HELD: dict[str, dict[str, tuple[str, ...]]] = {
    "app": {
        "apps": ("id",),
        "datasets": ("app_id",),
        "dataset_versions": ("app_id",),
        "models": ("app_id",),
        "model_versions": ("app_id",),
    },
    "dataset": {"datasets": ("app_id", "id"), "dataset_versions": ("app_id", "dataset_id")},
    "dataset_version": {"dataset_versions": ("app_id", "dataset_id", "id")},
    "model": {"models": ("app_id", "id"), "model_versions": ("app_id", "model_id")},
    "model_version": {"model_versions": ("app_id", "model_id", "id")},
}
"""Of each kind, the tables that hold it and what is in it, and the columns of its key."""


@dataclass(frozen=True)
class _AboutVersion:
    """What is written of a model version beside its head."""

    description: str
    dataset: tuple[str, str, str]
    """App, dataset and dataset version it was trained on."""
    concepts: tuple[str, ...]
    concept_names: tuple[str, ...]
    concept_inputs: tuple[int, ...]
    num_inputs: int
    num_features: int
    created_at: str
    completed_at: str


class Keeper:
    """Write records to a database, and read them.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: set[tuple[str, str, str]] = set()

    def keep_dataset(self, app: AppRecord, dataset: DatasetRecord, version: DatasetVersionRecord) -> None:
        """Keep a dataset with one of its versions, whose inputs are read now if they are not yet."""
        key = (dataset.app_id, dataset.id)
        if (*key, version.id) in self._kept:
            return
        about = {
            "origin": version.origin,
            "created_at": version.created_at.isoformat(),
            "embedder": version.embedder,
            "whole": version.whole,
            "num_unlabeled": version.num_unlabeled,
        }
        content = codec.content_to_bytes(version.content.get())
        embeddings = codec.embeddings_to_bytes(version.embeddings.get())
        self._database.write(
            [
                _app_statement(app),
                (_DATASET, (*key, _about(dataset.description, dataset.created_at))),
                (_DATASET_VERSION, (*key, version.id, json.dumps(about), content, embeddings)),
            ]
        )
        self._kept.add((*key, version.id))

    def keep_version(self, app: AppRecord, model: ModelRecord, version: ModelVersionRecord) -> None:
        """Keep a version with its model."""
        key = (model.app_id, model.id)
        classifier = _pickled(model)
        about = _AboutVersion(
            description=version.description,
            dataset=(version.dataset.app_id, version.dataset.id, version.dataset_version.id),
            concepts=version.concepts,
            concept_names=version.concept_names,
            concept_inputs=version.concept_inputs,
            num_inputs=version.num_inputs,
            num_features=version.num_features,
            created_at=version.created_at.isoformat(),
            completed_at=version.completed_at.isoformat(),
        )
        self._database.write(
            [
                _app_statement(app),
                (_MODEL, (*key, _about(model.description, model.created_at, type=model.model_type_id), classifier)),
                (_MODEL_VERSION, (*key, version.id, json.dumps(asdict(about)), version.head)),
            ]
        )

    def forget(self, kind: str, *key: str) -> None:
        """Forget something and all that is in it.

        Parameters
        ----------
        kind
            ``app``, ``dataset``, ``dataset_version``, ``model`` or ``model_version``.
        *key
            Its ids, the app's first.
        """
        self._database.write(
            [
                (f"DELETE FROM {table} WHERE {' AND '.join(f'{column} = ?' for column in columns)}", key)
                for table, columns in _HELD[kind].items()
            ]
        )
        self._kept = {kept for kept in self._kept if kept[: len(key)] != key or kind.startswith("model")}

    def load(self, records: Records) -> None:
        """Add all that is kept; a row that cannot be read costs itself and what rests on it, and is logged."""
        self._each("apps", "id, about", lambda row: _load_app(records, *row))
        self._each("datasets", "app_id, id, about", lambda row: _load_dataset(records, *row))
        self._each("dataset_versions", "app_id, dataset_id, id, about", lambda row: self._load_inputs(records, *row))
        self._each("models", "app_id, id, about, classifier", lambda row: _load_model(records, *row))
        self._each("model_versions", "app_id, model_id, id, about, head", lambda row: _load_version(records, row))

    def _each(self, table: str, columns: str, load: Callable[[Any], None]) -> None:
        for (number,) in self._database.read(f"SELECT rowid FROM {table} ORDER BY rowid"):
            try:
                (row,) = self._database.read(f"SELECT {columns} FROM {table} WHERE rowid = ?", (number,))
                load(row)
            except (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError) as error:
                _log.warning("Row %d of %s in the server's file is left out: %r", number, table, error)

    def _load_inputs(self, records: Records, app_id: str, dataset_id: str, version_id: str, about: str) -> None:
        told = json.loads(about)
        key = (app_id, dataset_id, version_id)
        version = DatasetVersionRecord(
            id=version_id,
            content=Lazy(lambda: codec.content_from_bytes(self._blob("content", key))),
            embeddings=Lazy(lambda: codec.embeddings_from_bytes(self._blob("embeddings", key))),
            origin=int(told["origin"]),
            created_at=_time(told["created_at"]),
            embedder=str(told["embedder"]),
            whole=bool(told["whole"]),
            num_unlabeled=int(told["num_unlabeled"]),
        )
        records.app(app_id).datasets[dataset_id].versions.append(version)
        self._kept.add(key)

    def _blob(self, column: str, key: tuple[str, str, str]) -> bytes:
        rows = self._database.read(
            f"SELECT {column} FROM dataset_versions WHERE app_id = ? AND dataset_id = ? AND id = ?", key
        )
        body: bytes = rows[0][0]
        return body


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


def _app_statement(app: AppRecord) -> tuple[str, tuple[Any, ...]]:
    return _APP, (app.id, _about(app.description, app.created_at))


def _about(description: str, created_at: datetime, **more: str) -> str:
    return json.dumps({"description": description, "created_at": created_at.isoformat(), **more})


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _load_app(records: Records, app_id: str, about: str) -> None:
    told = json.loads(about)
    created_at = _time(told["created_at"])
    app = records.ensure_app(app_id, str(told["description"]))
    app.created_at = created_at


def _load_dataset(records: Records, app_id: str, dataset_id: str, about: str) -> None:
    told = json.loads(about)
    records.app(app_id).datasets[dataset_id] = DatasetRecord(
        dataset_id, app_id, str(told["description"]), created_at=_time(told["created_at"])
    )


def _load_model(records: Records, app_id: str, model_id: str, about: str, classifier: bytes | None) -> None:
    told = json.loads(about)
    records.app(app_id).models[model_id] = ModelRecord(
        model_id,
        app_id,
        str(told["type"]),
        classifier=classifier,
        description=str(told["description"]),
        created_at=_time(told["created_at"]),
    )


def _load_version(records: Records, row: tuple[str, str, str, str, bytes]) -> None:
    app_id, model_id, version_id, about, head = row
    told = _AboutVersion(**json.loads(about))
    owner, dataset_id, dataset_version_id = told.dataset
    dataset = records.app(owner).datasets[dataset_id]
    version = ModelVersionRecord(
        id=version_id,
        description=told.description,
        dataset=dataset,
        dataset_version=next(one for one in dataset.versions if one.id == dataset_version_id),
        head=head,
        concepts=tuple(told.concepts),
        concept_names=tuple(told.concept_names),
        concept_inputs=tuple(told.concept_inputs),
        num_inputs=told.num_inputs,
        num_features=told.num_features,
        created_at=_time(told.created_at),
        completed_at=_time(told.completed_at),
    )
    records.app(app_id).models[model_id].trained.append(version)
