"""Apps, datasets, models and versions in a server's file, so that a later server has them again.

Trained heads and classifiers are pickles, opened by the worker process alone: give a server only files of your own.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.data import app_keeper, codec, rows
from clarifai_eval_widget.local.data.app_keeper import AppKeeper
from clarifai_eval_widget.local.data.content import Lazy
from clarifai_eval_widget.local.data.records import (
    MANUAL,
    DatasetRecord,
    DatasetVersionRecord,
    ModelRecord,
    ModelVersionRecord,
    PendingVersion,
)
from clarifai_eval_widget.local.data.uploads import embed_content

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from clarifai_eval_widget.local.data.content import Content
    from clarifai_eval_widget.local.data.database import Database
    from clarifai_eval_widget.local.data.records import AppRecord, Records
    from clarifai_eval_widget.local.data.uploads import Embed

_log = logging.getLogger("clarifai_eval_widget")

# Replacing: a damaged row that was left out leaves its id to a new version.
_DATASET_VERSION = "INSERT OR REPLACE INTO dataset_versions VALUES (?, ?, ?, ?, ?, ?)"
_IS = "app_id = ? AND dataset_id = ? AND id = ?"
_EMBEDDED = f"UPDATE dataset_versions SET embeddings = ? WHERE {_IS}"
_INTERRUPTED = "The server ended before the training was finished: train another version."
_MODEL_VERSION = "INSERT OR REPLACE INTO model_versions VALUES (?, ?, ?, ?, ?)"


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
        self._apps = AppKeeper(database)
        self._kept: dict[tuple[str, str, str], bool] = {}
        """Dataset versions in the file, and whether with their embeddings."""

    def keep_app(self, app: AppRecord) -> None:
        """Keep what clients have changed in an app; to be called under :attr:`Records.lock`."""
        self._apps.keep(app)

    def keep_dataset(
        self, app: AppRecord, dataset: DatasetRecord, version: DatasetVersionRecord, *, embedded: bool = True
    ) -> None:
        """Keep a dataset with one of its versions, whose inputs are read now if they are not yet.

        Without embeddings a later server makes them when they are first needed.
        """
        key = (dataset.app_id, dataset.id, version.id)
        if self._kept.get(key, False) or (key in self._kept and not embedded):
            return
        embeddings = codec.embeddings_to_bytes(version.embeddings.get()) if embedded else b""
        if key in self._kept:
            self._database.write([(_EMBEDDED, (embeddings, *key))])
        else:
            about = {
                "origin": version.origin,
                "created_at": version.created_at.isoformat(),
                "embedder": version.embedder,
                "whole": version.whole,
                "num_unlabeled": version.num_unlabeled,
            }
            content = codec.content_to_bytes(version.content.get())
            kept = (*key, json.dumps(about), content, embeddings)
            self._database.write([rows.insert_app(app), rows.insert_dataset(dataset), (_DATASET_VERSION, kept)])
        self._kept[key] = embedded

    def keep_version(self, app: AppRecord, model: ModelRecord, version: ModelVersionRecord) -> None:
        """Keep a version with its model."""
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
                rows.insert_app(app),
                rows.insert_model(model),
                (_MODEL_VERSION, (model.app_id, model.id, version.id, json.dumps(asdict(about)), version.head)),
            ]
        )

    def keep_model(self, app: AppRecord, model: ModelRecord) -> None:
        """Keep a model with its versions that are in training or could not be trained."""
        self._database.write([rows.insert_app(app), rows.insert_model(model)])

    def forget(self, kind: str, *key: str) -> None:
        """Forget something and all that is in it.

        Parameters
        ----------
        kind
            ``app``, ``dataset``, ``dataset_version``, ``model`` or ``model_version``; see :mod:`rows`.
        *key
            Its ids, the app's first.
        """
        self._database.write(rows.removal(kind, key))
        if not kind.startswith("model"):
            self._kept = {kept: embedded for kept, embedded in self._kept.items() if kept[: len(key)] != key}
        if kind == "app":
            self._apps.forget(*key)

    def load(self, records: Records, embed: Embed) -> None:
        """Add all that is kept; a row that cannot be read costs itself and what rests on it, and is logged.

        Parameters
        ----------
        records
            What to add it to.
        embed
            What embeds the inputs of versions that were kept without embeddings.
        """
        self._each("apps", "id, about", lambda row: _load_app(records, *row))
        self._each("datasets", "app_id, id, about", lambda row: _load_dataset(records, *row))
        self._each(
            "dataset_versions", "app_id, dataset_id, id, about", lambda row: self._load_inputs(records, embed, row)
        )
        self._each("models", "app_id, id, about, classifier", lambda row: _load_model(records, *row))
        self._each("model_versions", "app_id, model_id, id, about, head", lambda row: _load_version(records, row))
        self._each("models", "app_id, id, about", lambda row: _load_pending(records, *row))
        self._each("concepts", "app_id, id, name", lambda row: app_keeper.load_concept(records, *row))
        self._each("inputs", "app_id, id, about, image", lambda row: app_keeper.load_input(records, *row))
        self._each(
            "dataset_inputs",
            "app_id, dataset_id, input_id",
            lambda row: app_keeper.load_dataset_input(records, *row),
        )
        for app in records.apps():
            for dataset in app.datasets.values():
                if dataset.input_ids is not None and dataset.latest is None:
                    dataset.changed = True  # its version was damaged: there is one to be frozen again
                latest = dataset.latest  # a sample's own version is in no file, one with its annotations may be
                if dataset.annotations and (latest is None or latest.origin == MANUAL):
                    dataset.changed = True  # annotated since, and no version with that was kept
        self._apps.took_over(records)

    def _each(self, table: str, columns: str, load: Callable[[Any], None]) -> None:
        for (number,) in self._database.read(f"SELECT rowid FROM {table} ORDER BY rowid"):
            try:
                (row,) = self._database.read(f"SELECT {columns} FROM {table} WHERE rowid = ?", (number,))
                load(row)
            except (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError) as error:
                _log.warning("Row %d of %s in the server's file is left out: %r", number, table, error)

    def _load_inputs(self, records: Records, embed: Embed, row: tuple[str, str, str, str]) -> None:
        app_id, dataset_id, version_id, about = row
        told = json.loads(about)
        key = (app_id, dataset_id, version_id)
        content = Lazy(lambda: codec.content_from_bytes(self._blob("content", key)))
        version = DatasetVersionRecord(
            id=version_id,
            content=content,
            embeddings=Lazy(lambda: self._embeddings(key, content, embed)),
            origin=int(told["origin"]),
            created_at=rows.read_time(told["created_at"]),
            embedder=str(told["embedder"]),
            whole=bool(told["whole"]),
            num_unlabeled=int(told["num_unlabeled"]),
        )
        records.app(app_id).datasets[dataset_id].versions.append(version)
        ((size,),) = self._database.read(f"SELECT length(embeddings) FROM dataset_versions WHERE {_IS}", key)
        self._kept[key] = bool(size)

    def _embeddings(self, key: tuple[str, str, str], content: Lazy[Content], embed: Embed) -> NDArray[np.float32]:
        body = self._blob("embeddings", key)
        return codec.embeddings_from_bytes(body) if body else embed_content(content.get(), embed)

    def _blob(self, column: str, key: tuple[str, str, str]) -> bytes:
        rows = self._database.read(f"SELECT {column} FROM dataset_versions WHERE {_IS}", key)
        body: bytes = rows[0][0]
        return body


def _load_app(records: Records, app_id: str, about: str) -> None:
    told = json.loads(about)
    created_at = rows.read_time(told["created_at"])
    app = records.ensure_app(app_id, str(told["description"]))
    app.created_at = created_at


def _load_dataset(records: Records, app_id: str, dataset_id: str, about: str) -> None:
    told = json.loads(about)
    records.app(app_id).datasets[dataset_id] = DatasetRecord(
        dataset_id,
        app_id,
        str(told["description"]),
        created_at=rows.read_time(told["created_at"]),
        input_ids={} if told.get("fillable") else None,
        changed=bool(told.get("changed")),
        annotations={str(key): app_keeper.read_annotations(said) for key, said in told.get("annotations", {}).items()},
    )


def _load_model(records: Records, app_id: str, model_id: str, about: str, classifier: bytes | None) -> None:
    told = json.loads(about)
    records.app(app_id).models[model_id] = ModelRecord(
        model_id,
        app_id,
        str(told["type"]),
        classifier=classifier,
        description=str(told["description"]),
        created_at=rows.read_time(told["created_at"]),
    )


def _load_pending(records: Records, app_id: str, model_id: str, about: str) -> None:
    """Load the versions of a model that were never trained; what was going on then has been interrupted."""
    model = records.app(app_id).models[model_id]
    trained = {one.id for one in model.trained}
    for told in json.loads(about).get("pending", []):
        owner, dataset_id, version_id = told["dataset"]
        dataset = records.app(owner).datasets.get(dataset_id)
        if dataset is None:  # deleted since
            continue
        failed = told["status"] == status_code_pb2.MODEL_TRAINING_FAILED
        if told["id"] not in trained:
            model.pending[told["id"]] = PendingVersion(
                id=str(told["id"]),
                description=str(told["description"]),
                dataset=dataset,
                dataset_version=next((one for one in dataset.versions if one.id == version_id), None),
                status=status_code_pb2.MODEL_TRAINING_FAILED,
                details=str(told["details"]) if failed else _INTERRUPTED,
                created_at=rows.read_time(told["created_at"]),
            )


def _load_version(records: Records, row: tuple[str, str, str, str, bytes]) -> None:
    app_id, model_id, version_id, about, head = row
    told = _AboutVersion(**json.loads(about))
    owner, dataset_id, dataset_version_id = told.dataset
    dataset = records.app(owner).datasets[dataset_id]
    trained_on = {one.id: one for one in dataset.versions}[dataset_version_id]
    version = ModelVersionRecord(
        id=version_id,
        description=told.description,
        dataset=dataset,
        dataset_version=trained_on,
        head=head,
        concepts=tuple(told.concepts),
        concept_names=tuple(told.concept_names),
        concept_inputs=tuple(told.concept_inputs),
        num_inputs=told.num_inputs,
        num_features=told.num_features,
        created_at=rows.read_time(told.created_at),
        completed_at=rows.read_time(told.completed_at),
    )
    records.app(app_id).models[model_id].trained.append(version)
