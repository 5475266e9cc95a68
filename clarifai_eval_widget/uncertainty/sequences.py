"""Intervals that may be looked at whenever results come in, so that stopping on what one saw is honest.

A confidence sequence holds the truth at all times at once with the stated chance. Here by betting: capital grows
against a mean that is not the true one (Waudby-Smith and Ramdas, J. of the Royal Statistical Society B 86, 2024, 1-27:
the hedged capital process with predictable plug-in bets).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels
from clarifai_eval_widget.uncertainty.checks import finite
from clarifai_eval_widget.uncertainty.proportions import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["ConfidenceSequence", "auc_increments", "confidence_sequence"]

_TRUNCATED = 0.5  # of what would stake all capital on one observation
_CELLS = 1 << 20  # increments times candidate means handled at once


class ConfidenceSequence:
    """An interval of a mean of bounded increments, valid at every time together, that grows with them.

    Increments are independent and of one mean, in an order that does not depend on them: inputs shuffled before
    they were scored. Give each increment once, as it comes; what has been seen is not stored.

    Parameters
    ----------
    bounds
        The least and the largest value an increment can take: ``(-1, 1)`` for paired differences of right and wrong
        or of AUC increments, ``(0, 1)`` for one scoring.
    confidence_level
        Of all times together.
    null
        The mean of which :attr:`decided` tells the sides.
    resolution
        Candidate means between the bounds; the ends lie on them, outwards.
    """

    def __init__(
        self,
        bounds: tuple[float, float] = (-1.0, 1.0),
        *,
        confidence_level: float = 0.95,
        null: float = 0.0,
        resolution: int = 1000,
    ) -> None:
        normal_quantile(confidence_level)
        if not bounds[0] < bounds[1] or resolution < 2:
            raise ValueError(f"bounds={bounds} must ascend, and resolution={resolution} must be 2 or more.")
        self.bounds, self.confidence_level, self.null = bounds, confidence_level, null
        self.method = "confidence sequence by betting (Waudby-Smith and Ramdas), valid at every look"
        self._means = np.arange(1, resolution) / resolution
        self._capital = np.zeros((2, resolution - 1))  # logarithms, against means too low and too high
        self._seen, self._sum, self._squares = 0, 0.0, 0.0
        self._lows, self._highs = [bounds[0]], [bounds[1]]

    def __repr__(self) -> str:
        low, high = self.interval
        return f"ConfidenceSequence({self._seen} increments, {low:.4g} to {high:.4g}, {self.confidence_level:g})"

    def __len__(self) -> int:
        return self._seen

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high now, within all intervals before."""
        return self._lows[-1], self._highs[-1]

    @property
    def lows(self) -> NDArray[np.float64]:
        """``(T,)`` the lower end after each increment; never falls."""
        return np.array(self._lows[1:])

    @property
    def highs(self) -> NDArray[np.float64]:
        """``(T,)`` the upper end after each increment; never rises."""
        return np.array(self._highs[1:])

    @property
    def mean(self) -> float:
        """Of the increments so far; NaN before the first."""
        span = self.bounds[1] - self.bounds[0]
        return self.bounds[0] + span * self._sum / self._seen if self._seen else math.nan

    @property
    def decided(self) -> int:
        """1 when the mean is above the null ("the second is better"), -1 when below, 0 while that is open."""
        low, high = self.interval
        return int(low > self.null) - int(high < self.null)

    def update(self, increments: ArrayLike) -> ConfidenceSequence:
        """Take in further increments, in order, and return itself.

        Raises
        ------
        ValueError
            When an increment lies outside the bounds or is NaN.
        """
        given = np.asarray(increments, np.float64).ravel()
        wrong = ~((given >= self.bounds[0]) & (given <= self.bounds[1]))
        if wrong.any():
            raise ValueError(f"Increments must lie within {self.bounds}; one is {given[wrong][0]}.")
        shares = (given - self.bounds[0]) / (self.bounds[1] - self.bounds[0])
        step = max(1, _CELLS // len(self._means))
        for start in range(0, len(shares), step):
            self._bet(shares[start : start + step])
        return self

    def _bet(self, shares: NDArray[np.float64]) -> None:
        """Stake on each increment what was known before it, on both sides of every candidate mean."""
        stakes, means, alpha = self._stakes(shares)[:, None], self._means, 1 - self.confidence_level
        off = shares[:, None] - means
        won = np.log1p(np.minimum(stakes, _TRUNCATED / means) * off)
        lost = np.log1p(-np.minimum(stakes, _TRUNCATED / (1 - means)) * off)
        limit = math.log(2 / alpha)
        for side, gains in enumerate((won, lost)):
            gains[0] += self._capital[side]
            np.cumsum(gains, axis=0, out=gains)
            self._capital[side] = gains[-1]
        # capital falls from the left (rises to the right) over the candidates, so those given up are counted
        span, size = self.bounds[1] - self.bounds[0], len(means) + 1
        below, above = (won >= limit).sum(axis=1), (lost >= limit).sum(axis=1)
        lows = self.bounds[0] + span * below / size
        highs = self.bounds[1] - span * above / size
        self._lows += np.maximum.accumulate(np.append(self._lows[-1], lows))[1:].tolist()
        self._highs += np.minimum.accumulate(np.append(self._highs[-1], highs))[1:].tolist()

    def _stakes(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the plug-in bets, each from the variance of the increments before it."""
        times = self._seen + np.arange(1, len(shares) + 1)
        sums = self._sum + np.cumsum(shares)
        centres = (0.5 + sums) / (times + 1)
        squares = self._squares + np.cumsum((shares - centres) ** 2)
        before = np.append(self._squares, squares[:-1])
        spread = (0.25 + before) / times
        self._seen, self._sum, self._squares = int(times[-1]), float(sums[-1]), float(squares[-1])
        stakes: NDArray[np.float64] = np.sqrt(
            2 * math.log(2 / (1 - self.confidence_level)) / (spread * times * np.log1p(times))
        )
        return stakes


def confidence_sequence(
    increments: ArrayLike,
    *,
    bounds: tuple[float, float] = (-1.0, 1.0),
    confidence_level: float = 0.95,
    null: float = 0.0,
    resolution: int = 1000,
) -> ConfidenceSequence:
    """Return the intervals of a mean of bounded increments at every time; see :class:`ConfidenceSequence`.

    Parameters
    ----------
    increments
        ``(T,)`` in order of arrival.
    bounds, confidence_level, null, resolution
        As there.
    """
    sequence = ConfidenceSequence(bounds, confidence_level=confidence_level, null=null, resolution=resolution)
    return sequence.update(increments)


def auc_increments(
    labels: ArrayLike,
    scores: ArrayLike,
    second_scores: ArrayLike | None = None,
    *,
    negatives_per_positive: int = 1,
) -> NDArray[np.float64]:
    """Return independent unbiased increments of an AUC, or of the difference of two, in order of arrival.

    Each positive meets the next so many negatives, none used twice: the share that it outranks, ties by half. One
    increment comes with each such set that is complete, so that later inputs never change earlier increments.

    Parameters
    ----------
    labels
        ``(N,)`` bool, in order of arrival.
    scores
        ``(N,)`` finite.
    second_scores
        Of the same inputs, for the difference second minus first; None for the AUC of the scores.
    negatives_per_positive
        Fixed before the first look, about the ratio of the classes.

    Returns
    -------
    numpy.ndarray
        ``(T,)`` in [0, 1], or in [-1, 1] of a difference.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, a label is neither 0 nor 1, or the ratio is below 1.
    """
    if negatives_per_positive < 1:
        raise ValueError(f"negatives_per_positive={negatives_per_positive} must be 1 or more.")
    truth = as_labels(labels)
    positives, negatives = np.flatnonzero(truth), np.flatnonzero(~truth)
    sets = min(len(positives), len(negatives) // negatives_per_positive)
    rows = positives[:sets, None], negatives[: sets * negatives_per_positive].reshape(sets, negatives_per_positive)

    def outranked(values: ArrayLike) -> NDArray[np.float64]:
        given = finite(truth, values)
        above, level = given[rows[0]] > given[rows[1]], given[rows[0]] == given[rows[1]]
        share: NDArray[np.float64] = (above + 0.5 * level).mean(axis=1)
        return share

    return outranked(scores) if second_scores is None else outranked(second_scores) - outranked(scores)
