"""Smoothed distributions of scores, to draw resamples from (Silverman and Young, Biometrika 74, 1987, 469-479).

A resample of the scores themselves has none in the gaps between them, where a best threshold of the population mostly
lies: with 10 positives and an AUC of 0.96 the plain bootstrap's 95 % interval of the highest Youden's J holds it in
61 % of samples, the smoothed one's in 97 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

__all__ = ["Smoothing", "scale_of", "width_of"]


def scale_of(thresholds: NDArray[Any]) -> Values:
    """Return scores on the scale they are smoothed on: of shares their log odds, others as they are.

    0 and 1 stand half as far from the ends as the score next to them.
    """
    scores = thresholds.astype(np.float64)
    finite = scores[np.isfinite(scores)]
    if not len(finite) or finite.min() < 0 or finite.max() > 1:
        return scores
    inner = finite[(finite > 0) & (finite < 1)]
    lowest, highest = (inner.min() / 2, (1 + inner.max()) / 2) if len(inner) else (0.25, 0.75)
    inside = np.clip(scores, lowest, min(highest, np.nextafter(1, 0)))
    return np.where(np.isfinite(scores), np.log(inside) - np.log1p(-inside), scores)


def width_of(places: Values, weights: Values, size: float | None = None) -> float:
    """Return Silverman's width of a class: 0.9 times the smaller of its spreads, by the fifth root of its size."""
    size = float(weights.sum()) if size is None else size
    if len(places) < 2 or size <= 1:
        return 0.0
    order = np.argsort(places)
    values, share = places[order], np.cumsum(weights[order]) / weights.sum()
    lower, upper = values[np.searchsorted(share, [0.25, 0.75])]
    mean = float(weights @ places / weights.sum())
    spread = float(np.sqrt(weights @ (places - mean) ** 2 / weights.sum()))
    quartiles = float(upper - lower) / 1.349
    return float(0.9 * min(spread, quartiles or spread) * size**-0.2)


class Smoothing:
    """How the scores of one class, counted in rows, spread beyond them.

    Parameters
    ----------
    scale
        ``(R,)`` the rows' thresholds on the scale to smooth on, descending; the first is infinite.
    cumulative
        ``(R,)`` counts of the class at or above each.
    at
        ``(M,)`` the thresholds at which shares are wanted, on that scale, descending, the first infinite; the last is
        taken for the lowest there is.
    size
        How many independent members the class has; by default its counts.
    """

    def __init__(self, scale: Values, cumulative: NDArray[Any], at: Values, size: float | None = None) -> None:
        self._places = scale[1:]
        width = width_of(self._places, np.diff(cumulative).astype(np.float64), size) * np.sqrt(5)
        # a row's scores lie between the middles to its neighbours
        edges = np.append((at[1:-1] + at[2:]) / 2, -np.inf)
        reach = np.clip((self._places[None, :] - edges[:, None]) / max(width, 1e-300), -1, 1)
        self._above = (2 + 3 * reach - reach**3) / 4  # the quadratic kernel's distribution

    def above(self, cumulative: NDArray[Any]) -> Values:
        """Return the share of the class at or above each threshold, of these or of other counts in the same rows."""
        weights = np.diff(cumulative).astype(np.float64)
        return np.append(0.0, self._above @ weights / max(float(weights.sum()), 1.0))
