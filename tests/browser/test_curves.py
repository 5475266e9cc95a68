"""Curves on the page: what is drawn around the chosen one, what is under the pointer, and the corner shown larger."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import Evaluation
from tests.browser.panel import eventually, wait_for_frame, wait_until_still
from tests.widget import golden


@pytest.fixture
def bare(open_bare):
    return open_bare(golden.cross_validated(), concept="cat")


def at(bare, plot, x, y):
    """The place of (x, y) in parts of a plot's square, from its lower left."""
    box = bare.root.locator(f"{plot} .cew-square").bounding_box()
    return box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]


def test_the_key_switches_what_is_drawn_and_the_band_is_asked_for_then(bare):
    around = bare.root.get_by_role("group", name="Drawn around the curve")
    folds = bare.root.locator(".cew-roc-fold")
    expect(folds).to_have_count(5)
    around.get_by_role("button", name="folds").click()
    expect(folds).to_have_count(0)
    expect(bare.root.locator(".cew-band")).to_have_count(0)
    around.get_by_role("button", name="95 %").click()
    bare.root.locator(".cew-roc-band").wait_for(state="attached")
    bare.root.locator(".cew-band-f1").wait_for(state="attached")
    expect(around.get_by_role("button", name="95 %")).to_have_attribute("title", re.compile("MOVER|Agresti"))
    bare.root.get_by_role("tab", name="Precision–recall").click()
    bare.root.locator(".cew-pr-band[d^=M]").wait_for(state="attached")
    folds = bare.root.locator(".cew-pr-fold")
    expect(folds).to_have_count(0)
    around.get_by_role("button", name="folds").click()
    expect(folds).to_have_count(5)


@pytest.mark.parametrize(("layer", "drawn"), [("macro, micro", "cew-macro-line"), ("macro, micro", "cew-micro-line"),
                                             ("others", "cew-other")])  # fmt: skip
def test_averages_and_the_other_concepts_are_drawn_fainter_than_the_chosen_one_until_the_key_leaves_them_out(
    bare, layer, drawn
):
    line = bare.root.locator(f".cew-roc path.{drawn}[d^=M]")
    expect(line).to_have_count(1)
    strength = "path => parseFloat(getComputedStyle(path).strokeWidth) * Number(getComputedStyle(path).opacity)"
    assert line.evaluate(strength) < 0.7 * bare.root.locator(".cew-roc-curve").evaluate(strength)
    key = bare.root.get_by_role("group", name="Drawn around the curve").get_by_role("button", name=layer)
    key.click()
    expect(line).to_have_count(0)
    key.click()
    expect(line).to_have_count(1)
    bare.root.get_by_role("tab", name="Precision–recall").click()
    line = bare.root.locator(f".cew-pr path.{drawn}[d^=M]")
    expect(line).to_have_count(1)
    assert line.evaluate(strength) < 0.7 * bare.root.locator(".cew-pr-curve").evaluate(strength)
    key.click()
    expect(line).to_have_count(0)


def test_of_the_macro_average_the_band_says_why_there_is_none(bare):
    bare.widget.concept = None
    bare.push()
    band = bare.root.get_by_role("group", name="Drawn around the curve").get_by_role("button", name="95 %")
    expect(band).to_have_attribute("aria-disabled", "true")
    expect(band).to_have_attribute("title", re.compile("single concepts"))
    band.click(force=True)
    wait_until_still(bare.root)  # long enough for what the click would have asked of Python
    expect(bare.root.locator(".cew-band")).to_have_count(0)


def in_python(bare):
    """The row of the concept at the threshold that Python has."""
    return bare.widget.evaluation.table(bare.widget.threshold, full=True).loc["cat"]


PLOTS = [
    ("ROC", ".cew-roc"),
    ("Precision–recall", ".cew-pr"),
    ("Calibration", ".cew-calibration"),
    ("Scores", ".cew-histogram"),
    ("ROC", ".cew-sweep"),
]


def drawn(bare, tab, plot):
    """Open a tab, and wait until its plot is drawn."""
    bare.root.get_by_role("tab", name=tab).click()
    bare.root.locator(f"{plot} .cew-curves path:not(.cew-grid)").first.wait_for(state="attached")
    wait_until_still(bare.root)


