"""Every number leads to its inputs: of the table, of the headline, of the point on the curves; and labels are proposed there."""

import re

import numpy as np
import pytest
from ipywidgets import link
from playwright.sync_api import expect

from clarifai_eval_widget import ConfusionMatrix, Evaluation, EvalWidget, RocPlot, metrics
from tests.browser.bare import BarePage
from tests.browser.panel import eventually

SOON = 10_000  # milliseconds that an answer may take on a busy machine


def evaluation(rows=400):
    rng = np.random.default_rng(1)
    labels = np.random.default_rng(7).random((rows, 4)) < 0.3
    scores = np.clip(0.3 * labels + 0.7 * rng.random((rows, 4)), 0, 1).round(3)
    return Evaluation.from_scores(labels, scores, concepts=list("abcd"), input_ids=[f"i{row}" for row in range(rows)])


@pytest.fixture
def bare(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    page = BarePage(context.new_page(), EvalWidget(evaluation=evaluation(), concept="b"))
    yield page
    context.close()
    page.widget.close()


def listed(bare, pattern):
    """Wait until the list says what it is of; the inputs that Python then sees."""
    expect(bare.root.locator(".cew-inputs-said")).to_have_text(re.compile(pattern), timeout=SOON)
    return bare.widget.selection


def row_of(bare, concept):
    named = bare.page.get_by_role("button", name=concept, exact=True)
    return bare.root.get_by_role("table", name="Concepts").get_by_role("row").filter(has=named)


def test_every_figure_of_the_table_leads_to_its_inputs_also_by_the_keyboard(bare):
    e = bare.widget.evaluation
    table = e.table(full=True)
    row = row_of(bare, "c")
    row.locator("[data-column=recall]").get_by_role("button").click()
    selection = listed(bare, "inputs labelled c that score below 0.50 for it")
    assert (len(selection), set(selection["outcome"])) == (table.loc["c", "fn"], {"fn"})
    marks = bare.root.locator(".cew-input-mark")
    expect(marks.first).to_have_text("✗ miss")
    sort = bare.root.get_by_role("combobox", name="Sort by")
    sort.select_option("score")
    wanted = e.inputs_behind("c", "recall", sort="score")["input_id"].tolist()
    eventually(bare.page, lambda: bare.widget.selection["input_id"].tolist() == wanted)
    expect(bare.root.get_by_role("button", name="Open input").first).to_have_text(wanted[0])
    sort.select_option("margin")
    row.get_by_role("button", name="c", exact=True).focus()
    lacking = r"lower the {} of c from 1 by {:.3f}: .*first\."
    steps = [
        ("num_pos", f"^{table.loc['c', 'num_pos']} inputs labelled c\\.$"),
        ("", ""),  # the curve to be drawn strong
        ("roc_auc", lacking.format("ROC AUC", 1 - table.loc["c", "roc_auc"])),
        ("avg_precision", lacking.format("AP", 1 - table.loc["c", "avg_precision"])),
        ("precision", "inputs that score 0.50 or more for c and are not labelled c"),
        ("recall", "inputs labelled c that score below 0.50 for it"),
        ("f1", "inputs labelled c that score below 0.50 for it, or not labelled so that score 0.50 or more"),
    ]
    for figure, sentence in steps:
        bare.page.keyboard.press("ArrowRight")
        if figure:
            bare.page.keyboard.press("Enter")
            ids = e.inputs_behind("c", figure)["input_id"].tolist()
            assert listed(bare, sentence)["input_id"].tolist() == ids


def test_an_average_leads_to_the_wrong_decisions_of_all_or_to_the_concepts_it_is_the_mean_of(bare):
    e = bare.widget.evaluation
    micro = bare.root.get_by_role("row").filter(has_text="Micro average")
    micro.locator("[data-column=recall]").get_by_role("button").click()
    selection = listed(bare, "inputs with at least one false negative, each concept at its threshold")
    assert selection["input_id"].tolist() == e.inputs_behind(figure="recall")["input_id"].tolist()
    micro.get_by_role("button").first.click()
    assert len(listed(bare, "lower the micro ROC AUC")) == len(e.inputs_behind(figure="roc_auc"))
    macro = bare.root.get_by_role("row").filter(has_text="Macro average")
    macro.locator(".cew-col-avg_precision").get_by_role("button").click()
    names = bare.root.locator(".cew-concepts-rows .cew-concept-name")
    expect(names).to_have_text(list(e.table()["avg_precision"].sort_values().index), timeout=SOON)


def test_bins_and_slices_lead_to_the_inputs_they_count(chromium):
    whole = evaluation()
    e = Evaluation.from_scores(
        whole.label_array,
        whole.score_array,
        concepts=list("abcd"),
        input_ids=whole.input_ids,
        folds=np.arange(400) % 2 + 1,
    )
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    page = BarePage(context.new_page(), EvalWidget(evaluation=e, concept="b"))
    page.root.get_by_role("tab", name="Scores").click()
    here = page.root.get_by_role("button", name="Negatives in this bin")
    expect(here).to_be_visible(timeout=SOON)
    bar = e.score_histogram("b").iloc[20]  # from 0.5
    expect(here).to_have_text(f"{bar['negatives']} neg.")
    here.click()
    assert (
        len(listed(page, "not labelled b. Only with the score for b at least 0.50 and below 0.525")) == bar["negatives"]
    )
    page.root.get_by_role("tab", name="Calibration").click()
    here = page.root.get_by_role("button", name="Positives in this bin")
    expect(here).to_be_visible(timeout=SOON)
    number = int(here.inner_text().split()[0])
    here.click()
    assert len(listed(page, "inputs? labelled b. Only with the score for b")) == number
    error = metrics.calibration_error(e.label_array[:, 1], e.score_array[:, 1])
    page.root.locator(".cew-calibration").get_by_role("button", name=f"{error.value:.3f}").click()
    scores, (low, high) = e.score_array[:, 1], error.largest_bin
    worst = {e.input_ids[row] for row in np.flatnonzero((scores >= low) & (scores < high))}
    assert set(listed(page, "inputs behind the figures of b.* Only with the score for b")["input_id"]) == worst
    page.root.get_by_role("tab", name="ROC").click()
    page.root.locator(".cew-roc").get_by_role("button", name="mean of 2 folds").click()
    second = page.root.get_by_role("table", name="Slices by fold").get_by_role("row").nth(2)
    figures = second.get_by_role("cell").get_by_role("button")
    part = e.slice(fold=2)
    figures.nth(0).click()
    assert len(listed(page, "200 inputs behind the figures of b.* Only of fold 2")) == 200
    figures.nth(1).click()
    said = f"of b from 1 by {1 - part.roc_auc('b'):.3f}: .* Only of fold 2"
    assert listed(page, said)["input_id"].tolist() == part.inputs_behind("b", "roc_auc")["input_id"].tolist()
    figures.nth(2).click()
    assert len(listed(page, "labelled b that score below .* Only of fold 2")) == len(part.inputs_behind("b", "f1"))
    context.close()
    page.widget.close()


def test_the_headlines_figures_lead_to_all_the_inputs_they_are_of(bare):
    headline = bare.root.get_by_role("region", name="Headline")
    e = bare.widget.evaluation
    worst = sorted(e.concepts, key=e.roc_auc)[1]  # the other that is named: the weakest is shown already
    lead = headline.get_by_role("button", name=f"{e.roc_auc(worst):.3f}")
    expect(lead).to_have_attribute("title", f"Show the inputs that lower the ROC AUC of {worst}")
    lead.click()
    selection = listed(bare, f"lower the ROC AUC of {worst} from 1")
    assert selection["input_id"].tolist() == e.inputs_behind(worst, "roc_auc")["input_id"].tolist()
    eventually(bare.page, lambda: bare.widget.concept, worst)
    mean = np.mean([e.roc_auc(concept) for concept in e.concepts])
    headline.get_by_role("button", name=f"{mean:.3f}").click()
    assert len(listed(bare, "400 inputs behind all figures")) == 400
    low, high = e.roc_auc_interval(worst).interval
    ends = headline.get_by_role("button", name=f"[{low:.3f}, {high:.3f}]")
    expect(ends).to_have_attribute("title", re.compile(f"no inputs of their own. Show .* the ROC AUC of {worst}$"))
    ends.click()
    assert listed(bare, f"lower the ROC AUC of {worst} from 1")["input_id"].tolist() == selection["input_id"].tolist()


def test_the_strongest_confusion_leads_to_the_matrix_that_counts_it(chromium):
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, 300)
    scores = rng.dirichlet(np.ones(3), 300) + 0.3 * np.eye(3)[truth] + 0.2 * np.eye(3)[(truth + 1) % 3]
    e = Evaluation.from_scores(truth, scores / scores.sum(axis=1, keepdims=True), concepts=["ant", "bee", "cow"])
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    page = BarePage(context.new_page(), EvalWidget(evaluation=e))
    told = page.root.get_by_role("region", name="Headline").get_by_role("button", name="read as")
    first, second = told.inner_text().split(" read as ")
    told.click()
    expect(page.root.get_by_role("combobox", name="Cells")).to_have_value("argmax", timeout=SOON)
    number = int(e.confusion_matrix(kind="argmax").loc[first, second])
    expect(page.root.get_by_role("region", name="Headline")).to_contain_text(f"{first} read as {second}: {number} of")
    expect(page.root).to_contain_text(re.compile(f"{first} read as {second}: {number} of [0-9]+ \\("), timeout=SOON)
    context.close()
    page.widget.close()


