"""How many inputs it takes until the interval of a chosen threshold holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics import ratio
from clarifai_eval_widget.uncertainty.checks import too_few_for

if TYPE_CHECKING:
    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point.criterion import Criterion

__all__ = ["ENOUGH", "too_far_apart", "too_few_beyond", "too_few_to_choose", "worth_of_false_positive"]

ENOUGH = 10
"""Of either class, and for each mistake of the other class that one of this class is worth."""
_AMONG = 3
_DEAR = 0.2


def too_few_to_choose(num_pos: int, num_neg: int, worth: float) -> str:
    """Say of which class there are too few for the interval of the best threshold, or return an empty string.

    Where a mistake is worth r of the other kind, the best threshold lies where the dear kind is that much rarer: there
    must be ten inputs of the other class for each.

    Parameters
    ----------
    num_pos, num_neg
        Of the concept.
    worth
        How many false negatives one false positive is worth, as :func:`worth_of_false_positive` tells; NaN: measured
        by rates, which weigh each class as a whole.
    """
    why = too_few_for("the interval of a threshold", ENOUGH, num_pos, num_neg)
    if why or math.isnan(worth):
        return why
    for few, number, times in (("positives", num_pos, worth), ("negatives", num_neg, 1 / worth if worth else math.inf)):
        if number < ENOUGH * times * (1 - 1e-9):
            if math.isinf(times):
                return f"no number of {few} is enough to say: a mistake among them costs nothing"
            needed = f"{math.ceil(ENOUGH * times - 1e-9):,}"
            return f"too few {few} to say: {number:,}, and with mistakes that differ so much it takes {needed}"
    return ""


def too_far_apart(c: Counts, worth: float) -> str:
    """Say that hardly any of the class whose mistakes are dear lies among the other, or return an empty string.

    Where classes are all but apart, the best threshold lies where that class has next to no inputs, unless the other
    kind of mistake decides. Measured by rates, those of the rarer class are dear.
    """
    if math.isnan(worth):
        dear = "positives" if c.num_pos <= c.num_neg else "negatives"
    else:
        dear = "positives" if worth < _DEAR else "negatives" if worth > 1 / _DEAR else ""
    if dear == "positives":
        among = c.num_pos - int(c.tps[np.argmax(c.fps > 0)])
    else:
        among = int(c.fps[np.argmax(c.tps >= c.num_pos)])
    if not dear or among >= _AMONG:
        return ""
    return f"too few {dear} to say: {among} among the other class, and the interval of such a threshold needs {_AMONG}"


def too_few_beyond(wrong: int) -> str:
    """Say that too few decisions beyond an end of a band are wrong for its interval, or return an empty string.

    Where the end lies hangs on them: of none or two, most samples put it too far into the other class.
    """
    if wrong >= _AMONG:
        return ""
    are = "decision beyond this end is" if wrong == 1 else "decisions beyond this end are"
    return f"too few to say: {wrong} {are} wrong, and its interval needs {_AMONG}"


def worth_of_false_positive(c: Counts, wanted: Criterion, row: int) -> float:
    """Return how many false negatives one false positive is worth at the best threshold; NaN of rates' own measures.

    F-beta at its best, F, weighs them as F to 1 + beta² - F (Lipton, Elkan and Naryanaswamy, ECML 2014).
    """
    again = 1.0
    if wanted.prevalence is not None:
        again = float(ratio((1 - wanted.prevalence) * c.num_pos, wanted.prevalence * c.num_neg))
    if wanted.objective == "expected_cost":
        assert wanted.fp_cost is not None
        assert wanted.fn_cost is not None
        return again * wanted.fp_cost / wanted.fn_cost if wanted.fn_cost else math.inf
    if wanted.objective == "mcc":
        return again
    if wanted.objective in ("f1", "fbeta"):
        value = float(wanted.measure(wanted.objective, c.tps[row], c.fps[row], c.num_pos, c.num_neg))
        return again * value / (1 + float(wanted.beta or 1) ** 2 - value)
    return math.nan
