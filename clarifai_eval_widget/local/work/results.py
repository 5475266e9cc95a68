"""From labels and scores to the fields of an ``EvalMetrics``, in the platform's conventions.

- Curves have 101 points, thresholds 0.01 apart, rates rounded to 4 decimals. ROC thresholds fall from 1.00,
  precision-recall thresholds rise from 0.00. Precision is 1.0 where nothing is predicted.
- Under k-fold every figure is a mean over the folds done so far; ``num_pos``, ``num_neg`` and ``num_tot`` are those of
  one split (the whole divided by the folds, rounded down), as in the platform's printed reply. Exact pooled counts are
  the test set's to give.
- ``summary`` holds means and population standard deviations over concept and fold at threshold 0.5. What is undefined
  is skipped: AUC without positives or negatives, recall without positives, precision where nothing is predicted, and
  F1 where either is undefined. How many were averaged and how many skipped is said in ``summary_of`` of the server's
  own part of ``extended_metrics``. Accuracies and the matrix of mean probabilities are over all inputs
  predicted so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_grpc.grpc.api import resources_pb2
    from numpy.typing import NDArray

_HALF = 50  # where 0.50 stands in the grid


@dataclass(frozen=True, eq=False)
class Split:
    """The figures of one fold, or of all inputs scored so far; NaN is undefined."""

    num_pos: NDArray[np.int_]
    """(K,) positives."""
    num_neg: NDArray[np.int_]
    """(K,) negatives."""
    roc_auc: NDArray[np.float64]
    """(K,) area under the ROC."""
    avg_precision: NDArray[np.float64]
    """(K,) average precision."""
    curves: NDArray[np.float64]
    """(3, K, 101): false positive rate, recall and precision at the rising grid; precision may be NaN."""

    @property
    def precision_and_recall(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(K,) each, at 0.5."""
        return self.curves[2, :, _HALF], self.curves[1, :, _HALF]

    @property
    def f1(self) -> NDArray[np.float64]:
        """(K,) F1 at 0.5, undefined where precision or recall is."""
        p, r = self.precision_and_recall
        total = p + r
        return np.where(total == 0, 0.0, 2 * p * r / np.where(total == 0, 1.0, total))


@dataclass(frozen=True, eq=False)
class Counted:
    """Counts from which figures follow."""

    counts: list[metrics.Counts]
    """K of them, at every score."""
    tps: NDArray[np.int32]
    """(K, 101) true positives at the rising grid."""
    fps: NDArray[np.int32]
    """(K, 101) false positives at the rising grid."""

    def __add__(self, more: Counted) -> Counted:
        merged = [metrics.merge_counts(many, few) for many, few in zip(self.counts, more.counts, strict=True)]
        return Counted(merged, self.tps + more.tps, self.fps + more.fps)

    @property
    def split(self) -> Split:
        """The figures."""
        num_pos = np.array([c.num_pos for c in self.counts])
        num_neg = np.array([c.num_neg for c in self.counts])
        tpr = metrics.recall(self.tps, num_pos[:, None])
        return Split(
            num_pos=num_pos,
            num_neg=num_neg,
            roc_auc=np.array([metrics.roc_auc(c) for c in self.counts]),
            avg_precision=np.array([metrics.average_precision(c) for c in self.counts]),
            curves=np.stack([metrics.ratio(self.fps, num_neg[:, None]), tpr, metrics.precision(self.tps, self.fps)]),
        )


@dataclass(frozen=True, eq=False)
class Measured:
    """What is counted of a fold or batch by itself: done where it is predicted, away from the user's kernel."""

    sums: Sums
    """What adds up."""
    figures: Split | Counted
    """Of a fold the figures, which are averaged as they are; of a batch the counts, which are put to those before."""


def measured(labels: NDArray[np.bool_], scores: NDArray[np.float32], *, is_fold: bool) -> Measured:
    """Count (n, K) predictions and their labels."""
    tps, fps = metrics.counts_at_thresholds(labels, scores, metrics.HUNDREDTHS)
    counted = Counted(metrics.counts_by_concept(labels, scores), tps, fps)
    return Measured(sums_of(labels, scores), counted.split if is_fold else counted)


@dataclass(frozen=True, eq=False)
class Sums:
    """What adds up over all inputs predicted so far."""

    inputs: int
    """How many there are."""
    top: tuple[int, int]
    """How many have one of their labels first, and among the first five."""
    labelled: NDArray[np.int64]
    """(K,) inputs labelled with each concept."""
    scores: NDArray[np.float64]
    """(K, K) sum of the column concept's scores over the inputs labelled with the row concept."""

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.inputs + other.inputs,
            (self.top[0] + other.top[0], self.top[1] + other.top[1]),
            self.labelled + other.labelled,
            self.scores + other.scores,
        )


