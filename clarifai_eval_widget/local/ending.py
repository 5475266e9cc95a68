"""What is done when Python ends, while threads can still be asked to work, and in processes that are forked off it."""

import atexit
import os
import threading
from collections.abc import Callable

__all__ = ["at_end", "in_forked"]

# Python's thread pools refuse work some time before `atexit`: a call that arrives in between ends the thread of gRPC
# that would tell when its server has stopped. `concurrent.futures` itself registers here; without it `atexit` is left.
_register: Callable[[Callable[[], None]], object] = getattr(threading, "_register_atexit", atexit.register)


def at_end(stop: Callable[[], None]) -> Callable[[], None]:
    """Have ``stop`` called when Python ends, before its thread pools refuse work. A decorator."""
    _register(stop)
    return stop


def in_forked(forget: Callable[[], None]) -> Callable[[], None]:
    """Have ``forget`` called in each process forked off this one, which has none of its threads. A decorator."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)
    return forget
