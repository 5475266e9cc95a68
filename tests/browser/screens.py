"""Make the pictures of ``docs/screens.md`` anew from the page of today: ``python -m tests.browser.screens``.

The sample app's versions table, dialog and leaderboard in JupyterLab's light and dark colours, each picture wide and narrow.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from clarifai_eval_widget import EvalWidget
from tests.browser.axe import dress
from tests.browser.bare import BarePage
from tests.browser.lab import BROWSER_FLAGS, find_browser
from tests.browser.panel import WAIT, wait_until_still

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

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


def main() -> None:
    """Write the pictures."""
    widget = evaluated()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        for surface in SURFACES:
            for theme in THEMES:
                path = FOLDER / f"{surface}-{theme}.png"
                picture(browser, widget, surface, theme).save(path, optimize=True)
                print(f"Wrote {path}, {path.stat().st_size:,} bytes")
        browser.close()
    widget.close()


if __name__ == "__main__":
    main()
