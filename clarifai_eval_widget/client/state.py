"""What is known of a run: progress, error, result; and who is told of each change."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.figures import figures
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.errors import EvalError, NotFoundError, error_from_status
from clarifai_eval_widget.own_metrics import CANCELLED

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_grpc.grpc.api import resources_pb2
    from clarifai_grpc.grpc.api.status import status_pb2

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["RunState"]

_log = logging.getLogger("clarifai_eval_widget")

_TELLING_SECONDS = 5.0
NOT_FOUND_SECONDS = 15.0
"""How long after its start a run may be unknown to a server that has taken it: what is written is not read at once."""

_GONE = "Lost on the server, which ended before it could write it: keep what was read with evaluation.save()."
_PERHAPS_GONE = (
    "Perhaps lost on the server, which was not seen to write it before it could be asked no more: keep what was read "
    "with evaluation.save()."
)


class RunState:
    """The one place where a run's state lies. Safe to use from several threads.

    Parameters
    ----------
    evaluation_id
        The evaluation's id, for messages.
    """

    def __init__(self, evaluation_id: str) -> None:
        self._id = evaluation_id
        self.changed = threading.Condition()
        """Held while anything here changes, and notified then."""
        self.progress = Progress()
        self.error: EvalError | None = None
        self.ended = False
        self.result: Evaluation | None = None
        """The final evaluation, once somebody has read it."""
        self.figures: dict[str, float] = {}
        """The server's macro figures by name, those that it gives; see :mod:`.figures`."""
        self.started = False
        """Whether the server was seen to have taken the evaluation on."""
        self.found = False
        """Whether the server has told of it when it was asked for it."""
        self._begun: float | None = None  # when it was started from here
        self.cancelled = False
        """Whether the server says that somebody ended it."""
        self.failed_there = False
        """Whether the server itself says that it failed; else one that failed could only not be asked for."""
        self.unwatched = False
        """Whether somebody has stopped watching it before its end, for all."""
        self._lost = False
        self._listeners: list[Callable[[], None]] = []
        self._at_the_end: list[Callable[[], None]] = []
        self._telling = threading.RLock()
        self._told: object = None

    def begin(self) -> None:
        """Note that the server has just taken it on, from here."""
        with self.changed:
            self.started, self._begun = True, time.monotonic()

    def may_come(self, error: EvalError) -> bool:
        """Whether a server that does not find it may do so yet: it has just taken it on, and not told of it before."""
        with self.changed:
            waited = math.inf if self._begun is None else time.monotonic() - self._begun
            new = not (self.found or self.ended) and waited < NOT_FOUND_SECONDS
        return new and isinstance(error, NotFoundError)

    def take(self, eval_metrics: resources_pb2.EvalMetrics) -> None:
        """Take over what the server says now. What has ended stays as it ended."""
        progress = Progress.from_proto(eval_metrics, started=self.started)
        told = {name: value for name, value in figures(eval_metrics).items() if math.isfinite(value)}
        with self.changed:
            if progress.status in ("evaluating", "evaluated"):
                self.figures = self.figures | told
            self.started = self.started or progress.status in ("queued", "evaluating")
            has_ended = progress.status in ("failed", "evaluated")
            if not self.ended and not has_ended:
                self.progress, self.error = progress, None
            elif self.ended and has_ended and not progress.unsaved:
                self._written()
            if progress.status == "failed" and not (self.ended and self.error is None):
                self.failed_there = True
                self.cancelled = eval_metrics.status.internal_details == CANCELLED
        if progress.status == "failed":
            said = _but(eval_metrics.status, progress.unsaved)
            self.fail(error_from_status(said, doing=f"finish the evaluation {self._id!r}"), unsaved=progress.unsaved)
        elif progress.status == "evaluated":
            self._end(progress, None)
        self.tell()

    def fail(self, error: EvalError, *, unsaved: str = "") -> None:
        """End the run with an error; how far it was stays known."""
        self._end(replace(self.progress.with_status("failed"), unsaved=unsaved), error)
        self.tell()

    @property
    def settled(self) -> bool:
        """Whether nothing more can be learnt: it has ended, and is in the server's file, or will never be."""
        return self.ended and (self._lost or not self.progress.unsaved)

    def lose(self, error: EvalError) -> None:
        """Note that a server which held the ended run in memory alone cannot be asked for it any more."""
        gone = isinstance(error, NotFoundError)
        with self.changed:
            self._lost = True
            self.progress = replace(self.progress, unsaved=_GONE if gone else _PERHAPS_GONE)
        self.tell()

    def _written(self) -> None:
        """Note, while the state is held, that the server has the ended run in its file now."""
        if self.progress.unsaved:
            self.progress, self._lost = replace(self.progress, unsaved=""), False

    def wait_for_server(self, error: EvalError | None) -> None:
        """Note that the server does not answer now, and after a while with which error."""
        with self.changed:
            if self.ended:
                return
            self.progress, self.error = self.progress.with_status("reconnecting"), error
        self.tell()

    def reopen(self) -> None:
        """Take back an end that the server has not told: it was away, would not tell, or did not find it."""
        with self.changed:
            if self.error is None or self.failed_there:
                return
            self.error, self.ended, self.progress = None, False, self.progress.with_status("reconnecting")
        self.tell()

    def unwatch(self) -> None:
        """Wake all who wait: nothing more will be learnt."""
        with self.changed:
            self.unwatched = True
        self.tell(anyway=True)

    def watch(self) -> None:
        """Take back :meth:`unwatch`."""
        with self.changed:
            self.unwatched = False

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have a listener told of each change from now on, until the function returned is called."""
        own = [listener]  # the same listener may be given twice, and each time given back by itself

        def told() -> None:
            if own:
                own[0]()

        with self.changed:
            self._listeners.append(told)

        def unsubscribe() -> None:
            own.clear()
            with self.changed:
                if told in self._listeners:
                    self._listeners.remove(told)

        return unsubscribe

    def at_the_end(self, callback: Callable[[], None]) -> bool:
        """Have a callback called once at the end; False when that has been already."""
        with self.changed:
            if not self.ended:
                self._at_the_end.append(callback)
            return not self.ended

    def wait(
        self, over: Callable[[], bool], ends: float | None, on_progress: Callable[[Progress], object] | None = None
    ) -> bool:
        """Wait on the caller's thread.

        Parameters
        ----------
        over
            Whether there is nothing more to wait for; looked at whenever something changes here.
        ends
            When to give up, by the monotonic clock; None: never.
        on_progress
            Called with each new progress.

        Returns
        -------
        bool
            False when ``ends`` came first.
        """
        told: Progress | None = None
        while True:
            with self.changed:
                while not over() and (on_progress is None or self.progress == told):
                    left = None if ends is None else ends - time.monotonic()
                    if left is not None and left <= 0:
                        return False
                    self.changed.wait(left)
                progress, finished = self.progress, over()
            if on_progress is not None and progress != told:
                on_progress(progress)
                told = progress
            if finished:
                return True
            if ends is not None and time.monotonic() > ends:
                return False

    def tell(self, *, anyway: bool = False) -> None:
        """Tell the listeners what is new; a thread that comes second waits until the first has told it.

        Parameters
        ----------
        anyway
            Tell them even when nothing is new.
        """
        with self.changed:
            self.changed.notify_all()
        # Never for ever: a listener may itself wait for the thread that waits here.
        held = self._telling.acquire(timeout=_TELLING_SECONDS)
        try:
            now = (self.progress, self.error, self.result is not None)
            if anyway or now != self._told:
                self._told = now
                for listener in list(self._listeners):
                    _call(listener, f"A listener of the run {self._id!r}")
        finally:
            if held:
                self._telling.release()

    def _end(self, progress: Progress, error: EvalError | None) -> None:
        with self.changed:
            if self.ended:
                return
            self.progress, self.error, self.ended = progress, error, True
            callbacks, self._at_the_end = self._at_the_end, []
        for callback in callbacks:
            _call(callback, f"A done callback of the run {self._id!r}")


def _but(status: status_pb2.Status, unsaved: str) -> status_pb2.Status:
    """A status without the words for where the result is kept, which change while the failure stays."""
    if not unsaved:
        return status
    said = type(status)()
    said.CopyFrom(status)
    said.details = status.details.removesuffix(unsaved).rstrip()
    return said


def _call(function: Callable[[], None], what: str) -> None:
    try:
        function()
    except (Exception, SystemExit):  # noqa: BLE001 - the user's code, its exit() too: go on for the others
        _log.exception("%s raised", what)
