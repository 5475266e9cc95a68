"""The sweep that is drawn, on the page and by figures, is nowhere off the true one by more than is said."""

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, metrics
from clarifai_eval_widget.widget.workbench.panel import Baking
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget import golden
from tests.widget.page import decode
from tests.widget.workbench.test_encoding import encoded
from tests.widget.workbench.test_stops import apart

OUTLINE = all_panels()["outline"]
RATES = ("precision", "recall", "f1")
BOUND = 0.002


def skewed(rng):
    labels = rng.random((8000, 3)) < 0.01
    return labels, rng.beta(0.3, 30, labels.shape) + labels * rng.beta(0.5, 20, labels.shape)


def tied(rng):
    labels = rng.random((6000, 3)) < 0.3
    scores = rng.normal(0.4, 0.2, labels.shape) + 0.2 * labels
    return labels, np.where(rng.random(labels.shape) < 0.5, scores.round(1), scores.round(4))


def rare(rng):
    labels = rng.random((30_000, 2)) < 2e-3
    return labels, rng.beta(1, 8, labels.shape) + 0.3 * labels * rng.random(labels.shape)


def sparse(rng):
    """Scores that lie further apart at the top than stops do, which come between them."""
    labels = rng.random((5000, 3)) < 0.02
    return labels, 1 / (1 + np.exp(-rng.normal(size=labels.shape) - 1.5 * labels))


HARD = [skewed, tied, rare, sparse, apart]


def hard(kind):
    """An evaluation whose lines are hard to draw through few points."""
    if kind is apart:
        return apart()
    labels, scores = kind(np.random.default_rng(0))
    return Evaluation.from_scores(labels, np.clip(scores, 0, 1).astype(np.float32))


@pytest.fixture(scope="module", params=HARD, ids=lambda one: one.__name__)
def evaluation(request):
    return hard(request.param)


def furthest(evaluation, concept, thresholds, drawn):
    """The largest vertical distance of the lines from the rates at every score of those concerned, by name."""
    counts = [evaluation.counts(one) for one in ([concept] if concept else evaluation.concepts)]
    at = np.unique(np.concatenate([c.thresholds[1:] for c in counts])).astype(float)
    found = {}
    for name in drawn:
        each = np.array([metrics.rates_of_counts(*c.at(at), c.num_pos, c.num_neg)[name] for c in counts])
        true = np.nanmean(each, axis=0)
        lines = np.interp(at, thresholds, np.asarray(drawn[name], float))
        assert not np.isnan(lines).any(), "a curve with a gap where there are inputs to predict"
        found[name] = float(np.abs(lines - true).max())
    return found


def test_the_page_draws_the_sweep_within_the_bound(evaluation):
    head, _ = decode(encoded(evaluation))
    assert head["thinned"] == list(range(len(evaluation.concepts)))
    for concept in [None, *evaluation.concepts[:3]]:
        made = OUTLINE.encode(evaluation, {"concept": concept}).arrays
        assert np.isin(evaluation.numbers.stops, made["thresholds"]).all(), "the marks lie on the lines"
        assert len(made["thresholds"]) <= 3000
        off = furthest(evaluation, concept, made["thresholds"], {name: made[name] for name in RATES})
        assert max(off.values()) <= BOUND, (concept, off)


def test_figures_draw_the_sweep_within_the_bound(evaluation):
    concept = evaluation.concepts[1]
    lines = evaluation.plot_threshold_sweep(concept, band=False).ax_.lines
    curves = [line for line in lines if len(line.get_xdata()) > 2]
    drawn = {name: line.get_ydata() for name, line in zip(RATES, curves, strict=True)}
    off = furthest(evaluation, concept, curves[0].get_xdata(), drawn)
    assert max(off.values()) <= BOUND, off
    every = evaluation.plot_threshold_sweep(figure="precision").ax_.lines  # which jumps most
    macro = next(line for line in every if str(line.get_label()).startswith("macro"))
    off = furthest(evaluation, None, macro.get_xdata(), {"precision": macro.get_ydata()})
    assert max(off.values()) <= BOUND, off


def test_lines_between_the_stops_alone_are_off_by_more():
    labels, scores = skewed(np.random.default_rng(0))
    evaluation = Evaluation.from_scores(labels, np.clip(scores, 0, 1).astype(np.float32))
    c, stops = evaluation.counts(evaluation.concepts[0]), evaluation.numbers.stops
    recall = metrics.rates_of_counts(*c.at(stops), c.num_pos, c.num_neg)["recall"]
    assert furthest(evaluation, evaluation.concepts[0], stops, {"recall": recall})["recall"] > BOUND


def test_where_all_scores_are_stops_nothing_more_is_drawn_or_baked():
    evaluation = golden.cross_validated()
    assert decode(encoded(evaluation))[0]["thinned"] == []
    assert OUTLINE.bake(evaluation, Baking((None, "cat"), {}, inputs=False)) == []
    assert decode(encoded(golden.platform_rates()))[0]["thinned"] == []


def test_a_file_has_the_outline_of_every_concept_that_needs_one():
    evaluation = apart()
    baked = OUTLINE.bake(evaluation, Baking((None, "c7"), {}, inputs=False))
    assert baked == [{"concept": None}, {"concept": "c7"}]
