"""What a failed call means: worth another try or not, and when.

A server that throttles, restarts or cannot be reached for a while still has the evaluation. So nothing of that kind
ends a run: it is *reconnecting* until the server answers again, or until nobody waits any more. Only three things are
final: an answer that says that the evaluation is over, failed or, unless it was only just started, not there; an
answer that refuses the key; and a server that ran in this very process and was stopped, of which nothing can come any
more.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, TypeVar

from clarifai_eval_widget.errors import (
    AuthenticationError,
    EvalError,
    EvaluationFailedError,
    InvalidRequestError,
    NotFoundError,
    NotReadyError,
    PermissionDeniedError,
    RequirementsError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

__all__ = ["GRACE_SECONDS", "is_busy", "is_passing", "is_transient", "patiently", "pause"]

GRACE_SECONDS = 5.0
"""How long a server may be silent before its runs carry the error, for people to choose what to do."""
LONGEST_PAUSE = 30.0
_MOST_DOUBLINGS = 5

_TRANSIENT_CODES = frozenset({11003, 11004, 11005, 11006, 10020, 10030, 98004, 99009})
_TRANSIENT_GRPC = frozenset(
    {"UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "UNKNOWN", "ABORTED", "DEADLINE_EXCEEDED", "CANCELLED"}
)
_FINAL = (
    NotFoundError,
    AuthenticationError,
    PermissionDeniedError,
    InvalidRequestError,
    EvaluationFailedError,
    RequirementsError,
    NotReadyError,
)


def is_transient(error: EvalError) -> bool:
    """Whether the same call may well succeed a little later.

    Parameters
    ----------
    error
        What the call raised. Clarifai's codes for throttles (11003 to 11006), "try again" and its own troubles, and
        gRPC's for a connection in trouble are; refusals are not. What is not known is: a mistake in that direction
        costs some calls, one in the other a result.
    """
    return is_passing(error) or not isinstance(error, _FINAL)


def is_passing(error: EvalError) -> bool:
    """Whether the server's own status, or gRPC's, says that it is only away or busy; what is not known does not."""
    return error.code in _TRANSIENT_CODES or error.status.grpc in _TRANSIENT_GRPC


def is_busy(error: EvalError) -> bool:
    """Whether the server has answered, and asks for patience: a throttle, "try again", or trouble of its own.

    Unlike one that cannot be reached, it is there: a listing waits for it, and raises only when that lasts.
    """
    return error.code in _TRANSIENT_CODES or error.status.grpc == "RESOURCE_EXHAUSTED"


def pause(failures: int, error: EvalError, *, pace: float) -> float:
    """Seconds to wait after a number of failures in a row.

    Parameters
    ----------
    failures
        1 after the first.
    error
        The last of them; what the server asks for in it is kept to.
    pace
        Seconds between two calls when all is well.

    Notes
    -----
    Doubles up to half a minute, and varies by a half, so that many clients do not come back all at once. Of a server of
    this machine, which is asked often, only to some seconds: it has few clients, and is back as soon as it is started.
    """
    grown: float = min(pace * 2 ** min(failures, _MOST_DOUBLINGS), LONGEST_PAUSE)
    told = error.status.retry_after
    least = min(told, 10 * LONGEST_PAUSE) if told is not None and math.isfinite(told) else 0.0
    return max(grown * random.uniform(0.5, 1.0), least)


def patiently(
    attempt: Callable[[], T],
    *,
    tries: int | None,
    pace: float,
    wait: Callable[[float], bool],
    again: Callable[[EvalError], bool] = is_transient,
) -> T:
    """Call until it succeeds, cannot succeed, or has been tried often enough; then raise what came last.

    Parameters
    ----------
    attempt
        What to call.
    tries
        How often at most; None: as long as somebody waits.
    pace
        Seconds that the first pause is measured by.
    wait
        Waits so many seconds; False: nobody waits any more.
    again
        Whether to go on after an error.
    """
    failures = 0
    while True:
        try:
            return attempt()
        except EvalError as error:
            failures += 1
            if failures == tries or not again(error) or not wait(pause(failures, error, pace=pace)):
                raise
