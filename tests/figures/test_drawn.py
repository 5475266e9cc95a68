"""Curves are drawn as they are counted: the area under a drawn line is the figure its legend prints."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib import pyplot as plt

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.counted import CountedPredictions
from clarifai_eval_widget.evaluation.stops import MAX_STOPS
from clarifai_eval_widget.widget.workbench.caption import given_caption
from clarifai_eval_widget.widget.workbench.panels import all_panels
from clarifai_eval_widget.widget.workbench.workbench import Workbench

LEGEND = re.compile(r"([01]\.\d+)")


def _rare(rng):
    labels = np.arange(1_000_000) < 100
    return labels, 1 / (1 + np.exp(6 - rng.normal(size=len(labels)) - 4.5 * labels))


def _skewed(rng):
    labels = rng.random(100_000) < 0.02
    return labels, rng.beta(0.2, 40, len(labels)) ** np.where(labels, 0.15, 1.0)


def _tied(rng):
    labels = rng.random(50_000) < 0.3
    return labels, np.round(np.clip(rng.normal(0.4 + 0.2 * labels, 0.15), 0, 1), 2)


DATA = {"rare": _rare, "skewed": _skewed, "tied": _tied}


@pytest.fixture(scope="module", params=DATA)
def e(request):
    labels, scores = DATA[request.param](np.random.default_rng(11))
    return Evaluation.from_scores(labels, scores, concepts=["x"])


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def line_of(display, label):
    return next(line for line in display.ax_.lines if line.get_label().startswith(label))


def printed(line):
    return float(LEGEND.search(line.get_label()).group(1))


def test_the_area_of_the_drawn_precision_recall_curve_is_the_average_precision(e):
    line = line_of(e.plot_precision_recall("x"), "x")
    recall, precision = line.get_data()
    drawn = float((np.diff(recall) * np.asarray(precision)[1:]).sum())
    assert drawn == pytest.approx(printed(line), abs=1e-3)
    assert drawn == pytest.approx(metrics.average_precision(e.counts("x")), abs=1e-3)


def test_the_area_of_the_drawn_roc_is_the_auc(e):
    line = line_of(e.plot_roc("x", band=False), "x")
    fpr, tpr = line.get_data()
    assert float(np.trapezoid(tpr, fpr)) == pytest.approx(printed(line), abs=1e-3)
    assert len(fpr) <= 1000


def test_the_drawn_sweep_reaches_the_best_f1(e):
    display = e.plot_threshold_sweep("x", band=False)
    best = e.operating_point("x", maximize="f1").f1
    assert np.nanmax(line_of(display, "F1").get_ydata()) == pytest.approx(best, abs=0.002)


def test_the_drawn_sweep_is_nowhere_far_from_the_counts(e):
    stops, drawn = line_of(e.plot_threshold_sweep("x", band=False), "recall").get_data()
    c = e.counts("x")
    at = c.thresholds[1:].astype(np.float64)
    exact = c.tps[1:] / c.num_pos
    assert np.abs(np.interp(at, stops, drawn) - exact).max() <= 0.002 + 1e-9


def test_the_tabulated_sweep_reaches_the_best_f1_and_no_recall_jumps(e):
    frame = e.threshold_sweep("x")
    assert len(frame) <= MAX_STOPS
    assert frame["f1"].max() == pytest.approx(e.operating_point("x", maximize="f1").f1, abs=0.01)
    single = np.diff(e.counts("x").tps).max() / e.counts("x").num_pos
    assert -np.diff(frame["recall"]).min() <= max(0.01, single) + 1e-9


def test_a_concept_that_common_stops_do_not_serve_is_swept_at_its_own_and_named():
    rng = np.random.default_rng(2)
    width = 40
    labels = rng.random((4000, width)) < 0.5
    # each concept's scores lie in a span of their own, so that one list of stops cannot follow all of them
    scores = (np.arange(width) + rng.random((4000, width)) * 0.9) / width
    e = Evaluation.from_scores(labels, scores)
    steps = e.threshold_sweep().attrs["recall_steps"]
    assert steps
    worst = max(steps, key=steps.get)
    assert -np.diff(e.threshold_sweep(worst)["recall"]).min() <= 0.01 + 1e-9 < steps[worst]


def test_the_macro_and_micro_averages_are_drawn_with_the_areas_they_print():
    rng = np.random.default_rng(4)
    labels = rng.random((60_000, 3)) < [0.001, 0.1, 0.5]
    scores = 1 / (1 + np.exp(4 - rng.normal(size=labels.shape) - 2.5 * labels))
    e = Evaluation.from_scores(labels, scores)
    roc = line_of(e.plot_roc(), "macro average")
    fpr, tpr = roc.get_data()
    assert float(np.trapezoid(tpr, fpr)) == pytest.approx(printed(roc), abs=1e-3)
    micro = line_of(e.plot_precision_recall(), "micro average")
    recall, precision = micro.get_data()
    assert float((np.diff(recall) * np.asarray(precision)[1:]).sum()) == pytest.approx(printed(micro), abs=1e-3)


def test_the_pages_curves_and_stops_are_chosen_by_the_same_rule(e):
    sections = Workbench.encode(e, given_caption(e), 1)
    assert sections.stops == frozenset(e.threshold_sweep().loc[lambda f: f["concept"] == "x", "threshold"])
    arrays = all_panels()["roc"].encode(e, {}).arrays
    c = e.counts("x")
    area = np.trapezoid(arrays["tps"] / c.num_pos, arrays["fps"] / c.num_neg)
    assert area == pytest.approx(e.roc_auc("x"), abs=1e-3)
    assert np.trapezoid(arrays["macro_tpr"], arrays["macro_fpr"]) == pytest.approx(e.roc_auc("x"), abs=1e-3)


def test_a_caption_has_no_more_digits_of_a_threshold_than_count_the_same():
    rng = np.random.default_rng(8)
    labels = np.arange(400) < 100
    scores = 10 ** (-5 + rng.normal(size=400) + labels)
    scores = np.clip(scores, 0, 1)
    e = Evaluation.from_scores(labels, scores, concepts=["x"])
    best = e.operating_point("x", maximize="f1").threshold
    caption = e.plot_threshold_sweep("x", threshold=best, band=False).caption_.get_text().replace("\n", " ")
    shown = re.search(r"threshold (\S+) \(tp", caption).group(1)
    assert len(shown) < 12 < len(repr(best))
    assert e.counts("x").at(float(shown)) == e.counts("x").at(best)
    near = np.array([0.30000000000000004, 0.3, 0.2, 0.1])
    close = Evaluation.from_scores(np.array([True, False, True, False]), near, concepts=["x"])
    caption = close.plot_roc("x", threshold=near[0], band=False).caption_.get_text().replace("\n", " ")
    assert "threshold 0.30000000000000004" in caption, "all its digits where fewer would count another input"


def test_a_matrix_looks_for_the_digits_of_its_threshold_once_and_of_each_concepts_own_never(monkeypatch):
    looked = []
    brief = CountedPredictions.threshold_brief
    monkeypatch.setattr(CountedPredictions, "threshold_brief", lambda *given: looked.append(given) or brief(*given))
    labels = np.eye(30, dtype=bool)[np.arange(90) % 30]
    e = Evaluation.from_scores(labels, np.random.default_rng(0).random(labels.shape))
    own = {one: 0.123456789 + 0.01 * k for k, one in enumerate(e.concepts)}
    titles = [e.plot_confusion_matrix(threshold=at).ax_.get_title(loc="left") for at in (0.123456789, own)]
    assert titles[0].startswith("Confusion matrix (threshold 0.1")
    assert titles[1] == "Confusion matrix (each concept's threshold)"
    assert len(looked) == 1, "each look asks every concept: of a thousand, a thousand looks take minutes"


@pytest.mark.parametrize("shares", [False, True])
def test_labels_that_occur_together_are_shaded_by_their_share_of_the_row(shares):
    labels = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 1]], bool)
    e = Evaluation.from_scores(labels, labels * 0.9, ["ant", "bee", "cat"])
    ax = e.plot_cooccurrence_matrix(shares=shares, order=["bee", "ant", "cat"]).ax_
    assert np.allclose(ax.images[0].get_array(), [[1, 1, 0], [0.5, 1, 0.25], [0, 1, 1]])
    written = ["100%", "100%", "0%", "50%", "100%", "25%", "0%", "100%", "100%"] if shares else [*"220241011"]
    assert [text.get_text() for text in ax.texts][:9] == written
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Labelled too", "Labelled")
