"""Every decision stands in one bin, whose share and interval are those of SciPy, and the error has its expectation."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from clarifai_eval_widget import Evaluation, metrics
from clarifai_eval_widget.errors import NotFoundError, RequirementsError
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget import golden


def encoded(evaluation, concept):
    section = all_panels()["calibration"].encode(evaluation, {"concept": concept})
    return SimpleNamespace(**section.head, **section.arrays)


def drawn(rows, sharpen=1.0):
    """Labels drawn from the scores, which are calibrated unless sharpened."""
    rng = np.random.default_rng(6)
    chances = rng.random((rows, 2))
    labels = rng.random((rows, 2)) < chances
    odds = np.exp(sharpen * np.log(chances / (1 - chances)))
    return Evaluation.from_scores(labels, odds / (1 + odds), concepts=["a", "b"])


def test_every_decision_is_in_one_of_ten_bins_of_equal_size():
    evaluation = drawn(1000)
    made = encoded(evaluation, "a")
    assert made.sizes.tolist() == [100] * 10
    assert made.positives.sum() == evaluation.label_array[:, 0].sum()
    order = np.argsort(evaluation.score_array[:, 0])
    assert made.mean_scores == pytest.approx(evaluation.score_array[order, 0].reshape(10, 100).mean(axis=1))
    assert made.positives.tolist() == evaluation.label_array[order, 0].reshape(10, 100).sum(axis=1).tolist()


def test_the_interval_of_every_share_is_agresti_and_coulls_and_exact_of_few():
    for rows in (300, 60):
        made = encoded(drawn(rows), "b")
        for low, high, positives, size in zip(made.low, made.high, made.positives, made.sizes, strict=True):
            exact = binomtest(int(positives), int(size)).proportion_ci()
            about = np.clip(proportion_confint(positives, size, method="agresti_coull"), 0, 1)
            expected = (exact.low, exact.high) if size < 10 else tuple(about)
            assert (low, high) == pytest.approx(expected, abs=1e-9)


def test_the_error_of_calibrated_scores_is_about_its_expectation_and_that_of_sharpened_ones_far_above():
    honest, sharp = encoded(drawn(4000), "a"), encoded(drawn(4000, 3.0), "a")
    assert honest.p_value > 0.05
    assert sharp.error > 4 * sharp.expected_error
    assert sharp.p_value < 0.05
    evaluation = drawn(4000)
    expected = metrics.calibration_error(evaluation.label_array[:, 0], evaluation.score_array[:, 0])
    assert (honest.error, honest.expected_error) == (expected.value, expected.expected_when_calibrated)


def test_without_a_concept_the_decisions_of_all_are_pooled():
    evaluation = drawn(200)
    assert (encoded(evaluation, None).expected_error, encoded(evaluation, None).p_value) == (None, None)
    assert encoded(evaluation, "a").expected_error > 0
    assert encoded(evaluation, None).decisions == encoded(evaluation, None).sizes.sum() == 400


def test_scores_that_were_not_sent_are_no_decisions():
    evaluation = drawn(100)
    sent = np.ones((100, 2), bool)
    sent[:30, 1] = False
    evaluation.numbers.held.__dict__["sent"] = sent
    assert encoded(evaluation, "b").decisions == 70


def test_without_inputs_there_are_no_bins_and_no_error():
    made = encoded(golden.no_inputs(), "a")
    assert (made.error, made.expected_error, made.decisions, len(made.sizes)) == (None, None, 0, 0)


def test_rates_alone_and_unknown_concepts_are_refused_with_the_reason():
    with pytest.raises(RequirementsError, match="only rates"):
        encoded(golden.platform_rates(), None)
    with pytest.raises(NotFoundError, match="'a'"):
        encoded(drawn(20), "c")


def test_of_inputs_in_groups_nothing_is_said_of_chance_alone():
    labels, scores = np.arange(40) % 2, np.linspace(0.05, 0.95, 40)
    plain = Evaluation.from_scores(labels, scores)
    grouped = Evaluation.from_scores(labels, scores, groups=np.arange(40) // 4)
    known, unknown = encoded(plain, "1"), encoded(grouped, "1")
    assert known.expected_error is not None
    assert (unknown.expected_error, unknown.p_value) == (None, None)
    assert unknown.error == known.error


def test_the_bin_that_adds_most_to_the_error_is_told_by_its_ends():
    evaluation = drawn(500, 3.0)
    made = encoded(evaluation, "a")
    labels, scores = evaluation.label_array[:, 0], evaluation.score_array[:, 0]
    within = (scores >= made.largest_from) & (scores < (made.largest_below or np.inf))
    parts = [
        abs(labels[bin_].sum() - scores[bin_].sum()) / 500
        for bin_ in (np.minimum((scores * 10).astype(int), 9) == k for k in range(10))
    ]
    assert abs(labels[within].sum() - scores[within].sum()) / 500 == pytest.approx(max(parts))
    assert made.largest == pytest.approx(max(parts))
    assert 0 < made.largest < made.error
    none = encoded(Evaluation.from_scores(np.empty((0, 1), bool), np.empty((0, 1)), concepts=["a"]), "a")
    assert (none.largest, none.largest_from, none.largest_below) == (None, None, None)
