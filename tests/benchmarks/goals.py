"""Whether the page keeps its goals beside its peer, a bare anywidget, in one run: ``python -m tests.benchmarks.goals``.

In a JupyterLab, from the press of a key or button until what was wanted is on screen, each the median of several. Of
the peer the same is measured with a widget of one button that asks nothing; what is over that is ours. Needs the
browser, as the browser tests do; measure on a machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from playwright.sync_api import expect, sync_playwright

from tests.browser.lab import BROWSER_FLAGS, LabServer, NotebookPage, find_browser
from tests.browser.panel import WAIT, Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

    Rows = Iterator[tuple[str, float, float | None]]

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
_USABLE = """([cell, inside]) => [...document.querySelectorAll('.jp-CodeCell')].slice(cell, cell + 1)
    .some(one => one.querySelector(inside)?.getClientRects().length)"""
_LISTS = {"Confusion matrix": (".cew-matrix", ""), "Inputs": (".cew-inputs", ".cew-inputs-said")}
"""Panels that follow once the slider rests, and where each says in words what it is of, if it does."""
_RENEWED = """([root, panel, said, before]) => {
    const shown = root.querySelector(`${panel}[data-fresh=true]`);
    return shown && (!said || shown.querySelector(said).innerText !== before);
}"""
_LEFT_AT = (0.3, 0.4, 0.6, 0.7)
"""Where the slider is left, as shares of its width."""
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


def wait(page: Page, condition: str, *arguments: object) -> None:
    """Wait until something is so on the page, which is looked at every frame; locators soon look twice a second only."""
    page.wait_for_function(condition, arg=list(arguments), timeout=WAIT)


def shown(notebook: NotebookPage, code: str, inside: str) -> float:
    """Seconds from running a cell until there is something that can be used in its output; the output is cleared after."""
    cell = notebook.spare()
    notebook.set_code(cell, code)
    taken = until(lambda: notebook.run_cell(cell), lambda: wait(notebook.page, _USABLE, cell, inside))
    notebook.wait_until_idle()
    notebook.run_code(cell, "None")
    notebook.page.locator(".jp-CodeCell").nth(cell).locator(inside).first.wait_for(state="detached", timeout=WAIT)
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
    fresh = f"() => document.querySelector(`path.cew-roc-curve[d^=M]:not([data-run='{before}'])`)"
    panel.open_versions()
    return until(panel.button("Calculate version all-inputs").click, lambda: wait(notebook.page, fresh))


def many(notebook: NotebookPage, concepts: int, inputs: int) -> Locator:
    """Show an evaluation of so many."""
    notebook.set_code(2, MANY.format(concepts=concepts, inputs=inputs))
    notebook.run_cell(2)
    root = notebook.page.locator(".jp-CodeCell").nth(2).locator(".cew")
    expect(root.get_by_role("table", name="Concepts")).to_be_visible()
    return root


def next_page(notebook: NotebookPage, inputs: int, times: int) -> float:
    """Seconds until the next page of so many inputs is there."""
    root = many(notebook, 10, inputs)
    root.locator("summary", has_text="Inputs").click()
    root.get_by_role("combobox", name="Show").select_option("all")
    root.locator(".cew-inputs[data-fresh=true]").wait_for()
    items = root.get_by_role("list", name="Inputs")
    forward = root.get_by_role("button", name="Next", exact=True)

    def page() -> float:
        place, first = items.element_handle(), items.locator("li").first.inner_text()
        other = "([list, first]) => list.isConnected && list.querySelector('li')?.innerText !== first"
        return until(forward.click, lambda: wait(notebook.page, other, place, first))

    return median(page, times)


def after_release(notebook: NotebookPage, root: Locator, title: str, times: int) -> float:
    """Seconds from letting the slider go until a panel below it is of the threshold that it was left at."""
    root.locator("summary", has_text=title).click()
    panel, said = _LISTS[title]
    shown = root.locator(f"{panel}[data-fresh=true]")
    shown.wait_for()
    slider, mouse, shares = root.get_by_role("slider", name="Threshold"), notebook.page.mouse, itertools.cycle(_LEFT_AT)

    def release() -> float:
        slider.evaluate("one => one.scrollIntoView({ block: 'start' })")
        expect(root.locator(panel)).to_be_in_viewport()  # what is out of sight asks nothing
        box, before = slider.bounding_box(), said and shown.locator(said).inner_text()
        assert box is not None
        at = box["y"] + box["height"] / 2
        mouse.move(box["x"] + box["width"] / 2, at)
        mouse.down()
        mouse.move(box["x"] + box["width"] * next(shares), at, steps=4)
        place = root.element_handle()
        return until(mouse.up, lambda: wait(notebook.page, _RENEWED, place, panel, said, before))

    taken = median(release, times)
    root.locator("summary", has_text=title).click()
    return taken


def usable(notebook: NotebookPage, inputs: int, times: int) -> Rows:
    """A cell that shows the widget, beside a bare one."""
    bare = median(lambda: shown(notebook, BARE, "button.bare"), times)
    yield "cell to usable, a bare anywidget", bare, None
    ours = median(lambda: shown(notebook, OURS, ".cew-launcher:not([data-versions='0'])"), times)
    yield "cell to usable, the widget", ours, bare + 0.5


def curve(notebook: NotebookPage, inputs: int, times: int) -> Rows:
    """The first curve of a run; once."""
    yield "Calculate to the first curve, warm", first_curve(notebook), 1.0


def page(notebook: NotebookPage, inputs: int, times: int) -> Rows:
    """The next page of a long list."""
    yield f"next page of {inputs:,} inputs", next_page(notebook, inputs, times), 0.2


def release(notebook: NotebookPage, inputs: int, times: int) -> Rows:
    """What follows the slider once it is let go."""
    root = many(notebook, 100, 20_000)
    for title in _LISTS:
        taken = after_release(notebook, root, title, times)
        yield f"slider let go to {title.lower()}, 100 concepts × 20,000", taken, 0.2


PARTS = {part.__name__: part for part in (usable, curve, page, release)}


def open_lab(browser: Browser, server: LabServer) -> NotebookPage:
    """Open a notebook whose server of samples is warm."""
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in (WARM, "", "", "")])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, server.root / "goals.ipynb")
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(WAIT)
    notebook = NotebookPage(page, server, 4)
    notebook.open("goals.ipynb")
    notebook.run_cell(0)
    return notebook


def main(arguments: list[str] | None = None) -> None:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", help=f"some of: {', '.join(PARTS)}; all by default", choices=[[], *PARTS])
    parser.add_argument("--times", type=int, default=5, help="of each the median of so many")
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs to page through")
    options = parser.parse_args(arguments)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{os.cpu_count()} cores{load}; seconds\n{'':58}{'median':>8}{'goal':>8}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        server = LabServer(Path(folder))
        try:
            notebook = open_lab(browser, server)
            for name in options.parts or PARTS:
                for what, taken, goal in PARTS[name](notebook, options.inputs, options.times):
                    print(f"{what:58}{taken:8.2f}{'–' if goal is None else f'{goal:.2f}':>8}", flush=True)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