@pytest.mark.parametrize(("tab", "plot"), PLOTS)
def test_what_is_under_the_pointer_is_told_and_a_click_takes_it(bare, tab, plot):
    drawn(bare, tab, plot)
    bare.page.mouse.move(*at(bare, plot, 0.3, 0.6))
    read_out = bare.root.locator(f"{plot} .cew-read-out")
    expect(read_out).to_contain_text("TP")
    wait_for_frame(bare.page)
    told = read_out.inner_text()
    threshold = re.search(r"threshold (\S+)", told).group(1)
    tp = int(re.search(r"TP (\d+)", told).group(1))
    bare.page.mouse.down()
    bare.page.mouse.up()
    expect(bare.root.locator("[data-name=tp]")).to_have_attribute("data-value", str(tp))
    expect(bare.root.get_by_role("spinbutton", name="Threshold value")).to_have_value(threshold)
    eventually(bare.page, lambda: int(in_python(bare)["tp"]), tp)
    said = bare.root.locator(".cew-said")
    expect(said).to_contain_text(re.compile(r"^Threshold set to \S+, precision \S+, recall \S+$"))
    expect(said).to_have_attribute("role", "status")


@pytest.mark.parametrize(("tab", "plot"), PLOTS)
def test_a_drag_along_a_curve_moves_the_threshold_and_says_where_it_ends(bare, tab, plot):
    drawn(bare, tab, plot)
    slider = bare.root.get_by_role("slider", name="Threshold")
    seen = {slider.get_attribute("aria-valuenow")}
    said = bare.root.locator(".cew-said")
    bare.page.mouse.move(*at(bare, plot, 0.15, 0.85))
    bare.page.mouse.down()
    for step in range(1, 5):
        bare.page.mouse.move(*at(bare, plot, 0.15 + 0.17 * step, 0.85 - 0.12 * step))
        wait_for_frame(bare.page)
        seen.add(slider.get_attribute("aria-valuenow"))
    expect(said).to_have_text("")
    bare.page.mouse.up()
    expect(said).to_have_text(f"Threshold set to {slider.get_attribute('aria-valuetext')}")
    assert len(seen) >= 3
    eventually(bare.page, lambda: bare.widget.threshold, float(slider.get_attribute("aria-valuenow")))


def test_beside_the_rates_a_bin_says_what_it_holds(bare):
    drawn(bare, "Scores", ".cew-histogram")
    bare.page.mouse.move(*at(bare, ".cew-histogram", 0.3, 0.6))
    read_out = bare.root.locator(".cew-histogram .cew-read-out")
    expect(read_out).to_contain_text(re.compile(r"^[\d.]+–[\d.]+: \d+ positives?, \d+ negatives?"))
    low, high, positives, negatives = map(float, re.findall(r"[\d.]+", read_out.inner_text().split("\n")[0]))
    scores, labels = bare.widget.evaluation.scores["cat"], bare.widget.evaluation.labels["cat"]
    inside = (scores >= low) & (scores < high)
    assert [(inside & labels).sum(), (inside & ~labels).sum()] == [positives, negatives]
    drawn(bare, "Calibration", ".cew-calibration")
    bare.page.mouse.move(*at(bare, ".cew-calibration", 0.3, 0.6))
    read_out = bare.root.locator(".cew-calibration .cew-read-out")
    expect(read_out).to_contain_text(re.compile(r"^Bin at \S+: \d+ of \d+ positive"))
    expect(read_out).to_contain_text(re.compile(r"share \S+ \[\S+, \S+\]"))


def test_zoomed_into_few_alarms_a_click_still_goes_where_it_points(bare):
    bare.root.get_by_role("button", name="Zoom to low FPR").click()
    ticks = bare.root.locator(".cew-roc .cew-ticks-x")
    eventually(bare.page, lambda: ticks.inner_text().split()[-1], "0.2")
    before = bare.widget.threshold
    bare.page.mouse.click(*at(bare, ".cew-roc", 0.25, 0.9))
    eventually(bare.page, lambda: bare.widget.threshold != before)
    row = in_python(bare)
    fpr, tpr = row["fp"] / row["num_neg"], row["recall"]
    dot = bare.root.locator(".cew-dot-roc")

    def place():
        return [float(dot.get_attribute(name).rstrip("%")) for name in ("cx", "cy")]

    eventually(bare.page, place, pytest.approx([100 * fpr / 0.2, 100 * (1 - tpr)], abs=1e-3))
    bare.root.get_by_role("button", name="Reset zoom").click()
    eventually(bare.page, place, pytest.approx([100 * fpr, 100 * (1 - tpr)], abs=1e-3))


