"""What every evaluation holds: labels, scores, folds, and exact counts made from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.evaluation.info import EVALUATED, EvaluationInfo, PlatformCurve
from clarifai_eval_widget.evaluation.summary import agreement_note
from clarifai_eval_widget.words import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["EvaluationData", "Source"]

Source = Literal["test_set", "platform_curves", "scores"]


@dataclass(kw_only=True, eq=False, repr=False)
class EvaluationData:
    """The state of an evaluation: arrays, where they came from, and the counts made from them."""

    concepts: tuple[str, ...]
    """The concept ids, as given; K of them."""
    concept_names: dict[str, str]
    """A name to show for each concept id."""
    input_ids: tuple[str, ...]
    """The ids of the N inputs; their row numbers where none were given."""
    label_array: NDArray[np.bool_]
    """(N, K) whether the input is labelled with the concept; read-only."""
    score_array: NDArray[np.floating[Any]]
    """(N, K) float32 or float64 scores, 0 where a server sent none; read-only."""
    folds: NDArray[np.int64] | None = None
    """(N,) the fold, from 1, that predicted each input when it was left out; None without folds."""
    source: Source = "scores"
    """Where counts come from: ``test_set``, ``platform_curves`` (rates only) or ``scores``."""
    platform_curves: dict[str, PlatformCurve] = field(default_factory=dict)
    """The curves the platform sent, by concept id; kept apart from the counts."""
    platform_summary: dict[str, float] = field(default_factory=dict)
    """The macro figures the platform sent."""
    info: EvaluationInfo = field(default_factory=EvaluationInfo)
    """What was evaluated on what."""
    reading_notes: tuple[str, ...] = ()
    """What was missing, or odd, when the data were read; `notes` adds what the numbers show."""
    sent: NDArray[np.bool_] | None = None
    """(N, K) where a server sent a score; None when every score is there."""
    excluded: NDArray[np.bool_] | None = None
    """(N, K) where nothing is known of a score, so that the input does not count; None when nowhere."""
    exact_above: NDArray[np.float64] | None = None
    """(K,) counts are exact at thresholds above this (lower scores were not sent); None: at all."""
    has_input_ids: bool = True
    """Whether `input_ids` were given rather than numbered."""
    message: Any = None
    """The ``clarifai.api.EvalMetrics`` this was read from, or None."""

    def __post_init__(self) -> None:
        for array in (self.label_array, self.score_array, self.folds, self.sent, self.excluded):
            if array is not None:
                array.setflags(write=False)
        self._columns = {concept: index for index, concept in enumerate(self.concepts)}
        self._counts: dict[str, metrics.Counts] = {}
        self._fold_counts: dict[tuple[int, str], metrics.Counts] = {}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is missing, or to be careful about, in words."""
        return (*self.reading_notes, *agreement_note(self))

    @property
    def num_inputs(self) -> int:
        """The number of inputs with labels and scores."""
        return len(self.label_array)

    @property
    def complete(self) -> bool:
        """Whether the evaluation has ended with all its results."""
        return self.source == "scores" or self.info.status_code == EVALUATED

    @property
    def fold_numbers(self) -> tuple[int, ...]:
        """The folds there are, ascending."""
        return () if self.folds is None else tuple(map(int, np.unique(self.folds)))

    @property
    def inputs(self) -> Sequence[tuple[str | None, bytes | None]]:
        """The text and the image bytes of each input, where the server sent them; read when asked for."""
        if self.message is None:
            return [(None, None)] * self.num_inputs
        media = []
        for entry in self.message.test_set:
            data = entry.input.data
            media.append((data.text.raw or None, data.image.base64 or None))
        return media

    def column(self, concept: str) -> int:
        """Return the column of a concept.

        Raises
        ------
        NotFoundError
            When there is no such concept; it names the nearest.
        """
        if concept in self._columns:
            return self._columns[concept]
        near = nearest(concept, self.concepts) or self.concepts
        raise NotFoundError(f"There is no concept {concept!r} here. The nearest are {listed(map(repr, near))}.")

    def counts(self, concept: str) -> metrics.Counts:
        """Return a concept's exact counts at every distinct score, pooled over folds.

        Inputs of which no score is known do not count (see `notes`).
        """
        column = self.column(concept)
        if concept not in self._counts:
            self._counts[concept] = self._count(column, slice(None))
        return self._counts[concept]

    def all_counts(self) -> list[metrics.Counts]:
        """Return the counts of all concepts, made on several threads."""
        if self.excluded is None and not self._counts:
            every = metrics.counts_by_concept(self.label_array, self.score_array)
            self._counts = dict(zip(self.concepts, every, strict=True))
        return [self.counts(concept) for concept in self.concepts]

    def fold_counts(self, fold: int, concept: str) -> metrics.Counts:
        """Return the counts of one concept over the inputs one fold predicted.

        Raises
        ------
        ValueError
            When there is no such fold.
        """
        key = (int(fold), concept)
        column = self.column(concept)
        if self.folds is None or int(fold) not in self.fold_numbers:
            raise ValueError(f"There is no fold {fold}; there are {listed(self.fold_numbers, 20) or 'none'}.")
        if key not in self._fold_counts:
            self._fold_counts[key] = self._count(column, np.flatnonzero(self.folds == fold))
        return self._fold_counts[key]

    def _count(self, column: int, rows: Any) -> metrics.Counts:
        labels, scores = self.label_array[rows, column], self.score_array[rows, column]
        if self.excluded is not None:
            known = ~self.excluded[rows, column]
            labels, scores = labels[known], scores[known]
        return metrics.counts(labels, scores)

    def undefined_reason(self, concept: str) -> str:
        """Say why a concept has no ROC AUC: no positives, no negatives, no scores; empty when it has one."""
        if self.source == "platform_curves":
            curve = self.platform_curves.get(concept)
            if curve is None:
                return "no curve sent"
            if not np.isnan(curve.roc_auc):
                return ""
            missing = "no positives" if not curve.num_pos else "no negatives" if not curve.num_neg else ""
            return missing or "not sent"
        reason = metrics.undefined_reason(self.counts(concept))
        return "no scores sent" if reason == "no inputs" and self.num_inputs else reason

    def roc_auc(self, concept: str) -> float:
        """Return a concept's ROC AUC, pooled over folds; NaN when undefined."""
        if self.source == "platform_curves":
            curve = self.platform_curves.get(concept)
            return np.nan if curve is None else curve.roc_auc
        return metrics.roc_auc(self.counts(concept))
