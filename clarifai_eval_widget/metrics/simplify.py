"""Leave out points of curves without leaving what they show: the machinery of :mod:`thinning` and :mod:`stops`.

A curve of millions of rows is first cut down to a few thousand *candidates*, by bisection alone: the first and last
row of every cell of equal (or equally proportioned) counts. Between two candidates lies either no row at all or
a stretch on which nothing moves by more than the cell's width, so what is measured on the candidates holds for all
rows but for that width.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

__all__ = ["cell_borders", "chain", "counted_cells", "furthest_within", "onwards", "refine_polyline"]


def cell_borders(ascending: NDArray[Any], edges: NDArray[Any]) -> Indices:
    """Return the first and the last index of each cell between edges, in no order, some twice."""
    first = np.searchsorted(ascending, edges.astype(ascending.dtype), side="left")
    borders = np.concatenate([first, first - 1])
    return borders[(borders >= 0) & (borders < len(ascending))]


@lru_cache(maxsize=8)
def counted_cells(total: int, width: float) -> NDArray[np.int64]:
    """Return edges of cells of numbers from 1 to a total, in which the number grows by a share of at most the width.

    A rate whose denominator grows by a share ``w`` moves by no more than ``w``.
    """
    alone = min(total, int(1 / width))
    steps = max(0, int(np.ceil(np.log(max(total, 1) / max(alone, 1)) / np.log1p(width))))
    beyond = np.floor(alone * (1 + width) ** np.arange(1, steps + 1)).astype(np.int64)
    return np.unique(np.concatenate([np.arange(1, alone + 1), np.minimum(beyond, total)]))


def furthest_within(values: NDArray[np.float64], bound: float) -> Indices:
    """Return for each index the furthest one up to which the values stay within a range no wider than the bound.

    Never the index itself but at the end: the next one is always reached.
    """
    size = len(values)
    highest, lowest = [values], [values]
    while 2 << (len(highest) - 1) <= size:  # extremes of every stretch of 1, 2, 4, … values
        half = 1 << (len(highest) - 1)
        up, down = (
            np.maximum(highest[-1][:-half], highest[-1][half:]),
            np.minimum(lowest[-1][:-half], lowest[-1][half:]),
        )
        if (up - down).min() > bound:  # no stretch as long as this fits, and so none that is longer
            break
        highest.append(up)
        lowest.append(down)
    high, low, end = values.copy(), values.copy(), np.arange(1, size + 1)
    for level in range(len(highest) - 1, -1, -1):
        where = np.minimum(end, len(highest[level]) - 1)
        up, down = np.maximum(high, highest[level][where]), np.minimum(low, lowest[level][where])
        fits = (end < len(highest[level])) & (up - down <= bound)
        high, low = np.where(fits, up, high), np.where(fits, down, low)
        end += fits.astype(np.intp) << level
    return np.maximum(end - 1, onwards(size))


def onwards(size: int) -> Indices:
    """Return for each index the next one; for the last, itself."""
    return np.minimum(np.arange(1, size + 1), size - 1)


def chain(following: Indices, most: int) -> Indices | None:
    """Follow the pointers from the first index to the last; None when that takes more than so many."""
    # a list is read faster than an array, and takes longer to make than few hops take
    last = len(following) - 1
    hop = following.item if most < last >> 3 else following.tolist().__getitem__
    found = [0]
    while found[-1] < last:
        if len(found) == most:
            return None
        found.append(hop(found[-1]))
    return np.array(found, np.intp)


def refine_polyline(
    x: NDArray[np.float64], ys: NDArray[np.float64], most: int, tolerance: float
) -> tuple[Indices, float]:
    """Choose points so that straight lines between them are close to all points, vertically.

    Douglas and Peucker's method (Cartographica 10, 1973), all stretches of one depth at once: where the lines are
    further off than the tolerance, the point furthest off is added, the worst stretches first.

    Parameters
    ----------
    x
        ``(C,)`` ascending. On an upright stretch every ``ys`` between its ends lies on the line.
    ys
        ``(S, C)``, finite: several curves over one axis, chosen for together.
    most
        How many points may be chosen, 2 at least.
    tolerance
        Where to stop.

    Returns
    -------
    chosen
        Ascending indices, the first and the last among them.
    error
        The largest vertical distance left.
    """
    low, high = np.array([0]), np.array([len(x) - 1])
    chosen, error = [np.unique([0, len(x) - 1])], 0.0
    room = most - 2
    while len(low):
        worst, where = _furthest_off(x, ys, low, high)
        wanted = worst > tolerance
        if wanted.sum() > room:
            ranked = np.argsort(np.where(wanted, -worst, np.inf), kind="stable")
            wanted = np.zeros(len(worst), bool)
            wanted[ranked[:room]] = True
        error = max(error, float(worst[~wanted].max(initial=0.0)))
        middle = where[wanted]
        chosen.append(middle)
        room -= len(middle)
        low, high = np.concatenate([low[wanted], middle]), np.concatenate([middle, high[wanted]])
        open_ = high - low > 1
        low, high = low[open_], high[open_]
    return np.sort(np.concatenate(chosen)), error


def _furthest_off(
    x: NDArray[np.float64], ys: NDArray[np.float64], low: Indices, high: Indices
) -> tuple[NDArray[np.float64], Indices]:
    """Return how far the worst point between two ends lies from their line, and which it is; for many stretches."""
    inner = high - low - 1
    if not inner.all():  # only the first stretch can be without inner points
        return np.zeros(len(low)), low
    starts = np.cumsum(inner) - inner
    stretch = np.repeat(np.arange(len(low)), inner)
    index = np.arange(len(stretch)) + (low + 1 - starts)[stretch]
    width = x[high] - x[low]
    along = (x[index] - x[low][stretch]) / np.where(width > 0, width, 1.0)[stretch]
    off = np.zeros(len(index))
    for y in ys:
        line = y[low][stretch] + (y[high] - y[low])[stretch] * along
        np.maximum(off, np.abs(y[index] - line), out=off)
    off[(width <= 0)[stretch]] = 0.0
    worst = np.maximum.reduceat(off, starts)
    hits = np.flatnonzero(off == worst[stretch])[::-1]
    where = np.empty(len(low), np.intp)
    where[stretch[hits]] = index[hits]
    return worst, where
