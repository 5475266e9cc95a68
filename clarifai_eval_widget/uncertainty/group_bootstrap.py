"""The bootstrap of inputs that come in groups: whole groups are drawn, with all their inputs.

Field and Welsh, J. of the Royal Statistical Society B 69 (2007) 369-390.

For figures that have no closed form by group. A resample has other numbers of positives and negatives than the data,
as another sample of groups would.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics import Counts, counts
from clarifai_eval_widget.metrics.arrays import as_labels
from clarifai_eval_widget.uncertainty import formulas
from clarifai_eval_widget.uncertainty.checks import ENOUGH_GROUPS, check_replicates, codes, finite, groups_alike
from clarifai_eval_widget.uncertainty.draws import ends_of_draws
from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.uncertainty.results import FigureEstimate
from clarifai_eval_widget.uncertainty.student import t_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

__all__ = ["GroupResamples", "cluster_bootstrap", "expanded_tail"]


class GroupResamples:
    """One concept's inputs in groups, ready to be drawn again.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` finite.
    groups
        ``(N,)`` the group of each input; any values. Groups are taken to be independent.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, or a label is neither 0 nor 1.
    """

    def __init__(self, labels: ArrayLike, scores: ArrayLike, groups: ArrayLike) -> None:
        truth = as_labels(labels)
        values = finite(truth, scores)
        self.counts = counts(truth, values)
        """Of the inputs themselves."""
        self._groups, self.number = codes(groups, len(truth), "groups")
        self._sides = [np.flatnonzero(truth), np.flatnonzero(~truth)]
        self._rows = self.counts.row(values)

    @property
    def fewest(self) -> int:
        """The groups that hold the class fewer groups have."""
        return min(len(np.unique(self._groups[side])) for side in self._sides)

    @property
    def alike(self) -> int:
        """As how many groups of one size those of a class are worth, of the class where they are worth less."""
        return min(groups_alike(np.bincount(self._groups[side])) for side in self._sides)

    @property
    def reason(self) -> str:
        """Why so few groups let one say nothing, or an empty string."""
        if self.fewest >= ENOUGH_GROUPS:
            return ""
        return f"too few groups of a class to say: {self.fewest}, and {ENOUGH_GROUPS} are needed"

    def draw(self, replicates: int, seed: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Give every resample's cumulative counts, in the rows of :attr:`counts`."""
        rng = np.random.default_rng(seed)
        for _ in range(replicates):
            times = np.bincount(rng.integers(0, self.number, self.number), minlength=self.number)
            tps, fps = (
                np.cumsum(np.bincount(self._rows[side], times[self._groups[side]], len(self.counts))).astype(np.int32)
                for side in self._sides
            )
            yield tps, fps


def cluster_bootstrap(
    labels: ArrayLike,
    scores: ArrayLike,
    groups: ArrayLike,
    figure: Callable[[Counts], float],
    *,
    name: str = "figure",
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
) -> FigureEstimate:
    """Estimate any figure of one concept, with an interval by drawing whole groups.

    Percentiles are taken further out than the level says, as Student's quantile is further out than the normal one, for
    as many groups of one size as these are worth
    (Hesterberg, The American Statistician 69, 2015, 371-386, "expanded percentile"): plain ones are as narrow as if the
    variance were divided by the groups' number. Of a figure that is 0 or 1 no resample differs: its interval is the
    exact bound of so many groups alike (Clopper and Pearson).

    Parameters
    ----------
    labels, scores, groups
        As :class:`GroupResamples` takes them.
    figure
        What is measured on counts, within 0 and 1; NaN where undefined, which leaves a resample out.
    name
        The figure's name, for the result.
    replicates
        The number of resamples.
    confidence_level
        Between 0 and 1.
    seed
        Of the random numbers: the same seed gives the same interval.

    Returns
    -------
    FigureEstimate
        ``units`` are the groups; the standard error is the resamples'.

    Raises
    ------
    ValueError
        When an option is out of its range, shapes differ, a score is not finite, or a label is neither 0 nor 1.
    """
    check_replicates(replicates)
    normal_quantile(confidence_level)
    held = GroupResamples(labels, scores, groups)
    value, reason = float(figure(held.counts)), held.reason
    low = high = error = math.nan
    if not reason:
        drawn = np.array([figure(Counts(held.counts.thresholds, *both)) for both in held.draw(replicates, seed)])
        drawn = drawn[~np.isnan(drawn)]
        if len(drawn):
            tail = expanded_tail(confidence_level, held.alike)
            low, high = ends_of_draws(drawn, tail, within=(0.0, 1.0))
            error = float(drawn.std())
            if value in (0, 1):  # of which no resample is any different: what so many groups alike leave possible
                bounds = formulas.exact_interval(value, held.fewest, (1 - confidence_level) / 2)
                low, high = min(low, float(bounds[0])), max(high, float(bounds[1]))
            elif low == high:
                low, high, reason = math.nan, math.nan, "all resamples give the same: their spread says nothing"
        else:
            reason = f"{name} is undefined"
    method = f"bootstrap of {held.number} groups, expanded percentiles, seed {seed}"
    return FigureEstimate(name, value, error, (low, high), confidence_level, method, held.number, reason)


def expanded_tail(confidence_level: float, groups: int) -> float:
    """Return the share to leave out at each end: what is beyond Student's quantile blown up by √(G / (G - 1))."""
    return NormalDist().cdf(-math.sqrt(groups / (groups - 1)) * t_quantile(confidence_level, groups - 1))
