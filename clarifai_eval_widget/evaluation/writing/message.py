"""Making the message a server would send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.summary import macro_figures
from clarifai_eval_widget.own_metrics import GROUP_KEY, OWN_KEY
from clarifai_eval_widget.words import plural, storable

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["to_proto"]

_TEST_SET_CELLS = 2_000_000  # a protobuf message for each prediction: beyond this it is the arrays alone


def to_proto(e: EvaluationData) -> resources_pb2.EvalMetrics:
    """Return a ``clarifai.api.EvalMetrics``: the one received, or one made from the scores.

    A made one holds float32 scores (protobuf's choice), and no test set beyond 2,000,000 scores. Where float32 moves
    scores across a threshold, or makes ties of them, the message says so, and :meth:`Evaluation.from_proto` tells it
    among the notes.
    """
    from clarifai_grpc.grpc.api import resources_pb2
    from clarifai_grpc.grpc.api.status import status_code_pb2

    message = resources_pb2.EvalMetrics()
    if e.message is not None:
        message.CopyFrom(e.message)
        return message
    message.status.code = status_code_pb2.MODEL_EVALUATED
    message.id = e.info.id
    if e.folds is not None:
        progress = message.extended_metrics.user_metrics.get_or_create_struct(OWN_KEY)
        progress.update({"folds": len(e.fold_numbers), "folds_done": len(e.fold_numbers)})
        message.eval_info.params.update({"use_kfold": True})
    figures = macro_figures(e, by_fold=e.folds is not None)
    for name, value in figures.items():
        if name.startswith("macro") and not np.isnan(value):
            setattr(message.summary, name, value)
    told = _moved_by_float32(e)
    if told:
        message.extended_metrics.user_metrics.get_or_create_struct(OWN_KEY).update({"note": told})
    for concept in e.concepts:
        _add_metrics(e, concept, message)
    if e.score_array.size <= _TEST_SET_CELLS:
        _add_test_set(e, message)
    return message


def _moved_by_float32(e: EvaluationData) -> str:
    """Say which decisions and which order float32 does not keep; empty when it keeps all."""
    if e.score_array.dtype == np.float32:
        return ""
    moved = tied = 0
    for column, concept in enumerate(e.concepts):
        labels, scores = e.numbers.predictions("This needs scores").known(column)
        exact, rounded = e.counts(concept), metrics.counts(labels, scores.astype(np.float32))
        before, after = (np.stack(c.at(metrics.HUNDREDTHS)) for c in (exact, rounded))
        moved += int(np.abs(before - after).max(initial=0))
        tied += len(exact) - len(rounded)
    if not moved and not tied:
        return ""
    return (
        f"Scores were rounded to float32: {plural(tied, 'distinct score')} became equal to another, and up to "
        f"{plural(moved, 'input')} {'lies' if moved == 1 else 'lie'} on the other side of a threshold of the 0.01 grid."
    )


def _add_metrics(e: EvaluationData, concept: str, message: resources_pb2.EvalMetrics) -> None:
    """Add one concept's rates at 101 thresholds: ROC descending, precision–recall ascending, as the platform does."""
    c, concept, name = e.counts(concept), storable(concept), storable(e.concept_names.get(concept, concept))
    added = message.binary_metrics.add(num_pos=c.num_pos, num_neg=c.num_neg, num_tot=c.num_pos + c.num_neg)
    added.concept.id, added.concept.name = concept, name
    count = message.label_counts.positive_label_counts.add(concept_name=name, count=c.num_pos)
    count.concept.id, count.concept.name = concept, name
    grid = metrics.HUNDREDTHS
    tps, fps = c.at(grid)
    for field, value in (("roc_auc", metrics.roc_auc(c)), ("avg_precision", metrics.average_precision(c))):
        if not np.isnan(value):
            setattr(added, field, value)
    at_half = metrics.f1(int(tps[50]), int(fps[50]), c.num_pos)
    added.f1 = 0.0 if np.isnan(at_half) else at_half
    if c.num_pos and c.num_neg:
        added.roc_curve.tpr.extend(np.round(tps / c.num_pos, 4)[::-1])
        added.roc_curve.fpr.extend(np.round(fps / c.num_neg, 4)[::-1])
        added.roc_curve.thresholds.extend(grid[::-1])
        precision = np.nan_to_num(metrics.precision(tps, fps), nan=1.0)
        added.precision_recall_curve.precision.extend(np.round(precision, 4))
        added.precision_recall_curve.recall.extend(np.round(tps / c.num_pos, 4))
        added.precision_recall_curve.thresholds.extend(grid)


def _add_test_set(e: EvaluationData, message: resources_pb2.EvalMetrics) -> None:
    ids = list(map(storable, e.concepts))
    names = [storable(e.concept_names.get(concept, concept)) for concept in e.concepts]
    answers = bool(e.label_array.any())  # labels without any value are read as positives
    for row, input_id in enumerate(e.input_ids):
        entry = message.test_set.add()
        entry.input.id = storable(input_id) if e.has_input_ids else ""
        if e.folds is not None:
            entry.input.data.metadata.update({"fold": int(e.folds[row])})
        if e.groups is not None:
            entry.input.data.metadata.update({GROUP_KEY: int(e.groups[row])})
        for column in np.argsort(-e.score_array[row], kind="stable"):
            value = float(e.score_array[row, column])
            entry.predicted_concepts.add(id=ids[column], name=names[column], value=value)
        found = np.flatnonzero(e.label_array[row])
        for column in found:
            entry.ground_truth_concepts.add(id=ids[column], name=names[column], value=1.0)
        if not len(found) and answers and not (e.unlabelled is not None and e.unlabelled[row]):
            # an input known to have none of the concepts is no input without labels
            entry.ground_truth_concepts.add(id=ids[0], name=names[0], value=0.0)
