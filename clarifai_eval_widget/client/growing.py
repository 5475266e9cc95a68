"""Read an evaluation that grows: only what is new, where the server can send that, else all of it."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from clarifai_eval_widget.errors import EvalError

if TYPE_CHECKING:
    from collections.abc import Callable, Sized

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.reading import Fetched
    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["GrowingReader", "read_whole"]


class _Growing(Protocol):
    """What puts an evaluation together from its parts."""

    @property
    def entries(self) -> int | Sized:
        """The test set's entries taken so far, or their number."""

    def take(self, eval_metrics: resources_pb2.EvalMetrics) -> Evaluation:
        """Add what a message has that is new."""


class GrowingReader:
    """Reads one evaluation again and again while it runs; for one thread at a time."""

    def __init__(self) -> None:
        self._growing: _Growing | None = None

    def read(self, fetch: Callable[[int], Fetched], *, live: bool) -> tuple[Evaluation, resources_pb2.EvalMetrics]:
        """Fetch and read the evaluation as it is now.

        Parameters
        ----------
        fetch
            Asks the server, given the number of test-set entries that need not be sent again.
        live
            Whether there is something to read before the end.
        """
        have = self.held
        fetched = fetch(have)
        if have and fetched.starts_at == have and self._growing is not None:
            try:
                evaluation = self._growing.take(fetched.metrics)
            except EvalError:  # the parts do not fit each other: begin anew
                self._growing = None
                return self.read(fetch, live=live)
        else:
            self._growing = _new_growing() if live else None
            if self._growing is not None and not fetched.lacks:
                evaluation = self._growing.take(fetched.metrics)
            else:
                evaluation = read_whole(fetched)
        if evaluation.complete:
            self._growing = None
        return evaluation, fetched.metrics

    @property
    def held(self) -> int:
        """The number of test-set entries held."""
        held = self._growing.entries if self._growing is not None else 0
        return held if isinstance(held, int) else len(held)


def read_whole(fetched: Fetched) -> Evaluation:
    """Read an evaluation that came at once; its notes say what it lacks."""
    from clarifai_eval_widget.evaluation import Evaluation

    evaluation = Evaluation.from_proto(fetched.metrics)
    if not fetched.lacks:
        return evaluation
    return replace(evaluation, reading_notes=(fetched.lacks, *evaluation.reading_notes))


def _new_growing() -> _Growing | None:
    try:
        made: _Growing = importlib.import_module("clarifai_eval_widget.evaluation.growing").GrowingEvaluation()
    except ImportError:
        return None
    return made
