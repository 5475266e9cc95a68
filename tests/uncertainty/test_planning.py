"""How many inputs it takes, against the test that is then made."""

from __future__ import annotations

import math

import numpy as np
import pytest

from clarifai_eval_widget import uncertainty


def scored(inputs: int, rng: np.random.Generator, concepts: int = 0) -> tuple[np.ndarray, ...]:
    """Two scorings whose true AUCs differ: shifts of 1.0 and 1.2 over partly shared errors."""
    shape = (inputs, concepts) if concepts else (inputs,)
    labels = rng.random(shape) < 0.3
    shared = rng.normal(size=shape)
    first, second = (0.8 * shared + 0.6 * rng.normal(size=shape) + shift * labels for shift in (1.0, 1.2))
    return labels, first, second


@pytest.mark.parametrize("concepts", [0, 3])
@pytest.mark.parametrize("power", [0.5, 0.8])
def test_at_the_number_it_names_the_test_finds_the_difference_as_often_as_asked(concepts: int, power: float) -> None:
    rng = np.random.default_rng(0)
    pilot = scored(40_000, rng, concepts)
    plan = uncertainty.inputs_needed(*pilot, power=power)
    assert plan.more == 0
    assert plan.power_now == pytest.approx(1.0)
    found = [uncertainty.compare_figure(*scored(int(plan.inputs), rng, concepts)).p_value < 0.05 for _ in range(400)]
    assert np.mean(found) == pytest.approx(power, abs=0.07)
    then = [
        uncertainty.inputs_needed(*scored(int(plan.inputs), rng, concepts), difference=plan.difference).power_now
        for _ in range(30)
    ]
    assert np.mean(then) == pytest.approx(power, abs=0.03)


def classified(inputs: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Two scorings of inputs of ten classes, a tenth of the inputs each."""
    labels = np.eye(10, dtype=bool)[rng.integers(0, 10, inputs)]
    shared = rng.normal(size=labels.shape)
    first, second = (0.8 * shared + 0.6 * rng.normal(size=labels.shape) + shift * labels for shift in (1.0, 1.25))
    return labels, first, second


def test_with_fourteen_inputs_of_each_class_it_is_nearly_as_often() -> None:
    rng = np.random.default_rng(0)
    plan = uncertainty.inputs_needed(*classified(100_000, rng))
    assert plan.inputs == pytest.approx(136, abs=20)  # of pilots drawn otherwise 130 to 141
    found = [uncertainty.compare_figure(*classified(int(plan.inputs), rng)).p_value < 0.05 for _ in range(400)]
    assert np.mean(found) == pytest.approx(plan.power - 0.03, abs=0.05)


def test_more_are_needed_for_a_smaller_difference_and_a_higher_power() -> None:
    data = scored(100, np.random.default_rng(1))
    plan = uncertainty.inputs_needed(*data, difference=0.02)
    error = uncertainty.compare_auc(*data).standard_error
    assert plan.standard_error == pytest.approx(error)
    assert plan.inputs == math.ceil(100 * ((1.959963985 + 0.841621234) * error / 0.02) ** 2)
    assert plan.more == plan.inputs - 100
    assert uncertainty.inputs_needed(*data, difference=0.01).inputs == pytest.approx(4 * plan.inputs, abs=4)
    assert uncertainty.inputs_needed(*data, difference=0.02, power=0.9).inputs > plan.inputs
    assert plan.reason == ""
    assert "if the true difference is the measured one" in uncertainty.inputs_needed(*data).reason


def test_what_is_alike_or_undefined_is_said() -> None:
    labels, first, _ = scored(100, np.random.default_rng(1))
    alike = uncertainty.inputs_needed(labels, first, first)
    assert math.isinf(alike.inputs)
    assert "both are alike" in alike.reason
    none = uncertainty.inputs_needed(np.zeros(4), np.arange(4.0), np.arange(4.0))
    assert math.isnan(none.inputs)
    assert none.reason == "no positives"
    certain = uncertainty.inputs_needed([1, 1, 0, 0], [0.0, 0, 1, 1], [1.0, 1, 0, 0])
    assert math.isnan(certain.inputs)
    with pytest.raises(ValueError, match=r"power=0\.01"):
        uncertainty.inputs_needed(labels, first, first, power=0.01)
    for impossible in (2, -1.5, math.nan):
        with pytest.raises(ValueError, match="must lie between -1 and 1"):
            uncertainty.inputs_needed(labels, first, first, difference=impossible)
