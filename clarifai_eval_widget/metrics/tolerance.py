"""How far a score, a threshold or a rate may lie outside 0 to 1: as far as float32 sums round, and not further.

The one tolerance of all that is read: scores given, sent, kept in a file and made by the local server; rates and
thresholds of a server's curves; thresholds asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FIGURE_TOLERANCE", "TOLERANCE", "clipped", "outside", "same"]

TOLERANCE = 1e-6
"""A float32 softmax gives 1 + 1.2e-7 for a certainty; what is out by this much at most is taken for 0 or 1, and two
thresholds this near are one, of which the other was sent as float32, in which 0.3 is 0.30000001."""

FIGURE_TOLERANCE = 1e-4
"""A figure is a mean that the sender has summed, in float32, over up to millions of inputs; a top-5 accuracy of
1.0000038 is one. What is out by this much at most is taken for 0 or 1."""


def outside(values: Any) -> Any:
    """Say which values, or whether one, are out of 0 to 1 by more than the tolerance; NaN is not among them."""
    return (values < -TOLERANCE) | (values > 1.0 + TOLERANCE)


def clipped(values: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Move values within the tolerance to 0 or 1; the array itself when there are none."""
    if not len(values) or not (values.min() < 0.0 or values.max() > 1.0 or np.isnan(values).any()):
        return values
    limited: NDArray[np.floating[Any]] = np.clip(values, 0.0, 1.0)
    return limited


def same(sent: Any, asked: Any) -> Any:
    """Say whether thresholds are the same, but for their rounding to float32."""
    return np.abs(np.subtract(sent, asked)) <= TOLERANCE
