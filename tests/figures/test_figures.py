"""Figures: what they show and say, and that they look as they did when a person looked at them.

Baselines are drawn with ``python -m tests.figures.test_figures``; look at every one that changes. The hard cases among
them were looked at in full size with their captions, too: ``precision_recall_rare`` (also with 100 positives in
1,000,000 inputs), the band of ten positives in ``roc_few``, ``sweep_skewed``, and the line over all of ``comparison``.
"""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from clarifai_grpc.grpc.api import service_pb2
from google.protobuf import text_format
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text
from matplotlib.ticker import NullFormatter, ScalarFormatter
from PIL import Image

from clarifai_eval_widget import figures
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation
from tests.evaluation.test_looking import as_sent

HERE = Path(__file__).parents[1]
BASELINES = HERE / "data" / "figures"
DIFFERENCES = HERE / "image_diffs"
TOLERANCE = 4
STYLE = {
    "font.family": "DejaVu Sans",
    "figure.dpi": 60,
    "savefig.dpi": 60,
    "text.hinting": "none",
}
NAMES = ["beagle", "dachshund", "poodle", "greyhound"]


def made(size=300, concepts=NAMES, *, seed=0, folds=True):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(concepts), size)
    logits = rng.normal(size=(size, len(concepts)))
    logits[np.arange(size), labels] += np.linspace(2.5, 1, len(concepts))[labels]
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    ids = [f"i{row}" for row in range(size)]
    return Evaluation.from_scores(labels, scores, concepts, ids, np.arange(size) % 5 if folds else None)


def other_version(e):
    noise = np.random.default_rng(3).normal(0, 0.2, e.score_array.shape) * [0.05, 0.2, 1, 2]
    return Evaluation.from_scores(e.label_array, np.clip(e.score_array + noise, 0, 1), e.concepts, e.input_ids)


def platform_reply():
    text = (HERE / "data" / "platform_reply.txtpb").read_text()
    reply = text_format.Parse(text, service_pb2.SingleEvalMetricsResponse())
    del reply.eval_metrics.test_set[:]
    return Evaluation.from_proto(reply)


def many():
    return made(1000, [f"concept {index}" for index in range(20)], seed=1)


def rare(size=50_000, positives=50):
    """A rare concept, of which one input in a thousand is: thinned by row, the area drawn would be another."""
    rng = np.random.default_rng(2)
    labels = np.arange(size) < positives
    scores = np.where(labels, rng.beta(4, 3, size), rng.beta(1, 12, size))
    return Evaluation.from_scores(labels, scores, ["rare"])


def skewed(size=5000):
    """Scores that nearly all lie below 0.05, where the best threshold is, too."""
    rng = np.random.default_rng(2)
    labels = rng.random(size) < 0.02
    scores = np.where(labels, rng.beta(1, 15, size), rng.beta(0.4, 60, size))
    return Evaluation.from_scores(labels, scores, ["skewed"])


def few(size=110, positives=10):
    rng = np.random.default_rng(2)
    labels = np.arange(size) < positives
    return Evaluation.from_scores(labels, np.clip(rng.normal(0.4, 0.15, size) + 0.25 * labels, 0, 1), ["few"])


DRAWN = {
    "roc_all": lambda: made().plot_roc(),
    "roc_one": lambda: made().plot_roc("poodle", threshold=0.3),
    "roc_many": lambda: many().plot_roc(),
    "roc_platform": lambda: platform_reply().plot_roc(),
    "precision_recall_all": lambda: made().plot_precision_recall(),
    "precision_recall_one": lambda: made().plot_precision_recall("poodle"),
    "sweep_all": lambda: made().plot_threshold_sweep(),
    "sweep_one": lambda: made().plot_threshold_sweep("poodle"),
    "confusion_count": lambda: made().plot_confusion_matrix(),
    "confusion_probability": lambda: made().plot_confusion_matrix(kind="probability"),
    "confusion_many": lambda: many().plot_confusion_matrix(kind="argmax"),
    "reliability_all": lambda: made().plot_reliability(),
    "reliability_one": lambda: made().plot_reliability("poodle"),
    "histogram_one": lambda: made().plot_score_histogram("poodle"),
    "histogram_all": lambda: made().plot_score_histogram(),
    "precision_recall_rare": lambda: rare().plot_precision_recall("rare"),
    "roc_few": lambda: few().plot_roc("few"),
    "sweep_skewed": lambda: skewed().plot_threshold_sweep("skewed", threshold=0.03),
    "comparison": lambda: made().plot_comparison(other_version(made()), names=("v1", "v2")),
}


