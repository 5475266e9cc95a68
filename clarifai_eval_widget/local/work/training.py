"""Train versions in the worker process, and record what they were trained on and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.local.data.records import DatasetRecord, DatasetVersionRecord, ModelVersionRecord, now
from clarifai_eval_widget.local.work.cross_validation import is_exclusive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from clarifai_eval_widget.local.work.runner import TaskRunner


@dataclass(frozen=True, eq=False)
class Recipe:
    """A version to be trained."""

    version_id: str
    """Its id."""
    description: str
    """What it is trained on, in words."""
    inputs_per_concept: int | None = None
    """How many inputs to take for each concept; None takes the whole dataset."""


def train_versions(
    runner: TaskRunner,
    classifier: Any,
    dataset: DatasetRecord,
    dataset_version: DatasetVersionRecord,
    recipes: Sequence[Recipe],
) -> list[ModelVersionRecord]:
    """Train versions one after another; whatever training raises is raised."""
    content, embeddings = dataset_version.content.get(), dataset_version.embeddings.get()
    exclusive = is_exclusive(content.labels)
    subsets = [choose_inputs(content.labels, recipe.inputs_per_concept) for recipe in recipes]
    calls = ((_train, (classifier, embeddings[rows], content.labels[rows], exclusive)) for rows in subsets)
    return [
        ModelVersionRecord(
            id=recipe.version_id,
            description=recipe.description,
            dataset=dataset,
            dataset_version=dataset_version,
            head=head,
            concepts=content.concepts,
            concept_names=content.concept_names,
            concept_inputs=tuple(content.labels[rows].sum(axis=0).tolist()),
            num_inputs=len(rows),
            num_features=embeddings.shape[1],
            created_at=begun,
            completed_at=ended,
        )
        for recipe, rows, (head, begun, ended) in zip(recipes, subsets, runner.map(calls), strict=True)
    ]


def _train(
    classifier: Any, X: NDArray[np.float32], Y: NDArray[np.bool_], exclusive: bool
) -> tuple[bytes, datetime, datetime]:
    import cloudpickle

    from clarifai_eval_widget.local.work.heads import train_head

    begun = now()
    head = train_head(classifier, X, Y, exclusive=exclusive)
    return cloudpickle.dumps(head, protocol=5), begun, now()


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