def test_the_point_on_the_curves_leads_to_its_inputs_which_follow_once_the_slider_rests(bare):
    bare.root.get_by_role("button", name="Inputs at this point").click()
    assert len(listed(bare, "score 0.50 or more for b")) == bare.widget.evaluation.table(full=True).loc["b", "fp"]
    asked = len(bare.asked)
    slider = bare.root.get_by_role("slider", name="Threshold")
    for _ in range(12):
        slider.press("PageUp")
    at = float(slider.get_attribute("aria-valuenow"))
    eventually(bare.page, lambda: bare.widget.threshold, at)
    expected = int(bare.widget.evaluation.table(threshold=at, full=True).loc["b", "fp"])
    eventually(bare.page, lambda: len(bare.widget.selection), expected)
    questions = [one for one in bare.asked[asked:] if one.get("panel") == "inputs"]
    assert questions[-1]["params"]["threshold"] == at
    assert len(questions) < 12, "one question a stop that was passed"


def test_a_selection_set_in_python_is_listed_until_another_number_is_clicked_or_it_is_taken_back(bare):
    said = bare.root.locator(".cew-inputs-said")
    bare.widget.selection = ["i7", "i3"]
    bare.push()
    assert listed(bare, "^2 inputs selected in Python")["input_id"].tolist() == ["i7", "i3"]
    expect(bare.root.get_by_role("list", name="Inputs").get_by_role("button", name="Open input i3")).to_be_visible()
    row_of(bare, "c").locator("[data-column=recall]").get_by_role("button").click()
    listed(bare, "inputs labelled c that score below")
    eventually(bare.page, lambda: bare.widget.chosen, 0)
    bare.widget.selection = ["i1"]
    bare.push()
    expect(said).to_have_text("1 input selected in Python.", timeout=SOON)
    bare.widget.selection = None
    bare.push()
    expect(said).to_have_text(re.compile("^[0-9]+ inputs that score"), timeout=SOON)


