"""Fixtures for all tests."""

from __future__ import annotations

import functools
import os
import re
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests import workers
from tests.isolation import isolate

if TYPE_CHECKING:
    from collections.abc import Iterator

isolate()

# A shell's background jobs ignore Ctrl+C, and so would whatever the tests start to press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, so that a commit is judged by itself; EXPLORE=1 draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("EXPLORE") else "same")


ROOT = Path(__file__).parents[1]

# Where servers, workers, threads, kernels and browsers run beside the test; the numbers' tests get one try.
TRIED_AGAIN = tuple(Path(__file__).parent / room for room in ("browser", "cli", "client", "local", "widget"))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Try up to twice more what failed beside other processes: on a machine that others use they may stall or be ended.

    A regression fails each time. What passed at a later try stands in the report as RERUN, to be looked into: whatever
    the reason of a failure is called (a stall is not always a TimeoutError), the report does not hide it.
    """
    if any(room in item.path.parents for room in TRIED_AGAIN):
        item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where several processes run the tests, one runs those that share what takes long to start."""
    from xdist.scheduler import LoadScopeScheduling

    class ByWhatIsShared(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return what_is_shared(nodeid.partition("::")[0])

    return ByWhatIsShared(config, log)


@functools.cache
def what_is_shared(file: str) -> str:
    """A file's fixtures; of most of the browser's files a JupyterLab too or, where they need none, a browser.

    The hosts stand alone: their tests start servers of their own.
    """
    if not file.startswith("tests/browser/") or file.endswith("/test_hosts.py"):
        return file
    uses_lab = re.search(
        r"\b(open_notebook|open_lasting_notebook|lab_server)\b|\(evaluated\b", (ROOT / file).read_text()
    )
    return "JupyterLab" if uses_lab else "browser"


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """What a test left open in pyplot is not counted against the next, whichever that is: it warns of the twenty-first."""
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        pyplot.close("all")
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        left = signal.signal(signal.SIGINT, signal.default_int_handler)
        pytest.fail(f"Ctrl+C was left with {left}: later tests would not hear it.")


@pytest.fixture(scope="session", autouse=True)
def _kept_workers() -> Iterator[None]:
    """Servers of this process hand their idle worker processes on."""
    with workers.kept():
        yield


@pytest.fixture(scope="module")
def own_workers() -> Iterator[None]:
    """For a module that looks at the processes: each server starts its own, and ends them."""
    with workers.kept(own=True):
        yield


@pytest.fixture
def data() -> Path:
    """The folder of the tests' own files."""
    return Path(__file__).parent / "data"
