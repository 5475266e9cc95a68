"""Which of a concept's operating points meets a criterion best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import undefined_reason
from clarifai_eval_widget.operating_point.points import InfeasibleError
from clarifai_eval_widget.words import exact, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point.criterion import Criterion

__all__ = ["allowed_rows", "best_row", "best_rows", "choose_row"]

_TIE = 1e-12  # values closer than this share of the largest are one value, told apart only by rounding


def choose_row(c: Counts, wanted: Criterion) -> int:
    """Return the row of the best operating point: the first, hence the highest threshold, of the tied ones."""
    allowed = allowed_rows(wanted, c.tps, c.fps, c.num_pos, c.num_neg)
    row = best_row(c, wanted, allowed)
    if row is None:
        raise _infeasible(c, wanted, kept=bool(allowed.any()))
    return row


def allowed_rows(
    wanted: Criterion, tps: NDArray[Any], fps: NDArray[Any], num_pos: int, num_neg: int
) -> NDArray[np.bool_]:
    """Return where counts of any shape keep all the bounds."""
    allowed = np.ones(tps.shape, bool)
    for rate, bound in wanted.constraints.items():
        allowed &= _meets(rate, bound, wanted.measure(rate, tps, fps, num_pos, num_neg))
    return allowed


def best_row(c: Counts, wanted: Criterion, allowed: NDArray[np.bool_]) -> int | None:
    """Return the first of the best rows among those allowed; None where the objective is undefined in all of them."""
    utility = np.where(allowed, wanted.utility(c.tps, c.fps, c.num_pos, c.num_neg), np.nan)
    row = int(best_rows(utility, wanted))
    return None if row < 0 else row


def best_rows(utility: NDArray[np.float64], wanted: Criterion) -> NDArray[np.intp]:
    """Return the first of the best places along the last axis; -1 where the utility is NaN all along."""
    floor = np.where(np.isnan(utility), -np.inf, utility)
    highest = floor.max(axis=-1, keepdims=True)
    defined = np.isfinite(highest)
    highest = np.where(defined, highest, 0.0)
    # a cost is a sum without cancellation: only its own size rounds, not that of the dearest threshold
    spread = highest if wanted.objective == "expected_cost" else np.where(np.isnan(utility), 0.0, utility)
    scale = np.abs(spread).max(axis=-1, keepdims=True)
    places: NDArray[np.intp] = np.where(defined[..., 0], np.argmax(floor >= highest - _TIE * scale, axis=-1), -1)
    return places


def _meets(rate: str, bound: float, attained: NDArray[np.float64]) -> NDArray[np.bool_]:
    # a rate that equals the bound but for rounding meets it
    met: NDArray[np.bool_] = attained <= bound + _TIE if rate == "fpr" else attained >= bound - _TIE
    return met


def _infeasible(c: Counts, wanted: Criterion, *, kept: bool) -> InfeasibleError:
    """Say why no threshold will do, and the best that can be had; told whether any keeps all bounds."""
    why = undefined_reason(c)
    if not why and kept:
        why = "wherever the bounds are kept" if wanted.constraints else "the scores are all equal"
    if why:
        return InfeasibleError(f"The {wanted} is undefined for this concept: {why}.")
    best, offers = _offers(c, wanted, " under the other bounds" if len(wanted.constraints) > 1 else "")
    if not offers:  # each bound by itself excludes the others
        best, offers = _offers(c, wanted, " by itself")
    return InfeasibleError(f"No threshold gives the {wanted}: {'; '.join(offers)}.", best=best)


def _offers(c: Counts, wanted: Criterion, given: str) -> tuple[dict[str, float], list[str]]:
    """Return the best attainable value of each bounded rate, and its threshold in words."""
    best: dict[str, float] = {}
    offers = []
    for rate in wanted.constraints:
        others = np.ones(len(c), bool)
        for other, bound in wanted.constraints.items():
            if other != rate and given != " by itself":
                others &= _meets(other, bound, wanted.measure(other, c.tps, c.fps, c.num_pos, c.num_neg))
        attained = wanted.measure(rate, c.tps, c.fps, c.num_pos, c.num_neg)
        attained = np.where(others, -attained if rate == "fpr" else attained, np.nan)
        if np.isnan(attained).all():
            continue
        row = int(np.nanargmax(attained))
        best[rate] = abs(float(attained[row]))
        shown = within(best[rate], up=rate == "fpr")
        extreme = "lowest fpr" if rate == "fpr" else f"highest {rate}"
        offers.append(f"the {extreme}{given} is {shown}, at threshold {exact(c.thresholds[row])}")
    return best, offers
