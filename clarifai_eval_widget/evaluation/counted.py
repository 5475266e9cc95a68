"""Counted predictions: every figure from the labels and scores of single inputs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.interface import COUNTS, FIGURES, MatrixKind, Numbers
from clarifai_eval_widget.evaluation.stops import pooled_stops
from clarifai_eval_widget.metrics.arrays import in_threads, num_true, to_dtype
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.predictions import Predictions
    from clarifai_eval_widget.terms import Source

    Curve = NDArray[np.floating[Any]]

__all__ = [
    "CountedPredictions",
    "figures_of",
    "precision_recall_drawn",
    "precision_recall_rows",
    "roc_drawn",
    "roc_rows",
    "sweep_rows",
]

_NOT_SENT = "no scores sent"
_FEW = 50_000  # decisions: so few are counted anew in milliseconds, and by whoever needs them


class CountedPredictions(Numbers):
    """The figures of a test set, or of scores given: exact counts at any threshold."""

    has_counts: ClassVar[bool] = True

    def __init__(
        self, concepts: tuple[str, ...], held: Predictions, *, source: Source, use_kfold: bool | None = None
    ) -> None:
        super().__init__(concepts, held, source=source, use_kfold=use_kfold)
        self._counts: dict[str, metrics.Counts] = {}
        self._fold_counts: dict[tuple[int, str], metrics.Counts] = {}
        self._own_stops: dict[str, NDArray[np.float64]] = {}

    def grown(self, more: Predictions, *, use_kfold: bool | None) -> CountedPredictions:
        """Return these predictions with further ones, of which, where all are many, only the further ones are counted.

        Counts made so far are then merged with theirs. Of both every score was sent.
        """
        whole = CountedPredictions(self.concepts, self.held.joined(more), source=self.source, use_kfold=use_kfold)
        if whole.held.scores.size <= _FEW:
            whole._fold_counts = {key: c for key, c in self._fold_counts.items() if key[0] not in more.fold_rows}
            return whole
        earlier, fresh = self.all_counts(), metrics.counts_by_concept(more.labels, more.scores)
        merged = in_threads(
            lambda k: metrics.merge_counts(earlier[k], fresh[k]), range(len(fresh)), work=whole.held.scores.size
        )
        whole._counts = dict(zip(self.concepts, merged, strict=True))
        renewed = more.fold_rows
        whole._fold_counts = {key: c for key, c in self._fold_counts.items() if key[0] not in renewed}
        for fold in renewed if len(renewed) == 1 and not renewed.keys() & self.held.fold_rows.keys() else ():
            whole._fold_counts |= {(fold, one): c for one, c in zip(self.concepts, fresh, strict=True)}
        return whole

    @property
    def label(self) -> str:
        """The kind of predictions."""
        return "scores given" if self.source == "scores" else "test set"

    @property
    def words(self) -> str:
        """The predictions, and over how many folds they are pooled."""
        if self.held.folds is not None:
            return f"{self.label}, out-of-fold predictions pooled over {len(self.held.fold_rows)} folds"
        return self.label + (", one split of the cross-validation" if self.use_kfold else "")

    @property
    def row_words(self) -> str:
        """The predictions, and which columns are pooled over folds."""
        if self.held.folds is not None:
            return f"{self.label} (pooled over folds; fold_: mean over folds)"
        return self.label + (" (one split of the cross-validation)" if self.use_kfold else "")

    def predictions(self, needed: str) -> Predictions:  # noqa: ARG002 (they are there)
        """Return labels and scores of every input."""
        return self.held

    def counts(self, concept: str) -> metrics.Counts:
        """Return a concept's exact counts; inputs of which no score is known do not count."""
        column = self.column(concept)
        if concept not in self._counts:
            self._counts[concept] = metrics.counts(*self.held.known(column))
        return self._counts[concept]

    def all_counts(self) -> list[metrics.Counts]:
        """Return the counts of all concepts, made on several threads."""
        missing = [one for one in self.concepts if one not in self._counts]
        if len(missing) == len(self.concepts) and self.held.excluded is None:
            every = metrics.counts_by_concept(self.held.labels, self.held.scores)
            self._counts = dict(zip(self.concepts, every, strict=True))
        elif missing:
            in_threads(lambda k: self.counts(missing[k]), range(len(missing)), work=len(missing) * len(self.held))
        return super().all_counts()

    def fold_counts(self, fold: int, concept: str) -> metrics.Counts:
        """Return the counts of one concept over the inputs one fold predicted."""
        key = (int(fold), concept)
        column = self.column(concept)
        if int(fold) not in self.held.fold_rows:
            raise ValueError(f"There is no fold {fold}; there are {listed(self.held.fold_rows, 20) or 'none'}.")
        if key not in self._fold_counts:
            rows = self.held.fold_rows[int(fold)]
            alone = len(rows) == len(self.held)  # the first fold of a growing evaluation
            self._fold_counts[key] = self.counts(concept) if alone else metrics.counts(*self.held.known(column, rows))
        return self._fold_counts[key]

    def class_sizes(self, concept: str) -> tuple[int, int]:
        """Return the numbers of positives and negatives that count; nothing is sorted for them."""
        column = self.column(concept)
        return int(self._num_pos[column]), int(self._num_known[column] - self._num_pos[column])

    @cached_property
    def _num_known(self) -> NDArray[np.intp]:
        """Return by concept of how many inputs something is known."""
        held = self.held
        known = np.full(len(self.concepts), len(held))
        return known if held.excluded is None else known - num_true(held.excluded)

    @cached_property
    def _num_pos(self) -> NDArray[np.intp]:
        """Return by concept how many of them are labelled with it."""
        held = self.held
        return num_true(held.labels if held.excluded is None else held.labels & ~held.excluded)

    def undefined_reason(self, concept: str) -> str:
        """Say why a concept has no ROC AUC: no positives, no negatives, no scores; empty when it has one."""
        reason = metrics.undefined_reason_of(*self.class_sizes(concept))
        return _NOT_SENT if reason == "no inputs" and len(self.held) else reason

    def roc_auc(self, concept: str) -> float:
        """Return a concept's ROC AUC, pooled over folds; NaN when undefined."""
        return metrics.roc_auc(self.counts(concept))

    def roc_auc_bounds(self, concept: str) -> tuple[float, float]:
        """Return the ROC AUC in the worst and in the best case of the scores cut off the lists."""
        column, held = self.column(concept), self.held
        if held.sent is None or held.exact_above is None or not held.exact_above[column]:
            return super().roc_auc_bounds(concept)
        labels, cut = held.labels[:, column], ~held.sent[:, column]
        cases = []
        for raised in (cut & ~labels, cut & labels):  # those at the most they can be; the others at 0
            scores = np.where(raised, self._lowest_sent, held.scores[:, column])
            kept = slice(None) if held.excluded is None else ~held.excluded[:, column]
            cases.append(metrics.roc_auc(metrics.counts(labels[kept], scores[kept])))
        return cases[0], cases[1]

    @cached_property
    def _lowest_sent(self) -> NDArray[np.floating[Any]]:
        """Return the lowest score sent of each input, which no score cut off can exceed; 0 where none was."""
        assert self.held.sent is not None
        lowest = np.where(self.held.sent, self.held.scores, np.inf).min(axis=1)
        return np.where(np.isfinite(lowest), lowest, 0.0).astype(self.held.scores.dtype)

    def average_precision(self, concept: str) -> tuple[float, str]:
        """Return a concept's average precision, and why it is undefined."""
        c = self.counts(concept)
        return metrics.average_precision(c), metrics.undefined_reason(c, needs_negatives=False)

    def threshold_brief(self, threshold: float) -> str:
        """Write a threshold for a caption: with four digits, or as many more as it takes to count the same here."""
        full = self.threshold_words(threshold)
        if len(full) <= len("0.1234") or not 0 < threshold < 1:
            return full
        rows = [(c, c.row(threshold)) for c in self.all_counts()]
        for digits in range(4, 17):
            text = f"{threshold:.{digits}g}"
            if len(text) >= len(full):
                break
            if 0 < float(text) < 1 and all(c.row(float(text)) == row for c, row in rows):
                return text
        return full

    def row(self, concept: str, threshold: float) -> dict[str, Any]:
        """Return a concept's counts and rates at a threshold."""
        c, column = self.counts(concept), self.column(concept)
        reason = self.undefined_reason(concept)
        if reason == _NOT_SENT:
            labelled = int(self.held.labels[:, column].sum())
            blank = dict.fromkeys(COUNTS) | dict.fromkeys(FIGURES, np.nan)
            return blank | {"num_pos": labelled, "num_neg": len(self.held) - labelled, "reason": reason}
        tp, fp = (int(one) for one in c.at(threshold))
        reasons = [reason] if reason else []
        if not tp + fp:
            reasons.append("nothing predicted")
        exact_above = self.held.exact_above
        if exact_above is not None and threshold <= exact_above[column]:
            reasons.append(f"scores below {self.threshold_words(exact_above[column])} were not all sent")
        row: dict[str, Any] = {"num_pos": c.num_pos, "num_neg": c.num_neg}
        row |= {"tp": tp, "fp": fp, "fn": c.num_pos - tp, "tn": c.num_neg - fp, "predicted": tp + fp}
        return row | figures_of(c, tp, fp) | {"reason": "; ".join(reasons)}

    def roc(self, concept: str) -> dict[str, Any]:
        """Return the exact ROC, one row a distinct score."""
        return roc_rows(self.counts(concept))

    def precision_recall(self, concept: str) -> dict[str, Any]:
        """Return precision and recall, one row a distinct score."""
        return precision_recall_rows(self.counts(concept))

    def sweep(self, concept: str, stops: NDArray[np.float64]) -> dict[str, Any]:
        """Return exact counts and their rates at thresholds."""
        return sweep_rows(self.counts(concept), stops, self.undefined_reason(concept))

    def roc_outline(self, concept: str) -> tuple[Curve, Curve]:
        """Return corners of the exact ROC, none of them far from the lines drawn."""
        return roc_drawn(self.counts(concept))

    def fold_roc_outline(self, fold: int, concept: str) -> tuple[Curve, Curve]:
        """Return corners of one fold's ROC."""
        return roc_drawn(self.fold_counts(fold, concept))

    def roc_point(self, concept: str, threshold: float) -> tuple[float, float]:
        """Return the exact fpr and tpr at a threshold."""
        if self.undefined_reason(concept):
            return np.nan, np.nan
        c = self.counts(concept)
        tp, fp = c.at(threshold)
        return float(fp / c.num_neg), float(tp / c.num_pos)

    def precision_recall_outline(self, concept: str) -> tuple[Curve, Curve]:
        """Return recall and precision at distinct scores, through which steps are drawn."""
        return precision_recall_drawn(self.counts(concept))

    def sweep_outline(self, concept: str) -> NDArray[np.float64]:
        """Return scores between which straight lines draw the rates, and where these end."""
        c = self.counts(concept)
        scores = c.thresholds[metrics.thin_sweep(c).rows]
        above = np.nextafter(scores[:1], np.inf)  # here nothing is predicted any more
        return np.unique(np.concatenate([np.clip([*scores, *above], 0.0, 1.0), [0.0, 1.0]]).astype(np.float64))

    def macro_sweep_outline(self) -> NDArray[np.float64]:
        """Return scores between which straight lines draw the means of the rates, and where these end."""
        return metrics.thin_macro_sweep(self.all_counts())

    @cached_property
    def thinned(self) -> tuple[str, ...]:
        """The concepts of whose scores not all are among the common stops."""
        every = zip(self.concepts, self.all_counts(), strict=True)
        return tuple(one for one, c in every if not _all_in(c.thresholds[1:], self.stops))

    def macro_roc(self) -> tuple[Curve, Curve]:
        """Return the exact vertical average of the concepts' ROC curves."""
        return metrics.macro_roc(self.all_counts())

    def macro_roc_outline(self, most: int = 1000) -> tuple[Curve, Curve]:
        """Return points that draw it."""
        return metrics.thin_macro_roc(self.all_counts(), most)

    def matrix(self, kind: MatrixKind, threshold: float | Mapping[str, Any]) -> tuple[NDArray[Any], str]:
        """Cross labels with predictions."""
        labels, scores, sent = self.held.labels, self.held.scores, self.held.sent
        if kind == "probability":
            listed_at = np.ones(scores.shape, bool) if sent is None else sent
            means = metrics.ratio(metrics.crossed(labels, scores, sent), metrics.crossed(labels, listed_at, sent))
            return np.asarray(means), self.label
        limits = None if kind == "argmax" else to_dtype(self.limits(threshold), scores.dtype)
        return metrics.crossed(labels, *self.held.given(limits)).astype(np.int64), self.label

    @cached_property
    def _stop_set(self) -> metrics.StopSet:
        return pooled_stops(self.all_counts())

    @property
    def stops(self) -> NDArray[np.float64]:
        """The 0.01 grid and the scores of all concepts between which no rate jumps."""
        return self._stop_set.thresholds

    @property
    def unserved(self) -> dict[str, float]:
        """By concept, how far recall moves between two common stops, where more stops would have helped."""
        return {self.concepts[k]: float(self._stop_set.steps[k]) for k in self._stop_set.not_served}

    def stops_of(self, concept: str) -> NDArray[np.float64]:
        """Return the common stops, or the concept's own where these do not serve it."""
        if self.column(concept) not in self._stop_set.not_served:
            return self.stops
        if concept not in self._own_stops:
            self._own_stops[concept] = pooled_stops([self.counts(concept)]).thresholds
        return self._own_stops[concept]


