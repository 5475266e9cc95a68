"""Work of the widget's that leaves this process while a loop in pure Python holds up its threads.

Beside ``while True: pass`` each array call may cost 5 ms, for which the loop keeps the interpreter to itself once the
call has let go of it. Encoding a state makes hundreds of them: a second or more, for work of 30 ms. In a process of its
own it takes those 30 ms; to hand it over and take it back costs a few hand-offs, however many calls it makes.
"""

from __future__ import annotations

import atexit
import functools
import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.local.work.pool import WorkerPool

__all__ = ["HELPER", "Helper", "is_held_up"]

_log = logging.getLogger("clarifai_eval_widget")

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

_MOMENT = 0.0005  # seconds in which a waiting thread surely takes the interpreter
_LASTS = 1.0  # seconds for which threads that were held up are taken to be so
_PATIENCE = 10.0  # seconds for an answer; what takes longer is made here


def is_held_up() -> bool:
    """Tell whether other threads keep the interpreter so long that each array call may have to wait for it.

    Measured twice, by letting go of it for a moment: half a millisecond where nothing holds this thread up.
    """
    return all(_waited() > 0.8 * sys.getswitchinterval() for _ in range(2))


def _waited() -> float:
    began = time.perf_counter()
    time.sleep(_MOMENT)
    return time.perf_counter() - began - _MOMENT


class Helper:
    """One process of 40 MB, started when threads are first found held up; it ends with this one.

    Whatever keeps it from its work (the extra ``local`` is not installed, no process may be started, something cannot
    be pickled) is no error: the work is then done here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: WorkerPool | None = None
        self._useless = False
        self._held_up_until = 0.0

    def prepare(self) -> None:
        """Start the process where it will be needed, so that it is there by then; returns at once."""
        if self._is_needed():
            self._found()

    def run(self, function: Callable[_Given, _Made], *args: _Given.args, **options: _Given.kwargs) -> _Made:
        """Call a function of a module, here or there; where it, or what it takes or gives, cannot be pickled, here."""
        if self._is_needed():
            pool = self._found()
            if pool is not None:
                try:
                    made: _Made = pool.submit(functools.partial(function, *args, **options)).result(_PATIENCE)
                except Exception as error:  # noqa: BLE001 - the function's own errors come again below
                    self._note(error)
                else:
                    return made
        return function(*args, **options)

    def stop(self) -> None:
        """End the process; a later call starts another."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()

    def _is_needed(self) -> bool:
        now = time.monotonic()
        if now < self._held_up_until:
            return True
        held_up = is_held_up()
        if held_up:
            self._held_up_until = now + _LASTS
        return held_up

    def _found(self) -> WorkerPool | None:
        with self._lock:
            if self._pool is None and not self._useless:
                try:
                    self._pool = _started()
                except Exception as error:  # noqa: BLE001 - then without
                    self._useless = True
                    _log.debug("There is no helper process: %s", error)
            return self._pool

    def _note(self, error: Exception) -> None:
        _log.debug("Made in this process after all: %s: %s", type(error).__name__, error)
        if isinstance(error, TimeoutError):
            self.stop()


def _started() -> WorkerPool:
    from clarifai_eval_widget.local.work.pool import WorkerPool

    pool = WorkerPool(1)
    pool.submit(_get_ready)
    return pool


def _get_ready() -> None:
    """Import, over there, what encoding needs."""
    import numpy.ma  # noqa: F401 - numpy does at its first np.unique

    from clarifai_eval_widget.widget.workbench import base  # noqa: F401
    from clarifai_eval_widget.widget.workbench.panels import all_panels

    all_panels()


HELPER = Helper()
"""The one of this process, for all widgets."""
atexit.register(HELPER.stop)
