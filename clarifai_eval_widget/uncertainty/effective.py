"""How many independent inputs a rate rests on where inputs come in groups: for intervals of rates at a threshold.

The variance of a ratio over groups (Cochran, Sampling Techniques, 1977, ch. 6) against that of coin throws is the
design effect; a rate's interval is that of so many fewer inputs (Korn and Graubard, Survey Methodology 24, 1998,
193-201), Student's quantile taken in by their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels
from clarifai_eval_widget.uncertainty.checks import ENOUGH_GROUPS, codes, finite
from clarifai_eval_widget.uncertainty.proportions import agresti_coull_interval, normal_quantile, proportion_interval
from clarifai_eval_widget.uncertainty.student import t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts

    Sums = NDArray[np.float64]

__all__ = ["EffectiveSizes", "effective_sizes", "effective_sizes_of_shares", "rate_interval", "rate_method"]

_PRIOR = 2.0  # outcomes of groups of one mind that the effect is drawn towards: of few of the rarer it says little


@dataclass(frozen=True)
class EffectiveSizes:
    """Of each row of a concept's counts: the independent inputs that each rate is worth, at one confidence level."""

    recall: NDArray[np.float64]
    """At most the positives."""
    fpr: NDArray[np.float64]
    """At most the negatives."""
    precision: NDArray[np.float64]
    """At most the predicted."""
    jaccard: NDArray[np.float64]
    """Of tp / (tp + fp + fn), of which F1 is a function."""
    groups: int
    """How many groups there are."""
    positives: NDArray[np.float64]
    """Of the share of positives, at most the inputs; the same in every row."""
    correlation: NDArray[np.float64]
    """Of the errors of recall and fpr: below 0 where groups are hard or easy in both, 0 where one has no variance."""

    @property
    def method(self) -> str:
        """What stands beside the method of an interval that is made of these sizes."""
        return f"for the effective sizes of {self.groups} groups"


def effective_sizes(
    labels: ArrayLike, scores: ArrayLike, groups: ArrayLike, c: Counts, *, confidence_level: float = 0.95
) -> EffectiveSizes:
    """Measure what inputs in groups are worth at every threshold of their counts.

    Where a rate's inputs are of fewer than ten groups, those of one group count as one. Nowhere are dependent inputs
    taken for more than independent ones.

    Parameters
    ----------
    labels, scores
        ``(N,)`` bool and finite: those that were counted.
    groups
        ``(N,)`` the group of each input; any values. Groups are taken to be independent.
    c
        Their counts.
    confidence_level
        Of the intervals that are to be made of the sizes.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, a label is neither 0 nor 1, or the level is out of its range.
    """
    normal_quantile(confidence_level)
    truth = as_labels(labels)
    coded, number = codes(groups, len(truth), "groups")
    rows = c.row(finite(truth, scores))
    order = np.lexsort((rows, coded))
    row, group, positive = rows[order], coded[order], truth[order].astype(np.float64)
    # u, v: true and false positives of the input's group before it, as the threshold falls
    pos, neg = np.bincount(group, positive, number), np.bincount(group, 1 - positive, number)
    u = np.cumsum(positive) - positive - (np.cumsum(pos) - pos)[group]
    v = np.cumsum(1 - positive) - (1 - positive) - (np.cumsum(neg) - neg)[group]

    def total(gain: Sums) -> Sums:
        return np.cumsum(np.bincount(row, gain, len(c)))

    # sums over groups of products of their counts, at each row
    uu, vv = total(positive * (2 * u + 1)), total((1 - positive) * (2 * v + 1))
    uv = total(np.where(positive > 0, v, u))
    up, vp = total(positive * pos[group]), total((1 - positive) * pos[group])
    vn, whole = total((1 - positive) * neg[group]), np.ones(len(c))
    tps, fps = c.tps.astype(np.float64), c.fps.astype(np.float64)
    seen = total((u + v == 0).astype(np.float64))
    of_pos, of_neg = (whole * np.count_nonzero(one) for one in (pos, neg))

    un, pp, pn, nn = total(positive * neg[group]), whole * (pos @ pos), whole * (pos @ neg), whole * (neg @ neg)

    def size(part: Sums, base: Sums, moments: tuple[Sums, Sums, Sums], held: Sums) -> Sums:
        return _size(part, base, moments, held, confidence_level)

    return EffectiveSizes(
        recall=size(tps, whole * c.num_pos, (uu, up, pp), of_pos),
        fpr=size(fps, whole * c.num_neg, (vv, vn, nn), of_neg),
        precision=size(tps, tps + fps, (uu, uu + uv, uu + 2 * uv + vv), seen),
        jaccard=size(tps, fps + c.num_pos, (uu, uv + up, vv + 2 * vp + pp), np.maximum(seen, of_pos)),
        groups=number,
        positives=size(
            whole * c.num_pos, whole * len(truth), (pp, pp + pn, pp + 2 * pn + nn), whole * np.count_nonzero(pos + neg)
        ),
        correlation=_correlation(
            (tps / max(c.num_pos, 1), fps / max(c.num_neg, 1)),
            (uu, up, pp),
            (vv, vn, nn),
            (uv, un, vp, pn),
        ),
    )


