"""What the server lists: apps, models, versions, datasets, as small frozen objects with their keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.texts import check_text
from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_grpc.grpc.api import resources_pb2
    from google.protobuf.timestamp_pb2 import Timestamp

__all__ = [
    "DATASET_VERSION_READY",
    "MODEL_TRAINED",
    "App",
    "Dataset",
    "DatasetVersion",
    "Model",
    "ModelVersion",
    "Owner",
    "in_same_app",
    "inputs_of",
    "key_of",
    "newest_first",
]

MODEL_TRAINED = 21100
DATASET_VERSION_READY = 64015
_ALL_INPUTS = "/"  # the entry of a version's metrics that counts the inputs themselves, not their frames or regions


def key_of(*ids: str) -> str:
    """Join ids, the owner's first, to what tells a resource from every other; empty without the resource's own id."""
    return "/".join(ids) if ids[-1] else ""


def in_same_app(one: App | Model | ModelVersion | Dataset, other: App | Model | ModelVersion | Dataset) -> bool:
    """Whether two resources are in one app of one owner; who is "me", or is not told, may be anybody."""
    told = {one.user_id, other.user_id} - {"", "me"}
    return one.app_id == other.app_id and len(told) < 2


class _Named:
    """Refuses ids that no request can hold where they are given, not where they would be sent."""

    def __post_init__(self) -> None:
        for name in ("id", "model_id", "dataset_id", "version_id", "app_id", "user_id"):
            value = getattr(self, name, "")
            if not isinstance(value, str):
                raise InvalidRequestError(f"The {name} of {type(self).__name__} is text, not {quoted(value)}.")
            check_text(value, f"{name} of {type(self).__name__}")


@dataclass(frozen=True)
class Owner(_Named):
    """Whose resources are meant, and in which app."""

    user_id: str
    """A user or an organisation; ``"me"`` is the token's owner."""
    app_id: str = ""
    """Empty: all apps of that user."""

    def to_proto(self) -> resources_pb2.UserAppIDSet:
        """Write it as requests name it."""
        from clarifai_grpc.grpc.api import resources_pb2

        return resources_pb2.UserAppIDSet(user_id=self.user_id, app_id=self.app_id)


@dataclass(frozen=True)
class App(_Named):
    """An app: the home of models and datasets."""

    id: str
    user_id: str
    name: str = field(default="", repr=False)
    description: str = field(default="", repr=False)

    @property
    def app_id(self) -> str:
        """The app's own id, so that every resource has one."""
        return self.id

    @property
    def key(self) -> str:
        """``user/app``: tells apps of several owners apart."""
        return key_of(self.user_id, self.id)

    @classmethod
    def from_proto(cls, app: resources_pb2.App, owner: Owner | None = None) -> App:
        """Read a ``resources_pb2.App``, of the owner asked for where the message does not say so."""
        owner = owner or Owner("")
        return cls(app.id, app.user_id or owner.user_id, app.name or app.id, app.description)


@dataclass(frozen=True)
class Model(_Named):
    """A model; its versions are what is evaluated."""

    id: str
    app_id: str
    user_id: str
    model_type_id: str = ""
    name: str = field(default="", repr=False)
    newest_version_id: str = field(default="", repr=False, compare=False)
    """Its newest version, where a listing says so."""
    version_count: int = field(default=0, repr=False, compare=False)
    """How many versions it has, where the server says so, else 0."""

    @property
    def key(self) -> str:
        """``user/app/model``: tells models of several owners and apps apart."""
        return key_of(self.user_id, self.app_id, self.id)

    @classmethod
    def from_proto(cls, model: resources_pb2.Model, owner: Owner | None = None) -> Model:
        """Read a ``resources_pb2.Model``, of the owner and app asked for where the message does not say so."""
        owner = owner or Owner("")
        return cls(
            model.id,
            model.app_id or owner.app_id,
            model.user_id or owner.user_id,
            model.model_type_id,
            model.name or model.id,
            model.model_version.id,
            model.version_count,
        )


