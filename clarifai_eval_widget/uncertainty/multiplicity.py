"""Testing several concepts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["holm"]


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
