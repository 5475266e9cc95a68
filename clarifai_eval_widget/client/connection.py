"""One gRPC connection: every call has a deadline, every failure becomes a typed error."""

from __future__ import annotations

import logging
import math
import threading
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from clarifai_eval_widget.client.channel import StatusReply, open_channel
from clarifai_eval_widget.client.pacing import bucket_of
from clarifai_eval_widget.client.secrecy import Hidden
from clarifai_eval_widget.errors import (
    CHECK_KEY,
    MORE_SCOPES,
    AuthenticationError,
    ConnectionLostError,
    DeadlineError,
    EvalError,
    InvalidRequestError,
    NotReadyError,
    PermissionDeniedError,
    ServerStatus,
    ThrottledError,
    error_from_status,
)
from clarifai_eval_widget.own_metrics import MAKING, PATIENT_HEADER, SERVER_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import grpc

    from clarifai_eval_widget.client.addresses import ApiAddress
    from clarifai_eval_widget.client.channel import Metadata, Method
    from clarifai_eval_widget.client.service import Service

__all__ = ["MIXED", "SUCCESS", "Connection"]

SUCCESS, MIXED = 10000, 10010
_MOST_SILENCES = 10
_log = logging.getLogger("clarifai_eval_widget")
_PAUSE = 0.05  # between two questions to the local server, which has taken its time with the answer

Request = TypeVar("Request")
Reply = TypeVar("Reply", bound=StatusReply)

_KINDS: dict[str, type[EvalError]] = {
    "UNAUTHENTICATED": AuthenticationError,
    "PERMISSION_DENIED": PermissionDeniedError,
    "UNIMPLEMENTED": InvalidRequestError,
    "INVALID_ARGUMENT": InvalidRequestError,
    "RESOURCE_EXHAUSTED": ThrottledError,
}

_NEW_SAMPLES = "In the widget, Refresh or Retry starts a new one with the sample apps."
_START_AGAIN = "Start it again: one with a file is found again with all that it had."
_ADVICE = {"UNAUTHENTICATED": CHECK_KEY, "PERMISSION_DENIED": MORE_SCOPES}


