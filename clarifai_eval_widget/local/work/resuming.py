"""Go on with an evaluation that an earlier server began: what it is, and what it has predicted already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from clarifai_grpc.grpc.api import resources_pb2
from google.protobuf.message import DecodeError

from clarifai_eval_widget.local.statuses import ApiError
from clarifai_eval_widget.local.work.results import measured
from clarifai_eval_widget.local.work.tasks import Predicted

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.local.data.parts import TestSetPart
    from clarifai_eval_widget.local.work.plan import Job, Plan


class CannotResumeError(Exception):
    """An evaluation cannot go on; the reason is a sentence for its owner."""


def read_again(metrics: resources_pb2.EvalMetrics, read: Callable[[resources_pb2.EvalMetrics], Job]) -> Job:
    """Find again what an evaluation was asked to do.

    Parameters
    ----------
    metrics
        The evaluation as it was kept.
    read
        Finds what a request to evaluate names.

    Raises
    ------
    CannotResumeError
        When the model or the dataset is not there any more.
    """
    asked = resources_pb2.EvalMetrics(
        id=metrics.id,
        user_id=metrics.user_id,
        app_id=metrics.app_id,
        model=metrics.model,
        ground_truth_dataset=metrics.ground_truth_dataset,
        eval_info=metrics.eval_info,
        extended_metrics=metrics.extended_metrics,
    )
    try:
        return replace(read(asked), metrics=asked)
    except ApiError as error:
        raise CannotResumeError(error.details) from error


def recover(plan: Plan, index: int, part: TestSetPart) -> Predicted:
    """Read what an earlier server predicted in a step: to the bit what it was.

    Parameters
    ----------
    plan
        The evaluation's steps, as they are now.
    index
        Which step, from 0.
    part
        What was kept of it.

    Raises
    ------
    CannotResumeError
        When it is not of these inputs, labels and concepts: it would be put to others than it belongs to.
    """
    if part.entries and not part.body:
        raise CannotResumeError("What it had predicted cannot be read.")
    try:
        rows = plan.parts[index]
        entries = resources_pb2.EvalMetrics.FromString(part.body).test_set
        column = {concept: k for k, concept in enumerate(plan.job.version.concepts)}
        scores = np.full((len(entries), len(column)), np.nan, np.float32)
        labels = np.zeros(scores.shape, dtype=bool)
        elsewhere = np.ones(len(entries), dtype=bool)
        for n, entry in enumerate(entries):
            for concept in entry.predicted_concepts:
                scores[n, column[concept.id]] = concept.value
            for concept in entry.ground_truth_concepts:
                if concept.id in column:
                    labels[n, column[concept.id]] = concept.value > 0
                    elsewhere[n] = False
    except (DecodeError, LookupError) as error:
        raise CannotResumeError("What it had predicted cannot be read.") from error
    known = [plan.content.input_ids[row] for row in rows]
    same = np.array_equal(labels, plan.labels[rows]) and np.array_equal(elsewhere, plan.elsewhere[rows])
    if [entry.input.id for entry in entries] != known or not same:
        raise CannotResumeError("The dataset is not what it was.")
    if np.isnan(scores).any():
        raise CannotResumeError("What it had predicted is not whole.")
    return Predicted(rows, measured(labels, scores, is_fold=bool(plan.job.num_folds)), part.body)
