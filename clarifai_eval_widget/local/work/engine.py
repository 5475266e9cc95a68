"""Run evaluations, each on a thread that waits for the worker process and publishes the metrics so far."""

from __future__ import annotations

import functools
import itertools
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.apart import ProcessThread
from clarifai_eval_widget.local.data.evaluations import is_unfinished
from clarifai_eval_widget.local.data.parts import TestSetPart
from clarifai_eval_widget.local.statuses import ApiError, make_status
from clarifai_eval_widget.local.work.plan import Job, Plan, make_plan
from clarifai_eval_widget.local.work.pool import WorkerLostError, WorkersStoppedError
from clarifai_eval_widget.local.work.progress import EvaluationProgress
from clarifai_eval_widget.local.work.resuming import CannotResumeError, read_again, recover
from clarifai_eval_widget.own_metrics import CANCELLED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from clarifai_grpc.grpc.api.status import status_pb2

    from clarifai_eval_widget.local.data.evaluations import Evaluations
    from clarifai_eval_widget.local.work.runner import TaskRunner
    from clarifai_eval_widget.local.work.tasks import Predicted

_log = logging.getLogger("clarifai_eval_widget")

_EVALUATED = make_status(status_code_pb2.MODEL_EVALUATED, percent_completed=100)


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


@dataclass(frozen=True, eq=False)
class Reading:
    """An evaluation at one moment."""

    metrics: resources_pb2.EvalMetrics
    """All but the test set; not to be changed."""
    first: int
    """The number of the first test-set entry that is here, from 0."""
    test_set: list[bytes]
    """The entries from there on: ``EvalMetrics`` messages with nothing else, as protobuf."""


class _Live:
    """An evaluation that is under way."""

    def __init__(
        self, metrics: resources_pb2.EvalMetrics, read: Callable[[], Job], done: Sequence[TestSetPart] = ()
    ) -> None:
        self.metrics = metrics
        self.read = read
        self.done = done
        """What an earlier server has predicted."""
        self.abandoned = False
        self.cancelled = False
        self.reason = ""
        """Why it was cancelled, where that was said."""
        self.error: Exception | None = None


