"""What inputs are, loaded from the addresses the platform gives: the token goes to trusted hosts and nowhere else."""

from __future__ import annotations

import http.client
import io
import ssl
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from clarifai_eval_widget.client.addresses import PUBLIC_API, ApiAddress, parse_api_address
from clarifai_eval_widget.client.secrecy import Hidden
from clarifai_eval_widget.errors import (
    ConnectionLostError,
    DeadlineError,
    EvalError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    WrongReplyError,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from clarifai_eval_widget.client.settings import Settings

__all__ = ["LARGEST", "MediaFetcher"]

LARGEST = 20_000_000
"""Bytes of what is loaded; more is refused."""
_SILENCE = 10.0  # seconds without a byte
_WHOLE = 30.0  # seconds for all of it
_LEAST = 0.01
_REDIRECTS = 4
_CHUNK = 1 << 16
_OF_CLARIFAI = ("https://data.clarifai.com",)
_OPEN = ("https://samples.clarifai.com",)  # public: no key is needed, and none sent


class _Kept(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: whether a redirect may be followed, and with the key, is decided anew."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


class _Wanted(urllib.request.Request):
    """What is asked for, and until when, by the monotonic clock, an answer may take."""

    deadline = 0.0


class _Incoming(io.RawIOBase):
    """What comes from a host, up to a moment: also a byte at a time of a status line, a header or a chunk's length."""

    def __init__(self, taken_from: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._from, self._sock, self._deadline = taken_from, sock, deadline
        self._silence = sock.gettimeout() or _SILENCE

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """Read what there is."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(self._silence, left))
        return self._from.readinto(buffer)

    def close(self) -> None:
        """Let go of the connection."""
        self._from.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that has come by a moment, or not at all."""

    def __init__(self, sock: socket.socket, *args: Any, deadline: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Incoming(self.fp.detach(), sock, deadline))


def _until(deadline: float, kind: Callable[..., http.client.HTTPConnection]) -> Any:
    """Make connections whose answers have come by a moment."""

    def connection(host: str, **options: Any) -> http.client.HTTPConnection:
        made = kind(host, **options)
        made.response_class = partial(_Answer, deadline=deadline)  # type: ignore[assignment]
        return made

    return connection


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: Any) -> http.client.HTTPResponse:
        return self.do_open(_until(req.deadline, http.client.HTTPConnection), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._under = context

    def https_open(self, req: Any) -> http.client.HTTPResponse:
        return self.do_open(_until(req.deadline, http.client.HTTPSConnection), req, context=self._under)


class MediaFetcher:
    """Loads images and texts by their addresses. Safe to use from several threads.

    Parameters
    ----------
    settings
        Where the API is, and the token; None where there is neither.
    roots
        PEM certificates to trust under TLS; None: the system's.
    timeouts
        Seconds without a byte, and for all of it.

    Notes
    -----
    The token goes to the API's own host and, where the API is Clarifai's own, to ``data.clarifai.com``. An address
    elsewhere, or a redirect to elsewhere, is refused before anything is sent there.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        roots: bytes | None = None,
        timeouts: tuple[float, float] = (_SILENCE, _WHOLE),
    ) -> None:
        self._settings = settings
        self._trusted: set[ApiAddress] = set()
        if settings is not None:
            is_platform = settings.address == parse_api_address(PUBLIC_API)
            self._trusted = {settings.address, *map(parse_api_address, _OF_CLARIFAI if is_platform else ())}
        self._open = {parse_api_address(one) for one in (*_OPEN, *_OF_CLARIFAI)}
        self._key = "Key " + Hidden(settings.pat if settings is not None else "")
        self._roots = roots
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._opener: urllib.request.OpenerDirector | None = None

    def trust(self, address: str, *, allow_insecure: bool = False) -> None:
        """Load from a further host, too, which gets the token.

        Parameters
        ----------
        address
            For instance ``https://media.example.org``.
        allow_insecure
            Send the token without TLS to a host that is not this machine.

        Raises
        ------
        InvalidRequestError
            When the address cannot be meant, the token would be sent without TLS, or there is none.
        """
        origin = parse_api_address(address)
        if self._settings is None:
            raise InvalidRequestError("There is no token to trust a host with: use open().")
        replace(self._settings, address=origin).check_secure(allow_insecure=allow_insecure)
        self._trusted.add(origin)

    def open(self, address: str) -> None:
        """Load from a further host, too, which gets no token."""
        self._open.add(parse_api_address(address))

    def fetch(self, addresses: Sequence[str]) -> bytes:
        """Load what is at the first of the addresses that has it.

        Raises
        ------
        PermissionDeniedError
            When an address is at a host that is not trusted, or the host refuses.
        NotFoundError
            When there is nothing at the address.
        DeadlineError
            When it takes too long.
        WrongReplyError
            When it is too large, or the answer cannot be understood.
        ConnectionLostError
            When the host cannot be reached.
        """
        failed: EvalError | None = None
        for address in addresses:
            try:
                return self._load(address)
            except EvalError as error:
                failed = failed or error
        raise failed or NotFoundError("There is no address to load it from.")

    def _load(self, address: str) -> bytes:
        deadline = time.monotonic() + self._timeouts[1]
        for _ in range(_REDIRECTS + 1):
            parts, headers = self._checked(address)
            wanted = _Wanted(urlunsplit(parts), headers=headers)
            wanted.deadline = deadline
            host = parts.netloc
            try:
                with self._made().open(wanted, timeout=self._silence(deadline)) as answer:
                    return self._read(answer, host, deadline)
            except urllib.error.HTTPError as error:
                with error:
                    address = _redirected(error, address) or _refused(error, host)
            except TimeoutError:
                raise self._late(host, deadline) from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                if isinstance(getattr(error, "reason", None), TimeoutError):
                    raise self._late(host, deadline) from None
                said = getattr(error, "reason", error)
                raise ConnectionLostError(f"{host} cannot be reached ({said}). Check the network.") from None
        raise WrongReplyError(f"{urlsplit(address).netloc} leads on and on: more than {_REDIRECTS} redirects.")

    def _read(self, answer: http.client.HTTPResponse, host: str, deadline: float) -> bytes:
        """Read all of it, a piece at a time, so that neither a flood nor a trickle holds the thread."""
        whole = bytearray()
        told = answer.length or 0
        while told <= LARGEST and len(whole) <= LARGEST:
            if time.monotonic() > deadline:
                raise self._late(host, deadline)
            piece = answer.read1(_CHUNK)
            if not piece:
                if len(whole) < told:
                    raise ConnectionLostError(f"{host} broke off after {len(whole):,} of {told:,} bytes. Try again.")
                return bytes(whole)
            whole += piece
        raise WrongReplyError(f"{host} sends more than {LARGEST // 1_000_000} MB: that is not loaded.")

    def _silence(self, deadline: float) -> float:
        """How long the host may be silent now, in seconds."""
        return max(min(self._timeouts[0], deadline - time.monotonic()), _LEAST)

    def _late(self, host: str, deadline: float) -> DeadlineError:
        """Say which of the two has passed: the silence allowed, or, give or take the clock's grain, the time for it."""
        silent, whole = self._timeouts
        if time.monotonic() < deadline - _LEAST:
            return DeadlineError(f"{host} has sent nothing for {silent:g} seconds. Try again.")
        return DeadlineError(f"{host} takes longer than {whole:g} seconds. Try again.")

    def _checked(self, address: str) -> tuple[SplitResult, dict[str, str]]:
        """Take an address apart, and say what to send there; refuse one that is not of a known host."""
        plain = address.isascii() and address.isprintable() and not set(" \\") & set(address)
        try:
            parts = urlsplit(address) if plain else urlsplit("")
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise PermissionDeniedError("Its address is not one that can be loaded: it is no plain https:// address.")
        secure = parts.scheme == "https"
        origin = ApiAddress(parts.hostname, port or (443 if secure else 80), secure)
        # Written anew from what was checked, so that no other reading of the address counts.
        known = SplitResult(parts.scheme, origin.netloc, parts.path or "/", parts.query, "")
        headers = {"User-Agent": "clarifai-eval-widget", "Accept-Encoding": "identity"}
        if origin in self._trusted:
            return known, {**headers, "Authorization": self._key}
        if origin in self._open:
            return known, headers
        raise PermissionDeniedError(
            f"It is at {origin}, which is not trusted: nothing was asked there. client.media.open({str(origin)!r}) "
            "loads from there without the token, client.media.trust(…) with it."
        )

    def _made(self) -> urllib.request.OpenerDirector:
        """Open http and https alone, no files; without TLS no proxy either, which would see the token."""
        with self._lock:
            if self._opener is None:
                cadata = None if self._roots is None else self._roots.decode("ascii")
                context = ssl.create_default_context(cadata=cadata)
                self._opener, proxies = urllib.request.OpenerDirector(), urllib.request.getproxies()
                for handler in (
                    urllib.request.ProxyHandler({name: at for name, at in proxies.items() if name == "https"}),
                    _Http(),
                    _Https(context),
                    _Kept(),
                    urllib.request.HTTPErrorProcessor(),
                    urllib.request.HTTPDefaultErrorHandler(),
                ):
                    self._opener.add_handler(handler)
            return self._opener


def _redirected(error: urllib.error.HTTPError, address: str) -> str:
    """Where the answer leads; empty where it leads nowhere."""
    leads = error.code in (301, 302, 303, 307, 308)
    return urljoin(address, error.headers.get("Location") or "") if leads and error.headers.get("Location") else ""


def _refused(error: urllib.error.HTTPError, host: str) -> str:
    """Raise what an answer without data means."""
    if error.code in (404, 410):
        raise NotFoundError(f"{host} does not have it (any more), or not for this key.") from None
    if error.code in (401, 403):
        raise PermissionDeniedError(f"{host} does not give it to this key ({error.code}).") from None
    raise WrongReplyError(f"{host} answered {error.code}. Try again later.") from None
