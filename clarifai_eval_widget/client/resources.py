"""What the server lists: apps, models, versions, datasets, as small frozen objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

__all__ = [
    "DATASET_VERSION_READY",
    "MODEL_TRAINED",
    "App",
    "Dataset",
    "DatasetVersion",
    "Model",
    "ModelVersion",
]

MODEL_TRAINED = 21100
DATASET_VERSION_READY = 64015
_ALL_INPUTS = "/"  # the entry of a version's metrics that counts the inputs themselves, not their frames or regions


@dataclass(frozen=True)
class App:
    """An app: the home of models and datasets."""

    id: str
    user_id: str
    name: str = field(default="", repr=False)
    description: str = field(default="", repr=False)

    @property
    def app_id(self) -> str:
        """The app's own id, so that every resource has one."""
        return self.id

    @classmethod
    def from_proto(cls, app: Any) -> App:
        """Read a ``resources_pb2.App``."""
        return cls(app.id, app.user_id, app.name or app.id, app.description)


@dataclass(frozen=True)
class Model:
    """A model; its versions are what is evaluated."""

    id: str
    app_id: str
    user_id: str
    model_type_id: str = ""
    name: str = field(default="", repr=False)

    @classmethod
    def from_proto(cls, model: Any) -> Model:
        """Read a ``resources_pb2.Model``."""
        return cls(model.id, model.app_id, model.user_id, model.model_type_id, model.name or model.id)


@dataclass(frozen=True)
class Dataset:
    """A dataset: inputs with their labels."""

    id: str
    app_id: str
    user_id: str
    version_id: str = field(default="", repr=False)
    """The dataset version meant, where one is; empty: the latest."""
    description: str = field(default="", repr=False)
    inputs: int | None = None
    """How many inputs it has, where the server says so."""

    @property
    def key(self) -> str:
        """``app/dataset``: tells datasets of several apps apart."""
        return f"{self.app_id}/{self.id}"

    @classmethod
    def from_proto(cls, dataset: Any) -> Dataset:
        """Read a ``resources_pb2.Dataset``."""
        return cls(
            dataset.id,
            dataset.app_id,
            dataset.user_id,
            dataset.version.id,
            dataset.description,
            _inputs(dataset.version),
        )


@dataclass(frozen=True)
class DatasetVersion:
    """A dataset as it was at one time."""

    id: str
    dataset_id: str
    app_id: str
    user_id: str
    created_at: datetime | None = field(default=None, repr=False)
    status_code: int = field(default=0, repr=False)
    origin: int = field(default=0, repr=False)
    """Who asked for it: 1 a person, 2 a training, 3 and 4 an evaluation."""
    inputs: int | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it can be evaluated."""
        return self.status_code == DATASET_VERSION_READY

    @classmethod
    def from_proto(cls, version: Any) -> DatasetVersion:
        """Read a ``resources_pb2.DatasetVersion``."""
        return cls(
            version.id,
            version.dataset_id,
            version.app_id,
            version.user_id,
            _time(version, "created_at"),
            version.status.code,
            version.request_origin,
            _inputs(version),
        )


@dataclass(frozen=True)
class ModelVersion:
    """One trained state of a model."""

    id: str
    model_id: str
    app_id: str
    user_id: str
    model_type_id: str = field(default="", repr=False)
    created_at: datetime | None = field(default=None, repr=False)
    description: str = ""
    status_code: int = field(default=0, repr=False)
    status: str = field(default="", repr=False)
    concepts: int | None = None
    """How many concepts it knows, where the server says so."""
    inputs: int | None = None
    """How many inputs it was trained on, where the server says so."""
    training_dataset: Dataset | None = field(default=None, repr=False)
    """What it was trained on, where the server says so."""

    @property
    def key(self) -> str:
        """``app/model/version``: a version's id alone need not be unique."""
        return f"{self.app_id}/{self.model_id}/{self.id}"

    @property
    def is_trained(self) -> bool:
        """Whether training ended well."""
        return self.status_code == MODEL_TRAINED

    @property
    def supports_cross_validation(self) -> bool:
        """False for embedding classifiers, for which the documentation asks for ``use_kfold: false``."""
        return self.model_type_id != "embedding-classifier"

    @classmethod
    def from_proto(cls, version: Any, model: Model) -> ModelVersion:
        """Read a ``resources_pb2.ModelVersion`` of a model."""
        trained_on = version.train_info.dataset
        return cls(
            version.id,
            model.id,
            version.app_id or model.app_id,
            version.user_id or model.user_id,
            model.model_type_id,
            _time(version, "completed_at") or _time(version, "created_at"),
            version.description,
            version.status.code,
            version.status.description,
            version.active_concept_count or None,
            version.total_input_count or None,
            Dataset.from_proto(trained_on) if trained_on.id else None,
        )


def _time(message: Any, name: str) -> datetime | None:
    if not message.HasField(name):
        return None
    stamp = getattr(message, name)
    return datetime.fromtimestamp(stamp.seconds + stamp.nanos / 1e9, tz=UTC)


def _inputs(version: Any) -> int | None:
    """How many inputs a version has. Metadata are the user's own and may say anything."""
    if _ALL_INPUTS not in version.metrics:
        return None
    return version.metrics[_ALL_INPUTS].inputs_count.value or None
