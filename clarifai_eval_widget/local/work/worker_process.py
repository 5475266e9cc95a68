"""What runs in the worker process: read a pickled task, run it, write its result, until the pipe closes.

The pipe is the life line: when the parent ends in whatever way, reading gives nothing and the process ends. A thread
reads it, so that this holds in the middle of a task too. On Linux the kernel is asked for the same, because a process
that the user forked off the parent may hold the pipe open after it.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import queue
import signal
import struct
import sys
import threading
from importlib import import_module
from typing import IO

LENGTH = struct.Struct("<Q")
_PR_SET_PDEATHSIG = 1


def receive(stream: IO[bytes]) -> bytes | None:
    """Return the next message, or None when the other side has gone."""
    header = stream.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(header)
    body = stream.read(length)
    return body if len(body) == length else None


def send(stream: IO[bytes], body: bytes) -> None:
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
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    # A task that prints must not write into the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        send(replies, _run(tasks.get()))


def _listen(requests: IO[bytes], tasks: queue.SimpleQueue[bytes]) -> None:
    while (body := receive(requests)) is not None:
        tasks.put(body)
    os._exit(0)  # at once, whatever a task is in the middle of: nobody is left to read its result
