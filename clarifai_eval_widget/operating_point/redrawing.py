"""Choosing again on resamples: by the rows of counts, or of whole groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics import choose_stops
from clarifai_eval_widget.operating_point.best import best_row, best_rows
from clarifai_eval_widget.operating_point.crossing import Bounded
from clarifai_eval_widget.operating_point.drawn import Drawn, none_of
from clarifai_eval_widget.operating_point.enough import too_far_apart, too_few_to_choose, worth_of_false_positive
from clarifai_eval_widget.operating_point.smoothing import Smoothing, scale_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point.criterion import Criterion
    from clarifai_eval_widget.uncertainty import EffectiveSizes
    from clarifai_eval_widget.uncertainty.group_bootstrap import GroupResamples

    Shares = NDArray[np.float64]

__all__ = [
    "MAX_BINS",
    "REPLICATES",
    "STRATIFIED",
    "bootstrap_rows",
    "redrawn",
    "redrawn_by_group",
    "redrawn_one_by_one",
    "resampled",
]

STRATIFIED = "smoothed bootstrap, positives and negatives apart, percentiles"
REPLICATES = 200  # of an interval that nobody asked for by itself
MAX_BINS = 500
_CLOSER = 128  # more rows where a threshold was chosen, when those resampled at are only some
_AT_ONCE = 1 << 18  # cells of a batch of resamples, so that the temporaries stay small


def redrawn(
    c: Counts, criteria: Sequence[Criterion], *, replicates: int = REPLICATES, seed: int = 0, max_bins: int = MAX_BINS
) -> list[Drawn | Bounded]:
    """Choose on resamples by each of several criteria.

    Their counts are multinomial over the bins between rows, positives and negatives apart, of smoothed scores. Where
    the rows are only some, each criterion chooses once more among more of them, there where it chose: of millions of
    inputs a threshold moves by less than lies between two of the first. Bounds are met by no resample, but where their
    rate's interval says.
    """
    free = [wanted.unbounded() for wanted in criteria]
    rows = bootstrap_rows(c, max_bins)
    reasons = ["" if one is None else _too_few(c, one) for one in free]
    asked = [one for one, reason in zip(free, reasons, strict=True) if one is not None and not reason]
    shares = smoothed_shares(c)
    chosen = dict(zip(map(id, asked), _redrawn(c, asked, rows, shares(rows), (replicates, seed)), strict=True))
    found: list[Drawn | Bounded] = []
    for wanted, one, reason in zip(criteria, free, reasons, strict=True):
        drawn = None if one is None or not reason else none_of(STRATIFIED, reason)
        if one is not None and drawn is None:
            places, at = chosen[id(one)], rows
            if len(rows) < len(c):
                at = np.unique([0, *closer_rows(rows, places), len(c) - 1])
                (places,) = _redrawn(c, [one], at, shares(at), (replicates, seed))
            drawn = Drawn(places, c.thresholds[at], STRATIFIED)
        found.append(drawn if drawn is not None and not wanted.constraints else Bounded(drawn, c, wanted))
    return found


def _too_few(c: Counts, wanted: Criterion) -> str:
    """Say why the interval of the best threshold would not hold."""
    row = best_row(c, wanted, np.ones(len(c), bool))
    if row is None:
        return ""
    worth = worth_of_false_positive(c, wanted, row)
    return too_few_to_choose(c.num_pos, c.num_neg, worth) or too_far_apart(c, worth)


def smoothed_shares(c: Counts) -> Callable[[NDArray[np.intp]], list[Shares]]:
    """Return what gives, at some rows, the share of each class's smoothed scores in each."""
    rows, scale = bootstrap_rows(c, MAX_BINS), scale_of(c.thresholds)

    def shares(at: NDArray[np.intp]) -> list[Shares]:
        found = []
        for counted in (c.tps[rows], c.fps[rows]):
            above = Smoothing(scale[rows], counted, scale[at]).above(counted)
            found.append(np.maximum(np.diff(above, prepend=0.0), 0.0))
        return found

    return shares


def _redrawn(
    c: Counts,
    criteria: Sequence[Criterion],
    rows: NDArray[np.intp],
    shares: Sequence[Shares],
    drawing: tuple[int, int],
) -> list[NDArray[np.intp]]:
    """Choose among the rows on resamples, which are the same for all criteria."""
    rng = np.random.default_rng(drawing[1])
    found: list[list[NDArray[np.intp]]] = [[] for _ in criteria]
    for size in _batches(drawing[0], len(rows)):
        tps, fps = (resampled(*one, size, rng) for one in zip((c.num_pos, c.num_neg), shares, strict=True))
        for wanted, places in zip(criteria, found, strict=True):
            places.append(best_rows(wanted.utility(tps, fps, c.num_pos, c.num_neg), wanted))
    return [np.concatenate(places) for places in found]


