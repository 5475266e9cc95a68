"""Curves on the page: what is drawn around the chosen one, what is under the pointer, and the corner shown larger."""

import re

import pytest

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.widget import golden


@pytest.fixture
def bare(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    yield BarePage(context.new_page(), EvalWidget(evaluation=golden.cross_validated(), concept="cat"))
    context.close()


def at(bare, plot, x, y):
    """The place of (x, y) in parts of a plot's square, from its lower left."""
    box = bare.root.locator(f"{plot} .cew-square").bounding_box()
    return box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]


def test_the_key_switches_what_is_drawn_and_the_band_is_asked_for_then(bare):
    around = bare.root.get_by_role("group", name="Drawn around the curve")
    folds = bare.root.locator(".cew-roc-fold")
    assert folds.count() == 5
    around.get_by_role("button", name="folds").click()
    assert folds.count() == 0
    assert bare.root.locator(".cew-band").count() == 0
    around.get_by_role("button", name="95 %").click()
    bare.root.locator(".cew-roc-band").wait_for(state="attached")
    bare.root.locator(".cew-band-f1").wait_for(state="attached")
    assert "MOVER" in around.get_by_role("button", name="95 %").get_attribute(
        "title"
    ) or "Agresti" in around.get_by_role("button", name="95 %").get_attribute("title")


def test_of_the_macro_average_the_band_says_why_there_is_none(bare):
    bare.widget.concept = None
    bare.push()
    band = bare.root.get_by_role("group", name="Drawn around the curve").get_by_role("button", name="95 %")
    band.click(force=True)
    assert band.get_attribute("aria-disabled") == "true"
    assert "single concepts" in band.get_attribute("title")
    assert bare.root.locator(".cew-band").count() == 0


@pytest.mark.parametrize("plot", [".cew-roc", ".cew-sweep"])
def test_what_is_under_the_pointer_is_told_and_a_click_takes_it(bare, plot):
    bare.page.mouse.move(*at(bare, plot, 0.3, 0.6))
    told = bare.root.locator(f"{plot} .cew-read-out").inner_text()
    threshold = re.search(r"threshold (\S+)", told).group(1)
    tp = int(re.search(r"TP (\d+)", told).group(1))
    bare.page.mouse.down()
    bare.page.mouse.up()
    bare.page.wait_for_function("tp => document.querySelector('[data-name=tp]').dataset.value === tp", arg=str(tp))
    assert bare.root.get_by_role("spinbutton", name="Threshold value").input_value() == threshold
    row = bare.widget.evaluation.table(bare.widget.threshold, full=True).loc["cat"]
    assert int(row["tp"]) == tp
    assert "Threshold set to" in bare.root.locator(".cew-said").inner_text()


def test_zoomed_into_few_alarms_a_click_still_goes_where_it_points(bare):
    bare.root.get_by_role("button", name="Zoom to low FPR").click()
    ticks = bare.root.locator(".cew-roc .cew-ticks-x").inner_text().split()
    assert ticks[-1] == "0.2"
    bare.page.mouse.click(*at(bare, ".cew-roc", 0.25, 0.9))
    row = bare.widget.evaluation.table(bare.widget.threshold, full=True).loc["cat"]
    fpr, tpr = row["fp"] / row["num_neg"], row["recall"]
    dot = bare.root.locator(".cew-dot-roc")
    assert float(dot.get_attribute("cx").rstrip("%")) == pytest.approx(100 * fpr / 0.2, abs=1e-3)
    assert float(dot.get_attribute("cy").rstrip("%")) == pytest.approx(100 * (1 - tpr), abs=1e-3)
    bare.root.get_by_role("button", name="Reset zoom").click()
    assert float(dot.get_attribute("cx").rstrip("%")) == pytest.approx(100 * fpr, abs=1e-3)


def test_no_tab_of_the_curves_moves_what_stands_below(bare):
    places = []
    for tab in ("ROC", "Precision–recall", "Calibration", "Scores"):
        bare.root.get_by_role("tab", name=tab).click()
        bare.page.wait_for_timeout(200)
        places.append(bare.root.get_by_role("slider", name="Threshold").bounding_box()["y"])
    assert len(set(places)) == 1
