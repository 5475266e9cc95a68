"""What is copied as Python gives what the page shows: read from the page, in an order and with a filter of the reader's."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.panel import WAIT, eventually, wait_for_frame
from tests.widget.export.test_forms_on_screen import scored


@pytest.fixture(scope="module")
def page(chromium):
    """One page for all: what the tests switch does not meet."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(WAIT)
    widget = EvalWidget(evaluation=scored())
    made = BarePage(context.new_page(), widget)
    made.root.get_by_role("group", name="Take away").wait_for()
    yield made
    widget.close()
    context.close()


def copied(page, what):
    """The DataFrame that the Python gives which the page copies."""
    group = page.root.get_by_role("group", name="Take away")
    group.get_by_role("combobox", name="What to take away").select_option(label=what)
    before = len(page.asked)
    group.get_by_role("button", name="Copy as Python").click()
    wait_for_frame(page.page)  # what was copied before is gone
    assert any(one.get("action") == "take" for one in page.asked[before:])
    code = group.get_by_role("textbox", name="Python").input_value()
    names = {"w": page.widget}
    *lines, last = code.splitlines()
    exec("\n".join(lines), names)
    return eval(last, names)


def shown(figure):
    """A rate as the page writes it."""
    return "–" if np.isnan(figure) else f"{figure:.3f}"


def test_the_table_is_sorted_filtered_and_at_the_thresholds_on_screen(page):
    table = page.root.get_by_role("table", name="Concepts")
    page.widget.threshold = 0.45
    page.push()
    page.root.get_by_role("searchbox", name="Filter concepts").fill("t")
    table.get_by_role("button", name="F1", exact=True).click()
    names = table.locator(".cew-concept-name")
    expect(names).to_have_count(3)  # the macro average, ant and cat
    frame = copied(page, "Concepts")
    rows = table.locator("tbody tr")
    read = [[cell.strip() for cell in row.locator("th, td").all_text_contents()] for row in rows.all()]
    assert [row[0] for row in read] == frame["name"].tolist()
    assert frame["f1"].tolist()[2:] == sorted(frame["f1"].tolist()[2:], reverse=True)
    for row, (_, told) in zip(read, frame.iterrows(), strict=True):
        area = "roc_auc" if row[0] == "Micro average" else "fold_roc_auc_mean"
        rates = [shown(float(told[name])) for name in (area, "avg_precision", "precision", "recall", "f1")]
        assert row[-6:-1] == rates
    assert [int(row[1].replace(",", "")) for row in read[2:]] == frame["num_pos"].tolist()[2:]
    assert [float(row[-1]) for row in read[2:]] == frame["threshold"].tolist()[2:]


def test_the_matrix_is_that_of_shares_in_the_order_on_screen(page):
    page.root.locator("summary", has_text="Confusion matrix").click()
    grid = page.root.get_by_role("grid", name="Confusion matrix")
    page.root.get_by_role("checkbox", name="Shares of the row").check()
    expect(grid.locator("td").first).to_contain_text("%")
    frame = copied(page, "Confusion matrix")
    heads = [one.strip() for one in grid.locator("thead th").all_text_contents()][1:]
    assert heads == list(frame) == list(frame.index) != list(page.widget.evaluation.concepts)
    read = [[float(cell.rstrip("\u00a0%")) for cell in row.locator("td").all_text_contents()] for row in
            grid.locator("tbody tr").all()]  # fmt: skip
    assert np.allclose(read, frame.to_numpy() * 100, atol=0.51)
    page.root.get_by_role("combobox", name="Order").first.select_option(label="As given")
    page.root.get_by_role("checkbox", name="Shares of the row").uncheck()
    frame = copied(page, "Confusion matrix")
    cells = [one.replace(",", "") for one in grid.locator("td").all_text_contents()]
    counts = [[int(part) for part in re.findall(r"\d+", one)] for one in cells]
    concepts = list(page.widget.evaluation.concepts)
    assert list(frame)[:4] == concepts
    assert [one[0] for one in counts] == frame[concepts].to_numpy().ravel().tolist()
    both = frame.reindex(columns=[f"{one} (both labels)" for one in concepts], fill_value=0).to_numpy().ravel()
    assert [(*one, 0)[1] for one in counts] == both.tolist()


