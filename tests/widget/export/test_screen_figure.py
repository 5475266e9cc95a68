"""What ``figure()`` draws is what the page shows: concepts ticked, folds, bands, averages, zoom, and what is compared."""

import numpy as np
import pytest
import traitlets

from clarifai_eval_widget import Evaluation, EvalWidget
from tests.widget.export.test_forms import take


def evaluation(skill=0.5):
    rng = np.random.default_rng(4)
    labels = np.eye(4, dtype=bool)[rng.integers(0, 4, 400)]
    scores = np.clip(skill * labels + (1 - skill) * rng.random(labels.shape), 0, 1)
    ids = [f"i{row}" for row in range(400)]
    names = {"a": "Ant", "b": "Bee", "c": "Cat", "d": "Dog"}
    return Evaluation.from_scores(
        labels, scores, concepts=list("abcd"), concept_names=names, input_ids=ids, folds=np.arange(400) % 3
    )


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=evaluation(), concept="a")
    yield made
    made.close()


def legend(ax):
    return [text.get_text().rsplit("  ", 1)[0] for text in ax.get_legend().get_texts()]


def test_at_first_folds_averages_and_the_others_are_drawn_around_the_concept_and_no_band(widget):
    left, right = widget.figure().axes
    assert legend(left) == ["Ant", "3 other concepts", "3 folds", "micro average", "macro average"]
    assert "F1 of 3 folds" in right.get_legend().get_texts()[-1].get_text()
    assert len(left.collections) + len(right.collections) == 0


@pytest.mark.parametrize("curves", ["roc", "precision_recall"])
def test_concepts_ticked_are_drawn_strong_and_what_is_switched_off_is_not_drawn(widget, curves):
    widget.curves = curves
    widget.drawn = {"ticked": ["Cat", "", "d"], "folds": False, "averages": False, "others": False, "band": True}
    assert widget.drawn["ticked"] == ["c", "", "d"]
    left, right = widget.figure().axes
    assert legend(left) == ["Ant", "Cat", "Dog", *(["chance"] if curves == "precision_recall" else [])]
    assert len(left.collections) == 1, "the band of the concept chosen alone"
    assert len(right.collections) == 3
    assert "folds" not in str(legend(right))
    widget.concept = None
    left, _ = widget.figure().axes
    assert legend(left)[:3] == ["Cat", "Dog", "macro average"]


def test_the_zoom_of_the_page_is_that_of_the_figure_and_of_the_picture_taken(widget):
    whole = take(widget, "roc", "png")
    widget.drawn = {"zoomed": True}
    left, _ = widget.figure().axes
    assert left.get_xlim()[1] == pytest.approx(0.2, abs=0.01)
    assert take(widget, "roc", "png") != whole
    widget.curves = "precision_recall"
    assert widget.figure().axes[0].get_xlim()[1] > 1


def test_the_sweep_is_that_of_the_macro_average_where_that_is_on_screen(widget):
    widget.concept = None
    _, right = widget.figure().axes
    assert legend(right)[:3] == ["precision", "recall", "F1"]
    swept = widget.evaluation.threshold_sweep()
    macro = swept[swept["concept"] == "macro average"]
    drawn = dict(zip(*right.lines[1].get_data(), strict=True))
    both = macro[macro["threshold"].isin(list(drawn))]
    assert len(both) > 100
    assert both["threshold"].map(drawn).to_numpy() == pytest.approx(both["recall"].to_numpy(), abs=1e-12)


def test_what_is_compared_is_drawn_below_with_the_differences(widget):
    other = evaluation(0.3)
    widget.compare(widget.evaluation, other, names=["Old", "New"])
    figure = widget.figure()
    _, _, curves, differences = figure.axes
    assert legend(curves) == ["A Old", "B New"]
    assert "Ant" in curves.get_title(loc="left")
    area = curves.get_legend().get_texts()[1].get_text().rsplit("  ", 1)[1]
    assert float(area) == pytest.approx(other.roc_auc("a"), abs=5e-4)
    assert "New against Old" in differences.get_title(loc="left")


def test_where_inputs_differ_the_figure_says_why_there_are_no_differences(widget):
    other = Evaluation.from_scores([[1, 0], [0, 1], [1, 0]], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.3]], concepts=["a", "z"])
    widget.compare(widget.evaluation, other)
    *_, words = widget.figure().axes
    assert "cannot be drawn" in words.texts[0].get_text()


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ({"bands": True}, "There is no 'bands' to draw: give any of ticked, folds, band"),
        ({"band": 1}, "band is not true or false"),
        ({"ticked": ["emu"]}, "emu"),
        ({"ticked": list("abcda")}, "5 concepts are too many to be told apart"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_can(widget, drawn, said):
    with pytest.raises(traitlets.TraitError, match=said):
        widget.drawn = drawn
    assert widget.drawn == {}


def test_a_page_that_ticks_what_has_gone_takes_nothing_else_with_it(widget):
    widget.set_state({"drawn": {"ticked": ["gone"]}, "threshold": 0.25})
    assert (widget.drawn, widget.threshold) == ({}, 0.25)
