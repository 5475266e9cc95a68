"""A file written by save_html, opened from the disk in a browser that has no network."""

import json

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, EvalWidget

IDS = [f"secret-input-{i}" for i in range(600)]


@pytest.fixture(scope="module")
def evaluation():
    random = np.random.default_rng(0)
    labels = random.integers(0, 5, len(IDS))
    scores = random.dirichlet(np.ones(5), len(IDS)) * 0.6
    scores[np.arange(len(IDS)), labels] += 0.4 * random.random(len(IDS))
    return Evaluation.from_scores(labels, scores.clip(0, 1), concepts=list("abcde"), input_ids=IDS)


@pytest.fixture
def open_file(chromium, evaluation, tmp_path):
    """Write and open a file; whatever it asks of any network fails the test."""
    widget = EvalWidget(evaluation=evaluation, concept="b", threshold=0.35)
    contexts = []

    def open_it(*, width=1200, **options):
        path = widget.save_html(tmp_path / "report.html", **options)
        context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path.as_uri())
        page.get_by_role("slider", name="Threshold").wait_for()
        return page

    asked, wrong = [], []
    yield open_it
    assert wrong == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    for context in contexts:
        context.close()
    widget.close()


def figures(page):
    group = page.get_by_role("group", name="Counts at the threshold")
    return [int(group.locator(f"[data-name={name}]").get_attribute("data-value")) for name in ("tp", "fp", "fn", "tn")]


def in_python(evaluation, concept, threshold):
    row = evaluation.table(threshold=threshold).loc[concept]
    return [int(row[name]) for name in ("tp", "fp", "fn", "tn")]


def threshold_of(page):
    return float(page.get_by_role("slider", name="Threshold").get_attribute("aria-valuenow"))


def test_a_file_opens_as_it_was_and_its_slider_shows_pythons_counts(open_file, evaluation):
    page = open_file()
    assert threshold_of(page) == 0.35
    assert figures(page) == in_python(evaluation, "b", 0.35)
    box = page.locator(".cew-slider-rail").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 1, middle)
    page.mouse.down()
    seen = set()
    for step in range(10):
        page.mouse.move(box["x"] + box["width"] * (step + 0.5) / 10, middle)
        seen.add(threshold_of(page))
        assert figures(page) == in_python(evaluation, "b", threshold_of(page))
    page.mouse.up()
    assert len(seen) == 10
    page.get_by_role("table", name="Concepts").locator("[data-concept='d']").click()
    assert figures(page) == in_python(evaluation, "d", threshold_of(page))


def test_a_threshold_typed_between_two_stops_goes_to_the_nearest_for_nobody_counts_there(open_file, evaluation):
    page = open_file()
    stops = evaluation.numbers.stops
    wanted = 0.123456789
    assert wanted not in stops
    field = page.get_by_role("spinbutton", name="Threshold value")
    field.fill(str(wanted))
    field.press("Enter")
    assert threshold_of(page) == stops[np.abs(stops - wanted).argmin()]
    assert figures(page) == in_python(evaluation, "b", threshold_of(page))


@pytest.mark.parametrize("tab", ["Precision–recall", "Calibration"])
def test_panels_that_are_asked_for_answer_for_every_concept(open_file, tab):
    page = open_file()
    page.get_by_role("tab", name=tab).click()
    panel = page.get_by_role("tabpanel")
    for concept in "ae":
        page.get_by_role("table", name="Concepts").locator(f"[data-concept='{concept}']").click()
        panel.locator("[aria-busy=false]").first.wait_for()
        assert panel.locator("svg path").count() > 0
        assert "Not in this file" not in page.get_by_role("region", name="Results").inner_text()


def test_the_matrix_follows_the_slider(open_file, evaluation):
    page = open_file()
    page.locator("summary", has_text="matrix").click()
    grid = page.get_by_role("grid", name="Confusion matrix")
    grid.wait_for()
    before = grid.inner_text()
    page.get_by_role("slider", name="Threshold").press("PageUp")
    assert grid.inner_text() != before


def test_inputs_stay_out_and_the_page_says_that_they_take_python(open_file):
    page = open_file()
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
    page = open_file(inputs=True)
    page.locator("summary", has_text="Inputs").click()
    listed = page.get_by_role("list", name="Inputs")
    listed.wait_for()
    assert "secret-input-" in listed.inner_text()


def test_without_scripts_the_file_shows_the_summary(chromium, evaluation, tmp_path):
    widget = EvalWidget(evaluation=evaluation)
    path = widget.save_html(tmp_path / "report.html")
    widget.close()
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    assert "Macro ROC AUC" in page.inner_text("body")
    assert page.locator("table tbody tr").count() == 5
    assert page.locator("img").bounding_box()["height"] > 200
    context.close()
