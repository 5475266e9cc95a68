"""A connection asked for in the page: made, and tried, before the old one is given up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from clarifai_eval_widget.client import EvalClient
from clarifai_eval_widget.client.secrecy import Hidden
from clarifai_eval_widget.errors import (
    AuthenticationError,
    ConnectionLostError,
    DeadlineError,
    EvalError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
)

if TYPE_CHECKING:
    from clarifai_eval_widget.widget.wire.contract import Connect

__all__ = ["connected"]

_SECONDS = 10.0  # the kernel waits meanwhile
_TOKEN = re.compile(r"[0-9a-fA-F]{32}")  # what Clarifai's look like; it is not to be shown as somebody's name


def connected(asked: Connect) -> EvalClient:
    """Make the client of an account, once its server has answered it.

    The token is taken out of the message: it is kept by the client alone.

    Raises
    ------
    EvalError
        When something is missing, or the server cannot be reached or refuses; the words are for the form.
    """
    pat = Hidden(asked["pat"]).strip()
    asked["pat"] = ""
    user_id, base_url = asked["user_id"].strip(), asked["base_url"].strip() or None
    if not pat:
        raise InvalidRequestError("Give a personal access token: clarifai.com, Settings, Secrets has those you made.")
    if user_id == pat or _TOKEN.fullmatch(user_id):
        raise InvalidRequestError(
            "What stands as the user id looks like a token: it was sent nowhere. The user id is the name in web "
            "addresses, clarifai.com/USER/…; the token belongs in the field for it."
        )
    if not user_id:
        raise InvalidRequestError("Give your user id: it stands in web addresses, clarifai.com/USER/….")
    with EvalClient(pat=pat, user_id=user_id, base_url=base_url, deadline=_SECONDS) as trial:
        try:
            trial.paged_apps().next()
        except PermissionDeniedError:
            pass  # a right token that may not list apps: what it may is shown, and the rest said
        except EvalError as error:
            raise _in_words(error, trial.settings.address.host) from None
    return EvalClient(pat=pat, user_id=user_id, base_url=base_url)


def _in_words(error: EvalError, host: str) -> EvalError:
    """Say what to do in the form; the server's own words stay beside it."""
    told = error.details or error.description
    status = replace(error.status, details="")
    if isinstance(error, AuthenticationError):
        text = f"{host} refuses this token. Copy it anew: it may be incomplete, deleted, expired, or another server's."
        return AuthenticationError(text, status=status)
    if isinstance(error, NotFoundError):
        text = f"{host} knows no user of this id that this token may ask about. Check the user id."
        return NotFoundError(text, status=status)
    if isinstance(error, ConnectionLostError | DeadlineError):
        return ConnectionLostError(
            f"{host} does not answer. Check the server's address and the network.", status=status
        )
    return type(error)(f"{error.message} {told}".strip(), status=status)
