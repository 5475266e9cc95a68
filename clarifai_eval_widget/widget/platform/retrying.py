"""What a server says of a run that somebody retries: it is asked before anything is started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from clarifai_eval_widget.client.follow import POLL_SECONDS
from clarifai_eval_widget.errors import ConnectionLostError, EvalError, NotFoundError

if TYPE_CHECKING:
    from clarifai_eval_widget.widget.platform.entries import Entry

__all__ = ["Fate", "asked_again"]

Fate = Literal["there", "gone", "away"]
"""Whether the server has a run; ``gone`` is also one that failed by its own word: Retry starts another."""


def asked_again(entry: Entry) -> Fate:
    """Ask the server anew for a run; one that it could not be given is ``gone``, unless it was away even then.

    A server that answers at all and does not say that there is none has the evaluation: a throttle, a refused key or a
    result that cannot be read is no reason to start a second one.
    """
    run = entry.run
    if run is None:
        return "away" if isinstance(entry.failure, ConnectionLostError) else "gone"
    run.resume()
    error = run.error
    if run.status == "evaluated":
        try:
            run.fetch(deadline=POLL_SECONDS)
        except EvalError as failed:
            error = failed
    if run.state.failed_there or isinstance(error, NotFoundError):
        return "gone"
    away = run.status == "reconnecting" or isinstance(error, ConnectionLostError)
    return "away" if away else "there"
