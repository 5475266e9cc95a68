"""Calls on datasets, their inputs and their versions."""

# ruff: noqa: N802 - the methods' names are the service's

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_pb2

from clarifai_eval_widget.local.api import listings, protos
from clarifai_eval_widget.local.api.answering import Calls, answers
from clarifai_eval_widget.local.api.requests import check_new, new_id, page_of
from clarifai_eval_widget.local.data.records import DatasetRecord
from clarifai_eval_widget.local.data.uploads import dataset_inputs, freeze
from clarifai_eval_widget.local.statuses import invalid, not_found

if TYPE_CHECKING:
    from clarifai_eval_widget.local.data.records import AppRecord

    _InDataset = (
        service_pb2.ListDatasetInputsRequest
        | service_pb2.PostDatasetInputsRequest
        | service_pb2.DeleteDatasetInputsRequest
        | service_pb2.PostDatasetVersionsRequest
    )


class DatasetCalls(Calls):
    """Datasets: list, read, make, fill, freeze, delete."""

    @answers(service_pb2.MultiDatasetResponse)
    def ListDatasets(self, request: service_pb2.ListDatasetsRequest, reply: service_pb2.MultiDatasetResponse) -> None:
        """List the datasets of an app, or of all."""
        apps = self._records.scope(request.user_app_id.app_id)
        datasets = listings.search([dataset for app in apps for dataset in app.datasets.values()], request)
        reply.datasets.extend(listings.dataset_protos(page_of(datasets, request), self._user_id))

    @answers(service_pb2.SingleDatasetResponse)
    def GetDataset(self, request: service_pb2.GetDatasetRequest, reply: service_pb2.SingleDatasetResponse) -> None:
        """Read a dataset."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        reply.dataset.CopyFrom(listings.dataset_protos([dataset], self._user_id)[0])

    @answers(service_pb2.MultiDatasetResponse)
    def PostDatasets(self, request: service_pb2.PostDatasetsRequest, reply: service_pb2.MultiDatasetResponse) -> None:
        """Make empty datasets, to be filled with uploaded inputs."""
        app = self._records.app(request.user_app_id.app_id)
        with self._records.lock:
            ids = [check_new("dataset", one.id or new_id(), app.datasets) for one in request.datasets]
            for dataset_id, one in zip(ids, request.datasets, strict=True):
                dataset = DatasetRecord(dataset_id, app.id, one.description, input_ids={}, changed=True)
                app.datasets[dataset_id] = dataset
                reply.datasets.append(protos.dataset_proto(dataset, self._user_id))
            self.keep(app)

    @answers(status_pb2.BaseResponse)
    def DeleteDatasets(self, request: service_pb2.DeleteDatasetsRequest, reply: status_pb2.BaseResponse) -> None:  # noqa: ARG002 - nothing to tell but the status
        """Delete datasets; inputs, and versions trained on them, stay."""
        app_id = request.user_app_id.app_id
        with self._records.lock:
            app = self._records.app(app_id)
            found = [self._records.dataset(app_id, dataset_id) for dataset_id in request.dataset_ids]
            for dataset in found:
                app.datasets.pop(dataset.id, None)
                self.forget("dataset", app_id, dataset.id)
            self.keep(app)

    @answers(service_pb2.MultiDatasetInputResponse)
    def ListDatasetInputs(
        self, request: service_pb2.ListDatasetInputsRequest, reply: service_pb2.MultiDatasetInputResponse
    ) -> None:
        """List the inputs of a dataset as it is now, with their labels."""
        app, dataset = self._fillable(request, read_only=True)
        for one in page_of(dataset_inputs(app, dataset), request):
            reply.dataset_inputs.add(input=protos.input_proto(one, app)).created_at.FromDatetime(one.created_at)

    @answers(service_pb2.MultiDatasetInputResponse)
    def PostDatasetInputs(
        self, request: service_pb2.PostDatasetInputsRequest, reply: service_pb2.MultiDatasetInputResponse
    ) -> None:
        """Put inputs of the app into a dataset: those named, and those of the datasets that the search names."""
        app, dataset = self._fillable(request)
        with self._records.lock:
            named = [one.input.id for one in request.dataset_inputs]
            for ranked in request.search.query.filters:
                for source_id in ranked.input.dataset_ids:
                    source = self._fillable_dataset(self._records.dataset(app.id, source_id))
                    named.extend(source.input_ids or ())
            unknown = [input_id for input_id in named if input_id not in app.inputs]
            if unknown:
                raise not_found("input", unknown[0], app.inputs, where=f"among those uploaded to the app {app.id!r}")
            dataset.input_ids = {**(dataset.input_ids or {}), **dict.fromkeys(named)}
            dataset.changed = True
            self.keep(app)
            for input_id in named:
                reply.dataset_inputs.add(input=protos.input_proto(app.inputs[input_id], app))

    @answers(status_pb2.BaseResponse)
    def DeleteDatasetInputs(
        self,
        request: service_pb2.DeleteDatasetInputsRequest,
        reply: status_pb2.BaseResponse,  # noqa: ARG002 - nothing to tell but the status
    ) -> None:
        """Take inputs out of a dataset; they stay in the app."""
        app, dataset = self._fillable(request)
        with self._records.lock:
            dataset.input_ids = {key: None for key in dataset.input_ids or () if key not in set(request.input_ids)}
            dataset.changed = True
            self.keep(app)

    @answers(service_pb2.MultiDatasetVersionResponse)
    def ListDatasetVersions(
        self, request: service_pb2.ListDatasetVersionsRequest, reply: service_pb2.MultiDatasetVersionResponse
    ) -> None:
        """List a dataset's versions, newest first; of the origins asked for, or of all."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        origins = request.request_origins
        versions = [one for one in dataset.versions[::-1] if not origins or one.origin in origins]
        for version in page_of(versions, request):
            listings.read(version)
            reply.dataset_versions.append(protos.dataset_version_proto(dataset, version, self._user_id))

    @answers(service_pb2.SingleDatasetVersionResponse)
    def GetDatasetVersion(
        self, request: service_pb2.GetDatasetVersionRequest, reply: service_pb2.SingleDatasetVersionResponse
    ) -> None:
        """Read a version of a dataset."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        version = dataset.version(request.dataset_version_id)
        listings.read(version)
        reply.dataset_version.CopyFrom(protos.dataset_version_proto(dataset, version, self._user_id))

    @answers(service_pb2.MultiDatasetVersionMetricsGroupResponse)
    def ListDatasetVersionMetricsGroups(
        self,
        request: service_pb2.ListDatasetVersionMetricsGroupsRequest,
        reply: service_pb2.MultiDatasetVersionMetricsGroupResponse,
    ) -> None:
        """Count a version's inputs by concept, the only groups here; those of the values asked for, or all."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        version = dataset.version(request.dataset_version_id)
        if request.types and resources_pb2.CONCEPT_ID not in request.types:
            return
        content = listings.read(version)
        wanted = [one.string_value for one in request.values]
        groups = protos.concept_group_protos(content) if content is not None else []
        found = [one for one in groups if not wanted or one.value.string_value in wanted]
        reply.dataset_version_metrics_groups.extend(page_of(found, request))

    @answers(service_pb2.MultiDatasetVersionResponse)
    def PostDatasetVersions(
        self, request: service_pb2.PostDatasetVersionsRequest, reply: service_pb2.MultiDatasetVersionResponse
    ) -> None:
        """Freeze what is in a dataset now."""
        app, dataset = self._fillable(request)
        with self._records.lock:
            known = [version.id for version in dataset.versions]
            ids = [check_new("dataset version", one.id or new_id(), known) for one in request.dataset_versions]
            for version_id in ids:
                version = freeze(app, dataset, self._embed, version_id)
                self.keep_frozen(dataset, version)
                reply.dataset_versions.append(protos.dataset_version_proto(dataset, version, self._user_id))

    @answers(status_pb2.BaseResponse)
    def DeleteDatasetVersions(
        self,
        request: service_pb2.DeleteDatasetVersionsRequest,
        reply: status_pb2.BaseResponse,  # noqa: ARG002 - nothing to tell but the status
    ) -> None:
        """Delete versions of a dataset; what was trained on one stays."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        with self._records.lock:
            gone = [dataset.version(version_id) for version_id in request.dataset_version_ids]
            kept = [version for version in dataset.versions if version not in gone]
            if not kept and dataset.input_ids is None:
                raise invalid(f"This is the only version of {dataset.id!r}. Delete the dataset instead.")
            dataset.changed = dataset.changed or dataset.latest in gone
            dataset.versions = kept
            for version in gone:
                self.forget("dataset_version", dataset.app_id, dataset.id, version.id)
            self.keep(self._records.app(dataset.app_id))

    def _fillable(self, request: _InDataset, *, read_only: bool = False) -> tuple[AppRecord, DatasetRecord]:
        app_id = request.user_app_id.app_id
        dataset = self._records.dataset(app_id, request.dataset_id)
        return self._records.app(app_id), dataset if read_only else self._fillable_dataset(dataset)

    @staticmethod
    def _fillable_dataset(dataset: DatasetRecord) -> DatasetRecord:
        if dataset.input_ids is None:
            raise not_fillable(dataset)
        return dataset


def not_fillable(dataset: DatasetRecord) -> Exception:
    """Make the error for inputs that are sent to a dataset which takes none."""
    return invalid(
        f"The dataset {dataset.id!r} was added whole, with embeddings of its own, and takes no uploads. Make another "
        "by PostDatasets, or add a new version by LocalServer.add_dataset."
    )
