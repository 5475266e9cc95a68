"""What inputs are is loaded from trusted hosts, and the token goes nowhere else."""

import contextlib
import threading

import pytest

from clarifai_eval_widget.client.addresses import parse_api_address
from clarifai_eval_widget.client.media import LARGEST, MediaFetcher
from clarifai_eval_widget.client.settings import Settings
from clarifai_eval_widget.errors import (
    ConnectionLostError,
    DeadlineError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    WrongReplyError,
)
from tests.certificates import self_signed
from tests.client.media_server import (
    breaks_off,
    fails_with,
    floods,
    hangs,
    leads_to,
    media_server,
    png,
    promises,
    trickles,
)

PAT = "a-token-of-somebody"
KEY = f"Key {PAT}"


def fetcher(address="https://api.clarifai.com", **options):
    return MediaFetcher(Settings(PAT, "me", "", parse_api_address(address), {}), **options)


@pytest.fixture
def own():
    """The API's own host, and what it has."""
    pages = {"/image": png(), "/gone": fails_with(410), "/forbidden": fails_with(403), "/broken": fails_with(503)}
    pages |= {"/trickle": trickles, "/hang": hangs, "/flood": floods, "/50MB": promises(50_000_000), "/off": breaks_off}
    with media_server(pages) as server:
        yield server


def test_the_apis_own_host_gets_the_token(own):
    assert fetcher(own.at).fetch([f"{own.at}/image"]) == png()
    assert own.asked == [("/image", KEY)]


def test_another_host_is_not_asked_at_all_unless_it_was_opened_and_gets_no_token_even_then(own):
    with media_server({"/image": png()}) as other:
        loads = fetcher(own.at)
        with pytest.raises(PermissionDeniedError, match=f"{other.at}, which is not trusted: nothing was asked there"):
            loads.fetch([f"{other.at}/image"])
        assert other.asked == []
        loads.open(other.at)
        assert loads.fetch([f"{other.at}/image"]) == png()
        assert other.asked == [("/image", None)]
        loads.trust(other.at)
        loads.fetch([f"{other.at}/image"])
        assert other.asked[1:] == [("/image", KEY)]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_never_carries_the_token_elsewhere(own, code):
    with media_server({"/image": png()}) as other:
        own.pages["/away"] = leads_to(f"{other.at}/image", code)
        loads = fetcher(own.at)
        with pytest.raises(PermissionDeniedError, match="not trusted"):
            loads.fetch([f"{own.at}/away"])
        assert other.asked == []
        loads.open(other.at)
        assert loads.fetch([f"{own.at}/away"]) == png()
        assert other.asked == [("/image", None)]


def test_a_redirect_within_the_host_is_followed_and_a_circle_is_left(own):
    own.pages |= {"/old": leads_to("/image"), "/round": leads_to("/round")}
    loads = fetcher(own.at)
    assert loads.fetch([f"{own.at}/old"]) == png()
    assert own.asked == [("/old", KEY), ("/image", KEY)]
    with pytest.raises(WrongReplyError, match="redirects"):
        loads.fetch([f"{own.at}/round"])
    assert len(own.asked) < 10


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/image",
        "data:text/plain,hello",
        "{at}@127.0.0.1:1/image",
        "http://user:name@127.0.0.1/image",
        "http://evil.example\\@127.0.0.1/",
        "{at}/ image",
        "{at}/\nHost: evil",
        "http://127.0.0.1:port/image",
        "//127.0.0.1/image",
        "",
    ],
)
def test_what_is_no_plain_address_is_refused(own, address):
    with pytest.raises(PermissionDeniedError):
        fetcher(own.at).fetch([address.format(at=own.at)])
    assert own.asked == []


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("/nothing", NotFoundError, "does not have it"),
        ("/gone", NotFoundError, "does not have it"),
        ("/forbidden", PermissionDeniedError, "403"),
        ("/broken", WrongReplyError, "503"),
        ("/50MB", WrongReplyError, "more than 20 MB"),
        ("/flood", WrongReplyError, "more than 20 MB"),
        ("/trickle", DeadlineError, "longer than 0.5 seconds"),
        ("/hang", DeadlineError, "sent nothing for 0.4 seconds"),
        ("/off", ConnectionLostError, "broke off after 9 of 1,000 bytes"),
    ],
)
def test_a_failed_load_says_what_was_wrong(own, path, error, said):
    whole = 30 if path == "/flood" else 0.5
    with pytest.raises(error, match=said):
        fetcher(own.at, timeouts=(0.4, whole)).fetch([f"{own.at}{path}"])


