"""Thresholds at which all concepts are counted, so chosen that no concept's rates jump between two of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.metrics.grid import HUNDREDTHS
from clarifai_eval_widget.metrics.rates import f1, precision
from clarifai_eval_widget.metrics.simplify import cell_borders, chain, counted_cells, furthest_within, onwards

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics.counting import Counts

    Indices = NDArray[np.intp]
    Levels = tuple[dict[str, float], ...]

__all__ = ["StopSet", "choose_stops"]

STEP = 0.01
"""How far recall may move between neighbouring stops."""
_ROUNDING = 1e-12
_MAX_POOLED = 1 << 17  # thresholds the stops are chosen from
_CELL = 0.002  # what lies between two of a concept's candidates differs by little more
_EVEN = (0.0025, 0.004, 0.006, 0.008, 0.01)  # of all four rates
_NAMES = ("recall", "fpr", "f1", "precision")


@dataclass(frozen=True, eq=False)
class StopSet:
    """Thresholds for all concepts at once, and how far each concept moves between neighbouring ones."""

    thresholds: NDArray[np.float64]
    """``(S,)`` ascending: the 0.01 grid and scores between its points, each exact in the scores' own dtype."""
    steps: NDArray[np.float64]
    """``(K,)`` the largest move of each concept's recall between neighbouring stops that a stop in between could
    have halved: moves at one single score are left out. 0 for a concept without positives."""
    per_concept: Mapping[int, NDArray[np.float64]] = field(repr=False)
    """Stops of its own, ``(S_k,)``, for each concept not served, by its place."""

    @property
    def worst_step(self) -> float:
        """The largest of the moves, over all concepts; 0 without concepts."""
        return float(self.steps.max(initial=0.0))

    @property
    def not_served(self) -> tuple[int, ...]:
        """The places of the concepts whose recall moves by more than 0.01 where it could be helped."""
        return _coarse(self.steps)


def choose_stops(cs: Sequence[Counts], most: int = 1000, *, own: bool = True) -> StopSet:
    """Choose thresholds at which to count all concepts: the 0.01 grid, and scores where any concept moves.

    When all distinct scores fit, they are the stops. Otherwise the stops are spread so that recall, false positive
    rate, precision and F1 of every concept move as little as this many stops allow, down to 0.0025; when they do
    not suffice for 0.01 of all four, precision gives way first, then F1 and false positive rate, recall last.

    Parameters
    ----------
    cs
        Counts of each concept, of scores of one dtype.
    most
        How many stops there may be, the 101 of the grid included; 102 at least.
    own
        Whether to choose stops of their own for the concepts that the common ones do not serve; False leaves
        ``per_concept`` empty, and ``choose_stops([c])`` gives those of one concept when it is looked at.

    Returns
    -------
    StopSet
        With the concepts that these stops do not serve, and stops of their own for them.

    Raises
    ------
    ValueError
        When ``most`` is below 102, or the scores differ in dtype.
    """
    if most <= len(HUNDREDTHS):
        raise ValueError(f"most={most} must be {len(HUNDREDTHS) + 1} or more: the 0.01 grid is always among the stops.")
    if len({c.thresholds.dtype for c in cs}) > 1:
        raise ValueError("Common stops need scores of one dtype for all concepts.")
    shared = _shared(cs, most)
    steps = np.array([_step(c, shared) for c in cs])
    alone = {k: _shared([cs[k]], most) for k in _coarse(steps)} if own and len(cs) > 1 else {}
    return StopSet(shared, steps, alone)


