"""A started evaluation: follow it, wait for it, await it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from clarifai_eval_widget.client.cancellation import Cancellation
from clarifai_eval_widget.client.deciding import until_decided
from clarifai_eval_widget.client.follow import POLL_SECONDS
from clarifai_eval_widget.client.loops import call_at_the_end, until
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.client.result import ResultReader, ResultSource
from clarifai_eval_widget.client.state import RunState
from clarifai_eval_widget.client.subject import Subject
from clarifai_eval_widget.errors import ConnectionLostError, DeadlineError, EvalError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.follow import Follower
    from clarifai_eval_widget.client.reading import Fetched
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.deciding import Decision

__all__ = ["Run"]

_READ_TRIES = 6


class Source(ResultSource, Protocol):
    """What a run needs of the client it came from."""

    follower: Follower
    """What polls."""

    def fetch(
        self,
        run: Run,
        *,
        everything: bool = False,
        deadline: float | None = None,
        patience: float = 1.0,
        have: int = 0,
        cancel: bool | str = False,
    ) -> Fetched:
        """Ask for a run's evaluation, or have it ended."""


class Run(Subject):
    """An evaluation on a server.

    Made by :meth:`EvalClient.start_evaluation` and :meth:`EvalClient.evaluations`. For several threads. All of a client
    are polled by one thread, and only those that somebody waits for or follows.
    """

    def __init__(self, client: Source, eval_metrics: resources_pb2.EvalMetrics) -> None:
        super().__init__(eval_metrics)
        self.state = RunState(self.id)
        self._client = client
        self.reader = ResultReader(self, client)
        """What reads its numbers."""
        self._ending = False  # whether the local server was asked from here to end it
        self.take(eval_metrics)

    def __repr__(self) -> str:
        unsaved = self.progress.unsaved
        return f"Run({self.id!r}, {self.status}{f', {unsaved!r}' if unsaved else ''})"

    @property
    def progress(self) -> Progress:
        """The progress last seen; :meth:`poll` asks anew."""
        return self.state.progress

    @property
    def status(self) -> str:
        """``queued``, ``evaluating``, ``evaluated``, ``failed`` or ``reconnecting``, as last seen."""
        return self.state.progress.status

    @property
    def error(self) -> EvalError | None:
        """Why it failed, or None; while ``reconnecting``, after some seconds, what keeps the server from answering."""
        return self.state.error

    @property
    def roc_auc(self) -> float | None:
        """The macro area under the ROC curves as the server gives it, or None."""
        return self.state.figures.get("roc_auc")

    @property
    def figures(self) -> dict[str, float]:
        """The server's macro figures so far, those of ``roc_auc``, ``f1``, ``precision`` and ``recall`` that it gives.

        All but the area hold at threshold 0.5.
        """
        return dict(self.state.figures)

    def done(self) -> bool:
        """Whether it has ended, well or not, as far as is known: see :meth:`poll`."""
        return self.state.ended

    @property
    def cancellation(self) -> Cancellation | None:
        """What cancelling it came to, here or elsewhere; None before its server says so, or if it ended well."""
        if self.state.unwatched:
            return Cancellation.STOPPED_WATCHING
        ended = self.state.cancelled or (self._ending and self.done())
        return Cancellation.ENDED if ended and self.status != "evaluated" else None

    @property
    def is_live(self) -> bool:
        """Whether the server gives metrics before the end: the local server does, the platform does not."""
        return self._client.is_local

    # -- following ---------------------------------------------------------------------------------------------------

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have a listener told of every change: of the progress, of the error, and when the result has been read.

        Parameters
        ----------
        listener
            Called without arguments on the thread that learnt of the change: the client's one follower, or the one that
            read the result. It must be quick and never wait for a run, for meanwhile no run is followed.

        Returns
        -------
        Callable
            Ends the subscription.

        Notes
        -----
        A subscription alone does not have the run polled: :meth:`follow` does.
        """
        return self.state.subscribe(listener)

    def follow(self) -> Callable[[], None]:
        """Have the run polled from now on to its end, or until the function returned gives the interest back."""
        self.state.watch()
        return self._client.follower.follow(self)

    def poll(self) -> Progress:
        """Have the server asked now how far the evaluation is, and wait for the answer.

        A server that does not answer is no error: the status is then ``reconnecting``.
        """
        if not self.state.settled:
            self._client.follower.ask_now(self)
        return self.progress

    def resume(self) -> Progress:
        """Poll again what failed by anything but the server's word; no longer failed if that answers."""
        self.state.reopen()
        return self.poll()

    def cancel(self, *, reason: str = "") -> Cancellation:
        """End the evaluation where the server can do that, else stop watching it.

        Parameters
        ----------
        reason
            Why, in words that the local server keeps with the evaluation.

        Returns
        -------
        Cancellation
            ``"ended"`` on the local server; ``"stopped watching"`` on the platform, which has no call to end one, and
            where the local server is away; ``"too late"`` where it was over already. An ended one fails with the reason
            that it was cancelled; :meth:`evaluation` still reads what was counted, marked as incomplete. One no longer
            watched goes on: whoever waits for it is told so, and :meth:`result` or :meth:`follow` watch it again.

        Raises
        ------
        EvalError
            When the local server answers that it cannot, or was stopped for good.
        """
        if self.done():
            return Cancellation.TOO_LATE
        if not self._client.is_local or not self._end_there(reason):
            self._client.follower.drop(self)
            self.state.unwatch()
        return self.cancellation or (Cancellation.TOO_LATE if self.done() else Cancellation.ENDED)

    def _end_there(self, reason: str) -> bool:
        """Have the local server end it; False where that is away, and what becomes of it cannot be known."""
        self._ending = True  # before anybody learns of the end
        try:
            self.take(self._client.fetch(self, deadline=POLL_SECONDS, cancel=reason or True).metrics)
        except EvalError as error:
            self._ending = False
            if self._client.server_stopped or not isinstance(error, ConnectionLostError | DeadlineError):
                raise
        return self._ending

    def stop_when_decided(
        self,
        *,
        roc_auc_above: float | None = None,
        better_than: Evaluation | Run | None = None,
        concept: str | None = None,
        confidence_level: float = 0.95,
        timeout: float | None = None,
    ) -> Decision:
        """Wait as :meth:`result` does, but end the run once the results so far decide a question.

        Intervals hold at every look together, for inputs scored in random order, as the local server does it; nothing
        is decided before each concept has ten positives and negatives. The rest is never scored.

        Parameters
        ----------
        roc_auc_above, better_than
            The question, one of the two: is the area above a number, or above that of another evaluation (or Run) of
            the same inputs?
        concept
            Of which concept; None: the mean over all.
        confidence_level
            Of the answer.
        timeout
            As in :meth:`result`.

        Raises
        ------
        InvalidRequestError
            On the platform, which gives nothing before the end.
        EvalError
            As :meth:`result` does.
        """
        asked = {"roc_auc_above": roc_auc_above, "concept": concept, "confidence_level": confidence_level}
        return until_decided(self, better_than=better_than, timeout=timeout, **asked)

    def ask(self, *, deadline: float) -> resources_pb2.EvalMetrics:
        """Ask the server how far it is; for the follower."""
        eval_metrics = self.reader.ask(deadline=deadline)
        self.learn(eval_metrics)
        return eval_metrics

    def fetch(
        self, *, deadline: float | None, everything: bool = False, patience: float = 1.0, have: int = 0
    ) -> Fetched:
        """Ask the server for the summary, or for all but a number of entries; for the reader."""
        return self._client.fetch(self, everything=everything, deadline=deadline, patience=patience, have=have)

    def take(self, eval_metrics: resources_pb2.EvalMetrics) -> None:
        """Take over what the server says of the evaluation."""
        self.learn(eval_metrics)
        if eval_metrics.HasField("status"):
            self.state.take(eval_metrics)

    def take_if_ended(self, listed: resources_pb2.EvalMetrics) -> None:
        """Take over the end from a listing; before it, a listing may be older than what the follower has seen."""
        if Progress.from_proto(listed, started=self.state.started).status in ("evaluated", "failed"):
            self.take(listed)

    # -- the result --------------------------------------------------------------------------------------------------

    def evaluation(self) -> Evaluation:
        """The evaluation as it is now; incomplete while it runs.

        Raises
        ------
        EvalError
            When the server cannot be asked, or sent what cannot be read.
        """
        return self.reader.read(tries=_READ_TRIES if self.done() else 1, ends=None)

    @property
    def result_if_read(self) -> Evaluation | None:
        """The final evaluation if somebody has read it already, else None; never asks the server."""
        return self.state.result

    def result(
        self, timeout: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> Evaluation:
        """Wait for the end and return the evaluation.

        Parameters
        ----------
        timeout
            Seconds to wait; None waits as long as it takes, through every silence of the server.
        on_progress
            Called with each new :class:`Progress`, on this thread. ``print`` will do.

        Raises
        ------
        DeadlineError
            When ``timeout`` passes first. The evaluation goes on; call again to wait longer.
        ConnectionLostError
            When the client was closed, or its server ran in this process and was stopped: nothing can come any more.
        EvalError
            When the evaluation failed: the child that fits, with the server's words.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        unfollow = self.follow()
        try:
            self._wait(timeout, ends, on_progress)
        finally:
            unfollow()
        return self._outcome(ends)

    def add_done_callback(self, callback: Callable[[Run], object]) -> None:
        """Call ``callback(run)`` once the run has ended.

        Asked in a notebook cell or another running event loop it comes on that loop, so that it may touch widgets and
        figures; elsewhere on a thread of its own.
        """
        call_at_the_end(self, callback)

    def __await__(self) -> Generator[Any, None, Evaluation]:
        return self._await().__await__()

    async def _await(self) -> Evaluation:
        import asyncio

        await until(self, lambda: self._is_over)
        return await asyncio.to_thread(self._outcome, None)

    def _wait(
        self, timeout: float | None, ends: float | None, on_progress: Callable[[Progress], object] | None
    ) -> None:
        if self._client.follower.is_this_thread and not self.done():
            raise InvalidRequestError(
                "A listener of a run must not wait for one: it is called on the thread that follows them all."
            )
        if not self.state.wait(lambda: self._is_over, ends, on_progress):
            raise DeadlineError(
                f"The evaluation {self.id!r} is not finished after {timeout:g} seconds ({self.progress}). It goes on: "
                "call result() again to wait longer."
            )

    @property
    def _is_over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.done() or self._client.closed or self.state.unwatched

    def _outcome(self, ends: float | None) -> Evaluation:
        if self.error is not None and self.done():
            raise self.error
        if self.state.unwatched and not self.done():
            raise EvalError(
                f"The evaluation {self.id!r} is no longer watched, for run.cancel() was called; it goes on on the "
                "server. Call result() again to wait for it."
            )
        if not self.done():
            raise ConnectionLostError(
                f"The client was closed while the evaluation {self.id!r} was {self.status}. It goes on: look for it "
                "with client.evaluations() of a new EvalClient."
            )
        return self.reader.read(tries=None, ends=ends)
