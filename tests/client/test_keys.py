"""A key is used and never shown: not in a repr, an error, a log, nor in a traceback that prints variables."""

import logging

import grpc
import pytest
from IPython.core.ultratb import FormattedTB

from clarifai_eval_widget import EvalClient
from clarifai_eval_widget.client import transience
from clarifai_eval_widget.client.secrecy import Hidden
from clarifai_eval_widget.client.settings import find_settings
from clarifai_eval_widget.errors import AuthenticationError, EvalError, InvalidRequestError
from clarifai_eval_widget.local import LocalServer
from tests.client.stand_in import PAT, StandIn
from tests.small_server import small_server

MARKER = "m4rk3r"


@pytest.fixture
def key(monkeypatch):
    """A token that lies in the environment, so that no frame of a test holds it."""
    monkeypatch.setenv("CLARIFAI_PAT", token())
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)


@pytest.fixture
def server(key):
    with StandIn() as running:
        yield running


def token():
    return f"{MARKER}-0123456789abcdef"


def verbose(error):
    """The traceback as ``%xmode Verbose`` prints it, with the variables of every frame, those of causes too."""
    formatter = FormattedTB(mode="Verbose", theme_name="nocolor")
    return formatter.text(type(error), error, error.__traceback__)


def caught(work):
    with pytest.raises(EvalError) as info:
        work()
    return info.value


def test_the_traceback_would_show_a_key_that_is_not_hidden(server):
    def fail(token):
        raise EvalError(f"no {len(token)}")

    plain = verbose(caught(lambda: fail(token())))
    hidden = verbose(caught(lambda: fail(Hidden(token()))))
    assert MARKER in plain
    assert MARKER not in hidden


FAULTS = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAUTHENTICATED, 11008, 98004]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_no_traceback_of_a_failed_call_shows_the_key(server, fault, caplog):
    caplog.set_level(logging.DEBUG)
    client = EvalClient(base_url=f"http://127.0.0.1:{server.port}")
    version = client.model_versions("model")[0]
    for method in ("ListApps", "GetApp", "PostEvaluations", "GetEvaluation"):
        server.faults[method] = [fault] * 50
    for work in (client.apps, lambda: client.start_evaluation(version), lambda: client.evaluation("e", "app")):
        error = caught(work)
        text = verbose(error)
        assert "metadata" in text or not isinstance(fault, grpc.StatusCode), "the frames that hold the key are there"
        assert MARKER not in text + str(error) + repr(error) + repr(error.__cause__)
    client.close()
    assert MARKER not in verbose(caught(client.apps))
    assert MARKER not in caplog.text


def test_a_key_given_as_argument_is_hidden_as_well(server):
    error = caught(lambda: EvalClient(pat=token(), base_url="ftp://nowhere"))
    assert MARKER not in verbose(error)


def test_no_repr_shows_the_key(server):
    client = EvalClient(base_url=f"http://127.0.0.1:{server.port}")
    run = client.start_evaluation("v1")
    shown = [client, client.settings, client._connection, run, run.state, client.settings.pat, vars(client)]
    shown += [vars(one) for one in (client._connection, client.settings, client._starter, client._listings)]
    assert MARKER not in repr(shown)
    assert client.settings.pat.startswith(MARKER), "it is there all the same"
    client.close()


def test_the_server_gets_the_key_without_the_newline_that_came_along(monkeypatch):
    with StandIn() as server, server.client(pat=f" {PAT}\n") as client:
        client.apps()
        (headers,) = [headers for _, headers in server.headers][:1]
    assert headers["authorization"] == f"Key {PAT}"
    monkeypatch.setenv("CLARIFAI_PAT", f"{PAT}\r\n")
    assert find_settings().pat == PAT


@pytest.mark.parametrize("wrong", ["\n", " ", "ä", "\x00"])
def test_a_key_that_no_header_can_hold_is_refused_without_quoting_it(monkeypatch, wrong):
    error = caught(lambda: EvalClient(pat=f"{MARKER}{wrong}{MARKER}"))
    assert isinstance(error, AuthenticationError)
    assert "at place 7" in str(error)
    assert MARKER not in str(error)


@pytest.mark.parametrize(
    "address",
    [
        f"https://user:{MARKER}@api.clarifai.com",
        f"https://{MARKER}@api.clarifai.com:99999/path",
        f"{MARKER}@api.clarifai.com",
        "api.clarifai.com@evil.host",
        "https://api.clarifai.com@evil.host",
    ],
)
def test_an_address_with_a_name_or_key_in_it_is_refused_without_quoting_it(key, monkeypatch, address):
    monkeypatch.setenv("CLARIFAI_API_BASE", address)
    error = caught(EvalClient)
    assert isinstance(error, InvalidRequestError)
    assert "'@'" in str(error)
    assert MARKER not in verbose(error)
    assert MARKER not in str(error)


def test_an_address_that_is_not_used_is_not_quoted_either(key, monkeypatch, caplog):
    monkeypatch.setenv("CLARIFAI_API_BASE", f"https://user:{MARKER}@host")
    find_settings(pat="another")
    assert "is not used" in caplog.text
    assert MARKER not in caplog.text


@pytest.mark.parametrize("address", ["http://api.clarifai.com", "http://10.0.0.7:18080", "http://localhost.evil.host"])
def test_a_key_goes_in_plain_text_to_no_other_machine_unless_that_is_wanted(key, address):
    error = caught(lambda: EvalClient(base_url=address))
    assert isinstance(error, InvalidRequestError)
    assert "allow_insecure=True" in str(error)
    assert EvalClient(base_url=address, allow_insecure=True).settings.address.secure is False


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "https://host"])
def test_this_machine_and_tls_need_no_leave(key, address):
    EvalClient(base_url=address).close()


@pytest.mark.parametrize(
    "text",
    [
        f"contexts:\n  work:\n    CLARIFAI_PAT: [{MARKER}\n",
        f"contexts:\n  work: \tCLARIFAI_PAT: {MARKER}: x\n",
        f"CLARIFAI_PAT: *{MARKER}\n",
        f"current_context: {MARKER}\ncontexts: {{}}\n",
        f"{MARKER}\n",
        f"current_context: a\ncontexts: {{a: {MARKER}}}\n",
        f'"{MARKER}\x00"',
    ],
)
def test_a_configuration_that_cannot_be_read_is_told_without_quoting_it(tmp_path, monkeypatch, caplog, text):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    path = tmp_path / ".config" / "clarifai" / "config"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert find_settings().pat == ""
    assert "could not be read" in caplog.text
    assert MARKER not in caplog.text


def test_parts_of_a_hidden_text_are_hidden_too():
    hidden = Hidden(f"{MARKER}-more")
    shown = [hidden, hidden[:3], "Key " + hidden, hidden + "!", hidden.strip(), (hidden,), {"pat": hidden}]
    assert "m4r" not in repr(shown)
    assert hidden == f"{MARKER}-more"


def test_no_traceback_of_a_local_servers_client_shows_its_token(tmp_path):
    with small_server(path=tmp_path / "s.db") as server:
        for make in (server.client, lambda **options: LocalServer.client_of(tmp_path / "s.db", **options)):
            with pytest.raises(TypeError) as info:
                make(deadlin=3)
            assert server.pat not in verbose(info.value)
