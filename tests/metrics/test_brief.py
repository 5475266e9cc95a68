"""Results print in one line that is read at a glance."""

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation

IDS = [f"input {row}" for row in range(300)]


def scored(noise):
    rng = np.random.default_rng(1)
    labels = rng.random(300) < 0.3
    return Evaluation.from_scores(
        labels, np.clip(0.5 * labels + noise * rng.random(300), 0, 1), concepts=["dog"], input_ids=IDS
    )


RESULTS = {
    "AucInterval": lambda e, _: e.roc_auc_interval("dog"),
    "FigureEstimate": lambda e, _: e.figure_interval(),
    "FigureDifference": lambda e, other: e.compare_overall(other),
    "DecisionDifference": lambda e, other: e.compare_decisions(other, "dog"),
    "InputsNeeded": lambda e, other: e.inputs_needed(other),
    "CheapestPoint": lambda e, _: e.cheapest_threshold("dog", fn_cost=3.0),
    "ThresholdInterval": lambda e, _: e.operating_point("dog", maximize="f1").threshold_interval,
    "AbstainPoint": lambda e, _: e.abstain_point("dog", max_error=0.02),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_prints_in_one_line_with_no_more_digits_than_are_read(name):
    told = repr(RESULTS[name](scored(0.6), scored(0.8)))
    assert told.startswith(f"{name}(")
    assert "\n" not in told
    assert not any(words in told for words in ("np.float", "None", "=()", "=''"))
    figures = [one for one in told.split(", ") if not one.startswith(("threshold=", "low=", "high=", f"{name}("))]
    digits = [one.split("=")[-1].strip("()") for one in figures]
    assert (
        max(len(one.lstrip("-").replace(".", "").lstrip("0").split("e")[0]) for one in digits if one[-1:].isdigit())
        <= 4
    )


def test_thresholds_print_with_all_the_digits_that_count_the_same_again():
    e = scored(0.6)
    band = e.abstain_point("dog", max_error=0.02)
    assert f"low={band.low!r}, high={band.high!r}" in repr(band)
    best = e.cheapest_threshold("dog", fn_cost=3.0)
    assert f"threshold={float(best.threshold)!r}" in repr(best)


def test_beside_the_number_of_a_bound_the_figure_stands_apart():
    assert "highest precision with recall ≥ 0.9 = 0." in repr(scored(0.6).operating_point("dog", min_recall=0.9))
