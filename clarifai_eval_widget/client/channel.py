"""The gRPC channel; which call takes and gives what stands in ``service.pyi``."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from clarifai_eval_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import grpc
    from clarifai_grpc.grpc.api.status.status_pb2 import Status

    from clarifai_eval_widget.client.addresses import ApiAddress
    from clarifai_eval_widget.client.service import Service

__all__ = ["Metadata", "Method", "StatusReply", "open_channel", "read_roots"]

Metadata = tuple[tuple[str, str], ...]

_RECONNECT_MS = ("grpc.initial_reconnect_backoff_ms", 200), ("grpc.max_reconnect_backoff_ms", 5000)


class StatusReply(Protocol):
    """What every reply of the service has."""

    @property
    def status(self) -> Status:
        """How the call went: a failure often comes in here, inside an OK of gRPC."""


Request_contra = TypeVar("Request_contra", contravariant=True)
Reply_co = TypeVar("Reply_co", bound=StatusReply, covariant=True)


class Method(Protocol[Request_contra, Reply_co]):
    """A call of the service."""

    def with_call(self, request: Request_contra, *, timeout: float, metadata: Metadata) -> tuple[Reply_co, Sent]:
        """Make the call."""


class Sent(Protocol):
    """What came beside a reply."""

    def initial_metadata(self) -> Sequence[tuple[str, str | bytes]]:
        """The reply's headers."""

    def trailing_metadata(self) -> Sequence[tuple[str, str | bytes]]:
        """What came after the reply."""


def open_channel(address: ApiAddress, roots: bytes | None = None) -> tuple[grpc.Channel, Service]:
    """Open a channel with the limits and retries of Clarifai's own.

    Parameters
    ----------
    address
        Where to.
    roots
        PEM certificates to trust under TLS; None: those that gRPC brings along.
    """
    import grpc
    from clarifai_grpc.channel import clarifai_channel
    from clarifai_grpc.grpc.api.service_pb2_grpc import V2Stub

    # The stub reads a global that only Clarifai's own channels set. Those would go through http_proxy even to this
    # machine, and may send a start or labels a second time; so one is made, and another one used.
    clarifai_channel.ClarifaiChannel.get_insecure_grpc_channel(base=address.bracketed_host, port=address.port).close()
    most = clarifai_channel.MAX_MESSAGE_LENGTH
    options = [
        ("grpc.service_config", _without_a_second_time(clarifai_channel.grpc_json_config)),
        ("grpc.max_receive_message_length", most),
        ("grpc.max_send_message_length", most),
        # A server that comes back is found at once by a new channel, though an old one still waits for its next try.
        ("grpc.use_local_subchannel_pool", 1),
        *_RECONNECT_MS,
    ]
    if address.is_loopback:
        options.append(("grpc.enable_http_proxy", 0))
    if address.secure:
        channel = grpc.secure_channel(address.netloc, grpc.ssl_channel_credentials(roots), options=options)
    else:
        channel = grpc.insecure_channel(address.netloc, options=options)
    return channel, cast("Service", V2Stub(channel))


def read_roots(path: str | os.PathLike[str]) -> bytes:
    """Read certificates to trust.

    Raises
    ------
    InvalidRequestError
        When the file cannot be read, or holds none.
    """
    try:
        # Bundles name each authority in a comment, in its own script: only what is beside the comments is read.
        roots = Path(path).read_text("ascii", "ignore")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=roots)
    except (OSError, ValueError) as error:
        raise InvalidRequestError(
            f"No certificates can be read from {str(path)!r} ({error}): root_certificates is the path of a PEM file."
        ) from error
    return roots.encode("ascii")


def _without_a_second_time(service_config: str) -> str:
    """Keep gRPC from repeating what must not be done twice; :mod:`.starting` asks first, :mod:`.annotating` tells."""
    config = json.loads(service_config)
    once = ("PostEvaluations", "PostModelVersionEvaluations", "PostModelVersionMetrics", "PostAnnotations")
    names = [{"service": "clarifai.api.V2", "method": method} for method in once]
    config["methodConfig"].append({"name": names})
    return json.dumps(config)