def test_no_tab_of_the_curves_moves_what_stands_below(bare):
    places = []
    for tab in ("ROC", "Precision–recall", "Calibration", "Scores"):
        bare.root.get_by_role("tab", name=tab).click()
        expect(bare.root.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(bare.root.get_by_role("tabpanel").locator("[aria-busy=true]")).to_have_count(0)
        wait_until_still(bare.root)
        places.append(bare.root.get_by_role("slider", name="Threshold").bounding_box()["y"])
    assert len(set(places)) == 1


def test_another_evaluation_brings_its_own_numbers_into_every_row(bare):
    """Also those of concepts that stood elsewhere before, and of the average over all decisions."""
    random = np.random.default_rng(4)
    before = bare.widget.evaluation
    labels = random.random((90, len(before.concepts))) < np.linspace(0.2, 0.6, len(before.concepts))
    scores = (labels * 0.3 + random.random(labels.shape) * 0.7).clip(0, 1)
    now = Evaluation.from_scores(labels, scores, concepts=list(before.concepts)[::-1])
    bare.widget.evaluation = now
    bare.push()
    table = now.table(threshold=bare.widget.threshold)
    tp, fp, fn = (int(table.loc[list(now.concepts), name].sum()) for name in ("tp", "fp", "fn"))
    wanted = {one: f"{table.loc[one, 'recall']:.3f}" for one in now.concepts}
    wanted["micro"] = f"{tp / (tp + fn):.3f} {2 * tp / (2 * tp + fp + fn):.3f}"

    def shown():
        rows = bare.root.locator(".cew-concepts-rows tr:has([data-concept])")
        recalls = {
            row.locator("[data-concept]").get_attribute("data-concept"): row.locator(
                "[data-column=recall]"
            ).inner_text()
            for row in rows.all()
        }
        micro = bare.root.locator(".cew-micro")
        cells = [micro.locator(f"[data-column={name}]").inner_text() for name in ("recall", "f1")]
        return {one: recalls.get(one) for one in now.concepts} | {"micro": " ".join(cells)}

    eventually(bare.page, shown, wanted)


def test_concepts_ticked_in_the_table_are_drawn_strong_in_every_plot_of_curves(open_bare):
    rng = np.random.default_rng(2)
    labels = rng.random((200, 3)) < 0.4
    bare = open_bare(
        Evaluation.from_scores(labels, rng.random((200, 3)), concepts=["ant", "bee", "cat"]), concept="ant"
    )
    bare.root.get_by_role("button", name="Curve of bee drawn strong").click()
    expect(bare.root.get_by_role("button", name="Curve of bee drawn strong")).to_have_attribute("aria-pressed", "true")
    assert bare.widget.concept == "ant", "a tick chooses nothing"
    ticked = bare.root.locator("path.cew-ticked")
    expect(ticked).to_have_count(1)
    roc = ticked.get_attribute("d")
    bare.root.get_by_role("tab", name="Precision–recall").click()
    expect(bare.root.locator(".cew-pr path.cew-ticked")).to_have_attribute("data-ticked", "bee")
    assert ticked.get_attribute("d") != roc
    bare.root.get_by_role("tab", name="Calibration").click()
    plot, e = bare.root.locator(".cew-calibration"), bare.widget.evaluation
    for line, concept in (("path.cew-ticked", "bee"), ("path.cew-micro-line", None)):
        bins = e.calibration_curve(concept)
        first, last = ([row["mean_score"], row["share"]] for _, row in bins.iloc[[0, -1]].iterrows())
        expect(plot.locator(line)).to_have_attribute("d", re.compile("^M"))
        drawn = re.findall(r"[0-9.]+", plot.locator(line).get_attribute("d"))
        assert [float(one) for one in (*drawn[:2], *drawn[-2:])] == pytest.approx([*first, *last], abs=1e-5)
    expect(plot.locator(".cew-calibration-interval")).to_have_count(1)
    keys = plot.get_by_role("group", name="Drawn around the line")
    keys.get_by_role("button", name="95 %").click()
    expect(plot.locator(".cew-calibration-interval")).to_have_count(0)
    keys.get_by_role("button", name="micro").click()
    expect(plot.locator("path.cew-micro-line")).to_have_attribute("d", "")
    eventually(
        bare.page, lambda: bare.widget.drawn, {"ticked": ["bee", "", "", ""], "intervals": False, "averages": False}
    )
    bare.root.get_by_role("button", name="Curve of bee drawn strong").click()
    expect(ticked).to_have_count(0)


OUTSIDE = """square => { const { left, right, top, bottom } = square.getBoundingClientRect();
    return [...square.querySelectorAll('.cew-mark-note')].filter(note => {
        const box = note.getBoundingClientRect();
        return box.left < left - 1 || box.right > right + 1 || box.top < top - 1 || box.bottom > bottom + 1;
    }).map(note => note.textContent); }"""


@pytest.mark.parametrize("width", [360, 1400])
def test_the_words_at_the_macro_mark_stay_within_the_plot_wherever_it_lies(open_bare, width):
    bare = open_bare(golden.cross_validated(), width=width)
    square = bare.root.locator(".cew-roc .cew-square")
    for threshold in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0):
        bare.widget.threshold = threshold
        bare.push()
        expect(bare.root.get_by_role("slider", name="Threshold")).to_have_attribute(
            "aria-valuenow", str(threshold).removesuffix(".0")
        )
        expect(square.locator(".cew-mark-note")).to_have_count(2)
        eventually(bare.page, lambda: square.evaluate(OUTSIDE), [])
