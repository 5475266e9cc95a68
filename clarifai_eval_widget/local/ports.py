"""Ports of this machine: which can be asked for, and the address of a server on one."""

from __future__ import annotations

from clarifai_eval_widget.errors import InvalidRequestError

__all__ = ["address_of", "check_port", "check_ports"]

_LAST_PORT = 65535


def check_ports(*ports: int | None) -> None:
    """Refuse numbers that no port has: gRPC would take another one in silence."""
    for one in ports:
        if one is not None and not 0 <= one <= _LAST_PORT:
            raise InvalidRequestError(f"A port is a number from 0 to {_LAST_PORT}, not {one}: 0 is any free one.")


def check_port(serving: int, asked: int | None) -> None:
    """Refuse to be asked for another port than that which is served on."""
    if asked and asked != serving:
        raise InvalidRequestError(
            f"The server runs on port {serving} already, and not on {asked}: leave port out, or stop it first."
        )


def address_of(port: int | str, certificate: str | None) -> str:
    """Return the address of a server on this machine, which speaks TLS where it has a certificate."""
    return f"{'http' if certificate is None else 'https'}://127.0.0.1:{port}"
