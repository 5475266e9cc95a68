"""Run tasks in order on a joblib backend: the server's own processes, or whatever the user prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joblib import Parallel, delayed
from joblib._parallel_backends import ParallelBackendBase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from clarifai_eval_widget.local.work.pool import WorkerPool


class WorkerBackend(ParallelBackendBase):  # type: ignore[misc]
    """The pool as a joblib backend, so that it can be exchanged for any other."""

    supports_retrieve_callback = True
    uses_threads = False

    def __init__(self, pool: WorkerPool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pool = pool

    def effective_n_jobs(self, n_jobs: int) -> int:  # noqa: ARG002
        """Return 2: with 1 joblib would run the task in this process."""
        return 2

    def submit(self, func: Callable[[], Any], callback: Callable[[Any], Any] | None = None) -> Future[Any]:
        """Run a joblib batch in the pool."""
        future = self._pool.submit(func)
        if callback is not None:
            future.add_done_callback(callback)
        return future

    apply_async = submit  # the name before joblib 1.5

    def retrieve_result_callback(self, out: Future[Any]) -> Any:
        """Return what the batch gave, or raise what it raised."""
        return out.result()


class _Parallel(Parallel):  # type: ignore[misc]
    """joblib without its advice to the author of a loop that ends early: here the server was stopped, on purpose."""

    def _warn_exit_early(self) -> None:
        pass


class TaskRunner:
    """Run tasks one after another on a joblib backend.

    Parameters
    ----------
    pool
        The server's own processes, used unless a backend is named.
    backend
        A joblib backend instead, by name or as an object ("loky", "threading", "dask", ...).
    n_jobs
        How many tasks that backend may run at once for one evaluation.
    """

    def __init__(self, pool: WorkerPool, backend: Any = None, n_jobs: int = 1) -> None:
        self._pool = pool
        self._backend = backend
        self._n_jobs = n_jobs

    def map(self, calls: Iterable[tuple[Callable[..., Any], tuple[Any, ...]]]) -> Iterator[Any]:
        """Yield the results in order, each as soon as it is there.

        With the server's own processes a task is handed out when the one before it is done: the first result is
        then seen as early as can be, instead of all of them late.
        """
        own = self._backend is None
        parallel = _Parallel(
            n_jobs=2 if own else self._n_jobs,
            backend=WorkerBackend(self._pool) if own else self._backend,
            pre_dispatch=1 if own else "n_jobs",
            batch_size=1,
            return_as="generator",
        )
        return iter(parallel(delayed(function)(*args) for function, args in calls))

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run one task and return its result."""
        (result,) = self.map([(function, args)])
        return result
