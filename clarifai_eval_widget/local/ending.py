"""What is done when Python ends, while threads can still be asked to work."""

import atexit
import threading
from collections.abc import Callable

__all__ = ["at_end"]

# Python's thread pools refuse work some time before `atexit`: a call that arrives in between ends the thread of gRPC
# that would tell when its server has stopped. `concurrent.futures` itself registers here; without it `atexit` is left.
_register: Callable[[Callable[[], None]], object] = getattr(threading, "_register_atexit", atexit.register)


def at_end(stop: Callable[[], None]) -> Callable[[], None]:
    """Have ``stop`` called when Python ends, before its thread pools refuse work. A decorator."""
    _register(stop)
    return stop
