"""The states of the page, one after another: what axe checks and what is photographed is one walk.

A walk brings a stage from state to state, and calls ``look(state, within)`` in each: with its name, and the selector of
what is new there, empty for the whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from tests.browser.bare import BarePage
from tests.browser.panel import Panel, wait_until_still
from tests.small_server import Gate
from tests.widget.workbench.test_comparison import scored

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from clarifai_eval_widget import EvalWidget, LocalServer

TABS = (("Precision–recall", ".cew-pr-curve"), ("Calibration", ".cew-bin"), ("Scores", ".cew-bin"))
"""Each with what it shows: how soon that is answered depends on what else the machine does."""


class Look(Protocol):
    """Looks at what is on screen."""

    def __call__(self, state: str, within: str = "") -> None:
        """Look at what ``within`` selects, and call it ``state``."""


class Stage:
    """A widget on a page, whose document becomes the widget's."""

    def __init__(self, page: Page, widget: EvalWidget) -> None:
        self.widget, self.page = widget, page
        self.bare = BarePage(page, widget)
        self.root, self.panel = self.bare.root, Panel(self.bare)

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for the widget, the page being shown what comes of it."""
        self.bare.until(condition)
        self.bare.push()  # what made it true may have come after the last
        wait_until_still(self.root)

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press the button of this name."""
        self.root.get_by_role("button", name=name).first.click()

    def open(self, title: str) -> None:
        """Open the panel of this title, or close it."""
        self.root.locator("summary", has_text=title).click()
        wait_until_still(self.root)

    def tell(self, **traits: object) -> None:
        """Tell the page what the widget does not know by itself."""
        self.widget.publish(**traits)
        self.bare.push()


def of_the_server(stage: Stage, look: Look, server: LocalServer, gate: Gate) -> None:
    """What is evaluated, and how far that is: of a small server whose steps the gate holds back."""
    widget, root = stage.widget, stage.root
    lists = {"versions": [], "models": [], "datasets": [], "loading": ["apps", "models", "versions", "datasets"]}
    stage.until(lambda: widget.versions and not widget.loading)
    loaded = {name: getattr(widget, name) for name in lists}
    stage.tell(**lists)
    look("loading")
    stage.tell(**loaded)
    look("idle")
    root.locator(".cew-badge summary").click()
    look("Change connection")
    root.locator(".cew-badge summary").click()
    stage.panel.open_versions()
    field = root.get_by_role("combobox", name="Evaluation dataset for version second")
    field.click()
    look("a list of datasets")
    stage.page.get_by_role("option", name="Evaluate with a new dataset…").click()
    look("dataset dialog")
    root.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    stage.press("Calculate version second")
    stage.until(lambda: gate.reached)
    look("running, nothing yet")
    gate.let_through(2)
    stage.until(lambda: widget.results)
    look("running")
    rows = widget.run_states
    stage.tell(status="reconnecting", run_states=[rows[0] | {"status": "reconnecting"}, *rows[1:]])
    stage.panel.open_versions()
    look("reconnecting")
    stage.tell(status="evaluating", run_states=rows)
    gate.open()
    stage.until(lambda: widget.status == "evaluated")
    look("evaluated")
    held = server.before_step = Gate()
    stage.panel.calculate("first")
    stage.until(lambda: held.reached)
    stage.press("Cancel")
    stage.until(lambda: widget.run_states[0]["cancelled"] == "ended")
    held.open()
    stage.until(lambda: widget.run_states[0]["status"] not in ("queued", "evaluating"))
    stage.panel.open_versions()
    look("cancelled, versions open")

    def break_off(_: object) -> None:
        raise RuntimeError("the disk is full")

    server.before_step = break_off
    stage.press(re.compile("^(Calculate|Calculate again|Retry) version first"))
    stage.until(lambda: widget.run_states[0]["status"] == "failed" and not widget.run_states[0]["cancelled"])
    look("failed")
    stage.panel.open_versions()
    look("failed, versions open")
    stage.press("Leaderboard")
    root.get_by_role("table", name="Leaderboard").wait_for()
    look("leaderboard")


def of_the_workbench(stage: Stage, look: Look) -> None:
    """Every panel of an evaluation: of a small server whose steps nothing holds back."""
    widget, root = stage.widget, stage.root
    stage.until(lambda: widget.versions and not widget.loading)
    for version in ("first", "second"):
        widget.model_version = version
        widget.evaluate({"use_kfold": False}).result()
    stage.until(lambda: widget.status == "evaluated")
    widget.concept = "c0"
    stage.bare.push()
    for tab, shown in TABS:
        root.get_by_role("tab", name=tab).click()
        root.get_by_role("tabpanel", name=tab).locator(shown).first.wait_for(state="attached")
        wait_until_still(root)
        look(tab)
    stage.press("Choose a threshold")
    root.get_by_role("table", name="Criteria").wait_for()
    look("Choose a threshold", ".cew-choose")
    stage.press("Use these")
    root.get_by_role("textbox", name="Thresholds").wait_for()
    look("Use these", ".cew-choose")
    stage.press("Choose a threshold")
    stage.open("Confusion matrix")
    root.get_by_role("grid", name="Confusion matrix").wait_for()
    look("matrix")
    stage.open("Confusion matrix")
    stage.open("Inputs")
    root.get_by_role("list", name="Inputs").wait_for()
    look("inputs")
    stage.press(re.compile("is mislabelled"))
    stage.press(re.compile("^Open input"))
    look("an input large")
    stage.page.keyboard.press("Escape")
    stage.open("Inputs")
    stage.open("Relabel")
    look("relabel")
    stage.open("Compare")
    for version in ("first", "second"):
        root.get_by_role("checkbox", name=f"version {version}").check()
    stage.until(root.get_by_role("table", name="Differences by concept").is_visible)
    look("compare", ".cew-disclosure-compare")
    stage.press("Curves beside the old")
    root.get_by_text("as proposed").first.wait_for()
    wait_until_still(root)
    look("proposed curves", ".cew-disclosure-compare")
    stage.press("Copy as Python")
    root.get_by_role("textbox", name="Python").wait_for()
    look("take away")


def of_slices(stage: Stage, look: Look) -> None:
    """Parts of an evaluation, and one by itself; of inputs that have a camera."""
    stage.open("Slices")
    table = stage.root.get_by_role("table", name="Slices by camera")
    only = table.get_by_role("button", name="Only these: camera night")
    only.wait_for()
    wait_until_still(stage.root)
    look("slices")
    only.click()
    stage.root.get_by_role("group", name="Only a part").wait_for()
    wait_until_still(stage.root)
    look("only a slice")


def of_different_data(stage: Stage, look: Look) -> None:
    """What cannot be tested in pairs, and the conditions of the numbers; of inputs that are partly labelled."""
    stage.widget.compare(
        stage.widget.evaluation, scored(2, ids=[f"other {row}" for row in range(80)]), names=["a", "b"]
    )
    stage.bare.push()
    region = stage.root.get_by_role("region", name="Compare")
    region.get_by_role("table", name="Differences by concept").wait_for()
    wait_until_still(stage.root)
    look("refused comparison", ".cew-disclosure-compare")
    stage.open("Conditions")
    stage.root.get_by_role("list", name="Conditions").wait_for()
    wait_until_still(stage.root)
    look("conditions", ".cew-disclosure-conditions")
