"""Worker processes of local servers that outlive the server, for the next one of the tests.

A worker process imports scikit-learn before its first task, which takes as long as dozens of these tests, and hundreds of
them start a server. So one that is idle when its server stops is kept for the next server of this process that would start
one in the same surroundings: path, environment and folder. One that is at work then, or has ended, is a loss as ever. Tests
of the processes themselves take the fixture ``own_workers``, and have what users have.
"""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.local.work import pool

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWN = pool._Process
_MOST = 4  # idle at a time: the two of a server, for two surroundings
# Linux ends a worker with the thread that started it, which must not be that of a server's pool.
_starter = ThreadPoolExecutor(1, thread_name_prefix="tests-workers")
_lock = threading.Lock()
_idle: list[tuple[object, pool._Process]] = []  # the longest idle first


def _surroundings() -> tuple[object, ...]:
    told = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return tuple(sys.path), tuple(sorted(told.items())), Path.cwd()


def _take(around: object) -> pool._Process | None:
    with _lock:
        for place, (where, process) in enumerate(_idle):
            if where == around and process.alive:
                del _idle[place]
                return process
    return None


def _keep(around: object, process: pool._Process) -> None:
    _idle.append((around, process))
    if len(_idle) > _MOST:
        _idle.pop(0)[1].close()


class Lent:
    """A worker process as a pool sees it, which is given back where the pool ends it."""

    def __init__(self) -> None:
        self._around = _surroundings()
        self._at_work = self._given_back = False
        self._process = _take(self._around) or _starter.submit(_OWN).result()

    @property
    def _popen(self) -> Any:
        return self._process._popen

    @property
    def alive(self) -> bool:
        return not self._given_back and self._process.alive

    def run(self, body: bytes) -> Any:
        with _lock:
            if self._given_back:
                raise pool.WorkerLostError("the worker process was given back")
            self._at_work = True
        try:
            return self._process.run(body)
        finally:
            with _lock:
                self._at_work = False

    def kill(self) -> None:
        with _lock:
            if self._given_back:
                return
            if not self._at_work and self._process.alive:
                self._given_back = True
                _keep(self._around, self._process)
                return
        self._process.kill()

    def close(self) -> None:
        self.kill()
        if not self._given_back:
            self._process.close()


@contextmanager
def kept(*, own: bool = False) -> Iterator[None]:
    """Let servers take and give back worker processes, or with ``own`` have their own after all."""
    before = pool._Process
    pool._Process = _OWN if own else Lent  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        pool._Process = before  # type: ignore[misc]
        if before is _OWN:
            with _lock:
                while _idle:
                    _idle.pop()[1].close()
