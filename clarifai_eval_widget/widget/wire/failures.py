"""An error as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import (
    AuthenticationError,
    ConnectionLostError,
    DeadlineError,
    EvalError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RequirementsError,
)

if TYPE_CHECKING:
    from clarifai_eval_widget.widget.wire.contract import Failure

__all__ = ["failure", "unexpected"]

_TITLES: dict[type[EvalError], str] = {
    ConnectionLostError: "The server is gone",
    DeadlineError: "The server did not answer in time",
    NotFoundError: "Not found",
    InvalidRequestError: "This cannot be done",
    AuthenticationError: "The key was refused",
    PermissionDeniedError: "The key may not do this",
    RequirementsError: "The data do not allow it",
}


def failure(error: EvalError, *, again: bool = False) -> Failure:
    """Put an error into the words of the contract; the server's own where it gave some.

    Parameters
    ----------
    error
        What went wrong.
    again
        Whether what failed is tried again by itself, which is said.
    """
    advice, details = error.status.advice, error.details
    if details and advice:
        details = f"{details.rstrip('.')}. {advice}"
    own_words = [words for kind, words in _TITLES.items() if isinstance(error, kind)]
    return {
        "code": error.code,
        "title": (error.description or next(iter(own_words), "It did not work")) + ": reconnecting" * again,
        "message": (details or error.message) + " It is tried again by itself." * again,
        "details": "",
        "req_id": error.req_id,
        # Data that do not meet the requirements fail again: the page then offers Calculate, for another choice.
        "retry": not isinstance(error, RequirementsError),
    }


def unexpected(error: BaseException) -> EvalError:
    """Make an error for a person of one that nobody foresaw; its traceback must have been logged."""
    return EvalError(f"{type(error).__name__}: {error}. The kernel's log has the traceback.")
