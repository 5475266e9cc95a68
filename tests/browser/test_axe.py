"""axe-core finds nothing against any state of the page, light and dark, wide and narrow.

It runs the rules that it runs by itself: WCAG's of every level it knows and its best practices. Those it calls experimental
it leaves out of its own accord, and so does this test.
"""

import re
import sys
from pathlib import Path

import pytest

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.panel import WAIT, Panel, wait_for_frame, wait_until_still
from tests.small_server import Gate, small_server, wait_until

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
THEMES = Path(sys.prefix) / "share" / "jupyter" / "lab" / "themes" / "@jupyterlab"
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1000, 360)]
CHECK = """async () => {
    const { violations, passes } = await axe.run(document.querySelector('.cew'));
    return { rules: passes.length, wrong: violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`)) };
}"""
DRESS = """([css, dark]) => {
    let style = document.getElementById('theme');
    if (!style) document.head.append(style = Object.assign(document.createElement('style'), { id: 'theme' }));
    style.textContent = css + 'body { background: var(--jp-layout-color0); } * { transition: none !important; }';
    document.body.dataset.jpThemeLight = String(!dark);
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}"""


class Looker:
    """A widget of a small server on a page, looked at with axe in every theme and width."""

    def __init__(self, page, server):
        self.gate = server.before_step = Gate()
        self.widget = EvalWidget(server.client())
        self.bare = BarePage(page, self.widget)
        self.page, self.root = page, self.bare.root
        self.server = server
        self.found = {}
        self.themes = {
            name: (THEMES / f"theme-{name}-extension" / "index.css").read_text(encoding="utf-8")
            for name in ("light", "dark")
        }
        page.evaluate(AXE.read_text(encoding="utf-8"))

    def look(self, state):
        """Check what is on screen, and keep what is against it."""
        for theme, width in LOOKS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate(DRESS, [self.themes[theme], theme == "dark"])
            wait_for_frame(self.page)  # the size is heard of in one frame,
            wait_for_frame(self.page)  # and what follows from it is drawn in the next
            result = self.page.evaluate(CHECK)
            assert result["rules"] > 10, "axe did not look at anything"
            for one in result["wrong"]:
                self.found.setdefault(one, f"{state}, {theme}, {width} px")
        self.page.set_viewport_size({"width": 1000, "height": 900})

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
    assert AXE.is_file(), "axe-core is missing: run npm ci in js/"
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
    assert not looker.found, "\n".join(f"{where}: {one}" for one, where in looker.found.items())


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
    for tab in ("Precision–recall", "Calibration", "Scores"):
        root.get_by_role("tab", name=tab).click()
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
    root.get_by_role("table", name="Differences by concept").wait_for()
    looker.look("compare")
    looker.press("Copy as Python")
    root.get_by_role("textbox", name="Python").wait_for()
    looker.look("take away")
    assert not looker.found, "\n".join(f"{where}: {one}" for one, where in looker.found.items())
