"""A small server, and a widget of it with its page."""

import pytest

from clarifai_eval_widget import EvalWidget
from tests.small_server import Gate, small_server, wait_until
from tests.widget.page import Page


@pytest.fixture(scope="module")
def lasting_server():
    with small_server() as running:
        yield running


@pytest.fixture
def server(lasting_server):
    lasting_server.before_step = None
    return lasting_server


@pytest.fixture
def gate(server):
    held = Gate()
    server.before_step = held
    yield held
    held.open()
    server.before_step = None


@pytest.fixture
def widget(server):
    made = EvalWidget(server.client())
    # Runs of earlier tests are found on the server: begin without them.
    wait_until(lambda: made.versions and not made.loading)
    made._platform.runs.clear()
    made.publish(model_version="second")
    yield made
    made.close()


@pytest.fixture
def page(widget):
    return Page(widget)


@pytest.fixture
def doomed():
    """A widget whose server a test may stop: the server, the widget's page, and a closed gate."""
    with small_server() as server:
        held = Gate()
        server.before_step = held
        made = EvalWidget(server.client())
        wait_until(lambda: made.versions and not made.loading)
        yield server, Page(made), held
        made.close()
        held.open()
