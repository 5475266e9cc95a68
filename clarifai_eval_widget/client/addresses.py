"""The addresses people give: where the API is, and the web pages of models and datasets."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from clarifai_eval_widget.errors import InvalidRequestError

__all__ = [
    "PUBLIC_API",
    "ApiAddress",
    "WebAddress",
    "check_without_key",
    "parse_api_address",
    "parse_app_address",
    "parse_web_address",
]

PUBLIC_API = "https://api.clarifai.com"


@dataclass(frozen=True)
class ApiAddress:
    """Where the gRPC API listens."""

    host: str
    """Host name or IP address, IPv6 without brackets."""
    port: int
    """TCP port."""
    secure: bool
    """Whether the connection is TLS."""

    @property
    def is_loopback(self) -> bool:
        """Whether the API is on this very machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def netloc(self) -> str:
        """``host:port`` as gRPC wants it, IPv6 in brackets."""
        return f"{self.bracketed_host}:{self.port}"

    @property
    def bracketed_host(self) -> str:
        """The host, in brackets if it is an IPv6 address."""
        return f"[{self.host}]" if ":" in self.host else self.host

    def __str__(self) -> str:
        scheme, usual = ("https", 443) if self.secure else ("http", 80)
        port = "" if self.port == usual else f":{self.port}"
        return f"{scheme}://{self.bracketed_host}{port}"


@dataclass(frozen=True)
class WebAddress:
    """A model or dataset as its page on the platform's web site names it."""

    user_id: str
    app_id: str
    kind: str
    """``"models"`` or ``"datasets"``."""
    id: str
    version_id: str
    """The version in the address, or an empty string."""


def parse_api_address(text: str) -> ApiAddress:
    """Read an API address.

    Parameters
    ----------
    text
        ``https://host[:port]`` (TLS), ``http://host:port`` (plain text) or a bare ``host[:port]`` (TLS, but plain
        text on this machine). A trailing slash is ignored; IPv6 goes in brackets.

    Raises
    ------
    InvalidRequestError
        When there is no host, the port is no number, or the address has a path, another scheme, or a name or key before
        the host.
    """
    stripped = str(text).strip()
    if "@" in stripped:  # said without the text, which may hold a key
        text = stripped = ""
        raise InvalidRequestError(
            "The API address has an '@': a name or key before the host would be sent to it, or shown. Give the address "
            "alone, as in https://api.clarifai.com, and the token as pat=…."
        )
    has_scheme = "://" in stripped
    example = "an API address looks like https://api.clarifai.com or http://127.0.0.1:18080"
    try:
        parts = urlsplit(stripped if has_scheme else f"//{stripped}")
        host, port = parts.hostname, parts.port
        (host or "").encode()
    except ValueError as error:
        raise InvalidRequestError(f"The API address {text!r} cannot be read ({error}): {example}.") from error
    if not host:
        raise InvalidRequestError(f"The API address {text!r} names no host: {example}.")
    if parts.scheme not in ("", "http", "https"):
        raise InvalidRequestError(f"The API address {text!r} begins with {parts.scheme}://: {example}.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise InvalidRequestError(f"The API address {text!r} has a path after the host: {example}.")
    secure = parts.scheme == "https" or not (has_scheme or ApiAddress(host, 0, secure=True).is_loopback)
    return ApiAddress(host, port or (443 if secure else 80), secure)


def parse_web_address(text: str) -> WebAddress | None:
    """Read the address of a model's or dataset's page, or return None when the text is no web address.

    Known forms are ``https://clarifai.com/{user}/{app}/models/{id}[/versions/{version}]`` and the same with
    ``datasets``; what follows a ``?`` or ``#`` says how the page was looked at. Without ``https://`` only that site's
    are known.

    Raises
    ------
    InvalidRequestError
        When the text is a web address of another form.
    """
    path = _web_path(text)
    if path is None:
        return None
    known = len(path) >= 4 and path[2] in ("models", "datasets")
    with_version = len(path) >= 6 and path[4] == "versions"
    if not known or not (len(path) == 4 or with_version):
        raise InvalidRequestError(
            f"The address {text!r} is not that of a model or dataset: expected "
            "https://clarifai.com/USER/APP/models/MODEL[/versions/VERSION] or …/datasets/DATASET[/versions/VERSION]."
        )
    return WebAddress(path[0], path[1], path[2], path[3], path[5] if with_version else "")


def parse_app_address(text: str) -> tuple[str, str] | None:
    """Read the owner and the app in ``OWNER/APP``, or in the address of any page of an app; None for a bare id.

    Raises
    ------
    InvalidRequestError
        When the text is a web address or has slashes, but names no app.
    """
    bare, parts = text.strip(), _web_path(text)
    if parts is None and "/" not in bare:
        return None
    if parts is None:  # a name: nothing stands for anything else in it, and none has these
        parts = [] if set("?#") & set(bare) else [part for part in bare.split("/") if part]
        parts = parts if len(parts) == 2 else []
    if len(parts) < 2:
        raise InvalidRequestError(
            f"{text!r} names no app: expected OWNER/APP or an address as https://clarifai.com/OWNER/APP."
        )
    return parts[0], parts[1]


def check_without_key(text: str) -> None:
    """Raise InvalidRequestError for a web address with a user or key before the host, which is quoted nowhere."""
    scheme, _, rest = text.partition("://")
    before_path = (rest or scheme).partition("/")[0]
    if "@" in before_path and (rest or before_path.strip().endswith("clarifai.com")):
        raise InvalidRequestError(
            "A web address of an app, model or dataset holds no user and no key: leave out what stands before the @. A "
            "key that was pasted there may have been seen: make a new one."
        )


def _web_path(text: str) -> list[str] | None:
    """Return the parts of a web address' path, none of one that cannot be read, as ``http://[x/y``; None for a name.

    Raises
    ------
    InvalidRequestError
        When there is a user or key before the host.
    """
    bare = text.strip()
    check_without_key(bare)
    host = bare.partition("/")[0].partition(":")[0].lower().removeprefix("www.")
    if "://" not in bare and host != "clarifai.com":
        return None
    try:
        path = urlsplit(bare if "://" in bare else f"//{bare}").path
    except ValueError:
        return []
    return [unquote(part) for part in path.split("/") if part]