@dataclass(frozen=True)
class Dataset(_Named):
    """A dataset: inputs with their labels."""

    id: str
    app_id: str
    user_id: str
    version_id: str = field(default="", repr=False)
    """The dataset version meant, where one is; empty: the latest."""
    description: str = field(default="", repr=False)
    inputs: int | None = None
    """How many inputs it has, where the server says so."""
    latest_version_id: str = field(default="", repr=False, compare=False)
    """The version that is the latest, as the listing says; empty where it does not."""

    @property
    def key(self) -> str:
        """``user/app/dataset``: tells datasets of several owners and apps apart; the version stands beside it."""
        return key_of(self.user_id, self.app_id, self.id)

    @property
    def means_version_id(self) -> str:
        """The version that an evaluation would use: the one meant, else the latest as far as it is known."""
        return self.version_id or self.latest_version_id

    @classmethod
    def from_proto(cls, dataset: resources_pb2.Dataset, owner: Owner | None = None) -> Dataset:
        """Read a ``resources_pb2.Dataset`` that means the very version in it.

        Parameters
        ----------
        dataset
            The message.
        owner
            Whose it is and in which app, where the message does not say so.
        """
        owner = owner or Owner("")
        return cls(
            dataset.id,
            dataset.app_id or owner.app_id,
            dataset.user_id or owner.user_id,
            dataset.version.id,
            dataset.description,
            inputs_of(dataset.version),
        )

    @classmethod
    def from_listing(cls, dataset: resources_pb2.Dataset, owner: Owner) -> Dataset:
        """Read an entry of an owner's listing: the dataset as such, of which it tells the latest version."""
        return cls(
            dataset.id,
            dataset.app_id or owner.app_id,
            dataset.user_id or owner.user_id,
            description=dataset.description,
            inputs=inputs_of(dataset.version),
            latest_version_id=dataset.version.id,
        )


@dataclass(frozen=True)
class DatasetVersion(_Named):
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
    def from_proto(cls, version: resources_pb2.DatasetVersion) -> DatasetVersion:
        """Read a ``resources_pb2.DatasetVersion``."""
        return cls(
            version.id,
            version.dataset_id,
            version.app_id,
            version.user_id,
            _time(version.created_at),
            version.status.code,
            version.request_origin,
            inputs_of(version),
        )


@dataclass(frozen=True)
class ModelVersion(_Named):
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
    """What it was trained on, the version included, where the server says so."""

    @property
    def key(self) -> str:
        """``user/app/model/version``: a version's id alone need not be unique."""
        return key_of(self.user_id, self.app_id, self.model_id, self.id)

    @property
    def is_trained(self) -> bool:
        """Whether training ended well."""
        return self.status_code == MODEL_TRAINED

    @classmethod
    def from_proto(cls, version: resources_pb2.ModelVersion, model: Model) -> ModelVersion:
        """Read a ``resources_pb2.ModelVersion`` of a model."""
        trained_on = version.train_info.dataset
        owner = Owner(version.user_id or model.user_id, version.app_id or model.app_id)
        ended = _time(version.completed_at)
        return cls(
            version.id,
            model.id,
            owner.app_id,
            owner.user_id,
            model.model_type_id,
            ended if ended is not None else _time(version.created_at),
            version.description,
            version.status.code,
            version.status.description,
            version.active_concept_count or None,
            version.total_input_count or None,
            Dataset.from_proto(trained_on, owner) if trained_on.id else None,
        )


def _time(stamp: Timestamp) -> datetime | None:
    """Read a moment; None for one that is not set, which servers write as the year 1 or 1970, or no calendar has."""
    if stamp.seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(stamp.seconds + stamp.nanos / 1e9, tz=UTC)
    except (OverflowError, OSError, ValueError):
        return None


def inputs_of(version: resources_pb2.DatasetVersion) -> int | None:
    """How many inputs a version has. Metadata are the user's own and may say anything."""
    if _ALL_INPUTS not in version.metrics:
        return None
    return version.metrics[_ALL_INPUTS].inputs_count.value or None


def newest_first(versions: Iterable[ModelVersion]) -> list[ModelVersion]:
    """Sort versions of a model; those without a time are taken as the oldest."""
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(versions, key=lambda version: version.created_at or oldest, reverse=True)