def test_a_plot_or_matrix_by_itself_lists_what_is_selected_there_or_in_a_widget_linked_to_it(chromium):
    e = evaluation()
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    roc, matrix = RocPlot(e), ConfusionMatrix(e)
    page = BarePage(context.new_page(), matrix)
    said, inputs = page.root.locator(".cew-inputs-said"), page.root.get_by_role("list", name="Inputs")
    matrix.selection = ["i7", "i3"]
    page.push()
    expect(said).to_have_text("2 inputs selected in Python.", timeout=SOON)
    expect(inputs.get_by_role("listitem")).to_have_count(2)
    link((roc, "selection"), (matrix, "selection"))
    roc.selection = e.inputs_behind("a", "fn")
    page.push()
    expect(said).to_have_text(f"{len(roc.selection)} inputs selected in Python.", timeout=SOON)
    page.root.get_by_role("gridcell").nth(1).click(position={"x": 5, "y": 5})  # beside the "+n", which has its own
    eventually(page.page, lambda: set(matrix.selection["outcome"]), {"fp"})
    assert roc.selection["input_id"].tolist() == matrix.selection["input_id"].tolist()
    context.close()
    roc.close()
    matrix.close()


def test_the_label_proposed_is_seen_before_and_chosen_after(bare):
    e = bare.widget.evaluation
    bare.root.get_by_role("button", name="Inputs at this point").click()
    listed(bare, "score 0.50 or more for b")
    item = bare.root.get_by_role("list", name="Inputs").get_by_role("listitem").first
    input_id = bare.widget.selection["input_id"].iloc[0]
    own = [concept for concept in e.concepts if e.labels.loc[input_id, concept]]
    others = [concept for concept in e.concepts if concept not in own]
    strongest = max(others, key=lambda concept: e.scores.loc[input_id, concept])
    mark = item.get_by_role("button", name=f"Input {input_id} is mislabelled")
    expect(mark).to_have_text(re.compile(rf"→ .*{strongest}$"))
    mark.click()
    eventually(bare.page, lambda: bare.widget.relabels, {input_id: [*own, strongest]})
    choices = item.get_by_role("group", name="Should be labelled")
    expect(choices.get_by_role("checkbox", name=strongest, exact=True)).to_be_checked()
    choices.get_by_role("checkbox", name=strongest, exact=True).uncheck()
    eventually(bare.page, lambda: bare.widget.relabels, {input_id: own})
    assert bare.widget.relabelling.frame.empty, "these are the labels that it has"


def test_a_hundred_thousand_inputs_come_a_page_at_a_time(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    widget = EvalWidget(evaluation=evaluation(100_000), concept="b")
    page = BarePage(context.new_page(), widget)
    page.root.get_by_role("button", name="Inputs at this point").click()
    selection = listed(page, "score 0.50 or more for b")
    inputs = page.root.get_by_role("list", name="Inputs")
    expect(inputs.get_by_role("listitem")).to_have_count(25)
    asked = len(page.asked)
    for turned in range(1, 4):
        page.root.get_by_role("button", name="Next", exact=True).click()
        first = selection["input_id"].iloc[25 * turned]
        expect(inputs.get_by_role("listitem").first).to_contain_text(first, timeout=SOON)
        expect(inputs.get_by_role("listitem")).to_have_count(25)
    turns = [one for one in page.asked[asked:] if one.get("panel") == "inputs"]
    assert [one["params"]["page"] for one in turns] == [1, 2, 3]
    assert page.widget.selection is selection, "the list is made once, however many pages are looked at"
    context.close()
    widget.close()