def figures_of(c: metrics.Counts, tp: int, fp: int) -> dict[str, float]:
    """Return `FIGURES` of counts, the rates being those of so many true and false positives."""
    rates = metrics.rates_of_counts(tp, fp, c.num_pos, c.num_neg)
    own = {"roc_auc": metrics.roc_auc(c), "avg_precision": metrics.average_precision(c)}
    return {name: rates[name] for name in metrics.TABULATED} | own


def roc_rows(c: metrics.Counts) -> dict[str, Any]:
    """Return the exact ROC of counts, one row a distinct score."""
    fpr, tpr, thresholds = metrics.roc_curve(c)
    return {"threshold": thresholds, "fpr": fpr, "tpr": tpr, "tp": c.tps, "fp": c.fps}


def precision_recall_rows(c: metrics.Counts) -> dict[str, Any]:
    """Return precision and recall of counts, one row a distinct score."""
    precision, recall, thresholds = metrics.precision_recall_curve(c)
    why = metrics.undefined_reason(c, needs_negatives=False)
    # only the first row predicts nothing
    reason = ([why, "; ".join(filter(None, [why, "nothing predicted"]))], np.isnan(precision))
    found = {"threshold": thresholds, "precision": precision, "recall": recall, "tp": c.tps, "fp": c.fps}
    return found | {"reason": reason}


