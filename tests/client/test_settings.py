"""Where credentials come from, and which address they may go to."""

import pytest

from clarifai_eval_widget.client.settings import find_settings
from clarifai_eval_widget.errors import AuthenticationError
from tests.client.stand_in import StandIn
from tests.small_server import small_server


@pytest.fixture
def cli_config(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    def write(text):
        path = tmp_path / ".config" / "clarifai" / "config"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return write


CONTEXT = """
current_context: work
contexts:
  work:
    CLARIFAI_API_BASE: https://private.example
    CLARIFAI_PAT: context-token
    CLARIFAI_USER_ID: context-user
"""


def test_nothing_found_means_no_token_the_public_host_and_me(cli_config):
    settings = find_settings()
    assert (settings.pat, settings.user_id, str(settings.address)) == ("", "me", "https://api.clarifai.com")


def test_the_cli_context_gives_token_user_and_address_together(cli_config):
    cli_config(CONTEXT)
    settings = find_settings()
    assert (settings.pat, settings.user_id, settings.address.host) == (
        "context-token",
        "context-user",
        "private.example",
    )
    assert settings.sources["pat"] == "the CLI context 'work'"


def test_the_value_envvar_in_a_context_reads_the_environment(cli_config, monkeypatch):
    cli_config(CONTEXT.replace("context-user", "ENVVAR"))
    monkeypatch.setenv("CLARIFAI_USER_ID", "env-user")
    assert find_settings().user_id == "env-user"


def test_a_token_from_the_environment_never_goes_to_the_address_of_a_context(cli_config, monkeypatch):
    cli_config(CONTEXT)
    monkeypatch.setenv("CLARIFAI_PAT", "env-token")
    settings = find_settings()
    assert settings.pat == "env-token"
    assert settings.address.host == "api.clarifai.com"


def test_a_token_given_as_argument_never_goes_to_an_address_of_the_environment(cli_config, monkeypatch, caplog):
    monkeypatch.setenv("CLARIFAI_API_BASE", "https://elsewhere.example")
    settings = find_settings(pat="given")
    assert settings.address.host == "api.clarifai.com"
    assert "Give base_url together with pat" in caplog.text


def test_an_address_given_as_argument_is_used_with_a_token_of_the_environment(cli_config, monkeypatch):
    monkeypatch.setenv("CLARIFAI_PAT", "env-token")
    settings = find_settings(base_url="http://127.0.0.1:5000")
    assert (settings.pat, settings.address.port, settings.address.secure) == ("env-token", 5000, False)


def test_a_broken_cli_config_is_reported_and_not_fatal(cli_config, caplog):
    cli_config("contexts: [")
    assert find_settings().pat == ""
    assert "could not be read" in caplog.text


def test_the_token_is_not_in_the_repr():
    assert "secret-token" not in repr(find_settings(pat="secret-token"))


def test_what_is_too_long_for_a_token_is_refused_before_it_is_sent_and_not_quoted(cli_config):
    assert find_settings(pat="x" * 4096).pat
    for length in (4097, 1_900_000):
        with pytest.raises(AuthenticationError, match=f"{length:,} characters") as info:
            find_settings(pat="x" * length)
        assert "xx" not in str(info.value)


def test_the_app_of_the_environment_is_the_clients_own_and_one_that_is_given_comes_before_it(monkeypatch):
    monkeypatch.setenv("CLARIFAI_APP_ID", " env-app\n")
    assert (find_settings().app_id, find_settings().sources["app_id"]) == ("env-app", "the environment")
    assert find_settings(app_id="given").app_id == "given"
    assert find_settings(app_id="").app_id == "", "none is wanted"


def test_a_client_with_an_app_in_the_environment_looks_there_alone_where_no_other_is_named(monkeypatch):
    monkeypatch.setenv("CLARIFAI_APP_ID", "app")
    with StandIn() as server, server.client() as client:
        client.models()
        asked = [request.user_app_id for name, request in server.requests if name == "ListModels"]
        assert [(one.user_id, one.app_id) for one in asked] == [("ann", "app")]


def test_the_platforms_app_of_the_environment_is_none_of_the_local_servers(monkeypatch):
    monkeypatch.setenv("CLARIFAI_APP_ID", "my-app-on-the-platform")
    with small_server() as server:
        assert [model.id for model in server.client().models()] == ["sentiment"]
        assert server.client(app_id="shop").settings.app_id == "shop"
