"""Percentiles of draws, and what lies beyond the farthest of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget.uncertainty.draws import ends_of_draws


def test_what_draws_show_are_their_percentiles():
    draws = np.random.default_rng(0).normal(size=4000)
    assert ends_of_draws(draws, 0.025) == tuple(np.quantile(draws, [0.025, 0.975]))


@pytest.mark.parametrize("tail", [1e-4, 1e-6, 1e-12])
def test_beyond_the_farthest_draw_ends_are_about_the_quantiles_of_what_was_drawn_from(tail):
    rng = np.random.default_rng(1)
    for law in (stats.norm(3, 2), stats.beta(400, 600)):
        found = ends_of_draws(law.rvs(4000, random_state=rng), tail)
        centre = law.median()
        assert np.subtract(found, centre) == pytest.approx(law.ppf([tail, 1 - tail]) - centre, rel=0.15)


def test_ends_stay_within_what_can_be():
    draws = np.random.default_rng(2).beta(8, 2, 1000)
    low, high = ends_of_draws(draws, 1e-15, within=(0.0, 1.0))
    assert (low, high) == (0.0, 1.0)
    assert ends_of_draws(np.full(3, 0.4), 0.0) == (0.4, 0.4)
