"""Loading of the lists: one load after another, tried again while the server is away, waited for by who needs them."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client.transience import is_passing, pause
from clarifai_eval_widget.errors import DeadlineError, EvalError, InvalidRequestError
from clarifai_eval_widget.widget.wire.failures import failure, unexpected

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.widget.platform.lanes import Lane
    from clarifai_eval_widget.widget.platform.loading import LoadingMarks
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Problem

__all__ = ["Loads", "shower"]

_log = logging.getLogger("clarifai_eval_widget")
_LOAD_SECONDS = 120.0
_PACE = 1.0  # seconds that the pauses between tries are measured by


class Loads:
    """Runs loads of lists on their lane, until :meth:`close`.

    A load that fails because the server is away or busy is told at once and tried again, later and later, until it
    succeeds or another load is asked for.

    Parameters
    ----------
    screen
        Its trait ``problem`` is set from here.
    lane
        Where they run.
    marks
        Says what is being loaded.
    missing
        Asked after each load: what to say where nothing went wrong.
    is_final
        Whether the server is known to be gone for good.
    """

    def __init__(
        self,
        screen: Screen,
        lane: Lane,
        marks: LoadingMarks,
        missing: Callable[[], Problem | None],
        is_final: Callable[[], bool],
    ) -> None:
        self._screen = screen
        self._lane = lane
        self._marks = marks
        self._missing = missing
        self._is_final = is_final
        self._loaded = threading.Event()
        self._awaited = 0
        self._awaiting = threading.Lock()
        self.error: EvalError | None = None
        """Why the last load failed, or None."""
        self._wake = threading.Event()
        self._left = 0
        """How often another server was turned to."""

    def submit(self, job: Callable[[], None], *, wait: bool = True) -> None:
        """Load something; with ``wait``, :meth:`wait` waits for it."""
        self.check_open()
        self._await(1 if wait else 0)
        self._screen.publish(problem=None)
        left = self._left
        self._lane.submit(lambda: self._load(job, left, wait=wait))
        self._wake.set()  # what is tried again by itself gives way

    def wait(self) -> None:
        """Wait for all that is being loaded.

        Raises
        ------
        EvalError
            When it could not be loaded, takes too long, or the widget was closed.
        """
        self.check_open()
        if not self._loaded.wait(_LOAD_SECONDS):
            raise DeadlineError(f"The lists of models and datasets did not arrive within {_LOAD_SECONDS:g} seconds.")
        self.check_open()
        if self.error is not None:
            raise self.error

    @property
    def under_way(self) -> bool:
        """Whether something is being loaded that :meth:`wait` waits for."""
        return not self._lane.closed and self._awaited > 0

    def leave(self) -> None:
        """Turn to another server: nothing is said of loads submitted so far, and those that wait are not done."""
        self._left += 1
        self._wake.set()

    def check_open(self) -> None:
        """Raise InvalidRequestError after :meth:`close`."""
        if self._lane.closed:
            raise InvalidRequestError("This widget was closed: run its cell again, or make a new one.")

    def while_open(self, do: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Refuse what a page asks for that is still there when the widget has been closed."""

        def checked(asked: Any) -> Any:
            self.check_open()
            return do(asked)

        return checked

    def close(self) -> None:
        """Wake all who wait, once the lane has been closed."""
        self._wake.set()
        self._loaded.set()

    def _load(self, job: Callable[[], None], left: int, *, wait: bool) -> None:
        failures = 0
        while True:
            error = self._try(job) if left == self._left else None
            if self._lane.closed:
                return
            if left != self._left:  # what it found, or lacked, is of a server that is no longer asked
                self._missing()
                self._await(-1 if wait and not failures else 0)
                return
            again = error is not None and is_passing(error) and not self._is_final()
            self.error = error
            missing = self._missing()
            self._marks.set("lists", [])
            self._screen.publish(problem=missing if error is None else _problem(error, again=again))
            self._await(-1 if wait and not failures else 0)
            if error is None or not again:
                return
            failures += 1
            self._wake.clear()
            if self._lane.has_more or self._lane.closed or self._wake.wait(pause(failures, error, pace=_PACE)):
                return

    def _try(self, job: Callable[[], None]) -> EvalError | None:
        try:
            job()
        except EvalError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whoever waits for the lists must hear of it
            _log.exception("The lists could not be loaded")
            return unexpected(error)
        return None

    def _await(self, more: int) -> None:
        """Let :meth:`wait` wait for so many more loads, or fewer."""
        with self._awaiting:
            self._awaited += more
            if self._awaited:
                self._loaded.clear()
            else:
                self._loaded.set()


def shower(screen: Screen) -> Callable[[BaseException], None]:
    """Return what shows on the page that work in the background failed."""

    def show(error: BaseException) -> None:
        screen.publish(problem=_problem(error if isinstance(error, EvalError) else unexpected(error), again=False))

    return show


def _problem(error: EvalError, *, again: bool) -> Problem:
    return {**failure(error, again=again), "action": "refresh", "lists": []}