def drawn(plot):
    """The concepts whose curves are drawn strong, and how many averages and other concepts are drawn."""
    strong = plot.locator("[data-concept], [data-ticked]").evaluate_all(
        "all => all.map(one => one.dataset.concept ?? one.dataset.ticked)"
    )
    averages = plot.locator(".cew-macro-line[d^=M], .cew-micro-line[d^=M]").count()
    faint = plot.locator(".cew-other").get_attribute("d").count("M")
    return set(strong), averages, faint


def test_the_curves_are_those_drawn_with_what_is_switched(page):
    page.widget.concept = "cat"
    page.push()
    page.root.get_by_role("button", name="Curve of ant drawn strong").click()
    page.root.get_by_role("button", name="Zoom to low FPR").click()
    page.root.locator(".cew-roc").get_by_role("button", name="folds", exact=True).click()
    expect(page.root.locator(".cew-roc-fold")).to_have_count(0)
    eventually(page.page, lambda: page.widget.drawn.get("folds"), False)
    for tab, curves in (("ROC", ".cew-roc"), ("Precision–recall", ".cew-pr")):
        page.root.get_by_role("tab", name=tab).click()
        plot = page.root.locator(curves)
        expect(plot.locator(".cew-micro-line[d^=M]")).to_have_count(1)
        frame = copied(page, tab)
        told = frame["concept"].unique().tolist()
        strong, averages, faint = drawn(plot)
        assert set(told[: len(strong)]) == strong == {"cat", "ant"}
        assert len(told) == 1 + faint + averages == 6  # a ticked one lies on its faint one
        assert "fold" not in frame
        if tab == "ROC":
            assert 0.1 < frame["fpr"].max() <= 0.2
    page.root.locator(".cew-pr").get_by_role("button", name="others").click()
    eventually(page.page, lambda: page.widget.drawn.get("others"), False)
    assert copied(page, "ROC")["concept"].nunique() == copied(page, "Precision–recall")["concept"].nunique() == 4
    page.root.get_by_role("tab", name="Calibration").click()
    plot = page.root.locator(".cew-calibration")
    expect(plot.locator(".cew-micro-line[d^=M]")).to_have_count(1)
    frame = copied(page, "Calibration")
    assert frame["concept"].unique().tolist() == ["cat", "ant", "micro average"]
    told = plot.locator(".cew-calibration-bin title").all_text_contents()
    own = frame[frame["concept"] == "cat"]
    assert told == [
        f"{size} decisions, {hits} positive" for size, hits in zip(own["decisions"], own["positives"], strict=True)
    ]
    frame = copied(page, "Threshold sweep")
    assert frame["concept"].unique().tolist() == ["cat"]
    assert page.root.locator(".cew-sweep-fold").count() == 0
    assert "fold" not in frame


def test_the_inputs_are_those_listed_in_their_order(page):
    page.widget.concept = "dog"
    page.push()
    page.root.locator("summary", has_text="Inputs").click()
    page.root.get_by_role("combobox", name="Show").select_option("fn")
    page.root.get_by_role("combobox", name="Sort by").select_option("score")
    eventually(
        page.page,
        lambda: page.widget.selection is not None and page.widget.selection["outcome"].unique().tolist(),
        ["fn"],
    )
    expect(page.root.locator(".cew-inputs-said")).to_be_visible()
    frame = copied(page, "Inputs")
    read = page.root.get_by_role("list", name="Inputs").locator(".cew-input-words .cew-lead").all_text_contents()
    assert read == frame["input_id"].tolist()[: len(read)]
    assert len(read) == min(25, len(frame)) > 3


def test_the_differences_are_of_the_other_in_the_order_on_screen(page):
    page.widget.compare(page.widget.evaluation, scored(1), scored(2), names=["first", "second", "third"])
    page.push()
    table = page.root.get_by_role("table", name="Differences by concept")
    page.root.get_by_role("combobox", name="Against the first").select_option("1")
    page.root.get_by_role("combobox", name="Order of the differences").select_option("gain")
    expect(table.locator("tbody tr")).to_have_count(4)
    frame = copied(page, "Compare")
    read = [
        [one.strip() for one in row.locator("th, td").all_text_contents()] for row in table.locator("tbody tr").all()
    ]
    assert [row[0] for row in read] == frame["name"].tolist()[1:]
    assert [row[1] for row in read] == [shown(one) for one in frame["roc_auc"].tolist()[1:]]
    assert [row[2] for row in read] == [shown(one) for one in frame["other_roc_auc"].tolist()[1:]]
    assert frame["other"].unique().tolist()[0].startswith("third")
