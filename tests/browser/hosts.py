"""Other hosts than JupyterLab, each started on one program that shows the widget and tells its threshold from Python."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import nbformat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHOWN = """
import ipywidgets
from clarifai_eval_widget import EvalWidget

w = EvalWidget.local()
told = ipywidgets.Label()
set_it = ipywidgets.Button(description="Set it from Python")

def tell(_=None):
    told.value = f"threshold {w.threshold:.4f}, {w.status}"

def move(_):
    w.threshold = 0.123

w.observe(tell, ["threshold", "status"])
set_it.on_click(move)
tell()
page = ipywidgets.VBox([w, told, set_it])
"""
MARIMO = """
import marimo

app = marimo.App()

@app.cell
def _():
    import marimo as mo
    from clarifai_eval_widget import EvalWidget
    w = EvalWidget.local()
    return mo, w

@app.cell
def _(mo, w):
    shown = mo.ui.anywidget(w)
    shown
    return (shown,)

@app.cell
def _(mo, w):
    # What Python changes is told on a thread of the widget's; marimo hears only its own.
    import queue
    status, set_status = mo.state(w.status)
    changes = queue.Queue()
    w.observe(lambda change: changes.put(change["new"]), "status")

    def pass_on():
        while not mo.current_thread().should_exit:
            try:
                set_status(changes.get(timeout=0.2))
            except queue.Empty:
                pass

    mo.Thread(target=pass_on, daemon=True).start()
    return (status,)

@app.cell
def _(mo, shown, status, w):
    mo.md(f"threshold {shown.value['threshold']:.4f}, {status()}")
    return

@app.cell
def _(mo, w):
    def move(_):
        w.threshold = 0.123
    mo.ui.button(label="Set it from Python", on_click=move)
    return

if __name__ == "__main__":
    app.run()
"""


class Host:
    """A host that runs one program, in a process of its own.

    Parameters
    ----------
    name
        ``notebook``, ``voila``, ``solara`` or ``marimo``.
    folder
        Where its files go.
    """

    def __init__(self, name: str, folder: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self._port = taken.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}/"
        command = getattr(self, f"_{name}")(folder)
        self._log = folder / "host.log"
        environment = {
            **os.environ,
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
        }
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait()

    def _notebook(self, folder: Path) -> list[str]:
        _write_notebook(folder / "app.ipynb")
        self.url += "notebooks/app.ipynb"
        options = ["--no-browser", "--allow-root", f"--port={self._port}", "--IdentityProvider.token="]
        return ["notebook", *options, "--ip=127.0.0.1", "--JupyterNotebookApp.expose_app_in_browser=True"]

    def _voila(self, folder: Path) -> list[str]:
        _write_notebook(folder / "app.ipynb")
        return ["voila", "app.ipynb", "--no-browser", f"--port={self._port}", "--Voila.ip=127.0.0.1"]

    def _solara(self, folder: Path) -> list[str]:
        (folder / "app.py").write_text(SHOWN)
        return ["solara", "run", "app.py", "--no-open", f"--port={self._port}", "--production"]

    def _marimo(self, folder: Path) -> list[str]:
        (folder / "app.py").write_text(MARIMO)
        return ["marimo", "run", "app.py", "--headless", "--no-token", f"--port={self._port}"]

    def _wait(self) -> None:
        ends = time.monotonic() + 90
        while time.monotonic() < ends and self._process.poll() is None:
            try:
                with urllib.request.urlopen(self.url, timeout=60):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"The host did not start:\n{self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End it with all that it has started."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _write_notebook(path: Path) -> None:
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SHOWN + "page")])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, path)


def started(name: str, folder: Path) -> Iterator[Host]:
    """A host for as long as it is needed."""
    host = Host(name, folder)
    yield host
    host.stop()
