"""axe-core finds nothing against any state of the page of a server, light and dark, wide and narrow."""

import pytest

from clarifai_eval_widget import EvalWidget
from tests.browser import states
from tests.browser.axe import Axe
from tests.browser.panel import WAIT
from tests.small_server import Gate, small_server


@pytest.fixture
def page(chromium):
    with chromium.new_context(reduced_motion="reduce") as context:
        context.set_default_timeout(WAIT)
        yield context.new_page()


@pytest.fixture
def served():
    """A widget of a small server, the server, and the gate that holds its steps back."""
    with small_server() as server:
        gate = server.before_step = Gate()
        widget = EvalWidget(server.client())
        yield widget, server, gate
        gate.open()
        widget.close()


def test_no_state_of_the_platforms_half_has_a_violation(page, served):
    widget, server, gate = served
    stage, axe = states.Stage(page, widget), Axe(page)
    states.of_the_server(stage, axe.look, server, gate)
    axe.assert_clean()


def test_no_state_of_the_workbench_has_a_violation(page, served):
    widget, _, gate = served
    gate.open()
    stage, axe = states.Stage(page, widget), Axe(page)
    states.of_the_workbench(stage, axe.look)
    axe.assert_clean()
