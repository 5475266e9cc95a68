"""A real JupyterLab in a real browser, as far as the tests need to drive it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_BROWSER_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_APPLICATIONS = {
    "lab": (
        "jupyterlab",
        "lab/tree",
        [
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
        ],
    ),
    "notebook": ("notebook", "notebooks", ["--JupyterNotebookApp.expose_app_in_browser=True"]),
}
"""Of each: its module, where its notebooks open, and its options."""
_QUIET = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "docmanager-extension/plugin": {"autosave": False},
}


def find_browser() -> str:
    """The path of a Chrome or Chromium on this machine, or an error that says how to get one."""
    named = os.environ.get("CHROME_PATH")
    for candidate in [named, *map(shutil.which, _BROWSERS), *_BROWSER_PATHS]:
        if candidate and Path(candidate).exists():
            return candidate
    raise FileNotFoundError(
        "The browser tests need Chrome or Chromium and found none. Install one (Debian, Ubuntu: apt-get install "
        "chromium; macOS: brew install --cask chromium; Windows: winget install Google.Chrome), or set CHROME_PATH to "
        "its executable."
    )


def keep_quiet(settings: Path) -> None:
    """Write the settings of a JupyterLab that asks nothing by itself and saves only when told."""
    for name, values in _QUIET.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


class LabServer:
    """A server of JupyterLab, or of Notebook 7, with a folder, a home and settings of its own."""

    def __init__(self, folder: Path, application: str = "lab") -> None:
        self.application = application
        module, self._opens, options = _APPLICATIONS[application]
        self.root = folder / "notebooks"
        self.root.mkdir(parents=True)
        self._runtime = folder / "runtime"
        settings = folder / "settings"
        keep_quiet(settings)
        token = secrets.token_hex(16)
        self._log = (folder / "jupyter.log").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, "--no-browser", "--port=0", "--allow-root", "--ip=127.0.0.1",
             f"--ServerApp.root_dir={self.root}", f"--IdentityProvider.token={token}", *options],
            env={
                **os.environ,
                "JUPYTER_RUNTIME_DIR": str(self._runtime),
                "JUPYTER_CONFIG_DIR": str(folder / "config"),
                "JUPYTERLAB_SETTINGS_DIR": str(settings),
                "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
                "IPYTHONDIR": str(folder / "ipython"),
            },
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        info = self._wait_for_info()
        self.url, self.token = f"http://127.0.0.1:{info['port']}", token

    def address(self, name: str) -> str:
        """Where a notebook of the folder opens."""
        return f"{self.url}/{self._opens}/{name}?reset&token={self.token}"

    def _wait_for_info(self) -> dict[str, Any]:
        import urllib.request

        deadline = time.monotonic() + 150
        while time.monotonic() < deadline and self._process.poll() is None:
            for path in self._runtime.glob("jpserver-*.json"):
                try:
                    info = json.loads(path.read_text())
                    with urllib.request.urlopen(f"http://127.0.0.1:{info['port']}/api", timeout=2):
                        return info
                except (OSError, ValueError):
                    pass
            time.sleep(0.1)
        raise RuntimeError(f"Jupyter did not start: see {self._log.name}\n{Path(self._log.name).read_text()[-2000:]}")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


class NotebookPage:
    """A notebook open in JupyterLab, or in Notebook 7, which is made of the same parts."""

    def __init__(self, page: Page, server: LabServer, cells: int = 0) -> None:
        self.page = page
        self._server = server
        self._cells = cells

    def spare(self, index: int = 0) -> int:
        """The position of one of the empty cells at the end: 0 is the last."""
        return self._cells - 1 - index

    def open(self, name: str) -> None:
        """Open a notebook of the server's folder and wait for its kernel."""
        self.page.goto(self._server.address(name))
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.connectionStatus === 'connected'",
            timeout=150_000,
        )
        self.wait_until_idle()

    def wait_until_idle(self, timeout: float = 150_000) -> None:
        self.page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'",
            timeout=timeout,
        )

    def shut_down(self) -> None:
        """End this page's own kernel: those of other pages may be in use."""
        self.page.evaluate("() => window.jupyterapp?.shell.currentWidget?.sessionContext.shutdown()")

    def is_running(self, index: int) -> bool:
        """Whether a cell runs; the kernel's own status is also that of what it handles beside the cell."""
        return self.page.evaluate(
            """index => {
                const cell = window.jupyterapp.shell.currentWidget.content.widgets[index];
                return cell.node.querySelector('.jp-InputPrompt').textContent.includes('*');
            }""",
            index,
        )

    def command(self, name: str, *, wait: bool = False) -> None:
        """Start a command of JupyterLab; with ``wait`` return when it has ended, a cell's execution included."""
        self.page.evaluate(
            "([name, wait]) => { const done = window.jupyterapp.commands.execute(name); return wait ? done.then(() => 0) : 0; }",
            [name, wait],
        )

    def run_all(self) -> None:
        self.command("notebook:run-all-cells", wait=True)

    def run_cell(self, index: int, *, wait: bool = True) -> None:
        """Run one cell; without ``wait`` return when it has begun."""
        self.page.evaluate(
            """index => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                notebook.deselectAll();
                notebook.activeCellIndex = index;
            }""",
            index,
        )
        self.command("notebook:run-cell", wait=wait)
        if not wait:
            self.page.wait_for_function(
                "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
            )

    def interrupt(self, index: int) -> None:
        """Interrupt a running cell, and return when it has ended: what is sent before that would be dropped with it."""
        self.command("notebook:interrupt-kernel", wait=True)
        self.page.wait_for_function(
            """index => {
                const cell = window.jupyterapp.shell.currentWidget.content.widgets[index];
                return !cell.node.querySelector('.jp-InputPrompt').textContent.includes('*');
            }""",
            arg=index,
        )
        self.wait_until_idle()

    def command_mode(self) -> None:
        """Leave the editor, so that keys are the notebook's commands."""
        self.page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.mode = 'command'; }")

    def text_output(self, index: int) -> str:
        """What a cell has printed or returned, as text."""
        return self.page.evaluate(
            """index => {
                const model = window.jupyterapp.shell.currentWidget.content.widgets[index].model;
                return model.sharedModel.getOutputs()
                    .map(o => o.output_type === 'error' ? o.traceback.join('\\n')
                        : [o.text ?? o.data?.['text/plain'] ?? ''].flat().join('')).join('');
            }""",
            index,
        )

    def run_code(self, index: int, code: str) -> str:
        """Put code into a cell, run it, and return what it printed or returned."""
        self.set_code(index, code)
        self.run_cell(index)
        return self.text_output(index).strip()

    def set_code(self, index: int, code: str) -> None:
        self.page.evaluate(
            "([index, code]) => "
            "{ window.jupyterapp.shell.currentWidget.content.widgets[index].model.sharedModel.setSource(code); }",
            [index, code],
        )

    def save_and_reload(self) -> None:
        """Save, reload the page, and wait for the kernel to be found again."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        self.page.reload()
        self.wait_until_ready()

    def second_tab(self) -> NotebookPage:
        """Save, and open the same notebook, on the same kernel, in a further tab of the browser."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        path = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        other = NotebookPage(self.page.context.new_page(), self._server, cells=self._cells)
        other.open(path)
        return other

    def close_and_open(self) -> None:
        """Save, close the notebook's tab while its kernel goes on, and open it again."""
        self.page.evaluate(
            """async () => {
                const { commands, shell } = window.jupyterapp;
                const { path } = shell.currentWidget.context;
                await commands.execute('docmanager:save');
                await commands.execute('application:close');
                await new Promise(resolve => setTimeout(resolve, 1000));
                await commands.execute('docmanager:open', { path });
            }"""
        )
        self.wait_until_ready()
