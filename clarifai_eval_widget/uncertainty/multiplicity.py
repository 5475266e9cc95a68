"""Testing several concepts at once, and intervals that hold for all of them together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.uncertainty.student import t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["holm", "simultaneous_intervals"]

_DRAWS = 100_000


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values for their number by Holm's step-down method (Scandinavian J. of Statistics 6, 1979).

    Parameters
    ----------
    p_values
        ``(K,)`` in [0, 1]; NaN where there was no test, which stays NaN and is not counted.

    Returns
    -------
    numpy.ndarray
        ``(K,)`` adjusted p-values, at most 1, in the order given.

    Raises
    ------
    ValueError
        When a p-value lies outside [0, 1].
    """
    given = np.asarray(p_values, np.float64)
    tested = np.flatnonzero(~np.isnan(given))
    if ((given[tested] < 0) | (given[tested] > 1)).any():
        raise ValueError(f"p-values must lie in [0, 1]; got {given[tested].min()} to {given[tested].max()}.")
    order = tested[np.argsort(given[tested], kind="stable")]
    steps = given[order] * np.arange(len(order), 0, -1)
    adjusted = np.full(given.shape, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def simultaneous_intervals(
    values: ArrayLike,
    standard_errors: ArrayLike,
    *,
    correlation: ArrayLike | None = None,
    degrees_of_freedom: ArrayLike | None = None,
    confidence_level: float = 0.95,
    seed: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
    """Return intervals of several differences that hold all at once with the given confidence.

    They stand beside :func:`holm` in one direction: an interval that leaves 0 out belongs to a difference that Holm
    rejects. The reverse cannot be had. Where m differences are 0, Holm spends the whole level on testing these m. For
    intervals to reject whatever he rejects they must spend it there, too, and then nothing is left to exclude any
    other value: the interval of every difference that is not told apart, beside another such one, would be all of
    [-1, 1]. (Strassburger and Bretz, Statistics in Medicine 27, 2008, 4914-4927, of one-sided bounds, which stay
    finite for what is not rejected and say nothing but the sign for what is.)

    Parameters
    ----------
    values, standard_errors
        ``(K,)``; NaN where undefined, which is left out and stays NaN.
    correlation
        ``(K, K)`` of the values' errors, from inputs that the concepts share: the quantile is then that of the
        largest of K normal deviates so correlated (single-step max-t: Hothorn, Bretz and Westfall, Biometrical J.
        50, 2008), from 100,000 draws and never above Bonferroni's; None for Bonferroni's.
    degrees_of_freedom
        ``(K,)`` of each value's Student's quantile at the level that the normal one would have; NaN for the normal one.
    confidence_level
        Of all intervals together.
    seed
        Of the draws.

    Returns
    -------
    low, high
        ``(K,)``.
    method
        In words, to be shown beside them.

    Raises
    ------
    ValueError
        When the shapes differ.
    """
    given, errors = np.asarray(values, np.float64), np.asarray(standard_errors, np.float64)
    if given.ndim != 1 or given.shape != errors.shape:
        raise ValueError(f"values and standard_errors must be of one shape (K,); got {given.shape} and {errors.shape}.")
    used = ~np.isnan(given) & ~np.isnan(errors)
    number = int(used.sum())
    each = 1 - (1 - confidence_level) / max(number, 1)
    quantile = normal_quantile(each)
    method = f"simultaneous over {number} by Bonferroni"
    if correlation is not None and number > 1:
        matrix = np.asarray(correlation, np.float64)
        if matrix.shape != (len(given), len(given)):
            raise ValueError(f"correlation must be ({len(given)}, {len(given)}); got {matrix.shape}.")
        largest = _largest(matrix[np.ix_(used, used)], np.random.default_rng(seed))
        quantile = min(quantile, float(np.quantile(largest, confidence_level)))
        each = 1 - math.erfc(quantile / math.sqrt(2))
        method = f"simultaneous over {number} by the largest deviate (max-t, {_DRAWS:,} draws, seed {seed})"
    df = np.full(given.shape, np.nan) if degrees_of_freedom is None else np.asarray(degrees_of_freedom, np.float64)
    if df.shape != given.shape:
        raise ValueError(f"degrees_of_freedom must be of the values' shape {given.shape}; got {df.shape}.")
    quantiles = np.array([quantile if math.isnan(one) else t_quantile(each, int(one)) for one in df])
    return given - quantiles * errors, given + quantiles * errors, method


def _largest(correlation: NDArray[np.float64], rng: np.random.Generator) -> NDArray[Any]:
    """Draw the largest absolute of correlated normal deviates; by eigenvectors, as the matrix may be singular."""
    sizes, axes = np.linalg.eigh(correlation)
    root = axes * np.sqrt(np.maximum(sizes, 0))
    largest = np.empty(_DRAWS)
    step = max(1, 2_000_000 // len(root))
    for start in range(0, _DRAWS, step):
        part = largest[start : start + step]
        part[:] = np.abs(rng.standard_normal((len(part), len(root))) @ root.T).max(axis=1)
    return largest
