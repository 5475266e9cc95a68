"""How good scores are as probabilities: Brier score, log loss, calibration slope and intercept, calibration error.

Every figure is of one concept, from labels and scores in [0, 1].
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes
from clarifai_eval_widget.metrics.brief import Brief

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

__all__ = [
    "BrierScore",
    "CalibrationError",
    "CalibrationLine",
    "brier_score",
    "calibration_error",
    "calibration_line",
    "log_loss",
]


@dataclass(frozen=True, repr=False)
class BrierScore(Brief):
    """The mean squared error of probabilities, and what it is made of.

    Parts are those of the scores recalibrated by isotonic regression (CORP: Dimitriadis, Gneiting and Jordan, PNAS
    118, 2021). Murphy's (J. Applied Meteorology 12, 1973), by distinct score, say nothing of scores that are nearly all
    distinct: each is its own bin then, reliability is the whole error and resolution the whole uncertainty.
    """

    value: float
    """Mean of (score - label)², 0 to 1, lower is better; NaN without inputs."""
    reliability: float
    """What recalibrating would take off: 0 is calibrated. Miscalibration, in CORP's words."""
    resolution: float
    """By how much the recalibrated scores beat always giving the prevalence; higher is better. Discrimination."""
    uncertainty: float
    """What nobody can help: prevalence times 1 - prevalence. ``value`` is reliability - resolution + uncertainty."""
    skill: float
    """1 - value / uncertainty: 0 is as good as always giving the prevalence; NaN when a class is absent."""


@dataclass(frozen=True, repr=False)
class CalibrationLine(Brief):
    """A logistic regression of the label on the score's log-odds (Cox, Biometrika 45, 1958)."""

    slope: float
    """1 when calibrated; below 1 when scores are too extreme, above 1 when too timid."""
    intercept: float
    """0 when calibrated."""
    slope_interval: tuple[float, float]
    """Wald's."""
    intercept_interval: tuple[float, float]
    """Wald's."""
    in_the_large: float
    """The intercept when the slope is held at 1: above 0 when scores are too low on the whole."""
    confidence_level: float
    """Of the intervals."""
    reason: str = ""
    """Why it is undefined, all NaN then, or an empty string."""


@dataclass(frozen=True, repr=False)
class CalibrationError(Brief):
    """The expected calibration error, and what to hold it against."""

    value: float
    """Mean distance of score and share of positives over bins, weighted by their inputs; NaN without inputs."""
    expected_when_calibrated: float
    """What ``value`` would be on average for so many inputs, were these very scores perfectly calibrated."""
    debiased: float
    """``value`` with what the sampling noise of the shares adds to it taken off, never below 0 (Kumar, Liang and Ma,
    NeurIPS 2019: the noise of each bin as normal)."""
    p_value: float
    """The share of calibrated replicates whose ``value`` is at least as large."""
    bins: int
    """How many bins hold inputs."""
    replicates: int
    """Of labels drawn from the scores."""
    seed: int
    """The same seed gives the same figures."""
    largest: float
    """What the bin that adds most to ``value`` adds to it; NaN without inputs."""
    largest_bin: tuple[float, float]
    """The lowest score of that bin, and of the next that holds inputs (infinite after the last); NaN without inputs."""


def brier_score(labels: ArrayLike, scores: ArrayLike) -> BrierScore:
    """Return the Brier score and its decomposition, which is exact and needs no bins.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` in [0, 1].

    Raises
    ------
    ValueError
        When the shapes differ, or a score lies outside [0, 1].
    """
    truth, p = _checked(labels, scores)
    if not len(p):
        return BrierScore(*(float("nan"),) * 5)
    _, where, sizes = np.unique(p, return_inverse=True, return_counts=True)
    recalibrated = _isotonic(np.bincount(where, truth, len(sizes)), sizes)[where]
    prevalence = truth.mean()
    value, best = float(np.mean((p - truth) ** 2)), float(np.mean((recalibrated - truth) ** 2))
    spread = float(prevalence * (1 - prevalence))
    return BrierScore(
        value,
        reliability=max(value - best, 0.0),
        resolution=max(spread - best, 0.0),
        uncertainty=spread,
        skill=1 - value / spread if spread else float("nan"),
    )


