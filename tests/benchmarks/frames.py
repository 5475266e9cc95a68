"""Frames while a threshold is dragged, beside peers: ``python -m tests.benchmarks.frames``, on a machine that is idle.

Needs the browser, as the browser tests do. A pointer moves over the slider while every frame's time is taken in the page.
Three figures a drag: the median and the 95th percentile of the time from frame to frame, in milliseconds, and how many
pictures a second were drawn anew. The page is measured with all of it in view and its matrix open, at sizes of concepts ×
inputs; then how its table of 1,000 concepts sorts and scrolls (the longest frame), and how a list of 10,000 datasets
scrolls and filters as is typed. With ``--peers``, too: ``ipywidgets.interact`` with Matplotlib, and a Plotly
``FigureWidget`` (``pip install plotly``), in a JupyterLab.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import numpy as np
from playwright.sync_api import sync_playwright

from clarifai_eval_widget import Evaluation, EvalWidget
from tests.browser.bare import BarePage
from tests.browser.lab import BROWSER_FLAGS, LabServer, NotebookPage, find_browser
from tests.client.stand_in import StandIn
from tests.small_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, Page

SIZES = ((12, 5_000), (100, 20_000), (10, 1_000_000))
MOVES = 240
WAIT = 120_000  # milliseconds
_WATCH = """picture => {
    const told = window.frames_ = { times: [], pictures: 0, going: true };
    let changed = false;
    const seen = new MutationObserver(() => { changed = true; });
    if (picture) seen.observe(document.querySelector(picture), { subtree: true, childList: true, attributes: true });
    const frame = at => {
        told.times.push(at);
        told.pictures += changed;
        changed = false;
        if (told.going) requestAnimationFrame(frame);
        else seen.disconnect();
    };
    requestAnimationFrame(frame);
}"""
_CELLS = {
    "ipywidgets.interact + Matplotlib": """
import numpy as np, ipywidgets, matplotlib.pyplot as plt
rng = np.random.default_rng(1)
labels = rng.random(5_000) < 0.3
scores = np.clip(0.35 * labels + 0.6 * rng.random(5_000), 0, 1)
at = np.linspace(0, 1, 400)
tpr, fpr = [[(scores[labels == one] >= t).mean() for t in at] for one in (True, False)]
@ipywidgets.interact(threshold=ipywidgets.FloatSlider(0.5, min=0, max=1, step=0.001))
def draw(threshold):
    figure, axes = plt.subplots()
    axes.plot(fpr, tpr)
    axes.plot(np.interp(threshold, at, fpr), np.interp(threshold, at, tpr), "o")
    plt.show()
""",
    "Plotly FigureWidget": """
import numpy as np, ipywidgets, plotly.graph_objects as go
rng = np.random.default_rng(1)
labels = rng.random(5_000) < 0.3
scores = np.clip(0.35 * labels + 0.6 * rng.random(5_000), 0, 1)
at = np.linspace(0, 1, 400)
tpr, fpr = [[(scores[labels == one] >= t).mean() for t in at] for one in (True, False)]
figure = go.FigureWidget([go.Scatter(x=fpr, y=tpr), go.Scatter(x=[0.5], y=[0.5], mode="markers")])
slider = ipywidgets.FloatSlider(0.5, min=0, max=1, step=0.001)
def move(change):
    figure.data[1].update(x=[np.interp(change["new"], at, fpr)], y=[np.interp(change["new"], at, tpr)])
slider.observe(move, "value")
ipywidgets.VBox([slider, figure])
""",
}


def evaluation(concepts: int, inputs: int) -> Evaluation:
    """One label an input, scores that overlap."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, concepts, inputs)[:, None] == np.arange(concepts)
    scores = (1 / (1 + np.exp(2 - 2 * labels - rng.normal(size=labels.shape)))).astype("f4")
    return Evaluation.from_scores(labels, scores, concepts=[f"class {k:04d}" for k in range(concepts)])


def watched(page: Page, picture: str | None, act: Callable[[], None]) -> tuple[np.ndarray, float]:
    """Milliseconds from frame to frame while something is done, and how many pictures a second changed."""
    page.evaluate(_WATCH, picture)
    act()
    times, pictures = page.evaluate("() => { frames_.going = false; return [frames_.times, frames_.pictures]; }")
    return np.diff(times), pictures / (times[-1] - times[0]) * 1000


def drag(page: Page, slider: Locator) -> None:
    """Move over a slider to and fro, a move a frame."""
    box = slider.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    begun = time.perf_counter()
    for k in range(MOVES):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.45 * np.sin(k / 20)), y)
        time.sleep(max(0.0, begun + (k + 1) / 60 - time.perf_counter()))
    page.mouse.up()


def told(name: str, gaps: np.ndarray, pictures: float) -> None:
    """Print a row."""
    median, p95 = np.percentile(gaps, [50, 95])
    print(f"{name:44}{median:9.1f}{p95:9.1f}{gaps.max():9.1f}{pictures:12.1f}", flush=True)