def _coarse(steps: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(np.flatnonzero(steps > STEP + _ROUNDING).tolist())


def _shared(cs: Sequence[Counts], most: int) -> NDArray[np.float64]:
    """Return the grid and what else there is room for."""
    if not cs:
        return HUNDREDTHS
    if max(map(len, cs)) <= most:
        all_ = _with_grid(np.concatenate([c.thresholds[1:] for c in cs]))
        if len(all_) <= most:
            return all_
    concepts = _candidates(cs)
    pooled = np.unique(np.concatenate([one.thresholds[1:] for one in concepts]))
    if len(pooled) > _MAX_POOLED:
        pooled = pooled[np.linspace(0, len(pooled) - 1, _MAX_POOLED).round().astype(np.intp)]
    pooled = np.unique(np.append(pooled, HUNDREDTHS.astype(pooled.dtype)))[::-1]
    grid = np.flatnonzero(np.isin(pooled, HUNDREDTHS.astype(pooled.dtype)))
    levels = _levels()
    low, high = 0, len(levels) - 1
    best = np.empty(0, pooled.dtype)
    while low <= high:
        level = (low + high) // 2
        found = _chosen(concepts, pooled, grid, levels[level], most)
        if found is None:
            low = level + 1
        else:
            best, high = found, level - 1
    return _with_grid(best)


def _with_grid(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Add the grid; a score that equals a point of it in the scores' own dtype is no second stop beside it."""
    own = np.unique(scores)
    return np.union1d(HUNDREDTHS, own[~np.isin(own, HUNDREDTHS.astype(own.dtype))].astype(np.float64))


def _levels() -> list[dict[str, float]]:
    """Return how far each rate may move, from the finest to the coarsest; a rate not named may move at will."""
    even: list[dict[str, float]] = [dict.fromkeys(_NAMES, bound) for bound in _EVEN]
    without_precision = [dict.fromkeys(_NAMES[:3], bound) | {"recall": STEP} for bound in (STEP, 0.02, 0.05)]
    alone = (STEP, 0.0125, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0)
    return [
        *even,
        *({**without_precision[0], "precision": bound} for bound in (0.02, 0.05)),
        *without_precision,
        *({"recall": bound} for bound in alone),
    ]


@dataclass(frozen=True, eq=False)
class _Candidates:
    """A concept's thresholds to choose from, and its rates there."""

    thresholds: NDArray[Any]
    """``(C,)`` descending, ``+inf`` first, where nothing is predicted."""
    rates: dict[str, NDArray[np.float64]]
    """``(C,)`` each; only those that are defined."""

    def reach(self, bounds: dict[str, float]) -> Indices:
        """Return for each candidate the furthest one up to which no rate moves by more than its bound."""
        furthest = np.full(len(self.thresholds), len(self.thresholds) - 1)
        for name in self.rates.keys() & bounds.keys():
            values, bound = self.rates[name], bounds[name] + _ROUNDING
            if name in ("recall", "fpr"):  # these only rise
                there = np.searchsorted(values, values + bound, side="right") - 1
            else:
                there = furthest_within(values, bound)
            np.minimum(furthest, there, out=furthest)
        np.maximum(furthest, onwards(len(furthest)), out=furthest)
        return furthest


def _candidates(cs: Sequence[Counts]) -> list[_Candidates]:
    """Cut every concept down to some hundred thresholds between which it moves by less than any stops could tell."""
    finest = min(_EVEN) / (4 if len(cs) < 10 else 1)

    def cut(k: int) -> _Candidates:
        c = cs[k]
        kept = np.zeros(len(c), bool)
        for counted in (c.tps, c.fps):
            kept[cell_borders(counted, np.unique((counted[-1] * np.arange(0, 1, _CELL)).astype(np.int64)))] = True
        predicted = c.num_pos + c.num_neg
        if predicted:
            cells = counted_cells(predicted, 2 * _CELL)
            if len(c) == predicted + 1:  # no score twice: as many are predicted as there are rows above
                kept[cells], kept[cells - 1] = True, True
            else:
                kept[cell_borders(c.tps + c.fps, cells)] = True
        kept[[0, -1]] = True
        rows = np.flatnonzero(kept)
        rough = _Candidates(c.thresholds[rows], _rates(c, rows))
        fine = chain(rough.reach(dict.fromkeys(_NAMES, finest)), len(rows))
        assert fine is not None
        return _Candidates(rough.thresholds[fine], {name: values[fine] for name, values in rough.rates.items()})

    return in_threads(cut, range(len(cs)), work=sum(map(len, cs)))


def _rates(c: Counts, rows: Indices) -> dict[str, NDArray[np.float64]]:
    tps, fps = c.tps[rows], c.fps[rows]
    rates: dict[str, NDArray[np.float64]] = {}
    if c.num_pos:
        rates["precision"] = precision(tps, fps)
        rates["precision"][0] = rates["precision"][1]  # undefined where nothing is predicted, which is no move
        rates |= {"recall": tps / c.num_pos, "f1": f1(tps, fps, c.num_pos)}
    if c.num_neg:
        rates["fpr"] = fps / c.num_neg
    return rates


def _chosen(
    concepts: Sequence[_Candidates], pooled: NDArray[Any], grid: Indices, bounds: dict[str, float], most: int
) -> NDArray[Any] | None:
    """Go down the pooled thresholds, each time as far as every concept allows; None when there are too many stops.

    Always going furthest needs the fewest stops that keep all the bounds.
    """
    size = len(pooled)
    ascending = pooled[::-1]
    furthest = np.full(size, size - 1)
    for one in concepts:
        # where each candidate comes into force: at the lowest of the pooled thresholds at or above it
        stop = np.maximum(size - 1 - np.searchsorted(ascending, one.thresholds, side="left"), 0)
        there = one.reach(bounds)
        reach = np.where(there == len(there) - 1, size - 1, stop[there])  # below all its scores nothing moves
        np.minimum(furthest, np.repeat(reach, np.diff(stop, append=size)), out=furthest)
    coming = np.append(grid, size - 1)[np.searchsorted(grid, np.arange(size), side="right")]
    found = chain(np.maximum(np.minimum(furthest, coming), onwards(size)), most + 2)
    if found is None:
        return None
    own = pooled[found]
    return own if len(_with_grid(own)) <= most else None


def _step(c: Counts, stops: NDArray[np.float64]) -> float:
    """Return the largest move of recall between neighbouring stops with more than one distinct score between them."""
    if not c.num_pos:
        return 0.0
    rows = np.append(c.row(stops)[::-1], len(c) - 1)
    rows = np.append(0, rows)
    moves = np.diff(c.tps[rows]) / c.num_pos
    return float(moves[np.diff(rows) > 1].max(initial=0.0))
