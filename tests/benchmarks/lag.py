"""How far curves lag behind "evaluated" beside ``while True: pass``: ``python -m tests.benchmarks.lag``.

Needs the browser, as the browser tests do. In each host the sample app's cross-validation runs while another thread of the
same kernel runs ``while True: pass``; the page is looked at in every frame. Two figures a run, in seconds:

- *behind the status*: from the first frame that says that the evaluation is finished to the first with every fold drawn;
  at most 0 where both come together;
- *behind the last fold*: from the moment that the server has the last fold's predictions to that frame.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import hosts
from tests.browser.lab import BROWSER_FLAGS, find_browser
from tests.browser.panel import WAIT, OnPage, Panel

HOSTS = ("notebook", "voila")
BUSY = """
import threading, time
from clarifai_eval_widget import LocalServer

stamps = []
stamp = ipywidgets.Label()

def spin():
    while True:
        pass

def note(step):
    stamps.append(time.time())
    stamp.value = f"stamps {len(stamps)} {stamps[-1]}"

LocalServer.shared().before_step = note
begin = ipywidgets.Button(description="Be busy")
begin.on_click(lambda _: threading.Thread(target=spin, daemon=True).start())
page = ipywidgets.VBox([w, told, set_it, begin, stamp])
"""
WATCH = """() => {
    const seen = window.cewSeen = { told: 0, drawn: 0 };
    const look = () => {
        const root = document.querySelector('.cew');
        if (!seen.told && root.querySelector(':scope > [aria-live=polite]').textContent.includes('Evaluation finished'))
            seen.told = Date.now() / 1000;
        if (!seen.drawn && root.querySelectorAll('.cew-roc-fold').length === 5) seen.drawn = Date.now() / 1000;
        if (!seen.told || !seen.drawn) requestAnimationFrame(look);
    };
    look();
}"""


def measured(page: Page, url: str) -> tuple[float, float]:
    """Run once in an open host; seconds behind the status, and behind the last fold."""
    page.goto(url)
    if "notebooks/" in url:
        page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    panel = Panel(OnPage(page))
    panel.wait_for_versions()
    page.get_by_role("button", name="Be busy").click()
    page.evaluate(WATCH)
    panel.calculate("few-inputs")
    page.wait_for_function("() => window.cewSeen.told && window.cewSeen.drawn", timeout=WAIT)
    seen = page.evaluate("() => window.cewSeen")
    stamp = page.get_by_text("stamps 5 ").first.inner_text()
    return seen["drawn"] - seen["told"], seen["drawn"] - float(stamp.split()[-1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    hosts.SHOWN += BUSY
    print(f"{'host':10}{'behind the status':>20}{'behind the last fold':>24}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        for name in HOSTS:
            for _ in range(options.times):
                with tempfile.TemporaryDirectory() as folder:
                    host = hosts.Host(name, Path(folder))
                    page = browser.new_page(viewport={"width": 1300, "height": 1000})
                    page.set_default_timeout(WAIT)
                    try:
                        status, fold = measured(page, host.url)
                    finally:
                        page.close()
                        host.stop()
                print(f"{name:10}{status:18.2f} s{fold:22.2f} s", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
