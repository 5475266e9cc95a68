"""What is told of inputs in groups beyond rates: net benefit, and the share of positives in deployment."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import Evaluation, metrics, uncertainty
from clarifai_eval_widget.operating_point import net_benefit, net_benefit_by_group, prevalence_by_shift

GROUPS, EACH, SHIFT, SHARED, POSITIVES = 60, 10, 1.5, 0.8, 0.4
OF = np.repeat(np.arange(GROUPS), EACH)


def sample(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores whose errors the inputs of a group share, hard groups being hard in both classes."""
    labels, common = rng.random(len(OF)) < POSITIVES, rng.normal(size=GROUPS)[OF]
    noise = np.sqrt(SHARED) * common * np.where(labels, 1, -1) + np.sqrt(1 - SHARED) * rng.normal(size=len(OF))
    return labels, stats.norm.cdf(SHIFT * (labels - 0.5) + noise)


@pytest.mark.parametrize("prevalence", [None, 0.1])
def test_net_benefits_standard_error_is_how_far_it_varies_between_samples_of_groups(prevalence: float | None) -> None:
    rng, at = np.random.default_rng(1), [0.2, 0.5, 0.7]
    found, plain, by_group = [], [], []
    for _ in range(300):
        labels, scores = sample(rng)
        unaware = net_benefit(metrics.counts(labels, scores), at, prevalence=prevalence)
        aware = net_benefit_by_group(labels, scores, OF, at, prevalence=prevalence)
        assert (aware.model == unaware.model).all()
        found.append(aware.model)
        plain.append(unaware.standard_error)
        by_group.append(aware.standard_error)
    true = np.std(found, axis=0, ddof=1)
    assert np.mean(by_group, axis=0) == pytest.approx(true, rel=0.12)
    assert (np.mean(plain, axis=0) < 0.7 * true)[1:].all()  # what it cures


@pytest.mark.parametrize("prevalence", [None, 0.1])
def test_groups_of_one_are_independent_inputs_and_one_group_says_nothing(prevalence: float | None) -> None:
    labels, scores = sample(np.random.default_rng(2))
    options = {"threshold": 0.4, "prevalence": prevalence}
    plain = net_benefit(metrics.counts(labels, scores), [0.1, 0.5], **options)
    single = net_benefit_by_group(labels, scores, np.arange(len(labels)), [0.1, 0.5], **options)
    bessel = np.sqrt(len(labels) / (len(labels) - 1))
    assert single.standard_error == pytest.approx(plain.standard_error * bessel, rel=1e-9)
    assert np.isnan(net_benefit_by_group(labels, scores, np.zeros(len(labels)), [0.5]).standard_error).all()


def test_an_evaluation_in_groups_tells_the_clustered_one() -> None:
    labels, scores = sample(np.random.default_rng(3))
    e = Evaluation.from_scores(labels[:, None], scores[:, None], ["a"], groups=OF)
    told = e.net_benefit("a", [0.2, 0.5])["standard_error"].to_numpy()
    assert told == pytest.approx(net_benefit_by_group(labels, scores, OF, [0.2, 0.5]).standard_error)


def test_the_share_in_deployment_is_covered_where_the_test_set_comes_in_groups() -> None:
    rng, plain, aware = np.random.default_rng(4), [], []
    for _ in range(200):
        labels, scores = sample(rng)
        deployed = rng.random(4000) < 0.2
        seen = stats.norm.cdf(SHIFT * (deployed - 0.5) + rng.normal(size=4000))
        c = metrics.counts(labels, scores)
        for kept, sizes in ((plain, None), (aware, uncertainty.effective_sizes(labels, scores, OF, c))):
            low, high = prevalence_by_shift(c, seen, threshold=0.5, sizes=sizes).interval
            kept.append(low <= 0.2 <= high)
    assert np.mean(plain) < 0.85  # what it cures
    assert np.mean(aware) >= 0.92
