"""Reading labels and scores as users have them, and the predictions of a scikit-learn classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.evaluation.counted import CountedPredictions
from clarifai_eval_widget.evaluation.data import EvaluationData
from clarifai_eval_widget.evaluation.numbered import RowNumbers
from clarifai_eval_widget.evaluation.predictions import Predictions, Unlabelled, with_unlabelled
from clarifai_eval_widget.evaluation.reading import arrays
from clarifai_eval_widget.words import come

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["from_estimator", "from_scores"]


def from_scores(
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
) -> EvaluationData:
    """Evaluate any classifier from its predictions.

    Parameters
    ----------
    labels
        (N, K) of 0 and 1, or (N,) concept ids or indices of concepts, or a list of N lists of ids.
        A DataFrame's columns are matched to the concepts by name, its index to that of the scores. A row of
        NaN, None, masked values, or an empty list is an input of which no label is known.
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
        from 1; numbers that begin with 0 are renumbered. A Series is matched by its index, as
        labels are, or by the input ids.
    concept_names
        Names to show instead of ids.
    pos_label
        The positive class of labels of one column, (N,). By default the one scikit-learn takes: True, or 1 of 0
        and 1 or of -1 and 1; or the class that the one concept is named after, where these two do not
        disagree. Of any other two labels, texts "0" and "1" among them, neither is the positive one by itself.
    unlabelled
        What becomes of inputs of which no label is known: ``"exclude"`` leaves them out of every count,
        ``"negative"`` takes them for negatives of every concept.
    groups
        (N,) any values: inputs of one group (a patient, a film) depend on one another, and intervals and tests
        are clustered. A Series is matched as one of folds is.
    in_sample
        True when the model was trained on these very inputs; said wherever the numbers stand.

    Raises
    ------
    ValueError
        When something does not fit, the positive class cannot be known, or a score is not finite or not in
        0 to 1; it says where.
    """
    given = arrays.read_given(labels, scores, concepts, input_ids, pos_label=pos_label)
    size = len(given.scores)
    ids = RowNumbers(size) if given.input_ids is None else given.input_ids
    notes = list(given.notes)
    if given.input_ids is not None and len(set(ids)) < size:
        repeated = size - len(set(ids))
        notes.append(f"{Code.REPEATED_IDS}: {come(repeated, 'input id')} more than once; every row counts.")
    named = {str(key): str(value) for key, value in (concept_names or {}).items()}
    placed = arrays.read_folds(folds, size, (scores, labels), given.input_ids)
    held = Predictions(given.labels.truth, given.scores, placed)
    held = with_unlabelled(held, given.labels.unlabelled, unlabelled)
    return EvaluationData(
        concepts=given.concepts,
        concept_names={one: named.get(one, one) for one in given.concepts},
        input_ids=ids,
        numbers=CountedPredictions(given.concepts, held, source="scores"),
        has_input_ids=given.input_ids is not None,
        positive_label=given.labels.positive,
        in_sample=in_sample,
        groups=arrays.read_groups(groups, size, (scores, labels), given.input_ids),
        reading_notes=tuple(notes),
    )


def from_estimator(
    model: Any,
    X: Any,
    y: Any,
    *,
    concepts: Iterable[Any] | None = None,
    input_ids: Iterable[Any] | None = None,
    in_sample: bool = False,
) -> EvaluationData:
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
    labels, scores, classes = arrays.scores_of_estimator(model, X, y)
    if input_ids is None and hasattr(X, "index") and hasattr(X, "to_numpy"):
        input_ids = X.index
    chosen = list(concepts) if concepts is not None else None
    if chosen is not None and classes is not None and getattr(labels, "ndim", 1) == 1:
        labels = arrays.read_given(labels, scores, classes, None).labels.truth
    data = from_scores(labels, scores, chosen or classes, input_ids, in_sample=in_sample)
    data.contents = arrays.alike_rows(X)
    return data
