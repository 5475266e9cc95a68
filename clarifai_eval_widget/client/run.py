"""A started evaluation: follow it, wait for it, await it."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.errors import ConnectionLostError, DeadlineError, EvalError, error_from_status

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["Run"]

_log = logging.getLogger("clarifai_eval_widget")

_TELLING_SECONDS = 5.0
LOST_AFTER = 3  # failed polls in a row before a server counts as gone


class Source(Protocol):
    """What a run needs of the client it came from."""

    closed: bool
    """Whether the client was closed."""

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine."""

    @property
    def poll_interval(self) -> float:
        """Seconds between two polls."""

    def fetch_metrics(self, run: Run, *, everything: bool = False) -> Any:
        """Ask for the run's ``resources_pb2.EvalMetrics``."""


class Run:
    """An evaluation on a server.

    Made by :meth:`EvalClient.start_evaluation` and :meth:`EvalClient.evaluations`. Safe to use from several threads.
    """

    def __init__(self, client: Source, eval_metrics: Any) -> None:
        self.id: str = eval_metrics.id
        self.app_id: str = eval_metrics.app_id
        self.user_id: str = eval_metrics.user_id
        self.model_id: str = eval_metrics.model.id
        self.model_version_id: str = eval_metrics.model.model_version.id
        self.dataset_id: str = eval_metrics.ground_truth_dataset.id
        self.dataset_app_id: str = eval_metrics.ground_truth_dataset.app_id or self.app_id
        fields = eval_metrics.eval_info.params.fields
        self.use_kfold: bool | None = fields["use_kfold"].bool_value if "use_kfold" in fields else None
        self.roc_auc: float | None = None
        self._client = client
        self._lock = threading.Lock()
        self._progress = Progress()
        self._error: EvalError | None = None
        self._result: Evaluation | None = None
        self._failed_polls = 0
        self._telling = threading.RLock()
        self._told: tuple[Progress, bool] | None = None
        self._finished = threading.Event()
        self.on_change: Callable[[], None] | None = None
        """Called on the thread that learnt of it with each change of progress, and when the result has been read."""
        self._callbacks: list[Callable[[], None]] = []
        self._watcher: threading.Thread | None = None
        if eval_metrics.HasField("status"):
            self._take(eval_metrics)

    def __repr__(self) -> str:
        return f"Run({self.id!r}, {self._progress.status})"

    @property
    def progress(self) -> Progress:
        """The progress last seen; :meth:`poll` asks anew."""
        return self._progress

    @property
    def status(self) -> str:
        """``queued``, ``evaluating``, ``evaluated``, ``failed`` or ``reconnecting``, as last seen."""
        return self._progress.status

    @property
    def error(self) -> EvalError | None:
        """Why it failed, or None."""
        return self._error

    def done(self) -> bool:
        """Whether it has ended, well or not, as far as is known: see :meth:`poll`."""
        return self._finished.is_set()

    def poll(self) -> Progress:
        """Ask the server how far the evaluation is.

        A server that does not answer is not an error at once: the status is then ``reconnecting``, and ``failed`` after
        three such polls in a row.
        """
        if self._finished.is_set():
            return self._progress
        try:
            eval_metrics = self._client.fetch_metrics(self)
        except (ConnectionLostError, DeadlineError) as error:
            self._take_silence(error)
        except EvalError as error:
            self._finish("failed", error)
        else:
            self._take(eval_metrics)
        self._changed()
        return self._progress

    @property
    def poll_interval(self) -> float:
        """Seconds to wait between two polls."""
        return self._client.poll_interval

    @property
    def is_live(self) -> bool:
        """Whether the server gives metrics before the end: the local server does, the platform does not."""
        return self._client.is_local

    def resume(self) -> Progress:
        """Poll again after the server had been given up; the run is then no longer failed if it answers."""
        if self._error is not None:
            with self._lock:
                self._error, self._failed_polls, self._watcher = None, 0, None
                self._progress = self._with_status("reconnecting")
                self._finished.clear()
        return self.poll()

    def evaluation(self) -> Evaluation:
        """The evaluation as it is now; incomplete while it runs.

        Raises
        ------
        EvalError
            When the server cannot be asked, or sent what cannot be read.
        """
        if self._result is not None:
            self._changed()
            return self._result
        from clarifai_eval_widget.evaluation import Evaluation

        eval_metrics = self._client.fetch_metrics(self, everything=True)
        evaluation = Evaluation.from_proto(eval_metrics)
        if evaluation.complete:
            with self._lock:  # another thread may have read it meanwhile: there is one result
                self._result = evaluation = self._result or evaluation
            self._take(eval_metrics)
            self._changed()
        return evaluation

    @property
    def result_if_read(self) -> Evaluation | None:
        """The final evaluation if somebody has read it already, else None; never asks the server."""
        return self._result

    def result(
        self, timeout: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> Evaluation:
        """Wait for the end and return the evaluation.

        Parameters
        ----------
        timeout
            Seconds to wait; None waits as long as it takes.
        on_progress
            Called with each new :class:`Progress`, on this thread. ``print`` will do.

        Raises
        ------
        DeadlineError
            When ``timeout`` passes first. The evaluation goes on; call again to wait longer.
        EvalError
            When the evaluation failed: the child that fits, with the server's words.
        """
        return self._wait(timeout, on_progress, threading.Event())

    def add_done_callback(self, callback: Callable[[Run], object]) -> None:
        """Call ``callback(run)`` once the run has ended.

        Called in a notebook cell or another running event loop, the callback comes on that loop, so that it may touch
        widgets and figures safely; elsewhere it comes on a thread of the run's own.
        """
        import asyncio

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None

        def deliver() -> None:
            if loop is None:
                callback(self)
            elif not loop.is_closed():
                loop.call_soon_threadsafe(callback, self)

        with self._lock:
            if not self._finished.is_set():
                self._callbacks.append(deliver)
                self._watch()
                return
        deliver()

    def __await__(self) -> Generator[Any, None, Evaluation]:
        return self._await().__await__()

    async def _await(self) -> Evaluation:
        import asyncio

        abandoned = threading.Event()
        try:
            return await asyncio.to_thread(self._wait, None, None, abandoned)
        finally:
            abandoned.set()

    def _wait(
        self, timeout: float | None, on_progress: Callable[[Progress], object] | None, abandoned: threading.Event
    ) -> Evaluation:
        ends = None if timeout is None else time.monotonic() + timeout
        told: Progress | None = None
        while not abandoned.is_set():
            progress = self.poll()
            if on_progress is not None and progress != told:
                on_progress(progress)
                told = progress
            if self.done():
                break
            left = (
                self._client.poll_interval if ends is None else min(self._client.poll_interval, ends - time.monotonic())
            )
            if left <= 0:
                raise DeadlineError(
                    f"The evaluation {self.id!r} is not finished after {timeout:g} seconds ({progress}). It goes on: "
                    "call result() again to wait longer."
                )
            self._finished.wait(left)
        if self._error is not None:
            raise self._error
        return self.evaluation()

    def _changed(self) -> None:
        """Tell the listener; a thread that comes second waits until the first has told it, but never for ever."""
        if self.on_change is None:
            return
        held = self._telling.acquire(timeout=_TELLING_SECONDS)
        try:
            told = (self._progress, self._result is not None)
            if told != self._told:
                self._told = told
                self.on_change()
        finally:
            if held:
                self._telling.release()

    def _watch(self) -> None:
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._poll_to_the_end, name=f"run-{self.id}", daemon=True)
            self._watcher.start()

    def _poll_to_the_end(self) -> None:
        while not self.done() and not self._client.closed:
            self.poll()
            self._finished.wait(self._client.poll_interval)

    def _take(self, eval_metrics: Any) -> None:
        self._failed_polls = 0
        progress = Progress.from_proto(eval_metrics)
        if progress.status in ("evaluating", "evaluated") and eval_metrics.summary.macro_avg_roc_auc:
            self.roc_auc = eval_metrics.summary.macro_avg_roc_auc
        if progress.status == "failed":
            error = error_from_status(eval_metrics.status, doing=f"finish the evaluation {self.id!r}")
            self._finish("failed", error)
            return
        self._progress = progress
        if progress.status == "evaluated":
            self._finish("evaluated", None)

    def _take_silence(self, error: EvalError) -> None:
        self._failed_polls += 1
        if self._failed_polls >= LOST_AFTER:
            self._finish("failed", error)
        else:
            self._progress = self._with_status("reconnecting")

    def _with_status(self, status: str) -> Progress:
        last = self._progress
        return Progress(status, last.fraction, None, last.folds_done, last.folds, last.inputs_done, last.inputs)

    def _finish(self, status: str, error: EvalError | None) -> None:
        with self._lock:
            if self._finished.is_set():
                return
            self._error = error
            if status != self._progress.status:
                self._progress = self._with_status(status)
            callbacks, self._callbacks = self._callbacks, []
            self._finished.set()
        for deliver in callbacks:
            try:
                deliver()
            except Exception:  # noqa: BLE001 - the user's code: report it, tell the others
                _log.exception("A done callback of the run %s raised", self.id)
