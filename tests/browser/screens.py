"""Make the pictures of ``docs/screens.md`` anew from the page of today: ``python -m tests.browser.screens``.

The sample app's versions table, dialog and leaderboard in JupyterLab's light and dark colours, each picture wide and narrow.

``python -m tests.browser.screens FOLDER`` photographs every state that axe is shown, to be looked at before a release: a
sheet of four widths for each state in light and in dark, and those of evaluations whose names or numbers of concepts are odd.
"""

from __future__ import annotations

import io
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from clarifai_eval_widget import Evaluation, EvalWidget
from tests.browser import states
from tests.browser.axe import dress
from tests.browser.bare import BarePage
from tests.browser.lab import BROWSER_FLAGS, find_browser
from tests.browser.panel import WAIT, wait_for_frame, wait_until_still
from tests.client.media_server import media_server, png
from tests.small_server import Gate, small_server
from tests.widget.workbench.test_conditions import partly_labelled
from tests.widget.workbench.test_media import connect, hosted_evaluation
from tests.widget.workbench.test_slices import with_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[2] / "docs" / "images"
WIDTHS, GAP = (1000, 360), 16
HEIGHTS = {"table": 500, "dialog": 556, "leaderboard": 384}
COLOURS = 160
"""Of a picture: text and lines need no more, and the file is a third of the size."""


def open_table(bare: BarePage) -> None:
    """Lay all versions out."""
    bare.root.get_by_role("button", name="All versions").click()


def open_dialog(bare: BarePage) -> None:
    """Ask for an evaluation on another dataset, and wait for what is said of it."""
    open_table(bare)
    name = "Evaluation dataset for version all-inputs"
    bare.root.get_by_role("combobox", name=name).click()
    bare.root.get_by_role("listbox", name=name).get_by_role("option", name="Evaluate with a new dataset…").click()
    field = bare.root.get_by_role("dialog").get_by_role("combobox", name="Dataset", exact=True)
    field.fill("territory-names")
    field.press("Enter")
    bare.until(lambda: bare.widget.preview and bare.widget.preview["dataset_key"].endswith("/territory-names"))


def open_leaderboard(bare: BarePage) -> None:
    """Show every evaluation of the server."""
    bare.root.get_by_role("button", name="Leaderboard").click()
    bare.root.get_by_role("table", name="Leaderboard").wait_for()


THEMES = ("light", "dark")
SURFACES: dict[str, Callable[[BarePage], None]] = {
    "table": open_table,
    "dialog": open_dialog,
    "leaderboard": open_leaderboard,
}


def evaluated() -> EvalWidget:
    """Evaluate both versions of the sample's model on their own data and on others."""
    widget = EvalWidget.local()
    for version in ("few-inputs", "all-inputs"):
        widget.model_version = version
        for dataset in (widget.dataset, "territory-names"):
            widget.dataset = dataset
            widget.evaluate().result(timeout=300)
    return widget


def picture(browser: Browser, widget: EvalWidget, surface: str, theme: str) -> Image.Image:
    """Draw a surface in every width, side by side."""
    height, left = HEIGHTS[surface], 0
    whole = Image.new("RGB", (sum(WIDTHS) + GAP, height), "#888")
    for width in WIDTHS:
        with browser.new_context(viewport={"width": width, "height": height}) as context:
            context.set_default_timeout(WAIT)
            bare = BarePage(context.new_page(), widget)
            dress(bare.page, theme)
            SURFACES[surface](bare)
            bare.page.mouse.move(0, 0)
            wait_until_still(bare.root)
            taken = bare.page.screenshot(animations="disabled")
        whole.paste(Image.open(io.BytesIO(taken)), (left, 0))
        left += width + GAP
    # Without a pass of k-means grey lines come out peach, and a chosen row green.
    return whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1)


class Camera:
    """Photographs a page in state after state, into one folder.

    Parameters
    ----------
    page
        The page.
    folder
        Where the sheets go, named after state and theme.
    prefix
        What the names begin with.
    """

    WIDTHS = (360, 700, 1000, 1400)

    def __init__(self, page: Page, folder: Path, prefix: str = "") -> None:
        self._page, self._folder, self._prefix = page, folder, prefix

    def look(self, state: str, within: str = "") -> None:
        """Photograph all that is on the page, or of it only what is new, in every width beside one another."""
        for theme in THEMES:
            taken = []
            for width in self.WIDTHS:
                self._page.set_viewport_size({"width": width, "height": 900})
                dress(self._page, theme)
                wait_for_frame(self._page)
                wait_for_frame(self._page)
                what = self._page.locator(within).first if within else self._page
                whole = {} if within else {"full_page": True}
                taken.append(Image.open(io.BytesIO(what.screenshot(animations="disabled", **whole))))
            sheet, left = Image.new("RGB", (sum(self.WIDTHS) + 3 * GAP, max(one.height for one in taken)), "#888"), 0
            for width, one in zip(self.WIDTHS, taken, strict=True):
                sheet.paste(one, (left, 0))
                left += width + GAP
            name = re.sub(r"\W+", "-", f"{self._prefix} {state} {theme}".strip())
            sheet.save(self._folder / f"{name}.png")
        self._page.set_viewport_size({"width": 1000, "height": 900})
        print(state)


