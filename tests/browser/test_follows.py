"""What the first screen says before results, what of it follows the threshold, and what its marks and bars mean."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import Evaluation, EvalWidget
from tests.browser.bare import BarePage, held_page
from tests.browser.panel import Panel, eventually

SOON = 10_000  # milliseconds that an answer may take on a busy machine
RATES = ("precision", "recall", "f1")
# A key on the slider, and what table and matrix show in the frame after it.
STEP = """key => new Promise(done => {
    const root = document.querySelector('.cew'), slider = root.querySelector('[role=slider]');
    const texts = selector => [...root.querySelectorAll(selector)].map(one => one.textContent);
    slider.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
    requestAnimationFrame(() => setTimeout(() => done({
        at: Number(slider.getAttribute('aria-valuenow')),
        rates: texts('.cew-concepts-rows [data-column]'),
        cells: texts('.cew-matrix-grid td'),
        fresh: root.querySelector('.cew-matrix').dataset.fresh,
    })));
})"""


# Where an interval's ends stand along its bar.
ENDS = """one => {
    const [bar, scale] = [one.getBoundingClientRect(), one.parentElement.getBoundingClientRect()];
    return [bar.left, bar.right].map(x => (x - scale.left) / scale.width);
}"""


INSIDE = """(one, other) => {
    const [inner, outer] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    return inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;
}"""


@pytest.fixture
def bare(chromium):
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 120)
    scores = np.clip(0.4 * np.eye(3)[truth] + 0.6 * rng.random((120, 3)), 0, 1).round(3)
    e = Evaluation.from_scores(truth, scores, concepts=list("abc"))
    e.concept_names.update(a="Ant", b="Bee")
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    page = BarePage(context.new_page(), EvalWidget(evaluation=e))
    yield page
    context.close()
    page.widget.close()


def test_table_and_matrix_are_in_step_with_the_slider_within_a_frame(bare):
    e = bare.widget.evaluation
    bare.root.locator("summary", has_text="Confusion matrix").click()
    expect(bare.root.locator(".cew-matrix-grid td")).to_have_count(9, timeout=SOON)
    bare.root.get_by_role("combobox", name="Order").select_option("true")
    expect(bare.root.locator(".cew-matrix-grid tbody th")).to_have_text(["Ant", "Bee", "c"], timeout=SOON)
    expect(bare.root.locator(".cew-matrix-grid td").last).to_have_text(re.compile("[0-9]"), timeout=SOON)
    for key in ["PageUp"] * 5 + ["PageDown"] * 8 + ["ArrowRight"] * 5:
        shown = bare.page.evaluate(STEP, key)
        table = e.table(threshold=shown["at"])
        expected = [table.loc[concept, rate] for concept in e.concepts for rate in RATES]
        rates = [np.nan if one == "–" else float(one) for one in shown["rates"]]
        assert rates == pytest.approx(expected, abs=0.0006, nan_ok=True)
        matrix = e.confusion_matrix(threshold=shown["at"]).to_numpy()
        assert [int(re.match(r"\d*", one)[0] or 0) for one in shown["cells"]] == matrix.ravel().tolist()
        assert shown["fresh"] == "true"
    eventually(bare.page, lambda: bare.widget.threshold, shown["at"])  # it is told once the slider rests
    own = {"Ant": 0.2, "c": 0.7}
    bare.widget.thresholds = own
    bare.push()
    at = {"a": 0.2, "b": bare.widget.threshold, "c": 0.7}
    rates = [f"{x:.3f}" for x in e.table(threshold=at)[list(RATES)].to_numpy().ravel()]
    expect(bare.root.locator(".cew-concepts-rows [data-column]")).to_have_text(rates, timeout=SOON)
    cells = [f"{count}" for count in e.confusion_matrix(threshold=at).to_numpy().ravel()]
    expect(bare.root.locator(".cew-matrix-grid td")).to_have_text(cells, timeout=SOON)


def test_a_row_has_the_concepts_id_and_its_interval_on_the_scale_of_all_and_macro_marks_say_what_they_are(bare):
    e = bare.widget.evaluation
    table = e.table(full=True)
    low = min(0.5, *table["roc_auc_low"])
    start = np.floor(low * 10) / 10
    rows = bare.root.locator(".cew-concepts-rows .cew-concept")
    for place, (concept, shown) in enumerate({"a": ["a"], "b": ["b"], "c": []}.items()):
        row = rows.nth(place)
        expect(row.locator("small")).to_have_text(shown)
        drawn = row.locator(".cew-interval i").evaluate(ENDS)
        ends = [(table.loc[concept, f"roc_auc_{end}"] - start) / (1 - start) for end in ("low", "high")]
        assert drawn == pytest.approx(ends, abs=0.03)  # some tenths of a pixel
    bare.root.get_by_role("tab", name="Precision–recall").click()
    expect(bare.root.locator(".cew-pr .cew-marks")).to_contain_text("mean of the concepts’ rates", timeout=SOON)
    rows.first.get_by_role("button", name="Ant", exact=True).click()
    expect(bare.root.locator(".cew-pr .cew-marks")).not_to_contain_text("mean of the concepts’ rates", timeout=SOON)


def test_an_area_that_is_undefined_stands_in_the_table_as_its_reason(open_bare):
    labels = np.array([[True, False], [False, False], [True, False], [False, False]])
    bare = open_bare(Evaluation.from_scores(labels, np.linspace(0, 1, 8).reshape(4, 2), concepts=["ant", "bee"]))
    area = bare.root.locator(".cew-concepts-rows .cew-concept").nth(1).locator(".cew-col-roc_auc")
    expect(area).to_have_text("no positives")


@pytest.fixture
def held(chromium):
    yield from held_page(chromium, width=1000)


def test_an_empty_plot_says_what_is_coming_and_the_headline_how_far_a_version_falls_away_from_home(held):
    bare, gate = held
    widget, panel = bare.widget, Panel(bare)
    hint = bare.root.locator(".cew-roc .cew-hint")
    expect(hint).to_have_text("Curves grow here as the results of an evaluation come in.", timeout=SOON)
    bare.until(lambda: widget.versions and not widget.loading)
    panel.calculate("second")
    bare.until(lambda: widget.status == "evaluating")
    bar = bare.root.get_by_role("progressbar", name="Evaluation progress")
    button = bar.locator("xpath=preceding-sibling::button")
    assert bar.evaluate(INSIDE, button.element_handle()), "progress is shown in the button"
    expect(hint).to_have_text("The first fold’s curve is on its way.", timeout=SOON)
    gate.open()
    bare.until(lambda: widget.status == "evaluated")
    expect(hint).to_have_count(0, timeout=SOON)
    widget.dataset = "market/offers"
    widget.evaluate()
    bare.until(lambda: widget.status == "evaluated" and widget.evaluation.info.use_kfold is False)
    headline = bare.root.get_by_role("region", name="Headline")
    said = re.compile(r"Cross-validated: AUC 0\.[0-9]{3}, so [+−]0\.[0-9]{3}.* here\.")
    expect(headline).to_contain_text(said, timeout=SOON)
    headline.get_by_role("button", name="Cross-validated").click()
    bare.until(lambda: widget.compared is not None and len(widget.compared) == 2)
    summary = bare.root.locator("summary", has_text="Compare")
    expect(summary.locator("xpath=parent::details[@open]")).to_have_count(1)
    summary.click()
    headline.get_by_role("button", name="Compared", exact=True).click()
    expect(summary.locator("xpath=parent::details[@open]")).to_have_count(1)


def test_a_run_that_was_cancelled_is_no_failure_and_a_remark_that_is_cut_unfolds(held):
    bare, gate = held
    widget, panel = bare.widget, Panel(bare)
    bare.until(lambda: widget.versions and not widget.loading)
    panel.calculate("second")
    gate.let_through(2)
    bare.until(lambda: len(gate.reached) == 3)
    bare.root.get_by_role("button", name="Cancel", exact=True).click()
    gate.open()
    bare.until(lambda: widget.run_states[0]["status"] == "failed")
    remark = bare.root.locator(".cew-remark")
    expect(remark).to_contain_text("It was cancelled. What was counted until then, 40 %, is kept.", timeout=SOON)
    expect(remark).to_have_class(re.compile("cew-remark-note"))
    again = bare.root.get_by_role("button", name="Calculate again version second")
    expect(again).to_be_visible(timeout=SOON)
    bare.root.get_by_role("button", name="All versions").click()
    row = bare.root.get_by_role("row", name="second")
    expect(row).to_contain_text("It was cancelled.", timeout=SOON)
    assert row.get_by_role("alert").count() == 0
    chip = row.get_by_role("button", name=re.compile(r"View results of version second: 0\.[0-9]{3} until cancelled"))
    expect(chip).to_be_visible(timeout=SOON)
    bare.root.get_by_role("button", name="All versions").click()
    bare.root.get_by_role("combobox", name="Method for version second").select_option("false")
    expect(remark).to_contain_text("trained on", timeout=SOON)
    assert remark.evaluate("one => one.scrollWidth > one.clientWidth"), "cut while nobody looks at it"
    remark.focus()
    assert remark.evaluate("one => one.scrollWidth <= one.clientWidth")
    box = bare.root.locator(".cew-results").bounding_box()
    assert remark.bounding_box()["height"] > 30
    bare.page.keyboard.press("Tab")
    assert bare.root.locator(".cew-results").bounding_box() == box, "nothing moved for it"
