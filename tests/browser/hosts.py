"""Hosts, each started on one program that shows the widget and tells its threshold from Python."""

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

from tests.browser.lab import keep_quiet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

SETTINGS = "config/lab/user-settings"
HELD = """
import pathlib, time
from clarifai_eval_widget import EvalWidget, LocalServer

def hold(step):
    while not any(pathlib.Path(name).exists() for name in ("open", f"{step.model_version_id}-{step.index}")):
        time.sleep(0.02)

def be_busy(_):
    pathlib.Path("busy").touch()
    while not pathlib.Path("enough").exists():
        pass

w = EvalWidget.local()
LocalServer.shared().before_step = hold
"""
SHOWN = f"""
import ipywidgets
{HELD}
told = ipywidgets.Label()
set_it = ipywidgets.Button(description="Set it from Python")
busy = ipywidgets.Button(description="Be busy")

def tell(_=None):
    inputs = w.evaluation.num_inputs if w.evaluation else 0
    told.value = f"threshold {{w.threshold:.4f}}, {{w.status}}, {{w.progress:.0%}} done, {{inputs}} inputs"

def move(_):
    w.threshold = 0.123

w.observe(tell, ["threshold", "status", "progress", "evaluation"])
set_it.on_click(move)
busy.on_click(be_busy)
tell()
page = ipywidgets.VBox([w, told, set_it, busy, w])
"""
MARIMO = f"""
import marimo

app = marimo.App()

@app.cell
def _():
    import marimo as mo
    {HELD.strip().replace(chr(10), chr(10) + " " * 4)}
    return be_busy, mo, w

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
    progress, set_progress = mo.state(w.progress)
    evaluation, set_evaluation = mo.state(w.evaluation)
    told = {{"status": set_status, "progress": set_progress, "evaluation": set_evaluation}}
    changes = queue.Queue()
    w.observe(changes.put, list(told))

    def pass_on():
        while not mo.current_thread().should_exit:
            try:
                change = changes.get(timeout=0.2)
            except queue.Empty:
                continue
            told[change["name"]](change["new"])

    mo.Thread(target=pass_on, daemon=True).start()
    return (evaluation, progress, status)

@app.cell
def _(evaluation, mo, progress, shown, status):
    inputs = evaluation().num_inputs if evaluation() else 0
    mo.md(f"threshold {{shown.value['threshold']:.4f}}, {{status()}}, {{progress():.0%}} done, {{inputs}} inputs")
    return

@app.cell
def _(mo, w):
    def move(_):
        w.threshold = 0.123
    mo.ui.button(label="Set it from Python", on_click=move)
    return

@app.cell
def _(be_busy, mo):
    mo.ui.button(label="Be busy", on_click=be_busy)
    return

@app.cell
def _(shown):
    shown
    return

if __name__ == "__main__":
    app.run()
"""


class Host:
    """A host that runs one program, in a process of its own.

    Parameters
    ----------
    name
        ``lab``, ``notebook``, ``voila``, ``solara``, ``marimo`` (run) or ``marimo-edit``.
    folder
        Where its files go.
    dark
        Whether its page is set to be dark.
    """

    def __init__(self, name: str, folder: Path, *, dark: bool = False) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self._port = taken.getsockname()[1]
        self.name, self.folder = name, folder
        self.url = f"http://127.0.0.1:{self._port}/"
        command = getattr(self, f"_{name.replace('-', '_')}")(folder)
        if dark:
            _darken(folder)
        self._log = folder / "host.log"
        environment = {
            **os.environ,
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "SOLARA_THEME_VARIANT": "dark" if dark else "light",
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

    def _lab(self, folder: Path) -> list[str]:
        return self._jupyter(folder, "jupyterlab", "lab/tree", "LabApp")

    def _notebook(self, folder: Path) -> list[str]:
        return self._jupyter(folder, "notebook", "notebooks", "JupyterNotebookApp")

    def _jupyter(self, folder: Path, module: str, path: str, application: str) -> list[str]:
        _write_notebook(folder / "app.ipynb")
        keep_quiet(folder / SETTINGS)
        self.url += f"{path}/app.ipynb"
        options = ["--no-browser", "--allow-root", f"--port={self._port}", "--IdentityProvider.token="]
        return [module, *options, "--ip=127.0.0.1", f"--{application}.expose_app_in_browser=True"]

    def _voila(self, folder: Path) -> list[str]:
        _write_notebook(folder / "app.ipynb")
        return ["voila", "app.ipynb", "--no-browser", f"--port={self._port}", "--Voila.ip=127.0.0.1"]

    def _solara(self, folder: Path) -> list[str]:
        (folder / "app.py").write_text(SHOWN)
        return ["solara", "run", "app.py", "--no-open", f"--port={self._port}", "--production"]

    def _marimo(self, folder: Path, how: str = "run") -> list[str]:
        (folder / "app.py").write_text(MARIMO)
        return ["marimo", how, "app.py", "--headless", "--no-token", f"--port={self._port}"]

    def _marimo_edit(self, folder: Path) -> list[str]:
        (folder / "pyproject.toml").write_text("[tool.marimo.runtime]\nauto_instantiate = true\n")
        return [*self._marimo(folder, "edit"), "--skip-update-check"]

    def _wait(self) -> None:
        """Wait until it answers, by what it does not have: Voilà runs the whole program for whoever asks for its page."""
        ends = time.monotonic() + 90
        while time.monotonic() < ends and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/static/none", timeout=60):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"The host did not start:\n{self._log.read_text()[-2000:]}")

    def open(self, page: Page) -> None:
        """Open the program on a page, and run it where that is not done by itself."""
        page.goto(self.url)
        if self.is_notebook:
            page.wait_for_function(
                "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
            )
            page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def darkened(self, folder: Path) -> Host:
        """Give a host whose pages are dark: this one where pages made anew follow, else another of its kind."""
        if self.name.startswith("marimo") or self.name == "solara":
            return Host(self.name, folder, dark=True)
        _darken(self.folder)
        self.url += "?theme=dark" if self.name == "voila" else ""
        return self

    @property
    def is_notebook(self) -> bool:
        """Whether it is one of Jupyter's, whose cells are run by a command and which is saved by one."""
        return self.url.endswith(".ipynb")

    @property
    def outlives_the_page(self) -> bool:
        """Whether a page made anew finds the same kernel."""
        return self.is_notebook or self.name == "marimo-edit"

    def stop(self) -> None:
        """End it with all that it has started."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _darken(folder: Path) -> None:
    """Set what Jupyter's pages and marimo read of a dark page."""
    themes = folder / SETTINGS / "@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    themes.parent.mkdir(parents=True, exist_ok=True)
    themes.write_text('{"theme": "JupyterLab Dark"}')
    with (folder / "pyproject.toml").open("a") as settings:
        settings.write('[tool.marimo.display]\ntheme = "dark"\n')


def _write_notebook(path: Path) -> None:
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SHOWN + "page")])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, path)


def started(name: str, folder: Path) -> Iterator[Host]:
    """A host for as long as it is needed, in which nothing is held back."""
    (folder / "open").touch()
    host = Host(name, folder)
    yield host
    for file in ("open", "enough"):
        (folder / file).touch()
    host.stop()
