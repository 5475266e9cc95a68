"""A server's records as the wire has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.statuses import make_status

if TYPE_CHECKING:
    from collections.abc import Collection

    from clarifai_eval_widget.local.data.records import (
        AppRecord,
        Content,
        DatasetRecord,
        DatasetVersionRecord,
        ModelRecord,
        ModelVersionRecord,
    )

_FIELD = resources_pb2.ModelTypeField
_MODEL_TYPES = {
    "text-classifier": ("Text Classifier", "Classify texts into concepts.", "text"),
    "visual-classifier": ("Visual Classifier", "Classify images into concepts.", "image"),
    "embedding-classifier": ("Transfer Learn Classifier", "Classify by the embeddings of a base model.", "embeddings"),
}
MODEL_TYPE_IDS = tuple(_MODEL_TYPES)


def app_proto(app: AppRecord, user_id: str) -> resources_pb2.App:
    """Write an app."""
    message = resources_pb2.App(id=app.id, name=app.id, user_id=user_id, description=app.description)
    message.created_at.FromDatetime(app.created_at)
    message.modified_at.FromDatetime(app.created_at)
    return message


def dataset_proto(
    dataset: DatasetRecord, user_id: str, version: DatasetVersionRecord | None = None
) -> resources_pb2.Dataset:
    """Write a dataset with one of its versions, by default the latest that the user made."""
    version = version or dataset.latest
    message = resources_pb2.Dataset(
        id=dataset.id, app_id=dataset.app_id, user_id=user_id, description=dataset.description
    )
    message.created_at.FromDatetime(dataset.created_at)
    if version is not None:
        message.modified_at.FromDatetime(version.created_at)
        message.version.CopyFrom(dataset_version_proto(dataset, version, user_id))
    return message


def dataset_version_proto(
    dataset: DatasetRecord, version: DatasetVersionRecord, user_id: str
) -> resources_pb2.DatasetVersion:
    """Write a dataset version; its counts, once its inputs have been read."""
    message = resources_pb2.DatasetVersion(
        id=version.id,
        dataset_id=dataset.id,
        app_id=dataset.app_id,
        user_id=user_id,
        description=dataset.description,
        status=make_status(status_code_pb2.DATASET_VERSION_READY),
        request_origin=version.origin,
    )
    message.created_at.FromDatetime(version.created_at)
    message.modified_at.FromDatetime(version.created_at)
    if version.content.ready:
        content = version.content.get()
        counts = message.metrics["/"]
        counts.inputs_count.value = len(content.input_ids)
        counts.unlabeled_inputs_count.value = int((~content.labels.any(axis=1)).sum())
        counts.positive_input_tags_count.value = int(content.labels.sum())
    return message


def input_proto(content: Content, row: int, app_id: str, user_id: str) -> resources_pb2.Input:
    """Write one labelled input."""
    message = resources_pb2.Input(id=content.input_ids[row], status=make_status(status_code_pb2.INPUT_SUCCESS))
    if content.texts is not None:
        message.data.text.raw = content.texts[row]
    if content.images is not None:
        message.data.image.base64 = content.images[row]
    for k in content.labels[row].nonzero()[0]:
        key, name = content.concepts[k], content.concept_names[k]
        message.data.concepts.add(id=key, name=name, value=1.0, app_id=app_id, user_id=user_id)
    return message


def model_proto(model: ModelRecord, user_id: str, version: ModelVersionRecord | None = None) -> resources_pb2.Model:
    """Write a model, with a version where one is given."""
    message = resources_pb2.Model(
        id=model.id,
        name=model.id,
        app_id=model.app_id,
        user_id=user_id,
        model_type_id=model.model_type_id,
        description=model.description,
        version_count=len(model.known_versions) + len(model.promised),
    )
    message.created_at.FromDatetime(model.created_at)
    message.modified_at.FromDatetime(version.completed_at if version else model.created_at)
    if version is not None:
        message.model_version.CopyFrom(model_version_proto(model, version, user_id))
    return message


def listed_model_proto(model: ModelRecord, user_id: str, version_ids: Collection[str] = ()) -> resources_pb2.Model:
    """Write a model as a listing has it: with its newest version, or the newest of those asked for.

    A sample's version that is trained when first read is told by what is known of it now: listing waits for nothing.
    """
    for version in model.known_versions[::-1]:
        if not version_ids or version.id in version_ids:
            return model_proto(model, user_id, version)
    message = model_proto(model, user_id)
    for recipe in model.promised[::-1]:
        if not version_ids or recipe.version_id in version_ids:
            message.model_version.CopyFrom(
                resources_pb2.ModelVersion(
                    id=recipe.version_id,
                    app_id=model.app_id,
                    user_id=user_id,
                    description=recipe.description,
                    status=make_status(status_code_pb2.MODEL_TRAINED),
                )
            )
            break
    return message


def model_version_proto(model: ModelRecord, version: ModelVersionRecord, user_id: str) -> resources_pb2.ModelVersion:
    """Write a trained version."""
    message = resources_pb2.ModelVersion(
        id=version.id,
        app_id=model.app_id,
        user_id=user_id,
        description=version.description,
        active_concept_count=len(version.concepts),
        total_input_count=version.num_inputs,
        status=make_status(status_code_pb2.MODEL_TRAINED),
    )
    message.created_at.FromDatetime(version.created_at)
    message.completed_at.FromDatetime(version.completed_at)
    message.modified_at.FromDatetime(version.completed_at)
    message.train_info.dataset.CopyFrom(dataset_proto(version.dataset, user_id, version.dataset_version))
    for concept in concept_protos(version, model.app_id, user_id):
        message.output_info.data.concepts.append(concept)
    return message


def concept_protos(version: ModelVersionRecord, app_id: str, user_id: str) -> list[resources_pb2.Concept]:
    """Write the concepts of a version."""
    return [
        resources_pb2.Concept(id=key, name=name, value=1.0, app_id=app_id, user_id=user_id)
        for key, name in zip(version.concepts, version.concept_names, strict=True)
    ]


def model_type_proto(model_type_id: str) -> resources_pb2.ModelType:
    """Write a model type with the parameters that an evaluation of it takes."""
    title, description, takes = _MODEL_TYPES[model_type_id]
    message = resources_pb2.ModelType(
        id=model_type_id,
        title=title,
        description=description,
        input_fields=[takes],
        output_fields=["concepts"],
        trainable=True,
        creatable=True,
        evaluation_type=resources_pb2.EvaluationType.Classification,
    )
    message.model_type_fields.extend(_evaluation_fields(model_type_id))
    return message


def _evaluation_fields(model_type_id: str) -> list[resources_pb2.ModelTypeField]:
    if model_type_id == "embedding-classifier":
        kfold = "Whether to cross-validate. Set this to false for an embedding-classifier."
    else:
        kfold = "Whether to train new heads on parts of the dataset and predict the part left out."
    return [
        _field("dataset_id", _FIELD.DATASET_ID, "", "The dataset to evaluate on; empty: the training data."),
        _field("dataset_version_id", _FIELD.DATASET_VERSION_ID, "", "Its version; empty: the latest."),
        _field("use_kfold", _FIELD.BOOLEAN, model_type_id != "embedding-classifier", kfold),
        _field("folds", _FIELD.NUMBER, 5, "Number of parts, from 2 to 20, when cross-validating."),
    ]


def _field(name: str, kind: Any, default: bool | float | str, description: str) -> resources_pb2.ModelTypeField:
    message = resources_pb2.ModelTypeField(
        path=f"eval_info.params.{name}", field_type=kind, description=description, placeholder=name
    )
    if isinstance(default, bool):
        message.default_value.bool_value = default
    elif isinstance(default, str):
        message.default_value.string_value = default
    else:
        message.default_value.number_value = default
    return message
