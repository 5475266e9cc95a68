"""A server that does what a test tells it to, over real gRPC: slow, cut, throttled, mistaken or gone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import grpc
from clarifai_grpc.grpc.api import resources_pb2, service_pb2, service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_pb2

from clarifai_eval_widget import EvalClient

QUEUED, EVALUATING, EVALUATED, NOT_EVALUATED, FAILED = 21303, 21301, 21300, 21302, 21317
PAT = "stand-in-token"


def status(code, details=""):
    return status_pb2.Status(code=code, description=f"status {code}", details=details, req_id="r1")


class StandIn(service_pb2_grpc.V2Servicer):
    """One app of one model and one dataset; evaluations end after so many questions.

    ``faults[method]`` holds what is to happen to the next calls, one after another: a Clarifai code to answer with, a
    gRPC status to abort with, a number of seconds as a float to sleep first, or a function that changes the reply.
    ``after`` is the same, but the call is done before.
    """

    def __init__(self, *, questions=3, user="ann", port=0, threads=32):
        self.questions, self.inputs = questions, 0
        self.user = user
        self.faults, self.after = {}, {}
        self.calls, self.headers, self.requests = Counter(), [], []
        self.evaluations, self.posted, self.asked = {}, [], Counter()
        self.type_of, self.types = {}, {"text-classifier": 1}
        self.apps, self.models, self.datasets = ["app"], [("model", ["v1"])], ["data"]
        self.longest_page, self.refuses_longer_pages = 1000, False
        self.heeds_version_filter, self.searches = True, True
        self.sends_parts = False
        self.says_it_is_ours = True
        self.status_of = {}
        self.counts_of, self.lacks = {}, set()
        self.forbidden, self.forbidden_without_app = set(), set()
        self.gives_ids = True
        self.allowed, self.retry_after = [], None
        self.unknown_owners, self.only_of = set(), {}
        self.beside_errors = {"headers": [], "trailers": []}
        self.lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(threads), options=[("grpc.so_reuseport", 0)])
        service_pb2_grpc.add_V2Servicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._server.stop(grace=None).wait()

    def client(self, **options):
        given = {"pat": PAT, "user_id": self.user, "base_url": f"http://127.0.0.1:{self.port}", **options}
        return EvalClient(**given)

    def _reply(self, method, request, context, kind, make):
        beside = [("x-clarifai-eval-widget-server", "1")] if self.says_it_is_ours else []
        context.set_trailing_metadata([*beside, *([("retry-after", self.retry_after)] if self.retry_after else [])])
        with self.lock:
            self.allowed.append((method, context.time_remaining()))
            self.calls[method] += 1
            self.requests.append((method, request))
            self.headers.append((method, dict(context.invocation_metadata())))
            before = self.faults.get(method, [])
            fault = before.pop(0) if before else None
            later = self.after.get(method, [])
            failure = later.pop(0) if later else None
        if self.refuses_longer_pages and getattr(request, "per_page", 0) > self.longest_page:
            fault = 11102
        if method.replace("Read", "Get") in self.lacks:
            fault = grpc.StatusCode.UNIMPLEMENTED
        without_app = not request.user_app_id.app_id
        if method in self.forbidden or (without_app and method in self.forbidden_without_app):
            fault = 11007
        reply = self._suffer(fault, context, kind, make)
        if reply is None:
            reply = make()
            reply.status.CopyFrom(status(10000))
        return self._suffer(failure, context, kind, make, reply) or reply

    def _suffer(self, fault, context, kind, make, reply=None):
        if isinstance(fault, float):
            time.sleep(fault)
        elif isinstance(fault, grpc.StatusCode):
            if self.beside_errors["headers"]:
                context.send_initial_metadata(self.beside_errors["headers"])
            if self.beside_errors["trailers"]:
                context.set_trailing_metadata(self.beside_errors["trailers"])
            context.abort(fault, "a fault of the test")
        elif isinstance(fault, int):
            empty = kind()
            empty.status.CopyFrom(status(fault))
            return empty
        elif fault is not None:
            reply = reply or make()
            reply.status.CopyFrom(status(10000))
            fault(reply)
            return reply
        return None

    def version(self, model, version, user=""):
        message = resources_pb2.ModelVersion(
            id=version, app_id="app", user_id=user or self.user, status=status(self.status_of.get(version, 21100))
        )
        message.active_concept_count, message.total_input_count = self.counts_of.get(version, (0, 0))
        trained_on = resources_pb2.Dataset(id="data", app_id="app", user_id=user or self.user)
        trained_on.version.id = "d1"
        message.train_info.dataset.CopyFrom(trained_on)
        return message

    def _page(self, items, request):
        """The page asked for, cut at the server's limit."""
        size = min(request.per_page, self.longest_page)
        return items[(request.page - 1) * size : request.page * size]

    def ListApps(self, request, context):
        found = [one for one in self.apps if not self.searches or request.search in one]
        apps = [resources_pb2.App(id=one, user_id=self.user) for one in self._page(found, request)]
        return self._reply(
            "ListApps", request, context, service_pb2.MultiAppResponse, lambda: service_pb2.MultiAppResponse(apps=apps)
        )

    def GetApp(self, request, context):
        owner = request.user_app_id.user_id
        if request.user_app_id.app_id not in self.apps or owner in self.unknown_owners:
            self.faults.setdefault("GetApp", []).insert(0, 11101)
        reply = service_pb2.SingleAppResponse()
        reply.app.id, reply.app.user_id = request.user_app_id.app_id, owner if owner != "me" else self.user
        return self._reply("GetApp", request, context, type(reply), lambda: reply)

    def ListModels(self, request, context):
        wanted = set(request.model_version_ids) if self.heeds_version_filter else set()
        found = [(model, ids) for model, ids in self.models if not wanted or wanted & set(ids)]
        found = [one for one in found if not self.searches or request.search in one[0]]
        models = []
        for model, ids in self._page(found, request):
            message = resources_pb2.Model(id=model, app_id="app", user_id=request.user_app_id.user_id)
            message.model_type_id = self.type_of.get(model, "text-classifier")
            message.model_version.id = ids[0]
            models.append(message)
        return self._reply(
            "ListModels",
            request,
            context,
            service_pb2.MultiModelResponse,
            lambda: service_pb2.MultiModelResponse(models=models),
        )

    def _type(self, name):
        return resources_pb2.ModelType(id=name, title=name.replace("-", " ").title(), evaluation_type=self.types[name])

    def GetModelType(self, request, context):
        if request.model_type_id not in self.types:
            self.faults.setdefault("GetModelType", []).insert(0, 11101)
        return self._reply(
            "GetModelType",
            request,
            context,
            service_pb2.SingleModelTypeResponse,
            lambda: service_pb2.SingleModelTypeResponse(model_type=self._type(request.model_type_id)),
        )

    def ListModelTypes(self, request, context):
        found = [self._type(name) for name in self._page(list(self.types), request)]
        return self._reply(
            "ListModelTypes",
            request,
            context,
            service_pb2.MultiModelTypeResponse,
            lambda: service_pb2.MultiModelTypeResponse(model_types=found),
        )

    def ListModelVersions(self, request, context):
        ids = self._page(dict(self.models)[request.model_id], request)
        versions = [self.version(request.model_id, one, request.user_app_id.user_id) for one in ids]
        return self._reply(
            "ListModelVersions",
            request,
            context,
            service_pb2.MultiModelVersionResponse,
            lambda: service_pb2.MultiModelVersionResponse(model_versions=versions),
        )

    def GetModelVersion(self, request, context):
        known = request.version_id in dict(self.models).get(request.model_id, [])
        version = self.version(request.model_id, request.version_id, request.user_app_id.user_id)
        reply = service_pb2.SingleModelVersionResponse(model_version=version)
        if not known:
            self.faults.setdefault("GetModelVersion", []).insert(0, 11101)
        return self._reply("GetModelVersion", request, context, type(reply), lambda: reply)

    def ListDatasets(self, request, context):
        found = []
        has = self.only_of.get(request.user_app_id.user_id, self.datasets)
        wanted = [one for one in has if not self.searches or request.search in one]
        for dataset in self._page(wanted, request):
            found.append(resources_pb2.Dataset(id=dataset, app_id="app", user_id=request.user_app_id.user_id))
            found[-1].version.id = "d2"
        return self._reply(
            "ListDatasets",
            request,
            context,
            service_pb2.MultiDatasetResponse,
            lambda: service_pb2.MultiDatasetResponse(datasets=found),
        )

    def PostEvaluations(self, request, context):
        def make():
            (asked,) = request.eval_metrics
            with self.lock:
                self.posted.append(asked.id)
                kept = resources_pb2.EvalMetrics()
                kept.CopyFrom(asked)
                kept.app_id, kept.user_id = request.user_app_id.app_id, self.user
                self.evaluations[asked.id] = kept
            reply = service_pb2.MultiEvalMetricsResponse()
            reply.eval_metrics.add(id=asked.id, app_id=kept.app_id, user_id=self.user, status=status(QUEUED))
            return reply

        return self._reply("PostEvaluations", request, context, service_pb2.MultiEvalMetricsResponse, make)

    def PostModelVersionEvaluations(self, request, context):
        """As the older call does, take an evaluation's id and parameters alone."""

        def make():
            (asked,) = request.eval_metrics
            kept = resources_pb2.EvalMetrics(id=asked.id, app_id=request.user_app_id.app_id, user_id=self.user)
            kept.eval_info.CopyFrom(asked.eval_info)
            kept.model.id, kept.model.app_id = request.model_id, request.user_app_id.app_id
            kept.model.model_version.id = request.model_version_id
            with self.lock:
                self.posted.append(asked.id)
                self.evaluations[asked.id] = kept
            reply = service_pb2.MultiEvalMetricsResponse()
            reply.eval_metrics.add(id=asked.id, app_id=kept.app_id, user_id=self.user, status=status(QUEUED))
            return reply

        return self._reply("PostModelVersionEvaluations", request, context, service_pb2.MultiEvalMetricsResponse, make)

    def PostModelVersionMetrics(self, request, context):
        """As the oldest call does, give the evaluation an id of the server's own, or none."""

        def make():
            name = f"own-{len(self.posted)}" if self.gives_ids else ""
            kept = resources_pb2.EvalMetrics(id=name, app_id=request.user_app_id.app_id, user_id=self.user)
            kept.eval_info.CopyFrom(request.eval_info)
            kept.model.id, kept.model.app_id = request.model_id, request.user_app_id.app_id
            kept.model.model_version.id = request.version_id
            with self.lock:
                self.posted.append(name)
                self.evaluations.pop(name, None)
                self.evaluations[name], self.asked[name] = kept, 0
            reply = service_pb2.SingleModelVersionResponse(model_version=self.version(request.model_id, "v1"))
            told = resources_pb2.EvalMetrics(id=name, app_id=kept.app_id, user_id=self.user, status=status(QUEUED))
            reply.model_version.metrics.CopyFrom(told)
            return reply

        return self._reply("PostModelVersionMetrics", request, context, service_pb2.SingleModelVersionResponse, make)

    def GetModelVersionEvaluation(self, request, context):
        if request.evaluation_id not in self.evaluations:
            self.faults.setdefault("GetModelVersionEvaluation", []).insert(0, 11101)

        def make():
            metrics = self._evaluation(request.evaluation_id, everything=request.fields.test_set)
            return service_pb2.SingleEvalMetricsResponse(eval_metrics=metrics)

        return self._reply("GetModelVersionEvaluation", request, context, service_pb2.SingleEvalMetricsResponse, make)

    def ListModelVersionEvaluations(self, request, context):
        found = [resources_pb2.EvalMetrics(id=one) for one in self._page(self.posted[::-1], request)]
        return self._reply(
            "ListModelVersionEvaluations",
            request,
            context,
            service_pb2.MultiEvalMetricsResponse,
            lambda: service_pb2.MultiEvalMetricsResponse(eval_metrics=found),
        )

    def GetModelVersionMetrics(self, request, context):
        def make():
            reply = service_pb2.SingleModelVersionResponse(model_version=self.version(request.model_id, "v1"))
            for newest in list(self.evaluations)[-1:]:
                metrics = self._evaluation(newest, everything=request.fields.test_set)
                reply.model_version.metrics.CopyFrom(metrics)
            return reply

        return self._reply("GetModelVersionMetrics", request, context, service_pb2.SingleModelVersionResponse, make)

    def _evaluation(self, evaluation_id, *, everything):
        metrics = resources_pb2.EvalMetrics()
        metrics.CopyFrom(self.evaluations[evaluation_id])
        with self.lock:
            self.asked[metrics.id] += not everything
            asked = self.asked[metrics.id]
        ended = asked >= self.questions
        metrics.status.CopyFrom(status(EVALUATED if ended else EVALUATING))
        metrics.status.percent_completed = 100 if ended else min(99, 100 * asked // self.questions)
        if ended:
            metrics.summary.macro_avg_roc_auc = 0.75
        if everything:
            fill(metrics, self.inputs or 6)
        return metrics

    def GetEvaluation(self, request, context):
        everything = request.fields.test_set
        name = "ReadEvaluation" if everything else "GetEvaluation"
        if request.evaluation_id not in self.evaluations:
            self.faults.setdefault(name, []).insert(0, 11101)

        def make():
            metrics = self._evaluation(request.evaluation_id, everything=everything)
            if everything:
                self._cut(metrics, context)
            return service_pb2.SingleEvalMetricsResponse(eval_metrics=metrics)

        return self._reply(name, request, context, service_pb2.SingleEvalMetricsResponse, make)

    def _cut(self, metrics, context):
        have = int(dict(context.invocation_metadata()).get("x-clarifai-eval-widget-have", 0))
        if self.sends_parts and have:
            context.send_initial_metadata([("x-clarifai-eval-widget-from", str(have))])
            del metrics.test_set[:have]

    def ListEvaluations(self, request, context):
        app = request.user_app_id.app_id
        owned = [one for one in self.evaluations.values() if not app or one.app_id in ("", app)]
        found = self._page(owned, request)
        return self._reply(
            "ListEvaluations",
            request,
            context,
            service_pb2.MultiEvalMetricsResponse,
            lambda: service_pb2.MultiEvalMetricsResponse(eval_metrics=found),
        )


def fill(metrics, num_inputs=6):
    """A test set of two concepts."""
    for number in range(num_inputs):
        entry = metrics.test_set.add()
        entry.input.id = f"i{number}"
        for concept, score in (("a", number / num_inputs), ("b", 1 - number / num_inputs)):
            entry.predicted_concepts.add(id=concept, value=score)
        entry.ground_truth_concepts.add(id="a" if number % 2 else "b", value=1.0)


class WithDatasetVersions(StandIn):
    def GetDatasetVersion(self, request, context):
        found = resources_pb2.DatasetVersion(id=request.dataset_version_id, dataset_id=request.dataset_id)
        reply = service_pb2.SingleDatasetVersionResponse(dataset_version=found)
        return self._reply("GetDatasetVersion", request, context, type(reply), lambda: reply)
