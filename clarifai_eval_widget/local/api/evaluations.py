"""The calls that start evaluations and read them, the present ones and the older ones."""

# ruff: noqa: N802 - the methods' names are the service's

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.api import listings, protos
from clarifai_eval_widget.local.api.answering import Calls, answers
from clarifai_eval_widget.local.api.appending import appended, entries_held, is_cancelled, reason_told
from clarifai_eval_widget.local.api.requests import page_of, read_job
from clarifai_eval_widget.local.statuses import invalid, make_status, not_found, reply_status
from clarifai_eval_widget.local.work.engine import Reading
from clarifai_eval_widget.own_metrics import FROM_HEADER

if TYPE_CHECKING:
    from grpc import ServicerContext

    from clarifai_eval_widget.local.work.plan import Job


class EvaluationCalls(Calls):
    """Evaluations: start, read, list, end."""

    @answers(service_pb2.MultiEvalMetricsResponse)
    def PostEvaluations(
        self, request: service_pb2.PostEvaluationsRequest, reply: service_pb2.MultiEvalMetricsResponse
    ) -> None:
        """Start evaluations; the reply holds only their ids and that they are queued."""
        self._start(request, reply)

    @answers(service_pb2.MultiEvalMetricsResponse)
    def PostModelVersionEvaluations(
        self, request: service_pb2.PostModelVersionEvaluationsRequest, reply: service_pb2.MultiEvalMetricsResponse
    ) -> None:
        """Start evaluations of one version, the older way."""
        self._start(request, reply, request.model_id, request.model_version_id)

    def _start(
        self,
        request: service_pb2.PostEvaluationsRequest | service_pb2.PostModelVersionEvaluationsRequest,
        reply: service_pb2.MultiEvalMetricsResponse,
        model_id: str = "",
        version_id: str = "",
    ) -> None:
        app_id = request.user_app_id.app_id
        if not request.eval_metrics:
            raise invalid("Say what to evaluate: eval_metrics is empty.")
        # All are read before the first is started: a request is refused whole or not at all.
        jobs = [self._job(asked, app_id, model_id, version_id) for asked in request.eval_metrics]
        for job in jobs:
            self._engine.start(job)
            reply.eval_metrics.append(_started(job))

    def _job(self, asked: resources_pb2.EvalMetrics, app_id: str, model_id: str, version_id: str) -> Job:
        job = read_job(
            asked, app_id, self._records, self._user_id, self._embed, model_id=model_id, version_id=version_id
        )
        self.keep_frozen(job.dataset, job.dataset_version)
        return job

    def GetEvaluation(self, request: service_pb2.GetEvaluationRequest, context: ServicerContext) -> bytes:
        """Read an evaluation: its summary, and of the rest what the fields ask for. The reply is serialised."""
        reply, parts = service_pb2.SingleEvalMetricsResponse(), list[bytes]()

        def fill() -> None:
            have = entries_held(context)
            if is_cancelled(context):
                reason = reason_told(context)
                self._engine.cancel(request.user_app_id.app_id, request.evaluation_id, reason=reason)
            found = self._reading(request, have or 0)
            reply.eval_metrics.CopyFrom(listings.with_fields(found.metrics, request.fields))
            parts.extend(found.test_set)
            if have is not None and request.fields.test_set:
                context.send_initial_metadata(((FROM_HEADER, str(found.first)),))

        status = self.answer("GetEvaluation", context, request, fill)
        if status.code != status_code_pb2.SUCCESS:
            reply, parts = service_pb2.SingleEvalMetricsResponse(), []
        reply.status.CopyFrom(status)
        return appended(reply, parts)

    @answers(service_pb2.SingleEvalMetricsResponse)
    def GetModelVersionEvaluation(
        self, request: service_pb2.GetModelVersionEvaluationRequest, reply: service_pb2.SingleEvalMetricsResponse
    ) -> None:
        """Read an evaluation, the older way."""
        reply.eval_metrics.CopyFrom(_whole(self._reading(request), request.fields))

    def _reading(
        self, request: service_pb2.GetEvaluationRequest | service_pb2.GetModelVersionEvaluationRequest, have: int = 0
    ) -> Reading:
        app_id, evaluation_id = request.user_app_id.app_id, request.evaluation_id
        if not app_id:
            raise invalid("Say which app owns the evaluation: user_app_id.app_id is empty.")
        return self._read(app_id, evaluation_id, request.fields, have)

    def _read(self, app_id: str, evaluation_id: str, fields: resources_pb2.FieldsValue, have: int = 0) -> Reading:
        if fields.test_set:
            found = self._engine.get_with_test_set(app_id, evaluation_id, have)
        else:
            metrics = self._engine.get(app_id, evaluation_id)
            found = None if metrics is None else Reading(metrics, 0, [])
        if found is None:
            self._records.app(app_id)
            known = [metrics.id for metrics in self._engine.all(app_id)]
            raise not_found("evaluation", evaluation_id, known, where=f"in the app {app_id!r}")
        return found

    @answers(service_pb2.MultiEvalMetricsResponse)
    def ListEvaluations(
        self, request: service_pb2.ListEvaluationsRequest, reply: service_pb2.MultiEvalMetricsResponse
    ) -> None:
        """List the evaluations of an app, or of all; failed ones only when asked for."""
        app_id = request.user_app_id.app_id
        if app_id:
            self._records.app(app_id)
        found = listings.sort_evaluations(listings.filter_evaluations(self._engine.all(app_id), request), request)
        reply.eval_metrics.extend(listings.with_fields(one) for one in page_of(found, request))

    @answers(service_pb2.MultiEvalMetricsResponse)
    def ListModelVersionEvaluations(
        self, request: service_pb2.ListModelVersionEvaluationsRequest, reply: service_pb2.MultiEvalMetricsResponse
    ) -> None:
        """List the evaluations of a version, newest first, the older way."""
        found = self._of_version(request, request.model_version_id)
        reply.eval_metrics.extend(listings.with_fields(one) for one in page_of(found, request))

    @answers(service_pb2.SingleModelVersionResponse)
    def PostModelVersionMetrics(
        self, request: service_pb2.PostModelVersionMetricsRequest, reply: service_pb2.SingleModelVersionResponse
    ) -> None:
        """Evaluate a version on its training data, the oldest way."""
        app_id = request.user_app_id.app_id
        asked = resources_pb2.EvalMetrics(eval_info=request.eval_info)
        job = self._job(asked, app_id, request.model_id, request.version_id)
        self._engine.start(job)
        reply.model_version.CopyFrom(protos.model_version_proto(job.model, job.version, self._user_id))
        reply.model_version.metrics.CopyFrom(_started(job))

    @answers(service_pb2.SingleModelVersionResponse)
    def GetModelVersionMetrics(
        self, request: service_pb2.GetModelVersionMetricsRequest, reply: service_pb2.SingleModelVersionResponse
    ) -> None:
        """Read a version with the newest evaluation of it, the oldest way; pollers learn from it how far that is."""
        app_id = request.user_app_id.app_id
        model = self._records.model(app_id, request.model_id)
        version = model.version(request.version_id)
        reply.model_version.CopyFrom(protos.model_version_proto(model, version, self._user_id))
        begun = self._of_version(request, request.version_id)
        if begun:
            found = self._read(begun[0].app_id, begun[0].id, request.fields)
            reply.model_version.metrics.CopyFrom(_whole(found, request.fields))
        else:
            reply.model_version.metrics.status.CopyFrom(make_status(status_code_pb2.MODEL_NOT_EVALUATED))

    def _of_version(
        self,
        request: service_pb2.ListModelVersionEvaluationsRequest | service_pb2.GetModelVersionMetricsRequest,
        version_id: str,
    ) -> list[resources_pb2.EvalMetrics]:
        app_id = request.user_app_id.app_id
        self._records.model(app_id, request.model_id).version(version_id)
        return [
            metrics
            for metrics in self._engine.all()
            if (metrics.model.app_id, metrics.model.id, metrics.model.model_version.id)
            == (app_id, request.model_id, version_id)
        ]


def _started(job: Job) -> resources_pb2.EvalMetrics:
    metrics = job.metrics
    queued = resources_pb2.EvalMetrics(id=metrics.id, app_id=metrics.app_id, user_id=metrics.user_id)
    queued.status.CopyFrom(reply_status(status_code_pb2.MODEL_QUEUED_FOR_EVALUATION))
    return queued


def _whole(found: Reading, fields: resources_pb2.FieldsValue) -> resources_pb2.EvalMetrics:
    metrics = listings.with_fields(found.metrics, fields)
    for part in found.test_set:
        metrics.MergeFromString(part)
    return metrics
