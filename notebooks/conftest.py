"""Tutorials run against the local server only, whatever account the machine has, and show what is shipped with them."""

from collections.abc import Generator

import pytest
from nbval.plugin import IPyNbCell

from tests.isolation import isolate
from tests.shipped import differences

isolate()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Compare a cell's tables, points and pictures, once it ran, with those that who does not run it reads."""
    yield
    if isinstance(item, IPyNbCell) and (said := differences(item.cell.outputs, item.test_outputs)):
        pytest.fail("The cell shows otherwise than it ships: " + "; ".join(said), pytrace=False)
