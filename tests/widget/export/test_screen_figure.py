"""What ``figure()`` draws is what the page shows: concepts ticked, folds, bands, averages, zoom, and what is compared."""

import numpy as np
import pytest
import traitlets

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.widget.export.drawing import ScreenFigure
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget.export.test_forms import take
from tests.widget.page import Page


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


@pytest.mark.parametrize("form", ["figure", "picture"])
def test_of_the_calibration_the_lines_and_intervals_on_screen_are_drawn(widget, form):
    def drawn():
        if form == "figure":
            return widget.figure().axes[0]
        call = all_panels()["calibration"].taken.plot(widget._on_screen().look({}))
        ax = ScreenFigure(layout="constrained").subplots()
        call.made(widget.evaluation, ax=ax)
        return ax

    widget.curves = "calibration"
    ax = drawn()
    assert legend(ax) == ["perfectly calibrated", "Ant", "all decisions"]
    assert len(ax.collections) == 1, "the intervals of the concept chosen alone"
    assert "Bars: 95% intervals" in words(ax)
    widget.drawn = {"ticked": ["Cat", "", "a"], "averages": False, "intervals": False}
    ax = drawn()
    assert legend(ax) == ["perfectly calibrated", "Ant", "Cat"]
    bins = widget.evaluation.calibration_curve("c")
    assert np.array_equal(ax.lines[2].get_data(), bins[["mean_score", "share"]].to_numpy().T)
    assert not len(ax.collections)
    assert "Bars" not in words(ax)
    widget.concept = None
    assert legend(drawn()) == ["perfectly calibrated", "Cat", "Ant", "all decisions"]


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


def test_names_with_dollars_and_ids_longer_than_a_legend_are_told_as_they_are(widget):
    widget.compare(widget.evaluation, evaluation(0.3), evaluation(0.4), names=["for $5", "x" * 40, "3f" * 16])
    _, _, curves, differences = widget.figure().axes
    named = ["for \\$5", f"{'x' * 27}…", f"{'3f' * 16}"[:27] + "…"]
    assert legend(curves) == [f"{letter} {name}" for letter, name in zip("ABC", named, strict=True)]
    caption = differences.texts[-1].get_text().replace("\n", " ")
    assert f"A for \\$5, B {named[1]}, C {named[2]}." in caption, "a dollar is escaped once"


def sharing_some():
    """Evaluations of which each has inputs and concepts of its own: what all share are 200 inputs, "a" and "b"."""
    whole, rows = evaluation(0.2), np.arange(400)
    shifted = evaluation(0.15).slice([f"i{row}" for row in rows[100:]])
    fewer = evaluation(0.19).slice([f"i{row}" for row in rows[:300]])
    kept = Evaluation.from_scores(
        fewer.label_array[:, :2], fewer.score_array[:, :2], concepts=["a", "b"], input_ids=fewer.input_ids
    )
    return whole, shifted, kept


def told(widget, concept):
    """What the page is sent of the comparison."""
    first, *others = widget.compared.index.tolist()
    params = {"others": others, "revisions": [1] * len(others), "concept": concept, "threshold": 0.5}
    return Page(widget).panel("compare", params, run=first, revision=1)


@pytest.mark.parametrize("curves", ["roc", "precision_recall"])
@pytest.mark.parametrize("concept", ["a", None])
def test_the_figure_compares_on_the_inputs_and_concepts_of_the_page(widget, curves, concept):
    widget.compare(*sharing_some(), names=["old", "new", "short"])
    widget.concept, widget.curves = concept, curves
    head, arrays = told(widget, concept)
    assert head["common"] == 200
    of_precision = curves == "precision_recall"
    areas, offsets = ("average_precisions", "pr_offsets") if of_precision else ("areas", "offsets")
    x, y = ("recall", "precision") if of_precision else ("fpr", "tpr")
    _, _, left, _ = widget.figure().axes
    assert [text.get_text() for text in left.get_legend().get_texts()] == [
        f"{letter} {name}  {area:.3f}"
        for letter, name, area in zip("ABC", ["old", "new", "short"], head[areas], strict=True)
    ]
    for at, line in enumerate(left.lines[-3:]):
        part = slice(*arrays[offsets][at : at + 2])
        assert np.allclose(line.get_data(), [arrays[x][part], arrays[y][part]], atol=1e-6, equal_nan=True)
    assert "On the 200 inputs that all have" in words(left)


