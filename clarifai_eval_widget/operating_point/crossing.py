"""Between which thresholds a rate meets its bound: where the interval of the rate holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.operating_point.drawn import between_scores
from clarifai_eval_widget.uncertainty.effective import rate_interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point.criterion import Criterion
    from clarifai_eval_widget.operating_point.drawn import Drawn
    from clarifai_eval_widget.uncertainty import EffectiveSizes

    Ends = tuple[NDArray[np.float64], NDArray[np.float64]]

__all__ = ["Bounded", "crossing"]

_METHOD = "thresholds at which the interval of the bounded rate holds the bound"
_LEVELS = (0.8, 0.9, 0.95, 0.98, 0.99)  # whose ends are kept where the counts are not


class Bounded:
    """The best threshold under bounds: that of the objective alone, unless a bound keeps it from there.

    A lowest recall keeps it from going up, the others from going down; so each end is the objective's, or a bound's.

    Parameters
    ----------
    free
        The objective's by itself; None where bounds alone choose.
    c, wanted
        The counts, and the criterion with its bounds.
    sizes
        Of inputs in groups, what they are worth at a confidence level.
    reason
        Why there is no interval at all, or an empty string.
    """

    def __init__(
        self,
        free: Drawn | None,
        c: Counts,
        wanted: Criterion,
        *,
        sizes: Callable[[float], EffectiveSizes] | None = None,
        reason: str = "",
    ) -> None:
        self._free, self._wanted, self._reason = free, wanted, reason
        self._c: Counts | None = c
        self._sizes = sizes
        self._kept: dict[float, tuple[float, float, str]] = {}
        self.method = _METHOD if free is None else f"{free.method}; or {_METHOD}"
        self.replicates = 0 if free is None else free.replicates
        self.infeasible = 0 if free is None else free.infeasible

    def ends(self, confidence_level: float) -> tuple[float, float, str]:
        """Return both ends and why there are none."""
        if confidence_level not in self._kept:
            self._kept[confidence_level] = self._found(confidence_level)
        return self._kept[confidence_level]

    def _found(self, level: float) -> tuple[float, float, str]:
        if self._c is None:
            kept = ", ".join(f"{one:g}" for one in self._kept)
            return np.nan, np.nan, f"stored without its counts, for the confidence levels {kept}"
        reason = self._reason
        low = high = np.inf if self._wanted.objective == "precision" else -np.inf
        if self._free is not None and not reason:
            low, high, reason = self._free.ends(level)
        if reason:
            return np.nan, np.nan, reason
        sizes = None if self._sizes is None else self._sizes(level)
        bounds = sorted(self._wanted.constraints, key="fpr precision recall".index)
        for rate in bounds:
            least, most = crossing(self._c, self._wanted, rate, confidence_level=level, sizes=sizes)
            further = min if rate == "recall" else max
            low, high = further(low, least), further(high, most)
        return between_scores(low, high)

    def __getstate__(self) -> dict[str, Any]:
        for level in _LEVELS:
            self.ends(level)
        return self.__dict__ | {"_c": None, "_sizes": None}


def crossing(
    c: Counts, wanted: Criterion, rate: str, *, confidence_level: float, sizes: EffectiveSizes | None = None
) -> tuple[float, float]:
    """Return the thresholds between which the rate's true curve meets its bound.

    Where it does, the rate's own interval holds the bound as often as its level says, so that the thresholds at which
    it does hold the true one as often; no resample is needed, nor any scale of the scores. Recall and false positive
    rate fall with the threshold. Precision need not rise: up from the lowest threshold it counts from where it is no
    longer surely below its bound, and up from where it last meets it, to where it is surely above.

    Returns
    -------
    low, high
        The lower belongs to the next score below; ``-inf`` or ``inf`` where no score bounds it.
    """
    bound = wanted.constraints[rate]
    low, high = _ends(c, wanted, rate, confidence_level, sizes)
    undefined = np.isnan(low)
    low, high = np.where(undefined, 0.0, low), np.where(undefined, 1.0, high)
    if rate == "precision":
        last = int(np.flatnonzero(high >= bound)[-1])
        met = np.flatnonzero(wanted.measure(rate, c.tps, c.fps, c.num_pos, c.num_neg) >= bound)
        above = np.flatnonzero(low[: met[-1] if len(met) else 0] > bound)
        first = int(above[-1]) if len(above) else 0
    else:
        held = np.flatnonzero((low <= bound) & (bound <= high))
        if not len(held):  # between two rows
            held = np.flatnonzero(low > bound)[:1]
        first, last = (int(held[0]), int(held[-1])) if len(held) else (0, len(c) - 1)
    return float(c.thresholds[last + 1]) if last + 1 < len(c) else -np.inf, float(c.thresholds[first])


def _ends(c: Counts, wanted: Criterion, rate: str, level: float, sizes: EffectiveSizes | None) -> Ends:
    """Return the rate's interval in every row."""

    def interval(part: Any, whole: Any, name: str) -> Ends:
        size = None if sizes is None else getattr(sizes, name)
        return rate_interval(part, whole, size, confidence_level=level)

    if rate == "recall":
        return interval(c.tps, np.full(len(c), c.num_pos), "recall")
    if rate == "fpr":
        return interval(c.fps, np.full(len(c), c.num_neg), "fpr")
    if wanted.prevalence is None:
        return interval(c.tps, c.tps + c.fps, "precision")
    # of a stated prevalence: the interval of hits less alarms, each weighted, by those of both (Newcombe, Statistics in
    # Medicine 17, 1998, 873-890), of which precision at the bound makes 0
    bound = wanted.constraints["precision"]
    on, off = wanted.prevalence * (1 - bound), (1 - wanted.prevalence) * bound
    tpr, fpr = c.tps / c.num_pos, c.fps / c.num_neg
    hits = interval(c.tps, np.full(len(c), c.num_pos), "recall")
    alarms = interval(c.fps, np.full(len(c), c.num_neg), "fpr")
    found = on * tpr - off * fpr
    low = found - np.hypot(on * (tpr - hits[0]), off * (alarms[1] - fpr))
    high = found + np.hypot(on * (hits[1] - tpr), off * (fpr - alarms[0]))
    # put where precision would be: below, at or above the bound
    return np.where(low > 0, 1.0, 0.0), np.where(high < 0, 0.0, 1.0)
