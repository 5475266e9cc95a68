"""The same in every host: show, Calculate, curves beside busy Python, drag, threshold, second view, reload, narrow, dark.

What JupyterLab does beyond that is in the other files of this folder. What no host here can show stands in ``docs/hosts.md``.
"""

import itertools
import re

import pytest
from playwright.sync_api import expect

from tests.browser.hosts import started
from tests.browser.panel import WAIT, OnPage, Panel, eventually, picture, wait_for_frame

HOSTS = ["lab", "notebook", "voila", "marimo", "marimo-edit", "solara"]
PAINTED = """root => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
    const light = colour => {
        canvas.fillStyle = 'white';
        canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
        return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
    };
    const style = getComputedStyle(root);
    return { text: light(style.color), ground: light(style.backgroundColor), scheme: style.colorScheme };
}"""


@pytest.fixture(scope="module", params=HOSTS)
def host(request, tmp_path_factory):
    yield from started(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def shown(host, chromium):
    """The widget in a light page on a machine that prefers dark, its curves on screen."""
    context = chromium.new_context(viewport={"width": 1300, "height": 1000}, color_scheme="dark")
    context.set_default_timeout(WAIT)
    # Nothing may be needed from elsewhere.
    context.route(re.compile(r"^https?://(?!127\.0\.0\.1|localhost)"), lambda route: route.abort())
    page = context.new_page()
    host.open(page)
    panel = Panel(OnPage(page))
    panel.wait_for_versions()
    yield panel
    context.close()


@pytest.fixture(scope="module")
def evaluated(shown):
    shown.calculate("few-inputs")
    shown.root.locator("[data-complete=true]").wait_for()
    return shown


def heard(page, pattern):
    """What Python says that it has heard, in a cell that follows the widget."""
    return page.get_by_text(re.compile(pattern)).filter(visible=True).first


def test_it_says_where_it_is_connected(shown):
    expect(shown.root.get_by_text("Local server").first).to_be_visible()


def test_calculate_brings_the_curves_and_python_hears_of_the_end(host, evaluated):
    heard(evaluated.page, r"threshold .*, evaluated, 100% done, 480 inputs").wait_for()
    eventually(evaluated.page, lambda: evaluated.roc_area() > 0.6)
    # What is saved with a notebook is not seen beside the living page.
    expect(evaluated.page.locator(".cew-saved").filter(visible=True)).to_have_count(0)
    picture(evaluated.page, host.name)


def test_a_drag_moves_the_marks_and_reaches_python(evaluated):
    slider = evaluated.threshold
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page, middle = evaluated.page, box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, middle, steps=8)
    page.mouse.up()
    wait_for_frame(page)
    value = eventually(page, evaluated.shown_threshold, lambda threshold: 0.1 < threshold < 0.45)
    page.get_by_text(f"threshold {value:.4f}").filter(visible=True).first.wait_for()


def test_the_threshold_set_in_python_is_shown_with_exact_counts(evaluated):
    evaluated.page.get_by_role("button", name="Set it from Python").click()
    evaluated.root.locator("[role=slider][aria-valuenow='0.123']").wait_for()
    eventually(evaluated.page, lambda: sum(int(evaluated.figure(name)) for name in ("tp", "fn")), 480)


def test_it_is_painted_as_the_page_around_it_and_not_as_the_system(evaluated):
    """All of these pages are light; the browser prefers dark."""
    painted = evaluated.root.evaluate(PAINTED)
    assert painted["ground"] > 0.9, painted
    assert painted["text"] < 0.3, painted


def test_headings_are_bold_and_lists_have_their_arrow(evaluated):
    """Solara's page takes both off whatever does not ask for them."""
    headings = evaluated.root.locator("h3, h4, .cew-plot-head strong")
    weights = headings.evaluate_all("all => all.map(element => Number(getComputedStyle(element).fontWeight))")
    assert len(weights) >= 2
    assert min(weights) >= 600
    arrows = evaluated.root.locator("select").evaluate_all(
        "all => all.map(element => getComputedStyle(element).appearance)"
    )
    assert len(arrows) >= 2
    assert "none" not in arrows


