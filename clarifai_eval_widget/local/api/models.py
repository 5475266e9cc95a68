"""Calls on models, their types and their versions."""

# ruff: noqa: N802 - the methods' names are the service's

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_pb2

from clarifai_eval_widget.local.api import listings, protos
from clarifai_eval_widget.local.api.answering import Calls, answers
from clarifai_eval_widget.local.api.model_types import MODEL_TYPE_IDS, model_type_proto
from clarifai_eval_widget.local.api.requests import check_new, current_version, new_id, page_of
from clarifai_eval_widget.local.api.training_requests import read_training
from clarifai_eval_widget.local.data.records import TRAINING, ModelRecord
from clarifai_eval_widget.local.statuses import invalid, not_found

if TYPE_CHECKING:
    from clarifai_eval_widget.local.api.training_requests import AskedTraining
    from clarifai_eval_widget.local.data.records import DatasetVersionRecord, ModelVersionRecord, PendingVersion


class ModelCalls(Calls):
    """Models: list, read, make, train, delete."""

    @answers(service_pb2.MultiModelTypeResponse)
    def ListModelTypes(
        self, request: service_pb2.ListModelTypesRequest, reply: service_pb2.MultiModelTypeResponse
    ) -> None:
        """List the types of models that can be trained here."""
        reply.model_types.extend(model_type_proto(type_id) for type_id in page_of(MODEL_TYPE_IDS, request))

    @answers(service_pb2.SingleModelTypeResponse)
    def GetModelType(
        self, request: service_pb2.GetModelTypeRequest, reply: service_pb2.SingleModelTypeResponse
    ) -> None:
        """Read a model type and the parameters of its trainings and evaluations."""
        if request.model_type_id not in MODEL_TYPE_IDS:
            raise not_found("model type", request.model_type_id, MODEL_TYPE_IDS)
        reply.model_type.CopyFrom(model_type_proto(request.model_type_id))

    @answers(service_pb2.MultiModelResponse)
    def ListModels(self, request: service_pb2.ListModelsRequest, reply: service_pb2.MultiModelResponse) -> None:
        """List the models of an app, or of all, each with its newest version by now."""
        found = listings.models(self._records.scope(request.user_app_id.app_id), request)
        for model in page_of(found, request):
            reply.models.append(protos.listed_model_proto(model, self._user_id, request.model_version_ids))

    @answers(service_pb2.SingleModelResponse)
    def GetModel(self, request: service_pb2.GetModelRequest, reply: service_pb2.SingleModelResponse) -> None:
        """Read a model with a version, the newest unless one is named."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        version = self._version(model, request.version_id) if request.version_id else _newest(model)
        reply.model.CopyFrom(protos.model_proto(model, self._user_id, version))

    @answers(service_pb2.SingleModelResponse)
    def PostModels(self, request: service_pb2.PostModelsRequest, reply: service_pb2.SingleModelResponse) -> None:
        """Make a model; it has no version until one is trained."""
        app = self._records.app(request.user_app_id.app_id)
        asked = [*request.models] or ([request.model] if request.HasField("model") else [])
        if len(asked) != 1:
            raise invalid(f"A request makes one model, but names {len(asked)}: the reply has room for one.")
        one = asked[0]
        if one.model_type_id not in MODEL_TYPE_IDS:
            raise not_found("model type", one.model_type_id, MODEL_TYPE_IDS, where="that is trained here")
        with self._records.lock:
            model_id = check_new("model", one.id or new_id(), app.models)
            model = ModelRecord(model_id, app.id, one.model_type_id, description=one.description)
            app.models[model_id] = model
            self.keep(app)
        reply.model.CopyFrom(protos.model_proto(model, self._user_id))

    @answers(status_pb2.BaseResponse)
    def DeleteModels(self, request: service_pb2.DeleteModelsRequest, reply: status_pb2.BaseResponse) -> None:  # noqa: ARG002 - nothing to tell but the status
        """Delete models; evaluations of them stay."""
        app = self._records.app(request.user_app_id.app_id)
        with self._records.lock:
            ids = list(app.models) if request.delete_all else list(request.ids)
            found = [self._records.model(app.id, model_id) for model_id in ids]
            for model in found:
                app.models.pop(model.id, None)
                model.pending.clear()
                self.forget("model", app.id, model.id)
            self.keep(app)

    @answers(service_pb2.MultiModelVersionResponse)
    def ListModelVersions(
        self, request: service_pb2.ListModelVersionsRequest, reply: service_pb2.MultiModelVersionResponse
    ) -> None:
        """List a model's versions, newest first; those of a sample are trained now, if they are not yet."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        trained = [one for one in model.versions() if set(request.concept_ids) <= set(one.concepts)]
        pending = [] if request.trained_only or request.concept_ids else list(model.pending.values())
        every: list[ModelVersionRecord | PendingVersion] = [*trained, *pending]
        versions = sorted(every, key=lambda one: one.created_at, reverse=not request.sort_ascending)
        for version in page_of(versions, request):
            reply.model_versions.append(protos.model_version_proto(model, version, self._user_id))

    @answers(service_pb2.SingleModelVersionResponse)
    def GetModelVersion(
        self, request: service_pb2.GetModelVersionRequest, reply: service_pb2.SingleModelVersionResponse
    ) -> None:
        """Read a version."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        version = self._version(model, request.version_id)
        reply.model_version.CopyFrom(protos.model_version_proto(model, version, self._user_id))

    @answers(service_pb2.SingleModelResponse)
    def PostModelVersions(
        self, request: service_pb2.PostModelVersionsRequest, reply: service_pb2.SingleModelResponse
    ) -> None:
        """Train a version; the reply says that it is queued, reading the version says how far it is."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        if len(request.model_versions) != 1:
            raise invalid(f"A request trains one version, but names {len(request.model_versions)}.")
        model.versions()  # those of a sample are trained before the lock is taken
        with self._records.lock:
            known = [*(one.id for one in model.versions()), *self._records.promised_ids(model)]
            asked = read_training(request.model_versions[0], model, known, self._records)
            dataset_version = self._dataset_version(asked)
            pending = asked.pending(dataset_version)
            pending.created_at = model.not_before_others(pending.created_at)
            self._trainings.start(
                model, pending, asked.recipe, before=lambda: self.keep_frozen(asked.dataset, dataset_version)
            )
        reply.model.CopyFrom(protos.model_proto(model, self._user_id, pending))

    @answers(status_pb2.BaseResponse)
    def DeleteModelVersion(
        self,
        request: service_pb2.DeleteModelVersionRequest,
        reply: status_pb2.BaseResponse,  # noqa: ARG002 - nothing to tell but the status
    ) -> None:
        """Delete a version, trained or not; evaluations of it stay."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        version = self._version(model, request.version_id)
        model.versions()  # those of a sample are trained before the lock is taken
        with self._records.lock:
            model.trained = [one for one in model.versions() if one is not version]
            model.samples = None
            self.forget("model_version", model.app_id, model.id, version.id)
            if model.pending.pop(version.id, None) is not None:
                self._trainings.keep_pending(model)

    def _dataset_version(self, asked: AskedTraining) -> DatasetVersionRecord:
        if asked.dataset_version_id:
            return asked.dataset.version(asked.dataset_version_id)
        return current_version(self._records, asked.dataset, self._embed, TRAINING)

    @staticmethod
    def _version(model: ModelRecord, version_id: str) -> ModelVersionRecord | PendingVersion:
        return model.pending.get(version_id) or model.version(version_id)


def _newest(model: ModelRecord) -> ModelVersionRecord | PendingVersion | None:
    model.versions()  # those of a sample are trained now
    return model.begun_versions[-1] if model.begun_versions else None
