"""Read a run's evaluation: once when it has ended, through whatever keeps the server from answering."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from clarifai_eval_widget.client import transience
from clarifai_eval_widget.client.growing import GrowingReader
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.client.reading import Fetched
from clarifai_eval_widget.errors import ConnectionLostError, DeadlineError, EvalError, WrongReplyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.follow import Follower
    from clarifai_eval_widget.client.state import RunState
    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["ResultReader", "ResultSource"]

_LEAST_SECONDS = 0.1
_MOST_PATIENCE = 16.0
_ENDS = ("evaluated", "failed")
_ODD_REPLIES = 6  # a server that sends so many in a row that cannot be used will send no other


class ResultSource(Protocol):
    """What reading needs of the client."""

    closed: bool
    """Whether the client was closed."""
    follower: Follower
    """What asks how far the run is."""

    @property
    def is_local(self) -> bool:
        """Whether it is the local server, which gives metrics before the end."""

    @property
    def poll_interval(self) -> float:
        """Seconds between two polls."""

    @property
    def server_stopped(self) -> bool:
        """Whether the server is known to have been stopped for good."""


class Readable(Protocol):
    """What can be read: a run."""

    id: str
    """The evaluation's id."""
    state: RunState
    """Where the result goes."""

    def fetch(
        self, *, deadline: float | None, everything: bool = False, patience: float = 1.0, have: int = 0
    ) -> Fetched:
        """Ask the server for the summary, or for all of the evaluation, or what is new of it."""

    def learn(self, eval_metrics: resources_pb2.EvalMetrics) -> None:
        """Note what is evaluated."""


class ResultReader:
    """Reads one run's evaluation, for whichever thread asks.

    Parameters
    ----------
    run
        The run.
    source
        Where to ask.
    """

    def __init__(self, run: Readable, source: ResultSource) -> None:
        self._run = run
        self._source = source
        self._growing = GrowingReader()
        self._lock = threading.Lock()
        self._patience = 1.0
        """Doubled whenever a read is cut off by its deadline: what the platform sends may be of any size."""
        self._ahead: tuple[int, Fetched] | None = None
        self._is_large = False
        self.wanted: list[Callable[[], bool]] = []
        """Say whether somebody will read the numbers of each state as soon as it is known."""

    def ask(self, *, deadline: float) -> resources_pb2.EvalMetrics:
        """Ask how far the run is; where that is news and the numbers are wanted, for these in the same call.

        Beside a busy loop a call takes a tenth of a second, whatever it asks for.
        """
        self._ahead = None
        if self._source.follower.hears_of_news and not self._is_large and any(wanted() for wanted in list(self.wanted)):
            have = self._growing.held
            try:
                fetched = self._run.fetch(deadline=deadline, everything=True, have=have)
            except DeadlineError:
                self._is_large = True
            else:
                self._ahead = have, fetched
                return fetched.metrics
        return self._run.fetch(deadline=deadline).metrics

    def read(
        self,
        *,
        tries: int | None,
        ends: float | None,
        pausing: Callable[[EvalError, float], bool] | None = None,
    ) -> Evaluation:
        """Return the evaluation as it is now, or the result if it has been read already.

        Parameters
        ----------
        tries
            How often to ask a server in trouble; None: as long as there is time, but for one that answers and whose
            replies cannot be used.
        ends
            When to give up, by the monotonic clock; None: never.
        pausing
            Waits between two tries, told why and how many seconds; False: do not go on. By default it waits for as long
            as the client is open.
        """
        state = self._run.state
        if state.result is not None:
            state.tell()  # whoever is given the result finds that all listeners have heard of it
            return state.result

        odd, last, is_late = 0, EvalError(""), False

        def again(error: EvalError) -> bool:
            nonlocal odd, last
            odd, last = odd + _is_of_the_reply(error), error
            return odd < _ODD_REPLIES and transience.is_transient(error) and not self._source.server_stopped

        def wait(seconds: float) -> bool:
            nonlocal is_late
            if pausing is not None:
                return pausing(last, seconds)
            until = time.monotonic() + seconds
            is_late = ends is not None and until >= ends
            return not is_late and not state.wait(lambda: self._source.closed, until)

        try:
            return transience.patiently(
                lambda: self._read_once(ends),
                tries=tries,
                pace=self._source.poll_interval,
                wait=wait,
                again=again,
            )
        except EvalError as error:
            if not is_late or isinstance(error, DeadlineError):
                raise
            message = f"The evaluation {self._run.id!r} was not read in the time given. {error}"
            raise DeadlineError(message, status=error.status) from error

    def _read_once(self, ends: float | None) -> Evaluation:
        def left() -> float | None:
            return None if ends is None else max(ends - time.monotonic(), _LEAST_SECONDS)

        # One reads, the others wait for what it reads: a test set may be large.
        if not self._lock.acquire(timeout=left() or -1):
            raise DeadlineError(
                f"The evaluation {self._run.id!r} is still being read. Call result() again to wait longer."
            )
        try:
            evaluation = self._run.state.result or self._take(
                lambda have: (
                    self._fetched_ahead(have)
                    or self._run.fetch(deadline=left(), everything=True, patience=self._patience, have=have)
                )
            )
        except DeadlineError:
            self._patience = min(2 * self._patience, _MOST_PATIENCE)
            raise
        finally:
            self._lock.release()
        self._run.state.tell()
        return evaluation

    def _fetched_ahead(self, have: int) -> Fetched | None:
        """What came with the last question beyond the entries held by now, if nothing newer is known."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead[1].starts_at != ahead[0]:
            return None
        metrics, more = ahead[1].metrics, have - ahead[0]
        is_end = Progress.from_proto(metrics, started=True).status in _ENDS
        if not 0 <= more <= len(metrics.test_set) or (self._run.state.ended and not is_end):
            return None
        del metrics.test_set[:more]
        return Fetched(metrics, have)

    def _take(self, fetch: Callable[[int], Fetched]) -> Evaluation:
        state = self._run.state
        was_finished = state.ended and state.error is None  # before asking: what is asked for earlier may be older
        evaluation, eval_metrics = self._growing.read(fetch, live=self._source.is_local)
        if was_finished and not evaluation.complete:
            raise WrongReplyError(
                f"The server has said that the evaluation {self._run.id!r} is finished, and now sends one that is not: "
                "it is not used. Try again in a moment."
            )
        self._run.learn(eval_metrics)
        if evaluation.complete:
            state.result = evaluation  # before its status is told, so that both come together
            state.take(eval_metrics)
        return evaluation


def _is_of_the_reply(error: EvalError) -> bool:
    """Whether an answer came whole, and what it holds is what is wrong."""
    came = not (error.code or error.status.grpc)
    return came and not isinstance(error, ConnectionLostError | DeadlineError)
