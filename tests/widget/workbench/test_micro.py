"""The micro average is drawn as it is counted: within 0.002 of the exact curves, its areas those that are printed."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from clarifai_eval_widget import metrics
from clarifai_eval_widget.widget.workbench.panel import Baking
from clarifai_eval_widget.widget.workbench.panels import all_panels, micro
from tests.widget import golden
from tests.widget.workbench.test_outline import HARD, hard

BOUND = 0.002


@pytest.fixture(scope="module", params=HARD, ids=lambda one: one.__name__)
def evaluation(request):
    return hard(request.param)


def sent(evaluation):
    section = micro.PANEL.encode(evaluation, {})
    return section.head, {name: values.astype(float) for name, values in section.arrays.items()}


def test_the_micro_roc_is_drawn_within_the_bound_with_the_area_it_prints(evaluation):
    head, arrays = sent(evaluation)
    exact = metrics.micro(evaluation.all_counts())
    fpr, tpr = arrays["roc_fps"] / exact.num_neg, arrays["roc_tps"] / exact.num_pos
    # at an fpr where the curve rises upright, every height on the way up is on the line
    at, true = exact.fps / exact.num_neg, exact.tps / exact.num_pos
    low = np.interp(at, fpr, tpr, left=0)
    first, last = np.searchsorted(fpr, at, "left"), np.searchsorted(fpr, at, "right") - 1
    upright = first <= last
    bottom = np.where(upright, tpr[np.minimum(first, len(tpr) - 1)], low)
    top = np.where(upright, tpr[np.maximum(last, 0)], low)
    assert np.maximum(bottom - true, true - top).max() <= BOUND
    printed = roc_auc_score(evaluation.labels.to_numpy().ravel(), evaluation.scores.to_numpy().ravel())
    assert head["roc_auc"] == pytest.approx(printed, abs=1e-9)
    assert float(np.trapezoid(tpr, fpr)) == pytest.approx(printed, abs=1e-3)


def test_micro_precision_over_recall_is_drawn_within_the_bound_with_the_area_it_prints(evaluation):
    head, arrays = sent(evaluation)
    exact = metrics.micro(evaluation.all_counts())
    tps, fps = (arrays[name][arrays["pr_tps"] + arrays["pr_fps"] > 0] for name in ("pr_tps", "pr_fps"))
    recall, precision = tps / exact.num_pos, tps / (tps + fps)
    true = metrics.precision(exact.tps, exact.fps)[1:]
    place = exact.tps[1:]
    ends = np.minimum(np.searchsorted(tps, place, "left"), len(tps) - 1)
    after = np.minimum(np.searchsorted(tps, place, "right"), len(tps) - 1)
    # on the step that ends here, on that which begins here, or on the upright line between them
    low = np.array([precision[a : b + 1].min() for a, b in zip(ends, after, strict=True)])
    high = np.array([precision[a : b + 1].max() for a, b in zip(ends, after, strict=True)])
    assert np.maximum(low - true, true - high).max() <= BOUND
    printed = average_precision_score(evaluation.labels.to_numpy().ravel(), evaluation.scores.to_numpy().ravel())
    assert head["avg_precision"] == pytest.approx(printed, abs=1e-9)
    assert float((np.diff(recall, prepend=0) * precision).sum()) == pytest.approx(printed, abs=1e-3)
    assert len(tps) <= 2000


def test_where_there_is_none_it_says_why_and_a_file_bakes_only_what_is_drawn(monkeypatch):
    head, arrays = sent(golden.platform_rates())
    assert (head["roc_auc"], head["reason"]) == (None, "a micro average needs exact counts")
    assert not len(arrays["roc_fps"])
    assert sent(golden.no_inputs())[0]["reason"]
    baking = Baking((None, "cat"), {}, inputs=False)
    assert list(all_panels()["micro"].bake(golden.cross_validated(), baking)) == [{}]
    assert list(all_panels()["micro"].bake(golden.platform_rates(), baking)) == []
    monkeypatch.setattr(micro, "_MOST_DECISIONS", 10)
    head, arrays = sent(golden.cross_validated())
    assert "more than 10 decisions" in head["reason"]
    assert not len(arrays["pr_tps"])


@pytest.mark.parametrize("digits", [7, 1], ids=["scores that differ", "scores that tie"])
def test_pooling_counts_what_counting_all_decisions_at_once_counts(digits):
    rng = np.random.default_rng(3)
    labels = rng.random((3000, 7)) < 0.2
    scores = rng.random(labels.shape, dtype=np.float32).round(digits)
    pooled = metrics.micro(metrics.counts_by_concept(labels, scores))
    at_once = metrics.counts(labels.ravel(), scores.ravel())
    for name in ("thresholds", "tps", "fps"):
        assert np.array_equal(getattr(pooled, name), getattr(at_once, name))
