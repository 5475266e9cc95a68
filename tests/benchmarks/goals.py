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
first = EvalWidget.local()
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
    taken = until(lambda: notebook.run_cell(cell, wait=False), lambda: place.wait_for(timeout=WAIT))
    notebook.wait_until_idle()
    notebook.run_code(cell, "None")
    place.wait_for(state="detached", timeout=WAIT)
    return taken


def first_curve(notebook: NotebookPage, times: int) -> float:
    """Seconds from Calculate to the first curve that it gives."""
    notebook.set_code(1, OURS)
    notebook.run_cell(1)
    panel = Panel(notebook)
    panel.wait_for_versions()
    curve = panel.root.locator("path.cew-roc-curve[d^=M]")

    def once(version: str) -> float:
        panel.open_versions()
        before = curve.get_attribute("data-run") if curve.count() else ""
        fresh = panel.root.locator(f"path.cew-roc-curve[d^=M]:not([data-run='{before}'])")
        taken = until(panel.button(f"Calculate version {version}").click, lambda: fresh.wait_for(timeout=WAIT))
        panel.root.locator("[data-complete=true]").first.wait_for(timeout=WAIT)
        return taken

    once("few-inputs")  # the server's processes are there then
    found = [once(version) for version in ("all-inputs", "few-inputs") * times][:times]
    return statistics.median(found)


def pages(notebook: NotebookPage, inputs: int, times: int) -> dict[str, float]:
    """Seconds that inputs and a matrix of many concepts take, once asked for or once the threshold is let go."""
    notebook.set_code(2, MANY.format(concepts=50, inputs=inputs))
    notebook.run_cell(2)
    panel = Panel(notebook, 1)
    root = panel.root
    for name in ("Inputs", "Confusion matrix"):
        root.locator("summary", has_text=name).click()
    root.get_by_role("combobox", name="Show").select_option("all")
    items, state = root.get_by_role("list", name="Inputs"), root.locator(".cew-matrix")
    expect(items).to_be_visible()
    forward = root.get_by_role("button", name="Next", exact=True)

    def page() -> float:
        first = items.locator("li").first.inner_text()
        return until(forward.click, lambda: expect(items.locator("li").first).not_to_have_text(first))

    slider = panel.threshold

    def drag(done: Callable[[], object]) -> float:
        box = slider.bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        notebook.page.mouse.move(box["x"] + box["width"] * 0.5, middle)
        notebook.page.mouse.down()
        for step in range(10):
            notebook.page.mouse.move(box["x"] + box["width"] * (0.45 - 0.01 * step), middle)
        return until(notebook.page.mouse.up, done)

    def fresh() -> None:
        expect(state).to_have_attribute("data-fresh", "true")

    fresh()
    found = {f"next page of {inputs:,} inputs": median(page, times)}
    found["matrix of 50 concepts after release"] = median(lambda: drag(fresh), times)
    return found


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
    curve = first_curve(notebook, times)
    rows = [
        ["cell to usable, a bare anywidget", f"{bare:.2f}", "–"],
        ["cell to usable, the widget", f"{ours:.2f}", f"{bare + 0.5:.2f}"],
        ["Calculate to the first curve, warm", f"{curve:.2f}", "1.00"],
    ]
    return rows + [[name, f"{taken:.2f}", "0.20"] for name, taken in pages(notebook, inputs, times).items()]


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
