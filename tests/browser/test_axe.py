"""axe-core finds nothing against any state of the page of a server, light and dark, wide and narrow."""

import re

import pytest

from clarifai_eval_widget import EvalWidget
from tests.browser.axe import Axe
from tests.browser.bare import BarePage
from tests.browser.panel import WAIT, Panel, wait_until_still
from tests.small_server import Gate, small_server, wait_until


class Looker:
    """A widget of a small server on a page, looked at with axe in every theme and width."""

    def __init__(self, page, server):
        self.gate = server.before_step = Gate()
        self.widget = EvalWidget(server.client())
        self.bare = BarePage(page, self.widget)
        self.page, self.root = page, self.bare.root
        self.server = server
        self.axe = Axe(page)

    def look(self, state):
        self.axe.look(state)

    def until(self, condition):
        """Wait for the widget, and show the page what came of it."""
        wait_until(condition)
        self.bare.push()
        wait_until_still(self.root)

    def press(self, name):
        self.root.get_by_role("button", name=name).click()

    def finish(self, version):
        """Evaluate a version to its end."""
        self.press(re.compile(f"^Calculate version {version}"))
        self.until(lambda: self.widget.status == "evaluated")

    def open(self, title):
        self.root.locator("summary", has_text=title).click()
        wait_until_still(self.root)


@pytest.fixture
def looker(chromium):
    context = chromium.new_context(reduced_motion="reduce")
    context.set_default_timeout(WAIT)
    with small_server() as server:
        made = Looker(context.new_page(), server)
        yield made
        made.gate.open()
        made.widget.close()
    context.close()


def test_no_state_of_the_platforms_half_has_a_violation(looker):
    widget, root = looker.widget, looker.root
    lists = {"versions": [], "models": [], "datasets": [], "loading": ["apps", "models", "versions", "datasets"]}
    looker.until(lambda: widget.versions and not widget.loading)
    loaded = {name: getattr(widget, name) for name in lists}
    widget.publish(**lists)
    looker.bare.push()
    looker.look("loading")
    widget.publish(**loaded)
    looker.bare.push()
    looker.look("idle")
    root.locator(".cew-badge summary").click()
    looker.look("Change connection")
    root.locator(".cew-badge summary").click()
    Panel(looker.bare).open_versions()
    field = root.get_by_role("combobox", name="Evaluation dataset for version second")
    field.click()
    looker.look("a list of datasets")
    looker.page.get_by_role("option", name="Evaluate with a new dataset…").click()
    looker.look("dataset dialog")
    root.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    looker.press("Calculate version second")
    looker.until(lambda: looker.gate.reached)
    looker.look("running, nothing yet")
    looker.gate.let_through(2)
    looker.until(lambda: widget.results)
    looker.look("running")
    looker.gate.open()
    looker.until(lambda: widget.status == "evaluated")
    looker.look("evaluated")
    looker.press("All versions")
    looker.look("versions open, with runs")

    def break_off(_):
        raise RuntimeError("the disk is full")

    looker.server.before_step = break_off
    looker.press("Calculate version first")
    looker.until(lambda: widget.run_states[0]["status"] == "failed")
    looker.look("failed")
    looker.press("Leaderboard")
    root.get_by_role("table", name="Leaderboard").wait_for()
    looker.look("leaderboard")
    looker.axe.assert_clean()


def test_no_state_of_the_workbench_has_a_violation(looker):
    widget, root = looker.widget, looker.root
    looker.gate.open()
    looker.until(lambda: widget.versions and not widget.loading)
    for version in ("first", "second"):
        widget.model_version = version
        widget.evaluate({"use_kfold": False}).result()
    looker.until(lambda: widget.status == "evaluated")
    widget.concept = "c0"
    looker.bare.push()
    # Each with what it shows: how soon that is answered depends on what else the machine does.
    for tab, shown in (("Precision–recall", ".cew-pr-curve"), ("Calibration", ".cew-bin"), ("Scores", ".cew-bin")):
        root.get_by_role("tab", name=tab).click()
        root.get_by_role("tabpanel", name=tab).locator(shown).first.wait_for(state="attached")
        wait_until_still(root)
        looker.look(tab)
    looker.press("Choose a threshold")
    root.get_by_role("table", name="Criteria").wait_for()
    looker.look("Choose a threshold")
    looker.press("Choose a threshold")
    looker.open("Confusion matrix")
    root.get_by_role("grid", name="Confusion matrix").wait_for()
    looker.look("matrix")
    looker.open("Confusion matrix")
    looker.open("Inputs")
    root.get_by_role("list", name="Inputs").wait_for()
    looker.look("inputs")
    root.get_by_role("button", name=re.compile("is mislabelled")).first.click()
    root.get_by_role("button", name=re.compile("^Open input")).first.click()
    looker.look("an input large")
    looker.page.keyboard.press("Escape")
    looker.open("Inputs")
    looker.open("Relabel")
    looker.look("relabel")
    looker.open("Compare")
    for version in ("first", "second"):
        root.get_by_role("checkbox", name=f"version {version}").check()
    looker.until(root.get_by_role("table", name="Differences by concept").is_visible)
    looker.look("compare")
    looker.press("Copy as Python")
    root.get_by_role("textbox", name="Python").wait_for()
    looker.look("take away")
    looker.axe.assert_clean()
