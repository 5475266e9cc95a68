"""Reading labels and scores as users have them, and the predictions of a scikit-learn classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.evaluation.counted import CountedPredictions
from clarifai_eval_widget.evaluation.data import EvaluationData
from clarifai_eval_widget.evaluation.numbered import RowNumbers
from clarifai_eval_widget.evaluation.predictions import Predictions, Unlabelled, with_unlabelled
from clarifai_eval_widget.evaluation.reading import arrays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["read_estimator", "read_scores"]


def read_scores(
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
    """Read predictions; parameters and errors as those of :meth:`Evaluation.from_scores`."""
    given = arrays.read_given(labels, scores, concepts, input_ids, pos_label=pos_label)
    size = len(given.scores)
    ids = RowNumbers(size) if given.input_ids is None else given.input_ids
    notes = list(given.notes)
    if given.input_ids is not None and len(set(ids)) < size:
        repeated = size - len(set(ids))
        notes.append(f"{Code.REPEATED_IDS}: {repeated} input ids come more than once; every row counts.")
    named = {str(key): str(value) for key, value in (concept_names or {}).items()}
    placed = arrays.read_folds(folds, size, (scores, labels))
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
        groups=arrays.read_groups(groups, size, (scores, labels)),
        reading_notes=tuple(notes),
    )


def read_estimator(
    model: Any,
    X: Any,
    y: Any,
    *,
    concepts: Iterable[Any] | None = None,
    input_ids: Iterable[Any] | None = None,
    in_sample: bool = False,
) -> EvaluationData:
    """Predict and read; parameters and errors as those of :meth:`Evaluation.from_estimator`."""
    labels, scores, classes = arrays.scores_of_estimator(model, X, y)
    if input_ids is None and hasattr(X, "index") and hasattr(X, "to_numpy"):
        input_ids = X.index
    chosen = list(concepts) if concepts is not None else None
    if chosen is not None and classes is not None and getattr(labels, "ndim", 1) == 1:
        labels = arrays.read_given(labels, scores, classes, None).labels.truth
    data = read_scores(labels, scores, chosen or classes, input_ids, in_sample=in_sample)
    repeated = arrays.repeated_rows(X)
    if repeated:
        note = f"{Code.REPEATED_CONTENT}: {repeated} rows of X repeat another; every row counts."
        data.reading_notes = (*data.reading_notes, note)
    return data