@pytest.fixture(autouse=True)
def fixed_style():
    backend = mpl.get_backend()
    plt.switch_backend("Agg")
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield
    plt.close("all")
    plt.switch_backend(backend)


def words_of(display):
    """All the text of a figure, line breaks and the numbers of the scales aside."""
    display.figure_.canvas.draw()
    scales = [axis for axes in display.figure_.axes for axis in (axes.xaxis, axes.yaxis)]
    numbers = {
        id(label) for axis in scales if isinstance(axis.get_major_formatter(), ScalarFormatter)
        for tick in axis.get_major_ticks() for label in (tick.label1, tick.label2)
    }  # fmt: skip
    shown = [text for text in display.figure_.findobj(Text) if text.get_visible() and id(text) not in numbers]
    lines = [" ".join(text.get_text().split()) for text in shown]
    return "\n".join(line for line in lines if line) + "\n"


def draw(name, folder):
    """Draw without text at fixed places: how text is set, and so the layout, differs between Matplotlib's versions."""
    display = DRAWN[name]()
    words = words_of(display)
    display.figure_.set_layout_engine("none")
    for axes in display.figure_.axes:
        axes.set_position([0.08, 0.08, 0.84, 0.84])
        axes.set_visible(axes is display.ax_)  # a colour bar's place is its own affair
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(NullFormatter())
        if axes.get_legend() is not None:
            axes.get_legend().set_visible(False)
    for text in display.figure_.findobj(Text):
        text.set_text("")
    path = folder / f"{name}.png"
    FigureCanvasAgg(display.figure_).print_png(path, metadata={"Software": None})
    return path, words


@pytest.mark.parametrize("name", DRAWN)
def test_the_figure_looks_as_it_did(name):
    DIFFERENCES.mkdir(exist_ok=True)
    drawn, _ = draw(name, DIFFERENCES)
    difference = compare_images(str(BASELINES / drawn.name), str(drawn), tol=TOLERANCE)
    assert difference is None, difference
    drawn.unlink()


@pytest.mark.parametrize("name", DRAWN)
def test_the_figure_says_what_it_did(name):
    assert words_of(DRAWN[name]()) == (BASELINES / f"{name}.txt").read_text()


def test_the_comparison_of_pictures_would_notice_a_change():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(DRAWN, "roc_all", lambda: made(seed=5).plot_roc())
        DIFFERENCES.mkdir(exist_ok=True)
        drawn, _ = draw("roc_all", DIFFERENCES)
    assert compare_images(str(BASELINES / "roc_all.png"), str(drawn), tol=TOLERANCE) is not None
    for left in DIFFERENCES.glob("roc_all*"):
        left.unlink()


@pytest.mark.parametrize("name", DRAWN)
def test_the_caption_says_source_and_size_and_the_legend_covers_nothing(name):
    display = DRAWN[name]()
    canvas = FigureCanvasAgg(display.figure_)
    canvas.draw()
    caption = " ".join(display.caption_.get_text().split())
    assert caption.startswith("Source: ")
    assert ("n = " in caption) != (name == "roc_platform")
    legend = display.ax_.get_legend()
    if legend is not None:
        assert not legend.get_window_extent().overlaps(display.ax_.get_window_extent())
    # nothing is cut off at the figure's edge
    tight = display.figure_.get_tightbbox()
    assert tight.x0 >= -0.02
    assert tight.y0 >= -0.02
    assert tight.x1 <= display.figure_.get_figwidth() + 0.02
    assert tight.y1 <= display.figure_.get_figheight() + 0.02


