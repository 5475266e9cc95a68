"""A file written by save_html, opened from the disk in a browser that has no network."""

import io
import json
from contextlib import ExitStack

import numpy as np
import pytest
from PIL import Image, ImageColor
from playwright.sync_api import expect

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.widget.export.document import document
from clarifai_eval_widget.widget.export.summary import summary_html
from tests.browser.panel import COUNTS, WAIT, OnPage, Panel, eventually, picture, wait_for_frame

IDS = [f"secret-input-{i}" for i in range(600)]


@pytest.fixture(scope="module")
def evaluation():
    random = np.random.default_rng(0)
    labels = random.integers(0, 5, len(IDS))
    scores = random.dirichlet(np.ones(5), len(IDS)) * 0.6
    scores[np.arange(len(IDS)), labels] += 0.4 * random.random(len(IDS))
    folds = np.arange(len(IDS)) % 3 + 1
    return Evaluation.from_scores(labels, scores.clip(0, 1), concepts=list("abcde"), input_ids=IDS, folds=folds)


@pytest.fixture
def open_file(chromium, evaluation, tmp_path):
    """Write and open a file; whatever it asks of any network fails the test."""
    widget = EvalWidget(evaluation=evaluation, concept="b", threshold=0.35)
    widget.curves, widget.drawn = "precision_recall", {"ticked": ["d"]}

    def open_it(*, width=1200, compare=(), **options):
        widget.compare(*compare)
        path = widget.save_html(tmp_path / "report.html", **options)
        context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
        context.set_default_timeout(WAIT)
        opened.callback(context.close)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path.as_uri())
        page.get_by_role("slider", name="Threshold").wait_for()
        return Panel(OnPage(page))

    asked, wrong = [], []
    with ExitStack() as opened:
        opened.callback(widget.close)
        yield open_it
        assert wrong == []
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def in_python(evaluation, concept, threshold):
    """The threshold and Python's counts there, as :meth:`Panel.shown` gives them."""
    row = evaluation.table(threshold=threshold).loc[concept]
    return [threshold, *(int(row[name]) for name in COUNTS)]


def test_a_file_opens_as_it_was_and_its_slider_shows_pythons_counts(open_file, evaluation):
    panel = open_file()
    page = panel.page
    eventually(page, panel.shown, in_python(evaluation, "b", 0.35))
    picture(page, "saved-html")
    expect(page.get_by_role("tab", name="Precision–recall", selected=True)).to_be_visible()
    page.get_by_role("tab", name="ROC").click()
    box = page.locator(".cew-slider-rail").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 1, middle)
    page.mouse.down()
    seen = set()
    for step in range(10):
        page.mouse.move(box["x"] + box["width"] * (step + 0.5) / 10, middle)
        threshold, *counts = panel.shown()
        seen.add(threshold)
        assert [threshold, *counts] == in_python(evaluation, "b", threshold)
    page.mouse.up()
    assert len(seen) == 10
    panel.choose_concept("d")
    eventually(page, panel.shown, in_python(evaluation, "d", panel.shown_threshold()))
    page.get_by_role("group", name="Drawn around the curve").get_by_role("button", name="95 %").click()
    expect(page.locator("path.cew-roc-band")).to_have_count(1)
    expect(page.locator("path.cew-band-recall")).to_have_count(1)


def test_a_threshold_typed_between_two_stops_goes_to_the_nearest_for_nobody_counts_there(open_file, evaluation):
    panel = open_file()
    stops = evaluation.numbers.stops
    wanted = 0.123456789
    assert wanted not in stops
    field = panel.page.get_by_role("spinbutton", name="Threshold value")
    field.fill(str(wanted))
    field.press("Enter")
    nearest = float(stops[np.abs(stops - wanted).argmin()])
    eventually(panel.page, panel.shown, in_python(evaluation, "b", nearest))


@pytest.mark.parametrize("tab", ["Precision–recall", "Calibration"])
def test_panels_that_are_asked_for_answer_for_every_concept(open_file, tab):
    panel = open_file()
    panel.page.get_by_role("tab", name=tab).click()
    drawn = panel.page.get_by_role("tabpanel")
    for concept in "ae":
        panel.choose_concept(concept)
        wait_for_frame(panel.page)
        expect(drawn.locator("[aria-busy=false]")).not_to_have_count(0)
        expect(drawn.locator("svg path")).not_to_have_count(0)
        expect(panel.page.get_by_role("region", name="Results")).not_to_contain_text("Not in this file")


def test_the_matrix_follows_the_slider(open_file, evaluation):
    panel = open_file()
    page = panel.page
    page.locator("summary", has_text="matrix").click()
    grid = page.get_by_role("grid", name="Confusion matrix")

    def shown():
        cells = grid.locator("td").evaluate_all(
            "cells => cells.map(cell => [cell.dataset.row, cell.dataset.column, cell.innerText].map(Number))"
        )
        return [int(number) for _, _, number in sorted(cells)]

    def counted(threshold):
        return evaluation.confusion_matrix(threshold).to_numpy().ravel().tolist()

    eventually(page, shown, counted(0.35))
    panel.threshold.press("PageUp")
    eventually(page, panel.shown_threshold, lambda threshold: threshold != 0.35)
    after = counted(panel.shown_threshold())
    assert after != counted(0.35)
    eventually(page, shown, after)


