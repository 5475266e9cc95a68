"""How far curves lag behind "evaluated" beside ``while True: pass``: ``python -m tests.benchmarks.lag``.

The hosts need the browser, as the browser tests do; ``python`` is a widget without a page (``lag_in_python.py``), and says
where the time goes. In each host the sample app's cross-validation runs while another thread of the
same kernel runs ``while True: pass``; the page is looked at in every frame. Two figures a run, in seconds:

- *behind the status*: from the first frame that says that the evaluation is finished to the first with every fold drawn;
  at most 0 where both come together;
- *behind the last fold*: from the moment that the server has the last fold's predictions to that frame.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import hosts
from tests.browser.lab import BROWSER_FLAGS, find_browser
from tests.browser.panel import WAIT, OnPage, Panel

PLAIN = "python"
HOSTS = (PLAIN, "lab", "notebook", "voila", "solara", "marimo", "marimo-edit")
STAMPS = "stamps.txt"
HOOK = f"""
import pathlib as _pathlib, threading as _threading, time as _time
from clarifai_eval_widget import LocalServer as _LocalServer

def _spin():
    while True:
        pass

def _note(step):
    with _pathlib.Path("{STAMPS}").open("a") as stamps:
        print(_time.time(), file=stamps)

_LocalServer.shared().before_step = _note
_begin_spinning = lambda _: _threading.Thread(target=_spin, daemon=True).start()
"""
BUSY = f"""{HOOK}
begin = ipywidgets.Button(description="Spin")
begin.on_click(_begin_spinning)
page = ipywidgets.VBox([w, told, set_it, begin])
"""
BUSY_IN_MARIMO = f"""
@app.cell
def _(mo, w):
    {HOOK.strip().replace(chr(10), chr(10) + " " * 4)}
    mo.ui.button(label="Spin", on_click=_begin_spinning)
    return

if __name__"""
WATCH = """() => {
    const seen = window.cewSeen = { told: 0, drawn: 0 };
    const root = document.querySelector('.cew') ??
        [...document.querySelectorAll('marimo-anywidget')].map(one => one.shadowRoot?.querySelector('.cew')).find(Boolean);
    const look = () => {
        if (!seen.told && root.querySelector(':scope > [aria-live=polite]').textContent.includes('Evaluation finished'))
            seen.told = Date.now() / 1000;
        if (!seen.drawn && root.querySelectorAll('.cew-roc-fold').length === 5) seen.drawn = Date.now() / 1000;
        if (!seen.told || !seen.drawn) requestAnimationFrame(look);
    };
    look();
}"""


def measured(page: Page, host: hosts.Host, folder: Path) -> tuple[float, float]:
    """Run once in a host; seconds behind the status, and behind the last fold."""
    host.open(page)
    panel = Panel(OnPage(page))
    panel.wait_for_versions()
    page.get_by_role("button", name="Spin").click()
    page.evaluate(WATCH)
    panel.calculate("few-inputs")
    page.wait_for_function("() => window.cewSeen.told && window.cewSeen.drawn", timeout=WAIT)
    seen = page.evaluate("() => window.cewSeen")
    stamps = (folder / STAMPS).read_text().split()
    return seen["drawn"] - seen["told"], seen["drawn"] - float(stamps[4])


def in_python() -> str:
    """Run once without a page; the time after the last fold by stage."""
    command = [sys.executable, "-m", "tests.benchmarks.lag_in_python"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    hand_offs = found.pop("hand-offs")
    return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in found.items()) + f"; {hand_offs} hand-offs"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--hosts", nargs="+", default=HOSTS, choices=HOSTS)
    options = parser.parse_args()
    hosts.SHOWN += BUSY
    hosts.MARIMO = hosts.MARIMO.replace("\nif __name__", BUSY_IN_MARIMO)
    print(f"load {os.getloadavg()[0]:.1f}")
    for _ in range(options.times if PLAIN in options.hosts else 0):
        print(f"{PLAIN:12}{in_python()}", flush=True)
    in_browsers([name for name in options.hosts if name != PLAIN], options.times)


def in_browsers(names: list[str], times: int) -> None:
    """Print a line for every run in a browser."""
    if not names:
        return
    print(f"{'host':12}{'behind the status':>18}{'behind the last fold':>24}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        for name in names:
            for _ in range(times):
                with tempfile.TemporaryDirectory() as folder:
                    host = hosts.Host(name, Path(folder))
                    page = browser.new_page(viewport={"width": 1300, "height": 1000})
                    page.set_default_timeout(WAIT)
                    try:
                        status, fold = measured(page, host, Path(folder))
                    finally:
                        page.close()
                        host.stop()
                print(f"{name:12}{status:16.2f} s{fold:22.2f} s", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
