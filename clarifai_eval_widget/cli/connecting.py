"""From the command line's options to a client."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.settings import find_settings
from clarifai_eval_widget.errors import AuthenticationError, InvalidRequestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from clarifai_eval_widget.client import EvalClient

__all__ = ["connected"]


@contextmanager
def connected(options: argparse.Namespace) -> Iterator[EvalClient]:
    """A client of the platform, or of the embedded server, which ends with it if it was started here."""
    from clarifai_eval_widget.client import EvalClient

    if options.local is None:
        with EvalClient(user_id=options.user, base_url=options.base_url, pat=_token(options.base_url)) as client:
            yield client
        return
    if options.user or options.base_url:
        raise InvalidRequestError("--local is a server of its own: leave out --user and --base-url.")
    from clarifai_eval_widget.local import LocalServer

    if options.local == Path():
        with LocalServer.with_samples() as server, server.client() as client:
            yield client
    else:
        with LocalServer.shared_client(options.local) as client:
            yield client


def _token(base_url: str | None) -> str | None:
    """The token for an address of the command line; None lets the client find one, with the address it belongs to."""
    found = find_settings()
    if not found.pat:
        raise AuthenticationError(
            "No personal access token was found: set CLARIFAI_PAT, or run `clarifai login`. It is never taken from the "
            "command line, where other users of the machine could read it. Without an account: --local."
        )
    if base_url and found.sources["pat"] != "the environment":
        raise InvalidRequestError(
            "--base-url needs the token for that address in CLARIFAI_PAT: one that was stored for another address "
            "is not sent there."
        )
    return found.pat if base_url else None
