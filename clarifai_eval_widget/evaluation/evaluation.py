"""Evaluation: one evaluated classifier, from a server's reply or from labels and scores."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from clarifai_eval_widget.evaluation import agreement as sources
from clarifai_eval_widget.evaluation import (
    chosen_points,
    criteria_table,
    curve_tables,
    decisions,
    deployment,
    distributions,
    inputs_behind,
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
from clarifai_eval_widget.evaluation.named import shown_names
from clarifai_eval_widget.evaluation.reading import file as reading_file
from clarifai_eval_widget.evaluation.reading import scores as reading_scores
from clarifai_eval_widget.evaluation.reading.message import read_message
from clarifai_eval_widget.evaluation.writing import card as writing_card
from clarifai_eval_widget.evaluation.writing import file as writing_file
from clarifai_eval_widget.evaluation.writing import message as writing_message

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    import pandas as pd
    from clarifai_grpc.grpc.api import resources_pb2, service_pb2
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.codes import Condition
    from clarifai_eval_widget.evaluation.predictions import Unlabelled

__all__ = ["Evaluation"]


_Given = ParamSpec("_Given")
_Method = TypeVar("_Method", bound="Callable[..., Evaluation]")


def _made_by(read: Callable[_Given, EvaluationData]) -> classmethod[Evaluation, _Given, Evaluation]:
    """Let an evaluation be made of what a function reads; it takes what the function does."""

    def make(cls: type[Evaluation], /, *given: _Given.args, **options: _Given.kwargs) -> Evaluation:
        return cls.from_data(read(*given, **options))

    return classmethod(_described(make, read, [Parameter("cls", Parameter.POSITIONAL_ONLY)]))


def _cut_by(
    cut: Callable[Concatenate[EvaluationData, _Given], EvaluationData],
) -> Callable[Concatenate[Evaluation, _Given], Evaluation]:
    """Let a part of an evaluation, which a function cuts out of it, be one itself."""

    def part(e: Evaluation, /, *given: _Given.args, **options: _Given.kwargs) -> Evaluation:
        return type(e).from_data(cut(e, *given, **options))

    return _described(part, cut)


def _described(method: _Method, function: Callable[..., EvaluationData], before: Iterable[Parameter] = ()) -> _Method:
    """Give a method what stands at the function it calls: its words, and the names of what it takes."""
    of = signature(function)
    method.__doc__, method.__name__, method.__module__ = function.__doc__, function.__name__.rstrip("_"), __name__
    method.__qualname__ = f"Evaluation.{method.__name__}"
    described = of.replace(parameters=[*before, *of.parameters.values()], return_annotation="Evaluation")
    method.__signature__ = described  # type: ignore[attr-defined]
    return method


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

    from_scores = _made_by(reading_scores.from_scores)
    from_estimator = _made_by(reading_scores.from_estimator)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Evaluation:
        """Read an evaluation that :meth:`save` wrote; nothing in the file is executed.

        Raises
        ------
        EvalError
            When the file is none, damaged, or of a version this package does not know.
        """
        return cls.from_data(reading_file.load(path))

    slice = _cut_by(parts.slice_)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Under which conditions the numbers were made, by stable codes (``CEW001`` …) that travel with them."""
        return conditions_of(self)

    condition_table = criteria_table.condition_table

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is missing, or to be careful about, in words."""
        found = (condition_notes, matrix.matrix_notes, sources.disagreement)
        return (*self.reading_notes, *(note for one in found for note in one(self)))

    @property
    def labels(self) -> pd.DataFrame:
        """(N, K) bool: the labels, index ``input_id``, columns the concept ids; ``attrs["names"]`` their names."""
        return self._frame(self.label_array)

    @property
    def scores(self) -> pd.DataFrame:
        """(N, K) scores, as :attr:`labels`; NaN where the server sent none."""
        frame = self._frame(self.score_array)
        return frame if self.sent is None else frame.where(self.sent)

    def _frame(self, values: NDArray[Any]) -> pd.DataFrame:
        import pandas as pd

        index = pd.Index(self.input_ids, name="input_id", dtype="str")
        frame = pd.DataFrame(values, index=index, columns=pd.Index(self.concepts, name="concept", dtype="str"))
        frame.attrs["names"] = dict(zip(self.concepts, shown_names(self.concepts, self), strict=True))
        return frame

    @property
    def summary(self) -> pd.Series[float]:
        """The macro figures at threshold 0.5, the accuracy, and how many concepts a macro leaves out.

        Under the platform's names stand what the platform said, else the means over concepts and folds, else
        the means over concepts. ``pooled_`` or ``test_set_`` figures beside them come from the exact counts.
        ``accuracy`` is the share of inputs whose top concept is their label, or for multi-label data
        ``subset_accuracy``, the share of inputs with every decision at 0.5 right. ``averaged_`` and ``left_out_``
        count the concepts of the means under the platform's names, as the server told (``values_…``: concepts times
        folds, in their place where only that is told). ``attrs["sources"]`` says where each number comes from,
        ``attrs["rules"]`` what becomes of an undefined F1, ``attrs["left_out"]`` which concepts have no ROC AUC, and
        why; NaN is undefined or not sent.
        """
        return summary.summary(self)

    table = tables.table
    averages = tables.averages
    fold_table = tables.fold_table
    roc_curve = curve_tables.roc_curve
    precision_recall_curve = curve_tables.precision_recall_curve
    threshold_sweep = curve_tables.threshold_sweep
    confusion_matrix = matrix.confusion_matrix
    cooccurrence_matrix = matrix.cooccurrence_matrix
    agreement = sources.agreement

    operating_point = chosen_points.operating_point
    operating_points = chosen_points.operating_points
    thresholds = chosen_points.thresholds
    criteria_table = criteria_table.criteria_table
    cross_fitted_point = chosen_points.cross_fitted_point
    cross_fitted_points = chosen_points.cross_fitted_points
    threshold_intervals = chosen_points.threshold_intervals
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
    inputs_behind = inputs_behind.inputs_behind

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
    plot_cooccurrence_matrix = plots.plot_cooccurrence_matrix
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
