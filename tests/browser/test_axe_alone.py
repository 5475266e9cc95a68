"""axe-core finds nothing against the states that need no server's evaluation: blocks, files, slices, marks, a lost kernel."""

import re

import numpy as np
import pytest

from clarifai_eval_widget import (
    ConceptsTable,
    ConfusionMatrix,
    Evaluation,
    EvalWidget,
    RocPlot,
    ThresholdSweep,
)
from tests.browser import states
from tests.browser.axe import Axe
from tests.browser.bare import BarePage
from tests.browser.panel import WAIT, Panel, wait_until_still
from tests.client.test_annotating import uploaded
from tests.small_server import wait_until
from tests.widget import golden
from tests.widget.workbench.test_conditions import partly_labelled
from tests.widget.workbench.test_slices import with_metadata


@pytest.fixture
def show(chromium):
    """Show a widget on a page of its own, and what axe says of it."""
    context = chromium.new_context(reduced_motion="reduce", viewport={"width": 1000, "height": 900})
    context.set_default_timeout(WAIT)
    shown = []

    def show_it(widget):
        shown.append(widget)
        bare = BarePage(context.new_page(), widget)
        return bare, Axe(bare.page)

    yield show_it
    for widget in shown:
        widget.close()
    context.close()


@pytest.mark.parametrize("block", [RocPlot, ThresholdSweep, ConceptsTable, ConfusionMatrix])
def test_no_block_has_a_violation(show, block):
    bare, axe = show(block(golden.cross_validated(), concept="cat"))
    bare.root.locator(".cew-alone").wait_for()
    if block is ConfusionMatrix:
        bare.root.get_by_role("grid", name="Confusion matrix").get_by_role("gridcell").nth(1).click()
        bare.root.get_by_role("list", name="Inputs").wait_for()
    wait_until_still(bare.root)
    axe.look(block.__name__)
    axe.assert_clean()


@pytest.mark.parametrize(
    ("walk", "given"), [(states.of_slices, with_metadata), (states.of_different_data, partly_labelled)]
)
def test_no_state_of_parts_and_conditions_has_a_violation(chromium, walk, given):
    with chromium.new_context(reduced_motion="reduce", viewport={"width": 1000, "height": 900}) as context:
        context.set_default_timeout(WAIT)
        widget = EvalWidget(evaluation=given())
        stage = states.Stage(context.new_page(), widget)
        axe = Axe(stage.page)
        walk(stage, axe.look)
        widget.close()
    axe.assert_clean()


def test_no_layer_of_the_curves_has_a_violation(show):
    bare, axe = show(EvalWidget(evaluation=golden.cross_validated(), concept="cat"))
    around = bare.root.get_by_role("group", name="Drawn around the curve")
    around.get_by_role("button", name="95 %").click()
    bare.root.locator(".cew-roc-band").wait_for(state="attached")
    bare.root.get_by_role("button", name="Zoom to low FPR").click()
    bare.root.get_by_role("button", name="Own threshold for cat").click()
    bare.root.get_by_role("button", name=re.compile("^Curve of .* drawn strong")).last.click()
    square = bare.root.locator(".cew-sweep .cew-square").bounding_box()
    bare.page.mouse.move(square["x"] + square["width"] / 3, square["y"] + square["height"] / 3)
    bare.root.locator(".cew-sweep .cew-read-out").wait_for()
    axe.look("band, zoom, own threshold, read-out")
    field = bare.root.get_by_role("spinbutton", name="Threshold value")
    field.fill("twice")
    wait_until_still(bare.root)
    axe.look("a threshold that is no number")
    axe.assert_clean()


@pytest.mark.parametrize("given", [golden.no_inputs, golden.never_positive, golden.platform_rates, golden.odd_names])
def test_no_odd_evaluation_has_a_violation(show, given):
    bare, axe = show(EvalWidget(evaluation=given()))
    wait_until_still(bare.root)
    axe.look(given.__name__)
    axe.assert_clean()


def test_a_matrix_drawn_as_heat_has_no_violation(show):
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 60, 600)
    scores = rng.dirichlet(np.ones(60), 600)
    bare, axe = show(EvalWidget(evaluation=Evaluation.from_scores(classes, scores)))
    bare.root.locator("summary", has_text="Confusion matrix").click()
    bare.root.get_by_role("grid", name="Confusion matrix").or_(bare.root.locator("canvas")).first.wait_for()
    wait_until_still(bare.root)
    axe.look("60 concepts")
    axe.assert_clean()


@pytest.mark.parametrize("state", ["kernel gone", "waiting"])
def test_a_page_whose_kernel_does_not_answer_has_no_violation(show, state):
    bare, axe = show(EvalWidget(evaluation=with_metadata()))
    bare.root.locator("summary", has_text="Inputs").click()
    bare.root.get_by_label("Show", exact=True).wait_for()
    if state == "kernel gone":
        bare.lose_kernel()
        bare.root.get_by_role("group", name="The kernel was restarted or stopped").first.wait_for()
    else:
        bare.keep_waiting()
        bare.root.locator("summary", has_text="Slices").click()
        bare.root.get_by_text("Waiting for the running cell").first.wait_for()
    wait_until_still(bare.root)
    axe.look(state)
    axe.assert_clean()


def test_a_saved_file_has_no_violation(chromium, tmp_path):
    widget = EvalWidget(evaluation=golden.cross_validated(), concept="cat")
    path = widget.save_html(tmp_path / "report.html", inputs=True)
    widget.close()
    context = chromium.new_context(reduced_motion="reduce", offline=True)
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(path.as_uri())
    page.get_by_role("slider", name="Threshold").wait_for()
    axe = Axe(page, "html")
    for title in ("Confusion matrix", "Inputs"):
        page.locator("summary", has_text=title).click()
    page.get_by_role("list", name="Inputs").wait_for()
    wait_until_still(page.locator(".cew"))
    axe.look("saved file")
    context.close()
    axe.assert_clean()


def test_no_state_of_writing_labels_has_a_violation(show):
    with uploaded() as (_, client, _):
        widget = EvalWidget(client, model="mood")
        wait_until(lambda: widget.versions and not widget.loading)
        widget.evaluate().result(timeout=60)
        wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
        widget.relabels = {"r4": ["neg"], "r5": ["pos", "neg"]}
        bare, axe = show(widget)
        panel = Panel(bare)
        bare.root.locator("summary", has_text="Relabel").click()
        region = bare.root.get_by_role("region", name="Relabel")
        region.get_by_role("button", name="Write to the local server").click()
        dialog = bare.page.get_by_role("dialog", name="Write 2 annotations")
        dialog.wait_for()
        axe.look("before writing")
        dialog.get_by_role("checkbox").check()
        dialog.get_by_role("button", name="Write", exact=True).click()
        wait_until(lambda: widget.written is not None and not widget.written["busy"])
        bare.push()
        region.get_by_text("Labels of 2 inputs written").wait_for()
        panel.open_versions()
        wait_until_still(bare.root)
        axe.look("written, versions open")
    axe.assert_clean()
