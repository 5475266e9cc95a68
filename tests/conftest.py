"""Fixtures for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.isolation import isolate

isolate()


@pytest.fixture
def data() -> Path:
    """The folder of the tests' own files."""
    return Path(__file__).parent / "data"
