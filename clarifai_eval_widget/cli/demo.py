"""``clarifai-eval demo``: the tutorials in JupyterLab."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

__all__ = ["QUICKSTART", "run"]

QUICKSTART = "01_quickstart.ipynb"
POSIX = os.name == "posix"
_NEEDED = {"jupyterlab": "demo", "sklearn": "local", "joblib": "local"}


def run(options: argparse.Namespace) -> int:
    """Copy the tutorials into a folder and open JupyterLab on the first."""
    missing = [extra for module, extra in _NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        print(  # noqa: T201 - the command's own output
            'The demo needs JupyterLab and the embedded server: pip install "clarifai-eval-widget[demo]"',
            file=sys.stderr,
        )
        return 1
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for notebook in _notebooks():
        target = folder / notebook.name
        if not target.exists():  # never over what the user has written
            shutil.copy(notebook, target)
            _trust(target)
    command = [sys.executable, "-m", "jupyterlab"]
    command += [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{QUICKSTART}"]
    command += ["--no-browser"] * options.no_browser
    command += [f"--port={options.port}"] if options.port is not None else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # Jupyter refuses root otherwise, as in most containers
    command += [argument for argument in options.jupyter if argument != "--"]
    if POSIX:
        with contextlib.chdir(folder):
            os.execv(sys.executable, command)  # in this process's place, so that signals reach JupyterLab itself
    try:
        return subprocess.run(command, check=False, cwd=folder).returncode
    except KeyboardInterrupt:  # Jupyter has asked its own question and stopped
        return 0


def _trust(notebook: Path) -> None:
    """Sign a notebook of ours as ``jupyter trust`` does: after a reload, Jupyter shows no widget of others."""
    nbformat: Any = importlib.import_module("nbformat")  # untyped
    sign: Any = importlib.import_module("nbformat.sign")
    sign.NotebookNotary().sign(nbformat.read(notebook, as_version=nbformat.NO_CONVERT))


def _notebooks() -> list[Path]:
    """The tutorials: inside an installed package, or beside it in a checkout."""
    installed = Path(str(resources.files("clarifai_eval_widget"))) / "notebooks"
    checkout = Path(__file__).parents[2] / "notebooks"
    for folder in (installed, checkout):
        found = sorted(folder.glob("*.ipynb"))
        if found:
            return found
    raise FileNotFoundError(
        f"The tutorial notebooks are neither in {installed} nor in {checkout}: reinstall the package."
    )