def test_the_axes_given_are_drawn_on_and_handed_back():
    figure, axes = plt.subplots(1, 2)
    display = made().plot_roc(ax=axes[1])
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert not axes[0].lines


def test_the_operating_point_lies_on_the_curve_at_its_exact_counts():
    e = made()
    point = e.operating_point("poodle", maximize="youden_j")
    display = e.plot_roc("poodle", threshold=point.threshold)
    dots = [line for line in display.ax_.lines if line.get_marker() == "o"]
    assert [dots[0].get_xdata()[0], dots[0].get_ydata()[0]] == [point.fpr, point.recall]


def test_the_drawn_roc_has_the_area_it_is_labelled_with():
    e = made()
    line = next(line for line in e.plot_roc("poodle").ax_.lines if str(line.get_label()).startswith("poodle"))
    area = np.trapezoid(np.asarray(line.get_ydata(), float), np.asarray(line.get_xdata(), float))
    assert area == pytest.approx(e.roc_auc("poodle"), abs=1e-12)
    assert f"{area:.3f}" in str(line.get_label())


def test_every_line_is_told_apart_without_colour():
    display = made().plot_roc()
    # the dashes as drawn, chance and dots aside
    looks = [
        (str(line._dash_pattern), line.get_linewidth())
        for line in display.ax_.lines
        if line.get_label() in set(display.ax_.get_legend_handles_labels()[1])
    ]
    assert len(looks) == len(set(looks)) == 5


def test_of_too_few_positives_no_band_is_drawn_and_the_caption_says_so():
    labels, scores = np.arange(60) < 8, np.linspace(0.9, 0.1, 60)
    e = Evaluation.from_scores(labels, scores, ["cat"])
    display = e.plot_roc("cat")
    assert "No band: too few positives to say: 8, and a band needs 10." in " ".join(display.caption_.get_text().split())


def test_the_band_of_a_part_is_drawn_at_its_level_at_every_look():
    whole = Evaluation.from_scores(np.arange(200) % 2, np.linspace(0, 1, 200) ** 2, ["cat"])
    part = as_sent(whole, complete=False, inputs=900, inputs_done=200)
    for plot in ("plot_roc", "plot_threshold_sweep"):
        said = " ".join(getattr(part, plot)("cat").caption_.get_text().split())
        assert "Band: 95%" in said
        assert "at every look" in said
        assert "at every look" not in getattr(whole, plot)("cat").caption_.get_text()


def test_f1_of_mean_rates_is_said_to_be_that_under_the_sweep():
    e = platform_reply()
    drawn = [
        e.plot_threshold_sweep(e.concepts[1]),
        e.plot_threshold_sweep(),
        e.plot_threshold_sweep(figure="all"),
    ]
    for one in drawn:
        said = " ".join(one.caption_.get_text().split())
        assert "F1 is that of the mean rates, not the mean of the folds' F1, but at 0.5, where that is sent" in said
    averages = e.averages().set_index(["figure", "average"])["value"]
    (label,) = [text.get_text() for text in drawn[1].ax_.get_legend().get_texts() if "macro" in text.get_text()]
    assert label.endswith(f"{averages['f1', 'macro']:.3f}")
    assert "F1" not in " ".join(e.plot_threshold_sweep(figure="recall").caption_.get_text().split())


def test_an_undefined_concept_is_named_with_its_reason():
    e = Evaluation.from_scores(["a", "b", "a"], np.full((3, 3), 1 / 3), ["a", "b", "c"])
    legend = [text.get_text() for text in e.plot_roc().ax_.get_legend().get_texts()]
    assert any(text.startswith("c  –") and "no positives" in text for text in legend)
    assert "mean of 2 of 3 concepts" in " ".join(e.plot_roc().caption_.get_text().split())


