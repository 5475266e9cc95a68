"""The confusion matrix as a grid: every number in it can be read whole."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import Evaluation
from tests.browser.panel import eventually
from tests.widget.workbench.test_matrix import reply

ABOVE = "one => one.getBoundingClientRect().y + scrollY"
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


def matrix_of(page):
    page.root.locator("summary", has_text="Confusion matrix").click()
    return page.root.get_by_role("grid", name="Confusion matrix"), page.root.get_by_role("combobox", name="Cells")


@pytest.mark.parametrize("test_set", [True, False])
def test_the_platforms_own_matrix_and_summary_stand_beside_ours_and_alone(open_bare, test_set):
    page = open_bare(reply(test_set=test_set), width=1400)
    grid, cells = matrix_of(page)
    expect(page.root).to_contain_text("The server’s own summary, means over concepts and folds together")
    if test_set:
        expect(cells).to_have_value("count")
        cells.select_option("probability")
        expect(grid).not_to_contain_text("0.750")
        cells.select_option("platform_probability")
    expect(cells).to_have_value("platform_probability")
    expect(grid).to_contain_text("0.750")
    grid.locator("td").first.hover()
    expect(page.root.locator(".cew-matrix-looked")).to_contain_text("the server’s own")
    cells.select_option("platform_cooccurrence")
    expect(grid).to_contain_text("40")
    expect(page.root.get_by_role("list", name="Strongest confusions")).to_have_count(0)


def test_a_mean_a_number_of_labels_and_those_with_both_beside_a_confusion_lead_to_their_own_inputs(open_bare):
    random = np.random.default_rng(4)
    labels = random.random((300, 3)) < 0.4
    scores = random.random((300, 3)) * [1, 0.8, 1]
    e = Evaluation.from_scores(labels, scores, concepts=["ant", "bee", "cat"])
    e.concept_names.update(cat="Cat, of a name so long that a sentence with it twice does not stand in one line here")
    page = open_bare(e, width=1000)
    grid, cells = matrix_of(page)
    said = page.root.locator(".cew-inputs-said")

    def leads_to(words, *figure, **of):
        expect(said).to_contain_text(words)
        assert page.widget.selection["input_id"].tolist() == e.inputs_behind(*figure, **of)["input_id"].tolist()
        return len(page.widget.selection)

    cell = grid.locator('td[data-row="0"][data-column="1"]')
    both = cell.locator("small")
    expect(both).to_have_text(re.compile(r"^ \+[0-9]+$"))
    above = grid.evaluate(ABOVE)
    grid.locator('td[data-row="0"][data-column="2"]').hover()
    expect(page.root.locator(".cew-matrix-looked")).to_contain_text("Cat, of a name")
    assert grid.evaluate(ABOVE) == above, "what is said moves no cell away from the pointer"
    cell.click(position={"x": 4, "y": 8})
    leads_to("labelled ant that score 0.50 or more for bee and are not", "bee", "fp", labelled="ant")
    both.click()
    number = leads_to("labelled bee and ant that score 0.50 or more for bee", "bee", "tp", labelled="ant")
    expect(both).to_have_text(f"+{number}")
    names = grid.locator("tbody th")
    expect(names).to_have_text([re.compile(one) for one in ("bee", "ant", "^Cat")])  # those most confused side by side
    cell.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("+")
    leads_to(" and ant that score 0.50 or more for Cat, of a name", "cat", "tp", labelled="ant")
    told = page.root.get_by_role("list", name="Strongest confusions").get_by_role("listitem").first
    told.get_by_role("button", name="carry both labels").click()
    eventually(page.page, lambda: f"; {len(page.widget.selection)} more" in told.inner_text())
    cells.select_option("cooccurrence")
    expect(cell).to_have_text(f"{(labels[:, 0] & labels[:, 1]).sum()}")
    cell.click()
    leads_to("inputs labelled bee and ant.", "bee", "labelled", labelled="ant")
    cells.select_option("probability")
    mean = e.score_array[labels[:, 0], 1].mean()
    expect(cell).to_have_text(f"{mean:.3f}")
    cell.click()
    leads_to("inputs labelled ant with a score for bee", "bee", "scored", labelled="ant")
    assert page.widget.selection["score"].mean() == pytest.approx(mean)


def many(size):
    """As many concepts, of whose inputs each third is taken for the next concept."""
    of = np.arange(size * 12) % size
    labels = of[:, None] == np.arange(size)
    taken = np.where(np.arange(size * 12) // size % 3 == 0, (of + 1) % size, of)
    scores = np.where(taken[:, None] == np.arange(size), 0.9, 0.1)
    return Evaluation.from_scores(labels, scores, concepts=[f"concept {k:03}" for k in range(size)])


def test_cells_say_shares_of_their_row_when_that_is_asked_for(open_bare):
    e = many(4)
    page = open_bare(e, width=1000)
    grid, _ = matrix_of(page)
    page.root.get_by_role("combobox", name="Order").select_option("true")
    counts, how = e.confusion_matrix(threshold=0.5).to_numpy().ravel(), "as a share of the row’s inputs"
    expect(grid.get_by_role("gridcell")).to_have_text([f"{count}" for count in counts])
    expect(page.root.locator(".cew-matrix")).not_to_contain_text(how)
    page.root.get_by_role("checkbox", name="Shares of the row").check()
    expect(grid.get_by_role("gridcell")).to_have_text([f"{count / 12 * 100:.0f}\u00a0%" for count in counts])
    expect(page.root.locator(".cew-matrix")).to_contain_text(how)
    page.root.get_by_role("checkbox", name="Shares of the row").uncheck()
    expect(grid.get_by_role("gridcell")).to_have_text([f"{count}" for count in counts])


def test_two_hundred_concepts_are_read_by_hovering_and_lead_to_their_inputs(open_bare):
    page = open_bare(many(200), width=1000)
    grid, _ = matrix_of(page)
    expect(grid).to_have_attribute("aria-rowcount", "200")
    told = page.root.get_by_role("list", name="Strongest confusions").get_by_role("listitem")
    expect(told).to_have_count(8)
    expect(told.first).to_contain_text("4 of 12 (33 %)")
    page.root.get_by_role("combobox", name="Order").select_option("true")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    cell = box["width"] / 200
    # Row 99, column 100 in the order given.
    at = {"x": cell * 100.5, "y": cell * 99.5}
    grid.hover(position=at)
    looked = page.root.locator(".cew-matrix-looked")
    expect(looked).to_contain_text("concept 099 → concept 100: 4 of 12 inputs labelled concept 099")
    grid.click(position=at)
    inputs = page.root.get_by_role("list", name="Inputs").get_by_role("listitem")
    expect(inputs).to_have_count(4)
    expect(inputs.first).to_contain_text("concept 099")
    # A cell of no confusion says so; and after the threshold has moved, the cells are those of the new one.
    page.widget.threshold = 0.95
    page.push()
    expect(page.root.locator(".cew-matrix")).to_have_attribute("data-fresh", "true")
    grid.hover(position=at)
    expect(looked).to_contain_text("concept 099 → concept 100: 0 of 12")
    expect(told).to_have_count(0)


def test_beyond_two_hundred_concepts_the_picture_changes_its_colours_with_the_theme(open_bare):
    page = open_bare(many(201), width=1000)
    grid, _ = matrix_of(page)
    # The pixel of the first hit: its red, green and blue are the theme's.
    pixel = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 1, 1).data].slice(0, 3)"
    now = "canvas => getComputedStyle(canvas).borderTopColor.match(/[0-9]+/g).map(Number)"
    picture = grid.locator("canvas")
    eventually(page.page, lambda: max(picture.evaluate(pixel)) > 0)
    light = picture.evaluate(pixel)
    assert light == pytest.approx(picture.evaluate(now), abs=2)
    page.page.emulate_media(reduced_motion="reduce")
    page.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    eventually(page.page, lambda: picture.evaluate(pixel) != light)
    eventually(page.page, lambda: picture.evaluate(pixel), pytest.approx(picture.evaluate(now), abs=2))
