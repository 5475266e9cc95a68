"""Run evaluations, each on a thread that waits for the worker process and publishes the metrics so far."""

from __future__ import annotations

import itertools
import logging
import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.statuses import ApiError, make_status
from clarifai_eval_widget.local.work import results
from clarifai_eval_widget.local.work.plan import Job, Plan, make_plan
from clarifai_eval_widget.local.work.pool import WorkerLostError, WorkersStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.local.data.store import Store
    from clarifai_eval_widget.local.work.runner import TaskRunner
    from clarifai_eval_widget.local.work.tasks import Predicted

_log = logging.getLogger("clarifai_eval_widget")


@dataclass(frozen=True)
class Step:
    """A fold or batch that has been computed and is about to be published."""

    evaluation_id: str
    """The evaluation."""
    model_version_id: str
    """The version that is evaluated."""
    kind: Literal["fold", "batch"]
    """A fold of a cross-validation, or a batch of inputs that a version scores."""
    index: int
    """Which one, from 1."""
    total: int
    """Of how many."""


class _Live:
    """An evaluation that is under way."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.metrics = job.metrics
        self.test_set: list[bytes] = []
        self.abandoned = False
        self.error: Exception | None = None


class Engine:
    """Start evaluations, follow them, end them.

    Parameters
    ----------
    store
        Where they are kept.
    runner
        Where the work is done.
    before_step
        Returns the hook to call before a step is published, or None.
    """

    def __init__(
        self, store: Store, runner: TaskRunner, before_step: Callable[[], Callable[[Step], None] | None]
    ) -> None:
        self._store = store
        self._runner = runner
        self._before_step = before_step
        self._lock = threading.Lock()
        self._live: dict[tuple[str, str], _Live] = {}
        self._threads: list[threading.Thread] = []
        self._stopped = False

    def start(self, job: Job) -> None:
        """Queue an evaluation, in place of an older one of the same id."""
        key = (job.metrics.app_id, job.metrics.id)
        job.metrics.status.CopyFrom(make_status(status_code_pb2.MODEL_QUEUED_FOR_EVALUATION))
        live = _Live(job)
        thread = threading.Thread(target=self._run, args=(live,), name=f"clarifai-eval-{key[1]}", daemon=True)
        with self._lock:
            if self._stopped:
                raise WorkersStoppedError("the server has been stopped")
            if key in self._live:
                self._live[key].abandoned = True
            self._live[key] = live
            self._store.delete(*key)
            self._store.save(job.metrics)
            thread.start()
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]

    def get(self, app_id: str, evaluation_id: str, *, test_set: bool = False) -> resources_pb2.EvalMetrics | None:
        """Return an evaluation as it is now, a copy; None when there is none."""
        with self._lock:
            live = self._live.get((app_id, evaluation_id))
            if live is None:
                return self._store.load(app_id, evaluation_id, test_set=test_set)
            metrics, parts = live.metrics, list(live.test_set) if test_set else []
        copy = resources_pb2.EvalMetrics()
        copy.CopyFrom(metrics)
        for part in parts:
            copy.MergeFromString(part)
        return copy

    def all(self, app_id: str = "") -> list[resources_pb2.EvalMetrics]:
        """Return the evaluations of an app, or of all, without test sets, newest first."""
        with self._lock:
            kept = self._store.all(app_id)
            live = {key: live.metrics for key, live in self._live.items()}
        for metrics in kept:
            if (metrics.app_id, metrics.id) in live:
                metrics.CopyFrom(live[metrics.app_id, metrics.id])
        return kept

    def forget_app(self, app_id: str) -> None:
        """End and forget the evaluations of an app."""
        with self._lock:
            for key in [key for key in self._live if key[0] == app_id]:
                self._live.pop(key).abandoned = True
            for evaluation_id in self._store.ids(app_id):
                self._store.delete(app_id, evaluation_id)

    def stop(self) -> None:
        """Refuse new evaluations; those under way end as not evaluated once their step is cut off."""
        with self._lock:
            self._stopped = True

    def join(self, timeout: float) -> None:
        """Wait for the evaluations' threads."""
        deadline = time.monotonic() + timeout
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, live: _Live) -> None:
        job = live.job
        try:
            self._publish(live, make_status(status_code_pb2.MODEL_EVALUATING))
            plan = make_plan(job, self._runner)
            self._follow(live, plan)
            self._end(live, make_status(status_code_pb2.MODEL_EVALUATED, percent_completed=100))
        except WorkersStoppedError:
            details = "The server was stopped before the evaluation was finished. Start it again."
            self._end(live, make_status(status_code_pb2.MODEL_NOT_EVALUATED, details))
        except ApiError as error:
            self._end(live, make_status(error.code, error.details))
        except Exception as error:  # noqa: BLE001 - whatever happens, the evaluation must say so and end
            _log.info("The evaluation %s failed", job.metrics.id, exc_info=True)
            self._end(live, make_status(status_code_pb2.MODEL_EVALUATION_FAILED, _reason(error)))

    def _follow(self, live: _Live, plan: Plan) -> None:
        progress = _Progress(plan)

        def wanted(_: object) -> bool:
            return live.error is None and not live.abandoned and not self._stopped

        # What is under way is waited for: joblib warns the user about tasks that nobody collects.
        for predicted in self._runner.map(itertools.takewhile(wanted, plan.calls())):
            if not wanted(predicted):
                continue
            try:
                self._take_step(live, progress, predicted)
            except Exception as error:  # noqa: BLE001 - raised below
                live.error = error
        if live.error is not None:
            raise live.error
        if not wanted(None):
            raise WorkersStoppedError

    def _take_step(self, live: _Live, progress: _Progress, predicted: Predicted) -> None:
        hook = self._before_step()
        if hook is not None:
            hook(progress.next_step())
        if self._stopped or live.abandoned:
            return
        metrics = progress.add(predicted)
        status = make_status(status_code_pb2.MODEL_EVALUATING, **progress.told())
        self._publish(live, status, metrics, predicted.test_set)

    def _publish(
        self,
        live: _Live,
        status: object,
        metrics: resources_pb2.EvalMetrics | None = None,
        test_set: bytes | None = None,
    ) -> None:
        replacement = resources_pb2.EvalMetrics()
        replacement.CopyFrom(live.metrics if metrics is None else metrics)
        replacement.status.CopyFrom(status)
        with self._lock:
            live.metrics = replacement
            if test_set is not None:
                live.test_set.append(test_set)

    def _end(self, live: _Live, status: object) -> None:
        self._publish(live, status)
        key = (live.metrics.app_id, live.metrics.id)
        with self._lock:
            if self._live.get(key) is live:
                self._store.save(live.metrics, b"".join(live.test_set))
                del self._live[key]


