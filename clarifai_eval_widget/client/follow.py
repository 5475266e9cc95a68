"""The one thread that asks how far the evaluations of a client are, whoever waits for them."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from clarifai_eval_widget.client import transience
from clarifai_eval_widget.errors import ConnectionLostError, EvalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.state import RunState

__all__ = ["POLL_SECONDS", "Followable", "Follower", "Server"]

_log = logging.getLogger("clarifai_eval_widget")

POLL_SECONDS = 5.0
"""How long one question about one run may take; a server that takes longer is asked again."""

_QUIET_SECONDS = 1.0
"""Between two questions where the server says when there is something to ask about, or only whether it is written."""


class Followable(Protocol):
    """What can be followed: a run."""

    state: RunState
    """Where what is learnt goes."""

    def ask(self, *, deadline: float) -> resources_pb2.EvalMetrics:
        """Ask the server for the summary; raise an EvalError when that cannot be had."""


class Server(Protocol):
    """What a follower needs to know of the server it asks."""

    @property
    def poll_interval(self) -> float:
        """Seconds between two questions about a run."""

    @property
    def server_stopped(self) -> bool:
        """Whether the server is known to have been stopped for good."""


@dataclass
class _Followed:
    run: Followable
    interests: int = 0
    due: float = 0.0
    asked: int = 0
    failures: int = 0
    failing_since: float = 0.0
    has_news: bool = False


class Follower:
    """Follows runs while somebody is interested in them, each asked about once a turn however many wait.

    Its thread starts with the first run and ends with the last, or with :meth:`close`; it is a daemon. A thread and not
    an asyncio task, because tasks stand still while a notebook cell runs.

    Parameters
    ----------
    server
        Where the runs are.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._changed = threading.Condition()
        self._followed: dict[Followable, _Followed] = {}
        self._thread: threading.Thread | None = None
        self.closed = False
        self.hears_of_news = False
        """Whether the server calls :meth:`ask_soon` whenever one of its evaluations has moved on."""

    def follow(self, run: Followable) -> Callable[[], None]:
        """Follow a run to its end, or until the function returned is called; harmless for one that has ended.

        One whose result is in the server's memory alone is asked about until it is written, interest or not.
        """
        with self._changed:
            if self.closed or run.state.settled:
                return _nothing
            entry = self._followed.setdefault(run, _Followed(run))
            entry.interests += 1
            if self._thread is None or not self._thread.is_alive():  # a forked process has none of the threads
                self._thread = threading.Thread(target=self._work, name="eval-client-follow", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        given_back = threading.Lock()

        def unfollow() -> None:
            if given_back.acquire(blocking=False):
                self._give_back(entry)

        return unfollow

    def drop(self, run: Followable) -> None:
        """Ask about a run no more, whoever is interested."""
        with self._changed:
            self._followed.pop(run, None)
            self._changed.notify_all()

    def ask_now(self, run: Followable) -> None:
        """Have a run asked about at once, and wait for the answer, though no longer than one question may take."""
        if self.is_this_thread:
            self._ask(_Followed(run))
            return
        with self._changed:  # held from the start, so that the first answer is not missed
            unfollow = self.follow(run)
            entry = self._followed.get(run)
            if entry is not None:
                asked, entry.due = entry.asked, 0.0
                self._changed.notify_all()
                self._changed.wait_for(
                    lambda: entry.asked > asked or run.state.settled or self.closed, 2 * POLL_SECONDS
                )
        unfollow()

    def ask_soon(self) -> None:
        """Ask about every run at once, from this follower's own thread: a server in this process has news of one."""
        with self._changed:
            now = time.monotonic()
            for entry in self._followed.values():
                entry.has_news = True
                if not entry.failures:
                    entry.due = min(entry.due, now)
            self._changed.notify_all()

    @property
    def is_this_thread(self) -> bool:
        """Whether the caller is this follower's own thread, which must not wait for itself."""
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Ask no more, and wake all who wait."""
        with self._changed:
            self.closed = True
            left = list(self._followed.values())
            self._followed.clear()
            self._changed.notify_all()
        for entry in left:
            entry.run.state.tell(anyway=True)

    def _give_back(self, entry: _Followed) -> None:
        with self._changed:
            entry.interests -= 1
            unsaved = entry.run.state.ended and not entry.run.state.settled
            if entry.interests <= 0 and not unsaved and self._followed.get(entry.run) is entry:
                del self._followed[entry.run]
                self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                entry = self._next()
                if entry is None:
                    self._thread = None
                    return
            if not entry.run.state.settled:  # somebody who read it may have learnt of its end first
                self._ask(entry)
            with self._changed:
                entry.asked += 1
                if entry.run.state.settled:
                    self._followed.pop(entry.run, None)
                self._changed.notify_all()

    def _next(self) -> _Followed | None:
        """Wait until a run is due; None when there is none left."""
        while self._followed:
            entry = min(self._followed.values(), key=lambda one: one.due)
            left = entry.due - time.monotonic()
            if left <= 0:
                return entry
            self._changed.wait(left)
        return None

    def _ask(self, entry: _Followed) -> None:
        entry.has_news = False  # what comes while it is asked may not be in the answer
        try:
            told = entry.run.ask(deadline=POLL_SECONDS)
            entry.run.state.found = True
            entry.run.state.take(told)
        except EvalError as error:
            self._judge(entry, error)
        except Exception as error:  # noqa: BLE001 - whatever a reply holds, the other runs must be followed on
            _log.exception("A reply about a run could not be read")
            self._judge(entry, EvalError(f"The server's reply cannot be read ({type(error).__name__}: {error})."))
        else:
            entry.failures = 0
            quiet = self.hears_of_news or entry.run.state.ended
            pace = _QUIET_SECONDS if quiet else self._server.poll_interval
            with self._changed:  # no news between the look and the date
                # Behind those that are due by now: where news come faster than answers, each has its turn.
                entry.due = time.monotonic() + (0.0 if entry.has_news else pace)

    def _judge(self, entry: _Followed, error: EvalError) -> None:
        """Decide what a failed question means; see :mod:`.transience`."""
        if self.closed:
            return
        if entry.run.state.may_come(error) and not self._server.server_stopped:
            entry.failures += 1
            entry.due = time.monotonic() + transience.pause(1, error, pace=self._server.poll_interval)
            return
        lost = self._server.server_stopped or not transience.is_transient(error)
        if lost and entry.run.state.ended:
            entry.run.state.lose(error)
        elif self._server.server_stopped:
            entry.run.state.fail(error if isinstance(error, ConnectionLostError) else ConnectionLostError(str(error)))
        elif lost:
            entry.run.state.fail(error)
        else:
            now = time.monotonic()
            entry.failures += 1
            if entry.failures == 1:
                entry.failing_since = now
            long_silent = now - entry.failing_since >= transience.GRACE_SECONDS
            entry.run.state.wait_for_server(error if long_silent else None)
            entry.due = now + transience.pause(entry.failures, error, pace=self._server.poll_interval)


def _nothing() -> None:
    pass
