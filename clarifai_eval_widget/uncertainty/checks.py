"""What every estimate asks of its inputs, and what it says when they are too few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["ENOUGH_GROUPS", "check_replicates", "codes", "finite", "groups_alike", "tables", "too_few", "too_few_for"]

ENOUGH_GROUPS = 10
"""With positives, and with negatives: below, neither Obuchowski's interval nor the bootstrap's held 92 %."""


def finite(labels: NDArray[np.bool_], scores: ArrayLike, ndim: int = 1) -> NDArray[np.floating[Any]]:
    """Return the scores as a float array that fits the labels."""
    values = as_scores(scores)
    check_shapes(labels, values, ndim)
    if not np.isfinite(values).all():
        place = np.argwhere(~np.isfinite(values))[0]
        where = f"row {place[0]}" + (f", column {place[1]}," if ndim == 2 else "")
        raise ValueError(f"Scores must be finite; {where} is {values[tuple(place)]}. Drop or repair that row.")
    return values


def tables(
    labels: ArrayLike, first: ArrayLike, second: ArrayLike
) -> tuple[NDArray[np.bool_], NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """Return ``(N, K)`` labels and two scorings of them, checked."""
    truth = as_labels(labels)
    return truth, finite(truth, first, 2), finite(truth, second, 2)


def codes(values: ArrayLike, size: int, name: str) -> tuple[NDArray[np.intp], int]:
    """Return each row's group or fold as a number from 0 up, and how many there are."""
    array = np.asarray(values)
    if array.shape != (size,):
        raise ValueError(f"{name} must hold one value an input, ({size},); got {array.shape}.")
    found, coded = np.unique(array, return_inverse=True)
    return coded, len(found)


def groups_alike(sizes: NDArray[Any]) -> int:
    """Return as how many groups of one size these are worth: of so many the variance between groups is known.

    The square of the sum by the sum of the squares (Carter, Schnepel and Steigerwald, Review of Economics and
    Statistics 99, 2017, 698-709, with groups of one mind); two at least.
    """
    total = float(sizes.sum())
    return max(int(total * total / max(float((sizes.astype(np.float64) ** 2).sum()), 1e-300) + 1e-9), 2)


def check_replicates(replicates: int) -> None:
    """Refuse a number of resamples that is none."""
    if replicates < 1:
        raise ValueError(f"replicates={replicates} must be 1 or more; 1000 is usual.")


def too_few(num_pos: int, num_neg: int) -> str:
    """Say which class lacks the two members that a variance needs."""
    if not num_pos + num_neg:
        return "no inputs"
    classes = {"positive": num_pos, "negative": num_neg}
    for name, number in classes.items():
        if not number:
            return f"no {name}s"
    few = [f"one {name}" for name, number in classes.items() if number == 1]
    return f"only {' and '.join(few)}: a variance needs two" if few else ""


def too_few_for(what: str, enough: int, num_pos: int, num_neg: int) -> str:
    """Say which class has fewer members than it takes for ``what``, or an empty string."""
    smaller = min(num_pos, num_neg)
    few = "positives" if num_pos <= num_neg else "negatives"
    return f"too few {few} to say: {smaller}, and {what} needs {enough}" if smaller < enough else ""
