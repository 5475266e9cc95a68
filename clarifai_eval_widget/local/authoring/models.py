"""Train a version of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client import resources
from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.local.api import protos
from clarifai_eval_widget.local.api.model_types import MODEL_TYPE_IDS
from clarifai_eval_widget.local.api.requests import check_id
from clarifai_eval_widget.local.authoring.refusals import in_words
from clarifai_eval_widget.local.data.records import DatasetRecord, ModelRecord, Records
from clarifai_eval_widget.local.work.training import Recipe, train_versions

if TYPE_CHECKING:
    from clarifai_eval_widget.local.work.runner import TaskRunner


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


def train(records: Records, runner: TaskRunner, user_id: str, asked: Training) -> resources.ModelVersion:
    """Train a version of a model, made where there is none, and wait for it."""
    dataset = in_words(lambda: records.dataset(asked.dataset_app_id, asked.dataset_id))
    number = asked.inputs_per_concept
    if number is not None and number < 1:
        raise InvalidRequestError(f"inputs_per_concept must be at least 1, but is {number}.")
    model = _find_model(records, dataset, asked)
    if asked.classifier is not None:
        model.classifier = asked.classifier
    known = [version.id for version in model.versions()]
    version_id = in_words(lambda: check_id("version", asked.version_id or f"v{len(known) + 1}"))
    if version_id in known:
        raise InvalidRequestError(f"The model {model.id!r} has a version {version_id!r} already: choose another id.")
    recipe = Recipe(version_id, asked.description or f"Trained on {dataset.id}", number)
    try:
        (version,) = train_versions(runner, model.classifier, dataset, dataset.version(), [recipe])
    except Exception as error:
        raise EvalError(f"Training {model.id!r} failed with {type(error).__name__}: {error}") from error
    with records.lock:
        records.ensure_app(model.app_id).models[model.id] = model
        model.trained = [*model.trained, version]
    wire = protos.model_version_proto(model, version, user_id)
    return resources.ModelVersion.from_proto(wire, resources.Model.from_proto(protos.model_proto(model, user_id)))


def _find_model(records: Records, dataset: DatasetRecord, asked: Training) -> ModelRecord:
    content = dataset.version().content.get()
    kind = "text" if content.texts is not None else "visual" if content.images is not None else "embedding"
    model_type_id = asked.model_type_id or f"{kind}-classifier"
    if model_type_id not in MODEL_TYPE_IDS:
        known = ", ".join(map(repr, MODEL_TYPE_IDS))
        raise InvalidRequestError(f"There is no model type {model_type_id!r}. There are {known}.")
    in_words(lambda: check_id("app", asked.app_id))
    in_words(lambda: check_id("model", asked.model_id))
    with records.lock:
        models = records.ensure_app(asked.app_id).models
        # Not added yet: a model whose first training fails must not be listed.
        return models.get(asked.model_id) or ModelRecord(asked.model_id, asked.app_id, model_type_id)
