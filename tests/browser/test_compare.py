"""Runs are ticked, told apart, and lead to the inputs that only one of them gets right."""

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.panel import START, WAIT, Panel, eventually, python, wait_until_still
from tests.browser.test_lists import until
from tests.small_server import Gate, blobs, small_server, wait_until
from tests.widget.workbench.test_comparison import scored

ABOVE = "one => one.getBoundingClientRect().y + scrollY"


def test_two_runs_are_compared_from_the_ticks_down_to_the_inputs(open_notebook):
    notebook = open_notebook([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    versions = python(notebook, "import json\nprint(json.dumps([row['id'] for row in w.versions[:2]]))")
    for version in versions:
        python(notebook, f"w.model_version = {version!r}\n_ = w.evaluate({{'use_kfold': False}}).result()\nprint(1)")
    panel.root.locator("[data-complete=true]").wait_for()
    panel.root.locator("summary", has_text="Compare").click()
    region = panel.root.get_by_role("region", name="Compare")
    for version in versions:
        region.get_by_role("checkbox", name=f"version {version}").check()
    verdict = region.get_by_role("list", name="Differences").locator("p").first
    expect(verdict).to_contain_text("paired on")
    eventually(panel.page, lambda: python(notebook, "print(len(w.compared))"), 2)
    told = python(
        notebook,
        "import json\na, b = w.compared['evaluation']\nfound = a.compare_overall(b)\n"
        "print(json.dumps([len(w.compared), found.difference, found.p_value, found.units]))",
    )
    expect(verdict).to_contain_text(f"{abs(told[1]):.3f}")
    assert ("cannot be told apart" in verdict.inner_text()) == (told[2] >= 0.05)
    headline = panel.root.get_by_role("region", name="Headline")
    expect(headline).to_contain_text(f"{abs(told[1]):.3f}")
    drawn = region.get_by_role("img", name="ROC curves compared").locator("path.cew-line[data-at]")
    for at in range(2):
        expect(drawn.nth(at)).to_have_attribute("d", re.compile("M"))
    rows = region.get_by_role("table", name="Differences by concept").get_by_role("row")
    expect(rows).to_have_count(1 + python(notebook, "print(len(w.evaluation.concepts))"))
    only = region.get_by_role("button", name=re.compile("A gets right and B wrong"))
    number = int(re.match(r"\d+", only.inner_text())[0])
    only.click()
    inputs = panel.root.get_by_role("list", name="Inputs")
    expect(inputs.get_by_role("listitem")).to_have_count(min(number, 25))
    eventually(panel.page, lambda: python(notebook, "print(len(w.selection))"), number)
    # And from Python: the other way round.
    python(notebook, "w.compare(b, a, names=['new', 'old'])\nprint(1)")
    expect(region.get_by_role("checkbox", name="new")).to_be_checked()
    expect(headline).to_contain_text("“old”")


@pytest.fixture
def bare(chromium):
    """Two evaluations that share some of their inputs, one of them on screen."""
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    context.set_default_timeout(WAIT)
    first = scored(1)
    second = scored(2, ids=[f"input {row + 30}" for row in range(80)], truth=first)
    yield BarePage(context.new_page(), EvalWidget(evaluation=first, concept="dog")), first, second
    context.close()


def test_the_evaluation_on_screen_is_ticked_and_one_line_says_on_which_inputs_all_is(bare):
    page, first, second = bare
    page.root.locator("summary", has_text="Compare").click()
    region = page.root.get_by_role("region", name="Compare")
    expect(region.get_by_role("checkbox")).to_be_checked()
    expect(region).to_contain_text("w.compare(w.evaluation, another)")
    page.widget.compare(first, second, names=["old", "new"])
    page.push()
    expect(region.get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(region).to_contain_text("Curves and table: on the 50 inputs that both have; 60 left out.")
    both = [f"input {row}" for row in range(30, 80)]
    for evaluation in (first, second):
        area = f"{evaluation.slice(both).roc_auc('dog'):.3f}"
        expect(region.locator(".cew-compare-curves")).to_contain_text(f"AUC {area}")
        expect(region.get_by_role("row", name="dog")).to_contain_text(area)
    # A p-value leads to the inputs that the test lives on: those that just one of the two decides right.
    apart = [set(first.inputs_behind("dog", one, against=second)["input_id"]) for one in ("better", "worse")]
    region.get_by_role("row", name="dog").get_by_role("cell").last.get_by_role("button").click()
    expect(page.root.locator(".cew-inputs-said")).to_contain_text(
        "classified correctly either here or in new, not in both, for dog at 0.50"
    )
    eventually(page.page, lambda: set(page.widget.selection["input_id"]), apart[0] | apart[1])
    tested = region.get_by_role("list", name="Differences").get_by_role("button", name="p =")
    expect(tested).to_have_attribute("title", re.compile("decide differently about dog"))


def test_the_curves_compared_are_read_off_together_and_a_click_takes_the_threshold_of_the_nearest(bare):
    page, first, _ = bare
    page.widget.compare(first, scored(2), names=["old", "new"])
    page.push()
    region = page.root.get_by_role("region", name="Compare")
    for tab, name in (("ROC", "ROC curves compared"), ("Precision–recall", "Precision–recall curves compared")):
        region.get_by_role("group", name="Curves compared").get_by_role("button", name=tab).click()
        square = region.get_by_role("img", name=name).locator(".cew-square")
        square.scroll_into_view_if_needed()
        box = square.bounding_box()
        where = {"x": box["width"] * 0.3, "y": box["height"] * 0.3}
        square.hover(position=where)
        said = region.locator(".cew-read-out")
        expect(said).to_contain_text(re.compile(r"A [01]\.\d{3} · B [01]\.\d{3}"))
        wanted = float(re.search(r"Click: threshold ([0-9.]+) of [AB]", said.inner_text())[1])
        before = page.widget.threshold
        square.click(position=where)
        page.until(lambda: page.widget.threshold != before)  # noqa: B023
        assert page.widget.threshold == pytest.approx(wanted, abs=0.005)
        assert said.inner_text().count("\n") == 2


def test_the_headline_tells_of_a_comparison_only_of_what_is_on_screen(bare):
    page, first, second = bare
    page.widget.compare(second, scored(3), first, names=["new", "third", "old"])
    page.push()
    headline = page.root.get_by_role("region", name="Headline")
    expect(headline).to_contain_text("“old”")
    expect(headline).not_to_contain_text("“third”")
    page.widget.evaluation = scored(4)
    page.push()
    expect(headline).not_to_contain_text("Compared")
    expect(page.root.get_by_role("region", name="Compare").get_by_role("checkbox", checked=True)).to_have_count(3)


def test_beside_a_comparison_its_interval_can_be_read_at_every_width_and_nothing_moves_when_it_comes(bare):
    page, first, second = bare
    root = page.root
    page.page.set_viewport_size({"width": 600, "height": 900})
    below = root.locator(".cew-plot").first
    root.get_by_text("ROC AUC").first.wait_for()
    wait_until_still(root)
    where = below.evaluate(ABOVE)
    page.widget.compare(first, second, names=["trained on all reviews", "trained on those of this year"])
    page.push()
    said = root.locator(".cew-verdict")
    expect(said).to_contain_text(re.compile(r"[0-9] \[.+, .+\]"))
    assert below.evaluate(ABOVE) == where
    for width in (600, 880):
        page.page.set_viewport_size({"width": width, "height": 900})
        eventually(page.page, lambda: said.evaluate("one => one.scrollWidth <= one.clientWidth"))


def enabled(page, button):
    """A button, once what it waits for has been looked up."""
    page.until(lambda: button.count() and button.get_attribute("aria-disabled") == "false")
    return button


@pytest.fixture
def server():
    with small_server() as running:
        yield running


@pytest.fixture
def cross_validated(server):
    """Cross-validates versions, each in folds of its own, and compares them; the widget."""
    with ExitStack() as opened:

        def evaluate(*versions):
            widget = EvalWidget(server.client())
            opened.callback(widget.close)
            wait_until(lambda: widget.versions and not widget.loading)
            for version in versions:
                widget.model_version = version
                widget.evaluate({"use_kfold": True}).result(timeout=60)
            widget.compare(*(row["key"] for row in widget.run_states))
            wait_until(lambda: all(one is not None for one in widget.compared["evaluation"]))
            # The page here hears of what comes by itself only when it is told.
            wait_until(lambda: widget.status == "evaluated" and widget.evaluation.complete)
            return widget

        yield evaluate


@pytest.fixture
def show(chromium):
    """Shows a widget on a page; the page, and its panel "Compare"."""
    context = chromium.new_context(viewport={"width": 1000, "height": 900})

    def show_it(widget):
        page = BarePage(context.new_page(), widget)
        return page, page.root.get_by_role("region", name="Compare")

    yield show_it
    context.close()


def test_data_that_the_versions_cannot_be_judged_on_are_not_offered_to_test_them_on(server, cross_validated, show):
    embeddings, _ = blobs(40, 2, 3)
    server.add_dataset(
        "market", "a-few-animals", [f"a{n}" for n in range(40)], ["cat", "dog"] * 20, embeddings=embeddings
    )
    page, region = show(cross_validated("first", "second"))
    enabled(page, region.get_by_role("button", name="Evaluate both"))
    offered = region.get_by_role("combobox", name="To test them").get_by_role("option")
    expect(offered).to_have_text(["score both on offers (app market)"])
    shown = region.get_by_role("combobox", name="To test them")
    expect(shown).to_have_value("score both on offers (app market)")
    expect(region).to_contain_text(
        "Not offered: a-few-animals (app market): The dataset has none of this version’s concepts"
    )


def test_several_that_cannot_be_tested_are_each_checked_though_they_ask_at_once(server, cross_validated, show):
    server.train("shop", "sentiment", dataset_id="reviews", version_id="third", inputs_per_concept=30)
    widget = cross_validated("first", "second", "third")
    lane, gate = widget._platform._lanes.checks, Gate()
    lane.submit(lambda: gate("the version that all are compared with"))
    page, region = show(widget)

    def asked():
        return {one["version_key"] for one in page.asked if one["action"] == "check"}

    page.until(lambda: len(asked()) == 1)
    lane.submit(lambda: gate("the others"))
    gate.let_through(1)
    page.until(lambda: len(asked()) == 3)
    gate.open()
    buttons = region.get_by_role("button", name="Evaluate both")
    expect(buttons).to_have_count(2)
    for button in buttons.all():
        enabled(page, button)


def test_two_that_cannot_be_tested_are_evaluated_alike_by_one_button(cross_validated, show):
    page, region = show(cross_validated("first", "second"))
    widget = page.widget
    said = region.get_by_role("list", name="Differences")
    expect(said).to_contain_text("No paired test: cross-validated in different folds")
    expect(region.get_by_role("combobox", name="To test them")).to_contain_text("score both on offers")
    enabled(page, region.get_by_role("button", name="Evaluate both")).click()
    until(page, lambda: widget.differences is not None and widget.differences["p_value"].notna().all())
    expect(said).to_contain_text("paired on 300 inputs")
    expect(said).not_to_contain_text("No paired test")
    page.root.get_by_role("button", name="All versions").click()
    for version in ("first", "second"):
        field = page.root.get_by_role("combobox", name=f"Evaluation dataset for version {version}")
        expect(field).to_have_value(re.compile("^offers"))
        expect(page.root.get_by_role("combobox", name=f"Method for version {version}")).to_have_value("false")
