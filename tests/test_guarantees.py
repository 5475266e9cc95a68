"""The page of guarantees names tests that exist, and says nothing that no test holds."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
LINES = (TESTS.parent / "docs/guarantees.md").read_text().splitlines()
NAMED = [match[1] for line in LINES if (match := re.fullmatch(r"  - `(\S+)`", line))]


@cache
def names_in(file):
    return {one.name for one in ast.parse((TESTS / file).read_text()).body if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_is_named_exists(named):
    file, name = named.split("::")
    assert name in names_in(file)


def test_every_sentence_has_its_tests_and_no_test_stands_twice():
    assert len(NAMED) == len(set(NAMED)) > 50
    for line, following in zip(LINES, [*LINES[1:], ""], strict=True):
        if line.startswith("- "):
            assert following.startswith("  - `"), line
