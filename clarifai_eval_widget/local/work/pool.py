"""Processes of the server's own, for the heavy work.

A fold that takes 0.4 s takes 2 s in a thread while another cell loops in pure Python, and 9 s while it multiplies
large matrices (OpenBLAS' lock). So training and predicting leave the process. joblib's own process pool is one a
process, shared with whatever the user runs through joblib: stopping it would end the user's work, resizing it would
wait for theirs. The pool here belongs to one server, starts no helper processes, never re-imports ``__main__``, and
ends with the server or with the parent, however that ends.

A ``ProcessPoolExecutor`` of loky's own was tried in its place (loky of joblib 1.6, two workers, November 2026). One
SIGKILLed worker breaks the executor: the other worker's task and the next one raise ``TerminatedWorkerError``, where
here the other goes on and the next works. After a SIGKILL of the parent its two workers and its resource tracker were
still there after 45 s; here they end at once. It leaves two tracker processes after ``shutdown``. The first result
came after 1.1 to 3.2 s, here after 1.0 to 1.7 s, with both its workers started for one task.
"""

from __future__ import annotations

import contextlib
import functools
import os
import queue
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from typing import IO, TYPE_CHECKING, Any

import cloudpickle

from clarifai_eval_widget.local.apart import ProcessThread
from clarifai_eval_widget.local.work.worker_process import import_modules, receive, send

if TYPE_CHECKING:
    from collections.abc import Callable

_BOOT = "import sys; sys.path[:] = {path!r}; from clarifai_eval_widget.local.work.worker_process import main; main()"
_THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_MOST_QUOTED = 500  # bytes of a lost worker's output


class WorkerLostError(RuntimeError):
    """The worker process ended by itself, for instance for want of memory."""


class WorkersStoppedError(RuntimeError):
    """The server was stopped while the task waited or ran."""


class _Process:
    """One child process and the pipe to it."""

    def __init__(self) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._popen = subprocess.Popen(
            [sys.executable, "-c", _BOOT.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, **_THREADS},
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def run(self, body: bytes) -> Any:
        stdin, stdout = self._pipes()
        said = os.fstat(self._stderr.fileno()).st_size
        with contextlib.suppress(OSError):
            send(stdin, body)
        reply = receive(stdout)
        if reply is None:
            raise WorkerLostError(self._obituary(said))
        succeeded, value = cloudpickle.loads(reply)
        if not succeeded:
            raise value
        return value

    def kill(self) -> None:
        if self.alive:
            self._popen.kill()
        self._popen.wait()

    def close(self) -> None:
        self.kill()
        for pipe in self._pipes():
            with contextlib.suppress(OSError):
                pipe.close()
        self._stderr.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        return self._popen.stdin, self._popen.stdout

    def _obituary(self, since: int) -> str:
        """Say how it ended, with the last of what it wrote during this task and no other."""
        code = self._popen.wait()
        size = os.fstat(self._stderr.fileno()).st_size
        start = max(since, size - _MOST_QUOTED)
        self._stderr.seek(start)
        said = self._stderr.read().decode(errors="replace").strip()
        return f"the worker process ended with exit code {code}" + (f": {said}" if said else "")


class WorkerPool:
    """Up to ``size`` processes, each started when the others are busy.

    Parameters
    ----------
    size
        The largest number of processes.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._tasks: queue.SimpleQueue[tuple[bytes, Future[Any], bool] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._processes: set[_Process] = set()
        self._outstanding = 0
        self._stopped = False

    def submit(self, task: Callable[[], Any]) -> Future[Any]:
        """Queue a picklable callable; the future gives its result or its error, and this never raises."""
        return self._queue(task, counts=True)

    def submit_aside(self, task: Callable[[], Any]) -> Future[Any]:
        """Queue as :meth:`submit` does what is not worth a further process; the future can be cancelled."""
        return self._queue(task, counts=False)

    def warm_up(self, modules: tuple[str, ...]) -> None:
        """Start a process in the background and let it import what the first task will need."""
        # Not counted: the first task had better wait for this process than start another, which would import it all
        # again beside it.
        self._queue(functools.partial(import_modules, modules), counts=False)

    def _queue(self, task: Callable[[], Any], *, counts: bool) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            body = cloudpickle.dumps(task, protocol=5)
        except Exception as error:  # noqa: BLE001 - for instance a classifier that holds a lock
            future.set_exception(error)
            return future
        with self._lock:
            if self._stopped:  # no exception: joblib submits from a callback, where nobody would see it
                future.set_exception(WorkersStoppedError("the server has been stopped"))
                return future
            if not self._threads or (counts and self._outstanding >= len(self._threads) < self._size):
                self._grow()
            self._outstanding += counts
            self._tasks.put((body, future, counts))
        return future

    def stop(self) -> None:
        """End the processes at once, and the threads; tasks under way get a :class:`WorkersStoppedError`."""
        with self._lock:
            self._stopped = True
            threads, processes = list(self._threads), list(self._processes)
        for _ in threads:
            self._tasks.put(None)
        for process in processes:
            process.kill()
        for thread in threads:
            if thread is not threading.current_thread() and thread.is_alive():
                thread.join()

    def _grow(self) -> None:
        name = f"clarifai-eval-worker-{len(self._threads) + 1}"
        thread = ProcessThread(target=self._serve, name=name, daemon=True)
        self._threads.append(thread)  # before it starts: Ctrl+C strikes while that is waited for
        try:
            thread.start()
        except RuntimeError:  # no more threads can be started: there is none to be waited for
            self._threads.remove(thread)
            raise

    def _serve(self) -> None:
        process: _Process | None = None
        try:
            while (item := self._tasks.get()) is not None:
                process = self._run(process, *item)
        finally:
            self._retire(process)

    def _run(self, process: _Process | None, body: bytes, future: Future[Any], counts: bool) -> _Process | None:
        result, error = None, None
        if not counts and not future.set_running_or_notify_cancel():
            return process
        try:
            if process is None or not process.alive:
                self._retire(process)
                process = self._start()
            result = process.run(body)
        except Exception as raised:  # noqa: BLE001 - it belongs to whoever waits for the task
            error = WorkersStoppedError("the server has been stopped") if self._stopped else raised
        with self._lock:
            # Before the future's callbacks, which may submit the next task: it is this thread that will run it.
            self._outstanding -= counts
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
        return process

    def _start(self) -> _Process:
        with self._lock:
            if self._stopped:
                raise WorkersStoppedError("the server has been stopped")
            process = _Process()
            self._processes.add(process)
        return process

    def _retire(self, process: _Process | None) -> None:
        if process is not None:
            with self._lock:
                self._processes.discard(process)
            process.close()
