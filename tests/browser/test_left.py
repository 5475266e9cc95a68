"""A run that is left for another while it goes on, and looked at again when it has ended."""

import re

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.panel import WAIT, Panel, eventually
from tests.small_server import Gate, small_server


@pytest.fixture
def held(chromium):
    """A widget of a small server that holds the folds of the version ``second`` back; and the gate."""
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    context.set_default_timeout(WAIT)
    gate = Gate()
    with small_server() as server:
        server.before_step = lambda step: gate(step) if step.model_version_id == "second" else None
        widget = EvalWidget(server.client())
        yield BarePage(context.new_page(), widget), gate
        gate.open()
        widget.close()
    context.close()


def test_a_run_left_half_way_is_whole_when_it_is_looked_at_again(held):
    bare, gate = held
    panel, widget = Panel(bare), bare.widget

    def until(condition):
        """Wait for the widget in Python, the page being told of all that comes."""

        def told():
            bare.push()
            return bool(condition())

        eventually(bare.page, told)

    until(lambda: widget.versions and not widget.loading)
    panel.calculate("second")
    gate.let_through(2)
    until(lambda: bare.root.locator(".cew-roc-fold").count() == 2)
    panel.calculate("first")
    until(lambda: widget.status == "evaluated" and widget.evaluation.info.model_version_id == "first")
    panel.wait_for_folds(5)
    gate.open()
    left = next(run for run in widget.runs if run.model_version_id == "second")
    until(left.done)
    until(lambda: all(row["status"] == "evaluated" for row in widget.run_states))
    panel.open_versions()
    panel.button("View results of version second").click()
    until(lambda: widget.evaluation.info.model_version_id == "second")
    panel.root.get_by_role("heading", name=re.compile("second")).first.wait_for()
    panel.wait_for_folds(5)
    expect(panel.root.locator("[data-complete=true]")).to_have_count(1)
    expect(panel.root.get_by_role("region", name="Results")).not_to_contain_text("on their way")
    expect(panel.progressbar).to_have_count(0)
    assert widget.evaluation.num_inputs == left.result().num_inputs
