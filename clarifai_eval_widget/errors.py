"""What can go wrong, as types that say what to do about it.

Every error of this package is an :class:`EvalError`. One that came from a server carries the server's own
words: the status code, its description and details, and the request id that Clarifai's support asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clarifai_eval_widget.words import nearest, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_grpc.grpc.api.status.status_pb2 import Status

__all__ = [
    "CHECK_KEY",
    "MORE_SCOPES",
    "AuthenticationError",
    "ConnectionLostError",
    "DeadlineError",
    "EvalError",
    "EvaluationFailedError",
    "InvalidRequestError",
    "MissingExtraError",
    "NotBuiltError",
    "NotFoundError",
    "NotReadyError",
    "PermissionDeniedError",
    "RequirementsError",
    "ServerStatus",
    "ThrottledError",
    "WrongReplyError",
    "error_from_status",
    "not_found",
]


CHECK_KEY = "Check the personal access token (CLARIFAI_PAT), and that it is for this server."
MORE_SCOPES = "The key lacks a scope this call needs: give one that has more."
_LONGEST_MESSAGE = 4000  # a server, or an id of a megabyte, may say more than anybody reads


@dataclass(frozen=True)
class ServerStatus:
    """The status a server answered with."""

    code: int = 0
    """Clarifai's status code, for instance 11008; 0 when the call never reached the API."""
    description: str = ""
    """The server's short text for the code."""
    details: str = ""
    """The server's explanation of this very case, often empty."""
    req_id: str = ""
    """The id of the request, to quote to Clarifai's support."""
    grpc: str = ""
    """gRPC's name for what went wrong on the way, for instance ``UNAVAILABLE``; empty when an answer came."""
    retry_after: float | None = None
    """Seconds the server asks to wait before the next try, where it says so."""
    advice: str = ""
    """What to do about it: not the server's words, but this package's."""


class EvalError(Exception):
    """The base of all errors of this package.

    Parameters
    ----------
    message
        What was wrong, with which value, and what to do.
    status
        The server's own words, where a server was asked.
    """

    def __init__(self, message: str, *, status: ServerStatus | None = None) -> None:
        self.message = shortened(message, _LONGEST_MESSAGE)
        super().__init__(self.message)
        self.status = status or ServerStatus()

    @property
    def code(self) -> int:
        """Clarifai's status code, or 0."""
        return self.status.code

    @property
    def description(self) -> str:
        """The server's short text for the code, or an empty string."""
        return self.status.description

    @property
    def details(self) -> str:
        """The server's explanation of this case, or an empty string."""
        return self.status.details

    @property
    def req_id(self) -> str:
        """The id of the request, or an empty string."""
        return self.status.req_id


class MissingExtraError(EvalError, ImportError):
    """A feature needs packages that an optional extra installs."""


class NotBuiltError(EvalError, ImportError):
    """The package's sources are used as they are, and the page has not been built from them."""


class ConnectionLostError(EvalError):
    """The server could not be reached, or went away."""


class DeadlineError(EvalError, TimeoutError):
    """The server, or an evaluation, took longer than the time allowed."""


class NotReadyError(EvalError):
    """The local server was still making what was asked for, such as embeddings, when it had been waited for long."""


class AuthenticationError(EvalError):
    """The key is missing, wrong or expired."""


class PermissionDeniedError(EvalError):
    """The key is right but may not do this."""


class ThrottledError(EvalError):
    """The server asks for fewer requests, or a quota is used up."""


class NotFoundError(EvalError, LookupError):
    """There is no app, model, version, dataset or evaluation of that id."""


class WrongReplyError(EvalError):
    """The server answered with something else than what was asked for; it was not used."""


class InvalidRequestError(EvalError, ValueError):
    """The server refused what was asked as malformed."""


class RequirementsError(EvalError):
    """The data do not meet what an evaluation requires, for instance too few inputs of a concept."""


class EvaluationFailedError(EvalError):
    """The evaluation was started and ended without a result."""


_BY_CODE: list[tuple[range, type[EvalError], str]] = [
    (range(11003, 11007), ThrottledError, "Wait a moment and try again."),
    (
        range(11007, 11008),
        PermissionDeniedError,
        MORE_SCOPES,
    ),
    (
        range(11000, 11010),
        AuthenticationError,
        CHECK_KEY,
    ),
    (range(11101, 11102), NotFoundError, "Check the id, the app it is in, and the user whose that is."),
    (range(11100, 11200), InvalidRequestError, ""),
    (range(11200, 11201), PermissionDeniedError, "Check the key's scopes and the app's owner."),
    (range(21200, 21201), NotFoundError, "Check the model's id and app."),
    (
        range(21201, 21202),
        PermissionDeniedError,
        "The model is not yours, or the key may not see it.",
    ),
    (range(21315, 21317), RequirementsError, ""),
    (range(21310, 21320), EvaluationFailedError, ""),
    (range(21302, 21303), EvaluationFailedError, ""),
]


def error_from_status(status: Status, *, doing: str, retry_after: float | None = None) -> EvalError:
    """Make the error that fits a Clarifai status.

    Parameters
    ----------
    status
        A ``clarifai.api.status.Status`` message (``code``, ``description``, ``details``, ``req_id``).
    doing
        What was attempted, to begin the message with: "list models".
    retry_after
        Seconds that the server asks to wait, where it says so beside the reply.
    """
    most = _LONGEST_MESSAGE // 2
    description, details = shortened(status.description, most), shortened(status.details, most)
    kind, hint, code = EvalError, "", int(status.code)
    for codes, candidate, advice in _BY_CODE:
        if code in codes:
            kind, hint = candidate, advice
            break
    words = ServerStatus(code, description, details, shortened(status.req_id, most), "", retry_after, hint)
    told = ". ".join(part.rstrip(".") for part in (words.description, words.details) if part)
    request = f" (request {words.req_id})" if words.req_id else ""
    message = f"Could not {doing}: {told or 'the server gave no reason'} [{words.code}].{request}"
    return kind(f"{message} {hint}".strip(), status=words)


def not_found(what: str, named: str, known: Iterable[str], where: str = "") -> NotFoundError:
    """An error that names what comes nearest to a name that does not exist."""
    ids = sorted(set(known))
    near = nearest(named, ids) or ids[:5]
    hint = f"The nearest are {', '.join(map(quoted, near))}." if near else f"There is no {what} at all."
    return NotFoundError(f"There is no {what} {quoted(named)}{where}. {hint}")
