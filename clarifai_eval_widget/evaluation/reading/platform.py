"""What the platform itself counted and averaged over all inputs: matrices, and how many values its means are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.own_metrics import OWN_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_grpc.grpc.api import resources_pb2
    from numpy.typing import NDArray

__all__ = ["read_averaged", "read_cooccurrence", "read_matrix"]

_NAMES = {"roc_auc": "roc_auc", "f1_score": "f1", "precision": "precision", "recall": "recall"}


def read_matrix(message: resources_pb2.EvalMetrics, concepts: Sequence[str]) -> NDArray[np.float64] | None:
    """Read the platform's own matrix of mean scores, (K, K), NaN where it has no cell; None when it was not sent."""
    if not message.confusion_matrix.matrix:
        return None
    place = {concept: index for index, concept in enumerate(concepts)}
    values = np.full((len(concepts), len(concepts)), np.nan)
    for entry in message.confusion_matrix.matrix:
        actual, predicted = entry.actual_concept.id or entry.actual, entry.predicted_concept.id or entry.predicted
        if actual in place and predicted in place:
            values[place[actual], place[predicted]] = entry.value
    return values


def read_cooccurrence(message: resources_pb2.EvalMetrics, concepts: Sequence[str]) -> NDArray[np.int64] | None:
    """Read how often labels occur together in the whole dataset, (K, K); None when it was not sent."""
    if not message.cooccurrence_matrix.matrix:
        return None
    place = {concept: index for index, concept in enumerate(concepts)}
    counts = np.zeros((len(concepts), len(concepts)), np.int64)
    for entry in message.cooccurrence_matrix.matrix:
        if entry.row in place and entry.col in place:
            counts[place[entry.row], place[entry.col]] = entry.count
    return counts


_MOST = 1e15  # a count beyond it is none


def read_averaged(message: resources_pb2.EvalMetrics) -> dict[str, tuple[int, int]]:
    """Read how many values (concepts, or concepts times folds) each macro figure averages and leaves out."""
    told = message.extended_metrics.user_metrics.fields
    if OWN_KEY not in told or "summary_of" not in told[OWN_KEY].struct_value.fields:
        return {}
    said = told[OWN_KEY].struct_value.fields["summary_of"].struct_value.fields
    found = {}
    for sent, name in _NAMES.items():
        if sent in said:
            counted = said[sent].struct_value.fields
            each = [counted[one].number_value if one in counted else 0.0 for one in ("averaged", "undefined")]
            if all(0 <= number < _MOST for number in each):  # anything may stand in a reply, infinity too
                found[name] = (int(each[0]), int(each[1]))
    return found
