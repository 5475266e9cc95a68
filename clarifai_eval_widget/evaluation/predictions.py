"""The predictions an evaluation holds: labels and scores of every input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget.metrics import top_scored

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Predictions", "Unlabelled", "with_unlabelled"]

Unlabelled = Literal["exclude", "negative"]
"""What becomes of inputs whose labels are not known."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Labels and scores of N inputs by K concepts; every array is read-only."""

    labels: NDArray[np.bool_]
    """(N, K) whether the input is labelled with the concept."""
    scores: NDArray[np.floating[Any]]
    """(N, K) float32 or float64 scores, 0 where a server sent none."""
    folds: NDArray[np.int64] | None = None
    """(N,) the fold, from 1, that predicted each input when it was left out; None without folds."""
    sent: NDArray[np.bool_] | None = None
    """(N, K) where a server sent a score; None when every score is there."""
    excluded: NDArray[np.bool_] | None = None
    """(N, K) where nothing is known of a score, so that the input does not count; None when nowhere."""
    exact_above: NDArray[np.float64] | None = None
    """(K,) counts are exact at thresholds above this (lower scores were not sent); None: at all."""
    unlabelled: NDArray[np.bool_] | None = None
    """(N,) where no label is known, whether these inputs are left out or taken for negatives; None when nowhere."""

    def __post_init__(self) -> None:
        for array in (self.labels, self.scores, self.folds, self.sent, self.excluded, self.unlabelled):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.labels)

    def joined(self, more: Predictions) -> Predictions:
        """Put further predictions below these; for both every score was sent, and both have folds or neither."""
        folds = None if self.folds is None or more.folds is None else np.concatenate([self.folds, more.folds])
        return Predictions(
            np.concatenate([self.labels, more.labels]), np.concatenate([self.scores, more.scores]), folds
        )

    @cached_property
    def fold_rows(self) -> dict[int, NDArray[np.intp]]:
        """The rows each fold predicted, by fold, ascending; found once for all concepts."""
        if self.folds is None:
            return {}
        order = np.argsort(self.folds, kind="stable")
        ordered = self.folds[order]
        new = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
        bounds = [0, *new.tolist(), len(ordered)] if len(ordered) else []
        return {int(ordered[start]): order[start:end] for start, end in pairwise(bounds)}

    @cached_property
    def labelled_twice(self) -> NDArray[np.intp]:
        """The rows of the inputs with more than one label."""
        return np.flatnonzero(self.labels.sum(axis=1) > 1)

    def given(
        self, limits: NDArray[np.floating[Any]] | None, rows: Any = slice(None)
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_] | None]:
        """Return which concepts some inputs are given, and where that is known; None: everywhere.

        Parameters
        ----------
        limits
            By concept, in the scores' dtype: given is what scores at least so much. None: the highest scored of all.
        rows
            Of the inputs.
        """
        if limits is None:
            sent = None if self.sent is None else self.sent[rows]
            return top_scored(self.scores[rows], sent), sent
        # a score cut off a list counts as 0, here as in the table; one of which nothing is known does not
        return self.scores[rows] >= limits, None if self.excluded is None else ~self.excluded[rows]

    def known(self, column: int, rows: Any = slice(None)) -> tuple[NDArray[np.bool_], NDArray[np.floating[Any]]]:
        """Return labels and scores of one concept, leaving out inputs of whose score nothing is known."""
        labels, scores = self.labels[rows, column], self.scores[rows, column]
        if self.excluded is None:
            return labels, scores
        kept = ~self.excluded[rows, column]
        return labels[kept], scores[kept]

    def listed(self, column: int | slice) -> tuple[NDArray[np.bool_], NDArray[np.floating[Any]]]:
        """Return labels and scores of one concept, or of several pooled, leaving out what is unknown."""
        kept = self._listed(column)
        return self.labels[:, column][kept], self.scores[:, column][kept]

    def listed_rows(self, column: int | slice) -> NDArray[np.intp]:
        """Return of which input each of the decisions is that :meth:`listed` returns."""
        return np.nonzero(self._listed(column))[0]

    def _listed(self, column: int | slice) -> NDArray[np.bool_]:
        kept = np.ones(self.labels[:, column].shape, bool)
        if self.sent is not None:
            kept &= self.sent[:, column]
        if self.excluded is not None:
            kept &= ~self.excluded[:, column]
        return kept


def with_unlabelled(held: Predictions, unlabelled: NDArray[np.bool_] | None, rule: Unlabelled) -> Predictions:
    """Mark the inputs of which no label is known, and leave them out where the rule says so.

    Raises
    ------
    ValueError
        When there is no such rule.
    """
    if rule not in ("exclude", "negative"):
        raise ValueError(f'unlabelled={rule!r} is not known; choose "exclude" or "negative".')
    if unlabelled is None or not unlabelled.any():
        return held
    if rule == "negative":
        return replace(held, unlabelled=unlabelled)
    nowhere = np.zeros(held.labels.shape, bool) if held.excluded is None else held.excluded
    return replace(held, unlabelled=unlabelled, excluded=nowhere | unlabelled[:, None])
