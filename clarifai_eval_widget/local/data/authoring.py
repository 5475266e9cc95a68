"""Add datasets and train versions: what a user does to a server from Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from clarifai_eval_widget.client import resources
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, NotFoundError
from clarifai_eval_widget.local.api import protos
from clarifai_eval_widget.local.api.requests import check_id
from clarifai_eval_widget.local.api.statuses import ApiError
from clarifai_eval_widget.local.data import inputs
from clarifai_eval_widget.local.data.catalog import Catalog, Dataset, DatasetVersion, Lazy, Model
from clarifai_eval_widget.local.work.training import Recipe, train_versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.local.work.workers import Runner

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Training:
    """What a version is made of; see :meth:`LocalServer.train`."""

    app_id: str
    model_id: str
    dataset_id: str
    dataset_app_id: str
    classifier: Any
    model_type_id: str | None
    inputs_per_concept: int | None
    version_id: str | None
    description: str


def add_dataset(
    catalog: Catalog, user_id: str, key: tuple[str, str], given: inputs.Inputs, description: str
) -> resources.Dataset:
    """Add a dataset, or a version of one, under its app's and its own id."""
    app_id, dataset_id = key
    _in_words(lambda: check_id("app", app_id))
    _in_words(lambda: check_id("dataset", dataset_id))
    if given.labels is None:
        raise InvalidRequestError("A dataset needs labels: give labels=, one for each input.")
    content = inputs.read_content(dataset_id, given)
    source = given.texts if given.texts is not None else given.images
    vectors = inputs.read_embeddings(given.embeddings, given.embed, source, len(content.labels))
    with catalog.lock:
        datasets = catalog.ensure_app(app_id).datasets
        dataset = datasets.get(dataset_id) or Dataset(dataset_id, app_id)
        version = DatasetVersion(f"v{len(dataset.versions) + 1}", Lazy.of(content), Lazy.of(vectors))
        dataset.description = description or dataset.description
        dataset.versions = [*dataset.versions, version]
        datasets[dataset_id] = dataset
    return resources.Dataset.from_proto(protos.dataset_proto(dataset, user_id, version))


def train(catalog: Catalog, runner: Runner, user_id: str, asked: Training) -> resources.ModelVersion:
    """Train a version of a model, made where there is none, and wait for it."""
    dataset = _in_words(lambda: catalog.dataset(asked.dataset_app_id, asked.dataset_id))
    number = asked.inputs_per_concept
    if number is not None and number < 1:
        raise InvalidRequestError(f"inputs_per_concept must be at least 1, but is {number}.")
    model = _find_model(catalog, dataset, asked)
    if asked.classifier is not None:
        model.classifier = asked.classifier
    known = [version.id for version in model.versions()]
    version_id = _in_words(lambda: check_id("version", asked.version_id or f"v{len(known) + 1}"))
    if version_id in known:
        raise InvalidRequestError(f"The model {model.id!r} has a version {version_id!r} already: choose another id.")
    recipe = Recipe(version_id, asked.description or f"Trained on {dataset.id}", number)
    try:
        (version,) = train_versions(runner, model.classifier, dataset, dataset.version(), [recipe])
    except Exception as error:
        raise EvalError(f"Training {model.id!r} failed with {type(error).__name__}: {error}") from error
    with catalog.lock:
        catalog.ensure_app(model.app_id).models[model.id] = model
        model.trained = [*model.trained, version]
    wire = protos.model_version_proto(model, version, user_id)
    return resources.ModelVersion.from_proto(wire, resources.Model.from_proto(protos.model_proto(model, user_id)))


def _find_model(catalog: Catalog, dataset: Dataset, asked: Training) -> Model:
    content = dataset.version().content.get()
    kind = "text" if content.texts is not None else "visual" if content.images is not None else "embedding"
    model_type_id = asked.model_type_id or f"{kind}-classifier"
    if model_type_id not in protos.MODEL_TYPE_IDS:
        known = ", ".join(map(repr, protos.MODEL_TYPE_IDS))
        raise InvalidRequestError(f"There is no model type {model_type_id!r}. There are {known}.")
    _in_words(lambda: check_id("app", asked.app_id))
    _in_words(lambda: check_id("model", asked.model_id))
    with catalog.lock:
        models = catalog.ensure_app(asked.app_id).models
        # Not added yet: a model whose first training fails must not be listed.
        return models.get(asked.model_id) or Model(asked.model_id, asked.app_id, model_type_id)


def _in_words(find: Callable[[], T]) -> T:
    """Raise as one of this package's errors what a call would be answered with as a status."""
    try:
        return find()
    except ApiError as error:
        kind = NotFoundError if error.details.startswith("There is no") else InvalidRequestError
        raise kind(error.details) from error
