"""The page by the keyboard alone: whatever is pressed does its work, and the place is seen and never lost.

A place is lost where what was pressed leaves the page and nothing takes the focus over: the next Tab begins at the top of the
notebook.
"""

import re

import pytest

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.panel import WAIT, eventually, wait_until_still
from tests.widget.workbench.test_slices import with_metadata

PLACE = """root => {
    const one = root.getRootNode().activeElement;
    if (!root.contains(one)) return '';
    const { outlineStyle, boxShadow } = getComputedStyle(one);
    const seen = one.checkVisibility() && (outlineStyle !== 'none' || boxShadow !== 'none');
    return seen ? one.getAttribute('aria-label') ?? (one.textContent || one.tagName) : '';
}"""


class Keys:
    """Somebody who has the keyboard only."""

    def __init__(self, bare):
        self.bare, self.page, self.root = bare, bare.page, bare.root

    def go(self, locator):
        """Step to something that Tab reaches."""
        locator.wait_for()
        assert locator.evaluate("one => one.tabIndex") >= 0
        self.page.keyboard.press("Tab")  # so that the browser shows the place
        locator.focus()

    def press(self, locator, place):
        """Step to something, press Enter there, and be at ``place`` after that."""
        self.go(locator)
        self.page.keyboard.press("Enter")
        self.expect_at(place)

    def expect_at(self, name):
        """Be at what has this name, seen, once what was pressed has done its work."""
        wait_until_still(self.root)
        eventually(self.page, lambda: self.root.evaluate(PLACE), lambda found: re.search(name, found) is not None)


@pytest.fixture
def keys(chromium):
    """A page with parts, inputs, a comparison to be made and labels to be proposed, by the keyboard."""
    with chromium.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce") as context:
        context.set_default_timeout(WAIT)
        widget = EvalWidget(evaluation=with_metadata())
        yield Keys(BarePage(context.new_page(), widget))
        widget.close()


def test_the_place_is_kept_where_what_was_pressed_does_its_work_and_goes_away(keys):
    root, page = keys.root, keys.page
    for title in ("Slices", "Inputs", "Relabel", "Compare"):
        keys.press(root.locator("summary", has_text=title), f"^{title}$")
    for button, place in [
        ("^False pos.*: show the inputs", "^False pos"),
        ("^Show (others|no more)", "^Show$"),
        ("is mislabelled", "is mislabelled"),
        ("^Unmark", "^Relabel$"),
        ("is mislabelled", "is mislabelled"),
        ("^Curves beside the old", "^Curves beside the old"),
        ("^Measure against", "."),
        ("^Only these: camera night", "^Slice(s| by)$"),
        ("^Show all inputs", "."),
        ("^Own threshold for dog", "^Own threshold for dog"),
        ("^Reset", "^Filter concepts"),
        ("^Zoom", "^Reset zoom"),
        ("^Reset zoom", "^Zoom"),
        ("^Open input", "^Previous input"),
    ]:
        keys.press(root.get_by_role("button", name=re.compile(button)).first, place)
    page.keyboard.press("Escape")
    keys.expect_at("^Open input")
