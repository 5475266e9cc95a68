"""Nothing that is looked at moves: from the press of Calculate through every fold to the end, and through the next run."""

import pytest
from playwright.sync_api import expect

from tests.browser.bare import held_page
from tests.browser.panel import Panel, eventually, wait_until_still

LOOKED_AT = [".cew-bar", ".cew-headline", ".cew-side", ".cew-roc .cew-square", ".cew-sweep .cew-square", ".cew-slider",
             ".cew-counts", ".cew-choose-button"]  # fmt: skip
# Where there is room for a line only by line, the bar grows into room that is kept below it.
PLACES = """(root, names) => Object.fromEntries(names.map(name => {
    const { x, y, width, height } = root.querySelector(name).getBoundingClientRect();
    return [name, [x, y, width, ...(name === '.cew-bar' ? [] : [height])].map(Math.round).join(' ')];
}))"""


@pytest.fixture(params=[1000, 1400, 360])
def held(request, chromium):
    """A widget of a small server that holds its folds back; and the gate."""
    yield from held_page(chromium, width=request.param)


def places(bare):
    wait_until_still(bare.root)
    return bare.root.evaluate(PLACES, LOOKED_AT)


def test_nothing_moves_through_a_whole_run_and_the_next(held):
    bare, gate = held
    panel, widget = Panel(bare), bare.widget
    bare.until(lambda: widget.versions and not widget.loading)
    seen = {"before anything ran": places(bare)}
    panel.calculate("second")
    bare.until(lambda: gate.reached)
    expect(panel.progressbar.first).to_be_visible()
    seen["queued and begun"] = places(bare)
    for fold in range(1, 5):
        gate.let_through(1)
        bare.until(lambda fold=fold: bare.root.locator(".cew-roc-fold").count() == fold)
        seen[f"fold {fold}"] = places(bare)
    gate.let_through(1)
    bare.until(lambda: widget.status == "evaluated" and widget.evaluation.complete)
    expect(bare.root.locator("[data-complete=true]")).to_have_count(1)
    seen["evaluated"] = places(bare)
    panel.open_versions()
    seen["versions laid out over it"] = places(bare)
    panel.calculate("first")
    bare.until(lambda: len(gate.reached) > 5)
    seen["the next run begun"] = places(bare)
    gate.open()
    bare.until(lambda: widget.evaluation.info.model_version_id == "first" and widget.evaluation.complete)
    seen["the next run evaluated"] = places(bare)
    first = seen["before anything ran"]
    moved = {
        state: {name: [first[name], now[name]] for name in now if now[name] != first[name]}
        for state, now in seen.items()
    }
    told = "\n".join(f"{state}: {which}" for state, which in moved.items() if which)
    assert not told, told


def test_from_1000_pixels_on_concepts_have_two_fifths_and_curves_three(held):
    bare, gate = held
    gate.open()
    widget = bare.widget
    bare.until(lambda: widget.versions and not widget.loading)
    Panel(bare).calculate("second")
    bare.until(lambda: widget.status == "evaluated" and widget.evaluation.complete)
    if bare.page.viewport_size["width"] < 1000:
        expect(bare.root.get_by_role("table", name="Concepts")).to_have_count(0)
        return
    share = """root => {
        const [side, main] = ['.cew-side', '.cew-main'].map(name => root.querySelector(name).offsetWidth);
        return side / (side + main);
    }"""
    eventually(bare.page, lambda: bare.root.evaluate(share), pytest.approx(0.4, abs=0.02))
    lowest = bare.root.evaluate(
        "root => Math.max(...['.cew-bar', '.cew-side', '.cew-main', '.cew-counts'].map(name => "
        "root.querySelector(name).getBoundingClientRect().bottom)) - root.getBoundingClientRect().top"
    )
    assert lowest <= 760 if bare.page.viewport_size["width"] > 1200 else lowest <= 700
