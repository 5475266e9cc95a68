"""Train a version of a model."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client import resources
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, NotFoundError
from clarifai_eval_widget.local.api import protos
from clarifai_eval_widget.local.api.model_types import MODEL_TYPE_IDS
from clarifai_eval_widget.local.api.requests import check_id, current_version
from clarifai_eval_widget.local.authoring.refusals import check_text, in_words
from clarifai_eval_widget.local.data.records import TRAINING, DatasetRecord, ModelRecord, Recipe, Records
from clarifai_eval_widget.local.work.training import train_versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clarifai_eval_widget.local.authoring.workshop import Workshop
    from clarifai_eval_widget.local.data.records import ModelVersionRecord
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


def train(workshop: Workshop, asked: Training) -> resources.ModelVersion:
    """Train a version of a model, made where there is none, and wait for it."""
    records, user_id = workshop.records, workshop.user_id
    dataset = in_words(lambda: records.dataset(asked.dataset_app_id, asked.dataset_id))
    if asked.inputs_per_concept is not None and asked.inputs_per_concept < 1:
        raise InvalidRequestError(f"inputs_per_concept must be at least 1, but is {asked.inputs_per_concept}.")
    check_text(asked.description, "The description")
    if asked.classifier is not None:
        _check_classifier(asked.classifier)
    if dataset.input_ids is None and dataset.changed:  # train on the labels as they are annotated by now
        in_words(lambda: current_version(records, dataset, workshop.embedder, TRAINING))
    model = _find_model(records, dataset, asked)
    with _promised_id(records, model, asked.version_id) as version_id:
        version = _train_one(workshop.runner, model, dataset, asked, version_id)
        with records.lock:
            # Another thread may have made the model meanwhile; versions of both are of that one.
            app = records.ensure_app(model.app_id)
            model = app.models.setdefault(model.id, model)
            if asked.classifier is not None:
                model.classifier = asked.classifier
            if version.dataset_version not in dataset.versions:
                dataset.add(version.dataset_version)
            model.trained = [*model.trained, version]
        if workshop.keeper is not None:
            workshop.keeper.keep_dataset(records.app(dataset.app_id), dataset, version.dataset_version)
            workshop.keeper.keep_version(app, model, version)
    wire = protos.model_version_proto(model, version, user_id)
    return resources.ModelVersion.from_proto(wire, resources.Model.from_proto(protos.model_proto(model, user_id)))


def _train_one(
    runner: TaskRunner, model: ModelRecord, dataset: DatasetRecord, asked: Training, version_id: str
) -> ModelVersionRecord:
    recipe = Recipe(version_id, asked.description or f"Trained on {dataset.id}", asked.inputs_per_concept)
    classifier = model.classifier if asked.classifier is None else asked.classifier
    try:
        (version,) = train_versions(
            runner, replace(model, classifier=classifier), dataset, in_words(dataset.version), [recipe]
        )
    except NotFoundError:
        raise
    except Exception as error:
        raise EvalError(f"Training {model.id!r} failed with {type(error).__name__}: {error}") from error
    return version


@contextmanager
def _promised_id(records: Records, model: ModelRecord, wanted: str | None) -> Iterator[str]:
    """Find the version's id, and keep it from other threads that train the same model until it is there."""
    if wanted is not None:
        in_words(lambda: check_id("version", wanted))
    known = {version.id for version in model.versions()}
    key = (model.app_id, model.id)
    with records.lock:
        taken = known | {version.id for version in model.trained} | records.promised_ids(model)
        version_id = wanted or next(name for number in count(len(taken) + 1) if (name := f"v{number}") not in taken)
        if version_id in taken:
            raise InvalidRequestError(
                f"The model {model.id!r} has a version {version_id!r} already: choose another id."
            )
        records.promised.add((*key, version_id))
    try:
        yield version_id
    finally:
        with records.lock:
            records.promised.discard((*key, version_id))


def _check_classifier(classifier: Any) -> None:
    """Refuse at once what would fail at the first evaluation."""
    if isinstance(classifier, type):
        raise InvalidRequestError(f"The classifier is the class {classifier.__name__}: give an instance of it.")
    lacking = [name for name in ("fit", "get_params") if not hasattr(classifier, name)]
    if lacking:
        raise InvalidRequestError(
            f"The classifier, a {type(classifier).__name__}, has no {' and no '.join(lacking)}: give one "
            "of scikit-learn's, or one that behaves like them."
        )
    if not hasattr(classifier, "predict_proba"):
        raise InvalidRequestError(
            f"The classifier, a {type(classifier).__name__}, has no predict_proba, and an evaluation "
            "needs probabilities. "
            "Wrap it: CalibratedClassifierCV(classifier), of sklearn.calibration."
        )


def _find_model(records: Records, dataset: DatasetRecord, asked: Training) -> ModelRecord:
    content = in_words(dataset.version).content.get()
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
