"""The two kinds of evaluation answer one interface: counted predictions, and rates a server reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation, stops
from clarifai_eval_widget.evaluation.counted import CountedPredictions
from clarifai_eval_widget.evaluation.reported import ReportedRates

CONCEPTS = ["ant", "bee", "cow"]


def counted(*, folds=None):
    rng = np.random.default_rng(4)
    labels = np.eye(3, dtype=bool)[rng.integers(0, 3, 120)]
    scores = np.clip(0.3 * labels + 0.7 * rng.random((120, 3)), 0, 1).astype(np.float32)
    return Evaluation.from_scores(labels, scores, CONCEPTS, [f"i{row}" for row in range(120)], folds)


def reported(**params):
    """The same evaluation, of which a server sent the curves only."""
    message = counted().to_proto()
    del message.test_set[:]
    message.eval_info.params.update(params)
    return Evaluation.from_proto(message)


def test_each_kind_says_whether_counts_can_be_had():
    assert counted().has_counts
    assert isinstance(counted().numbers, CountedPredictions)
    assert not reported().has_counts
    assert isinstance(reported().numbers, ReportedRates)


def test_both_kinds_tell_the_class_sizes():
    assert [counted().class_sizes(one) for one in CONCEPTS] == [reported().class_sizes(one) for one in CONCEPTS]
    message = reported().to_proto()
    message.confusion_matrix.concept_ids.append("dog")
    assert Evaluation.from_proto(message).class_sizes("dog") == (0, 0)


@pytest.mark.parametrize(
    "ask",
    [
        lambda e: e.counts("ant"),
        lambda e: e.all_counts(),
        lambda e: e.operating_point("ant", maximize="f1"),
        lambda e: e.cross_fitted_point("ant", maximize="f1"),
        lambda e: e.roc_auc_interval("ant"),
        lambda e: e.compare(counted()),
        lambda e: counted().compare(e),
        lambda e: e.plot_reliability(),
        lambda e: e.plot_score_histogram(),
    ],
)
def test_what_rates_cannot_give_is_refused_with_what_to_fetch(ask):
    with pytest.raises(EvalError, match=r"needs .* no test set, only rounded rates\. Fetch the evaluation"):
        ask(reported())


def test_rates_give_at_a_threshold_what_the_counts_give_but_for_rounding():
    exact, rounded = counted().table(0.4, full=True), reported(use_kfold=False).table(0.4, full=True)
    for figure in ("precision", "recall", "f1", "roc_auc", "avg_precision"):
        np.testing.assert_allclose(rounded[figure], exact[figure], atol=1e-4)
    for count in ("num_pos", "num_neg", "tp", "fp", "fn", "tn", "predicted"):
        assert rounded[count].tolist() == exact[count].tolist()


def test_the_macro_of_rates_runs_near_that_of_the_counts():
    exact, rounded = counted().numbers.macro_roc(), reported().numbers.macro_roc()
    np.testing.assert_array_equal(rounded[0], metrics.HUNDREDTHS)
    at_grid = np.interp(metrics.HUNDREDTHS[1:], *exact)
    np.testing.assert_allclose(rounded[1][1:], at_grid, atol=0.05)


def test_a_curve_without_an_area_takes_no_part_in_the_macro_of_rates():
    message = counted().to_proto()
    del message.test_set[:]
    whole = Evaluation.from_proto(message).numbers.macro_roc()[1]
    odd = message.binary_metrics.add(num_pos=0, num_neg=5)
    odd.concept.id = "dog"
    odd.roc_curve.fpr.extend([0, 1])
    odd.roc_curve.tpr.extend([0, 0])
    odd.roc_curve.thresholds.extend([1, 0])
    e = Evaluation.from_proto(message)
    assert e.undefined_reason("dog") == "no positives"
    np.testing.assert_array_equal(e.numbers.macro_roc()[1], whole)


def test_the_stops_of_an_evaluation_are_worked_out_once(monkeypatch):
    calls = []
    original = stops.pooled_stops
    monkeypatch.setattr(
        "clarifai_eval_widget.evaluation.counted.pooled_stops", lambda counts: calls.append(1) or original(counts)
    )
    e = counted()
    first = e.numbers.stops
    e.threshold_sweep()
    assert e.numbers.stops is first
    assert len(calls) == 1
    assert not first.flags.writeable


def test_only_the_place_that_makes_an_evaluation_asks_which_kind_it_is():
    rooms = Path(stops.__file__).parents[1]
    asking = [
        file.name
        for room in ("evaluation", "figures", "operating_point", "uncertainty", "metrics")
        for file in (rooms / room).rglob("*.py")
        for line in file.read_text().splitlines()
        if '= "platform_curves"' in line and "source=" not in line
    ]
    assert asking == ["message.py"]
