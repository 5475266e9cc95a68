"""The subset of Clarifai's service that evaluation needs, over the records and the engine.

Errors are replies: a call that fails is answered with a status that is not success, inside an OK of gRPC, as the
platform does.
"""

# ruff: noqa: N802 - the methods' names are the service's

from __future__ import annotations

import functools
import logging
import secrets
from typing import TYPE_CHECKING, Any

from clarifai_grpc.grpc.api import resources_pb2, service_pb2, service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.api import listings, protos
from clarifai_eval_widget.local.api.requests import page_of, read_job
from clarifai_eval_widget.local.statuses import ApiError, invalid, not_found, reply_status
from clarifai_eval_widget.local.work.pool import WorkersStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.local.data.records import Records
    from clarifai_eval_widget.local.work.engine import Engine

_log = logging.getLogger("clarifai_eval_widget")


def _answers(reply_type: Callable[[], Any]) -> Callable[[Callable[..., None]], Callable[..., Any]]:
    """Make a gRPC method of one that fills in a reply, or raises what to answer instead."""

    def decorate(method: Callable[..., None]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(self: Servicer, request: Any, context: Any) -> Any:
            reply = reply_type()
            try:
                self.authenticate(context)
                self.check_user(request.user_app_id.user_id)
                method(self, request, reply)
                status = reply_status()
            except ApiError as error:
                status = reply_status(error.code, error.details)
            except WorkersStoppedError as error:
                status = reply_status(status_code_pb2.INTERNAL_SERVER_ISSUE, str(error))
            except Exception as error:  # noqa: BLE001 - a caller is owed an answer
                _log.info("%s failed", method.__name__, exc_info=True)
                status = reply_status(status_code_pb2.INTERNAL_SERVER_ISSUE, f"{type(error).__name__}: {error}")
            if status.code != status_code_pb2.SUCCESS:
                reply = reply_type()
            reply.status.CopyFrom(status)
            return reply

        return call

    return decorate


class Servicer(service_pb2_grpc.V2Servicer):  # type: ignore[misc]
    """Answer calls.

    Parameters
    ----------
    records
        Apps, datasets, models.
    engine
        Evaluations.
    user_id
        The one user there is; "me" means the same.
    pat
        The token that every call must carry.
    """

    def __init__(self, records: Records, engine: Engine, user_id: str, pat: str) -> None:
        self._records = records
        self._engine = engine
        self._user_id = user_id
        self._pat = pat

    def authenticate(self, context: Any) -> None:
        """Refuse a call without the token."""
        given = dict(context.invocation_metadata()).get("authorization", "")
        kind, _, key = given.partition(" ")
        if kind.lower() not in ("key", "bearer") or not secrets.compare_digest(key.encode(), self._pat.encode()):
            what = "is not this server's" if key else "is missing"
            raise ApiError(
                status_code_pb2.CONN_KEY_INVALID,
                f"The token {what}. A local server has a token of its own: use server.client(), or server.pat.",
            )

    def check_user(self, user_id: str) -> None:
        """Refuse another user's name."""
        if user_id not in ("", "me", self._user_id):
            raise not_found("user", user_id, [self._user_id])

    @_answers(service_pb2.MultiAppResponse)
    def ListApps(self, request: Any, reply: Any) -> None:
        """List apps."""
        found = listings.search(self._records.apps(), request)
        reply.apps.extend(protos.app_proto(app, self._user_id) for app in page_of(found, request))

    @_answers(service_pb2.SingleAppResponse)
    def GetApp(self, request: Any, reply: Any) -> None:
        """Read an app."""
        reply.app.CopyFrom(protos.app_proto(self._records.app(request.user_app_id.app_id), self._user_id))

    @_answers(service_pb2.MultiModelResponse)
    def ListModels(self, request: Any, reply: Any) -> None:
        """List the models of an app, or of all."""
        apps = self._records.scope(request.user_app_id.app_id)
        models = listings.search([model for app in apps for model in app.models.values()], request)
        if request.model_type_id:
            models = [model for model in models if model.model_type_id == request.model_type_id]
        for model in page_of(models, request):
            versions = model.known_versions
            reply.models.append(protos.model_proto(model, self._user_id, versions[-1] if versions else None))

    @_answers(service_pb2.SingleModelResponse)
    def GetModel(self, request: Any, reply: Any) -> None:
        """Read a model with a version, the newest unless one is named."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        versions = model.versions()
        version = model.version(request.version_id) if request.version_id else versions[-1] if versions else None
        reply.model.CopyFrom(protos.model_proto(model, self._user_id, version))

    @_answers(service_pb2.SingleModelTypeResponse)
    def GetModelType(self, request: Any, reply: Any) -> None:
        """Read a model type and the parameters of its evaluations."""
        if request.model_type_id not in protos.MODEL_TYPE_IDS:
            raise not_found("model type", request.model_type_id, protos.MODEL_TYPE_IDS)
        reply.model_type.CopyFrom(protos.model_type_proto(request.model_type_id))

    @_answers(service_pb2.MultiModelVersionResponse)
    def ListModelVersions(self, request: Any, reply: Any) -> None:
        """List a model's versions, newest first; those of a sample are trained now, if they are not yet."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        versions = sorted(model.versions(), key=lambda one: one.created_at, reverse=not request.sort_ascending)
        wanted = set(request.concept_ids)
        versions = [version for version in versions if wanted <= set(version.concepts)]
        for version in page_of(versions, request):
            reply.model_versions.append(protos.model_version_proto(model, version, self._user_id))

    @_answers(service_pb2.SingleModelVersionResponse)
    def GetModelVersion(self, request: Any, reply: Any) -> None:
        """Read a version."""
        model = self._records.model(request.user_app_id.app_id, request.model_id)
        version = model.version(request.version_id)
        reply.model_version.CopyFrom(protos.model_version_proto(model, version, self._user_id))

    @_answers(service_pb2.MultiDatasetResponse)
    def ListDatasets(self, request: Any, reply: Any) -> None:
        """List the datasets of an app, or of all."""
        apps = self._records.scope(request.user_app_id.app_id)
        datasets = listings.search([dataset for app in apps for dataset in app.datasets.values()], request)
        reply.datasets.extend(listings.dataset_protos(page_of(datasets, request), self._user_id))

    @_answers(service_pb2.SingleDatasetResponse)
    def GetDataset(self, request: Any, reply: Any) -> None:
        """Read a dataset."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        reply.dataset.CopyFrom(listings.dataset_protos([dataset], self._user_id)[0])

    @_answers(service_pb2.MultiDatasetVersionResponse)
    def ListDatasetVersions(self, request: Any, reply: Any) -> None:
        """List a dataset's versions, newest first; all of them were made by hand."""
        dataset = self._records.dataset(request.user_app_id.app_id, request.dataset_id)
        manual = resources_pb2.DatasetVersionRequestOrigin.MANUAL
        versions = dataset.versions[::-1] if not request.request_origins or manual in request.request_origins else []
        for version in page_of(versions, request):
            listings.read(version)
            reply.dataset_versions.append(protos.dataset_version_proto(dataset, version, self._user_id))

    @_answers(service_pb2.MultiConceptResponse)
    def ListConcepts(self, request: Any, reply: Any) -> None:
        """List the concepts of an app's datasets."""
        app = self._records.app(request.user_app_id.app_id)
        reply.concepts.extend(page_of(listings.concept_protos(app, self._user_id), request))

    @_answers(service_pb2.MultiEvalMetricsResponse)
    def PostEvaluations(self, request: Any, reply: Any) -> None:
        """Start evaluations; the reply holds only their ids and that they are queued."""
        self._start(request, reply)

    @_answers(service_pb2.MultiEvalMetricsResponse)
    def PostModelVersionEvaluations(self, request: Any, reply: Any) -> None:
        """Start evaluations of one version, the older way."""
        self._start(request, reply, request.model_id, request.model_version_id)

    def _start(self, request: Any, reply: Any, model_id: str = "", version_id: str = "") -> None:
        app_id = request.user_app_id.app_id
        if not request.eval_metrics:
            raise invalid("Say what to evaluate: eval_metrics is empty.")
        # All are read before the first is started: a request is refused whole or not at all.
        jobs = [
            read_job(asked, app_id, self._records, self._user_id, model_id=model_id, version_id=version_id)
            for asked in request.eval_metrics
        ]
        for job in jobs:
            self._engine.start(job)
            queued = reply.eval_metrics.add(id=job.metrics.id, app_id=job.metrics.app_id, user_id=job.metrics.user_id)
            queued.status.CopyFrom(reply_status(status_code_pb2.MODEL_QUEUED_FOR_EVALUATION))

    @_answers(service_pb2.SingleEvalMetricsResponse)
    def GetEvaluation(self, request: Any, reply: Any) -> None:
        """Read an evaluation: its summary, and of the rest what the fields ask for."""
        reply.eval_metrics.CopyFrom(self._evaluation(request.user_app_id.app_id, request.evaluation_id, request.fields))

    @_answers(service_pb2.SingleEvalMetricsResponse)
    def GetModelVersionEvaluation(self, request: Any, reply: Any) -> None:
        """Read an evaluation, the older way."""
        reply.eval_metrics.CopyFrom(self._evaluation(request.user_app_id.app_id, request.evaluation_id, request.fields))

    def _evaluation(self, app_id: str, evaluation_id: str, fields: Any) -> resources_pb2.EvalMetrics:
        if not app_id:
            raise invalid("Say which app owns the evaluation: user_app_id.app_id is empty.")
        found = self._engine.get(app_id, evaluation_id, test_set=fields.test_set)
        if found is None:
            self._records.app(app_id)
            known = [metrics.id for metrics in self._engine.all(app_id)]
            raise not_found("evaluation", evaluation_id, known, where=f"in the app {app_id!r}")
        return listings.with_fields(found, fields)

    @_answers(service_pb2.MultiEvalMetricsResponse)
    def ListEvaluations(self, request: Any, reply: Any) -> None:
        """List the evaluations of an app, or of all; failed ones only when asked for."""
        app_id = request.user_app_id.app_id
        if app_id:
            self._records.app(app_id)
        found = listings.sort_evaluations(listings.filter_evaluations(self._engine.all(app_id), request), request)
        reply.eval_metrics.extend(listings.with_fields(one) for one in page_of(found, request))

    @_answers(service_pb2.MultiEvalMetricsResponse)
    def ListModelVersionEvaluations(self, request: Any, reply: Any) -> None:
        """List the evaluations of a version, newest first, the older way."""
        found = self._of_version(request, request.model_version_id)
        reply.eval_metrics.extend(listings.with_fields(one) for one in page_of(found, request))

    @_answers(service_pb2.SingleModelVersionResponse)
    def GetModelVersionMetrics(self, request: Any, reply: Any) -> None:
        """Read a version with the newest evaluation of it that succeeded, the older way."""
        app_id = request.user_app_id.app_id
        model = self._records.model(app_id, request.model_id)
        version = model.version(request.version_id)
        reply.model_version.CopyFrom(protos.model_version_proto(model, version, self._user_id))
        for newest in self._of_version(request, request.version_id):
            if newest.status.code == status_code_pb2.MODEL_EVALUATED:
                evaluation = self._evaluation(newest.app_id, newest.id, request.fields)
                reply.model_version.metrics.CopyFrom(evaluation)
                break

    def _of_version(self, request: Any, version_id: str) -> list[resources_pb2.EvalMetrics]:
        app_id = request.user_app_id.app_id
        self._records.model(app_id, request.model_id).version(version_id)
        return [
            metrics
            for metrics in self._engine.all()
            if (metrics.model.app_id, metrics.model.id, metrics.model.model_version.id)
            == (app_id, request.model_id, version_id)
        ]
