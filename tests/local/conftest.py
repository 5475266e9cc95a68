"""What most tests of the local server start from; a file that needs another one makes its own."""

import pytest

from tests.local.support import Api, toy_server


@pytest.fixture(scope="module")
def server():
    with toy_server() as server:
        yield server


@pytest.fixture(scope="module")
def api(server):
    with Api(server) as api:
        yield api
