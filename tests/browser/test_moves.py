"""What the reader does moves only what it should: Tab the focus, a concept its own figures."""

import re

from playwright.sync_api import expect

from tests.browser.panel import Panel, eventually, wait_until_still
from tests.browser.test_behind import evaluation

# Two frames after the field has the focus and has lost it again, within one.
PASS_THROUGH = """root => {
    root.querySelector('.cew-threshold-field').focus();
    root.querySelector('[role=slider]').focus();
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
        () => done(document.activeElement.getAttribute('role')))));
}"""
BOTTOM = "root => Math.round(root.querySelector('.cew-page').getBoundingClientRect().bottom)"


def test_the_threshold_field_left_within_a_frame_does_not_take_the_focus_back(open_bare):
    bare = open_bare(evaluation())
    expect(bare.root.get_by_role("spinbutton", name="Threshold value")).to_be_visible()
    assert bare.root.evaluate(PASS_THROUGH) == "slider"


def test_what_stands_below_the_page_stays_when_a_concept_is_chosen(open_bare):
    bare = open_bare(evaluation())
    note = bare.root.locator(".cew-counts-note")
    expect(note).to_contain_text("means over all 4 concepts")
    wait_until_still(bare.root)
    before = bare.root.evaluate(BOTTOM)
    Panel(bare).choose_concept("b")
    expect(note).to_contain_text(re.compile(r"positives, \d+ negatives"))
    eventually(bare.page, lambda: bare.root.evaluate(BOTTOM), before)
