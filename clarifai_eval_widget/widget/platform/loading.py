"""What is being loaded, and who waits for it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import DeadlineError, EvalError
from clarifai_eval_widget.widget.wire.failures import failure, unexpected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clarifai_eval_widget.widget.platform.lanes import Lane
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Loading, Problem

__all__ = ["LoadingMarks", "Loads"]

_log = logging.getLogger("clarifai_eval_widget")
_SECONDS = 120.0


class LoadingMarks:
    """Keeps the trait ``loading``: lists and results are loaded at the same time, and each says so for itself."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lock = threading.Lock()
        self._by_whom: dict[str, list[Loading]] = {}

    def set(self, who: str, what: Sequence[Loading]) -> None:
        """Say what somebody is loading now; nothing when it is done."""
        with self._screen.together():
            with self._lock:
                self._by_whom[who] = list(what)
                every = [one for parts in self._by_whom.values() for one in parts]
            self._screen.publish(loading=every)


class Loads:
    """Loads lists on a lane, one after another; says on the page what went wrong, and lets Python wait.

    Parameters
    ----------
    screen
        Its trait ``problem`` is set from here.
    lane
        Where lists are loaded.
    marks
        Says what is being loaded.
    missing
        Asked after each load: what to say where nothing went wrong.
    """

    def __init__(self, screen: Screen, lane: Lane, marks: LoadingMarks, missing: Callable[[], Problem | None]) -> None:
        self._screen = screen
        self._lane = lane
        self._marks = marks
        self._missing = missing
        self._loaded = threading.Event()
        self._awaited = 0
        self._awaiting = threading.Lock()
        self.error: EvalError | None = None
        """Why the last load failed, or None."""

    def submit(self, job: Callable[[], None], *, wait: bool = True) -> None:
        """Load something; with ``wait`` whoever waits for lists waits for it."""
        self._await(1 if wait else 0)
        self._screen.publish(problem=None)
        self._lane.submit(lambda: self._guarded(job, wait=wait))

    def wait(self) -> None:
        """Wait until the lists are there.

        Raises
        ------
        EvalError
            When they could not be loaded, or do not come.
        """
        if not self._loaded.wait(_SECONDS):
            raise DeadlineError(f"The lists of models and datasets did not arrive within {_SECONDS:g} seconds.")
        if self.error is not None:
            raise self.error

    def _await(self, more: int) -> None:
        """Have so many more loads waited for, or fewer."""
        with self._awaiting:
            self._awaited += more
            if self._awaited:
                self._loaded.clear()
            else:
                self._loaded.set()

    def _guarded(self, job: Callable[[], None], *, wait: bool) -> None:
        error: EvalError | None = None
        try:
            job()
        except EvalError as raised:
            error = raised
        except Exception as raised:  # noqa: BLE001 - whoever waits for the lists must hear of it
            _log.exception("The lists could not be loaded")
            error = unexpected(raised)
        if self._lane.closed:
            return
        problem: Problem | None = self._missing()
        if error is not None:
            problem = {**failure(error), "action": "refresh", "lists": []}
        self.error = error
        self._marks.set("lists", [])
        self._screen.publish(problem=problem)
        self._await(-1 if wait else 0)
