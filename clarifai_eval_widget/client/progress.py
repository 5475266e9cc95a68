"""How far an evaluation is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Progress"]

QUEUED, EVALUATING, EVALUATED = 21303, 21301, 21300
OWN_KEY = "clarifai_eval_widget"
"""Where the local server tells its own, so that users' extended metrics stay theirs; files from before lie flat."""
_STATUS = {QUEUED: "queued", EVALUATING: "evaluating", EVALUATED: "evaluated"}


@dataclass(frozen=True)
class Progress:
    """How far an evaluation is; prints as one line."""

    status: str = "queued"
    """``queued``, ``evaluating``, ``evaluated``, ``failed`` or ``reconnecting``."""
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

    def __str__(self) -> str:
        parts = [f"{self.status} {self.fraction:.0%}"]
        if self.folds:
            parts.append(f"fold {self.folds_done} of {self.folds}")
        elif self.inputs:
            parts.append(f"{self.inputs_done:,} of {self.inputs:,} inputs")
        if self.remaining_seconds is not None and self.status == "evaluating":
            parts.append(f"{self.remaining_seconds} s left")
        return ", ".join(parts)

    @classmethod
    def from_proto(cls, eval_metrics: Any) -> Progress:
        """Read the progress from a ``resources_pb2.EvalMetrics``."""
        status = eval_metrics.status
        name = _STATUS.get(status.code, "failed")
        told = eval_metrics.extended_metrics.user_metrics.fields
        if OWN_KEY in told:  # elsewhere than in the local server's own part, such words are the user's
            told = told[OWN_KEY].struct_value.fields
        count = {
            key: int(told[key].number_value) for key in ("folds", "folds_done", "inputs", "inputs_done") if key in told
        }
        return cls(
            status=name,
            fraction=1.0 if name == "evaluated" else status.percent_completed / 100,
            remaining_seconds=int(status.time_remaining) if name == "evaluating" and status.percent_completed else None,
            **count,
        )
