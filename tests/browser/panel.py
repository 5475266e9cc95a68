"""The widget on the page, named as a user of a screen reader would name its parts."""

from __future__ import annotations

import itertools
import json
import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.lab import NotebookPage

WAIT = 120_000
"""Milliseconds that anything may take on a slow, shared machine."""

START = "from clarifai_eval_widget import EvalWidget\n\nw = EvalWidget.local()\nw"


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

    def __init__(self, notebook: NotebookPage, index: int = 0) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
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
        ends = time.monotonic() + WAIT / 1000
        while not table.is_visible():
            if time.monotonic() > ends:
                raise AssertionError("the versions do not stay laid out")
            if disclosure.get_attribute("aria-expanded") != "true":
                disclosure.click()
            self.page.wait_for_timeout(100)

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
        """Choose a concept by its id in the table of concepts, which stands there from 880 pixels of width."""
        table = self.root.get_by_role("table", name="Concepts")
        table.get_by_role("button").and_(self.page.locator(f"[data-concept='{concept}']")).click()

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

    def live_text(self) -> str:
        return self.root.locator("[aria-live=polite]").first.inner_text()


def python(notebook: NotebookPage, code: str, spare: int = 0) -> Any:
    """Run code in a spare cell; its last line prints JSON, which is returned."""
    output = notebook.run_code(notebook.spare(spare), code)
    try:
        return json.loads(output)
    except json.JSONDecodeError:
        raise AssertionError(f"the cell said: {output}") from None