def effective_sizes_of_shares(
    hits: ArrayLike, places: ArrayLike, groups: ArrayLike, number: int, *, confidence_level: float = 0.95
) -> NDArray[np.float64]:
    """Measure what decisions in groups are worth where each stands in one of several places, and shares are asked for.

    Parameters
    ----------
    hits
        ``(M,)`` bool: which decisions count for the share.
    places
        ``(M,)`` where each stands, from 0 to ``number - 1``: bins of a reliability diagram.
    groups
        ``(M,)`` the group of each; any values.
    number
        Of places.
    confidence_level
        Of the intervals that are to be made of the sizes.

    Returns
    -------
    numpy.ndarray
        ``(number,)`` independent decisions that each place's share rests on; 0 where none stands.

    Raises
    ------
    ValueError
        When the shapes differ, a label is neither 0 nor 1, or the level is out of its range.
    """
    normal_quantile(confidence_level)
    truth, where = as_labels(hits), np.asarray(places, np.intp)
    coded, of = codes(groups, len(truth), "groups")
    if where.shape != truth.shape:
        raise ValueError(f"places must be of the hits' shape {truth.shape}; got {where.shape}.")
    cell = coded * number + where
    whole, part = np.bincount(cell, minlength=of * number), np.bincount(cell, truth, of * number)
    cells = np.flatnonzero(whole)
    a, b = (np.asarray(one[cells], np.float64) for one in (part, whole))

    def total(values: Sums) -> Sums:
        return np.asarray(np.bincount(cells % number, values, number), np.float64)

    held = total(np.ones(len(cells)))
    return _size(total(a), total(b), (total(a * a), total(a * b), total(b * b)), held, confidence_level)


def rate_interval(
    part: ArrayLike, whole: ArrayLike, size: ArrayLike | None = None, *, confidence_level: float = 0.95
) -> tuple[Any, Any]:
    """Return the interval that a rate has wherever it stands: at a point, on the sweep, in a bin, of a band.

    That of :func:`proportion_interval`; of inputs in groups Agresti and Coull's as of ``size`` independent inputs. NaN
    where the whole is zero.
    """
    if size is None:
        return proportion_interval(part, whole, confidence_level=confidence_level)
    base = np.asarray(whole, np.float64)
    worth = np.where(base > 0, size, 0.0)
    hits = np.asarray(part, np.float64) / np.maximum(base, 1) * worth
    return agresti_coull_interval(hits, worth, confidence_level=confidence_level)


def rate_method(worth: str = "") -> str:
    """Name how :func:`rate_interval` makes an interval, with the words of the sizes where there are any."""
    return f"Agresti-Coull, {worth}" if worth else "Agresti-Coull (exact below 10)"


def _correlation(
    rates: tuple[Sums, Sums],
    hits: tuple[Sums, Sums, Sums],
    alarms: tuple[Sums, Sums, Sums],
    both: tuple[Sums, Sums, Sums, Sums],
) -> Sums:
    """Return the correlation of recall and fpr over groups, by the sums of products of their counts and class sizes."""
    tpr, fpr = rates
    spreads = [xx - 2 * rate * xy + rate * rate * yy for rate, (xx, xy, yy) in zip(rates, (hits, alarms), strict=True)]
    uv, un, vp, pn = both
    shared = uv - fpr * un - tpr * vp + tpr * fpr * pn
    whole = np.sqrt(np.maximum(spreads[0], 0) * np.maximum(spreads[1], 0))
    found = np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 1e-9)
    return np.asarray(np.clip(found, -1, 1))


def _size(
    part: Sums, whole: Sums, moments: tuple[Sums, Sums, Sums], groups: Sums, confidence_level: float
) -> NDArray[np.float64]:
    """Return the effective size of part / whole, by the sums over groups of part², part · whole and whole²."""
    aa, ab, bb = moments
    base = np.maximum(whole, 1)
    share = part / base
    most = np.maximum(bb / base, 1)  # the design effect of groups of one mind
    left = np.minimum(part, whole - part)
    spread = groups / np.maximum(groups - 1, 1) * np.maximum(aa - 2 * share * ab + share * share * bb, 0)
    found = np.clip(spread / np.maximum(base * share * (1 - share), 1e-12), 1, most)
    effect = (left * found + _PRIOR * most) / (left + _PRIOR)
    many = groups >= ENOUGH_GROUPS
    z = normal_quantile(confidence_level)
    held = np.minimum(groups[many], 1000)  # beyond which Student's quantile is the normal one to 0.2 %
    counts = np.unique(held)
    ratio = np.array([(z / t_quantile(confidence_level, int(one) - 1)) ** 2 for one in counts])
    shrunk = np.ones(len(groups))
    shrunk[many] = ratio[np.searchsorted(counts, held)]
    return np.asarray(whole / np.where(many, effect, most) * shrunk)
