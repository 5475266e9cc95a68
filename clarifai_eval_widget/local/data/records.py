"""The apps, datasets, models and versions that a server holds, and how they are found."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.data.content import now
from clarifai_eval_widget.local.statuses import ApiError, not_found

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from clarifai_eval_widget.local.data.content import Content, InputRecord, Lazy

MANUAL = 1
"""A dataset version that the user made (``DatasetVersionRequestOrigin``)."""
TRAINING = 2
"""A dataset version that holds what a model version was trained on."""
EVALUATION = 3
"""A dataset version that was frozen for an evaluation."""


@dataclass(eq=False)
class DatasetVersionRecord:
    """A frozen state of a dataset."""

    id: str
    """The version's id."""
    content: Lazy[Content]
    """Inputs and labels."""
    embeddings: Lazy[NDArray[np.float32]]
    """(N, D), a row for each input."""
    origin: int = MANUAL
    """Who made it: :data:`MANUAL`, :data:`TRAINING` for what a version was trained on, or :data:`EVALUATION`."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""
    embedder: str = ""
    """What made the embeddings, where the server did: versions of one embedder go together."""
    whole: bool = True
    """Whether it holds all that the dataset held then, and not just what a version was trained on."""
    num_unlabeled: int = 0
    """Inputs that nobody has annotated; they are not among the content, which is for training and evaluation."""


@dataclass(eq=False)
class DatasetRecord:
    """A dataset and its versions, oldest first."""

    id: str
    """The dataset's id, unique in its app."""
    app_id: str
    """The app it is in."""
    description: str = ""
    """What it holds."""
    versions: list[DatasetVersionRecord] = field(default_factory=list)
    """Its versions, oldest first."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""
    input_ids: dict[str, None] | None = None
    """The uploaded inputs that are in it, in order; None for one that is added whole, version by version."""
    changed: bool = False
    """Whether inputs have come, gone or been annotated since the latest version."""
    annotations: dict[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    """Of one that is added whole, what clients have annotated its inputs with, as :attr:`InputRecord.annotations`, by
    the input's id; it is replaced, never changed."""

    @property
    def latest(self) -> DatasetVersionRecord | None:
        """The latest version that holds the whole dataset; None where only training has made some, or nothing yet."""
        return next((version for version in self.versions[::-1] if version.whole), None)

    @property
    def added(self) -> DatasetVersionRecord | None:
        """The latest version that was added whole, without what clients have annotated since."""
        added = (version for version in self.versions[::-1] if version.whole and version.origin == MANUAL)
        return next(added, self.latest)

    def version(self, version_id: str = "") -> DatasetVersionRecord:
        """Return a version, the latest of the whole dataset for an empty id."""
        if not version_id and self.latest is not None:
            return self.latest
        for version in self.versions:
            if version.id == version_id:
                return version
        raise not_found("version", version_id, [v.id for v in self.versions], where=f"of the dataset {self.id!r}")

    def add(self, version: DatasetVersionRecord) -> None:
        """Add a version, under an id that no other has; to be called under :attr:`Records.lock`."""
        known = {one.id for one in self.versions}
        wanted, number = version.id, 1
        while version.id in known:
            number += 1
            version.id = f"{wanted}-{number}"
        self.versions = [*self.versions, version]


@dataclass(frozen=True, eq=False)
class ModelVersionRecord:
    """A version that has been trained."""

    id: str
    """The version's id, unique in its model."""
    description: str
    """What it was trained on, in words."""
    dataset: DatasetRecord
    """The dataset it was trained on."""
    dataset_version: DatasetVersionRecord
    """The version of that dataset."""
    head: bytes
    """The fitted head, pickled: it is for the worker process."""
    concepts: tuple[str, ...]
    """The concepts it predicts."""
    concept_names: tuple[str, ...]
    """Their names."""
    concept_inputs: tuple[int, ...]
    """Number of positive training inputs of each concept."""
    num_inputs: int
    """Number of training inputs."""
    num_features: int
    """Length of the embeddings it takes."""
    created_at: datetime
    """When training began."""
    completed_at: datetime
    """When training ended."""


@dataclass(frozen=True, eq=False)
class Recipe:
    """A version to be trained."""

    version_id: str
    """Its id."""
    description: str
    """What it is trained on, in words."""
    inputs_per_concept: int | None = None
    """How many inputs to take for each concept; None takes the whole dataset."""
    concepts: tuple[str, ...] = ()
    """The concepts to learn, in this order; none named takes all of the dataset's."""


@dataclass(eq=False)
class PendingVersion:
    """A version that is being trained, or could not be."""

    id: str
    """The version's id."""
    description: str
    """What it is trained on, in words."""
    dataset: DatasetRecord
    """The dataset."""
    dataset_version: DatasetVersionRecord | None
    """Its version; None for one of an earlier server that no file has."""
    status: int = status_code_pb2.MODEL_QUEUED_FOR_TRAINING
    """How far it is."""
    details: str = ""
    """Why it failed."""
    created_at: datetime = field(default_factory=now)
    """When training was asked for."""


