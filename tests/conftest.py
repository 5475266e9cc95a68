"""Fixtures for all tests."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.isolation import isolate

isolate()

# A shell's background jobs ignore Ctrl+C, and so would whatever the tests start to press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, so that a commit is judged by itself; EXPLORE=1 draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("EXPLORE") else "same")


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
    """Where several processes run the tests: a file's in one of them, and all of the browser's, which share a JupyterLab."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if nodeid.startswith("tests/browser/") else nodeid.partition("::")[0]

    return ByFile(config, log)


@pytest.fixture
def data() -> Path:
    """The folder of the tests' own files."""
    return Path(__file__).parent / "data"
