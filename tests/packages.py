"""Build sdist and wheel as they would be published, and look inside: ``python -m tests.packages``.

The sdist is built from the checkout (Node comes as a build requirement); the wheel is built from that sdist on a PATH
without Node, as for a user on a platform without wheels.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "clarifai_eval_widget"
BUNDLE = [f"{PACKAGE}/static/widget.js", f"{PACKAGE}/static/widget.css"]
IN_WHEEL = [*BUNDLE, f"{PACKAGE}/py.typed", f"{PACKAGE}/notebooks/01_quickstart.ipynb"]


def _build(kind: str, source: Path, target: Path, *, path: str) -> Path:
    command = [sys.executable, "-m", "build", f"--{kind}", "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL)
    (built,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def _path_without_node() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not (Path(folder) / "node").exists())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sdist = _build("sdist", ROOT, work / "sdist", path=os.environ["PATH"])
        with tarfile.open(sdist) as archive:
            archive.extractall(work / "source", filter="data")
        (source,) = (work / "source").iterdir()
        missing = [name for name in BUNDLE if not (source / name).is_file()]
        wheel = _build("wheel", source, work / "wheel", path=_path_without_node())
        inside = zipfile.ZipFile(wheel).namelist()
        missing += [name for name in IN_WHEEL if name not in inside]
        if missing:
            raise SystemExit(f"Missing in the packages: {', '.join(missing)}")
        print(f"{sdist.name}: {sdist.stat().st_size / 1024:.0f} KB, {wheel.name}: {wheel.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