@pytest.mark.parametrize("width", [1000, 320, 192])
def test_nothing_overlaps_or_sticks_out_when_it_is_narrow(evaluated, width):
    with evaluated.width(width):
        boxes = evaluated.root.evaluate(
            """root => [...root.querySelectorAll('.cew-results-head h3, .cew-threshold-label, .cew-slider, .cew-counts, .cew-tabs')]
                .filter(element => element.checkVisibility()).map(element => element.getBoundingClientRect())
                .map(({ left, right, top, bottom }) => ({ left, right, top, bottom }))"""
        )
        edge = evaluated.root.bounding_box()
    assert len(boxes) >= 4
    for box in boxes:
        assert box["right"] <= edge["x"] + edge["width"] + 1, (box, edge)
    for one, other in itertools.combinations(boxes, 2):
        apart = (
            one["right"] <= other["left"] + 1
            or other["right"] <= one["left"] + 1
            or one["bottom"] <= other["top"] + 1
            or other["bottom"] <= one["top"] + 1
        )
        assert apart, (one, other)


def test_a_second_view_is_in_step(evaluated):
    other = Panel(evaluated, index=1)
    other.threshold.press("Home")
    expect(evaluated.threshold).to_have_attribute("aria-valuenow", "0")
    eventually(evaluated.page, evaluated.shown, lambda now: now == other.shown())


def test_python_hears_of_each_fold_and_curves_come_while_it_is_busy(host, evaluated):
    for name in ("open", "enough", "busy", "few-inputs-1", "few-inputs-2"):
        (host.folder / name).unlink(missing_ok=True)
    try:
        evaluated.open_versions()
        evaluated.button("Calculate again version few-inputs").click()
        evaluated.button("Cancel").wait_for()
        (host.folder / "few-inputs-1").touch()
        heard(evaluated.page, r"threshold .*, evaluating, [1-9]\d?% done, 96 inputs").wait_for()
        evaluated.page.get_by_role("button", name="Be busy").click()
        eventually(evaluated.page, (host.folder / "busy").exists)
        (host.folder / "few-inputs-2").touch()
        evaluated.wait_for_folds(2)
    finally:
        for name in ("enough", "open"):
            (host.folder / name).touch()
    evaluated.wait_for_folds(5)
    evaluated.root.locator("[data-complete=true]").wait_for()


def test_a_page_made_anew_shows_the_widget_again(host, evaluated):
    evaluated.page.get_by_role("button", name="Set it from Python").click()
    evaluated.root.locator("[role=slider][aria-valuenow='0.123']").wait_for()
    if host.is_notebook:
        evaluated.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save').then(() => 0)")
    evaluated.page.reload()
    if host.outlives_the_page:
        evaluated.root.locator("[data-complete=true]").wait_for()
        expect(evaluated.threshold).to_have_attribute("aria-valuenow", "0.123")
    else:  # every visit has a session of its own
        evaluated.wait_for_versions()


def test_on_a_dark_page_it_is_dark(host, chromium, tmp_path):
    """The last of each host, whose pages are dark from here on; the browser prefers light."""
    dark = host.darkened(tmp_path)
    context = chromium.new_context(viewport={"width": 1300, "height": 1000}, color_scheme="light")
    context.set_default_timeout(WAIT)
    try:
        page = context.new_page()
        dark.open(page)
        panel = Panel(OnPage(page))
        panel.wait_for_versions()
        eventually(page, lambda: panel.root.evaluate(PAINTED)["ground"], lambda ground: ground < 0.2)
        assert panel.root.evaluate(PAINTED)["text"] > 0.6
        picture(page, f"{host.name}-dark")
    finally:
        context.close()
        if dark is not host:
            dark.stop()
