"""Background threads that live only while they have something to do, one a kind of work."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Lane", "Lanes"]

_log = logging.getLogger("clarifai_eval_widget")
_LOOK = 1.0  # seconds between two looks at a thread that is waited for
_LOOKS = 60  # of them that may find it where it was


class Lane:
    """Runs jobs one after another on a daemon thread of its own.

    The thread starts with the first job and ends with the last, so that a widget that is forgotten leaves no thread
    behind. Threads rather than asyncio tasks, because tasks stand still while a notebook cell runs.

    Parameters
    ----------
    name
        Name of the thread.
    failed
        Told of what a job raised, which is in the log by then.
    """

    def __init__(self, name: str, failed: Callable[[BaseException], None] = lambda _: None) -> None:
        self._name = name
        self._failed = failed
        self._jobs: deque[tuple[str, Callable[[], None]]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.closed = False
        """Whether :meth:`close` was called; long jobs look at it."""

    def submit(self, job: Callable[[], None], *, once: str = "") -> None:
        """Queue a job. After :meth:`close` it is dropped.

        Parameters
        ----------
        job
            Called on the lane's thread.
        once
            A name: dropped as well while another job of this name waits, for that one will see what is new.

        Raises
        ------
        RuntimeError
            When the machine has no more threads: the job is not queued.
        """
        with self._lock:
            if self.closed or (once and any(name == once for name, _ in self._jobs)):
                return
            self._jobs.append((once, job))
            if self._thread is None:
                thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # there may be one by the next job: this one is the caller's again
                    self._jobs.pop()
                    raise
                self._thread = thread

    def join(self) -> None:
        """Wait until there is nothing to do, as long as what is done moves on; or until this thread is interrupted.

        No clock ends it, for work takes as long as the machine lets it. It ends where the work waits for something that
        may never come: when a minute's looks have found its thread at one place in the code.
        """
        seen: tuple[tuple[int, int], ...] | None = None
        still = 0
        with contextlib.suppress(KeyboardInterrupt):  # of somebody who would not wait
            while (thread := self._thread) is not None and still < _LOOKS:
                thread.join(_LOOK)
                place = _place(thread)
                still = still + 1 if place == seen else 0
                seen = place

    @property
    def has_more(self) -> bool:
        """Whether jobs wait for the one that runs."""
        with self._lock:
            return bool(self._jobs)

    def close(self) -> None:
        """Drop what is queued and let the running job end."""
        with self._lock:
            self.closed = True
            self._jobs.clear()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._thread = None
                    return
                _, job = self._jobs.popleft()
            try:
                job()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a job that fails takes no other with it
                if not self.closed:
                    _log.exception("A background job of the evaluation widget failed")
                    self._failed(error)


def _place(thread: threading.Thread) -> tuple[tuple[int, int], ...]:
    """Where in the code a thread is, function by function."""
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - the only way to ask
    place = []
    while frame is not None:
        place.append((id(frame.f_code), frame.f_lasti))
        frame = frame.f_back
    return tuple(place)


class Lanes:
    """The kinds of work that never wait for each other.

    Parameters
    ----------
    failed
        Told of what a job of any lane raised.
    """

    def __init__(self, failed: Callable[[BaseException], None] = lambda _: None) -> None:
        self.listings = Lane("eval-widget-listings", failed)
        """Loads lists, which may take long."""
        self.actions = Lane("eval-widget-actions", failed)
        """Starts and resumes runs."""
        self.results = Lane("eval-widget-results", failed)
        """Gets ready to read the numbers of runs."""
        self.previews = Lane("eval-widget-previews", failed)
        """Looks up what the dialog asks about."""
        self.checks = Lane("eval-widget-checks", failed)
        """Looks up what the comparison asks about."""
        self.states = Lane("eval-widget-states", failed)
        """Shows how far runs are, so that the thread that follows them need not wait for anything."""

        self._failed = failed
        # Only while there is something to do, when its thread holds it: runs come and go as long as the widget lives.
        self._of_runs: WeakValueDictionary[str, Lane] = WeakValueDictionary()
        self._lock = threading.Lock()
        self._closed = False

    def of_run(self, key: str) -> Lane:
        """Reads the numbers of the run of a key: one that takes long, or whose server is away, holds up no other."""
        with self._lock:
            lane = self._of_runs.setdefault(key, Lane("eval-widget-results", self._failed))
            if self._closed:
                lane.close()
        return lane

    def close(self) -> None:
        """End the threads."""
        with self._lock:
            self._closed, of_runs = True, list(self._of_runs.values())
        for lane in (self.listings, self.actions, self.results, self.previews, self.checks, self.states, *of_runs):
            lane.close()
