"""Evaluation: one evaluated classifier, from a server's reply or from labels and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.evaluation import curves as eval_curves
from clarifai_eval_widget.evaluation import representation as eval_repr
from clarifai_eval_widget.evaluation import summary as eval_summary
from clarifai_eval_widget.evaluation import tables as eval_tables
from clarifai_eval_widget.evaluation.choices import ChoiceMethods
from clarifai_eval_widget.evaluation.info import EvaluationInfo, PlatformCurve
from clarifai_eval_widget.evaluation.plots import PlotMethods
from clarifai_eval_widget.evaluation.reading import arrays as eval_scores
from clarifai_eval_widget.evaluation.reading import file as eval_io
from clarifai_eval_widget.evaluation.reading.message import read_message

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import ArrayLike

    from clarifai_eval_widget.evaluation.curves import MatrixKind

__all__ = ["Evaluation", "EvaluationInfo", "PlatformCurve"]


class Evaluation(ChoiceMethods, PlotMethods):
    """The results of one evaluation of a classifier: N inputs, K concepts.

    Made by :meth:`from_proto`, :meth:`from_scores`, :meth:`from_estimator` or :meth:`load`, not directly.
    """

    @classmethod
    def from_proto(cls, eval_metrics: Any) -> Evaluation:
        """Read what a server sent, finished or not.

        Parameters
        ----------
        eval_metrics
            A ``clarifai.api.EvalMetrics``, or the ``SingleEvalMetricsResponse`` that holds one.

        Returns
        -------
        Evaluation
            As much of it as the message allows; `notes` says what is missing.

        Raises
        ------
        EvalError
            When a value cannot be right (a score outside 0 to 1); the message names the field.
        """
        return cls(**read_message(eval_metrics))

    @classmethod
    def from_scores(
        cls,
        labels: Any,
        scores: Any,
        concepts: Iterable[Any] | None = None,
        input_ids: Iterable[Any] | None = None,
        folds: Any = None,
        *,
        concept_names: Mapping[str, str] | None = None,
    ) -> Evaluation:
        """Evaluate any classifier from its predictions.

        Parameters
        ----------
        labels
            (N, K) of 0 and 1, or (N,) concept ids or indices of concepts, or a list of N lists of ids.
            A DataFrame's columns are matched to the concepts by name, its index to that of the scores.
        scores
            (N, K) probabilities, or (N,) for a single concept. float32 and float64 are kept as they are.
        concepts
            The K concept ids, in the order of the columns; a DataFrame's columns by default, else "0", "1", …
        input_ids
            N ids; a DataFrame's index by default. Needed to compare evaluations whose rows differ.
        folds
            (N,) the fold whose model predicted the row, when scores are out-of-fold predictions. Counted
            from 1; numbers that begin with 0 are renumbered.
        concept_names
            Names to show instead of ids.

        Raises
        ------
        ValueError
            When something does not fit, or a score is not finite or not in 0 to 1; it says where.
        """
        given = eval_scores.read_given(labels, scores, concepts, input_ids)
        size = len(given.labels)
        ids = given.input_ids or tuple(map(str, range(size)))
        notes = []
        if given.input_ids is not None and len(set(ids)) < size:
            notes.append(f"{size - len(set(ids))} input ids come more than once; every row counts.")
        named = {str(key): str(value) for key, value in (concept_names or {}).items()}
        return cls(
            concepts=given.concepts,
            concept_names={one: named.get(one, one) for one in given.concepts},
            input_ids=ids,
            label_array=given.labels,
            score_array=given.scores,
            folds=eval_scores.read_folds(folds, size),
            has_input_ids=given.input_ids is not None,
            reading_notes=tuple(notes),
        )

    @classmethod
    def from_estimator(
        cls,
        model: Any,
        X: Any,
        y: Any,
        *,
        concepts: Iterable[Any] | None = None,
        input_ids: Iterable[Any] | None = None,
    ) -> Evaluation:
        """Predict with a fitted scikit-learn classifier and evaluate it.

        Parameters
        ----------
        model
            A fitted classifier with ``predict_proba``.
        X
            What it predicts, N rows.
        y
            The labels: classes as in ``model.classes_``, or (N, K) of 0 and 1.
        concepts
            Ids instead of the model's classes, in their order.
        input_ids
            N ids; a DataFrame's index by default.

        Raises
        ------
        TypeError
            When the model has no ``predict_proba``; it says what to do.
        ValueError
            When a label is none of the classes; as in :meth:`from_scores`.
        """
        labels, scores, classes = eval_scores.scores_of_estimator(model, X, y)
        if input_ids is None and hasattr(X, "index") and hasattr(X, "to_numpy"):
            input_ids = X.index
        chosen = list(concepts) if concepts is not None else None
        if chosen is not None and classes is not None and getattr(labels, "ndim", 1) == 1:
            labels = eval_scores.read_given(labels, scores, classes, None).labels
        return cls.from_scores(labels, scores, chosen or classes, input_ids)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Evaluation:
        """Read an evaluation that :meth:`save` wrote; nothing in the file is executed.

        Raises
        ------
        EvalError
            When the file is none, damaged, or of a version this package does not know.
        """
        return cls(**eval_io.load(path))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one file: scores at full precision beside the ``EvalMetrics`` protobuf.

        An existing file is replaced.
        """
        eval_io.save(self, path)

    def to_proto(self) -> Any:
        """Return a ``clarifai.api.EvalMetrics``: the one received, or one made from the scores.

        A made one holds float32 scores (protobuf's choice), and no test set beyond 2,000,000 scores.
        """
        return eval_io.to_proto(self)

    @property
    def summary(self) -> pd.Series[float]:
        """The macro figures at threshold 0.5, the accuracy, and how many concepts a macro leaves out.

        Under the platform's names stand what the platform said, else the means over concepts and folds, else
        the means over concepts. ``pooled_`` or ``test_set_`` figures beside them come from the exact counts.
        ``accuracy`` is the share of inputs whose top concept is their label, or for multi-label data
        ``subset_accuracy``, the share of inputs with every decision at 0.5 right. ``attrs["sources"]`` says
        where each number comes from, ``attrs["left_out"]`` which concepts have no ROC AUC, and why; NaN is undefined
        or not sent.
        """
        return eval_summary.summarise(self)

    @property
    def labels(self) -> pd.DataFrame:
        """(N, K) bool: the labels, index ``input_id``, columns the concept ids."""
        return self._frame(self.label_array)

    @property
    def scores(self) -> pd.DataFrame:
        """(N, K) scores, index ``input_id``, columns the concept ids; NaN where the server sent none."""
        frame = self._frame(self.score_array)
        return frame if self.sent is None else frame.where(self.sent)

    def _frame(self, values: Any) -> pd.DataFrame:
        import pandas as pd

        index = pd.Index(self.input_ids, name="input_id", dtype="str")
        return pd.DataFrame(values, index=index, columns=pd.Index(self.concepts, name="concept", dtype="str"))

    def table(self, threshold: float | Mapping[str, Any] = 0.5) -> pd.DataFrame:
        """Tabulate every concept at a threshold; positive is ``score >= threshold``.

        Parameters
        ----------
        threshold
            One for all concepts, or a mapping from concept id to threshold or operating point.

        Returns
        -------
        pandas.DataFrame
            By concept: threshold, num_pos, num_neg, tp, fp, fn, tn, predicted, precision, recall, f1, roc_auc,
            avg_precision; with folds ``fold_roc_auc_mean``, ``_std`` (population) and ``_folds`` beside the
            pooled roc_auc; with the platform's curves ``platform_`` figures beside those counted here. NaN is
            undefined, for the ``reason``; ``source`` says where the counts come from.

        Raises
        ------
        ValueError
            When a concept is left without a threshold, or one is NaN.
        """
        return eval_tables.concept_table(self, threshold)

    def averages(self, threshold: float | Mapping[str, Any] = 0.5) -> pd.DataFrame:
        """Tabulate macro, weighted (by positives) and micro averages.

        Returns
        -------
        pandas.DataFrame
            Columns average, figure, value, std (population, over concepts), averaged (how many concepts have a
            value), left_out (those that have none), source.
        """
        return eval_tables.averages(self, threshold)

    def fold_table(self, threshold: float | Mapping[str, Any] = 0.5) -> pd.DataFrame:
        """Tabulate every fold and concept at a threshold (as in :meth:`table`); empty without folds.

        Columns fold, concept, threshold, num_pos, num_neg, tp, fp, precision, recall, f1, roc_auc, avg_precision,
        reason (why one is NaN), source.
        """
        return eval_tables.fold_table(self, threshold)

    def roc_curve(self, concept: str | None = None) -> pd.DataFrame:
        """Tabulate the exact ROC, one row a distinct score; all concepts and their macro average by default.

        Returns
        -------
        pandas.DataFrame
            Columns concept, threshold (+inf first: nothing predicted), fpr, tpr, tp, fp, reason, source. The
            macro average is vertical, of the concepts that have a ROC; its area is the mean of theirs.
        """
        return eval_curves.roc_frame(self, concept)

    def precision_recall_curve(self, concept: str | None = None) -> pd.DataFrame:
        """Tabulate precision and recall at each distinct score: concept, threshold, precision, recall, tp, fp."""
        return eval_curves.precision_recall_frame(self, concept)

    def threshold_sweep(self, concept: str | None = None, thresholds: ArrayLike | None = None) -> pd.DataFrame:
        """Tabulate counts and rates over thresholds, all concepts and their macro average by default.

        Parameters
        ----------
        concept
            One concept id, or None for all.
        thresholds
            By default the 0.01 grid and the distinct scores, thinned by rank to about a thousand.

        Returns
        -------
        pandas.DataFrame
            Columns concept, threshold, tp, fp, fn, tn, precision, recall, f1, fpr, reason, source. The macro
            average's rates are means over the concepts that have them; its counts are sums.
        """
        return eval_curves.sweep_frame(self, concept, thresholds)

    def confusion_matrix(self, threshold: float | Mapping[str, Any] = 0.5, kind: MatrixKind = "count") -> pd.DataFrame:
        """Cross labels (rows) with predictions (columns).

        Parameters
        ----------
        threshold
            As in :meth:`table`; used by ``"count"`` only.
        kind
            ``"count"``: inputs labelled with the row whose score for the column is at least the threshold, so a
            row need not sum to its inputs (the platform's definition). ``"argmax"``: inputs labelled with the
            row whose highest score is the column's (the first of equals). ``"probability"``: mean score of the
            column over inputs labelled with the row; NaN for a row without inputs.
        """
        return eval_curves.confusion_matrix(self, threshold, kind)

    def agreement(self) -> pd.DataFrame | None:
        """Compare the platform's curves with the test set, where both describe the same inputs.

        Returns
        -------
        pandas.DataFrame or None
            By concept: the largest difference of tpr, fpr, precision and recall over the platform's thresholds,
            the threshold of the largest, that of the ROC AUC, and whether rounding explains them (NA: nothing
            to compare). None under k-fold, before the end, or when only one source was sent.
        """
        return eval_summary.agreement(self)

    def __repr__(self) -> str:
        return eval_repr.text_summary(self)

    def _repr_html_(self) -> str:
        return eval_repr.html_summary(self)
