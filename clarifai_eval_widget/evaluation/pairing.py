"""Pairing the inputs of two evaluations, so that they can be compared row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.metrics.arrays import to_dtype
from clarifai_eval_widget.words import listed, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData

    Scores = NDArray[np.floating[Any]]

__all__ = ["Paired", "apart", "apart_of", "paired"]


@dataclass(frozen=True, eq=False)
class Paired:
    """Two evaluations of the same inputs, and which rows belong together."""

    first: EvaluationData
    """This evaluation."""
    second: EvaluationData
    """The other one."""
    concepts: tuple[str, ...]
    """Those of both, in the order of this one."""
    rows: tuple[NDArray[np.int64], NDArray[np.int64]]
    """(M,) each: row by row the same input."""
    unmatched: dict[str, list[str]]
    """``only_here`` and ``only_there``: the ids of inputs of one evaluation only."""

    def arrays(self, concepts: Sequence[str]) -> tuple[NDArray[np.bool_], Scores, Scores, NDArray[np.bool_]]:
        """Return labels, both scores and what is known of both, (M, K) each."""
        ours, theirs = (
            self._places(e, rows, concepts) for e, rows in zip((self.first, self.second), self.rows, strict=True)
        )
        labels = self.first.label_array[ours]
        known = np.ones(labels.shape, bool)
        for e, at in ((self.first, ours), (self.second, theirs)):
            if e.excluded is not None:
                known &= ~e.excluded[at]
        return labels, self.first.score_array[ours], self.second.score_array[theirs], known

    @staticmethod
    def _places(e: EvaluationData, rows: NDArray[np.int64], concepts: Sequence[str]) -> Any:
        """Return where rows and concepts lie: slices, which copy nothing, where these are all in their order."""
        columns = np.array([e.column(one) for one in concepts], np.intp)
        whole = len(rows) == e.num_inputs and bool((rows == np.arange(len(rows))).all())
        if not whole:
            return np.ix_(rows, columns)
        if tuple(concepts) == e.concepts:
            return slice(None), slice(None)
        return slice(None), columns

    @cached_property
    def folds(self) -> NDArray[np.int64] | None:
        """(M,) the folds, where both evaluations are out-of-fold predictions by the same folds; else None."""
        ours, theirs = self._own(self.first.folds, self.second.folds)
        if ours is None or theirs is None:
            return None
        pairs = np.unique(np.stack([ours, theirs]), axis=1).shape[1]
        return ours if pairs == len(np.unique(ours)) == len(np.unique(theirs)) else None

    @cached_property
    def pooled(self) -> bool:
        """Whether one of the two pools the models of several folds."""
        return self.first.folds is not None or self.second.folds is not None

    @cached_property
    def groups(self) -> NDArray[np.int64] | None:
        """(M,) the groups of either; of this one where both have some."""
        ours, theirs = self._own(self.first.groups, self.second.groups)
        return theirs if ours is None else ours

    @property
    def other_folds(self) -> bool:
        """Whether both are out-of-fold predictions, but by different folds."""
        return self.first.folds is not None and self.second.folds is not None and self.folds is None

    def _own(
        self, ours: NDArray[np.int64] | None, theirs: NDArray[np.int64] | None
    ) -> tuple[NDArray[np.int64] | None, NDArray[np.int64] | None]:
        return None if ours is None else ours[self.rows[0]], None if theirs is None else theirs[self.rows[1]]


def paired(e: EvaluationData, other: EvaluationData) -> Paired:
    """Match the inputs of two evaluations by id; by position where neither has ids.

    Raises
    ------
    TypeError
        When the other is none, a Run for instance.
    ValueError
        When inputs cannot be matched, or their labels differ.
    EvalError
        When only the platform's rates were sent of one of them.
    """
    if not hasattr(other, "numbers"):
        raise TypeError(
            f"An evaluation is compared with another Evaluation, not with a {type(other).__name__}; that of a Run is "
            "run.result()."
        )
    for one in (e, other):
        one.numbers.predictions("Comparing needs the score of every input")
    shared = [concept for concept in e.concepts if concept in other.concepts]
    if not shared:
        raise ValueError(
            f"The evaluations have no concept in common: {listed(e.concepts)} here, {listed(other.concepts)} there."
        )
    ours, theirs, unmatched = _matched_rows(e, other)
    _check_labels(e, other, shared, (ours, theirs))
    return Paired(e, other, tuple(shared), (ours, theirs), unmatched)


def apart(
    first: EvaluationData, second: EvaluationData, concept: str | None = None, threshold: float | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the inputs that one of two evaluations gets right and the other wrong.

    Parameters
    ----------
    first, second
        Of the same inputs with equal labels.
    concept
        Right is what is decided as it is labelled; None: over all, where the highest score is a label's.
    threshold
        A score of at least so much gives the concept; needed with one.

    Returns
    -------
    tuple of arrays
        Rows of the first evaluation, ascending: those that only the first gets right, and those that only the second
        does.

    Raises
    ------
    ValueError, EvalError
        When the inputs cannot be paired.
    """
    return apart_of(paired(first, second), concept, threshold)


