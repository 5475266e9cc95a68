"""Thresholds are chosen by criteria on the page, and equal those of Python."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import Evaluation
from tests.browser.panel import eventually, wait_for_frame

NAMES = {"de": "German", "en": "English", "sv": "Swedish"}


def evaluation(num_inputs=900):
    rng = np.random.default_rng(3)
    own = rng.integers(0, 3, num_inputs)[:, None] == np.arange(3)
    scores = 1 / (1 + np.exp(-(rng.normal(-1, 1, own.shape) + own * [1.0, 1.6, 2.4])))
    return Evaluation.from_scores(own, scores, concepts=list(NAMES), concept_names=NAMES)


CLIPBOARD = """() => Object.defineProperty(navigator, 'clipboard', {
    value: {writeText: async text => { window.onClipboard = text; }}, configurable: true})"""


@pytest.fixture
def bare(open_bare):
    return open_bare(evaluation(), concept="de")


def open_choices(bare):
    bare.root.get_by_role("button", name="Choose a threshold").click()
    bare.root.get_by_role("table", name="Criteria").wait_for()


def offer(bare, name):
    return bare.root.get_by_role("button", name=f"{name}: ")


def test_a_criterion_shows_what_it_gives_and_sets_the_concepts_own_threshold(bare):
    open_choices(bare)
    point = bare.widget.evaluation.operating_point("de", min_recall=0.9)
    offered = offer(bare, "Recall ≥ 0.9")
    gives = f"precision {point.precision:.3f}, recall {point.recall:.3f}"
    expect(offered).to_have_attribute("aria-label", re.compile(re.escape(gives)))
    moves = f"{point.threshold_interval.low:.3f}–{point.threshold_interval.high:.3f}"
    expect(offered).to_have_attribute("aria-label", re.compile(rf"95 % interval {re.escape(moves)}\)"))
    expect(offered.locator("xpath=ancestor::tr").locator("small")).to_have_text(moves)
    # All digits of it wherever it stands: fewer would be another threshold.
    expect(offered.locator("xpath=ancestor::tr").locator("b")).to_have_text(repr(point.threshold))
    offered.click()
    eventually(bare.page, lambda: bare.widget.thresholds, {"de": point.threshold})
    expect(bare.root.get_by_role("spinbutton", name="Threshold value")).to_have_value(repr(point.threshold))
    expect(bare.root.locator("[data-name=tp]")).to_have_attribute("data-value", str(point.tp))
    expect(offered).to_have_attribute("aria-pressed", "true")


def test_a_threshold_stands_in_as_few_digits_as_count_the_same_and_one_that_was_typed_as_it_was(open_bare):
    random = np.random.default_rng(6)
    labels = random.random((60, 2)) < 0.4
    e = Evaluation.from_scores(labels, random.random((60, 2)), concepts=["ant", "bee"])
    bare = open_bare(e, concept="ant")
    field = bare.root.get_by_role("spinbutton", name="Threshold value")
    exact = e.operating_point("ant", min_recall=0.9).threshold
    open_choices(bare)
    offer(bare, "Recall ≥ 0.9").click()
    eventually(bare.page, lambda: bare.widget.thresholds, {"ant": exact})
    expect(field).to_have_attribute("title", f"Exactly {exact}; any value from 0 to 1")
    short = field.input_value()
    assert len(short) <= 6 < len(repr(exact))
    counts = ["tp", "fp", "fn", "tn"]
    assert e.table(threshold=float(short), full=True)[counts].equals(e.table(threshold=exact, full=True)[counts])
    expect(bare.root.get_by_role("button", name="Own threshold for ant")).to_have_text(short)
    field.fill(repr(exact))
    field.press("Enter")
    expect(field).to_have_value(repr(exact))


def test_a_typed_bound_asks_anew_and_what_cannot_be_guaranteed_says_the_nearest(bare):
    open_choices(bare)
    bare.root.get_by_role("textbox", name="Recall ≥").fill("0.99999")
    bare.root.get_by_role("textbox", name="Recall ≥").press("Enter")
    row = bare.root.get_by_role("row", name="Recall ≥ 0.99999, guaranteed")
    expect(row).to_contain_text("the nearest to recall ≥ 0.99999 is threshold")
    expect(offer(bare, "Recall ≥ 0.99999, guaranteed")).to_be_disabled()


def test_all_concepts_get_their_own_by_one_criterion_and_python_gets_them(bare):
    open_choices(bare)
    bare.root.get_by_role("button", name="All 3 concepts, each its own").click()
    bare.root.get_by_role("button", name="Best F1: threshold 3 of 3").click()
    eventually(bare.page, lambda: bare.widget.thresholds, bare.widget.evaluation.thresholds(maximize="f1"))
    bare.root.get_by_role("button", name="Reset all own thresholds").click()
    eventually(bare.page, lambda: bare.widget.thresholds, {})


@pytest.mark.parametrize("form", ["python", "json"])
def test_use_these_writes_every_threshold_out_and_sets_them_in_python(bare, form):
    bare.widget.threshold = 0.3
    bare.push()
    expect(bare.root.get_by_role("slider", name="Threshold")).to_have_attribute("aria-valuenow", "0.3")
    open_choices(bare)
    offer(bare, "Best F1").click()
    own = bare.widget.evaluation.operating_point("de", maximize="f1").threshold
    eventually(bare.page, lambda: bare.widget.thresholds, {"de": own})
    bare.page.evaluate(CLIPBOARD)
    bare.root.get_by_role("combobox", name="Copy as").select_option(form)
    bare.root.get_by_role("button", name="Use these").click()
    wanted = {"de": own, "en": 0.3, "sv": 0.3}
    eventually(bare.page, lambda: bare.widget.thresholds, wanted)
    written = bare.root.get_by_role("textbox", name="Thresholds")
    expect(written).not_to_have_value("")
    assert bare.page.evaluate("window.onClipboard") == written.input_value()
    found = {}
    if form == "json":
        found["thresholds"] = json.loads(written.input_value())
    else:
        exec(written.input_value(), found)
    assert found["thresholds"] == wanted


def test_use_these_without_a_criterion_leaves_the_common_slider_alive(bare):
    open_choices(bare)
    bare.root.get_by_role("button", name="Use these").click()
    written = bare.root.get_by_role("textbox", name="Thresholds")
    expect(written).to_have_value(re.compile('"sv": 0.5'))
    bare.root.get_by_role("slider", name="Threshold").press("PageUp")
    # What the button had set would have come before what the slider did.
    eventually(bare.page, lambda: bare.widget.threshold > 0.5, True)
    assert bare.widget.thresholds == {}


def test_nothing_above_the_choices_moves_when_they_open(bare):
    places = """() => ['.cew-square', '.cew-slider', '.cew-choose-button']
        .map(one => document.querySelector(one).getBoundingClientRect().top)"""
    before = bare.page.evaluate(places)
    open_choices(bare)
    offer(bare, "Best F1").click()
    expect(offer(bare, "Best F1")).to_have_attribute("aria-pressed", "true")
    bare.page.evaluate("() => scrollTo(0, 0)")
    wait_for_frame(bare.page)
    assert bare.page.evaluate(places) == before
