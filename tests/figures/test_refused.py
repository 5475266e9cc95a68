"""A call that is refused leaves no figure behind: a notebook would show it, empty, under the error."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from clarifai_eval_widget.evaluation import Evaluation

THRESHOLDS = [float("nan"), 3, "high", None]
AT_A_THRESHOLD = [
    "plot_roc",
    "plot_precision_recall",
    "plot_threshold_sweep",
    "plot_confusion_matrix",
    "plot_score_histogram",
]
OTHERWISE = {
    "plot_threshold_sweep": {"figure": "roc"},
    "plot_confusion_matrix": {"kind": "both"},
    "plot_cooccurrence_matrix": {"source": "both"},
    "plot_reliability": {"bins": 1},
    "plot_score_histogram": {"bins": 0},
}


@pytest.fixture
def e():
    labels = np.arange(40) % 2
    plt.close("all")
    yield Evaluation.from_scores(labels, np.linspace(0.1, 0.9, 40) * (1 + labels) / 2, ["cat"])
    plt.close("all")


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("plot", AT_A_THRESHOLD)
def test_a_threshold_that_is_none_is_refused_without_a_figure(e, plot, threshold):
    with pytest.raises((ValueError, TypeError)):
        getattr(e, plot)(threshold=threshold)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("plot", "wrong"), OTHERWISE.items())
def test_what_is_no_option_is_refused_without_a_figure(e, plot, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}="):
        getattr(e, plot)(**wrong)
    assert plt.get_fignums() == []


def test_a_comparison_with_one_name_is_refused_without_a_figure(e):
    with pytest.raises(ValueError, match="names="):
        e.plot_comparison(e, names=("only",))
    assert plt.get_fignums() == []


def test_the_bars_of_a_histogram_are_the_counts_of_the_table():
    """Scores of single precision on the ends of bins: each end has to be of their precision, too."""
    scores = (np.arange(41) / 40).astype(np.float32)
    e = Evaluation.from_scores(np.arange(41) % 2, scores, ["cat"])
    drawn = [patch.get_data().values for patch in e.plot_score_histogram("cat").ax_.patches]
    table = e.score_histogram("cat")
    assert len(drawn) == 4
    for which, name in ((drawn[0], "negatives"), (drawn[2], "positives")):
        np.testing.assert_allclose(which, table[name] / table[name].sum())
    plt.close("all")
