"""Evaluation: one evaluated classifier, from a server's reply or from labels and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import eval_scores
from clarifai_eval_widget.eval_data import EvaluationData
from clarifai_eval_widget.eval_info import EvaluationInfo, PlatformCurve
from clarifai_eval_widget.eval_reading import read_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Evaluation", "EvaluationInfo", "PlatformCurve"]


class Evaluation(EvaluationData):
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
        if len(set(ids)) < size:
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
            notes=tuple(notes),
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
        """
        labels, scores, classes = eval_scores.scores_of_estimator(model, X, y)
        if input_ids is None and hasattr(X, "index") and hasattr(X, "to_numpy"):
            input_ids = X.index
        chosen = list(concepts) if concepts is not None else None
        if chosen is not None and classes is not None and getattr(labels, "ndim", 1) == 1:
            labels = eval_scores.read_given(labels, scores, classes, None).labels
        return cls.from_scores(labels, scores, chosen or classes, input_ids)
