"""What cancelling a run came to."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Cancellation"]


class Cancellation(StrEnum):
    """What :meth:`Run.cancel` did."""

    ENDED = "ended"
    """The local server ends the evaluation once the step under way is done; what is counted so far stays, as a partial
    evaluation."""
    STOPPED_WATCHING = "stopped watching"
    """The platform's API has no call that ends an evaluation: it goes on there, and is asked about no more."""
    TOO_LATE = "too late"
    """It was over already."""
