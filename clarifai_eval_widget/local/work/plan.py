"""What an evaluation will do: check what it needs, and cut it into folds or batches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.statuses import ApiError
from clarifai_eval_widget.local.work.cross_validation import (
    assign_folds,
    batches,
    is_exclusive,
)
from clarifai_eval_widget.local.work.requirements import MIN_INPUTS, check_concepts
from clarifai_eval_widget.local.work.tasks import Part, cross_validate_part, score_part
from clarifai_eval_widget.words import listed, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from clarifai_eval_widget.local.data.content import Content
    from clarifai_eval_widget.local.data.records import (
        DatasetRecord,
        DatasetVersionRecord,
        ModelRecord,
        ModelVersionRecord,
    )
    from clarifai_eval_widget.local.work.runner import TaskRunner


@dataclass(frozen=True, eq=False)
class Job:
    """An evaluation as it was asked for."""

    metrics: resources_pb2.EvalMetrics
    """The evaluation's id, owner, model, dataset and parameters."""
    model: ModelRecord
    """The model."""
    version: ModelVersionRecord
    """The version."""
    dataset: DatasetRecord
    """The ground-truth dataset."""
    dataset_version: DatasetVersionRecord
    """Its version."""
    num_folds: int
    """Number of folds to cross-validate in; 0 scores the version."""


@dataclass(frozen=True, eq=False)
class Plan:
    """The steps of an evaluation: N inputs, K concepts."""

    job: Job
    """What was asked for."""
    content: Content
    """The inputs."""
    embeddings: NDArray[np.float32]
    """(N, D)."""
    labels: NDArray[np.bool_]
    """(N, K), in the order of the version's concepts."""
    parts: list[NDArray[np.intp]]
    """The rows that each step predicts."""

    @property
    def concepts(self) -> list[resources_pb2.Concept]:
        """The concepts as the wire has them."""
        version = self.job.version
        return [
            resources_pb2.Concept(id=key, name=name, value=1.0, app_id=self.job.dataset.app_id)
            for key, name in zip(version.concepts, version.concept_names, strict=True)
        ]

    def calls(self, first: int = 0) -> Iterator[tuple[Callable[..., Any], tuple[Any, ...]]]:
        """Yield what the worker process is to run, step by step from the first that is wanted, counted from 0."""
        exclusive = is_exclusive(self.labels)
        for index in range(first, len(self.parts)):
            rows = self.parts[index]
            part = self._part(rows, index + 1 if self.job.num_folds else None)
            if not self.job.num_folds:
                yield score_part, (self.job.version.head, part)
                continue
            others = np.ones(len(self.labels), dtype=bool)
            others[rows] = False
            train = (self.embeddings[others], self.labels[others])
            yield cross_validate_part, (self.job.model.classifier, *train, exclusive, part)

    @cached_property
    def _repeated(self) -> NDArray[np.int64] | None:
        """Number the embeddings that come more than once, where nothing else that is sent tells inputs apart."""
        if self.content.texts is not None or self.content.images is not None:
            return None
        rows_of: dict[bytes, list[int]] = {}
        for row, vector in enumerate(np.ascontiguousarray(self.embeddings)):
            rows_of.setdefault(vector.tobytes(), []).append(row)
        several = [rows for rows in rows_of.values() if len(rows) > 1]
        if not several:
            return None
        numbers = np.full(len(self.embeddings), -1, np.int64)
        for number, rows in enumerate(several):
            numbers[rows] = number
        return numbers

    @cached_property
    def trained_on(self) -> NDArray[np.bool_] | None:
        """(N,) which inputs the version has seen in training, by what it sees of them; None when none is scored by it.

        A dataset's versions share inputs, labelled anew or not, and so may datasets: no id tells it.
        """
        if self.job.num_folds:
            return None
        if self.job.version.dataset_version is self.job.dataset_version:
            return np.ones(len(self.labels), dtype=bool)
        seen = set(_hashes(self.job.version.dataset_version.embeddings.get()))
        return np.array([one in seen for one in _hashes(self.embeddings)], dtype=bool)

    @cached_property
    def elsewhere(self) -> NDArray[np.bool_]:
        """(N,) which inputs have none of the version's concepts, but others: nothing is known of them."""
        return np.asarray(self.content.labels.any(axis=1) & ~self.labels.any(axis=1), np.bool_)

    def _others(self, rows: NDArray[np.intp]) -> tuple[tuple[tuple[str, str], ...], ...] | None:
        """Name the concepts of inputs that have only such as the version lacks."""
        if not self.elsewhere[rows].any():
            return None
        known = list(zip(self.content.concepts, self.content.concept_names, strict=True))
        return tuple(
            tuple(known[k] for k in np.flatnonzero(self.content.labels[row])) if self.elsewhere[row] else ()
            for row in rows
        )

    def _part(self, rows: NDArray[np.intp], fold: int | None) -> Part:
        content, version = self.content, self.job.version
        return Part(
            rows=rows,
            embeddings=self.embeddings[rows],
            labels=self.labels[rows],
            input_ids=tuple(content.input_ids[row] for row in rows),
            texts=None if content.texts is None else tuple(content.texts[row] for row in rows),
            images=None if content.images is None else tuple(content.images[row] for row in rows),
            concepts=tuple(zip(version.concepts, version.concept_names, strict=True)),
            app_id=self.job.dataset.app_id,
            fold=fold,
            groups=None if content.groups is None else content.groups[rows],
            repeated=None if self._repeated is None else self._repeated[rows],
            elsewhere=self._others(rows),
        )


