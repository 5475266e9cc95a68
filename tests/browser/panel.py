"""The widget on the page, named as a user of a screen reader would name its parts."""

from __future__ import annotations

import itertools
import json
import os
import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

    from tests.browser.bare import BarePage
    from tests.browser.lab import NotebookPage

WAIT = 120_000
"""Milliseconds that anything may take on a slow, shared machine."""

expect.set_options(timeout=WAIT)

START = "from clarifai_eval_widget import EvalWidget\n\nw = EvalWidget.local()\nw"

COUNTS = ("tp", "fp", "fn", "tn")
_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
_SHOWN = """root => [root.querySelector('[role=slider]').getAttribute('aria-valuenow'), ...['tp', 'fp', 'fn', 'tn']
    .map(name => root.querySelector(`.cew-counts [data-name=${name}]`).dataset.value)]"""
_STILL = """async root => {
    const places = () => [...root.querySelectorAll('[role], button, input, svg, h3, table, p')].map(element => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [x, y, width, height].map(Math.round).join();
    }).join(';');
    let last = '';
    for (let frame = 0, same = 0; same < 15; frame++) {
        if (frame > 1800) throw new Error('the page does not come to rest');
        await new Promise(done => requestAnimationFrame(done));
        const now = places();
        same = now === last ? same + 1 : 0;
        last = now;
    }
}"""


def eventually(page: Page, read: Callable[[], Any], wanted: Any = True) -> Any:
    """Read until what is read equals what is wanted, and return it.

    What an action brings about comes a frame, a task or a kernel's turn later: to read once behind it is a race.
    Where ``wanted`` is a function, it says whether what was read is what is wanted.
    """
    holds = wanted if callable(wanted) else lambda found: found == wanted
    ends = time.monotonic() + WAIT / 1000
    while True:
        found = read()
        if holds(found):
            return found
        if time.monotonic() > ends:
            raise AssertionError(f"it stays {found!r}" + ("" if callable(wanted) else f", wanted {wanted!r}"))
        page.wait_for_timeout(50)  # not time.sleep: what the page asks of Python is answered meanwhile


def wait_for_frame(page: Page) -> None:
    """Wait until what an event has set is on the page: everything that follows an event is there with the next frame."""
    page.evaluate(_FRAME)


def wait_until_still(root: Locator) -> None:
    """Wait until nothing has moved for a quarter of a second: what is measured or clicked next stays where it is."""
    root.evaluate(_STILL)


def picture(page: Page, name: str) -> None:
    """Keep a screenshot where the one who runs the tests wants to look at it: in the folder that SCREENSHOTS names."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


class OnPage:
    """A page that is no notebook of JupyterLab, as far as :class:`Panel` needs one."""

    def __init__(self, page: Page) -> None:
        self.page = page


class Gate:
    """Holds the folds of the kernel's local server back, by files that the server's hook waits for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def code(self) -> str:
        """Code for a cell that closes the gate."""
        return f"""
import pathlib, time
from clarifai_eval_widget import LocalServer
folder = pathlib.Path({str(self._folder)!r})
def hold(step):
    while not (folder / "open").exists() and not (folder / f"{{step.model_version_id}}-{{step.index}}").exists():
        time.sleep(0.02)
LocalServer.shared().before_step = hold
"""

    def let_through(self, version: str, step: int) -> None:
        (self._folder / f"{version}-{step}").touch()

    def open(self) -> None:
        (self._folder / "open").touch()


