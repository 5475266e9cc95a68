"""What most tests of the client start from; a file that needs another server makes its own."""

import pytest

from tests.client.stand_in import StandIn


@pytest.fixture
def server():
    with StandIn() as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connected:
        yield connected
