"""Runs and event loops: callbacks come on the loop they were given from, and a run can be awaited."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client.state import RunState

__all__ = ["call_at_the_end", "until"]


class Waited(Protocol):
    """What can be waited for: a run."""

    id: str
    """The evaluation's id."""
    state: RunState
    """Where its end is noted."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have a listener told of every change."""

    def follow(self) -> Callable[[], None]:
        """Have it polled to its end."""


Some = TypeVar("Some", bound=Waited)


def call_at_the_end(run: Some, callback: Callable[[Some], object]) -> None:
    """Call back once a run has ended: on the caller's running loop, else on a thread, or at once if it is over."""
    import asyncio

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = None

    def deliver() -> None:
        if loop is None:
            threading.Thread(target=callback, args=(run,), name=f"run-{run.id}", daemon=True).start()
        elif not loop.is_closed():
            loop.call_soon_threadsafe(callback, run)

    if run.state.at_the_end(deliver):
        run.follow()
    elif loop is None:
        callback(run)
    else:
        deliver()


async def until(run: Waited, over: Callable[[], bool]) -> None:
    """Wait without holding up the loop until there is nothing more to wait for."""
    import asyncio

    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def look() -> None:
        if over() and not loop.is_closed():
            loop.call_soon_threadsafe(ended.set)

    unsubscribe, unfollow = run.subscribe(look), run.follow()
    try:
        look()
        await ended.wait()
    finally:
        unsubscribe()
        unfollow()
