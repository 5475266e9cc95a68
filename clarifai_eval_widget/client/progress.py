"""How far an evaluation is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clarifai_eval_widget.own_metrics import OWN_KEY, UNSAVED
from clarifai_eval_widget.terms import NOT_EVALUATED, STATUSES

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2
    from clarifai_grpc.grpc.api.status import status_pb2
    from google.protobuf.struct_pb2 import Struct

    from clarifai_eval_widget.terms import Status

__all__ = ["Progress"]

_COUNTS = ("folds", "folds_done", "inputs", "inputs_done")
_LONGEST_SECONDS = 10**7  # four months: no estimate, but a number that stands for none
_MOST = 1e15  # a count beyond it is none


@dataclass(frozen=True)
class Progress:
    """How far an evaluation is; prints as one line."""

    status: Status = "queued"
    fraction: float = 0.0
    """The part done, 0 to 1."""
    remaining_seconds: int | None = None
    """The server's estimate of the time left, where it gives one."""
    folds_done: int = 0
    """Folds finished, when cross-validating."""
    folds: int = 0
    """Folds in all; 0 when not cross-validating or not told."""
    inputs_done: int = 0
    """Inputs predicted so far, where the server says so."""
    inputs: int = 0
    """Inputs in all; 0 when not told."""
    unsaved: str = ""
    """Why a result is not in the local server's file, in words; empty where it is, and on the platform."""

    def __str__(self) -> str:
        parts = [f"{self.status} {self.fraction:.0%}"]
        if self.folds:
            parts.append(f"fold {self.folds_done} of {self.folds}")
        elif self.inputs:
            parts.append(f"{self.inputs_done:,} of {self.inputs:,} inputs")
        if self.remaining_seconds is not None and self.status == "evaluating":
            parts.append(f"{self.remaining_seconds} s left")
        return ". ".join(filter(None, [", ".join(parts), self.unsaved]))

    def with_status(self, status: Status) -> Progress:
        """Return what was last known under another status; how long it will take is then known no more."""
        return replace(self, status=status, remaining_seconds=None)

    @classmethod
    def from_proto(cls, eval_metrics: resources_pb2.EvalMetrics, *, started: bool = False) -> Progress:
        """Read the progress from a ``resources_pb2.EvalMetrics``.

        Parameters
        ----------
        eval_metrics
            The message; counts in it that are no counts are left out.
        started
            Whether a start was seen. "Not evaluated" (21302), with no word of why, then means not yet, as Clarifai's
            own poller takes it; with a reason it is the end, as the local server says it.
        """
        status = eval_metrics.status
        name = _status_name(status, started=started)
        done = min(status.percent_completed, 100) / 100
        timed = name == "evaluating" and status.percent_completed and status.time_remaining < _LONGEST_SECONDS
        return cls(
            status=name,
            fraction=1.0 if name == "evaluated" else done,
            remaining_seconds=int(status.time_remaining) if timed else None,
            unsaved=_unsaved(eval_metrics.extended_metrics.user_metrics),
            **_counts(eval_metrics.extended_metrics.user_metrics),
        )


def _status_name(status: status_pb2.Status, *, started: bool) -> Status:
    if status.code == NOT_EVALUATED and started and not status.details:
        return "queued"
    return STATUSES.get(status.code, "failed" if status.code else "queued")


def _unsaved(told: Struct) -> str:
    own = told.fields[OWN_KEY].struct_value.fields if OWN_KEY in told.fields else {}
    return own[UNSAVED].string_value if UNSAVED in own else ""


def _counts(told: Struct) -> dict[str, int]:
    """The local server's own counts; whatever is no finite count from 0 on is not one."""
    # elsewhere than in the local server's own part, such words are the user's; files from before lie flat
    fields = told.fields[OWN_KEY].struct_value.fields if OWN_KEY in told.fields else told.fields
    values = {name: fields[name].number_value for name in _COUNTS if name in fields}
    return {name: int(value) for name, value in values.items() if math.isfinite(value) and 0 <= value < _MOST}
