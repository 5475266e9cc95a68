"""Choosing thresholds, and saying how sure the numbers are: the statistics side of an Evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack

import numpy as np

from clarifai_eval_widget import operating_point as points
from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.compare import compare
from clarifai_eval_widget.evaluation.data import EvaluationData
from clarifai_eval_widget.evaluation.representation import source_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point import CriterionOptions, CrossFitted, OperatingPoint
    from clarifai_eval_widget.uncertainty import AucEstimate

__all__ = ["ChoiceMethods"]


class ChoiceMethods(EvaluationData):
    """The methods of an Evaluation that choose thresholds and estimate uncertainty."""

    def operating_point(
        self, concept: str, *, confidence_level: float = 0.95, **criterion: Unpack[CriterionOptions]
    ) -> OperatingPoint:
        """Find the threshold at which a concept meets a criterion best.

        A threshold chosen and measured on the same inputs looks better than it is:
        :meth:`cross_fitted_point` gives the honest estimate.

        Parameters
        ----------
        concept
            A concept id.
        confidence_level
            Of the intervals.
        **criterion
            ``maximize="f1"``, ``maximize="fbeta", beta=2``, ``min_precision=0.9``, ``min_recall=0.9``,
            ``max_fpr=0.01``, ``equal_error_rate=True``, ``fp_cost=1, fn_cost=5``, each with ``prevalence=0.02``
            if you like.

        Raises
        ------
        InfeasibleError
            When no threshold will do; it says the best that can be had.
        EvalError
            When only the platform's rounded curves are there.
        """
        return points.operating_point(self._exact_counts(concept), confidence_level=confidence_level, **criterion)

    def operating_points(
        self,
        concepts: Iterable[str] | None = None,
        *,
        infeasible: Literal["raise", "skip"] = "raise",
        confidence_level: float = 0.95,
        **criterion: Unpack[CriterionOptions],
    ) -> dict[str, OperatingPoint]:
        """Find each concept's threshold by one criterion.

        The result can be given to :meth:`Evaluation.table` and :meth:`Evaluation.confusion_matrix` as threshold.

        Parameters
        ----------
        concepts
            Concept ids; all by default.
        infeasible
            ``"raise"`` one error that names every concept without such a threshold, or ``"skip"`` them.
        confidence_level, **criterion
            As in :meth:`operating_point`.
        """
        chosen = self.concepts if concepts is None else tuple(concepts)
        counts = {concept: self._exact_counts(concept) for concept in chosen}
        return points.operating_points(counts, infeasible=infeasible, confidence_level=confidence_level, **criterion)

    def thresholds(
        self, *, infeasible: Literal["raise", "skip"] = "raise", **criterion: Unpack[CriterionOptions]
    ) -> dict[str, float]:
        """Find each concept's threshold by one criterion, as plain numbers by concept id."""
        found = self.operating_points(infeasible=infeasible, **criterion)
        return {concept: point.threshold for concept, point in found.items()}

    def cross_fitted_point(
        self,
        concept: str,
        *,
        splits: int = 5,
        seed: int = 0,
        confidence_level: float = 0.95,
        **criterion: Unpack[CriterionOptions],
    ) -> CrossFitted:
        """Estimate honestly what a criterion achieves on data the threshold was not chosen on.

        The threshold is chosen on all folds but one and measured on that one; the measurements are averaged.

        Parameters
        ----------
        concept
            A concept id.
        splits
            How many parts to split the inputs into, positives and negatives evenly, when the evaluation has no
            folds of its own.
        seed
            Of that split.
        confidence_level, **criterion
            As in :meth:`operating_point`.

        Raises
        ------
        InfeasibleError
            When no threshold suits all inputs together.
        EvalError
            When only the platform's rounded curves are there.
        ValueError
            When there are fewer than two folds, or two inputs to split.
        """
        self._exact_counts(concept)
        column = self.column(concept)
        known = np.ones(self.num_inputs, bool) if self.excluded is None else ~self.excluded[:, column]
        labels = self.label_array[known, column]
        folds = _split(labels, splits, seed) if self.folds is None else self.folds[known]
        return points.cross_fitted(
            labels, self.score_array[known, column], folds, confidence_level=confidence_level, **criterion
        )

    def roc_auc_interval(self, concept: str, confidence_level: float = 0.95) -> AucEstimate:
        """Estimate a concept's ROC AUC with DeLong's interval and variance.

        Parameters
        ----------
        concept
            A concept id.
        confidence_level
            Between 0 and 1.

        Returns
        -------
        AucEstimate
            ``roc_auc``, ``interval``, ``variance``; NaN with a ``reason`` where undefined. Folds are pooled.
        """
        return uncertainty.delong(self._exact_counts(concept), confidence_level=confidence_level)

    def roc_auc_intervals(self, confidence_level: float = 0.95) -> pd.DataFrame:
        """Tabulate every concept's ROC AUC with DeLong's interval: roc_auc, low, high, variance, reason, source."""
        import pandas as pd

        found = [self.roc_auc_interval(concept, confidence_level) for concept in self.concepts]
        columns: dict[str, list[Any]] = {
            "roc_auc": [one.roc_auc for one in found],
            "low": [one.interval[0] for one in found],
            "high": [one.interval[1] for one in found],
            "variance": [one.variance for one in found],
            "reason": [one.reason for one in found],
        }
        frame = pd.DataFrame(columns, index=pd.Index(self.concepts, name="concept", dtype="str"))
        frame["source"] = source_words(self)
        frame.attrs.update(confidence_level=confidence_level, source=source_words(self))
        return frame.astype({"reason": "str", "source": "str"})

    def compare(self, other: EvaluationData, *, confidence_level: float = 0.95) -> pd.DataFrame:
        """Test by DeLong's paired method whether another evaluation of the same inputs has other ROC AUCs.

        Parameters
        ----------
        other
            An evaluation with equal labels. Rows are matched by input id; by position where neither has ids.
        confidence_level
            Of the intervals.

        Returns
        -------
        pandas.DataFrame
            By concept: roc_auc, other_roc_auc, difference (other minus this: positive when the other is better)
            with low and high, p_value, p_holm (adjusted over the concepts), num_pos, num_neg, inputs, reason, source.
            ``attrs`` hold ``matched``, ``only_here``, ``only_there`` (input ids) and ``notes``.

        Raises
        ------
        ValueError
            When inputs cannot be matched, or their labels differ.
        """
        for e in (self, other):
            if e.source == "platform_curves":
                raise EvalError("Comparing needs the scores of every input, but only the platform's curves were sent.")
        return compare(self, other, confidence_level)

    def _exact_counts(self, concept: str) -> Counts:
        if self.source == "platform_curves":
            raise EvalError(
                "This needs exact counts, but the server sent no test set, only rounded rates. Fetch the evaluation "
                "with its test set."
            )
        return self.counts(concept)


def _split(labels: NDArray[np.bool_], splits: int, seed: int) -> NDArray[np.int64]:
    """Deal positives and negatives, each shuffled, to the parts in turn."""
    if splits < 2:
        raise ValueError(f"splits={splits}: choosing and measuring apart needs two parts at least.")
    rng = np.random.default_rng(seed)
    folds = np.empty(len(labels), np.int64)
    for side in (labels, ~labels):
        rows = rng.permutation(np.flatnonzero(side))
        folds[rows] = np.arange(len(rows)) % splits + 1
    return folds
