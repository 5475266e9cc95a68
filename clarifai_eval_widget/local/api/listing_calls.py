"""The calls that list and read what can be evaluated."""

# ruff: noqa: N802 - the methods' names are the service's

from __future__ import annotations

from typing import Any

from clarifai_grpc.grpc.api import resources_pb2, service_pb2

from clarifai_eval_widget.local.api import listings, protos
from clarifai_eval_widget.local.api.answering import Answering, answers
from clarifai_eval_widget.local.api.requests import page_of
from clarifai_eval_widget.local.statuses import not_found


class ListingCalls(Answering):
    """Answer from the records."""

    @answers(service_pb2.SingleUserResponse)
    def GetUser(self, request: Any, reply: Any) -> None:  # noqa: ARG002
        """Read the one user there is, as logging in does to try a token."""
        reply.user.CopyFrom(resources_pb2.User(id=self._user_id))

    @answers(service_pb2.MultiAppResponse)
    def ListApps(self, request: Any, reply: Any) -> None:
        """List apps."""
        found = listings.search(self._records.apps(), request)
        reply.apps.extend(protos.app_proto(app, self._user_id) for app in page_of(found, request))

    @answers(service_pb2.SingleAppResponse)
    def GetApp(self, request: Any, reply: Any) -> None:
        """Read an app."""
        reply.app.CopyFrom(protos.app_proto(self._records.app(request.user_app_id.app_id), self._user_id))

    @answers(service_pb2.MultiModelResponse)
    def ListModels(self, request: Any, reply: Any) -> None:
        """List the models of an app, or of all."""
        found = listings.models(self._records.scope(request.user_app_id.app_id), request)
        for model in page_of(found, request):
            reply.models.append(protos.listed_model_proto(model, self._user_id, request.model_version_ids))

    @answers(service_pb2.SingleModelResponse)
    def GetModel(self, request: Any, reply: Any) -> None:
        """Read a model with a version, the newest unless one is named."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        versions = model.versions()
        version = model.version(request.version_id) if request.version_id else versions[-1] if versions else None
        reply.model.CopyFrom(protos.model_proto(model, self._user_id, version))

    @answers(service_pb2.SingleModelTypeResponse)
    def GetModelType(self, request: Any, reply: Any) -> None:
        """Read a model type and the parameters of its evaluations."""
        if request.model_type_id not in protos.MODEL_TYPE_IDS:
            raise not_found("model type", request.model_type_id, protos.MODEL_TYPE_IDS)
        reply.model_type.CopyFrom(protos.model_type_proto(request.model_type_id))

    @answers(service_pb2.MultiModelTypeResponse)
    def ListModelTypes(self, request: Any, reply: Any) -> None:
        """List the model types and the parameters of their evaluations."""
        reply.model_types.extend(map(protos.model_type_proto, page_of(protos.MODEL_TYPE_IDS, request)))

    @answers(service_pb2.MultiModelVersionResponse)
    def ListModelVersions(self, request: Any, reply: Any) -> None:
        """List a model's versions, newest first; those of a sample are trained now, if they are not yet."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        versions = sorted(model.versions(), key=lambda one: one.created_at, reverse=not request.sort_ascending)
        wanted = set(request.concept_ids)
        versions = [version for version in versions if wanted <= set(version.concepts)]
        for version in page_of(versions, request):
            reply.model_versions.append(protos.model_version_proto(model, version, self._user_id))

    @answers(service_pb2.SingleModelVersionResponse)
    def GetModelVersion(self, request: Any, reply: Any) -> None:
        """Read a version."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        version = model.version(request.version_id)
        reply.model_version.CopyFrom(protos.model_version_proto(model, version, self._user_id))

    @answers(service_pb2.MultiDatasetResponse)
    def ListDatasets(self, request: Any, reply: Any) -> None:
        """List the datasets of an app, or of all."""
        apps = self._records.scope(request.user_app_id.app_id)
        datasets = listings.search([dataset for app in apps for dataset in app.datasets.values()], request)
        reply.datasets.extend(listings.dataset_protos(page_of(datasets, request), self._user_id))

    @answers(service_pb2.SingleDatasetResponse)
    def GetDataset(self, request: Any, reply: Any) -> None:
        """Read a dataset."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        reply.dataset.CopyFrom(listings.dataset_protos([dataset], self._user_id)[0])

    @answers(service_pb2.MultiDatasetVersionResponse)
    def ListDatasetVersions(self, request: Any, reply: Any) -> None:
        """List a dataset's versions, newest first: those made by hand, and what versions were trained on."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        wanted = request.request_origins
        versions = [version for version in dataset.versions[::-1] if not wanted or version.origin in wanted]
        for version in page_of(versions, request):
            listings.read(version)
            reply.dataset_versions.append(protos.dataset_version_proto(dataset, version, self._user_id))

    @answers(service_pb2.MultiDatasetInputResponse)
    def ListDatasetInputs(self, request: Any, reply: Any) -> None:
        """List the labelled inputs of a dataset's latest version."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        content = dataset.version().content.get()
        for row in page_of(range(len(content.input_ids)), request):
            reply.dataset_inputs.add(input=protos.input_proto(content, row, dataset.app_id, self._user_id))

    @answers(service_pb2.MultiConceptResponse)
    def ListConcepts(self, request: Any, reply: Any) -> None:
        """List the concepts of an app's datasets."""
        app = self._records.app(request.user_app_id.app_id)
        reply.concepts.extend(page_of(listings.concept_protos(app, self._user_id), request))