def _isotonic(hits: NDArray[Any], sizes: NDArray[Any]) -> Values:
    """Return the rising shares that are nearest to ``hits / sizes``: runs that fall are pooled until none is left."""
    pooled, held = hits.astype(np.float64), sizes.astype(np.float64)
    block = np.arange(len(pooled))
    while True:
        share = pooled / held
        rises = np.append(True, share[1:] > share[:-1])
        if rises.all():
            return share[block]
        run = np.cumsum(rises) - 1
        pooled, held = (np.bincount(run, each).astype(np.float64) for each in (pooled, held))
        block = run[block]


def log_loss(labels: ArrayLike, scores: ArrayLike) -> float:
    """Return the mean negative log-likelihood, in nats; NaN without inputs.

    Scores are moved from 0 and 1 by the resolution of their dtype, as scikit-learn does, for one wrong certainty
    would make the mean infinite.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` in [0, 1].

    Raises
    ------
    ValueError
        When the shapes differ, or a score lies outside [0, 1].
    """
    truth, p = _checked(labels, scores)
    if not len(p):
        return float("nan")
    p = _inside(p, scores)
    return float(-np.mean(np.where(truth, np.log(p), np.log1p(-p))))


def calibration_line(labels: ArrayLike, scores: ArrayLike, *, confidence_level: float = 0.95) -> CalibrationLine:
    """Regress labels on the log-odds of the scores, by Newton's method.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` in [0, 1]; 0 and 1 are moved inwards as in :func:`log_loss`.
    confidence_level
        Of the intervals, between 0 and 1.

    Returns
    -------
    CalibrationLine
        NaN with a ``reason`` where a class is absent, scores are all equal, or they separate the classes.

    Raises
    ------
    ValueError
        When the shapes differ, a score lies outside [0, 1], or the level is out of its range.
    """
    truth, p = _checked(labels, scores)
    if not 0 < confidence_level < 1:
        raise ValueError(f"confidence_level={confidence_level} must lie between 0 and 1, for instance 0.95.")
    reason = _no_line(truth, p)
    if reason:
        nan = float("nan")
        return CalibrationLine(nan, nan, (nan, nan), (nan, nan), nan, confidence_level, reason)
    p = _inside(p, scores)
    odds = np.log(p) - np.log1p(-p)
    (intercept, slope), spread = _newton(np.stack([np.ones(len(p)), odds]), truth, np.zeros(len(p)))
    (shift,), _ = _newton(np.ones((1, len(p))), truth, odds)
    reach = NormalDist().inv_cdf(0.5 + confidence_level / 2) * np.sqrt(np.diag(spread))
    return CalibrationLine(
        float(slope),
        float(intercept),
        (float(slope - reach[1]), float(slope + reach[1])),
        (float(intercept - reach[0]), float(intercept + reach[0])),
        float(shift),
        confidence_level,
    )