def _hashes(embeddings: NDArray[np.float32]) -> Iterator[int]:
    return (hash(vector.tobytes()) for vector in np.ascontiguousarray(embeddings))


def make_plan(job: Job, runner: TaskRunner) -> Plan:
    """Check a job's requirements and cut it into steps.

    Raises
    ------
    ApiError
        When the evaluation cannot be: statuses 21315, 21316, 21317 with the reason.
    """
    check_version(job)
    content = job.dataset_version.content.get()
    labels = align_labels(job, content)
    if job.num_folds:
        check_concepts(
            f"The dataset {job.dataset.id!r}",
            job.version.concepts,
            labels.sum(axis=0).tolist(),
            "Label more inputs, or score the version on it instead of cross-validating (use_kfold: false).",
        )
    embeddings = job.dataset_version.embeddings.get()
    if embeddings.shape[1] != job.version.num_features:
        raise ApiError(
            status_code_pb2.MODEL_EVALUATION_FAILED,
            f"The inputs of {job.dataset.id!r} have embeddings of {embeddings.shape[1]} numbers, but the version "
            f"{job.version.id!r} takes {job.version.num_features}: they are of different kinds. Choose a dataset "
            "embedded as the training data were.",
        )
    if not job.num_folds:
        return Plan(job, content, embeddings, labels, batches(len(labels)))
    if len(labels) < job.num_folds:
        raise ApiError(
            status_code_pb2.MODEL_EVALUATION_NEED_INPUTS,
            f"The dataset {job.dataset.id!r} has {len(labels)} inputs, too few for {job.num_folds} folds.",
        )
    if content.groups is None:
        folds = runner.call(assign_folds, labels, job.num_folds)
    else:
        folds = _grouped_folds(job, labels, content.groups)
    return Plan(job, content, embeddings, labels, [np.flatnonzero(folds == k) for k in range(job.num_folds)])


def _grouped_folds(job: Job, labels: NDArray[np.bool_], groups: NDArray[np.int64]) -> NDArray[np.intp]:
    """Assign folds that split no group, or say why there are none."""
    number = len(np.unique(groups))
    if number < job.num_folds:
        most = f"ask for {number} folds at most, or " if number > 1 else ""
        raise ApiError(
            status_code_pb2.MODEL_EVALUATION_NEED_INPUTS,
            f"The inputs of {job.dataset.id!r} come in {plural(number, 'group')}, too few for {job.num_folds} folds, "
            f"of which none may split a group: {most}score the version on it (use_kfold: false).",
        )
    folds = assign_folds(labels, job.num_folds, groups=groups)
    per_fold = np.stack([labels[folds == fold].sum(axis=0) for fold in range(job.num_folds)])
    in_one = [job.version.concepts[k] for k in np.flatnonzero(per_fold.max(axis=0) == labels.sum(axis=0))]
    if in_one:
        raise ApiError(
            status_code_pb2.MODEL_EVALUATION_NEED_INPUTS,
            f"All inputs of {_quoted(tuple(in_one))} in {job.dataset.id!r} come in so few groups that one fold holds "
            "them, and none is left to train on. Add inputs of other groups, or score the version on it (use_kfold: "
            "false).",
        )
    return folds


def check_version(job: Job) -> None:
    """Check that the version was trained on enough to be evaluated."""
    # Clarifai's own test of its SDK scores an embedding-classifier trained on five inputs, so there the documented ten
    # a concept are no condition.
    few_will_do = job.model.model_type_id == "embedding-classifier" and not job.num_folds
    check_concepts(
        f"The version {job.version.id!r}",
        job.version.concepts,
        job.version.concept_inputs,
        "Train a version on more inputs, or choose another.",
        at_least=1 if few_will_do else MIN_INPUTS,
    )


def align_labels(job: Job, content: Content) -> NDArray[np.bool_]:
    """Return the labels in the order of the version's concepts, without those it does not know."""
    column = {concept: k for k, concept in enumerate(content.concepts)}
    shared = [concept for concept in job.version.concepts if concept in column]
    if not shared:
        raise ApiError(
            status_code_pb2.MODEL_EVALUATION_NEED_LABELS,
            f"The dataset {job.dataset.id!r} has none of the concepts of the version {job.version.id!r}: it has "
            f"{_quoted(content.concepts)}, the version predicts {_quoted(job.version.concepts)}. Choose a dataset with "
            "the same concepts.",
        )
    labels = np.zeros((len(content.labels), len(job.version.concepts)), dtype=bool)
    for k, concept in enumerate(job.version.concepts):
        if concept in column:
            labels[:, k] = content.labels[:, column[concept]]
    return labels


def _quoted(concepts: tuple[str, ...]) -> str:
    return listed(map(repr, concepts))
