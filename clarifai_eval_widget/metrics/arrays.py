"""Labels and scores as the counting wants them, and threads over their columns."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["as_labels", "as_scores", "check_shapes", "in_threads", "num_true", "to_dtype"]

_T = TypeVar("_T")
_SIDE_BY_SIDE = 4096  # labels added up in one pass


def in_threads(function: Callable[[int], _T], items: Iterable[int], *, work: int) -> list[_T]:
    """Map a function that spends its time in NumPy over items, in threads when the work is worth them."""
    todo = list(items)
    workers = min(len(todo), os.cpu_count() or 1)
    if workers < 2 or work < 500_000:
        return [function(item) for item in todo]
    with ThreadPoolExecutor(workers) as pool:
        try:
            found = pool.map(function, todo)
        except RuntimeError:  # where no thread can be started, as in a browser's Python, or no further one
            pool.shutdown(cancel_futures=True)  # one that runs would work on the same arrays as what follows
            return [function(item) for item in todo]
        return list(found)


def as_labels(labels: ArrayLike) -> NDArray[np.bool_]:
    """Return the labels as bool, refusing values that are neither 0 nor 1."""
    array = np.asarray(labels)
    if array.dtype == bool:
        return array
    if array.size and not np.all((array == 0) | (array == 1)):
        bad = array[(array != 0) & (array != 1)].flat[0]
        raise ValueError(f"Labels must be True or False (1 or 0); found {bad}. Make one column per concept.")
    return array.astype(bool)


def as_scores(scores: ArrayLike) -> NDArray[np.floating[Any]]:
    """Return the scores as float32 or float64, whichever holds them without loss."""
    array = np.asarray(scores)
    if array.dtype in (np.float32, np.float64) and array.dtype.isnative:
        return array
    if array.dtype.kind not in "fiub" or not np.can_cast(array.dtype, np.float64, "same_kind"):
        raise TypeError(f"Scores must be real numbers, float32 or float64; got {array.dtype}.")
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        raise TypeError(f"Scores of {array.dtype} would lose digits; convert them to float64 yourself.")
    return array.astype(np.float32 if np.can_cast(array.dtype, np.float32, "safe") else np.float64)


def check_shapes(labels: NDArray[Any], scores: NDArray[Any], ndim: int) -> None:
    """Refuse labels and scores that are not of one shape with the given number of axes."""
    wanted = "(N,)" if ndim == 1 else "(N, K)"
    if scores.ndim != ndim or labels.shape != scores.shape:
        raise ValueError(f"Labels and scores must both be {wanted}; got {labels.shape} and {scores.shape}.")
    if scores.size > np.iinfo(np.int32).max:
        raise ValueError(f"{scores.size} decisions do not fit int32 counts; split them by input or by concept.")


def to_dtype(thresholds: ArrayLike, dtype: np.dtype[Any]) -> NDArray[np.floating[Any]]:
    """Round thresholds once to the scores' dtype, refusing NaN; too large ones become infinite."""
    with np.errstate(over="ignore", under="ignore"):
        rounded = np.asarray(thresholds).astype(dtype)
    if np.isnan(rounded).any():
        raise ValueError("A threshold is NaN; give numbers to compare the scores with.")
    return rounded


def num_true(labels: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count the True of each column of ``(N, K)``.

    Many rows are laid side by side and added up as bytes: a fiftieth of the time of a sum over the first axis.
    """
    size, columns = labels.shape
    if not labels.flags.c_contiguous or not labels.size:
        return np.asarray(labels.sum(axis=0, dtype=np.int64))
    together = max(1, _SIDE_BY_SIDE // columns)
    whole = size // together
    laid = labels[: whole * together].view(np.uint8).reshape(whole, together * columns)
    total = np.zeros(together * columns, np.int64)
    for first in range(0, whole, 255):  # as many as a byte can count
        total += laid[first : first + 255].sum(axis=0, dtype=np.uint8)
    rest = labels[whole * together :].sum(axis=0, dtype=np.int64)
    return np.asarray(total.reshape(together, columns).sum(axis=0) + rest)
