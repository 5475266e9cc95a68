"""Thin curves by the error it makes: fewer points to draw, and a bound on how far the drawing is from the exact curve.

Thinning evenly by row or by rank draws another curve where the interesting part holds few rows: of 100 positives
among 1,000,000 inputs the drawn area was 0.40 under an average precision of 0.84.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.metrics.averages import macro_roc
from clarifai_eval_widget.metrics.curves import roc_outline
from clarifai_eval_widget.metrics.rates import f1, precision, ratio, undefined_reason
from clarifai_eval_widget.metrics.simplify import (
    cell_borders,
    chain,
    counted_cells,
    furthest_within,
    refine_polyline,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics.counting import Counts

    Indices = NDArray[np.intp]

__all__ = [
    "Thinned",
    "thin_curve",
    "thin_macro_roc",
    "thin_macro_sweep",
    "thin_precision_recall",
    "thin_roc",
    "thin_sweep",
]

_CELL = 0.0005  # what lies between two candidates differs by no more than this
_SHARES = 4  # of the concepts, for threads to take
_MOST_MACRO = 40_000  # thresholds at which all concepts are counted for a curve of their means
_TOLERANCE = 0.0005  # no more points once the drawing is this close at the candidates


@dataclass(frozen=True, eq=False)
class Thinned:
    """The points of a curve to draw, and how far the drawing is from the exact curve."""

    rows: NDArray[np.intp]
    """``(R,)`` ascending, the first and the last row of the curve among them."""
    error: float
    """No point of the exact curve is further from the drawn one, measured vertically; 0 when nothing that shows was
    left out. The area differs by no more than this either."""


def thin_roc(c: Counts, most: int = 1000) -> Thinned:
    """Choose rows so that straight lines between them draw the ROC curve.

    Parameters
    ----------
    c
        The concept's counts.
    most
        How many rows may be chosen, 2 at least.

    Returns
    -------
    Thinned
        Rows of the counts. The first and the last only where a class is absent and there is no ROC.

    Raises
    ------
    ValueError
        When ``most`` is below 2.
    """
    _check(most)
    if undefined_reason(c):
        return _ends(len(c))
    rows, within = roc_outline(c, _CELL)
    if len(rows) <= most:
        return Thinned(rows, within)
    chosen, error = refine_polyline(c.fps[rows] / c.num_neg, c.tps[rows][None] / c.num_pos, most, _TOLERANCE)
    return Thinned(rows[chosen], error + within)


def thin_curve(x: ArrayLike, y: ArrayLike, most: int = 1000) -> Thinned:
    """Choose points of a curve that rises from left to right, a macro ROC for instance, to draw it by straight lines.

    Parameters
    ----------
    x, y
        ``(U,)`` both ascending; an upright stretch is one on which ``x`` stays.
    most
        How many points may be chosen, 2 at least.

    Raises
    ------
    ValueError
        When ``most`` is below 2, or a coordinate falls or is NaN.
    """
    _check(most)
    across, up = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if across.shape != up.shape or across.ndim != 1:
        raise ValueError(f"x and y must both be (U,); got {across.shape} and {up.shape}.")
    if not ((across[1:] >= across[:-1]).all() and (up[1:] >= up[:-1]).all()):
        raise ValueError("x and y must both ascend, without NaN; sort the points along the curve.")
    if len(up) <= most:
        return Thinned(np.arange(len(up)), 0.0)
    cell = _CELL / 2
    kept = np.zeros(len(up), bool)
    kept[[0, -1]] = True
    kept[cell_borders(up, up[0] + (up[-1] - up[0]) * np.arange(0, 1, cell))] = True
    rows = np.flatnonzero(kept)
    within = 0.0 if len(rows) == len(up) else cell * (up[-1] - up[0])
    chosen, error = refine_polyline(across[rows], up[rows][None], most, _TOLERANCE)
    return Thinned(rows[chosen], float(error + within))


def thin_macro_roc(cs: Sequence[Counts], most: int = 1000) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return so many points at most that draw :func:`metrics.macro_roc` by straight lines, as near as `thin_roc` does.

    Returns
    -------
    fpr, tpr
        Both empty when no concept has a ROC.

    Raises
    ------
    ValueError
        When ``most`` is below 2.
    """
    fpr, tpr = macro_roc(cs, within=2 * _CELL)
    rows = thin_curve(fpr, tpr, most).rows if len(fpr) else np.empty(0, np.intp)
    return fpr[rows], tpr[rows]


