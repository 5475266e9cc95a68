"""A background thread that lives only while it has something to do."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Worker"]

_log = logging.getLogger("clarifai_eval_widget")


class Worker:
    """Runs jobs one after another on a daemon thread of its own.

    The thread starts with the first job and ends with the last, so that a widget that is forgotten leaves no thread
    behind. Threads rather than asyncio tasks, because tasks stand still while a notebook cell runs.

    Parameters
    ----------
    name
        Name of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.closing = threading.Event()
        """Set by :meth:`close`; long jobs look at it."""

    def submit(self, job: Callable[[], None]) -> None:
        """Queue a job. After :meth:`close` it is dropped."""
        with self._lock:
            if self.closing.is_set():
                return
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Drop what is queued and let the running job end."""
        with self._lock:
            self.closing.set()
            self._jobs.clear()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._thread = None
                    return
                job = self._jobs.popleft()
            try:
                job()
            except Exception:  # noqa: BLE001 - a job that fails must not take the following ones with it
                if not self.closing.is_set():
                    _log.exception("A background job of the evaluation widget failed")