def apart_of(
    pairs: Paired, concept: str | None = None, threshold: float | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find them as :func:`apart` does, of evaluations that are paired already."""
    labels, ours, theirs, known = pairs.arrays(pairs.concepts if concept is None else [concept])
    if concept is None:
        right = [(metrics.top_scored(scores) & labels).any(axis=1) for scores in (ours, theirs)]
        counted = known.all(axis=1) & labels.any(axis=1)
    else:
        at = 0.5 if threshold is None else threshold
        right = [(scores[:, 0] >= to_dtype(at, scores.dtype)) == labels[:, 0] for scores in (ours, theirs)]
        counted = known[:, 0]
    rows = pairs.rows[0]
    only = (right[0] & ~right[1] & counted, right[1] & ~right[0] & counted)
    return np.sort(rows[only[0]]), np.sort(rows[only[1]])


def _matched_rows(
    first: EvaluationData, second: EvaluationData
) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, Any]]:
    """Pair rows by input id; by position only where neither side has ids and the sizes are equal."""
    for e, which in ((first, "this evaluation"), (second, "the other evaluation")):
        if (e.has_input_ids or first.input_ids != second.input_ids) and len(set(e.input_ids)) < len(e.input_ids):
            repeated = Counter(e.input_ids).most_common(1)[0][0]
            raise ValueError(f"Inputs are matched by id, but {which} has {repeated!r} more than once.")
    if first.has_input_ids != second.has_input_ids or (
        not first.has_input_ids and first.num_inputs != second.num_inputs
    ):
        raise ValueError("Inputs are matched by id: give input_ids to both evaluations.")
    if first.input_ids == second.input_ids:
        rows = np.arange(first.num_inputs)
        return rows, rows, {"only_here": [], "only_there": []}
    place = {one: row for row, one in enumerate(second.input_ids)}
    ours = [row for row, one in enumerate(first.input_ids) if one in place]
    if not ours:
        raise ValueError(
            f"The evaluations have no input in common: {listed(first.input_ids, 2)} here, "
            f"{listed(second.input_ids, 2)} there. A paired test needs the same inputs; of different data, w.compare "
            "shows the figures and their difference by concept."
        )
    theirs = [place[first.input_ids[row]] for row in ours]
    here, there = set(first.input_ids), set(second.input_ids)
    only = {
        "only_here": [one for one in first.input_ids if one not in there],
        "only_there": [one for one in second.input_ids if one not in here],
    }
    return np.array(ours, np.int64), np.array(theirs, np.int64), only


def _check_labels(
    first: EvaluationData,
    second: EvaluationData,
    shared: list[str],
    rows: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    left = np.array([first.column(one) for one in shared], np.intp)
    right = np.array([second.column(one) for one in shared], np.intp)
    ours, theirs = np.ix_(rows[0], left), np.ix_(rows[1], right)
    other = first.label_array[ours] != second.label_array[theirs]
    for e, at in ((first, ours), (second, theirs)):
        if e.excluded is not None:
            other &= ~e.excluded[at]  # a label that is not known differs from none
    differ = np.argwhere(other)
    if len(differ):
        row, column = differ[0]
        where = plural(len(differ), "place") + f", first for the input {first.input_ids[rows[0][row]]!r} and the "
        where += f"concept {shared[column]!r}"
        said = f"The labels of the two evaluations differ in {where}: compare on the same labels."
        if np.array_equal(first.score_array[ours], second.score_array[theirs]):
            said = f"Both are of the same scores, with other labels in {where}: the difference is what the labels "
            said += "change, and there is nothing to test."
        raise ValueError(said)