def _reason(error: Exception) -> str:
    if isinstance(error, WorkerLostError):
        return f"The evaluation could not go on: {error}. It may have run out of memory; try fewer inputs, or again."
    return f"Training or predicting raised {type(error).__name__}: {error}"


class _Progress:
    """What has been predicted so far, and the metrics of it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._begun = time.monotonic()
        self._done: list[Predicted] = []
        self._splits: list[results.Split] = []

    def next_step(self) -> Step:
        job = self._plan.job
        kind: Literal["fold", "batch"] = "fold" if job.num_folds else "batch"
        return Step(job.metrics.id, job.version.id, kind, len(self._done) + 1, len(self._plan.parts))

    def told(self) -> dict[str, Any]:
        """Percent done, and the seconds that the rest will take at the pace so far."""
        done, total = len(self._done), len(self._plan.parts)
        left = (time.monotonic() - self._begun) / done * (total - done)
        return {"percent_completed": 100 * done // total, "time_remaining": math.ceil(left)}

    def add(self, predicted: Predicted) -> resources_pb2.EvalMetrics:
        """Take in a fold or batch; return the evaluation with the metrics so far."""
        plan, num_folds = self._plan, self._plan.job.num_folds
        self._done.append(predicted)
        rows = np.concatenate([one.rows for one in self._done])
        scores = np.concatenate([one.scores for one in self._done])
        labels = plan.labels[rows]
        if num_folds:
            self._splits.append(results.measure(plan.labels[predicted.rows], predicted.scores))
        else:
            self._splits = [results.measure(labels, scores)]
        totals = None
        if num_folds:
            totals = (plan.labels.sum(axis=0) // num_folds, len(plan.labels) // num_folds)
        metrics = resources_pb2.EvalMetrics()
        metrics.CopyFrom(plan.job.metrics)
        concepts = plan.concepts
        counted = results.write_summary(metrics, self._splits, labels, scores)
        results.write_binary_metrics(metrics, self._splits, concepts, totals)
        results.write_matrices(metrics, labels, scores, concepts)
        results.write_label_counts(metrics, plan.labels, concepts)
        told = {"inputs": len(plan.labels), "inputs_done": len(rows), "summary_of": counted}
        if num_folds:
            told |= {"folds": num_folds, "folds_done": len(self._done)}
        metrics.extended_metrics.user_metrics.update(told)
        return metrics