def words(ax):
    """What stands in and around axes."""
    return " ".join(" ".join(text.get_text().split()) for text in ax.texts)


def test_the_differences_drawn_are_those_of_every_other_on_the_page_with_their_p(widget):
    widget.compare(*sharing_some(), names=["old", "new", "short"])
    head, arrays = told(widget, None)
    *_, right = widget.figure().axes
    said = words(right)
    for letter, other in zip("BC", head["others"], strict=True):
        p = "p < 0.0001" if other["p_value"] < 1e-4 else f"p = {other['p_value']:.4f}"
        assert f"{letter} {other['difference']:+.4f} {p}" in said
    size = len(head["concepts"])
    drawn = {round(float(line.get_xdata()[0]), 9) for line in right.lines[1:]}
    shared = [(0, k) for k in range(size)] + [(1, k) for k in range(2)]
    expected = {round(float(arrays["difference"][j * size + k]), 9) for j, k in shared}
    assert drawn == expected | {round(other["difference"], 9) for other in head["others"]}
    bars = {tuple(np.round(path.vertices[:, 0], 9)) for bars in right.collections for path in bars.get_paths()}
    assert (round(float(arrays["low"][0]), 9), round(float(arrays["high"][0]), 9)) in bars


@pytest.mark.parametrize("form", ["figure", "picture"])
def test_the_drop_to_another_dataset_is_drawn_with_its_intervals_and_why_it_is_not_tested(widget, form):
    elsewhere = evaluation(0.4)
    elsewhere = Evaluation.from_scores(
        elsewhere.label_array, elsewhere.score_array, concepts=list("abcd"), input_ids=[f"x{row}" for row in range(400)]
    )
    widget.compare(widget.evaluation, elsewhere, names=["Home", "Away"])
    head, arrays = told(widget, None)
    if form == "figure":
        *_, ax = widget.figure().axes
    else:
        look = widget._on_screen().look({})
        call = all_panels()["compare"].taken.plot(look)
        ax = ScreenFigure(figsize=call.size, layout="constrained").subplots()
        call.made(widget.evaluation, ax=ax)
    said = words(ax)
    assert "No paired test: they have no input in common." in said
    assert "p =" not in said
    (other,) = head["others"]
    assert f"{other['difference']:+.4f}" in said
    bars = sorted(tuple(path.vertices[:, 0]) for one in ax.collections for path in one.get_paths())
    expected = [*zip(arrays["low"], arrays["high"], strict=True), (other["low"], other["high"])]
    assert np.array(bars) == pytest.approx(np.array(sorted(expected)))


def test_a_concept_that_one_of_those_compared_has_no_curve_of_is_left_out_of_the_figure(widget):
    other = Evaluation.from_scores([[1, 0], [0, 1], [1, 0]], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.3]], concepts=["a", "z"])
    alone = Evaluation.from_scores([[1, 0], [1, 0]], [[0.9, 0.1], [0.2, 0.8]], concepts=["a", "y"])
    widget.compare(widget.evaluation, other, alone)
    _, _, left, right = widget.figure().axes
    assert [len(line.get_xdata()) > 0 for line in left.lines[-3:]] == [True, True, False]
    assert "undefined" in words(right)


def test_of_many_concepts_those_that_drop_most_are_drawn_and_the_others_counted():
    rng = np.random.default_rng(0)
    labels = np.eye(90, dtype=bool)[np.arange(360) % 90]
    ids = [f"i{row}" for row in range(360)]
    a, b = (
        Evaluation.from_scores(labels, np.clip(0.3 * labels + 0.6 * rng.random(labels.shape), 0, 1), input_ids=ids)
        for _ in range(2)
    )
    made = EvalWidget(evaluation=a)
    made.compare(a, b)
    *_, ax = made.figure().axes
    assert len(ax.get_yticks()) == 60
    assert "31 more concepts" in words(ax)
    differences = [line.get_xdata()[0] for line in ax.lines[2:]]
    assert differences == sorted(differences)
    made.close()


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
