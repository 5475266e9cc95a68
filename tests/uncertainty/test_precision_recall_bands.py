"""Bands of precision over recall: they hold the curve, their level, and say why where there is none."""

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, metrics, uncertainty
from clarifai_eval_widget.metrics import counts
from tests.benchmarks import coverage_bands

RNG = np.random.default_rng(8)
LABELS = np.arange(330) < 30
SCORES = RNG.normal(size=330) + 1.5 * LABELS


def test_the_curve_lies_in_its_band_and_a_higher_level_is_wider():
    c = counts(LABELS, SCORES)
    band, wide = (uncertainty.precision_recall_band(c, confidence_level=level) for level in (0.95, 0.99))
    row = np.minimum(np.searchsorted(c.tps, np.ceil(band.recall * 30 - 1e-9)), len(c) - 1)
    precision = metrics.precision(c.tps[row], c.fps[row])
    known = ~np.isnan(band.precision_low)
    assert np.isnan(band.precision_low[:3]).all(), "not one positive is found there"
    assert known[4:].all()
    assert ((band.precision_low <= precision) & (precision <= band.precision_high))[known].all()
    assert (wide.precision_low <= band.precision_low)[known].all()
    assert (wide.precision_high >= band.precision_high)[known].all()
    assert ((band.precision_low >= 0) & (band.precision_high <= 1))[known].all()


def test_where_nothing_is_wrongly_found_the_upper_edge_is_one_and_the_lower_is_not():
    band = uncertainty.precision_recall_band(counts(LABELS, LABELS * 1.0))
    assert (band.precision_high[10:] == 1).all()
    assert (band.precision_low[10:] < 1).all()


@pytest.mark.parametrize("family", ["binormal", "exponential"])
def test_it_holds_its_level_at_few_positives(family):
    held = coverage_bands.cells(family, 30, 0.9, 120)[f"precision–recall, {family}"]
    assert held.mean(axis=0).min() > 0.92


def test_it_ends_where_all_are_predicted_in_what_the_share_of_positives_may_be():
    rng, share, held = np.random.default_rng(3), 0.3, []
    for _ in range(200):
        labels = rng.random(300) < share
        c = counts(labels, rng.normal(size=300) + 2 * labels)
        band = uncertainty.precision_recall_band(c, recall=[1.0])
        held.append(band.precision_low[0] <= share <= band.precision_high[0])
    assert np.mean(held) > 0.92


def test_of_too_few_or_of_groups_there_is_none_and_it_says_why():
    few = uncertainty.precision_recall_band(counts(np.arange(100) < 5, np.arange(100.0)))
    assert "fewer than 10" in few.reason or "10" in few.reason
    assert not few.method
    assert np.isnan(few.precision_low).all()
    grouped = uncertainty.precision_recall_band(counts(LABELS, SCORES), grouped=True)
    assert "come in groups" in grouped.reason
    assert uncertainty.precision_recall_band(counts(LABELS[:30], SCORES[:30])).reason == "no negatives"
    e = Evaluation.from_scores(LABELS, (SCORES + 9) / 20, concepts=["a"], groups=np.arange(330) // 3)
    assert "No band: bands of precision over recall are measured for independent inputs" in (
        " ".join(e.plot_precision_recall("a").caption_.get_text().split())
    )


@pytest.mark.parametrize("recall", [[0.5, 0.2], [-0.1], [[0.5]]])
def test_recalls_are_ascending_rates(recall):
    with pytest.raises(ValueError, match="ascending list of rates"):
        uncertainty.precision_recall_band(counts(LABELS, SCORES), recall=recall)
