"""What is shown is there for who hears it, sees no colours, or does not want things to move."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import Evaluation, EvalWidget
from tests.browser.bare import BarePage
from tests.browser.panel import WAIT, Panel, eventually, wait_until_still
from tests.small_server import Gate, small_server
from tests.widget import golden


@pytest.mark.parametrize("key", ["ArrowRight", "PageDown", "Home"])
def test_the_slider_says_threshold_precision_and_recall(open_bare, key):
    bare = open_bare(golden.cross_validated(), concept="cat")
    panel = Panel(bare)
    before = panel.shown_threshold()
    panel.threshold.press(key)
    eventually(bare.page, panel.shown_threshold, lambda threshold: threshold != before)
    eventually(bare.page, lambda: bare.widget.threshold, panel.shown_threshold())
    row = bare.widget.evaluation.table(bare.widget.threshold).loc["cat"]
    said = panel.threshold.get_attribute("aria-valuetext")
    assert re.fullmatch(r"0\.\d+, precision [\d.–]+, recall [\d.–]+", said)
    assert said.endswith(f"precision {row['precision']:.3f}, recall {row['recall']:.3f}")


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_nothing_moves_by_itself_where_that_is_not_wanted(chromium, wish):
    context = chromium.new_context(viewport={"width": 1000, "height": 900}, reduced_motion=wish)
    context.set_default_timeout(WAIT)
    with small_server() as server:
        gate = server.before_step = Gate()
        widget = EvalWidget(server.client())
        bare = BarePage(context.new_page(), widget)
        bare.until(lambda: widget.versions and not widget.loading)
        Panel(bare).calculate("second")
        gate.let_through(1)
        bare.until(lambda: widget.results)
        bare.root.locator(".cew-live-dot").wait_for()
        # What a scroll moves is not moved by itself: it has no clock.
        moving = bare.root.evaluate(
            """root => root.getAnimations({ subtree: true })
                .filter(one => one.timeline instanceof DocumentTimeline && one.playState === 'running').length"""
        )
        timed = bare.root.evaluate(
            """root => [...root.querySelectorAll('*')].flatMap(one => ['', '::before', '::after'].map(part =>
                getComputedStyle(one, part))).filter(style => style.transitionDuration !== '0s').length"""
        )
        gate.open()
        widget.close()
    context.close()
    if wish == "reduce":
        assert [moving, timed] == [0, 0]
    else:
        assert moving > 0, "nothing moves at all: the other half of this test shows nothing"
        assert timed > 0


LOOK = """paths => paths.map(path => {
    const { strokeDasharray, strokeWidth, opacity, fill } = getComputedStyle(path);
    return [strokeDasharray, parseFloat(strokeWidth), opacity, fill === 'none'].join(' ');
})"""


def looks(bare, plot, names):
    """How each line of a plot is drawn, its colour left out."""
    return {name: bare.root.locator(f"{plot} .cew-curves path.{name}").first.evaluate(f"path => ({LOOK})([path])[0]")
            for name in names}  # fmt: skip


def told_apart(found):
    assert len(set(found.values())) == len(found), found


def test_lines_are_told_apart_without_colour(open_bare):
    rng = np.random.default_rng(0)
    labels = rng.random((300, 6)) < 0.4
    scores = (labels * 0.2 + 0.8 * rng.random((300, 6))).clip(0, 1)
    concepts = ["ant", "bee", "cat", "dog", "elk", "fox"]
    given = Evaluation.from_scores(labels, scores, concepts=concepts, folds=np.arange(300) % 3)
    bare = open_bare(given, concept="ant")
    for name in ("bee", "cat", "dog", "elk"):
        bare.root.get_by_role("button", name=f"Curve of {name} drawn strong").click()
    ticks = [f"cew-ticked-{k}" for k in range(4)]
    bare.root.locator(".cew-roc path.cew-ticked-3").wait_for(state="attached")
    around = ["cew-roc-fold", "cew-other", "cew-macro-line", "cew-micro-line", "cew-chance"]
    told_apart(looks(bare, ".cew-roc", ["cew-roc-curve", *around, *ticks]))
    told_apart(looks(bare, ".cew-sweep", ["cew-sweep-precision", "cew-sweep-recall", "cew-sweep-f1", "cew-sweep-fold"]))
    bare.root.get_by_role("tab", name="Precision–recall").click()
    bare.root.locator(".cew-pr path.cew-ticked-3").wait_for(state="attached")
    told_apart(looks(bare, ".cew-pr", ["cew-pr-curve", *ticks]))


def test_the_key_of_the_sweep_is_drawn_as_its_lines(open_bare):
    bare = open_bare(golden.cross_validated(), concept="cat")
    keys = [
        bare.root.locator(f".cew-sweep .cew-key-{name}").evaluate(
            "key => { const style = getComputedStyle(key); return [style.borderTopStyle, style.borderTopWidth].join(' '); }"
        )
        for name in ("precision", "recall", "f1")
    ]
    assert len(set(keys)) == 3
    dashed = bare.root.locator(".cew-sweep-recall").evaluate(
        "path => getComputedStyle(path).strokeDasharray !== 'none'"
    )
    assert [dashed, keys[1].startswith("dashed")] == [True, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_line_has_three_times_the_contrast_of_the_ground(open_bare, scheme):
    """What a figure is drawn with needs 3:1 (WCAG 2.2, 1.4.11); its texts are axe's."""
    bare = open_bare(golden.cross_validated(), concept="cat")
    bare.page.evaluate("scheme => { document.documentElement.style.colorScheme = scheme; }", scheme)
    wait_until_still(bare.root)
    ratios = bare.root.evaluate(
        """root => {
            const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
            const context = canvas.getContext('2d');
            const luminance = colour => {
                context.fillStyle = colour;
                context.fillRect(0, 0, 1, 1);
                const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(c => c / 255)
                    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ground = luminance(getComputedStyle(root).backgroundColor);
            const ratio = colour => {
                const drawn = luminance(colour);
                return (Math.max(drawn, ground) + 0.05) / (Math.min(drawn, ground) + 0.05);
            };
            const lines = ['cew-roc-curve', 'cew-macro-line', 'cew-micro-line', 'cew-chance', 'cew-sweep-precision',
                'cew-sweep-recall', 'cew-sweep-f1', 'cew-rule'];
            return Object.fromEntries(lines.map(name => [name, ratio(getComputedStyle(root.querySelector('.' + name)).stroke)]));
        }"""
    )
    assert {name: ratio for name, ratio in ratios.items() if ratio < 3} == {}