def sweep_rows(c: metrics.Counts, stops: NDArray[np.float64], why: str) -> dict[str, Any]:
    """Return the counts at thresholds and their rates; ``why`` they have no ROC, or an empty text."""
    tps, fps = c.at(stops)
    reason = np.full(len(stops), why, object)
    reason[(tps + fps) == 0] = "; ".join(filter(None, [why, "nothing predicted"]))
    counts = {"tp": tps, "fp": fps, "fn": c.num_pos - tps, "tn": c.num_neg - fps}
    return counts | metrics.rates_of_counts(tps, fps, c.num_pos, c.num_neg) | {"reason": reason}


def _all_in(scores: NDArray[np.floating[Any]], stops: NDArray[np.float64]) -> bool:
    """Whether every score is a stop, in the scores' own dtype."""
    return len(scores) <= len(stops) and bool(np.isin(scores, stops.astype(scores.dtype)).all())


def roc_drawn(c: metrics.Counts) -> tuple[Curve, Curve]:
    """Return fpr and tpr of counts, through whose corners straight lines draw the ROC."""
    rows = metrics.thin_roc(c).rows
    return metrics.ratio(c.fps[rows], c.num_neg), metrics.ratio(c.tps[rows], c.num_pos)


def precision_recall_drawn(c: metrics.Counts) -> tuple[Curve, Curve]:
    """Return recall and precision of counts, through which steps draw the area that is the average precision."""
    rows = metrics.thin_precision_recall(c).rows
    return metrics.ratio(c.tps[rows], c.num_pos), metrics.precision(c.tps[rows], c.fps[rows])
