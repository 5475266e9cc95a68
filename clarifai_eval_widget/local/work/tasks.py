"""What the worker process is asked to do for an evaluation: predict, count, and write the predictions down.

Writing a test set as protobuf takes longer than predicting it; done here it does not hold up the user's kernel.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2, status_pb2

from clarifai_eval_widget.local.work.results import measured
from clarifai_eval_widget.own_metrics import CONTENT_KEY, GROUP_KEY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.local.work.heads import ConceptHead
    from clarifai_eval_widget.local.work.results import Measured


@dataclass(frozen=True, eq=False)
class Part:
    """The inputs that one fold or batch predicts: n inputs by K concepts."""

    rows: NDArray[np.intp]
    """Their rows in the dataset."""
    embeddings: NDArray[np.float32]
    """(n, D)."""
    labels: NDArray[np.bool_]
    """(n, K)."""
    input_ids: tuple[str, ...]
    """Their ids."""
    texts: tuple[str, ...] | None
    """Their texts."""
    images: tuple[bytes, ...] | None
    """Their image files."""
    concepts: tuple[tuple[str, str], ...]
    """Id and name of each concept."""
    app_id: str
    """The dataset's app."""
    fold: int | None = None
    """The fold that sets them aside, from 1; None when a version is scored."""
    groups: NDArray[np.int64] | None = None
    """(n,) their groups, from 0; None without groups."""
    repeated: NDArray[np.int64] | None = None
    """(n,) a number for each embedding that comes more than once in the dataset, else -1; None without any."""
    elsewhere: tuple[tuple[tuple[str, str], ...], ...] | None = None
    """(n,) of inputs with none of the concepts, id and name of those they have; None where there are no such inputs."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """What came of a part."""

    rows: NDArray[np.intp]
    """The rows predicted."""
    measured: Measured
    """What is counted of them."""
    test_set: bytes
    """An ``EvalMetrics`` with nothing but the test set, as protobuf."""


def score_part(head: bytes, part: Part) -> Predicted:
    """Predict a batch with a trained head, pickled."""
    return _predict(pickle.loads(head), part)


def score_rows(head: bytes, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, K) probabilities of (n, D) embeddings by a trained head, pickled."""
    trained: ConceptHead = pickle.loads(head)
    return trained.predict_proba(embeddings)


def cross_validate_part(
    classifier: Any, X: NDArray[np.float32], Y: NDArray[np.bool_], exclusive: bool, part: Part
) -> Predicted:
    """Train a new head on the other parts and predict the one set aside."""
    from clarifai_eval_widget.local.work.heads import train_head

    return _predict(train_head(classifier, X, Y, exclusive=exclusive), part)


def _predict(head: ConceptHead, part: Part) -> Predicted:
    scores = head.predict_proba(part.embeddings)
    figures = measured(part.labels, scores, is_fold=part.fold is not None)
    return Predicted(part.rows, figures, write_test_set(part, scores))


def write_test_set(part: Part, scores: NDArray[np.float32]) -> bytes:
    """Write predictions as the platform does: concepts by falling score, of the labels only those that apply.

    An input of none of the concepts names the first one with the value 0: without any, it would count as unlabelled.
    One that has other concepts names these instead, for whether it has one of the version's is not known.
    """
    metrics = resources_pb2.EvalMetrics()
    truths = [resources_pb2.Concept(id=key, name=name, value=1.0, app_id=part.app_id) for key, name in part.concepts]
    downloaded = status_pb2.Status(code=status_code_pb2.INPUT_SUCCESS, description="Download complete")
    order = np.argsort(-scores, axis=1, kind="stable")
    for n, ranking in enumerate(order.tolist()):
        entry = metrics.test_set.add()
        for k in ranking:
            key, name = part.concepts[k]
            entry.predicted_concepts.add(id=key, name=name, value=float(scores[n, k]), app_id=part.app_id)
        entry.ground_truth_concepts.extend(truths[k] for k in np.flatnonzero(part.labels[n]))
        others = () if part.elsewhere is None else part.elsewhere[n]
        for key, name in others:
            entry.ground_truth_concepts.add(id=key, name=name, value=1.0, app_id=part.app_id)
        if not others and not part.labels[n].any():
            key, name = part.concepts[0]
            entry.ground_truth_concepts.add(id=key, name=name, value=0.0, app_id=part.app_id)
        _write_input(entry.input, part, n)
        entry.input.status.CopyFrom(downloaded)
    written: bytes = metrics.SerializeToString()
    return written


def _write_input(message: resources_pb2.Input, part: Part, n: int) -> None:
    message.id = part.input_ids[n]
    if part.texts is not None:
        message.data.text.raw = part.texts[n]
        message.data.text.text_info.char_count = len(part.texts[n])
        message.data.text.text_info.encoding = "UTF8"
    if part.images is not None:
        message.data.image.base64 = part.images[n]
    if part.fold is not None:
        message.data.metadata.update({"fold": part.fold})
    if part.groups is not None:
        message.data.metadata.update({GROUP_KEY: int(part.groups[n])})
    if part.repeated is not None and part.repeated[n] >= 0:
        message.data.metadata.update({CONTENT_KEY: int(part.repeated[n])})