def closer_rows(rows: NDArray[np.intp], places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return more rows, evenly spread between those chosen on resamples and their neighbours."""
    found = places[places >= 0]
    if not len(found):
        return rows
    first, last = rows[max(int(found.min()) - 1, 0)], rows[min(int(found.max()) + 1, len(rows) - 1)]
    return np.linspace(first, last, _CLOSER + 1).astype(np.intp)


def redrawn_one_by_one(c: Counts, choose: Callable[[Counts], Sequence[int]], *, number: int = 1) -> list[Drawn]:
    """Choose so many thresholds on resamples by what takes one concept's counts and returns rows, or none of them."""
    rows = bootstrap_rows(c, MAX_BINS)
    shares = smoothed_shares(c)
    found = _redrawn_one_by_one(c, choose, rows, shares(rows), number)
    if len(rows) < len(c):
        rows = np.unique(np.concatenate([rows, *(closer_rows(rows, places) for places in found)]))
        found = _redrawn_one_by_one(c, choose, rows, shares(rows), number)
    return [Drawn(each, c.thresholds[rows], STRATIFIED) for each in found]


def _redrawn_one_by_one(
    c: Counts,
    choose: Callable[[Counts], Sequence[int]],
    rows: NDArray[np.intp],
    shares: Sequence[Shares],
    number: int,
) -> NDArray[np.intp]:
    rng = np.random.default_rng(0)
    places: list[Sequence[int]] = []
    for size in _batches(REPLICATES, len(rows)):
        drawn = (resampled(*one, size, rng) for one in zip((c.num_pos, c.num_neg), shares, strict=True))
        for tps, fps in zip(*(each.astype(np.int32) for each in drawn), strict=True):
            found = choose(replace(c, thresholds=c.thresholds[rows], tps=tps, fps=fps))
            places.append(found or [-1] * number)
    return np.array(places, np.intp).T


def redrawn_by_group(
    held: GroupResamples,
    criteria: Sequence[Criterion],
    sizes: Callable[[float], EffectiveSizes],
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    max_bins: int = MAX_BINS,
) -> list[Drawn | Bounded]:
    """Choose on resamples of whole groups by each of several criteria, their scores smoothed as of so many inputs.

    Bounds are met where the rate's interval, for the effective sizes of the groups, says.
    """
    c, method = held.counts, f"smoothed bootstrap of {held.number} groups, expanded percentiles"
    free = [wanted.unbounded() for wanted in criteria]
    reasons = [held.reason or ("" if one is None else _too_few(c, one)) for one in free]
    asked = [one for one, reason in zip(free, reasons, strict=True) if one is not None and not reason]
    rows = bootstrap_rows(c, max_bins)
    scale, found = scale_of(c.thresholds)[rows], {id(one): list[int]() for one in asked}
    if asked:
        smooth = [Smoothing(scale, counted[rows], scale, held.alike) for counted in (c.tps, c.fps)]
        for both in held.draw(replicates, seed):
            tps, fps = (one.above(counted[rows]) * counted[-1] for one, counted in zip(smooth, both, strict=True))
            for wanted in asked:
                found[id(wanted)].append(_choose(wanted, tps, fps, both))
    drawn = [
        None
        if one is None
        else none_of(method, reason)
        if reason
        else Drawn(np.array(found[id(one)], np.intp), c.thresholds[rows], method, held.alike)
        for one, reason in zip(free, reasons, strict=True)
    ]
    return [
        one if one is not None and not wanted.constraints else Bounded(one, c, wanted, sizes=sizes, reason=held.reason)
        for wanted, one in zip(criteria, drawn, strict=True)
    ]


def _choose(
    wanted: Criterion,
    tps: NDArray[np.float64],
    fps: NDArray[np.float64],
    both: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> int:
    """Return the place that one resample's choice has; -1 where a class is absent."""
    num_pos, num_neg = (int(counted[-1]) for counted in both)
    return int(best_rows(wanted.utility(tps, fps, num_pos, num_neg), wanted)) if num_pos and num_neg else -1


def bootstrap_rows(c: Counts, max_bins: int) -> NDArray[np.intp]:
    """Return the rows to resample at: all of them, or those of common stops, the ends included."""
    if len(c) <= max_bins + 1:
        return np.arange(len(c))
    stops = choose_stops([c], max_bins, own=False).thresholds
    return np.unique(np.concatenate([[0], c.row(stops), [len(c) - 1]]))


def _batches(replicates: int, rows: int) -> Iterator[int]:
    """Give the sizes of batches of resamples that keep temporaries small."""
    batch = max(1, _AT_ONCE // rows)
    for first in range(0, replicates, batch):
        yield min(batch, replicates - first)


def resampled(total: int, shares: Shares, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw cumulative counts ``(size, rows)`` of resamples of one class."""
    whole = float(shares.sum())
    if not total or not whole:
        return np.zeros((size, len(shares)), np.int64)
    return np.cumsum(rng.multinomial(total, shares / whole, size=size), axis=1)
