"""A slice by itself on the page, and precision-recall curves side by side."""

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.panel import wait_until_still
from tests.widget.workbench.test_comparison import scored
from tests.widget.workbench.test_slices import with_metadata

SOON = 10_000  # milliseconds that an answer may take on a busy machine


@pytest.fixture
def bare(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    yield BarePage(context.new_page(), EvalWidget(evaluation=with_metadata()))
    context.close()


def opened(bare, panel):
    bare.root.locator("summary", has_text=panel).click()


def test_from_the_table_of_slices_to_one_of_them_and_back_to_all(bare):
    opened(bare, "Slices")
    table = bare.root.get_by_role("table", name="Slices by camera")
    expect(table.get_by_role("row")).to_have_count(3, timeout=SOON)
    table.get_by_role("button", name="Only these: camera night").click()
    only = bare.root.get_by_role("group", name="Only a part")
    expect(only).to_contain_text("Only camera night: 20 inputs", timeout=SOON)
    positives = bare.root.get_by_role("table", name="Concepts").get_by_role("row", name="dog")
    nights = bare.widget.evaluation
    expect(positives).to_contain_text(str(int(nights.table().loc["dog", "num_pos"])), timeout=SOON)
    assert nights.num_inputs == 20
    only.get_by_role("button", name="Show all inputs").click()
    expect(only).to_have_count(0, timeout=SOON)
    assert bare.widget.evaluation.num_inputs == 80


def test_the_inputs_listed_are_shown_by_themselves(bare):
    bare.root.get_by_role("table", name="Concepts").get_by_role("button", name="dog", exact=True).click()
    opened(bare, "Inputs")
    bare.root.get_by_label("Show", exact=True).select_option("tp")
    listed = bare.root.locator(".cew-inputs-said")
    expect(listed).to_contain_text("labelled dog that score", timeout=SOON)
    number = len(bare.widget.selection)
    bare.root.get_by_role("button", name="Only these inputs").click()
    expect(bare.root.get_by_role("group", name="Only a part")).to_contain_text(f"{number} inputs listed", timeout=SOON)
    assert bare.widget.evaluation.num_inputs == number


def test_a_list_of_inputs_looked_at_again_is_the_selection_again(bare):
    opened(bare, "Inputs")
    listed, show = bare.root.locator(".cew-inputs-said"), bare.root.get_by_label("Show", exact=True)
    expect(listed).to_contain_text("with at least one false positive", timeout=SOON)
    expect(show).to_have_value("fp", timeout=SOON)  # of all concepts together it says what it lists, too
    bare.root.get_by_role("table", name="Concepts").get_by_role("button", name="dog", exact=True).click()
    show.select_option("tp")
    expect(listed).to_contain_text("score 0.50 or more", timeout=SOON)
    right = bare.widget.selection
    show.select_option("fn")
    expect(listed).to_contain_text("score below 0.50", timeout=SOON)
    show.select_option("tp")
    expect(listed).to_contain_text("score 0.50 or more", timeout=SOON)
    bare.root.get_by_role("button", name="Only these inputs").click()
    only = bare.root.get_by_role("group", name="Only a part")
    expect(only).to_contain_text(f"{len(right)} inputs listed", timeout=SOON)


def test_precision_recall_curves_are_laid_over_one_another(bare):
    bare.widget.compare(bare.widget.evaluation, scored(2), names=["old", "new"])
    bare.push()
    region = bare.root.get_by_role("region", name="Compare")
    expect(region.get_by_role("img", name="ROC curves compared")).to_be_visible(timeout=SOON)
    region.get_by_role("button", name="Precision–recall").click()
    plot = region.get_by_role("img", name="Precision–recall curves compared")
    expect(plot).to_be_visible()
    expect(region.locator("path[data-at]")).to_have_count(2)
    expect(region.locator("text=AP 0.").first).to_be_visible()


PLACES = """root => [...root.querySelectorAll('[role=img], [role=slider], .cew-headline-said, .cew-how')]
    .map(one => Math.round(one.getBoundingClientRect().top - root.getBoundingClientRect().top))"""


@pytest.mark.parametrize("width", [700, 1000, 1400])
def test_nothing_moves_when_a_part_or_a_comparison_is_said(open_bare, width):
    bare = open_bare(with_metadata(), width=width)
    expect(bare.root.get_by_role("slider", name="Threshold")).to_be_visible(timeout=SOON)
    wait_until_still(bare.root)
    before = bare.root.evaluate(PLACES)
    bare.widget.slice = {"camera": "day"}
    bare.push()
    only = bare.root.get_by_role("group", name="Only a part")
    expect(only).to_contain_text("Only camera day: 60 inputs", timeout=SOON)
    wait_until_still(bare.root)
    assert bare.root.evaluate(PLACES) == before
    only.get_by_role("button", name="Show all inputs").click()
    expect(only).to_have_count(0, timeout=SOON)
    assert bare.widget.slice is None
    bare.widget.compare(bare.widget.evaluation, scored(2), names=["old", "new"])
    bare.push()
    headline = bare.root.get_by_role("region", name="Headline")
    expect(headline).to_contain_text("“old” and “new” cannot be told apart", timeout=SOON)
    wait_until_still(bare.root)
    assert bare.root.evaluate(PLACES)[: len(before)] == before


def test_what_the_page_takes_by_itself_stands_in_the_slice(bare):
    opened(bare, "Slices")
    bare.root.get_by_role("button", name="Only these: camera night").click()
    expect(bare.root.get_by_role("group", name="Only a part")).to_be_visible(timeout=SOON)
    assert bare.widget.slice == {"camera": "night"}


def test_slices_are_not_offered_to_take_away_where_there_is_nothing_to_slice_by(open_bare):
    for evaluation, off in ((scored(1), "true"), (with_metadata(), "false")):
        bare = open_bare(evaluation)
        take = bare.root.get_by_role("group", name="Take away")
        take.get_by_label("What to take away").select_option("slices")
        expect(take.get_by_role("button", name="CSV")).to_have_attribute("aria-disabled", off, timeout=SOON)
        expect(take.get_by_text("nothing to slice by")).to_have_count(int(off == "true"))
