"""A run that is left for another while it goes on, or beside which another fails."""

import re

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.panel import WAIT, Panel, eventually
from tests.small_server import Gate, small_server


@pytest.fixture
def held(chromium):
    """A widget of a small server that holds the folds of the version ``second`` back, the server, and the gate."""
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    context.set_default_timeout(WAIT)
    gate = Gate()
    with small_server() as server:
        server.before_step = lambda step: gate(step) if step.model_version_id == "second" else None
        widget = EvalWidget(server.client())
        yield BarePage(context.new_page(), widget), server, gate
        gate.open()
        widget.close()
    context.close()


def test_a_run_left_half_way_is_whole_when_it_is_looked_at_again(held):
    bare, _, gate = held
    panel, widget = Panel(bare), bare.widget

    until = bare.until
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


def test_a_run_that_fails_leaves_the_curves_of_the_one_that_goes_on(held):
    bare, server, gate = held
    panel, widget = Panel(bare), bare.widget

    def hold_or_fail(step):
        if step.model_version_id == "first":
            raise RuntimeError("the disk is full")
        gate(step)

    server.before_step = hold_or_fail
    bare.until(lambda: widget.versions and not widget.loading)
    chosen = bare.root.get_by_role("combobox", name="for version")
    expect(chosen).to_have_count(4)
    whole = "all => all.every(one => one.scrollWidth <= one.clientWidth)"
    eventually(bare.page, lambda: chosen.evaluate_all(whole))  # of dataset and method no word is cut off
    panel.calculate("second")
    gate.let_through(2)
    bare.until(lambda: bare.root.locator(".cew-roc-fold").count() == 2)
    panel.calculate("first")
    bare.until(lambda: any(row["status"] == "failed" for row in widget.run_states))
    expect(panel.row("first")).to_contain_text("the disk is full")
    panel.root.get_by_role("heading", name=re.compile("second")).first.wait_for()
    panel.wait_for_folds(2)
    gate.let_through(1)
    bare.until(lambda: bare.root.locator(".cew-roc-fold").count() == 3)
    gate.open()
    bare.until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert widget.evaluation.info.model_version_id == "second"
    panel.wait_for_folds(5)
