"""TLS for the listener, so that clients which know nothing else can connect."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

from clarifai_eval_widget.errors import EvalError

if TYPE_CHECKING:
    import os

_HOW = (
    "Give tls=(certificate, key), the paths of two PEM files; a certificate for this machine is made by: openssl req "
    "-x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 365 -subj /CN=localhost -addext "
    "subjectAltName=DNS:localhost,IP:127.0.0.1"
)


@dataclass(frozen=True)
class Tls:
    """A certificate and its key, which fit each other."""

    certificate: Path
    """The certificate's PEM file, and what clients are to trust."""
    credentials: grpc.ServerCredentials = field(repr=False)
    """Both, for gRPC."""
    context: ssl.SSLContext = field(repr=False)
    """Both, for everything else."""


def read_tls(given: tuple[str | os.PathLike[str], str | os.PathLike[str]] | None) -> Tls | None:
    """Read a certificate and its key; None stays None.

    Raises
    ------
    EvalError
        When a file cannot be read, or the two do not belong together.
    """
    if given is None:
        return None
    if isinstance(given, str | bytes) or len(given) != 2:
        raise EvalError(f"tls must be two paths, but is {given!r}. {_HOW}.")
    certificate, key = (Path(one).resolve() for one in given)
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key, password="")
        credentials = grpc.ssl_server_credentials([(key.read_bytes(), certificate.read_bytes())])
    except (OSError, ValueError) as error:
        raise EvalError(f"Cannot use {str(certificate)!r} with the key {str(key)!r}: {error}. {_HOW}.") from error
    return Tls(certificate, credentials, context)