def test_figures_that_need_scores_say_so_when_there_are_none():
    for plot in ("plot_reliability", "plot_score_histogram"):
        with pytest.raises(EvalError, match="no test set"):
            getattr(platform_reply(), plot)()


def test_figures_of_nothing_say_that_there_are_no_inputs():
    with pytest.raises(EvalError, match="there are no inputs"):
        Evaluation.from_scores(np.zeros((0, 2)), np.zeros((0, 2))).plot_reliability()


def test_a_comparison_without_any_area_shows_a_dash():
    e = Evaluation.from_scores(np.zeros((3, 2)), np.full((3, 2), 0.5))
    said = e.plot_comparison(e).caption_.get_text()
    assert "Mean difference – (0 of 2 concepts)" in " ".join(said.split())


def test_a_caption_names_no_more_than_a_few_of_many_undefined_concepts():
    e = Evaluation.from_scores(np.zeros((3, 40)), np.full((3, 40), 0.5))
    said = " ".join(e.plot_roc().caption_.get_text().split())
    assert "mean of 0 of 40 concepts" in said
    assert "and 32 more" in said


@pytest.mark.parametrize("odd", ["_hidden", "$$", r"$\frac{", "from $2 to $3", "\ud83d"])
def test_a_name_is_shown_as_it_is_whatever_matplotlib_makes_of_such_text(odd):
    e = Evaluation.from_scores([0, 1, 1], np.full((3, 3), 0.5), [odd, "b", "c"])
    for display in (e.plot_roc(), e.plot_roc(odd), e.plot_confusion_matrix(), e.plot_comparison(e)):
        display.figure_.canvas.draw()
    legend = [text.get_text() for text in e.plot_roc().ax_.get_legend().get_texts()]
    drawn = odd.replace("$", r"\$").replace("\ud83d", "?")  # an escaped dollar is drawn as one
    assert legend[0].lstrip("\u200b") == f"{drawn}  0.500"
    absent = Evaluation.from_scores([1, 1, 1], np.full((3, 2), 0.5), [odd, "b"]).plot_roc()
    absent.figure_.canvas.draw()


@pytest.mark.parametrize("size", [1, 3])
def test_tiny_evaluations_are_drawn(size):
    e = made(size)
    for plot in (e.plot_roc, e.plot_precision_recall, e.plot_threshold_sweep, e.plot_reliability):
        plot()
        plot("beagle")
    e.plot_confusion_matrix()
    e.plot_score_histogram("beagle")


def test_importing_figures_neither_imports_pyplot_nor_sets_a_backend():
    code = "import sys; import clarifai_eval_widget.figures; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=HERE.parent)


@pytest.mark.parametrize("name", [name for name in figures.__all__ if name.startswith("plot_")])
def test_an_evaluation_s_plot_takes_what_the_figure_takes(name):
    """The figure is loaded by name, so no type checker sees the two together."""
    method, figure = (inspect.signature(getattr(room, name)) for room in (Evaluation, figures))
    assert [*map(str, method.parameters.values())] == [*map(str, figure.parameters.values())]


if __name__ == "__main__":
    plt.switch_backend("Agg")
    mpl.rcdefaults()
    mpl.rcParams.update(STYLE)
    BASELINES.mkdir(exist_ok=True)
    for each in DRAWN:
        path, words = draw(each, BASELINES)
        path.with_suffix(".txt").write_text(words)
        Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)  # a third of the size
        plt.close("all")


def test_a_rare_base_rate_is_written_with_digits_that_say_something():
    labels = np.zeros(30_000, bool)
    labels[:5] = True
    ax = Evaluation.from_scores(labels, np.linspace(1, 0, 30_000), ["rare"]).plot_precision_recall("rare").ax_
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "chance  0.00017" in texts