def sums_of(labels: NDArray[np.bool_], scores: NDArray[np.float32]) -> Sums:
    """Sum up (n, K) predictions and their labels."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    hits = np.take_along_axis(labels, order, axis=1)
    return Sums(
        inputs=len(labels),
        top=(int(hits[:, 0].sum()), int(hits.any(axis=1).sum())),
        labelled=labels.sum(axis=0, dtype=np.int64),
        scores=labels.T.astype(np.float64) @ scores.astype(np.float64),
    )


def _means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average over the first axis, skipping NaN; NaN where there is nothing else."""
    defined = ~np.isnan(values)
    number = defined.sum(axis=0)
    total = np.where(defined, values, 0.0).sum(axis=0)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _wire(values: NDArray[np.float64], undefined: float = 0.0) -> list[float]:
    rates: list[float] = np.round(np.where(np.isnan(values), undefined, values), 4).tolist()
    return rates


def write_binary_metrics(
    message: resources_pb2.EvalMetrics,
    splits: Sequence[Split],
    concepts: Sequence[resources_pb2.Concept],
    totals: tuple[NDArray[np.int_], int] | None,
) -> None:
    """Write each concept's curves.

    Parameters
    ----------
    message
        Where to write.
    splits
        The folds done, or one split when a version is scored.
    concepts
        The K concepts.
    totals
        Under k-fold, positives of each concept and inputs of one split; else None.
    """
    # Of all folds and curves at once: each array call may have to wait for a busy loop.
    curves = np.stack([s.curves for s in splits])
    np.copyto(curves[:, 2], 1.0, where=np.isnan(curves[:, 2]))
    fpr, tpr, precision = _means(curves)
    auc, ap, f1 = _means(np.stack([(s.roc_auc, s.avg_precision, s.f1) for s in splits]))
    for k, concept in enumerate(concepts):
        one = message.binary_metrics.add(concept=concept)
        one.num_pos = int(splits[0].num_pos[k]) if totals is None else int(totals[0][k])
        one.num_neg = int(splits[0].num_neg[k]) if totals is None else totals[1] - int(totals[0][k])
        one.num_tot = one.num_pos + one.num_neg
        one.roc_auc, one.avg_precision, one.f1 = (float(np.nan_to_num(v[k])) for v in (auc, ap, f1))
        one.roc_curve.fpr.extend(_wire(fpr[k, ::-1]))
        one.roc_curve.tpr.extend(_wire(tpr[k, ::-1]))
        one.roc_curve.thresholds.extend(_wire(metrics.HUNDREDTHS[::-1]))
        one.precision_recall_curve.recall.extend(_wire(tpr[k]))
        one.precision_recall_curve.precision.extend(_wire(precision[k]))
        one.precision_recall_curve.thresholds.extend(_wire(metrics.HUNDREDTHS))


def write_summary(message: resources_pb2.EvalMetrics, splits: Sequence[Split], sums: Sums) -> dict[str, Any]:
    """Write the macro figures; return how many values each averages and skips."""
    summary = message.summary
    cells = {
        "roc_auc": np.concatenate([s.roc_auc for s in splits]),
        "f1_score": np.concatenate([s.f1 for s in splits]),
        "precision": np.concatenate([s.precision_and_recall[0] for s in splits]),
        "recall": np.concatenate([s.precision_and_recall[1] for s in splits]),
    }
    said = {}
    for name, values in cells.items():
        mean, std, number = metrics.mean_defined(values)
        if number:
            setattr(summary, f"macro_avg_{name}", mean)
            if name in ("roc_auc", "f1_score"):
                setattr(summary, f"macro_std_{name}", std)
        said[name] = {"averaged": number, "undefined": len(values) - number}
    summary.top1_accuracy, summary.top5_accuracy = (count / sums.inputs for count in sums.top)
    return said


def write_matrix(message: resources_pb2.EvalMetrics, sums: Sums, concepts: Sequence[resources_pb2.Concept]) -> None:
    """Write the mean probability of each concept over the inputs labelled with each."""
    matrix = message.confusion_matrix
    for a, actual in enumerate(concepts):
        if not sums.labelled[a]:
            continue
        means = sums.scores[a] / sums.labelled[a]
        for b, predicted in enumerate(concepts):
            entry = matrix.matrix.add(predicted=predicted.id, actual=actual.id, value=float(means[b]))
            entry.predicted_concept.CopyFrom(predicted)
            entry.predicted_concept.value = float(means[b])
            entry.actual_concept.CopyFrom(actual)
    matrix.concept_ids.extend(concept.id for concept in concepts)


def write_label_counts(
    message: resources_pb2.EvalMetrics, labels: NDArray[np.bool_], concepts: Sequence[resources_pb2.Concept]
) -> None:
    """Write how often each label, and each pair of labels, occurs in the whole dataset."""
    together = metrics.crossed(labels, labels).astype(np.int64)
    for concept, count in zip(concepts, np.diag(together).tolist(), strict=True):
        message.label_counts.positive_label_counts.add(concept_name=concept.name, count=count, concept=concept)
    for a, b in np.argwhere(together > 0):
        message.cooccurrence_matrix.matrix.add(row=concepts[a].id, col=concepts[b].id, count=int(together[a, b]))
    message.cooccurrence_matrix.concept_ids.extend(concept.id for concept in concepts)