@dataclass(eq=False)
class ModelRecord:
    """A model, its recipe and its versions."""

    id: str
    """The model's id, unique in its app."""
    app_id: str
    """The app it is in."""
    model_type_id: str
    """``text-classifier``, ``visual-classifier`` or ``embedding-classifier``."""
    classifier: Any = None
    """The unfitted scikit-learn classifier that each version and each fold trains a clone of, or its pickle as it was
    kept; None: the default."""
    description: str = ""
    """What it tells apart."""
    samples: Lazy[list[ModelVersionRecord]] | None = None
    """Versions that are trained when first asked for."""
    recipes: tuple[Recipe, ...] = ()
    """What those will be."""
    trained: list[ModelVersionRecord] = field(default_factory=list)
    """Versions trained by the user, oldest first."""
    pending: dict[str, PendingVersion] = field(default_factory=dict)
    """Versions in training, and those that failed, by id."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""

    def versions(self) -> list[ModelVersionRecord]:
        """Return the versions, oldest first; those of a sample are trained now, if they are not yet."""
        return [*(self.samples.get() if self.samples else ()), *self.trained]

    @property
    def known_versions(self) -> list[ModelVersionRecord]:
        """The versions trained so far."""
        return [*(self.samples.get() if self.samples and self.samples.ready else ()), *self.trained]

    @property
    def begun_versions(self) -> list[ModelVersionRecord | PendingVersion]:
        """The versions there are by now, trained or not, oldest first."""
        begun: list[ModelVersionRecord | PendingVersion] = [*self.known_versions, *self.pending.values()]
        return sorted(begun, key=lambda one: one.created_at)

    def not_before_others(self, moment: datetime) -> datetime:
        """Return a moment, or one just after the newest version: a clock that was set back makes no version older."""
        others = [version.completed_at for version in self.known_versions]
        return max([moment, *(other + timedelta(microseconds=1) for other in others)])

    @property
    def promised(self) -> tuple[Recipe, ...]:
        """The versions still to be trained when first asked for."""
        return () if self.samples is None or self.samples.ready else self.recipes

    def has_version(self, version_ids: Collection[str]) -> bool:
        """Tell whether one of the versions is this model's, without training any."""
        known = {version.id for version in self.known_versions} | {recipe.version_id for recipe in self.promised}
        return not known.isdisjoint(version_ids)

    def version(self, version_id: str) -> ModelVersionRecord:
        """Return a version by its id."""
        versions = self.versions()
        for version in versions:
            if version.id == version_id:
                return version
        if version_id in self.pending:
            pending = self.pending[version_id]
            raise ApiError(pending.status, f"The version {version_id!r} is not trained. {pending.details}".strip())
        raise not_found("version", version_id, [v.id for v in versions], where=f"of the model {self.id!r}")


@dataclass(eq=False)
class AppRecord:
    """An app with its datasets and models."""

    id: str
    """The app's id."""
    description: str = ""
    """What it shows, or what it lacks."""
    datasets: dict[str, DatasetRecord] = field(default_factory=dict)
    """By id."""
    models: dict[str, ModelRecord] = field(default_factory=dict)
    """By id."""
    inputs: dict[str, InputRecord] = field(default_factory=dict)
    """The inputs that clients have uploaded, by id."""
    concepts: dict[str, str] = field(default_factory=dict)
    """Names of the concepts that clients have made or annotated with, by id."""
    upload_jobs: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many inputs of each upload were read, and how many refused, by the job's id."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""


class Records:
    """All apps of a server. Finding is safe while another thread adds."""

    def __init__(self) -> None:
        self._apps: dict[str, AppRecord] = {}
        self.lock = threading.RLock()
        self.promised: set[tuple[str, str, str]] = set()
        """App, model and version ids that are being trained; to be touched under the lock."""

    def apps(self) -> list[AppRecord]:
        """Return all apps, in the order they were made."""
        with self.lock:
            return list(self._apps.values())

    def ensure_app(self, app_id: str, description: str = "") -> AppRecord:
        """Return an app, made where it is not there yet."""
        with self.lock:
            return self._apps.setdefault(app_id, AppRecord(app_id, description))

    def app(self, app_id: str) -> AppRecord:
        """Return an app by its id."""
        with self.lock:
            if app_id not in self._apps:
                raise not_found("app", app_id, self._apps)
            return self._apps[app_id]

    def promised_ids(self, model: ModelRecord) -> set[str]:
        """Return the ids of the versions of a model that are promised or pending."""
        return {one[2] for one in self.promised if one[:2] == (model.app_id, model.id)} | set(model.pending)

    def remove_app(self, app_id: str) -> None:
        """Forget an app and all that is in it."""
        with self.lock:
            self.app(app_id)
            del self._apps[app_id]

    def scope(self, app_id: str) -> list[AppRecord]:
        """Return one app, or all of them for an empty id."""
        return [self.app(app_id)] if app_id else self.apps()

    def dataset(self, app_id: str, dataset_id: str) -> DatasetRecord:
        """Return a dataset by its ids."""
        app = self.app(app_id)
        with self.lock:
            if dataset_id not in app.datasets:
                raise not_found("dataset", dataset_id, app.datasets, where=f"in the app {app_id!r}")
            return app.datasets[dataset_id]

    def model(self, app_id: str, model_id: str) -> ModelRecord:
        """Return a model by its ids."""
        app = self.app(app_id)
        with self.lock:
            if model_id not in app.models:
                raise not_found(
                    "model",
                    model_id,
                    app.models,
                    where=f"in the app {app_id!r}",
                    code=status_code_pb2.MODEL_DOES_NOT_EXIST,
                )
            return app.models[model_id]
