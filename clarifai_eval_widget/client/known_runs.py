"""The runs that a client has handed out: of an evaluation always the same one."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.run import Run

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.resources import Owner
    from clarifai_eval_widget.client.run import Source

__all__ = ["KnownRuns"]


class KnownRuns:
    """Knows every Run of a client for as long as somebody holds it. Safe to use from several threads.

    Parameters
    ----------
    client
        Where the runs are read and followed.
    """

    def __init__(self, client: Source) -> None:
        self._client = client
        self._runs: weakref.WeakValueDictionary[tuple[str, str, str], Run] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def has(self, owner: Owner, evaluation_id: str) -> bool:
        """Whether somebody holds the Run of that evaluation."""
        with self._lock:
            return (owner.user_id, owner.app_id, evaluation_id) in self._runs

    def listed(self, found: resources_pb2.EvalMetrics) -> Run | None:
        """The Run of an entry of a listing; None for one without an id, which nothing can be asked of."""
        return self.run(found) if found.id else None

    def run(self, found: resources_pb2.EvalMetrics) -> Run:
        """The one Run of an evaluation, so that it is polled once and read once; a new one when it was started anew."""
        key = (found.user_id, found.app_id, found.id)
        with self._lock:
            run = self._runs.get(key)
            again = run is not None and run.done() and Run(self._client, found).status != run.status
            if run is None or again:
                run = self._runs[key] = Run(self._client, found)
                return run
        if not run.state.settled:
            run.take_if_ended(found)
        return run
