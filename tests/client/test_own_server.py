"""An address of this machine is the local server only if what answers there says so."""

import pytest

from clarifai_eval_widget import EvalClient, EvalWidget
from tests.client.stand_in import StandIn
from tests.small_server import small_server, wait_until


def label(client):
    widget = EvalWidget(client)
    wait_until(lambda: not widget.loading and (widget.versions or widget.problem))
    told = dict(widget.connection)
    widget.close()
    return told["kind"], told["label"]


@pytest.fixture
def stranger():
    """Something on this machine that is not the local server, such as a tunnel to the platform."""
    with StandIn() as running:
        running.says_it_is_ours = False
        yield running


def test_what_listens_on_this_machine_without_saying_that_it_is_the_local_server_is_shown_by_its_host(stranger):
    with stranger.client() as client:
        assert label(client) == ("platform", "127.0.0.1")
        assert not client.is_local
        assert client.poll_interval == 2.0, "it is asked as seldom as the platform"


def test_the_local_server_says_so_to_any_client_that_finds_it():
    with small_server() as server, EvalClient(pat=server.pat, user_id="local", base_url=server.base_url) as client:
        assert not client.is_local, "nothing has answered yet"
        assert label(client) == ("local", "Local server")
        assert client.is_local


def test_a_host_elsewhere_that_says_so_is_not_believed(stranger, monkeypatch):
    from clarifai_eval_widget.client.addresses import ApiAddress

    stranger.says_it_is_ours = True
    with stranger.client() as client:
        monkeypatch.setattr(ApiAddress, "is_loopback", False)
        client.apps()
        assert not client.is_local
