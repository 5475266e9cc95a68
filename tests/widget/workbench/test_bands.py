"""The page's bands are those of the uncertainty room."""

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, metrics, uncertainty
from clarifai_eval_widget.errors import RequirementsError
from clarifai_eval_widget.evaluation.looking import AT_EVERY_LOOK, level_now
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.evaluation.test_looking import as_sent
from tests.widget import golden


def test_the_bands_are_those_that_uncertainty_gives():
    evaluation = golden.cross_validated()
    made = all_panels()["bands"].encode(evaluation, {"concept": "cat"})
    roc = uncertainty.roc_band(evaluation.counts("cat"), confidence_level=0.95)
    sweep = uncertainty.sweep_band(evaluation.counts("cat"), metrics.HUNDREDTHS, confidence_level=0.95)
    np.testing.assert_allclose(made.arrays["tpr_low"], roc.tpr_low, rtol=1e-6)
    np.testing.assert_allclose(made.arrays["f1_high"], sweep.f1[1], rtol=1e-6)
    assert made.head["roc_method"] == roc.method
    assert made.head["sweep_method"] == sweep.method
    along = uncertainty.precision_recall_band(evaluation.counts("cat"), confidence_level=0.95)
    np.testing.assert_allclose(made.arrays["pr_low"], along.precision_low, rtol=1e-6)
    assert (made.head["pr_method"], made.head["pr_reason"]) == (along.method, along.reason)


def test_a_concept_without_a_roc_says_why_it_has_no_band():
    made = all_panels()["bands"].encode(golden.never_positive(), {"concept": "never"})
    assert made.head["reason"]
    assert np.isnan(made.arrays["tpr_low"]).all()


def test_rates_alone_have_no_band():
    evaluation = golden.platform_rates()
    with pytest.raises(RequirementsError, match="exact counts"):
        all_panels()["bands"].encode(evaluation, {"concept": evaluation.concepts[0]})


def states(sizes, whole=1000):
    """What a server sends while it scores: the first inputs of a test set of which the last state has all."""
    rng = np.random.default_rng(4)
    labels = rng.random((whole, 2)) < 0.3
    scores = np.clip(rng.normal(0.4, 0.2, labels.shape) + 0.25 * labels, 0, 1).astype(np.float32)
    for size in sizes:
        so_far = Evaluation.from_scores(labels[:size], scores[:size], concepts=["cat", "dog"])
        yield as_sent(so_far, complete=size == whole, inputs=whole, inputs_done=size)


def edges_drawn(display):
    """The lower and the upper edge of each area that a figure fills."""
    for area in display.ax_.collections:
        (path,) = area.get_paths()
        x, y = path.vertices.T
        middle = int(np.argmax(x)) + 1  # to the right end along one edge, and back along the other
        yield np.sort([np.trapezoid(y[1:middle], x[1:middle]), -np.trapezoid(y[middle:], x[middle:])])


def test_before_the_end_every_band_of_the_page_and_of_the_figures_is_wider_than_a_plain_one_and_at_the_end_it_is_that():
    rates = ("tpr", "precision", "recall", "f1")
    extra = []
    for evaluation in states([100, 400, 1000]):
        level = level_now(evaluation, 0.95)
        made = all_panels()["bands"].encode(evaluation, {"concept": "cat"})
        plain = all_panels()["bands"].encode(as_sent(evaluation, complete=True), {"concept": "cat"})
        width = {
            name: np.nansum(made.arrays[f"{name}_high"] - made.arrays[f"{name}_low"])
            / np.nansum(plain.arrays[f"{name}_high"] - plain.arrays[f"{name}_low"])
            for name in rates
        }
        roc = uncertainty.roc_band(evaluation.counts("cat"), confidence_level=level)
        np.testing.assert_allclose(made.arrays["tpr_low"], roc.tpr_low, rtol=1e-6)
        drawn = {}
        for plot in ("plot_roc", "plot_threshold_sweep"):
            areas = [np.diff(edges)[0] for edges in edges_drawn(getattr(evaluation, plot)("cat"))]
            usual = [
                np.diff(edges)[0] for edges in edges_drawn(getattr(as_sent(evaluation, complete=True), plot)("cat"))
            ]
            drawn[plot] = np.array(areas) / usual
        looked = [made.head[f"{name}_method"].endswith(AT_EVERY_LOOK) for name in ("roc", "sweep")]
        if evaluation.complete:
            assert looked == [False, False]
            assert set(width.values()) == {1.0}
            assert all((ratio == 1.0).all() for ratio in drawn.values())
        else:
            assert looked == [True, True]
            assert min(width.values()) > 1.05
            assert min(ratio.min() for ratio in drawn.values()) > 1.05
            extra.append(width["recall"])
    assert extra[0] > extra[1], "the earlier the look, the more it takes to hold at all of them"
