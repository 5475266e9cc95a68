"""One gRPC connection: every call has a deadline, every failure becomes a typed error."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import (
    AuthenticationError,
    ConnectionLostError,
    DeadlineError,
    EvalError,
    InvalidRequestError,
    PermissionDeniedError,
    error_from_status,
)

if TYPE_CHECKING:
    from clarifai_eval_widget.client.addresses import ApiAddress

__all__ = ["MIXED", "SUCCESS", "Connection"]

SUCCESS, MIXED = 10000, 10010


def _direct_channel(address: ApiAddress) -> Any:
    """A plain-text channel that asks no proxy; otherwise with the limits and retries of Clarifai's own."""
    import grpc
    from clarifai_grpc.channel import clarifai_channel

    most = clarifai_channel.MAX_MESSAGE_LENGTH
    options = [
        ("grpc.enable_http_proxy", 0),
        ("grpc.service_config", clarifai_channel.grpc_json_config),
        ("grpc.max_receive_message_length", most),
        ("grpc.max_send_message_length", most),
    ]
    return grpc.insecure_channel(address.netloc, options=options)


class Connection:
    """A channel to the API, opened with the first call.

    Parameters
    ----------
    address
        Where the API is.
    pat
        The personal access token that goes with every call.
    deadline
        Seconds that a call may take.
    """

    def __init__(self, address: ApiAddress, pat: str, *, deadline: float = 60.0) -> None:
        self.address = address
        self.deadline = deadline
        self._metadata = (("authorization", f"Key {pat}"),)
        self._lock = threading.Lock()
        self._channel: Any = None
        self._stub: Any = None
        self._closed = False

    def call(self, method: str, request: Any, *, doing: str, partial: bool = False) -> Any:
        """Call a method of the service and return its reply.

        Parameters
        ----------
        method
            The name of an RPC of ``clarifai.api.V2``.
        request
            Its request message.
        doing
            What is attempted, in words, for error messages: "list models".
        partial
            Whether a reply of "mixed success" is accepted.

        Raises
        ------
        EvalError
            The child that fits; it carries the server's code, description, details and request id.
        """
        import grpc

        stub = self._open()
        try:
            reply = getattr(stub, method)(request, metadata=self._metadata, timeout=self.deadline)
        except grpc.RpcError as error:
            raise self._transport_error(error, doing) from error
        except ValueError as error:  # grpc's word for a channel closed by another thread
            raise ConnectionLostError(f"Could not {doing}: the connection was closed.") from error
        code = reply.status.code
        if code != SUCCESS and not (partial and code == MIXED):
            raise error_from_status(reply.status, doing=doing)
        return reply

    def close(self) -> None:
        """Close the channel; later calls raise ConnectionLostError."""
        with self._lock:
            self._closed = True
            channel, self._channel, self._stub = self._channel, None, None
        if channel is not None:
            channel.close()

    def _open(self) -> Any:
        with self._lock:
            if self._closed:
                raise ConnectionLostError(f"The connection to {self.address} was closed: make a new EvalClient.")
            if self._stub is None:
                from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
                from clarifai_grpc.grpc.api.service_pb2_grpc import V2Stub

                if self.address.secure:
                    self._channel = ClarifaiChannel.get_grpc_channel(base=self.address.netloc)
                else:
                    self._channel = ClarifaiChannel.get_insecure_grpc_channel(
                        base=self.address.bracketed_host, port=self.address.port
                    )
                if self.address.is_loopback and not self.address.secure:
                    # Clarifai's channel would go through http_proxy even to this machine. It must have been made
                    # once all the same, for the stub reads a global that it sets.
                    self._channel.close()
                    self._channel = _direct_channel(self.address)
                self._stub = V2Stub(self._channel)
            return self._stub

    def _transport_error(self, error: Any, doing: str) -> EvalError:
        import grpc

        code, said = error.code(), error.details() or "no reason given"
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            return DeadlineError(
                f"Could not {doing}: {self.address} did not answer within {self.deadline:g} seconds. Try again."
            )
        if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
            if self.address.is_loopback:
                return ConnectionLostError(
                    f"Could not {doing}: the local server at {self.address} does not answer; it was stopped, or its "
                    "process ended. In the widget, Refresh or Retry starts a new one with the sample apps."
                )
            return ConnectionLostError(
                f"Could not {doing}: {self.address} cannot be reached ({said}). Check the network."
            )
        kinds: dict[Any, type[EvalError]] = {
            grpc.StatusCode.UNAUTHENTICATED: AuthenticationError,
            grpc.StatusCode.PERMISSION_DENIED: PermissionDeniedError,
            grpc.StatusCode.UNIMPLEMENTED: InvalidRequestError,
            grpc.StatusCode.INVALID_ARGUMENT: InvalidRequestError,
        }
        return kinds.get(code, EvalError)(f"Could not {doing}: {self.address} answered {code.name} ({said}).")
