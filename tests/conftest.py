"""Fixtures for all tests: no test may ever touch a real account."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def _no_account(tmp_path_factory: pytest.TempPathFactory):
    """Clear the credentials and the home, for this process and those it starts."""
    patch = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith("CLARIFAI_")]:
        patch.delenv(name)
    patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    patch.setenv("USERPROFILE", os.environ["HOME"])
    yield
    patch.undo()


@pytest.fixture
def data() -> Path:
    """The folder of the tests' own files."""
    return Path(__file__).parent / "data"
