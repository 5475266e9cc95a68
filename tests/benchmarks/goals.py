"""Whether the page keeps its goals beside its peer, a bare anywidget, in one run: ``python -m tests.benchmarks.goals``.

In a JupyterLab, from the press of a key or button until what was wanted is on screen, each the median of several. Of
the peer the same is measured with a widget of one button that asks nothing; what is over that is ours. Needs the
browser, as the browser tests do; measure on a machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from playwright.sync_api import expect, sync_playwright

from tests.benchmarks.metrics import show
from tests.browser.lab import BROWSER_FLAGS, LabServer, NotebookPage, find_browser
from tests.browser.panel import WAIT, Panel

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

WARM = """
import anywidget, numpy as np
from clarifai_eval_widget import EvalWidget, Evaluation
class Bare(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.innerHTML = '<button class=bare>here</button>'; } };"
import time
first = EvalWidget.local()
while first.loading or not first.versions:
    time.sleep(0.1)
""".strip()
BARE = "Bare()"
OURS = "w = EvalWidget.local()\nw"
MANY = """
rng, concepts, inputs = np.random.default_rng(0), {concepts}, {inputs}
labels = np.eye(concepts, dtype=bool)[rng.integers(0, concepts, inputs)]
scores = np.clip(0.4 * labels + 0.6 * rng.random(labels.shape, dtype=np.float32), 0, 1)
e = Evaluation.from_scores(labels, scores, input_ids=[f"i{{row}}" for row in range(inputs)])
EvalWidget(evaluation=e, concept=e.concepts[0])
""".strip()


def median(once: Callable[[], float], times: int) -> float:
    """The median of several, in seconds."""
    return statistics.median(once() for _ in range(times))


def until(act: Callable[[], object], there: Callable[[], object]) -> float:
    """Seconds from an action until what it leads to is on screen."""
    begun = time.perf_counter()
    act()
    there()
    return time.perf_counter() - begun


def shown(notebook: NotebookPage, code: str, inside: str) -> float:
    """Seconds from running a cell until there is something that can be used in its output; the output is cleared after."""
    cell = notebook.spare()
    notebook.set_code(cell, code)
    place = notebook.page.locator(".jp-CodeCell").nth(cell).locator(inside).first
    taken = until(lambda: notebook.run_cell(cell), lambda: place.wait_for(timeout=WAIT))
    notebook.wait_until_idle()
    notebook.run_code(cell, "None")
    place.wait_for(state="detached", timeout=WAIT)
    return taken


def first_curve(notebook: NotebookPage) -> float:
    """Seconds from Calculate to the first curve that it gives; once, for a version that is evaluated is viewed."""
    notebook.set_code(1, OURS)
    notebook.run_cell(1)
    panel = Panel(notebook)
    panel.wait_for_versions()
    panel.calculate("few-inputs")  # the server's processes are there then
    panel.root.locator("[data-complete=true]").first.wait_for(timeout=WAIT)
    before = panel.root.locator("path.cew-roc-curve").get_attribute("data-run")
    fresh = panel.root.locator(f"path.cew-roc-curve[d^=M]:not([data-run='{before}'])")
    panel.open_versions()
    return until(panel.button("Calculate version all-inputs").click, lambda: fresh.wait_for(timeout=WAIT))


def next_page(notebook: NotebookPage, inputs: int, times: int) -> float:
    """Seconds until the next page of so many inputs is there."""
    notebook.set_code(2, MANY.format(concepts=10, inputs=inputs))
    notebook.run_cell(2)
    root = Panel(notebook, 1).root
    root.locator("summary", has_text="Inputs").click()
    root.get_by_role("combobox", name="Show").select_option("all")
    items = root.get_by_role("list", name="Inputs")
    expect(items).to_be_visible()
    forward = root.get_by_role("button", name="Next", exact=True)

    def page() -> float:
        first = items.locator("li").first.inner_text()
        return until(forward.click, lambda: expect(items.locator("li").first).not_to_have_text(first))

    return median(page, times)


def measured(browser: Browser, server: LabServer, inputs: int, times: int) -> list[list[str]]:
    """Every figure with its goal."""
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in (WARM, "", "", "")])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, server.root / "goals.ipynb")
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(WAIT)
    notebook = NotebookPage(page, server, 4)
    notebook.open("goals.ipynb")
    notebook.run_cell(0)
    bare = median(lambda: shown(notebook, BARE, "button.bare"), times)
    ours = median(lambda: shown(notebook, OURS, ".cew-launcher:not([data-versions='0'])"), times)
    curve = first_curve(notebook)
    page_of = next_page(notebook, inputs, times)
    return [
        ["cell to usable, a bare anywidget", f"{bare:.2f}", "–"],
        ["cell to usable, the widget", f"{ours:.2f}", f"{bare + 0.5:.2f}"],
        ["Calculate to the first curve, warm", f"{curve:.2f}", "1.00"],
        [f"next page of {inputs:,} inputs", f"{page_of:.2f}", "0.20"],
    ]


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=5, help="of each the median of so many")
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs to page through")
    options = parser.parse_args(arguments)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        server = LabServer(Path(folder))
        try:
            rows = measured(browser, server, options.inputs, options.times)
        finally:
            browser.close()
            server.stop()
    show("What a user waits for, in seconds", ["what", "median", "goal"], rows)


if __name__ == "__main__":
    main()
