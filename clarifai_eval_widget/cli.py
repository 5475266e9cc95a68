"""The command ``clarifai-eval``."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from clarifai_eval_widget import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

QUICKSTART = "01_quickstart.ipynb"
_NEEDED = {"jupyterlab": "demo", "sklearn": "local", "joblib": "local"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the return value is the exit code."""
    parser = argparse.ArgumentParser(prog="clarifai-eval", description="Evaluate Clarifai classifiers in a notebook.")
    parser.add_argument("--version", action="version", version=f"clarifai-eval-widget {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser(
        "demo",
        help="open the quickstart in JupyterLab, served by the embedded local server: no account, no network",
    )
    demo.add_argument("--no-browser", action="store_true", help="start JupyterLab without opening a browser")
    demo.add_argument("--port", type=int, help="port of JupyterLab (default: 8888, or the next free one)")
    demo.add_argument(
        "--folder",
        type=Path,
        default=Path("clarifai-eval-demo"),
        help="where the notebooks are copied to (default: %(default)s)",
    )
    demo.add_argument("jupyter", nargs=argparse.REMAINDER, help="after --, further options for JupyterLab")
    options = parser.parse_args(arguments)
    return _demo(options)


def _demo(options: argparse.Namespace) -> int:
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
    command = [sys.executable, "-m", "jupyterlab"]
    command += [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{QUICKSTART}"]
    command += ["--no-browser"] * options.no_browser
    command += [f"--port={options.port}"] if options.port is not None else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # Jupyter refuses root otherwise, as in most containers
    command += [argument for argument in options.jupyter if argument != "--"]
    os.chdir(folder)
    if os.name == "posix":
        os.execv(sys.executable, command)  # in this process's place, so that signals reach JupyterLab itself
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:  # Jupyter has asked its own question and stopped
        return 0


def _notebooks() -> list[Path]:
    """The tutorials: inside an installed package, or beside it in a checkout."""
    installed = Path(str(resources.files("clarifai_eval_widget"))) / "notebooks"
    checkout = Path(__file__).parents[1] / "notebooks"
    for folder in (installed, checkout):
        found = sorted(folder.glob("*.ipynb"))
        if found:
            return found
    raise FileNotFoundError(
        f"The tutorial notebooks are neither in {installed} nor in {checkout}: reinstall the package."
    )


if __name__ == "__main__":
    sys.exit(main())