def test_under_tls_only_a_host_that_can_be_told_is_asked(tmp_path):
    certificate, key = self_signed(tmp_path)
    with media_server({"/image": png(), "/trickle": trickles}, tls=(certificate, key)) as host:
        with pytest.raises(ConnectionLostError, match="certificate"):
            fetcher(host.at).fetch([f"{host.at}/image"])
        assert host.asked == []
        loads = fetcher(host.at, roots=certificate.read_bytes(), timeouts=(5, 0.5))
        assert loads.fetch([f"{host.at}/image"]) == png()
        with pytest.raises(DeadlineError):
            loads.fetch([f"{host.at}/trickle"])
        assert host.asked == [("/image", KEY), ("/trickle", KEY)]


def drips(beginning, piece):
    """Send what begins an answer and then a piece of it again and again, each before anybody calls it silence."""

    def answer(handler):
        with contextlib.suppress(OSError):
            handler.wfile.write(beginning)
            while not handler.server.over.wait(0.05):
                handler.wfile.write(piece)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drips(b"", b"H"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"a: b\r\n"),
    ],
    ids=["status line", "continue", "header", "length of a chunk", "trailer"],
)
def test_an_answer_that_comes_byte_by_byte_is_left_in_time_in_whichever_part(own, answer):
    own.pages["/drip"], own.over = answer, threading.Event()
    ends = threading.Timer(20, own.over.set)
    ends.start()
    try:
        with pytest.raises(DeadlineError, match=r"longer than 0\.5 seconds"):
            fetcher(own.at, timeouts=(5, 0.5)).fetch([f"{own.at}/drip"])
        assert not own.over.is_set()
    finally:
        ends.cancel()
        own.over.set()


def test_a_host_that_is_away_is_named(own):
    own.shutdown()
    own.server_close()
    with pytest.raises(ConnectionLostError, match=r"127\.0\.0\.1:\d+ cannot be reached"):
        fetcher(own.at).fetch([f"{own.at}/image"])


def test_the_next_address_is_tried_and_the_first_failure_told(own):
    loads = fetcher(own.at)
    assert loads.fetch([f"{own.at}/nothing", f"{own.at}/image"]) == png()
    with pytest.raises(NotFoundError):
        loads.fetch([f"{own.at}/nothing", "https://elsewhere.example/image"])
    with pytest.raises(NotFoundError, match="no address"):
        loads.fetch([])


def trusted(loads, address):
    return "Authorization" in loads._checked(address)[1]


def test_clarifais_media_host_has_the_token_of_clarifai_and_of_nobody_else():
    assert trusted(fetcher(), "https://data.clarifai.com/small/x")
    assert trusted(fetcher(), "https://DATA.clarifai.com:443/small/x")
    for other in ("https://api.example.org", "http://127.0.0.1:18080"):
        assert not trusted(fetcher(other), "https://data.clarifai.com/small/x")
    assert not trusted(MediaFetcher(), "https://data.clarifai.com/small/x")
    assert not trusted(fetcher(), "https://samples.clarifai.com/metro-north.jpg")
    for elsewhere in ("http://data.clarifai.com/x", "https://data.clarifai.com:8443/x", "https://xdata.clarifai.com/x"):
        with pytest.raises(PermissionDeniedError):
            fetcher()._checked(elsewhere)


def test_the_token_is_trusted_to_no_host_without_tls():
    with pytest.raises(InvalidRequestError, match="without TLS"):
        fetcher().trust("http://media.example.org")
    fetcher().trust("http://media.example.org", allow_insecure=True)
    with pytest.raises(InvalidRequestError, match="no token"):
        MediaFetcher().trust("https://media.example.org")


def test_a_proxy_is_not_asked_for_what_has_no_tls(own, monkeypatch):
    with media_server({}) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.at)
        assert fetcher(own.at).fetch([f"{own.at}/image"]) == png()
        assert proxy.asked == []


def test_the_token_shows_in_no_error_and_no_variable(own):
    loads = fetcher(own.at)
    with pytest.raises(PermissionDeniedError) as caught:
        loads.fetch([f"{own.at}/forbidden"])
    assert PAT not in repr(caught.value)
    assert PAT not in repr(vars(loads))
    assert PAT not in "".join(repr(frame.frame.f_locals) for frame in caught.traceback)


def test_what_is_just_small_enough_is_loaded(own):
    own.pages["/most"] = bytes(LARGEST)
    own.pages["/more"] = bytes(LARGEST + 1)
    assert len(fetcher(own.at).fetch([f"{own.at}/most"])) == LARGEST
    with pytest.raises(WrongReplyError):
        fetcher(own.at).fetch([f"{own.at}/more"])