NAMES = (
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
    "\U0001f415 dog",
    "<b>bold</b> & <script>alert(1)</script>",
    "\u72ac" * 30,
    "x" * 300,
    "\u05e9\u05dc\u05d5\u05dd 12",
    "a name of many words that goes on and on until it needs several lines",
)
"""Concepts from right to left, in emoji, in markup, without a gap, with too many words."""


def single_label(names: list[str], num_inputs: int) -> Evaluation:
    """Inputs of one concept each, drawn at random, with scores that mostly know it."""
    rng = np.random.default_rng(1)
    own = rng.integers(0, len(names), num_inputs)[:, None] == np.arange(len(names))
    scores = 1 / (1 + np.exp(2 - 2.2 * own - rng.normal(size=own.shape)))
    return Evaluation.from_scores(
        own, scores, concepts=names, input_ids=[f"{names[0]} {row}" for row in range(num_inputs)]
    )


def odd() -> dict[str, Evaluation]:
    """Evaluations that try the page's layout."""
    two = single_label(["spam", "ham"], 60)
    return {
        "names": single_label(list(NAMES), 240),
        "two concepts": two,
        "one concept": Evaluation.from_scores(two.label_array[:, :1], two.score_array[:, :1], concepts=["spam"]),
        "thousand concepts": single_label([f"concept {k:04d}" for k in range(1000)], 5000),
    }


def of_panels(stage: states.Stage, look: states.Look) -> None:
    """The first screen, the matrix, and the inputs of an evaluation."""
    wait_until_still(stage.root)
    look("page")
    for title, shown in (("Confusion matrix", ".cew-matrix"), ("Inputs", ".cew-inputs-list, .cew-inputs")):
        stage.open(title)
        stage.root.locator(shown).first.wait_for()
        wait_until_still(stage.root)
        look(title, f".cew-disclosure:has({shown})")


@contextmanager
def stage_of(browser: Browser, widget: EvalWidget) -> Iterator[states.Stage]:
    """A page of its own for a widget."""
    with browser.new_context(reduced_motion="reduce", viewport={"width": 1000, "height": 900}) as context:
        context.set_default_timeout(WAIT)
        yield states.Stage(context.new_page(), widget)
    widget.close()


def photograph(browser: Browser, folder: Path) -> None:
    """Photograph every state."""
    folder.mkdir(parents=True, exist_ok=True)
    with small_server() as server:
        gate = server.before_step = Gate()
        with stage_of(browser, EvalWidget(server.client())) as stage:
            states.of_the_server(stage, Camera(stage.page, folder).look, server, gate)
    with small_server() as server, stage_of(browser, EvalWidget(server.client())) as stage:
        states.of_the_workbench(stage, Camera(stage.page, folder).look)
    for walk, evaluation in ((states.of_slices, with_metadata()), (states.of_different_data, partly_labelled())):
        with stage_of(browser, EvalWidget(evaluation=evaluation)) as stage:
            walk(stage, Camera(stage.page, folder).look)
    for name, evaluation in odd().items():
        with stage_of(browser, EvalWidget(evaluation=evaluation)) as stage:
            of_panels(stage, Camera(stage.page, folder, name).look)
    pictures = {f"/{size}/users/me/{row}": png((40 * row, 90, 60)) for size in ("small", "large") for row in range(6)}
    with media_server(pictures) as server:
        widget = EvalWidget(evaluation=hosted_evaluation(server.at), concept="cat")
        connect(widget, server)
        with stage_of(browser, widget) as stage:
            of_panels(stage, Camera(stage.page, folder, "pictures").look)


def main() -> None:
    """Write the documentation's pictures, or every state's into the folder given."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        if sys.argv[1:]:
            photograph(browser, Path(sys.argv[1]))
            return
        widget = evaluated()
        for surface in SURFACES:
            for theme in THEMES:
                path = FOLDER / f"{surface}-{theme}.png"
                picture(browser, widget, surface, theme).save(path, optimize=True)
                print(f"Wrote {path}, {path.stat().st_size:,} bytes")
        widget.close()


if __name__ == "__main__":
    main()
