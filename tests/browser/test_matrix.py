"""The confusion matrix as a grid: every number in it can be read whole."""

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import Evaluation
from tests.browser.panel import eventually

CUT = "spans => spans.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"


@pytest.fixture
def co_labelled():
    """Twelve thousand inputs, nearly each labelled with all four concepts: numbers of five digits."""
    random = np.random.default_rng(0)
    labels = random.random((12_000, 4)) < 0.95
    return Evaluation.from_scores(labels, random.random((12_000, 4)), concepts=["ant", "bee", "cat", "dog"])


def test_no_number_is_cut_at_any_threshold(open_bare, co_labelled):
    page = open_bare(co_labelled, width=1400)
    page.root.locator("summary", has_text="Confusion matrix").click()
    grid = page.root.get_by_role("grid", name="Confusion matrix")
    expect(grid.locator("small", has_text="+")).not_to_have_count(0)
    for threshold in ("0.0001", "0.5"):
        page.root.get_by_role("spinbutton", name="Threshold value").fill(threshold)
        page.root.get_by_role("spinbutton", name="Threshold value").press("Enter")
        eventually(page.page, lambda t=float(threshold): page.widget.threshold, float(threshold))
        eventually(page.page, lambda: grid.locator("td span").evaluate_all(CUT), [])