def test_thresholds_are_chosen_and_inputs_sliced_in_a_file_and_what_is_not_there_is_no_error(open_file, evaluation):
    panel = open_file()
    page = panel.page
    page.get_by_role("button", name="Choose a threshold").click()
    chosen = page.get_by_role("region", name="Choose a threshold")
    chosen.get_by_role("button", name="Best F1").click()
    best, stops = evaluation.operating_point("b", maximize="f1").threshold, evaluation.numbers.stops
    assert best not in stops
    nearest = float(stops[np.abs(stops - best).argmin()])
    eventually(page, lambda: page.get_by_role("slider", name="Threshold").get_attribute("aria-valuenow"), str(nearest))
    assert panel.shown() == in_python(evaluation, "b", nearest)
    expect(chosen.get_by_role("button", name="Best F1")).to_have_attribute("aria-pressed", "true")
    for field in chosen.get_by_role("textbox").all():
        expect(field).to_be_disabled()
    chosen.get_by_role("button", name="All 5 concepts").click()
    expect(chosen.get_by_role("table", name="Criteria").get_by_role("row")).not_to_have_count(0)
    page.locator("summary", has_text="Slices").click()
    sliced = page.get_by_role("table", name="Slices by fold")
    table = evaluation.slices(by="fold", concept="b", threshold=0.5)
    expect(sliced.get_by_role("row").nth(2)).to_contain_text(f"{table['f1'].iloc[1]:.3f}")
    expect(sliced.get_by_role("button", name="Only these")).to_have_count(0)
    expect(page.get_by_role("group", name="Not in this file")).to_have_count(0)
    page.locator("summary", has_text="Relabel").click()
    missing = page.get_by_role("group", name="Not in this file")
    expect(missing).to_have_class("cew-notice cew-notice-quiet")


def test_inputs_stay_out_and_the_page_says_that_they_take_python(open_file):
    page = open_file().page
    assert "secret-input" not in page.evaluate("() => [...document.scripts].map(s => s.textContent).join()")
    baked = page.evaluate(
        """async () => {
            const packed = Uint8Array.from(atob(document.getElementById("cew-baked").textContent), c => c.charCodeAt(0));
            return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
        }"""
    )
    payloads = [one["panel"] for one in json.loads(baked)["payloads"]]
    assert "inputs" not in payloads
    page.locator("summary", has_text="Inputs").click()
    page.get_by_text("Not in this file").wait_for()


def test_inputs_are_listed_where_they_were_allowed(open_file, evaluation):
    page = open_file(inputs=True).page
    page.locator("summary", has_text="Inputs").click()
    expect(page.get_by_role("list", name="Inputs")).to_contain_text("secret-input-")


def test_without_scripts_the_file_shows_the_summary(chromium, evaluation, tmp_path):
    widget = EvalWidget(evaluation=evaluation)
    path = widget.save_html(tmp_path / "report.html")
    widget.close()
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.locator("body")).to_contain_text("Macro ROC AUC")
    expect(page.locator("table tbody tr")).to_have_count(5)
    eventually(page, lambda: page.locator("img").bounding_box()["height"] > 200)
    context.close()


def test_what_was_compared_is_compared_in_the_file_too(open_file, evaluation):
    scores = evaluation.scores.to_numpy()
    worse = Evaluation.from_scores(evaluation.labels.to_numpy(), scores**3, concepts=list("abcde"), input_ids=IDS)
    noisy = Evaluation.from_scores(
        evaluation.labels.to_numpy(), scores[::-1].copy(), concepts=list("abcde"), input_ids=IDS
    )
    panel = open_file(compare=(evaluation, noisy, worse))
    page = panel.page
    region = page.get_by_role("region", name="Compare")
    differences = region.get_by_role("list", name="Differences")
    expect(differences).to_contain_text("B is worse than A by")
    expect(region.locator("path[data-at]")).to_have_count(3)
    expect(region.get_by_role("checkbox")).to_have_count(3)
    for box in region.get_by_role("checkbox").all():
        expect(box).to_be_disabled()
    panel.choose_concept("d")
    expect(region).to_contain_text(f"A AUC {evaluation.roc_auc('d'):.3f}")
    page.get_by_role("slider", name="Threshold").press("PageUp")
    expect(differences).to_contain_text("decided as labelled, at 0.5")
    expect(region.get_by_role("group", name="Not in this file")).to_have_count(0)


def test_a_file_without_a_comparison_says_so(open_file):
    page = open_file().page
    page.locator("summary", has_text="Compare").click()
    expect(page.get_by_role("region", name="Compare")).to_contain_text(
        "Nothing was compared when this file was written"
    )


@pytest.mark.parametrize(
    ("scheme", "theme", "background"),
    [("dark", "", "#16181b"), ("light", "", "#ffffff"), ("light", "false", "#111111"), ("dark", "true", "#ffffff")],
    ids=["file on a dark machine", "file on a light machine", "dark notebook", "light notebook"],
)
def test_the_picture_of_what_was_saved_is_dark_on_a_dark_page(chromium, evaluation, scheme, theme, background):
    with chromium.new_context(color_scheme=scheme, java_script_enabled=False) as context:
        page, shown = context.new_page(), EvalWidget(evaluation=evaluation)._on_screen()
        page.set_content(
            f"<body data-jp-theme-light='{theme}' style='background: {background}'>"
            f"{summary_html(shown, under_widget=True)}"
            if theme
            else document(shown)
        )
        seen = Image.open(io.BytesIO(page.locator("img").screenshot())).convert("RGB")
    pixels = np.asarray(seen).reshape(-1, 3).astype(int)
    paper = np.array(ImageColor.getrgb(background))
    assert np.abs(pixels[0] - paper).max() <= 12, "what was white lets the page through"
    ink = pixels.sum(axis=1) - paper.sum()
    assert (ink.max() if paper.sum() < 384 else -ink.min()) > 600, "and the axes stand out from it"
