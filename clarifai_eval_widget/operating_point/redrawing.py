"""Choosing again on resamples: by the rows of counts, or of whole groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clarifai_eval_widget.metrics import choose_stops
from clarifai_eval_widget.operating_point.best import allowed_rows, best_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point.criterion import Criterion
    from clarifai_eval_widget.uncertainty.group_bootstrap import GroupResamples

__all__ = [
    "MAX_BINS",
    "REPLICATES",
    "STRATIFIED",
    "Drawn",
    "bootstrap_rows",
    "redrawn",
    "redrawn_by_group",
    "redrawn_one_by_one",
    "resampled",
]

STRATIFIED = "bootstrap, positives and negatives apart, percentiles"
REPLICATES = 200  # of an interval that nobody asked for by itself
MAX_BINS = 500
_CLOSER = 128  # more rows where a threshold was chosen, when those resampled at are only some
_FINER = 4  # times as many rows where whole groups are drawn, whose draws cost more than choosing does
_AT_ONCE = 1 << 18  # cells of a batch of resamples, so that the temporaries stay small


class Drawn(NamedTuple):
    """What a criterion chose on each resample, as places among the rows resampled at."""

    places: NDArray[np.intp]
    """-1 where no threshold met the criterion."""
    thresholds: NDArray[Any]
    """Of the rows, descending."""
    method: str
    """In words."""
    alike: int | None = None
    """As how many groups of one size those of inputs in groups are worth: percentiles are expanded for few."""
    reason: str = ""
    """Why nothing was drawn, or an empty string."""


def redrawn(
    c: Counts, criteria: Sequence[Criterion], *, replicates: int = REPLICATES, seed: int = 0, max_bins: int = MAX_BINS
) -> list[Drawn]:
    """Choose on resamples by each of several criteria.

    Their counts are multinomial over the bins between rows, positives and negatives apart. Where the rows are only
    some, each criterion chooses once more among more of them, there where it chose: of millions of inputs a threshold
    moves by less than lies between two of the first.
    """
    rows = bootstrap_rows(c, max_bins)
    found = _redrawn(c, criteria, rows, replicates, seed)
    if len(rows) == len(c):
        return [Drawn(places, c.thresholds[rows], STRATIFIED) for places in found]
    again = []
    for wanted, places in zip(criteria, found, strict=True):
        more = np.unique([0, *closer_rows(rows, places), len(c) - 1])
        again.append(Drawn(_redrawn(c, [wanted], more, replicates, seed)[0], c.thresholds[more], STRATIFIED))
    return again


def _redrawn(
    c: Counts, criteria: Sequence[Criterion], rows: NDArray[np.intp], replicates: int, seed: int
) -> list[NDArray[np.intp]]:
    """Choose among the rows on resamples, which are the same for all criteria."""
    rng = np.random.default_rng(seed)
    found: list[list[NDArray[np.intp]]] = [[] for _ in criteria]
    for size in _batches(replicates, len(rows)):
        tps, fps = (resampled(counted[rows], size, rng) for counted in (c.tps, c.fps))
        for wanted, places in zip(criteria, found, strict=True):
            allowed = allowed_rows(wanted, tps, fps, c.num_pos, c.num_neg)
            utility = np.where(allowed, wanted.utility(tps, fps, c.num_pos, c.num_neg), np.nan)
            places.append(best_rows(utility, wanted))
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
    found = _redrawn_one_by_one(c, choose, rows, number)
    if len(rows) < len(c):
        rows = np.unique(np.concatenate([rows, *(closer_rows(rows, places) for places in found)]))
        found = _redrawn_one_by_one(c, choose, rows, number)
    return [Drawn(each, c.thresholds[rows], STRATIFIED) for each in found]


def _redrawn_one_by_one(
    c: Counts, choose: Callable[[Counts], Sequence[int]], rows: NDArray[np.intp], number: int
) -> NDArray[np.intp]:
    rng = np.random.default_rng(0)
    places: list[Sequence[int]] = []
    for size in _batches(REPLICATES, len(rows)):
        drawn = (resampled(counted[rows], size, rng).astype(np.int32) for counted in (c.tps, c.fps))
        for tps, fps in zip(*drawn, strict=True):
            found = choose(replace(c, thresholds=c.thresholds[rows], tps=tps, fps=fps))
            places.append(found or [-1] * number)
    return np.array(places, np.intp).T


def redrawn_by_group(
    held: GroupResamples,
    criteria: Sequence[Criterion],
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    max_bins: int = MAX_BINS,
) -> list[Drawn]:
    """Choose on resamples of whole groups by each of several criteria."""
    rows = bootstrap_rows(held.counts, _FINER * max_bins)
    thresholds, method = held.counts.thresholds[rows], f"bootstrap of {held.number} groups, expanded percentiles"
    if held.reason:
        nothing = Drawn(np.zeros(0, np.intp), thresholds, method, held.alike, held.reason)
        return [nothing] * len(criteria)
    found: list[list[int]] = [[] for _ in criteria]
    for tps, fps in held.draw(replicates, seed):
        for wanted, places in zip(criteria, found, strict=True):
            places.append(_choose(wanted, tps, fps, rows))
    return [Drawn(np.array(places, np.intp), thresholds, method, held.alike) for places in found]


def _choose(wanted: Criterion, tps: NDArray[Any], fps: NDArray[Any], rows: NDArray[np.intp]) -> int:
    """Return the place in the rows that one resample's choice has; -1 where there is none."""
    num_pos, num_neg = int(tps[-1]), int(fps[-1])
    if not num_pos or not num_neg:
        return -1
    allowed = allowed_rows(wanted, tps[rows], fps[rows], num_pos, num_neg)
    utility = np.where(allowed, wanted.utility(tps[rows], fps[rows], num_pos, num_neg), np.nan)
    return int(best_rows(utility, wanted))


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


def resampled(cumulative: NDArray[np.int32], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw cumulative counts ``(size, rows)`` of resamples of one class."""
    total, bins = int(cumulative[-1]), np.diff(cumulative, prepend=np.int32(0))
    if not total:
        return np.zeros((size, len(cumulative)), np.int64)
    return np.cumsum(rng.multinomial(total, bins / total, size=size), axis=1)
