"""Which account and which address to use, and where each was found."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.addresses import PUBLIC_API, ApiAddress, parse_api_address
from clarifai_eval_widget.client.secrecy import Hidden
from clarifai_eval_widget.errors import AuthenticationError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Settings", "find_settings"]

_log = logging.getLogger("clarifai_eval_widget")

_VARIABLES = {
    "pat": "CLARIFAI_PAT",
    "user_id": "CLARIFAI_USER_ID",
    "app_id": "CLARIFAI_APP_ID",
    "base_url": "CLARIFAI_API_BASE",
}


_LONGEST_TOKEN = 4096  # longer headers no server takes; a personal access token has 32 characters


@dataclass(frozen=True)
class Settings:
    """An account at an address."""

    pat: str = field(repr=False)
    """The personal access token; empty when none was found."""
    user_id: str
    """Whose apps are listed; ``"me"`` is the token's owner."""
    app_id: str
    """The app to begin with, or an empty string."""
    address: ApiAddress
    """Where the API is."""
    sources: Mapping[str, str]
    """For each of pat, user_id, app_id and base_url: where it was found, in words."""

    def check_secure(self, *, allow_insecure: bool) -> None:
        """Refuse to send the token in plain text to another machine, unless that is wanted."""
        if not (self.address.secure or self.address.is_loopback or allow_insecure):
            raise InvalidRequestError(
                f"{self.address} would get the token without TLS, for everyone on the way to read: use https://, or "
                "give EvalClient(allow_insecure=True) if the network is your own."
            )


def find_settings(
    *,
    pat: str | None = None,
    user_id: str | None = None,
    app_id: str | None = None,
    base_url: str | None = None,
) -> Settings:
    """Look for credentials in the arguments, then the environment, then the Clarifai CLI's current context.

    Each value comes from the first place that has it, with one exception for safety: the address never comes
    from a weaker source than the token, so that a token is never sent to a host it was not meant for. A missing
    address is the public host; a missing user is ``"me"``.

    Parameters
    ----------
    pat, user_id, app_id, base_url
        Given values win over everything else; an ``app_id`` given as empty is no app, whatever the environment says.

    Returns
    -------
    Settings
        With an empty ``pat`` when none was found anywhere.
    """
    pat, base_url = pat and Hidden(pat), base_url and Hidden(base_url)
    arguments = _hidden({"pat": pat, "user_id": user_id, "app_id": app_id, "base_url": base_url})
    environment = _hidden({name: os.environ.get(variable) for name, variable in _VARIABLES.items()})
    places: list[tuple[str, Mapping[str, Hidden]]] = [
        ("an argument", arguments),
        ("the environment", environment),
    ]
    if not (arguments.get("pat") or environment.get("pat")):
        context_name, context = _cli_context()
        places.append((f"the CLI context {context_name!r}", context))
    found = _strongest(places)
    if app_id == "":
        found.pop("app_id", None)
    sources = {name: places[found[name][0]][0] if name in found else "the default" for name in _VARIABLES}
    given = {name: text for name, (_, text) in found.items()}
    return Settings(
        pat=_checked_token(given.get("pat", Hidden("")), sources["pat"]),
        user_id=str(given.get("user_id", "me")),
        app_id=str(given.get("app_id", "")),
        address=parse_api_address(given.get("base_url", PUBLIC_API)),
        sources=sources,
    )


def _strongest(places: Sequence[tuple[str, Mapping[str, Hidden]]]) -> dict[str, tuple[int, Hidden]]:
    """Return each value from the first place that has it, with the place's number; no address weaker than the token."""
    found: dict[str, tuple[int, Hidden]] = {}
    for name in _VARIABLES:
        for strength, (_, values) in enumerate(places):
            if values.get(name):
                found[name] = (strength, values[name])
                break
    if "base_url" in found and "pat" in found and found["base_url"][0] > found["pat"][0]:
        _log.warning(
            "The address from %s is not used: the token came from %s. Give base_url together with pat.",
            places[found["base_url"][0]][0],
            places[found["pat"][0]][0],
        )
        del found["base_url"]
    return found


def _hidden(values: Mapping[str, str | None]) -> dict[str, Hidden]:
    """Take the blanks off and keep the values out of tracebacks: a newline comes along with what is pasted or read."""
    return {name: Hidden(value).strip() for name, value in values.items() if value is not None}


def _checked_token(pat: Hidden, source: str) -> Hidden:
    """Refuse what no header can hold, here and not in gRPC, whose error would quote it."""
    if len(pat) > _LONGEST_TOKEN:
        raise AuthenticationError(
            f"The token from {source} has {len(pat):,} characters, which no token has: something else was copied."
        )
    wrong = next((place for place, one in enumerate(pat) if not "!" <= one <= "~"), None)
    if wrong is not None:
        raise AuthenticationError(
            f"The token from {source} has a character that no token has, at place {wrong + 1} of {len(pat)}: "
            "copy it anew."
        )
    return pat


def _cli_context() -> tuple[str, dict[str, Hidden]]:
    """The current context of the Clarifai CLI; empty when there is none or it cannot be read."""
    path = Path.home() / ".config" / "clarifai" / "config"
    if not path.is_file():
        return "", {}
    import yaml

    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = str(config["current_context"])
        values = config["contexts"][name]
        return name, _hidden({key: _context_value(values, variable) for key, variable in _VARIABLES.items()})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        _log.warning("The Clarifai CLI's configuration %s could not be read: %s", path, _without_quotes(error))
        return "", {}


def _without_quotes(error: Exception) -> str:
    """Say what is wrong with a configuration, but quote nothing of it: the line may hold the key."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f"it is no YAML at line {mark.line + 1}, column {mark.column + 1}"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, KeyError | TypeError | AttributeError):
        return "it has no current_context that is one of its contexts"
    return f"it is no YAML ({type(error).__name__})"


def _context_value(values: Mapping[str, object], variable: str) -> str | None:
    value = values.get(variable)
    if value == "ENVVAR":  # the CLI's way of saying "read the environment"
        return os.environ.get(variable)
    return None if value is None else str(value)
