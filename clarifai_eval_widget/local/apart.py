"""Threads that belong to this process, and to no session of the host that it runs in."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ProcessThread", "apart"]

_T = TypeVar("_T")


class ProcessThread(threading.Thread):
    """A thread for what outlives the session in which it was started; arguments as of a thread.

    Solara gives each thread the session of the one that makes it. A thread that is made while that session is closed
    dies before it runs, and whoever started it waits for ever (Solara 1.58, `server/patch.py`): were it gRPC's, the
    server would take no further call of any session.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current_context = None  # Solara's name for it; there the threads that this one makes have none then, too


def apart(do: Callable[[], _T]) -> _T:
    """Return what ``do`` gives, called where the threads that it makes belong to no session.

    Parameters
    ----------
    do
        Called on a thread of its own, once, and waited for; what it raises is raised here.
    """
    done: Future[_T] = Future()

    def work() -> None:
        try:
            done.set_result(do())
        except BaseException as error:  # noqa: BLE001 - it is the caller's
            done.set_exception(error)

    thread = ProcessThread(target=work, name="clarifai-eval-start", daemon=True)
    try:
        thread.start()
        thread.join()
    except KeyboardInterrupt:  # whoever called has to know what there is to be ended
        wait([done])
        raise
    return done.result()
