"""What lists cut to the highest scores leave open of a comparison: of areas, averages and decisions alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.pairing import Paired

__all__ = ["Measure", "between", "left_open"]

Measure = Callable[["NDArray[np.bool_]", "NDArray[Any]", "NDArray[np.bool_]"], float]
"""A figure of labels, scores and what is known, (M, K) each, that rises with positives' scores and not negatives'."""


def left_open(pairs: Paired, concepts: Sequence[str], first: Measure, second: Measure | None = None) -> str:
    """Say how far cut lists leave a difference open, where not even its sign is known; else an empty string.

    A score that was not sent lies between 0 and the lowest that was sent of its input. Where that is too low to change
    the figure, as above the threshold of a decision, nothing is open.

    Parameters
    ----------
    pairs, concepts
        What is compared.
    first, second
        The figure of the first evaluation, and of the second where another is measured there.
    """
    evaluations = (pairs.first, pairs.second)
    if not any(_is_cut(e, concepts) for e in evaluations):
        return ""
    labels, *scorings, known = pairs.arrays(concepts)
    ends = []
    for e, rows, scores, measure in zip(evaluations, pairs.rows, scorings, (first, second or first), strict=True):
        cases = _cases(e, rows, concepts, labels, scores) if _is_cut(e, concepts) else [scores, scores]
        ends.append([measure(labels, case, known) for case in cases])
    return between(*ends)


def between(first: Sequence[float], second: Sequence[float]) -> str:
    """Say so of figures that lie between the worst and the best case of the first, and of the second."""
    (worst, best), (other_worst, other_best) = first, second
    if worst == best and other_worst == other_best:
        return ""
    low, high = other_worst - best, other_best - worst
    if not low <= 0 <= high:
        return ""
    return f"lists are cut to the highest scores: of the whole ones the difference may be {low:+.4f} to {high:+.4f}"


def _is_cut(e: EvaluationData, concepts: Sequence[str]) -> bool:
    return e.exact_above is not None and any(e.exact_above[e.column(one)] > 0 for one in concepts)


def _cases(
    e: EvaluationData,
    rows: NDArray[np.int64],
    concepts: Sequence[str],
    labels: NDArray[np.bool_],
    scores: NDArray[Any],
) -> list[NDArray[Any]]:
    """Return the scores in the worst and in the best case: what was cut at the most it can be, or at 0."""
    assert e.sent is not None
    sent = e.sent[rows]
    lowest = np.where(sent, e.score_array[rows], np.inf).min(axis=1)[:, np.newaxis]
    cut = ~sent[:, [e.column(one) for one in concepts]] & np.isfinite(lowest)
    return [np.where(cut & side, lowest, scores).astype(scores.dtype) for side in (~labels, labels)]