def thin_precision_recall(c: Counts, most: int = 1000) -> Thinned:
    """Choose rows so that steps through them draw the precision–recall curve whose area is the average precision.

    Steps as Matplotlib's ``where="pre"``: the precision of a row holds from the recall of the row before. Where
    precision moves between two rows by more than the error, no rows were left out between them (or only such as lie
    on the upright line), so straight lines are as close to the exact curve's straight lines.

    Parameters
    ----------
    c
        The concept's counts.
    most
        How many rows may be chosen, 2 at least.

    Returns
    -------
    Thinned
        Rows of the counts, the first among them, in which precision is undefined. The first and the last only where
        there are no positives.

    Raises
    ------
    ValueError
        When ``most`` is below 2.
    """
    _check(most)
    if undefined_reason(c, needs_negatives=False):
        return _ends(len(c))
    rises = np.diff(c.tps) > 0
    corner = np.ones(len(c), bool)  # rows inside a fall of precision at one recall lie on the line drawn there
    corner[1:-1] = rises[:-1] | rises[1:]
    corners = np.flatnonzero(corner)
    if len(corners) <= most:
        return Thinned(corners, 0.0)
    predicted = c.tps[corners] + c.fps[corners]
    kept = np.zeros(len(corners), bool)
    kept[[0, -1]] = True
    kept[cell_borders(predicted, counted_cells(int(predicted[-1]), _CELL / 2))] = True
    rows = corners[kept]
    heights = precision(c.tps[rows], c.fps[rows])
    heights[0] = heights[1]  # undefined where nothing is predicted, so that no step comes from there
    found, error = _steps(heights, most, _TOLERANCE)
    return Thinned(rows[found], error if kept.all() else error + _CELL / 2)


def _steps(values: NDArray[np.float64], most: int, finest: float) -> tuple[Indices, float]:
    """Choose indices between which the values move by a bound at most, or which are neighbours, and say the bound."""
    bound, refused = finest, finest
    found = chain(furthest_within(values, bound), most)
    while found is None:
        refused, bound = bound, 2 * bound
        found = chain(furthest_within(values, bound), most)
    for _ in range(3 if bound > finest else 0):
        tried = (refused + bound) / 2
        finer = chain(furthest_within(values, tried), most)
        if finer is None:
            refused = tried
        else:
            bound, found = tried, finer
    return found, bound


def thin_sweep(c: Counts, most: int = 1000) -> Thinned:
    """Choose rows so that straight lines between them draw precision, recall, F1 and fpr over the threshold.

    Parameters
    ----------
    c
        The concept's counts.
    most
        How many rows may be chosen, 2 at least.

    Returns
    -------
    Thinned
        Rows of the counts from the second on: the first has no threshold to draw at. The error is the largest of
        the four curves, beside the jump at a single score, which a straight line makes a slope of.

    Raises
    ------
    ValueError
        When ``most`` is below 2.
    """
    _check(most)
    if len(c) - 1 <= most:
        return Thinned(np.arange(1, len(c)), 0.0)
    kept = np.zeros(len(c), bool)
    kept[[1, -1]] = True
    for counted in (c.tps, c.fps):
        if counted[-1]:
            kept[cell_borders(counted, np.arange(0, counted[-1] + 1, max(1, int(_CELL * counted[-1]))))] = True
    kept[cell_borders(c.tps + c.fps, counted_cells(c.num_pos + c.num_neg, 2 * _CELL))] = True
    kept[0] = False
    rows = np.flatnonzero(kept)
    chosen, error = refine_polyline(-0.5 * c.thresholds[rows].astype(np.float64), _swept(c, rows), most, 2 * _TOLERANCE)
    return Thinned(rows[chosen], error if len(rows) == len(c) - 1 else error + 2 * _CELL)


