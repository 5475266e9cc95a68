"""A server's records as the wire has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.data.records import EVALUATION, MANUAL, TRAINING, ModelVersionRecord, PendingVersion
from clarifai_eval_widget.local.statuses import make_status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from clarifai_eval_widget.local.data.content import Content, InputRecord
    from clarifai_eval_widget.local.data.records import AppRecord, DatasetRecord, DatasetVersionRecord, ModelRecord

MAX_CONCEPTS = 20


_ORIGINS = {MANUAL: "MANUAL", TRAINING: "TRAINING", EVALUATION: "EVAL_GROUND_TRUTH"}


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
    message.modified_at.FromDatetime(version.created_at if version else dataset.created_at)
    if version is not None:
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
        request_origin=resources_pb2.DatasetVersionRequestOrigin.Value(_ORIGINS[version.origin]),
    )
    message.created_at.FromDatetime(version.created_at)
    message.modified_at.FromDatetime(version.created_at)
    if version.content.ready:
        content = version.content.get()
        counts = message.metrics["/"]
        counts.inputs_count.value = len(content.input_ids) + version.num_unlabeled
        counts.unlabeled_inputs_count.value = int((~content.labels.any(axis=1)).sum()) + version.num_unlabeled
        counts.positive_input_tags_count.value = int(content.labels.sum())
    return message


def concept_group_protos(content: Content) -> list[resources_pb2.DatasetVersionMetricsGroup]:
    """Count the inputs of a dataset version that have each concept."""
    groups = []
    for concept, num_pos in zip(content.concepts, content.labels.sum(axis=0).tolist(), strict=True):
        group = resources_pb2.DatasetVersionMetricsGroup(parent_path="/", type=resources_pb2.CONCEPT_ID)
        group.value.string_value = concept
        group.metrics.inputs_count.value = group.metrics.positive_input_tags_count.value = num_pos
        groups.append(group)
    return groups


def model_proto(
    model: ModelRecord, user_id: str, version: ModelVersionRecord | PendingVersion | None = None
) -> resources_pb2.Model:
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
    changed_at = version.completed_at if isinstance(version, ModelVersionRecord) else model.created_at
    message.modified_at.FromDatetime(changed_at)
    if version is not None:
        message.model_version.CopyFrom(model_version_proto(model, version, user_id))
    return message


def listed_model_proto(model: ModelRecord, user_id: str, version_ids: Collection[str] = ()) -> resources_pb2.Model:
    """Write a model as a listing has it: with its newest version, or the newest of those asked for.

    A sample's version that is trained when first read is told by what is known of it now: listing waits for nothing.
    """
    for version in model.begun_versions[::-1]:
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


def model_version_proto(
    model: ModelRecord, version: ModelVersionRecord | PendingVersion, user_id: str
) -> resources_pb2.ModelVersion:
    """Write a version, trained or not."""
    if isinstance(version, PendingVersion):
        return _pending_version_proto(model, version, user_id)
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
    if version.dataset_version.embedder:
        message.input_info.base_embed_model.id = version.dataset_version.embedder
    message.output_info.output_config.SetInParent()
    # A prediction takes these unless the request says otherwise.
    message.output_info.params.update({"max_concepts": MAX_CONCEPTS, "min_value": 0})
    for concept in concept_protos(version, model.app_id, user_id):
        message.output_info.data.concepts.append(concept)
    return message


def _pending_version_proto(model: ModelRecord, pending: PendingVersion, user_id: str) -> resources_pb2.ModelVersion:
    """Write a version that is in training, or whose training failed."""
    message = resources_pb2.ModelVersion(
        id=pending.id,
        app_id=model.app_id,
        user_id=user_id,
        description=pending.description,
        status=make_status(pending.status, pending.details),
    )
    message.created_at.FromDatetime(pending.created_at)
    message.train_info.dataset.CopyFrom(dataset_proto(pending.dataset, user_id, pending.dataset_version))
    return message


def concept_protos(version: ModelVersionRecord, app_id: str, user_id: str) -> list[resources_pb2.Concept]:
    """Write the concepts of a version."""
    return [
        resources_pb2.Concept(id=key, name=name, value=1.0, app_id=app_id, user_id=user_id)
        for key, name in zip(version.concepts, version.concept_names, strict=True)
    ]


def input_proto(one: InputRecord, app: AppRecord) -> resources_pb2.Input:
    """Write an input with what it is annotated with."""
    message = resources_pb2.Input(id=one.id, status=make_status(status_code_pb2.INPUT_SUCCESS))
    message.created_at.FromDatetime(one.created_at)
    message.modified_at.FromDatetime(one.created_at)
    if one.text is not None:
        message.data.text.raw = one.text
    if one.image is not None:
        message.data.image.base64 = one.image
    message.data.concepts.extend(_said_protos({key: float(has) for key, has in one.labels.items()}, app))
    message.dataset_ids.extend(key for key, dataset in app.datasets.items() if one.id in (dataset.input_ids or ()))
    return message


def annotation_proto(one: InputRecord, annotation_id: str, app: AppRecord, user_id: str) -> resources_pb2.Annotation:
    """Write an annotation of an input."""
    message = resources_pb2.Annotation(
        id=annotation_id,
        input_id=one.id,
        user_id=user_id,
        input_level=True,
        status=make_status(status_code_pb2.ANNOTATION_SUCCESS),
    )
    message.created_at.FromDatetime(one.created_at)
    message.data.concepts.extend(_said_protos(one.annotations[annotation_id], app))
    return message


def _said_protos(said: Mapping[str, float], app: AppRecord) -> list[resources_pb2.Concept]:
    return [
        resources_pb2.Concept(id=key, name=app.concepts.get(key) or key, value=value, app_id=app.id)
        for key, value in said.items()
    ]