def test_the_status_of_a_lost_kernel_is_announced(open_bare):
    bare = open_bare(golden.cross_validated())
    bare.lose_kernel()
    notice = bare.root.get_by_role("group", name="The kernel was restarted or stopped")
    expect(notice).to_be_visible()
    expect(
        bare.root.get_by_role("alert").or_(bare.root.get_by_role("status")).filter(has_text="kernel")
    ).not_to_have_count(0)


FOCUSED = """() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    const { width, height } = one.getBoundingClientRect();
    one.dataset.reached = 'true';
    return {
        name: `${one.tagName} ${one.getAttribute('aria-label') ?? one.textContent.slice(0, 40)}`,
        seen: width > 0 && height > 0 && (boxShadow !== 'none' || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1)),
    };
}"""
LEFT_OUT = """root => [...root.querySelectorAll('button, select, input, textarea, summary, a[href], [tabindex="0"]')]
    .filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }))
    .filter(one => !one.dataset.reached).map(one => one.outerHTML.slice(0, 120))"""


def test_tab_reaches_everything_is_seen_wherever_it_stands_and_leaves_at_the_end(open_bare):
    bare = open_bare(golden.cross_validated(), concept="cat")
    for title in ("Confusion matrix", "Inputs", "Relabel", "Compare"):
        bare.root.locator("summary", has_text=title).click()
    bare.root.get_by_role("button", name="Choose a threshold").click()
    bare.root.get_by_role("table", name="Criteria").wait_for()
    bare.root.get_by_role("grid", name="Confusion matrix").wait_for()
    bare.root.get_by_role("group", name="Take away").wait_for()
    wait_until_still(bare.root)
    bare.page.evaluate("() => { document.activeElement.blur(); document.body.tabIndex = -1; document.body.focus(); }")
    stops = []
    while len(stops) < 300:
        bare.page.keyboard.press("Tab")
        place = bare.page.evaluate(FOCUSED)
        if place is None:
            break
        stops.append(place)
    assert 30 < len(stops) < 300, "the keyboard does not come into the page, or not out of it"
    assert [one["name"] for one in stops if not one["seen"]] == []
    assert bare.root.evaluate(LEFT_OUT) == []


@pytest.mark.parametrize("concept", ["cat", ""])
def test_every_figure_says_in_a_whole_line_how_it_is_had(open_bare, concept):
    bare = open_bare(golden.cross_validated(), concept=concept or None)
    said = bare.root.locator(".cew-how-drawn p")
    told = set()
    for tab in ("ROC", "Precision–recall", "Calibration", "Scores"):
        bare.root.get_by_role("tab", name=tab).click()
        expect(said).to_have_count(4)  # the tab's two lines, and the sweep's beside them
        expect(said.first).to_have_text(re.compile(r"\w{3}.* \w{3}"))
        expect(said.nth(1)).to_contain_text("n = ")
        wait_until_still(bare.root)
        assert said.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length") == 0
        told |= set(said.all_inner_texts())
    assert len(told) == 6
