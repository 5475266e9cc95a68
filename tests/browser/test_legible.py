"""Nothing that the page says is cut off where it would be read wrongly: figures, names, and the keys of the plots."""

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, EvalWidget
from tests.browser.bare import BarePage

WIDTHS = (360, 700, 900, 1000, 1240, 1400)
CUT = "elements => elements.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"


def evaluation(*, num_inputs, num_concepts, folds=None):
    rng = np.random.default_rng(1)
    own = rng.integers(0, num_concepts, num_inputs)[:, None] == np.arange(num_concepts)
    scores = 1 / (1 + np.exp(2 - 2 * own - rng.normal(size=own.shape)))
    names = [f"class {k:03d}" for k in range(num_concepts)]
    return Evaluation.from_scores(own, scores, concepts=names, folds=folds)


@pytest.fixture
def open_bare(chromium):
    contexts = []

    def open_it(shown, width):
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}))
        return BarePage(contexts[-1].new_page(), EvalWidget(evaluation=shown))

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_counts_are_as_wide_as_their_cards(open_bare, width):
    shown = evaluation(num_inputs=20_000, num_concepts=300)
    bare = open_bare(shown, width)
    figures = bare.root.locator(".cew-figure dd")
    figures.first.wait_for()
    assert figures.evaluate_all(CUT) == []
    negatives = bare.root.locator("[data-name=tn]")
    exact = int(shown.table(threshold=0.5)["tn"].sum())
    assert negatives.get_attribute("data-value") == str(exact)
    assert negatives.get_attribute("title") == str(exact)


@pytest.mark.parametrize("width", [1000, 1240, 1400])
def test_concepts_are_told_apart_and_their_figures_whole(open_bare, width):
    bare = open_bare(evaluation(num_inputs=60_000, num_concepts=4), width)
    cells = bare.root.locator(".cew-concepts-rows :is(.cew-concept-name, td)")
    cells.first.wait_for()
    assert cells.evaluate_all(CUT) == []
    assert len(bare.root.locator(".cew-concepts-rows td").nth(0).text_content()) == len("15,000")


@pytest.mark.parametrize("width", WIDTHS)
def test_what_switches_the_layers_of_a_plot_is_in_view(open_bare, width):
    folds = np.arange(600) % 5
    bare = open_bare(evaluation(num_inputs=600, num_concepts=4, folds=folds), width)
    heads = bare.root.locator(".cew-plot-head")
    bare.root.get_by_role("group", name="Drawn around the curve").wait_for()
    hidden = heads.evaluate_all(
        """heads => heads.flatMap(head => [...head.querySelectorAll('button')].filter(button => {
            const [box, room] = [button.getBoundingClientRect(), head.parentElement.getBoundingClientRect()];
            const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return !button.contains(over) || box.right > room.right + 1;
        }).map(button => button.textContent))"""
    )
    assert hidden == []
