"""Keep the calls made with a key below the rate that the platform allows, however many clients have it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque

__all__ = ["Bucket", "bucket_of"]

_buckets: dict[tuple[str, bytes], Bucket] = {}
_lock = threading.Lock()


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


def bucket_of(address: str, pat: str) -> Bucket:
    """Return the one bucket of this process for an address and a key, of which it remembers only a digest.

    It is kept for good: a client made anew after another was closed does not begin with a full one.
    """
    with _lock:
        return _buckets.setdefault((address, hashlib.sha256(pat.encode()).digest()), Bucket())
