"""What an evaluation has predicted so far, and its metrics: each step costs what it adds."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.local.statuses import tell_own
from clarifai_eval_widget.local.work import results
from clarifai_eval_widget.words import plural

if TYPE_CHECKING:
    from clarifai_eval_widget.local.work.plan import Plan
    from clarifai_eval_widget.local.work.tasks import Predicted


class EvaluationProgress:
    """The metrics of the folds or batches done.

    A fold is measured by itself, and figures are means over folds. A batch's counts are put to those of the batches
    before it, from which the figures follow.

    Parameters
    ----------
    plan
        The evaluation's steps.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._concepts = plan.concepts
        self._begun = time.monotonic()
        self._splits: list[results.Split] = []
        self._counted: results.Counted | None = None
        self._sums: results.Sums | None = None
        self.steps_done = 0
        """How many folds or batches have been taken in."""
        self._trained_on = 0
        self._recovered = 0
        self._constant = resources_pb2.EvalMetrics()
        self._constant.CopyFrom(plan.job.metrics)
        results.write_label_counts(self._constant, plan.labels, self._concepts)

    def told(self) -> dict[str, Any]:
        """Percent done, and the seconds that the rest will take at the pace so far."""
        done, total = self.steps_done, len(self._plan.parts)
        left = (time.monotonic() - self._begun) / max(done - self._recovered, 1) * (total - done)
        return {"percent_completed": 100 * done // total, "time_remaining": math.ceil(left)}

    def begun(self) -> resources_pb2.EvalMetrics:
        """Return the evaluation before its first step: how much there is to do, of which nothing is done yet."""
        message = resources_pb2.EvalMetrics()
        message.CopyFrom(self._plan.job.metrics)
        tell_own(message, self._extent(0))
        return message

    def add(self, predicted: Predicted) -> resources_pb2.EvalMetrics:
        """Take in a fold or batch; return the evaluation with the metrics so far."""
        self._take_in(predicted)
        return self._written()

    def recover(self, predicted: Predicted) -> None:
        """Take in a fold or batch that an earlier server computed; it says nothing of the pace of this one."""
        self._take_in(predicted)
        self._recovered += 1
        self._begun = time.monotonic()

    def _take_in(self, predicted: Predicted) -> None:
        sums, figures = predicted.measured.sums, predicted.measured.figures
        self._sums = sums if self._sums is None else self._sums + sums
        if isinstance(figures, results.Split):
            self._splits.append(figures)
        else:
            self._counted = figures if self._counted is None else self._counted + figures
            self._splits = [self._counted.split]
        if self._plan.trained_on is not None:
            self._trained_on += int(self._plan.trained_on[predicted.rows].sum())
        self.steps_done += 1

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to be taken in."""
        return self.steps_done == len(self._plan.parts)

    def _written(self) -> resources_pb2.EvalMetrics:
        plan, num_folds, sums = self._plan, self._plan.job.num_folds, self._sums
        assert sums is not None
        totals = None
        if num_folds:
            totals = (plan.labels.sum(axis=0) // num_folds, len(plan.labels) // num_folds)
        message = resources_pb2.EvalMetrics()
        message.CopyFrom(self._constant)
        counted = results.write_summary(message, self._splits, sums)
        results.write_binary_metrics(message, self._splits, self._concepts, totals)
        results.write_matrix(message, sums, self._concepts)
        told = self._extent(sums.inputs) | {"summary_of": counted}
        if plan.trained_on is not None:
            told["inputs_trained_on"] = self._trained_on
        if without := plan.job.dataset_version.num_unlabeled:
            are = "has no label and is" if without == 1 else "have no label and are"
            told["note"] = f"{plural(without, 'input')} of the dataset {are} left out."
        tell_own(message, told)
        return message

    def _extent(self, inputs_done: int) -> dict[str, Any]:
        extent: dict[str, Any] = {"inputs": len(self._plan.labels), "inputs_done": inputs_done}
        if num_folds := self._plan.job.num_folds:
            extent |= {"folds": num_folds, "folds_done": self.steps_done}
        return extent
