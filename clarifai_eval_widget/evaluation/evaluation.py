"""Evaluation: one evaluated classifier, from a server's reply or from labels and scores."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.evaluation import agreement as sources
from clarifai_eval_widget.evaluation import (
    choices,
    curves,
    decisions,
    deployment,
    distributions,
    intervals,
    matrix,
    parts,
    plots,
    probabilities,
    relabelling,
    representation,
    summary,
    tables,
)
from clarifai_eval_widget.evaluation import compare as comparison
from clarifai_eval_widget.evaluation.conditions import condition_notes, conditions_of
from clarifai_eval_widget.evaluation.data import EvaluationData
from clarifai_eval_widget.evaluation.reading import file as reading_file
from clarifai_eval_widget.evaluation.reading import scores as reading_scores
from clarifai_eval_widget.evaluation.reading.message import read_message
from clarifai_eval_widget.evaluation.writing import card as writing_card
from clarifai_eval_widget.evaluation.writing import file as writing_file
from clarifai_eval_widget.evaluation.writing import message as writing_message

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from clarifai_grpc.grpc.api import resources_pb2, service_pb2
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.codes import Condition
    from clarifai_eval_widget.evaluation.predictions import Unlabelled

__all__ = ["Evaluation"]


class Evaluation(EvaluationData):
    """The results of one evaluation of a classifier: N inputs, K concepts.

    Made by :meth:`from_proto`, :meth:`from_scores`, :meth:`from_estimator` or :meth:`load`, not directly. What it
    holds stands in :class:`EvaluationData`; what can be asked of it are functions over that, each in the module of
    its subject, which are its methods by being named here.
    """

    @classmethod
    def from_data(cls, data: EvaluationData) -> Evaluation:
        """Give what was read the methods of an evaluation."""
        return cls(**{one.name: getattr(data, one.name) for one in fields(data) if one.init})

    @classmethod
    def from_proto(
        cls,
        eval_metrics: resources_pb2.EvalMetrics | service_pb2.SingleEvalMetricsResponse,
        *,
        unlabelled: Unlabelled = "exclude",
    ) -> Evaluation:
        """Read what a server sent, finished or not.

        Parameters
        ----------
        eval_metrics
            A ``clarifai.api.EvalMetrics``, or the ``SingleEvalMetricsResponse`` that holds one.
        unlabelled
            What becomes of inputs without any label of a concept that has scores: ``"exclude"`` leaves them out of
            every count, ``"negative"`` takes them for negatives of every concept, as the platform's own figures do.

        Returns
        -------
        Evaluation
            As much of it as the message allows; `notes` says what is missing.

        Raises
        ------
        EvalError
            When a value cannot be right (a score outside 0 to 1); the message names the field.
        """
        return cls.from_data(read_message(eval_metrics, unlabelled=unlabelled))

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
        pos_label: Any = None,
        unlabelled: Unlabelled = "exclude",
        groups: Any = None,
        in_sample: bool = False,
    ) -> Evaluation:
        """Evaluate any classifier from its predictions.

        Parameters
        ----------
        labels
            (N, K) of 0 and 1, or (N,) concept ids or indices of concepts, or a list of N lists of ids.
            A DataFrame's columns are matched to the concepts by name, its index to that of the scores. A row of
            NaN, None, or an empty list is an input of which no label is known.
        scores
            (N, K) probabilities, or (N,) for a single concept. float32 and float64 are kept as they are; what lies
            outside 0 to 1 by 1e-6 at most, as sums of float32 do, is taken for 0 or 1.
        concepts
            The K concept ids, in the order of the columns; by default a DataFrame's columns, those of the scores
            or else of the labels, else "0", "1", …; of one column its positive label
        input_ids
            N ids; a DataFrame's index by default. Needed to compare evaluations whose rows differ.
        folds
            (N,) the fold whose model predicted the row, when scores are out-of-fold predictions. Counted
            from 1; numbers that begin with 0 are renumbered. A Series is matched by its index, as labels are.
        concept_names
            Names to show instead of ids.
        pos_label
            The positive class of labels of one column, (N,). By default the one scikit-learn takes: True, or 1 of 0
            and 1 or of -1 and 1; or the class that the one concept is named after. Of any other two labels,
            texts "0" and "1" among them, neither is the positive one by itself.
        unlabelled
            What becomes of inputs of which no label is known: ``"exclude"`` leaves them out of every count,
            ``"negative"`` takes them for negatives of every concept.
        groups
            (N,) any values: inputs of one group (a patient, a film) depend on one another, and intervals and tests
            are clustered. A Series is matched by its index.
        in_sample
            True when the model was trained on these very inputs; said wherever the numbers stand.

        Raises
        ------
        ValueError
            When something does not fit, the positive class cannot be known, or a score is not finite or not in
            0 to 1; it says where.
        """
        data = reading_scores.read_scores(
            labels,
            scores,
            concepts,
            input_ids,
            folds,
            concept_names=concept_names,
            pos_label=pos_label,
            unlabelled=unlabelled,
            groups=groups,
            in_sample=in_sample,
        )
        return cls.from_data(data)

    @classmethod
    def from_estimator(
        cls,
        model: Any,
        X: Any,
        y: Any,
        *,
        concepts: Iterable[Any] | None = None,
        input_ids: Iterable[Any] | None = None,
        in_sample: bool = False,
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
        in_sample
            True when the model was fitted on these very inputs.

        Raises
        ------
        TypeError
            When the model has no ``predict_proba``; it says what to do.
        ValueError
            When a label is none of the classes; as in :meth:`from_scores`.
        """
        data = reading_scores.read_estimator(model, X, y, concepts=concepts, input_ids=input_ids, in_sample=in_sample)
        return cls.from_data(data)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Evaluation:
        """Read an evaluation that :meth:`save` wrote; nothing in the file is executed.

        Raises
        ------
        EvalError
            When the file is none, damaged, or of a version this package does not know.
        """
        return cls.from_data(reading_file.load(path))

    def slice(
        self,
        inputs: Iterable[Any] | None = None,
        *,
        fold: int | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> Evaluation:
        """Evaluate only some of the inputs, by themselves.

        Parameters
        ----------
        inputs
            Input ids (of ``w.selection``, for instance), or (N,) booleans; None for all.
        fold
            Only those that this fold predicted.
        where
            Only those whose :attr:`metadata` have these values, by field.

        Raises
        ------
        NotFoundError
            When there is no such input, fold or field.
        ValueError
            When a mask has another length, or no input is left.
        EvalError
            When only the platform's rates were sent.
        """
        return type(self).from_data(parts.slice_data(self, inputs, fold=fold, where=where))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Under which conditions the numbers were made, by stable codes (``CEW001`` …) that travel with them."""
        return conditions_of(self)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is missing, or to be careful about, in words."""
        found = (condition_notes, matrix.matrix_notes, sources.disagreement)
        return (*self.reading_notes, *(note for one in found for note in one(self)))

    @property
    def labels(self) -> pd.DataFrame:
        """(N, K) bool: the labels, index ``input_id``, columns the concept ids."""
        return self._frame(self.label_array)

    @property
    def scores(self) -> pd.DataFrame:
        """(N, K) scores, index ``input_id``, columns the concept ids; NaN where the server sent none."""
        frame = self._frame(self.score_array)
        return frame if self.sent is None else frame.where(self.sent)

    def _frame(self, values: NDArray[Any]) -> pd.DataFrame:
        import pandas as pd

        index = pd.Index(self.input_ids, name="input_id", dtype="str")
        return pd.DataFrame(values, index=index, columns=pd.Index(self.concepts, name="concept", dtype="str"))

    @property
    def summary(self) -> pd.Series[float]:
        """The macro figures at threshold 0.5, the accuracy, and how many concepts a macro leaves out.

        Under the platform's names stand what the platform said, else the means over concepts and folds, else
        the means over concepts. ``pooled_`` or ``test_set_`` figures beside them come from the exact counts.
        ``accuracy`` is the share of inputs whose top concept is their label, or for multi-label data
        ``subset_accuracy``, the share of inputs with every decision at 0.5 right. ``averaged_`` and ``left_out_``
        count the concepts of the means under the platform's names, as the server told (``values_…``: concepts times
        folds). ``attrs["sources"]`` says where each number comes from, ``attrs["rules"]`` what becomes of an
        undefined F1, ``attrs["left_out"]`` which concepts have no ROC AUC, and why; NaN is undefined or not sent.
        """
        return summary.summary(self)

    table = tables.table
    averages = tables.averages
    fold_table = tables.fold_table
    roc_curve = curves.roc_curve
    precision_recall_curve = curves.precision_recall_curve
    threshold_sweep = curves.threshold_sweep
    confusion_matrix = matrix.confusion_matrix
    cooccurrence_matrix = matrix.cooccurrence_matrix
    agreement = sources.agreement

    operating_point = choices.operating_point
    operating_points = choices.operating_points
    thresholds = choices.thresholds
    cross_fitted_point = choices.cross_fitted_point
    cross_fitted_points = choices.cross_fitted_points
    threshold_intervals = choices.threshold_intervals
    abstain_point = deployment.abstain_point
    abstain_curve = deployment.abstain_curve
    rejecting_matrix = deployment.rejecting_matrix
    cheapest_threshold = deployment.cheapest_threshold
    net_benefit = deployment.net_benefit
    deployment_prevalence = deployment.deployment_prevalence
    partial_auc = deployment.partial_auc
    tpr_at_fpr = deployment.tpr_at_fpr
    precision_at_k = deployment.precision_at_k
    probability_scores = probabilities.probability_scores
    calibration_curve = distributions.calibration_curve
    score_histogram = distributions.score_histogram

    roc_auc_interval = intervals.roc_auc_interval
    roc_auc_intervals = intervals.roc_auc_intervals
    figure_interval = intervals.figure_interval
    slices = parts.slices
    metadata = property(parts.metadata)
    relabel = relabelling.relabel

    compare = comparison.compare
    compare_overall = comparison.compare_overall
    compare_decisions = decisions.compare_decisions
    inputs_needed = decisions.inputs_needed

    plot_roc = plots.plot_roc
    plot_precision_recall = plots.plot_precision_recall
    plot_threshold_sweep = plots.plot_threshold_sweep
    plot_confusion_matrix = plots.plot_confusion_matrix
    plot_reliability = plots.plot_reliability
    plot_score_histogram = plots.plot_score_histogram
    plot_comparison = plots.plot_comparison

    save = writing_file.save
    to_proto = writing_message.to_proto
    to_model_card = writing_card.to_model_card

    def __repr__(self) -> str:
        return representation.text_summary(self)

    def _repr_html_(self) -> str:
        return representation.html_summary(self, self.notes)

    def _repr_markdown_(self) -> str:
        return representation.markdown_summary(self, self.notes)
