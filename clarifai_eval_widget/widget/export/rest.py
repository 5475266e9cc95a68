"""Doing something once what it depends on has come to rest."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Rest"]


class Rest:
    """Does something a while after the last of many changes. Safe to use from several threads.

    Its thread lives only while a change waits, so that one that is forgotten leaves no thread behind.

    Parameters
    ----------
    do
        Called on a thread of its own.
    seconds
        How long nothing may have changed.
    apart
        Fewest seconds between two calls.
    """

    def __init__(self, do: Callable[[], None], *, seconds: float, apart: float) -> None:
        self._do = do
        self._seconds = seconds
        self._apart = apart
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._due = 0.0
        self._done = -apart

    def begin(self) -> None:
        """Something has changed: wait anew."""
        with self._lock:
            self._due = max(time.monotonic() + self._seconds, self._done + self._apart)
            if self._timer is None:
                self._start()

    @property
    def waits(self) -> bool:
        """Whether something has changed of which nothing was done yet."""
        return self._timer is not None

    def end(self) -> bool:
        """Wait no more, and say whether something had changed: whoever asks does it now."""
        with self._lock:
            timer, self._timer = self._timer, None
            if timer is None:
                return False
            timer.cancel()
            self._done = time.monotonic()
            return True

    def _start(self) -> None:
        self._timer = threading.Timer(max(0.0, self._due - time.monotonic()), self._fire)
        self._timer.daemon = True
        self._timer.start()

    def _fire(self) -> None:
        with self._lock:
            if self._timer is not threading.current_thread():
                return  # ended meanwhile
            if time.monotonic() < self._due:
                self._start()
                return
            self._timer = None
            self._done = time.monotonic()
            self._do()  # held, so that whoever ends the wait now finds it done or begun
