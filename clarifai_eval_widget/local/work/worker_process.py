"""What runs in the worker process: read a pickled task, run it, write its result, until the pipe closes.

The pipe is the life line: when the parent ends in whatever way, reading gives nothing and the process ends.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
from importlib import import_module
from typing import IO

LENGTH = struct.Struct("<Q")


def read_message(stream: IO[bytes]) -> bytes | None:
    """Return the next message, or None when the other side has gone."""
    header = stream.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(header)
    body = stream.read(length)
    return body if len(body) == length else None


def write_message(stream: IO[bytes], body: bytes) -> None:
    """Write a message and see it off."""
    stream.write(LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def import_modules(names: tuple[str, ...]) -> None:
    """Import modules ahead of the task that needs them; those not installed are that task's to report."""
    for name in names:
        try:
            import_module(name)
        except ImportError:
            continue


def _run(body: bytes) -> bytes:
    try:
        outcome = (True, pickle.loads(body)())
    except Exception as error:  # noqa: BLE001 - whatever a task raises is the caller's to see
        outcome = (False, error)
    try:
        return pickle.dumps(outcome, protocol=5)
    except Exception as error:  # noqa: BLE001 - neither result nor error need be picklable
        what = outcome[1] if outcome[0] is False else error
        return pickle.dumps((False, RuntimeError(f"{type(what).__name__}: {what}")), protocol=5)


def main() -> None:
    """Serve tasks from standard input."""
    # An interrupted cell must not interrupt the evaluation: Jupyter signals the whole process group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = sys.stdin.buffer
    # A task that prints must not write into the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (body := read_message(requests)) is not None:
        write_message(replies, _run(body))
