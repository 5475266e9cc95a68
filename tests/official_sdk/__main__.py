"""Let the official SDK drive the local server: ``python -m tests.official_sdk [ITS CHECKOUT]``.

``clarifai`` is no dependency of this package or of its tests, which would take its requirements' pins over. It is
installed from the package index into a temporary environment that lies over the one which runs this (about 90 MB and 15
seconds), and ``workflow.py`` is run there. With a checkout of https://github.com/Clarifai/clarifai-python its own
``tests/test_eval.py`` is run too, to its end: the test is marked to be skipped there; the mark is lifted, nothing else
is changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from tests.isolation import isolate

ROOT = Path(__file__).parents[2]
# seaborn and loguru are what its comparisons import without saying so.
REQUIREMENTS = ["clarifai>=12.5", "seaborn", "loguru"]
LIFT = "import pytest; pytest.mark.skip = lambda *_, **__: lambda test: test"
# What sees to the server's address and key, in a process without this one's.
SERVE = """
import os, subprocess, sys
from clarifai_eval_widget import LocalServer
with LocalServer() as server:
    told = {"CLARIFAI_API_BASE": server.base_url, "CLARIFAI_PAT": server.pat, "CLARIFAI_USER_ID": server.user_id}
    sys.exit(subprocess.run([sys.executable, *sys.argv[1:]], env=os.environ | told).returncode)
"""
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"]  # the SDK's use of pandas and seaborn warns


def install(folder: Path) -> Path:
    """Make the environment; its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    below = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (packages / "below.pth").write_text(below, encoding="utf-8")
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *REQUIREMENTS], check=True)
    return python


def run(python: Path, *command: str | Path, cwd: Path) -> None:
    """Run what must succeed, with this checkout's package and tests."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, dict.fromkeys([cwd, ROOT])))}
    if subprocess.run([python, *command], cwd=cwd, env=environment, check=False, timeout=300).returncode:
        raise SystemExit(f"The official SDK's run failed: {' '.join(map(str, command[-2:]))}")


def run_its_own_test(python: Path, checkout: Path, folder: Path) -> None:
    """Its own evaluation test, with nothing but the address changed."""
    shutil.copytree(checkout / "tests", folder / "tests")
    (folder / "lift_skips.py").write_text(LIFT, encoding="utf-8")
    run(python, "-c", SERVE, *PYTEST, "-p", "lift_skips", "tests/test_eval.py", cwd=folder)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        python = install(Path(folder) / "environment")
        isolate()  # not before: pip may be told its index in the home
        run(python, *PYTEST, "tests/official_sdk/workflow.py", cwd=ROOT)
        for checkout in sys.argv[1:]:
            run_its_own_test(python, Path(checkout).resolve(), Path(folder) / "its own")


if __name__ == "__main__":
    main()