def thin_macro_sweep(cs: Sequence[Counts], most: int = 2000) -> NDArray[np.float64]:
    """Choose thresholds so that straight lines between them draw the means over concepts of precision, recall and F1.

    With one threshold for all. Where a single score moves a concept so far that the mean shows it, or a concept
    predicts nothing any more and drops out of the mean precision, a threshold stands on either side: other concepts
    have scores beyond, at which all of that move has been made.

    Returns
    -------
    NDArray[np.float64]
        Ascending, from 0 to 1; empty without concepts.

    Raises
    ------
    ValueError
        When ``most`` is below 2.
    """
    _check(most)
    if not cs:
        return np.empty(0)
    each = max(2, min(most, _MOST_MACRO // len(cs)))
    found = [c.thresholds[thin_sweep(c, each).rows] for c in cs]
    found += [_both_sides(c, _TOLERANCE * len(cs)) for c in cs]
    at = np.unique(np.clip(np.concatenate([*found, [0.0, 1.0]]).astype(np.float64), 0.0, 1.0))
    parts = in_threads(lambda share: _summed(cs[share::_SHARES], at), range(_SHARES), work=len(cs) * len(at))
    sums, defined = np.sum(parts, axis=0)
    means = ratio(sums, defined)[(defined > 0).any(axis=1)]
    drawn = np.flatnonzero(~np.isnan(means).any(axis=0))
    if len(at) <= most or len(drawn) < 2:
        return at
    chosen, _ = refine_polyline(at[drawn], means[:, drawn], most - 2, 2 * _TOLERANCE)
    beyond = at[drawn[-1] + 1 : drawn[-1] + 2]  # where nothing is predicted any more
    return np.unique(np.concatenate([at[drawn[chosen]], beyond, [0.0, 1.0]]))


def _summed(cs: Sequence[Counts], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sums of precision, recall and F1 over concepts, and in how many each is defined, ``(2, 3, A)``."""
    sums = np.zeros((2, 3, len(at)))
    for c in cs:
        tps, fps = c.at(at)
        for row, rate in enumerate((precision(tps, fps), ratio(tps, c.num_pos), f1(tps, fps, c.num_pos))):
            known = ~np.isnan(rate)
            sums[0, row] += np.where(known, rate, 0.0)
            sums[1, row] += known
    return sums


def _both_sides(c: Counts, least: float) -> NDArray[Any]:
    """Return scores at which a rate moves by more than that, the first among them, and what lies just above each."""
    rates = _swept(c, np.arange(1, len(c)))
    moved = np.flatnonzero((np.abs(np.diff(rates, prepend=np.inf)) > least).any(axis=0))
    scores = c.thresholds[1 + moved]
    return np.concatenate([scores, np.nextafter(scores, scores.dtype.type(np.inf))])


def _swept(c: Counts, rows: Indices) -> NDArray[np.float64]:
    """Return the defined ones of recall, fpr, precision and F1 at rows that predict something, ``(S, R)``."""
    tps, fps = c.tps[rows], c.fps[rows]
    curves = [precision(tps, fps), f1(tps, fps, c.num_pos)]
    curves += [part / whole for part, whole in ((tps, c.num_pos), (fps, c.num_neg)) if whole]
    return np.stack(curves)


def _check(most: int) -> None:
    if most < 2:
        raise ValueError(f"most={most} must be 2 or more: a curve has two ends.")


def _ends(size: int) -> Thinned:
    return Thinned(np.unique([0, size - 1]), 0.0)