def open_page(browser: Browser, shown: Evaluation, slowed: int = 1) -> BarePage:
    """The widget's page, all of it in view, its matrix open."""
    page = browser.new_page(viewport={"width": 1000, "height": 1500})
    page.set_default_timeout(WAIT)
    bare = BarePage(page, EvalWidget(evaluation=shown))
    bare.root.locator("summary", has_text="Confusion matrix").click()
    bare.root.locator(".cew-matrix-body").wait_for()
    page.wait_for_timeout(1000)
    if slowed > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    return bare


def measure_page(browser: Browser, concepts: int, inputs: int, slowed: int = 1) -> None:
    """A drag of the threshold."""
    bare = open_page(browser, evaluation(concepts, inputs), slowed)
    slider = bare.root.get_by_role("slider", name="Threshold")
    gaps, pictures = watched(bare.page, ".cew-roc", lambda: drag(bare.page, slider))
    told(f"page, {concepts:,} × {inputs:,}" + (f", CPU slowed {slowed}×" if slowed > 1 else ""), gaps, pictures)
    bare.page.close()
    bare.widget.close()


def measure_table(browser: Browser) -> None:
    """Sorting and scrolling 1,000 concepts."""
    bare = open_page(browser, evaluation(1_000, 20_000))
    table = bare.root.get_by_role("table", name="Concepts")

    def sort() -> None:
        for button in table.get_by_role("columnheader").get_by_role("button").all():
            for _ in range(2):
                button.click()
                bare.page.wait_for_timeout(150)

    def scroll() -> None:
        table.hover()
        for k in range(MOVES):
            bare.page.mouse.wheel(0, 300 if k < MOVES / 2 else -300)
            bare.page.wait_for_timeout(16)

    for name, act in (("sorted", sort), ("scrolled", scroll)):
        gaps, pictures = watched(bare.page, ".cew-concepts", act)
        told(f"table of 1,000 concepts {name}", gaps, pictures)
    bare.page.close()
    bare.widget.close()


def measure_list(browser: Browser) -> None:
    """Typing into and scrolling a list of 10,000 datasets that has been read whole."""
    with StandIn() as server, server.client() as client:
        server.datasets = ["data", *(f"data-{n}" for n in range(9_999))]
        widget = EvalWidget(client)
        for many in range(1_000, 10_001, 1_000):
            wait_until(lambda many=many: len(widget.datasets) == many and not widget.loading)
            if many < 10_000:
                widget._platform.read_on("datasets", "")
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        bare = BarePage(page, widget)
        field = bare.root.get_by_role("combobox", name="Evaluation dataset for version v1")
        field.click()
        lines = bare.root.get_by_role("listbox", name="Evaluation dataset for version v1")
        lines.get_by_role("option").first.wait_for()
        most = 0

        def scroll() -> None:
            nonlocal most
            lines.hover()
            for k in range(MOVES):
                page.mouse.wheel(0, 600 if k < MOVES / 2 else -600)
                page.wait_for_timeout(16)
                most = max(most, lines.get_by_role("option").count())

        def write() -> None:
            for word in ("data-9998", "77 data", "9"):
                field.fill("")
                for letter in word:
                    page.keyboard.press(letter if letter != " " else "Space")
                    page.wait_for_timeout(60)

        for name, act in (("scrolled", scroll), ("typed into", write)):
            gaps, pictures = watched(page, None, act)
            told(f"list of 10,000 datasets {name}", gaps, pictures)
        print(f"lines of it on the page at most: {most}", flush=True)
        page.close()
        widget.close()


def measure_peer(browser: Browser, server: LabServer, name: str, cell: str) -> None:
    """A drag of a peer's slider in JupyterLab."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, server.root / "peer.ipynb")
    page = browser.new_page(viewport={"width": 1000, "height": 1000})
    page.set_default_timeout(WAIT)
    opened = NotebookPage(page, server, 1)
    opened.open("peer.ipynb")
    opened.run_cell(0)
    page.locator(".jp-OutputArea-output :is(img, .main-svg)").first.wait_for()
    page.wait_for_timeout(2000)
    slider = page.locator(".noUi-target").first
    gaps, pictures = watched(page, ".jp-OutputArea", lambda: drag(page, slider))
    told(name, gaps, pictures)
    page.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="measure the peers, too")
    options = parser.parse_args()
    print(f"{'milliseconds from frame to frame':44}{'median':>9}{'p95':>9}{'longest':>9}{'pictures/s':>12}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        for concepts, inputs in SIZES:
            measure_page(browser, concepts, inputs)
        measure_page(browser, *SIZES[0], slowed=4)
        measure_table(browser)
        measure_list(browser)
        if options.peers:
            with tempfile.TemporaryDirectory() as folder:
                server = LabServer(Path(folder))
                try:
                    for name, cell in _CELLS.items():
                        measure_peer(browser, server, name, cell)
                finally:
                    server.stop()
        browser.close()


if __name__ == "__main__":
    main()
