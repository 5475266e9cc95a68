"""What the figures of an evaluation come from: one interface, whatever was sent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.metrics.tolerance import outside
from clarifai_eval_widget.words import exact, listed, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.predictions import Predictions
    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.terms import Source

    Curve = NDArray[np.floating[Any]]

__all__ = ["COUNTS", "FIGURES", "MatrixKind", "Numbers", "check_range"]

MatrixKind = Literal["count", "argmax", "probability"]
COUNTS = ("num_pos", "num_neg", "tp", "fp", "fn", "tn", "predicted")
FIGURES = (*metrics.TABULATED, "roc_auc", "avg_precision")
"""What tables by concept hold beside counts, in the order of the columns."""


def check_range(thresholds: NDArray[np.float64]) -> None:
    """Refuse thresholds that no score can lie on both sides of.

    Raises
    ------
    ValueError
        When they are no list, one is NaN, or is finite and does not lie between 0 and 1.
    """
    if thresholds.ndim > 1:
        raise ValueError(f"Thresholds have the shape {thresholds.shape}; give one number, or a list of them.")
    if np.isnan(thresholds).any():
        raise ValueError("A threshold is not a number (NaN); give numbers between 0 and 1.")
    # one just above the highest possible score says that nothing is predicted; so does one that is infinite
    wrong = thresholds[np.isfinite(thresholds) & outside(thresholds)]
    if wrong.size:
        raise ValueError(f"The threshold {exact(wrong[0])} lies outside 0 to 1, where all scores lie; 50 % is 0.5.")


class Numbers(ABC):
    """The figures of K concepts, from counted predictions or from reported rates.

    Whoever tabulates, draws or sends figures asks here and need not know which of the two it is. What rates
    cannot give (counts, the score of an input) raises an :class:`EvalError` that says what to fetch.

    Parameters
    ----------
    concepts
        The K concept ids.
    held
        The predictions; none (of shape (0, K)) where only rates were sent.
    source
        The word for it that files and the page know.
    use_kfold
        Whether the evaluation is a cross-validation; None when not said.
    """

    has_counts: ClassVar[bool]
    """Whether exact counts can be had."""
    fold_means: bool = False
    """Whether curves and areas are each means over folds, so that an area drawn is not the area told."""

    def __init__(
        self, concepts: tuple[str, ...], held: Predictions, *, source: Source, use_kfold: bool | None = None
    ) -> None:
        self.concepts = concepts
        self.held = held
        self.source: Source = source
        self.use_kfold = use_kfold
        self._columns = {concept: index for index, concept in enumerate(concepts)}

    @property
    @abstractmethod
    def label(self) -> str:
        """What the numbers come from, in two words."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What the numbers come from and what was pooled or averaged, for captions."""

    @property
    @abstractmethod
    def row_words(self) -> str:
        """The same for the rows of a table."""

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

    def limits(self, threshold: float | Mapping[str, Any]) -> list[float]:
        """Give each concept its threshold: one for all, or a mapping of thresholds or operating points.

        Raises
        ------
        ValueError
            When a concept has none, or one is no number from 0 to 1 (or infinite).
        """
        for one in threshold.values() if isinstance(threshold, Mapping) else [threshold]:
            if isinstance(one, str | bytes):
                raise ValueError(f"The threshold {one!r} is text; give a number between 0 and 1, for instance 0.5.")
        if not isinstance(threshold, Mapping):
            values = [float(threshold)] * len(self.concepts)
        else:
            for concept in threshold:
                self.column(concept)
            missing = [concept for concept in self.concepts if concept not in threshold]
            if missing:
                raise ValueError(f"There is no threshold for {missing[0]!r}; give one for every concept.")
            given = [threshold[one] for one in self.concepts]
            values = [float(one.threshold if hasattr(one, "threshold") else one) for one in given]
        check_range(np.array(values))
        return values

    def threshold_words(self, threshold: float) -> str:
        """Write a threshold with as many digits as it takes to count the same: the fewest that round back to it."""
        return str(self.held.scores.dtype.type(threshold))

    def threshold_brief(self, threshold: float) -> str:
        """Write a threshold for a caption: with four digits, or as many more as it takes to count the same here."""
        return self.threshold_words(threshold)

    @abstractmethod
    def predictions(self, needed: str) -> Predictions:
        """Return labels and scores of every input; what needs them is told when there are none.

        Raises
        ------
        EvalError
            When only rates were sent.
        """

    def decisions(self, concept: str | None, needed: str) -> tuple[NDArray[np.bool_], NDArray[np.floating[Any]]]:
        """Return labels and scores of one concept, or of all pooled; what was not sent is left out."""
        return self.predictions(needed).listed(slice(None) if concept is None else self.column(concept))

    @abstractmethod
    def counts(self, concept: str) -> Counts:
        """Return a concept's exact counts at every distinct score, pooled over folds.

        Raises
        ------
        EvalError
            When only rates were sent.
        """

    @abstractmethod
    def fold_counts(self, fold: int, concept: str) -> Counts:
        """Return the counts of one concept over the inputs one fold predicted.

        Raises
        ------
        ValueError
            When there is no such fold.
        EvalError
            When only rates were sent.
        """

    def all_counts(self) -> list[Counts]:
        """Return the counts of all concepts, in their order."""
        return [self.counts(concept) for concept in self.concepts]

    @abstractmethod
    def class_sizes(self, concept: str) -> tuple[int, int] | None:
        """Return the numbers of positives and negatives; None when nothing was sent of the concept."""

    @abstractmethod
    def undefined_reason(self, concept: str) -> str:
        """Say why a concept has no ROC AUC: no positives, no negatives, not sent; empty when it has one."""

    @abstractmethod
    def roc_auc(self, concept: str) -> float:
        """Return a concept's ROC AUC, pooled over folds; NaN when undefined."""

    def roc_auc_bounds(self, concept: str) -> tuple[float, float]:
        """Return the ROC AUC in the worst and in the best case of what was not sent; the same where all was."""
        area = self.roc_auc(concept)
        return area, area

    @abstractmethod
    def average_precision(self, concept: str) -> tuple[float, str]:
        """Return a concept's average precision, and why it is undefined where that is known."""

    @abstractmethod
    def row(self, concept: str, threshold: float) -> dict[str, Any]:
        """Return a concept's row of the table: `COUNTS` (None where unknown), `FIGURES` and ``reason``."""

    @abstractmethod
    def roc(self, concept: str) -> dict[str, Any]:
        """Return the columns threshold, fpr and tpr of a concept's ROC; with tp and fp where counted."""

    @abstractmethod
    def precision_recall(self, concept: str) -> dict[str, Any]:
        """Return the columns threshold, precision, recall and reason; with tp and fp where counted."""

    @abstractmethod
    def sweep(self, concept: str, stops: NDArray[np.float64]) -> dict[str, Any]:
        """Return the every rate and its reason at thresholds; with tp, fp, fn, tn where counted."""

    @abstractmethod
    def roc_outline(self, concept: str) -> tuple[Curve, Curve]:
        """Return fpr and tpr as straight lines draw a concept's ROC, ascending; empty when nothing was sent."""

    @abstractmethod
    def roc_point(self, concept: str, threshold: float) -> tuple[float, float]:
        """Return fpr and tpr of a concept at a threshold; NaN where undefined."""

    @abstractmethod
    def precision_recall_outline(self, concept: str) -> tuple[Curve, Curve]:
        """Return recall and precision by descending threshold, as steps are drawn through them."""

    @abstractmethod
    def fold_roc_outline(self, fold: int, concept: str) -> tuple[Curve, Curve]:
        """Return fpr and tpr of one concept over the inputs one fold predicted.

        Raises
        ------
        ValueError
            When there is no such fold.
        """

    @abstractmethod
    def macro_roc(self) -> tuple[Curve, Curve]:
        """Return fpr and tpr of the vertical average over the concepts that have a ROC; empty when none has."""

    def macro_roc_outline(self, most: int = 1000) -> tuple[Curve, Curve]:  # noqa: ARG002 (rates are few)
        """Return so many points at most between which straight lines draw :meth:`macro_roc`."""
        return self.macro_roc()

    @abstractmethod
    def matrix(self, kind: MatrixKind, threshold: float | Mapping[str, Any]) -> tuple[NDArray[Any], str]:
        """Cross labels with predictions, (K, K), and say where that comes from.

        Raises
        ------
        EvalError
            When only rates were sent and the platform's own matrix is not of this kind.
        """

    @abstractmethod
    def sweep_outline(self, concept: str) -> NDArray[np.float64]:
        """Return ascending thresholds between which straight lines draw a concept's rates."""

    @abstractmethod
    def macro_sweep_outline(self) -> NDArray[np.float64]:
        """Return ascending thresholds between which straight lines draw the means of the concepts' rates."""

    @cached_property
    def thinned(self) -> tuple[str, ...]:
        """The concepts with scores between the common stops: straight lines between these are not quite their rates."""
        return ()

    @cached_property
    @abstractmethod
    def stops(self) -> NDArray[np.float64]:
        """The thresholds at which all concepts are counted together, ascending; worked out once."""

    def stops_of(self, concept: str) -> NDArray[np.float64]:
        """Return thresholds at which one concept is looked at: the common ones, or its own where these do not serve.

        Raises
        ------
        NotFoundError
            When there is no such concept.
        """
        self.column(concept)
        return self.stops

    @property
    def unserved(self) -> dict[str, float]:
        """By concept, how far recall moves between two common stops, where more stops would have helped."""
        return {}