def calibration_error(
    labels: ArrayLike, scores: ArrayLike, *, bins: int = 10, replicates: int = 200, seed: int = 0
) -> CalibrationError:
    """Return the expected calibration error over equally wide bins, debiased, and its value under calibration.

    Of few inputs the error is far from 0 even for perfect scores: 0.11 at 100 inputs is nothing to worry about, and
    nothing says so but its expectation.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` in [0, 1].
    bins
        The number of equal parts of [0, 1].
    replicates
        How many sets of labels are drawn from the scores.
    seed
        Of the random numbers.

    Raises
    ------
    ValueError
        When an option is below 1, the shapes differ, or a score lies outside [0, 1].
    """
    truth, p = _checked(labels, scores)
    if bins < 1 or replicates < 1:
        raise ValueError(f"bins={bins} and replicates={replicates} must both be 1 or more.")
    if not len(p):
        nan = float("nan")
        return CalibrationError(nan, nan, nan, nan, 0, replicates, seed, nan, (nan, nan))
    place = np.minimum((p * bins).astype(np.intp), bins - 1)
    sizes = np.bincount(place, minlength=bins)
    held = sizes > 0
    sizes, sums = sizes[held], np.bincount(place, p, bins)[held]
    hits = np.bincount(place, truth, bins)[held]
    parts = np.abs(hits - sums) / len(p)
    value, most = float(parts.sum()), int(parts.argmax())
    lowest = np.full(bins, np.inf)
    np.minimum.at(lowest, place, p)
    starts = [*lowest[held].tolist(), math.inf]
    rng = np.random.default_rng(seed)
    drawn = np.empty(replicates)
    for i in range(replicates):
        again = np.bincount(place, rng.random(len(p)) < p, bins)[held]
        drawn[i] = np.abs(again - sums).sum() / len(p)
    shares = hits / sizes
    error = np.sqrt(shares * (1 - shares) / np.maximum(sizes - 1, 1))
    added = _mean_size(np.abs(shares - sums / sizes), error) - np.abs(shares - sums / sizes)
    return CalibrationError(
        value,
        float(drawn.mean()),
        max(0.0, value - float(np.average(added, weights=sizes))),
        float((1 + np.count_nonzero(drawn >= value - 1e-12)) / (1 + replicates)),
        len(sizes),
        replicates,
        seed,
        float(parts[most]),
        (starts[most], starts[most + 1]),
    )


def _mean_size(distance: Values, error: Values) -> Values:
    """Return the mean absolute value of normal deviates about each distance (the folded normal's)."""
    far = distance / np.where(error > 0, error, 1.0)
    below = np.array([math.erfc(one / math.sqrt(2)) for one in far])
    size: Values = error * math.sqrt(2 / math.pi) * np.exp(-far * far / 2) + distance * (1 - below)
    return np.where(error > 0, size, distance)


def _checked(labels: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.bool_], Values]:
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 1)
    wrong = ~((values >= 0) & (values <= 1))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"Probabilities lie between 0 and 1; row {row} is {values[row]}.")
    return truth, values.astype(np.float64)


def _inside(p: Values, given: ArrayLike) -> Values:
    least = float(np.finfo(as_scores(given).dtype).eps)
    return np.clip(p, least, 1 - least)


def _no_line(truth: NDArray[np.bool_], p: Values) -> str:
    if not len(p):
        return "no inputs"
    if truth.all() or not truth.any():
        return "no negatives" if truth.all() else "no positives"
    if p.min() == p.max():
        return "the scores are all equal"
    on, off = p[truth], p[~truth]
    if on.min() >= off.max() or off.min() >= on.max():
        return "the scores separate the classes, so that the slope has no end"
    return ""


def _newton(columns: Values, truth: NDArray[np.bool_], offset: Values) -> tuple[Values, Values]:
    """Fit a logistic regression; return its coefficients and their covariance."""
    at = np.zeros(len(columns))

    def cost(where: Values) -> float:
        line = offset + where @ columns
        return float(np.logaddexp(0, np.where(truth, -line, line)).sum())

    now = cost(at)
    for _ in range(100):
        p = 0.5 * (1 + np.tanh(0.5 * (offset + at @ columns)))
        hessian = (columns * (p * (1 - p))) @ columns.T
        step = np.linalg.solve(hessian, columns @ (truth - p))
        share = 1.0
        while cost(at + share * step) > now + 1e-12 * abs(now) and share > 1e-8:  # Newton may overshoot at first
            share /= 2
        at, now = at + share * step, cost(at + share * step)
        if np.abs(step).max() < 1e-10:
            break
    covariance: Values = np.linalg.inv(hessian).astype(np.float64)
    return at, covariance
