"""Train versions in the worker process, and record what they were trained on and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.local.data.content import Lazy, now
from clarifai_eval_widget.local.data.records import (
    TRAINING,
    DatasetRecord,
    DatasetVersionRecord,
    ModelRecord,
    ModelVersionRecord,
    Recipe,
)
from clarifai_eval_widget.local.statuses import not_found
from clarifai_eval_widget.local.work.cross_validation import is_exclusive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from clarifai_eval_widget.local.data.content import Content
    from clarifai_eval_widget.local.work.runner import TaskRunner


def train_versions(
    runner: TaskRunner,
    model: ModelRecord,
    dataset: DatasetRecord,
    dataset_version: DatasetVersionRecord,
    recipes: Sequence[Recipe],
) -> list[ModelVersionRecord]:
    """Train versions one after another; whatever training raises is raised.

    What a version was trained on is a dataset version: the given one, or where a recipe takes only some of the inputs,
    one of its own with just those, which is the caller's to add to the dataset.
    """
    earliest = model.not_before_others(now())
    content, embeddings = dataset_version.content.get(), dataset_version.embeddings.get()
    columns = [choose_concepts(content, recipe.concepts) for recipe in recipes]
    subsets = [
        choose_inputs(content.labels[:, column], recipe.inputs_per_concept)
        for recipe, column in zip(recipes, columns, strict=True)
    ]
    calls = (
        (
            _train,
            (
                model.classifier,
                embeddings[rows],
                content.labels[np.ix_(rows, column)],
                is_exclusive(content.labels[:, column]),
            ),
        )
        for rows, column in zip(subsets, columns, strict=True)
    )
    return [
        ModelVersionRecord(
            id=recipe.version_id,
            description=recipe.description,
            dataset=dataset,
            dataset_version=_trained_on(
                dataset_version, rows, f"training-{model.id}-{recipe.version_id}", max(begun, earliest)
            ),
            head=head,
            concepts=tuple(content.concepts[k] for k in column),
            concept_names=tuple(content.concept_names[k] for k in column),
            concept_inputs=tuple(content.labels[np.ix_(rows, column)].sum(axis=0).tolist()),
            num_inputs=len(rows),
            num_features=embeddings.shape[1],
            created_at=max(begun, earliest),
            completed_at=max(ended, earliest),
        )
        for recipe, column, rows, (head, begun, ended) in zip(recipes, columns, subsets, runner.map(calls), strict=True)
    ]


def _trained_on(
    whole: DatasetVersionRecord, rows: NDArray[np.intp], version_id: str, created_at: datetime
) -> DatasetVersionRecord:
    if len(rows) == len(whole.content.get().labels):
        return whole
    content, embeddings = whole.content.get().take(rows), whole.embeddings.get()[rows]
    return DatasetVersionRecord(
        version_id, Lazy.of(content), Lazy.of(embeddings), TRAINING, created_at, embedder=whole.embedder, whole=False
    )


def _train(
    classifier: Any, X: NDArray[np.float32], Y: NDArray[np.bool_], exclusive: bool
) -> tuple[bytes, datetime, datetime]:
    import cloudpickle

    from clarifai_eval_widget.local.work.heads import train_head

    begun = now()
    head = train_head(classifier, X, Y, exclusive=exclusive)
    return cloudpickle.dumps(head, protocol=5), begun, now()


def choose_concepts(content: Content, wanted: Sequence[str]) -> NDArray[np.intp]:
    """Return the columns of the concepts wanted, or of all."""
    column = {concept: k for k, concept in enumerate(content.concepts)}
    unknown = [concept for concept in wanted if concept not in column]
    if unknown:
        raise not_found("concept", unknown[0], content.concepts, where="in the dataset version")
    return np.array([column[concept] for concept in wanted or content.concepts], dtype=np.intp)


def choose_inputs(labels: NDArray[np.bool_], per_concept: int | None, *, seed: int = 0) -> NDArray[np.intp]:
    """Draw a number of inputs for each concept, those with no other concept first; None takes all inputs."""
    if per_concept is None:
        return np.arange(len(labels))
    rng = np.random.default_rng(seed)
    chosen: set[int] = set()
    num_concepts = labels.sum(axis=1)
    for k in range(labels.shape[1]):
        rows = rng.permutation(np.flatnonzero(labels[:, k]))
        rows = rows[np.argsort(num_concepts[rows], kind="stable")]
        chosen.update(rows[:per_concept].tolist())
    return np.array(sorted(chosen), dtype=np.intp)
