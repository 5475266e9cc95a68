"""The command ``clarifai-eval``."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import threading
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
    serve = commands.add_parser("serve", help="run the embedded server as a process of its own, on a file")
    serve.add_argument("--path", type=Path, required=True, help="the server's file, made where there is none")
    serve.add_argument("--port", type=int, help="port to serve on (default: the file's last, or a free one)")
    serve.add_argument("--samples", action="store_true", help="with the sample apps")
    serve.add_argument(
        "--tls", type=Path, nargs=2, metavar=("CERTIFICATE", "KEY"), help="speak TLS, with these two PEM files"
    )
    options = parser.parse_args(arguments)
    return {"demo": _demo, "serve": _serve}[options.command](options)


def _serve(options: argparse.Namespace) -> int:
    """Serve a file until a signal ends it. The token is in the file, and nowhere else."""
    from clarifai_eval_widget.errors import EvalError

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        from clarifai_eval_widget.local import LocalServer

        start = LocalServer.with_samples if options.samples else LocalServer
        with start(options.path, port=options.port, tls=options.tls) as server:
            print(  # noqa: T201 - the command's own output
                f"Serving {options.path} at {server.base_url}. Connect from Python: "
                f"EvalWidget(LocalServer.client_of({str(options.path)!r})). Ctrl+C ends it.",
                flush=True,
            )
            while not ended.wait(0.5):  # in turns: on Windows an endless wait hears no signal
                pass
    except EvalError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command's own output
        return 1
    return 0


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
