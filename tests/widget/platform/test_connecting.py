"""Changing the connection in the page: a token goes to its server, and is kept nowhere."""

import logging

import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.widget.platform import connecting
from tests.client.stand_in import StandIn
from tests.small_server import small_server, wait_until
from tests.widget.page import Page


@pytest.fixture
def other():
    """Another server than the one the widget begins with."""
    with small_server() as running:
        running.train("market", "haggler", dataset_id="offers", version_id="third")
        yield running


@pytest.fixture
def own(server):
    client = server.client()
    widget = EvalWidget(client)
    wait_until(lambda: widget.versions and not widget.loading)
    yield widget, client
    widget.close()
    client.close()


def ask(page, *, key="one", **changes):
    return page.act("connect", key=key, **{"user_id": "local", "pat": "", "base_url": "", **changes})


def test_another_server_takes_the_place_of_the_first(own, other):
    widget, client = own
    widget.evaluate().result(timeout=60)
    page = Page(widget)
    assert ask(page, pat=f" {other.pat}\n", base_url=other.base_url)["ok"]
    assert (widget.run_states, widget.viewing, widget.evaluation) == ([], "", None)
    wait_until(lambda: widget.versions and not widget.loading)
    assert page.act("select_app", key="app", app="market")["ok"]
    wait_until(lambda: [row["id"] for row in widget.models] == ["haggler"] and not widget.loading)
    assert widget.evaluate().result(timeout=60).complete
    assert client.apps(), "a client that was given is left as it is"


def test_the_token_is_kept_in_no_trait_reply_log_or_repr(own, other, caplog):
    widget, _ = own
    page = Page(widget)
    caplog.set_level(logging.DEBUG)
    wrong = "m4rk3r-of-a-wrong-token"
    assert "error" in ask(page, key="a", pat=wrong, base_url=other.base_url)
    assert ask(page, key="b", pat=other.pat, base_url=other.base_url)["ok"]
    wait_until(lambda: widget.versions and not widget.loading)
    widget.evaluate().result(timeout=60)
    state = {name: getattr(widget, name) for name in widget.keys}
    shown = [
        state,
        page.replies,
        page.buffers,
        caplog.text,
        repr(widget),
        repr(widget._platform.client),
        str(widget.runs),
    ]
    for token in (wrong, other.pat):
        assert all(token not in str(one) for one in shown)
    assert widget._platform.client.settings.pat == other.pat, "it is used all the same"


@pytest.mark.parametrize(
    ("code", "said"),
    [(11008, "refuses this token"), (11009, "refuses this token"), (11101, "knows no user of this id")],
)
def test_a_refusal_says_what_to_do_and_changes_nothing(own, code, said):
    widget, _ = own
    before = (widget.versions, widget.connection)
    with StandIn() as stand_in:
        stand_in.faults["ListApps"] = [code]
        reply = ask(Page(widget), user_id="typed-0815", pat="token", base_url=f"http://127.0.0.1:{stand_in.port}")
    assert said in reply["error"]["message"]
    assert (reply["error"]["code"], reply["error"]["req_id"]) == (code, "r1")
    assert "typed-0815" not in str(reply), "it may have been a token"
    assert (widget.versions, widget.connection) == before


def test_a_token_that_may_not_list_apps_is_let_in(own):
    widget, _ = own
    with StandIn() as stand_in:
        stand_in.forbidden = {"ListApps"}
        page = Page(widget)
        assert ask(page, user_id="ann", pat="token", base_url=f"http://127.0.0.1:{stand_in.port}")["ok"]
        wait_until(lambda: widget.versions and not widget.loading)
        assert widget.problem["lists"] == ["apps"]


@pytest.mark.parametrize("typed", ["0123456789abcdef" * 2, "the-same-in-both"])
def test_a_token_typed_as_the_user_id_is_neither_sent_nor_shown(own, typed):
    widget, _ = own
    with StandIn() as stand_in:
        address = f"http://127.0.0.1:{stand_in.port}"
        reply = ask(Page(widget), user_id=typed, pat="the-same-in-both", base_url=address)
        assert "looks like a token" in reply["error"]["message"]
        assert stand_in.calls["ListApps"] == 0
    assert typed not in str([reply, widget.connection, widget.problem])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pat": " "}, "Give a personal access token"),
        ({"user_id": ""}, "Give your user id"),
        ({"base_url": "http://example.com"}, "TLS"),
        ({"base_url": "http://127.0.0.1:1"}, "does not answer"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(own, changes, said, monkeypatch):
    monkeypatch.setattr(connecting, "_SECONDS", 1.0)
    widget, _ = own
    reply = ask(Page(widget), **{"pat": "token", **changes})
    assert said in reply["error"]["message"]
