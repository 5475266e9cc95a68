"""What listings leave out, and in which order they come."""

from __future__ import annotations

import logging
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar, get_args

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.message import Message

from clarifai_eval_widget.local.api import protos
from clarifai_eval_widget.local.data.content import StillMakingError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clarifai_grpc.grpc.api import service_pb2

    from clarifai_eval_widget.local.data.content import Content
    from clarifai_eval_widget.local.data.records import AppRecord, DatasetRecord, DatasetVersionRecord, ModelRecord

_Field = Literal[
    "confusion_matrix",
    "cooccurrence_matrix",
    "label_counts",
    "binary_metrics",
    "test_set",
    "metrics_by_area",
    "metrics_by_class",
]
_log = logging.getLogger("clarifai_eval_widget")

_OPTIONAL: tuple[_Field, ...] = get_args(_Field)
_SHOWN = (
    status_code_pb2.MODEL_EVALUATED,
    status_code_pb2.MODEL_EVALUATING,
    status_code_pb2.MODEL_QUEUED_FOR_EVALUATION,
)
_SORTS: dict[str, Callable[[resources_pb2.EvalMetrics], str | float]] = {
    "sort_by_app_id": lambda one: one.app_id,
    "sort_by_roc_auc": lambda one: one.summary.macro_avg_roc_auc,
    "sort_by_f1": lambda one: one.summary.macro_avg_f1_score,
    "sort_by_precision": lambda one: one.summary.macro_avg_precision,
    "sort_by_recall": lambda one: one.summary.macro_avg_recall,
    "sort_by_model_id": lambda one: one.model.id,
    "sort_by_eval_dataset_id": lambda one: one.ground_truth_dataset.id,
    "sort_by_train_dataset_id": lambda one: one.model.model_version.train_info.dataset.id,
}


class _Described(Protocol):
    id: str
    description: str


class _Searching(Protocol):
    search: str


D = TypeVar("D", bound=_Described)


def search(items: Sequence[D], request: _Searching) -> list[D]:
    """Return what a request searches for in ids and descriptions; everything when it searches for nothing."""
    words = (request.search or getattr(request, "query", "")).lower()
    pattern = getattr(request, "name", "").lower()
    return [
        item
        for item in items
        if (words in item.id.lower() or words in item.description.lower())
        and (not pattern or fnmatchcase(item.id.lower(), pattern))
    ]


def models(apps: Sequence[AppRecord], request: service_pb2.ListModelsRequest) -> list[ModelRecord]:
    """Return the models of some apps that a request asks for; a model without versions is one that is not trained."""
    wanted = request.model_version_ids
    return [
        model
        for model in search([model for app in apps for model in app.models.values()], request)
        if request.model_type_id in ("", model.model_type_id)
        and (not wanted or model.has_version(wanted))
        and (not request.trained_only or model.known_versions or model.promised)
    ]


def read(version: DatasetVersionRecord) -> Content | None:
    """Read the inputs of a dataset version; None when they cannot be, which must not hide other datasets."""
    try:
        return version.content.get()
    except StillMakingError:
        raise
    except Exception:  # noqa: BLE001 - the evaluation that needs them says why
        _log.info("Cannot read the dataset version %s", version.id, exc_info=True)
        return None


def dataset_protos(datasets: Sequence[DatasetRecord], user_id: str) -> list[resources_pb2.Dataset]:
    """Write datasets; their inputs are read now, so that their counts are told."""
    for dataset in datasets:
        if dataset.latest is not None:
            read(dataset.latest)
    return [protos.dataset_proto(dataset, user_id) for dataset in datasets]


def app_concept_protos(app: AppRecord, user_id: str) -> list[resources_pb2.Concept]:
    """Write the concepts of an app: those that its datasets are labelled with, and those that clients have made."""
    names: dict[str, str] = {}
    for dataset in app.datasets.values():
        content = None if dataset.latest is None else read(dataset.latest)
        if content is not None:
            names |= dict(zip(content.concepts, content.concept_names, strict=True))
    return [
        resources_pb2.Concept(id=key, name=name, value=1.0, app_id=app.id, user_id=user_id)
        for key, name in {**names, **app.concepts}.items()
    ]


def with_fields(
    metrics: resources_pb2.EvalMetrics, fields: resources_pb2.FieldsValue | None = None
) -> resources_pb2.EvalMetrics:
    """Copy what the fields ask for, and what is always there, the summary among it."""
    copy = resources_pb2.EvalMetrics()
    for field, value in metrics.ListFields():
        if field.name in _OPTIONAL and (fields is None or not getattr(fields, field.name)):
            continue
        if isinstance(value, Message):
            getattr(copy, field.name).CopyFrom(value)
        elif isinstance(value, str):
            setattr(copy, field.name, value)
        else:
            getattr(copy, field.name).extend(value)
    _tell_of_version(copy)
    return copy


def _tell_of_version(metrics: resources_pb2.EvalMetrics) -> None:
    """Repeat the summary in the version, where the platform has it too."""
    if metrics.status.code == status_code_pb2.MODEL_EVALUATED:
        metrics.model.model_version.metrics.status.code = metrics.status.code
        metrics.model.model_version.metrics.summary.CopyFrom(metrics.summary)


def filter_evaluations(
    found: list[resources_pb2.EvalMetrics], request: service_pb2.ListEvaluationsRequest
) -> list[resources_pb2.EvalMetrics]:
    """Leave out failed evaluations unless they are asked for, and those that the request's filters exclude."""

    def wanted(one: resources_pb2.EvalMetrics) -> bool:
        train, truth = one.model.model_version.train_info.dataset.id, one.ground_truth_dataset.id
        concepts = {concept.id for concept in one.model.model_version.output_info.data.concepts}
        return (
            (request.show_failed_metrics or one.status.code in _SHOWN)
            and request.model_type_id in ("", one.model.model_type_id)
            and (not request.eval_dataset_ids or truth in request.eval_dataset_ids)
            and (not request.train_dataset_ids or train in request.train_dataset_ids)
            and (not request.concept_ids or bool(concepts & set(request.concept_ids)))
        )

    return [one for one in found if wanted(one)]


def sort_evaluations(
    found: list[resources_pb2.EvalMetrics], request: service_pb2.ListEvaluationsRequest
) -> list[resources_pb2.EvalMetrics]:
    """Put evaluations, newest first as they come, in the order asked for."""
    for field, key in _SORTS.items():
        if getattr(request, field):
            return sorted(found, key=key, reverse=not request.sort_ascending)
    return found[::-1] if request.sort_ascending else found