class Panel:
    """One view of the widget."""

    def __init__(self, shown: OnPage | BarePage | NotebookPage, index: int = 0) -> None:
        self.page: Page = shown.page
        self.root = self.page.locator(".cew").nth(index)

    def button(self, name: str) -> Locator:
        """The button of this name, which a figure may follow."""
        return self.root.get_by_role("button", name=re.compile(rf"^{re.escape(name)}(: .*)?$"))

    def open_versions(self) -> None:
        """Lay all versions out, where they are folded to the bar.

        They fold and unfold by themselves as runs take the screen and leave it: a click that came between is made again.
        """
        disclosure = self.button("All versions")
        table = self.root.get_by_role("table", name="Model versions")

        def laid_out() -> bool:
            if not table.is_visible() and disclosure.get_attribute("aria-expanded") != "true":
                disclosure.click()
            return table.is_visible()

        eventually(self.page, laid_out)

    def choose(self, name: str, option: str) -> None:
        """Choose an option from the list of a combobox, by what is typed to find it."""
        field = self.root.get_by_role("combobox", name=name, exact=True)
        field.click()
        field.fill(option)
        field.press("Enter")

    def calculate(self, version: str) -> None:
        self.open_versions()
        self.button(f"Calculate version {version}").click()

    @property
    def threshold(self) -> Locator:
        return self.root.get_by_role("slider", name="Threshold")

    def choose_concept(self, concept: str) -> None:
        """Choose a concept by its id in the table of concepts, which stands there from 800 pixels of width."""
        table = self.root.get_by_role("table", name="Concepts")
        table.get_by_role("button").and_(self.page.locator(f"[data-concept='{concept}']")).click()
        self.wait_for_concept(concept)

    def wait_for_concept(self, concept: str) -> None:
        """Wait until this concept is the one on screen."""
        row = self.root.get_by_role("table", name="Concepts").locator("[aria-current=true]")
        expect(row.locator("[data-concept]")).to_have_attribute("data-concept", concept)

    def chosen_concept(self) -> str:
        """Id of the concept on screen."""
        row = self.root.get_by_role("table", name="Concepts").locator("[aria-current=true]")
        return row.locator("[data-concept]").get_attribute("data-concept") or ""

    @property
    def roc(self) -> Locator:
        return self.root.get_by_role("img", name="ROC curve")

    @property
    def progressbar(self) -> Locator:
        return self.root.get_by_role("progressbar", name="Evaluation progress")

    def row(self, version: str) -> Locator:
        """The row of a version, laid out."""
        self.open_versions()
        table = self.root.get_by_role("table", name="Model versions")
        return table.get_by_role("row").and_(self.page.locator(f"[data-version$='/{version}']"))

    def wait_for_versions(self) -> None:
        self.root.locator(".cew-launcher:not([data-versions='0'])").wait_for(timeout=WAIT)

    def wait_for_folds(self, count: int) -> None:
        """Wait until the ROC of so many folds is on screen."""
        self.page.wait_for_function(
            "([root, count]) => root.querySelectorAll('.cew-roc-fold').length === count",
            arg=[self.root.element_handle(), count],
            timeout=WAIT,
        )

    def roc_path(self) -> list[tuple[float, float]]:
        """The pooled ROC as drawn: (fpr, tpr) of every corner."""
        drawn = self.root.locator("path.cew-roc-curve").get_attribute("d") or ""
        return [(float(x), float(y)) for x, y in re.findall(r"([\d.e-]+),([\d.e-]+)", drawn)]

    def roc_area(self) -> float:
        """The area under the ROC as drawn, by trapezoids."""
        points = self.roc_path()
        return sum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in itertools.pairwise(points))

    def figure(self, name: str) -> str:
        """A number of the group "Counts at the threshold", in full; empty when undefined."""
        group = self.root.get_by_role("group", name="Counts at the threshold")
        return group.locator(f"[data-name={name}]").get_attribute("data-value") or ""

    def shown_threshold(self) -> float:
        return float(self.threshold.get_attribute("aria-valuenow") or "nan")

    def shown(self) -> list[float]:
        """The threshold and the four counts of the chosen concept, as they stand together after the next frame."""
        wait_for_frame(self.page)
        return [float(value) for value in self.root.evaluate(_SHOWN)]

    @contextmanager
    def width(self, pixels: int) -> Iterator[None]:
        """The widget in so many pixels of width, laid out."""
        self.root.evaluate("(root, pixels) => { root.style.width = `${pixels}px`; }", pixels)
        try:
            wait_until_still(self.root)
            yield
        finally:
            self.root.evaluate("root => { root.style.width = ''; }")
            wait_until_still(self.root)


def python(notebook: NotebookPage, code: str, spare: int = 0) -> Any:
    """Run code in a spare cell; its last line prints JSON, which is returned."""
    output = notebook.run_code(notebook.spare(spare), code)
    try:
        return json.loads(output)
    except json.JSONDecodeError:
        raise AssertionError(f"the cell said: {output}") from None
