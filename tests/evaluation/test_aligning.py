"""What callers give beside the scores, one an input, is matched by the input ids that its index holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.aligning import in_order

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 60
IDS = [f"i{k}" for k in range(SIZE)]
RNG = np.random.default_rng(1)
LABELS = RNG.random(SIZE) < 0.4
SCORES = np.clip(0.2 * LABELS + 0.8 * RNG.random(SIZE), 0, 1)
COSTS = RNG.exponential(size=SIZE)
HALVES = RNG.integers(1, 3, SIZE)
ORDER = RNG.permutation(SIZE)


def made(**options: Any) -> Evaluation:
    return Evaluation.from_scores(LABELS, SCORES, ["a"], input_ids=IDS, **options)


USES: dict[str, tuple[np.ndarray, Callable[[Any], Any]]] = {
    "folds": (HALVES, lambda values: made(folds=values).folds.tolist()),
    "groups": (HALVES, lambda values: made(groups=values).groups.tolist()),
    "slices": (HALVES, lambda values: made().slices(values).to_json()),
    "slice": (HALVES == 1, lambda values: made().slice(values).input_ids),
    "fp_cost": (COSTS, lambda values: made().cheapest_threshold("a", fp_cost=values, fn_cost=2).cost),
    "fn_cost": (COSTS, lambda values: made().cheapest_threshold("a", fn_cost=values).cost),
}


@pytest.mark.parametrize("use", USES)
def test_a_series_whose_index_holds_the_input_ids_is_put_in_their_order(use: str) -> None:
    values, asked = USES[use]
    expected = asked(values)
    shuffled = pd.Series(values[ORDER], index=[IDS[row] for row in ORDER])
    assert asked(shuffled) == expected
    assert asked(pd.Series(values)) == expected, "an index that only counts the rows names none"
    assert asked(shuffled.to_numpy()) != expected


@pytest.mark.parametrize("use", USES)
def test_a_series_of_which_only_some_are_the_inputs_is_refused(use: str) -> None:
    values, asked = USES[use]
    with pytest.raises(ValueError, match="'i0'"):
        asked(pd.Series(values, index=["other", *IDS[1:]]))


@pytest.mark.parametrize(
    ("index", "said"),
    [([*IDS, "stranger"], "more than the input ids, also 'stranger'"), ([*IDS[:-1], IDS[0]], f"not '{IDS[-1]}'")],
)
def test_it_is_said_whether_inputs_are_missing_or_others_there(index: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        in_order(pd.Series(0.5, index=index), IDS, "costs")


def test_an_index_that_holds_an_id_twice_in_another_order_cannot_be_matched() -> None:
    twice = ["i0", *IDS[:-1]]
    e = Evaluation.from_scores(LABELS, SCORES, ["a"], input_ids=twice)
    assert e.slices(pd.Series(HALVES, index=twice)).equals(e.slices(HALVES))
    with pytest.raises(ValueError, match="more than once"):
        e.slices(pd.Series(HALVES, index=twice[::-1]))
