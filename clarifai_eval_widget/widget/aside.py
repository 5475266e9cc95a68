"""Work of the widget's that leaves this process while a loop in pure Python holds up its threads.

Beside ``while True: pass`` each array call may cost 5 ms, for which the loop keeps the interpreter to itself once the
call has let go of it. Encoding a state makes hundreds of them: a second or more, for work of 30 ms. In a process of its
own it takes those 30 ms; to hand it over and take it back costs a few hand-offs, however many calls it makes.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from clarifai_eval_widget.local.work.pool import WorkerPool

__all__ = ["HELPER", "Helper", "OverError", "Submit", "get_ready", "is_held_up"]

_log = logging.getLogger("clarifai_eval_widget")

Submit: TypeAlias = "Callable[[Callable[[], Any]], Any]"
_Made = TypeVar("_Made")

_MOMENT = 0.0005  # seconds in which a waiting thread surely takes the interpreter
_TELLS_WORK = sys.platform != "win32"  # where a process is told what it has worked in steps of 16 ms
_LASTS = 3.0  # seconds for which threads that were held up are taken to be so
_TURN, _TURNS = 0.1, 4  # seconds, and how often, that another process is waited for: a fold may keep it long
_PATIENCE = 10.0  # seconds for an answer; what takes longer is done here


class OverError(Exception):
    """What was to be done is not wanted any more."""


def is_held_up() -> bool:
    """Tell whether other threads keep the interpreter so long that each array call may have to wait for it.

    Measured by letting go of it for a moment, up to three times: of several that wait for it, one may have it back
    at once, for the loop had just been asked to let go. Who keeps it works meanwhile; where this process stands still
    instead, it is the machine that has more to do, and another process would wait as long.
    """
    return any(_is_kept_waiting() for _ in range(3))


def _is_kept_waiting() -> bool:
    began, worked = time.perf_counter(), time.process_time()
    time.sleep(_MOMENT)
    waited, worked = time.perf_counter() - began - _MOMENT, time.process_time() - worked
    is_ours = worked > 0.2 * sys.getswitchinterval() or not _TELLS_WORK
    return is_ours and waited > 0.8 * sys.getswitchinterval()


class Helper:
    """Has work done in a process of the local server's or, where that is busy or runs elsewhere, in one of its own.

    Its own, of 40 MB, is started when threads are first found held up without the other, is used once it is ready, and
    ends with this one. Whatever keeps work from being done there (the extra ``local`` is not installed, no process may
    be started, something cannot be pickled) is no error: it is done here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own: WorkerPool | None = None
        self._ready: Future[None] | None = None
        self._held_up_until = 0.0

    def prepare(self, aside: Submit | None) -> None:
        """Have imported what encoding needs, where that takes no process that is not there; returns at once."""
        if aside is not None:
            aside(get_ready)

    def run(
        self, aside: Submit | None, task: Callable[[], _Made], *, is_over: Callable[[], bool] = lambda: False
    ) -> _Made:
        """Call what takes no arguments, here or there; where it, or what it gives, cannot be pickled, here.

        Parameters
        ----------
        aside
            Queues a task for a process of the local server's; None where that is elsewhere.
        task
            What to call; should it raise there, it is called here.
        is_over
            Whether nobody wants the outcome any more; asked while threads are held up and it has not begun.

        Raises
        ------
        OverError
            When nobody does.
        """
        if self._is_needed():
            for submit in (aside, self._submit_to_own):
                done = _done_by(submit, task, is_over)
                if done:
                    made: _Made = done[0]
                    return made
            if is_over():
                raise OverError
        return task()

    def stop(self) -> None:
        """End its own process; a later call may start another."""
        with self._lock:
            pool, self._own, self._ready = self._own, None, None
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

    def _submit_to_own(self, task: Callable[[], Any]) -> Future[Any] | None:
        """Queue a task for the own process, or start that; None while it is not ready."""
        with self._lock:
            if self._own is None:
                pool = _new_pool()
                self._ready = pool.submit_aside(get_ready)  # before it is held: this fails where no thread can be had
                self._own = pool
            ready = self._ready is not None and self._ready.done()
            return self._own.submit_aside(task) if ready else None


def _done_by(submit: Submit | None, task: Callable[[], Any], is_over: Callable[[], bool]) -> tuple[Any] | None:
    """Have a task done in another process, if that can begin in a moment; what it gave, or None."""
    try:
        future = submit(task) if submit is not None else None
        if future is None:
            return None
        for _ in range(_TURNS):
            with contextlib.suppress(TimeoutError):
                return (future.result(_TURN),)
            if is_over():
                break
        return None if future.cancel() else (future.result(_PATIENCE),)
    except Exception as error:  # noqa: BLE001 - the task's own errors come again where it is called
        _log.debug("Not done in another process: %s: %s", type(error).__name__, error)
        return None


def _new_pool() -> WorkerPool:
    from clarifai_eval_widget.local.work.pool import WorkerPool

    return WorkerPool(1)


def get_ready() -> None:
    """Import what reading and encoding need: beside a busy loop, more than a hundred modules take seconds."""
    import numpy.ma  # noqa: F401 - numpy does at its first np.unique

    from clarifai_eval_widget.evaluation import growing  # noqa: F401
    from clarifai_eval_widget.widget.workbench import base  # noqa: F401
    from clarifai_eval_widget.widget.workbench.panels import all_panels

    all_panels()


HELPER = Helper()
"""The one of this process, for all widgets."""
atexit.register(HELPER.stop)
