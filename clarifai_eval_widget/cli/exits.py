"""What the exit codes mean, and how an error is told."""

from __future__ import annotations

import json
import sys
from enum import IntEnum

from clarifai_eval_widget import errors
from clarifai_eval_widget.words import visible

__all__ = ["Exit", "exit_code", "tell_error"]


class Exit(IntEnum):
    """The exit codes of ``clarifai-eval``; a code is never given a second meaning."""

    DONE = 0
    """All went well."""
    FAILED = 1
    """The evaluation failed, a file is not there or could not be read or written, or a package is missing."""
    USAGE = 2
    """The command line was not understood."""
    NOT_ALLOWED = 3
    """No token was found, or it is wrong, or may not do this."""
    NOT_POSSIBLE = 4
    """What was named does not exist, or cannot be evaluated."""
    NOT_REACHED = 5
    """The server was not reached, or took longer than the time allowed."""
    BELOW = 6
    """A figure lies below its ``--fail-under``, or is undefined."""
    INTERRUPTED = 130
    """Ended with Ctrl+C."""


_EXITS: list[tuple[type[BaseException], Exit]] = [
    (errors.AuthenticationError, Exit.NOT_ALLOWED),
    (errors.PermissionDeniedError, Exit.NOT_ALLOWED),
    (errors.NotFoundError, Exit.NOT_POSSIBLE),
    (errors.InvalidRequestError, Exit.NOT_POSSIBLE),
    (errors.RequirementsError, Exit.NOT_POSSIBLE),
    (errors.ConnectionLostError, Exit.NOT_REACHED),
    (errors.DeadlineError, Exit.NOT_REACHED),
    (errors.ThrottledError, Exit.NOT_REACHED),
    (errors.NotReadyError, Exit.NOT_REACHED),
    (KeyboardInterrupt, Exit.INTERRUPTED),
]


def exit_code(error: BaseException) -> Exit:
    """The exit code of an error."""
    return next((code for kind, code in _EXITS if isinstance(error, kind)), Exit.FAILED)


def tell_error(error: BaseException, *, as_json: bool) -> None:
    """Say an error in words on stderr, and where JSON was asked for as an object on stdout."""
    message = _words(error)
    print("\n".join(map(visible, f"clarifai-eval: {message}".splitlines())), file=sys.stderr)  # noqa: T201 - the command's own output
    if as_json:
        told = {"type": type(error).__name__, "message": message, "exit_code": int(exit_code(error))}
        if isinstance(error, errors.EvalError) and error.code:
            told |= {"code": error.code, "req_id": error.req_id}
        print(json.dumps({"error": told}))  # noqa: T201 - the command's own output


def _words(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return str(error) or "interrupted."
    if isinstance(error, OSError) and error.strerror and not isinstance(error, errors.EvalError):
        return f"{error.filename or 'A file'}: {error.strerror}."
    return str(error)