class Engine:
    """Start evaluations, follow them, end them.

    Parameters
    ----------
    kept
        Where they are kept.
    runner
        Where the work is done.
    before_step
        Returns the hook to call before a step is published, or None.
    """

    def __init__(
        self, kept: Evaluations, runner: TaskRunner, before_step: Callable[[], Callable[[Step], None] | None]
    ) -> None:
        self._kept = kept
        self._runner = runner
        self._before_step = before_step
        self._lock = threading.Lock()
        self._live: dict[tuple[str, str], _Live] = {}
        self._threads: list[threading.Thread] = []
        self._stopped = False
        self.moved_on: Callable[[], None] = lambda: None
        """Called, from any thread, when an evaluation has moved on."""

    def start(self, job: Job) -> None:
        """Queue an evaluation, in place of an older one of the same id."""
        key = (job.metrics.app_id, job.metrics.id)
        job.metrics.status.CopyFrom(make_status(status_code_pb2.MODEL_QUEUED_FOR_EVALUATION))
        with self._lock:
            if self._stopped:
                raise WorkersStoppedError("the server has been stopped")
            if key in self._live:
                self._live[key].abandoned = True
            self._kept.begin(job.metrics)
            self._launch(_Live(job.metrics, lambda: job))

    def resume(
        self,
        unfinished: Iterable[resources_pb2.EvalMetrics],
        read: Callable[[resources_pb2.EvalMetrics], Job],
    ) -> None:
        """Go on with evaluations that an earlier server left, each from its last fold or batch.

        Parameters
        ----------
        unfinished
            The evaluations as they were left. One that has been started anew since goes on as that.
        read
            Finds what a request to evaluate names; called on the evaluation's thread.
        """
        for metrics in unfinished:
            key = (metrics.app_id, metrics.id)
            with self._lock:
                now = self._kept.load(*key)
                if key in self._live or now is None or not is_unfinished(now):
                    continue
                self._launch(_Live(now, functools.partial(read_again, now, read), self._kept.parts(*key)))

    def _launch(self, live: _Live) -> None:
        key = (live.metrics.app_id, live.metrics.id)
        thread = ProcessThread(target=self._run, args=(live,), name=f"clarifai-eval-{key[1]}", daemon=True)
        self._live[key] = live
        thread.start()
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]

    def get(self, app_id: str, evaluation_id: str) -> resources_pb2.EvalMetrics | None:
        """Return an evaluation as it is now, without its test set and not to be changed; None when there is none."""
        with self._lock:
            return self._get(app_id, evaluation_id)

    def _get(self, app_id: str, evaluation_id: str) -> resources_pb2.EvalMetrics | None:
        live = self._live.get((app_id, evaluation_id))
        return self._kept.load(app_id, evaluation_id) if live is None else live.metrics

    def get_with_test_set(self, app_id: str, evaluation_id: str, have: int = 0) -> Reading | None:
        """Return an evaluation as it is now with the predictions beyond the first ``have``; None when there is none."""
        with self._lock:  # one moment's metrics and predictions
            metrics = self._get(app_id, evaluation_id)
            return None if metrics is None else Reading(metrics, *self._kept.test_set(app_id, evaluation_id, have))

    def all(self, app_id: str = "") -> list[resources_pb2.EvalMetrics]:
        """Return the evaluations of an app, or of all, without test sets, newest first."""
        with self._lock:
            kept = self._kept.all(app_id)
            live = {key: live.metrics for key, live in self._live.items()}
        return [live.get((metrics.app_id, metrics.id), metrics) for metrics in kept]

    def forget_app(self, app_id: str) -> None:
        """End and forget the evaluations of an app."""
        with self._lock:
            for key in [key for key in self._live if key[0] == app_id]:
                self._live.pop(key).abandoned = True
            self._kept.forget_app(app_id)

    def cancel(self, app_id: str, evaluation_id: str, *, reason: str = "") -> None:
        """End an evaluation once its step is done; what is counted so far stays. Nothing happens to one that ended.

        It is written down at once: a server that is killed before the step is done leaves a cancelled evaluation.
        """
        with self._lock:
            live = self._live.get((app_id, evaluation_id))
            if live is not None:
                live.cancelled, live.reason = True, reason
                self._keep(live)  # now, for this process may not live to the end of the step

    def stop(self) -> None:
        """Refuse new evaluations; those under way stay as they are, for the next server on the file to go on with."""
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
        try:
            percent = live.metrics.status.percent_completed
            self._publish(live, make_status(status_code_pb2.MODEL_EVALUATING, percent_completed=percent))
            plan = make_plan(live.read(), self._runner)
            progress = EvaluationProgress(plan)
            if not live.done:  # the worker may be busy with another evaluation for long
                self._publish(live, live.metrics.status, progress.begun())
            for index, part in enumerate(live.done):
                progress.recover(recover(plan, index, part))
            self._follow(live, plan, progress)
            self._end(live, _EVALUATED)
        except WorkersStoppedError:
            if live.cancelled:
                self._end(live, _cancelled(live))
        except CannotResumeError as error:
            said = f"The server ended before the evaluation did, and it cannot go on. {error} Start it again."
            self._end(live, make_status(status_code_pb2.MODEL_NOT_EVALUATED, said + _so_far(live)))
        except ApiError as error:
            self._end(live, make_status(error.code, error.details))
        except Exception as error:  # noqa: BLE001 - whatever happens, the evaluation must say so and end
            _log.info("The evaluation %s failed", live.metrics.id, exc_info=True)
            self._end(live, make_status(status_code_pb2.MODEL_EVALUATION_FAILED, _reason(error)))

    def _follow(self, live: _Live, plan: Plan, progress: EvaluationProgress) -> None:
        def wanted(_: object) -> bool:
            return live.error is None and not (live.abandoned or live.cancelled or self._stopped)

        # What is under way is waited for: joblib warns the user about tasks that nobody collects.
        for predicted in self._runner.map(itertools.takewhile(wanted, plan.calls(progress.steps_done))):
            if not wanted(predicted):
                continue
            try:
                self._take_step(live, plan, progress, predicted)
            except Exception as error:  # noqa: BLE001 - raised below
                live.error = error
        if live.error is not None:
            raise live.error
        if not wanted(None):
            raise WorkersStoppedError

    def _take_step(self, live: _Live, plan: Plan, progress: EvaluationProgress, predicted: Predicted) -> None:
        hook = self._before_step()
        if hook is not None:
            hook(_next_step(progress, plan))
        if self._stopped or live.abandoned or live.cancelled:
            return
        metrics, whole = progress.add(predicted), progress.is_whole
        status = _EVALUATED if whole else make_status(status_code_pb2.MODEL_EVALUATING, **progress.told())
        part = TestSetPart(len(predicted.rows), predicted.test_set)
        # The end comes with the last of the predictions: nobody then reads a state that is over in a moment.
        self._publish(live, status, metrics, part, last=whole)

    def _publish(
        self,
        live: _Live,
        status: status_pb2.Status,
        metrics: resources_pb2.EvalMetrics | None = None,
        part: TestSetPart | None = None,
        *,
        last: bool = False,
    ) -> None:
        replacement = resources_pb2.EvalMetrics()
        replacement.CopyFrom(live.metrics if metrics is None else metrics)
        replacement.status.CopyFrom(status)
        with self._lock:
            key = (replacement.app_id, replacement.id)
            if self._live.get(key) is not live:
                return  # it has ended, with its last step for instance, or another took its place
            live.metrics = replacement
            self._keep(live, part)
            if last:
                del self._live[key]
        self.moved_on()

    def _keep(self, live: _Live, part: TestSetPart | None = None) -> None:
        metrics = live.metrics
        if live.cancelled and is_unfinished(metrics):
            metrics = resources_pb2.EvalMetrics()
            metrics.CopyFrom(live.metrics)
            metrics.status.CopyFrom(_cancelled(live))
        self._kept.save(metrics, part)

    def _end(self, live: _Live, status: status_pb2.Status) -> None:
        self._publish(live, status, last=True)


def _cancelled(live: _Live) -> status_pb2.Status:
    why = f"It was stopped early, {live.reason}." if live.reason else "It was cancelled."
    said = f"{why}{_so_far(live)} Start it again for the rest."
    return make_status(status_code_pb2.MODEL_NOT_EVALUATED, said, internal_details=CANCELLED)


def _so_far(live: _Live) -> str:
    done = live.metrics.status.percent_completed
    return f" What was counted until then, {done} %, is kept." if done else ""


def _next_step(progress: EvaluationProgress, plan: Plan) -> Step:
    job = plan.job
    kind: Literal["fold", "batch"] = "fold" if job.num_folds else "batch"
    return Step(job.metrics.id, job.version.id, kind, progress.steps_done + 1, len(plan.parts))


def _reason(error: Exception) -> str:
    if isinstance(error, WorkerLostError):
        return f"The evaluation could not go on: {error}. It may have run out of memory; try fewer inputs, or again."
    return f"Training or predicting raised {type(error).__name__}: {error}"