class Connection:
    """A channel to the API, opened with the first call.

    Parameters
    ----------
    address
        Where the API is.
    pat
        The personal access token that goes with every call.
    deadline
        Seconds that a call may take unless it says otherwise.
    roots
        PEM certificates to trust under TLS; None: those that gRPC brings along.
    patience
        Seconds that the local server may go on saying that what is asked for is being made.
    """

    def __init__(
        self,
        address: ApiAddress,
        pat: str,
        *,
        deadline: float = 60.0,
        roots: bytes | None = None,
        patience: float = 900.0,
    ) -> None:
        self.address = address
        self.deadline = deadline
        self.patience = patience
        self._roots = roots
        self._metadata: Metadata = (("authorization", "Key " + Hidden(pat)),)
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._service: Service | None = None
        self.lacking: set[str] = set()
        """Names of calls that the server was found not to have; see :mod:`.older`."""
        self._closing = threading.Event()
        self._bucket = bucket_of(str(address), pat)
        self.is_own_server = False
        """Whether the local server answers, as it says itself; False before the first answer."""
        self.serves_samples: Callable[[], bool] = bool
        """Whether it is the process's own server with the sample apps, which the widget starts anew."""
        self.lives_here: Callable[[], bool] = bool
        """Whether the server runs in this very process, and has not been stopped: it answers, however late."""

    def serves_here(self, stopped: Callable[[], bool]) -> None:
        """Take note that this is the local server, in this very process, and how to tell that it has been stopped."""
        self.is_own_server = True
        self.lives_here = lambda: not stopped()

    def call(
        self,
        method: Callable[[Service], Method[Request, Reply]],
        request: Request,
        *,
        doing: str,
        partial: bool = False,
        deadline: float | None = None,
    ) -> Reply:
        """Call a method of the service and return its reply.

        Parameters
        ----------
        method
            Picks the call of the service: ``lambda service: service.ListApps``.
        request
            Its request message.
        doing
            What is attempted, in words, for error messages: "list models".
        partial
            Whether a reply of "mixed success" is accepted.
        deadline
            Seconds that this call may take.

        Raises
        ------
        EvalError
            The child that fits; it carries the server's code, description, details and request id.
        """
        return self.call_with(method, request, {}, doing=doing, partial=partial, deadline=deadline)[0]

    def call_with(
        self,
        method: Callable[[Service], Method[Request, Reply]],
        request: Request,
        headers: Mapping[str, str],
        *,
        doing: str,
        partial: bool = False,
        deadline: float | None = None,
    ) -> tuple[Reply, dict[str, str | bytes]]:
        """Call as :meth:`call`, with headers of one's own; return the reply and what came beside it.

        The local server is asked again as long as it says that what is asked for is being made. So is one of this very
        process that lets the deadline of a call that only reads pass, unless the caller has set one: the machine is
        slow, and nothing else. Who waits for longer than a call may take hears of it in the log, and who has waited for
        all of :attr:`patience` gets NotReadyError, which asking once more at once would not change.
        """
        if self.address.is_loopback:
            headers = {PATIENT_HEADER: "1", **headers}
        silences = 0
        reads = type(request).__name__.startswith(("Get", "List"))
        began = time.monotonic()
        told_at = began + self.deadline
        while True:
            try:
                reply, beside = self._call_once(method, request, headers, doing, deadline or self.deadline)
            except DeadlineError:
                silences += 1
                if deadline is not None or not reads or not self.lives_here() or silences == _MOST_SILENCES:
                    raise
                why = "it has not answered yet"
            else:
                if not self.is_own_server or reply.status.internal_details != MAKING:
                    break
                why = self._being_made(reply.status.details, began, doing)
            if time.monotonic() >= told_at:
                told_at = math.inf
                _log.warning("Still waiting for the local server at %s to %s: %s", self.address, doing, why)
            if self._closing.wait(_PAUSE):
                raise self._closed_error(doing)
        if reply.status.code != SUCCESS and not (partial and reply.status.code == MIXED):
            raise error_from_status(reply.status, doing=doing, retry_after=_retry_after(beside))
        return reply, beside

    def _call_once(
        self,
        method: Callable[[Service], Method[Request, Reply]],
        request: Request,
        headers: Mapping[str, str],
        doing: str,
        timeout: float,
    ) -> tuple[Reply, dict[str, str | bytes]]:
        import grpc

        if not self.is_own_server:  # which has no limit
            self._bucket.take(self._closing)
        service = self._open(doing)
        try:
            reply, sent = method(service).with_call(
                request, timeout=timeout, metadata=(*self._metadata, *headers.items())
            )
        except grpc.RpcError as error:
            raise self._transport_error(error, doing, timeout) from error
        except ValueError as error:  # grpc's word for a channel closed by another thread
            raise self._closed_error(doing) from error
        beside = dict(sent.initial_metadata() or ()) | dict(sent.trailing_metadata() or ())
        self.is_own_server = self.address.is_loopback and SERVER_HEADER in beside
        return reply, beside

    def wait(self, seconds: float) -> bool:
        """Wait so many seconds; False as soon as the connection is closed."""
        return not self._closing.wait(seconds)

    def close(self) -> None:
        """Close the channel; later calls raise ConnectionLostError."""
        with self._lock:
            self._closing.set()
            channel, self._channel, self._service = self._channel, None, None
        if channel is not None:
            channel.close()

    def _open(self, doing: str) -> Service:
        with self._lock:
            if self._closing.is_set():
                raise self._closed_error(doing)
            if self._service is None:
                self._channel, self._service = open_channel(self.address, self._roots)
            return self._service

    def _closed_error(self, doing: str) -> ConnectionLostError:
        return ConnectionLostError(
            f"Could not {doing}: the connection to {self.address} was closed. Make a new EvalClient."
        )

    def _being_made(self, details: str, began: float, doing: str) -> str:
        """What the local server says is being made, unless that has taken too long."""
        if time.monotonic() - began < self.patience:
            return details
        raise NotReadyError(
            f"Could not {doing}: after {self.patience / 60:.0f} minutes the local server at {self.address} still says: "
            f"{details.rstrip('.')}. It goes on with it: ask again later (in the widget, Refresh or Retry). If that "
            "stays so, start the server again.",
            status=ServerStatus(details=details),  # without the code, which would ask to try again
        )

    def _transport_error(self, error: grpc.RpcError, doing: str, timeout: float) -> EvalError:
        code, said = error.code().name, error.details() or "no reason given"
        beside = dict(error.initial_metadata() or ()) | dict(error.trailing_metadata() or ())
        words = ServerStatus(grpc=code, retry_after=_retry_after(beside))
        if code == "DEADLINE_EXCEEDED":
            message = (
                f"Could not {doing}: {self.address} did not answer within {round(timeout, 1):g} seconds. Try again."
            )
            return DeadlineError(message, status=words)
        if code in ("UNAVAILABLE", "CANCELLED"):
            if self._closing.is_set():
                return self._closed_error(doing)
            if self.is_own_server:
                advice = _NEW_SAMPLES if self.serves_samples() else _START_AGAIN
                message = (
                    f"Could not {doing}: the local server at {self.address} does not answer; it was stopped, or its "
                    f"process ended. {advice}"
                )
            else:
                message = f"Could not {doing}: {self.address} cannot be reached ({said}). Check the network."
            return ConnectionLostError(message, status=words)
        message = f"Could not {doing}: {self.address} answered {code} ({said}). {_ADVICE.get(code, '')}".strip()
        return _KINDS.get(code, EvalError)(message, status=words)


def _retry_after(told: Mapping[str, str | bytes]) -> float | None:
    """Seconds that the server asks to wait, where it does beside its reply: the first that can be read."""
    for name, read in (("retry-after", _seconds), ("grpc-retry-pushback-ms", lambda text: float(text) / 1000)):
        try:
            seconds = read(told[name])
        except (KeyError, ValueError, TypeError, OverflowError):
            continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    return None


def _seconds(text: str | bytes) -> float:
    """Read seconds, or a date as HTTP has them (RFC 9110, 10.2.3)."""
    try:
        return float(text)
    except ValueError:
        return parsedate_to_datetime(str(text)).timestamp() - time.time()
