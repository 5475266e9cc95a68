"""Nothing that the page says is cut off where it would be read wrongly: figures, names, and the keys of the plots."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import Evaluation
from tests.browser.axe import dress
from tests.browser.panel import eventually, wait_until_still

WIDTHS = (360, 700, 900, 1000, 1240, 1400)
CUT = "elements => elements.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"


def evaluation(*, num_inputs, num_concepts, folds=None):
    rng = np.random.default_rng(1)
    own = rng.integers(0, num_concepts, num_inputs)[:, None] == np.arange(num_concepts)
    scores = 1 / (1 + np.exp(2 - 2 * own - rng.normal(size=own.shape)))
    names = [f"class {k:03d}" for k in range(num_concepts)]
    return Evaluation.from_scores(own, scores, concepts=names, folds=folds)


@pytest.mark.parametrize("width", WIDTHS)
def test_counts_are_as_wide_as_their_cards(open_bare, width):
    shown = evaluation(num_inputs=20_000, num_concepts=300)
    bare = open_bare(shown, width=width)
    figures = bare.root.locator(".cew-figure dd")
    negatives = bare.root.locator("[data-name=tn]")
    exact = str(int(shown.table(threshold=0.5)["tn"].sum()))
    expect(negatives).to_have_attribute("data-value", exact)
    expect(negatives).to_have_attribute("title", exact)
    wait_until_still(bare.root)
    assert figures.evaluate_all(CUT) == []


@pytest.mark.parametrize("width", [1000, 1240, 1400])
def test_concepts_are_told_apart_and_their_figures_whole(open_bare, width):
    bare = open_bare(evaluation(num_inputs=60_000, num_concepts=4), width=width)
    cells = bare.root.locator(".cew-concepts-rows :is(.cew-concept-name, td)")
    eventually(bare.page, lambda: len(cells.page.locator(".cew-concepts-rows td").nth(0).text_content()), len("15,000"))
    wait_until_still(bare.root)
    assert cells.evaluate_all(CUT) == []


def test_every_figure_of_the_concepts_is_whole_at_every_width(open_bare):
    shown = evaluation(num_inputs=600, num_concepts=4, folds=np.arange(600) % 5)
    bare = open_bare(shown, width=1600)
    bare.widget.thresholds = {"class 000": 0.12345678, "class 001": 0.00001234}
    bare.push()
    cells = bare.root.locator(":is(.cew-concepts-rows, .cew-concepts-macro) :is(td:not(.cew-undefined), .cew-own)")
    expect(bare.root.get_by_role("button", name="Own threshold for class 000")).to_have_attribute(
        "aria-pressed", "true"
    )
    wait_until_still(bare.root)
    cut = {}
    for width in range(800, 1460, 20):
        bare.root.evaluate("(root, width) => { root.style.width = `${width}px`; }", width)
        wait_until_still(bare.root)
        cut[width] = cells.evaluate_all(CUT)
    assert cells.count() > 4 * 7
    assert {width: texts for width, texts in cut.items() if texts} == {}


@pytest.mark.parametrize("width", [1200, 1242, 1300, 1500])
def test_names_of_concepts_are_whole_below_and_above_the_width_from_which_columns_are_wide(open_bare, width):
    labels = np.arange(600) % 3
    scores = np.random.default_rng(0).dirichlet(np.ones(3), 600)
    bare = open_bare(Evaluation.from_scores(labels, scores, concepts=["Portuguese", "Hungarian", "German"]), width=1600)
    bare.root.evaluate("(root, width) => { root.style.width = `${width}px`; }", width)
    wait_until_still(bare.root)
    names = bare.root.locator(".cew-concept-name")
    assert names.count() == 4
    assert names.evaluate_all(CUT) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_what_switches_the_layers_of_a_plot_is_in_view(open_bare, width):
    folds = np.arange(600) % 5
    bare = open_bare(evaluation(num_inputs=600, num_concepts=4, folds=folds), width=width)
    heads = bare.root.locator(".cew-plot-head")
    bare.root.get_by_role("group", name="Drawn around the curve").wait_for()
    wait_until_still(bare.root)
    hidden = heads.evaluate_all(
        """heads => heads.flatMap(head => [...head.querySelectorAll('button')].filter(button => {
            const [box, room] = [button.getBoundingClientRect(), head.parentElement.getBoundingClientRect()];
            const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return !button.contains(over) || box.right > room.right + 1;
        }).map(button => button.textContent))"""
    )
    assert hidden == []


@pytest.mark.parametrize(("width", "wide"), [(360, False), (1400, True)])
def test_a_matrix_that_goes_on_beyond_the_edge_fades_out_there(open_bare, width, wide):
    bare = open_bare(evaluation(num_inputs=300, num_concepts=12), width=width)
    bare.root.locator("summary", has_text="Confusion matrix").click()
    matrix = bare.root.locator(".cew-matrix-scroll")
    faded = re.compile("linear-gradient")
    if wide:
        expect(matrix).to_have_css("mask-image", "none")
        return
    expect(matrix).to_have_css("mask-image", faded)
    matrix.evaluate("one => { one.scrollLeft = one.scrollWidth; }")
    expect(matrix).to_have_css("mask-image", "none")


@pytest.mark.parametrize("width", [192, 240, 360])
def test_counts_and_rates_have_their_names_whole_in_the_smallest_widths(open_bare, width):
    bare = open_bare(evaluation(num_inputs=600, num_concepts=4), width=width)
    bare.widget.concept = "class 001"
    bare.push()
    figures = bare.root.locator(".cew-counts .cew-figure")
    expect(figures.get_by_text("Specificity", exact=True)).to_be_visible()
    wait_until_still(bare.root)
    assert figures.locator("dt, dd").evaluate_all(CUT) == []
    edge = bare.root.bounding_box()
    assert [
        box for one in figures.all() if (box := one.bounding_box())["x"] + box["width"] > edge["x"] + edge["width"]
    ] == []


@pytest.mark.parametrize("width", [840, 1000, 1400])
def test_no_name_of_a_figure_is_cut_and_the_way_it_was_had_is_said_in_plain_words(open_bare, width):
    bare = open_bare(evaluation(num_inputs=600, num_concepts=4, folds=np.arange(600) % 5), width=width)
    bare.root.get_by_role("group", name="Drawn around the curve").wait_for()
    expect(bare.root.get_by_role("table", name="Concepts")).to_be_visible()
    wait_until_still(bare.root)
    said = ".cew-concepts-macro .cew-col-concept, .cew-concept-name, .cew-figure dt, .cew-one-line:not([title]), .cew-about"
    assert bare.root.locator(said).evaluate_all(CUT) == []
    about = bare.root.locator(".cew-about")
    expect(about).to_contain_text("95 % interval from the spread between folds")
    expect(about).to_have_attribute("title", re.compile("corrected resampled t"))


def test_concepts_beside_the_scores_of_an_input_are_whole_under_jupyters_own_style(open_bare):
    bare = open_bare(evaluation(num_inputs=60, num_concepts=4))
    # As JupyterLab 4.6 has it for every output.
    bare.page.add_style_tag(content="body dt { font-weight: bold; float: left; width: 20%; padding: 0; margin: 0; }")
    bare.root.get_by_role("table", name="Concepts").get_by_role("button", name="class 001", exact=True).click()
    bare.root.locator("summary", has_text="Inputs").click()
    bare.root.get_by_label("Show", exact=True).select_option("tn")
    names = bare.root.locator(".cew-input-bars dt")
    expect(names.first).to_have_text(re.compile("^class 00"))
    assert names.evaluate_all(CUT) == []


@pytest.mark.parametrize(("width", "tab", "plot"), [(192, "ROC", "roc"), (320, "Scores", "histogram")])
def test_ticks_of_small_plots_are_legible_and_apart(open_bare, width, tab, plot):
    shown = evaluation(num_inputs=600, num_concepts=4)
    if tab == "Scores":  # all of a class in one bin, so that the axis goes to 100 %
        shown = Evaluation.from_scores(shown.label_array, 0.1 + 0.8 * shown.label_array)
    bare = open_bare(shown, width=width)
    dress(bare.page, "light")  # whose letters are wider
    bare.root.get_by_role("tab", name=tab).click()
    bare.root.locator(f".cew-{plot} .cew-axis-x").wait_for()
    bare.root.evaluate("(root, width) => { root.style.width = `${width}px`; }", width)
    wait_until_still(bare.root)
    axes = bare.root.locator(".cew-ticks-x, .cew-ticks-y").evaluate_all(
        """axes => axes.filter(one => one.checkVisibility()).map(axis => [...axis.querySelectorAll('span')]
            .filter(one => one.checkVisibility() && one.textContent).map(one => {
                const { left, right, top, bottom } = one.getBoundingClientRect();
                return { text: one.textContent, size: parseFloat(getComputedStyle(one).fontSize), left, right, top, bottom };
            }))"""
    )
    assert len(axes) >= 4, "two plots with two axes each"
    for ticks in axes:
        assert len(ticks) >= 2
        for one in ticks:
            assert one["size"] >= 10, one
            assert one["bottom"] - one["top"] < 2 * one["size"], f"{one} takes two lines"
        for one, other in itertools.combinations(ticks, 2):
            apart = one["right"] <= other["left"] or other["right"] <= one["left"]
            assert apart or one["bottom"] <= other["top"] or other["bottom"] <= one["top"], (one, other)


def test_names_of_two_hundred_letters_without_a_gap_widen_no_page(open_bare):
    long, rng = ["x" * 200, "\u0645\u0631\u062d\u0628\u0627" * 40, "\U0001f415" * 100], np.random.default_rng(2)
    own = np.eye(3, dtype=bool)[rng.integers(0, 3, 90)]
    scores = (own * 0.4 + rng.random(own.shape) * 0.6).clip(0, 1)
    e = Evaluation.from_scores(own, scores, concepts=long, input_ids=[f"{row}" * 200 for row in range(90)])
    e.info = replace(e.info, model_id="m" * 200, model_version_id="v" * 200, dataset_id="d" * 200)
    bare = open_bare(e)
    bare.widget.compare(e, Evaluation.from_scores(own, 1 - scores, concepts=long), names=["a" * 200, "b"])
    bare.push()
    bare.root.locator("summary", has_text="Inputs").click()
    inside = bare.root.locator(".cew-input-words, .cew-compare-choice, .cew-compare-verdicts, .cew-compare-scroll")
    for width in (1000, 360):
        bare.page.set_viewport_size({"width": width, "height": 900})
        bare.root.get_by_role("table", name="Differences by concept").wait_for()
        bare.root.get_by_role("button", name="Open input").first.wait_for()
        headline = bare.root.get_by_role("region", name="Headline")
        expect(headline).to_contain_text("Weakest: ")
        wait_until_still(bare.root)
        eventually(bare.page, lambda: bare.page.evaluate("document.documentElement.scrollWidth"), width)
        assert inside.evaluate_all(CUT) == []


ENDINGS = """said => {
  const found = [], texts = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const at = text.textContent.search(/[:.,)]( |$)/);
    if (at < 0) continue;
    const mark = document.createRange();
    mark.setStart(text, at);
    mark.setEnd(text, at + 1);
    if (mark.getBoundingClientRect().left < said.getBoundingClientRect().left + 3) found.push(text.textContent);
  }
  return found;
}"""
"""The texts whose first mark that ends something stands at the begin of a line."""


def test_no_line_of_the_headline_begins_with_what_ends_the_words_before(open_bare):
    bare = open_bare(evaluation(num_inputs=300, num_concepts=3), width=1000)
    said = bare.root.locator(".cew-headline-said")
    expect(said).to_contain_text(re.compile(r"class \d+ read as class \d+: \d+ of \d+"))
    found = {}
    for width in range(330, 1200, 6):
        bare.page.set_viewport_size({"width": width, "height": 900})
        if texts := said.evaluate(ENDINGS):
            found[width] = texts
    assert not found
