"""Keep the calls of a client below the rate that the platform allows."""

from __future__ import annotations

import threading
import time
from collections import deque

__all__ = ["Bucket"]


class Bucket:
    """A bucket of tokens, one a call, each of which is back a while after it was taken.

    So a burst of as many calls as there are tokens is never delayed, and no stretch of that length sees more of them,
    whichever threads they come from; a bucket that fills at an even rate would allow twice as many at its start.

    Parameters
    ----------
    tokens
        How many calls may be made in a stretch.
    seconds
        How long a stretch is.
    """

    def __init__(self, tokens: int = 9, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._taken: deque[float] = deque(maxlen=tokens)

    def take(self, closing: threading.Event) -> None:
        """Wait for a token, in the order of asking; not any more once ``closing`` is set."""
        with self._lock:
            turn = time.monotonic()
            if len(self._taken) == self._taken.maxlen:
                turn = max(turn, self._taken[0] + self._seconds)
            self._taken.append(turn)
        left = turn - time.monotonic()
        if left > 0:
            closing.wait(left)
