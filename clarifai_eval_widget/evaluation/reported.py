"""Reported rates: the platform's curves, for an evaluation that came without its test set."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.interface import COUNTS, FIGURES, MatrixKind, Numbers
from clarifai_eval_widget.evaluation.platform_curve import PlatformCurve, place_of, rate_at, same_threshold
from clarifai_eval_widget.words import exact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.predictions import Predictions
    from clarifai_eval_widget.metrics import Counts

    Curve = NDArray[np.floating[Any]]

__all__ = ["OF_MEAN_RATES", "ReportedRates"]

OF_MEAN_RATES = "f1 is that of the mean rates, not the mean of the folds' F1"
# the platform rounds rates to 4 decimals: up to this many inputs, the nearest whole number is the count
_ROUNDABLE = 5000


class ReportedRates(Numbers):
    """The figures of curves at the platform's own thresholds: rates, rounded, and under k-fold means over folds.

    Parameters
    ----------
    concepts, held, use_kfold
        As in :class:`Numbers`.
    curves
        By concept id.
    """

    has_counts: ClassVar[bool] = False

    def __init__(
        self,
        concepts: tuple[str, ...],
        held: Predictions,
        *,
        curves: Mapping[str, PlatformCurve],
        use_kfold: bool | None = None,
    ) -> None:
        super().__init__(concepts, held, source="platform_curves", use_kfold=use_kfold)
        self.curves = curves
        self.fold_means = bool(use_kfold)

    @property
    def label(self) -> str:
        """The platform."""
        return "platform curves"

    @property
    def words(self) -> str:
        """The platform, and what its rates are."""
        return f"{self.label} ({'means over folds' if self.fold_means else 'rounded rates'})"

    @property
    def row_words(self) -> str:
        """The platform, and whether its rates are means."""
        return f"{self.label}, means over folds" if self.fold_means else self.label

    def predictions(self, needed: str) -> Predictions:
        """Refuse: there are none."""
        self._refuse(needed)

    def counts(self, concept: str) -> Counts:  # noqa: ARG002 (of no concept)
        """Refuse: rates are no counts."""
        self._refuse("This needs exact counts")

    def fold_counts(self, fold: int, concept: str) -> Counts:
        """Refuse: rates are no counts."""
        self._no_fold(fold, concept)

    def _no_fold(self, fold: int, concept: str) -> NoReturn:
        raise ValueError(f"There is no fold {fold} of {concept!r}; the server sent rates only.")

    def _refuse(self, needed: str) -> NoReturn:
        raise EvalError(
            f"{needed}, but the server sent no test set, only rounded rates. Fetch the evaluation with its test set."
        )

    def class_sizes(self, concept: str) -> tuple[int, int] | None:
        """Return the platform's numbers of positives and negatives (of one split, under k-fold)."""
        curve = self._curve(concept)
        return None if curve is None else (curve.num_pos, curve.num_neg)

    def _curve(self, concept: str) -> PlatformCurve | None:
        self.column(concept)
        return self.curves.get(concept)

    def undefined_reason(self, concept: str) -> str:
        """Say why a concept has no ROC AUC: no positives, no negatives, not sent; empty when it has one."""
        curve = self.curves.get(concept)
        if curve is None:
            return "no curve sent"
        if not np.isnan(curve.roc_auc):
            return ""
        missing = "no positives" if not curve.num_pos else "no negatives" if not curve.num_neg else ""
        return missing or "not sent"

    def roc_auc(self, concept: str) -> float:
        """Return the ROC AUC sent; NaN when undefined or not sent."""
        curve = self.curves.get(concept)
        return np.nan if curve is None else curve.roc_auc

    def average_precision(self, concept: str) -> tuple[float, str]:
        """Return the average precision sent; NaN when it was not."""
        curve = self.curves.get(concept)
        return (np.nan if curve is None else curve.avg_precision), ""

    def row(self, concept: str, threshold: float) -> dict[str, Any]:
        """Return a concept's rates at the smallest threshold sent that is not below, and the counts they allow."""
        curve = self._curve(concept)
        blank: dict[str, Any] = dict.fromkeys(COUNTS) | dict.fromkeys(FIGURES, np.nan)
        if curve is None:
            return blank | {"reason": "no curve sent"}
        recall, precision, fpr = _rates_at(curve, threshold)
        elsewhere = _elsewhere(curve, threshold)
        reasons = [self.undefined_reason(concept)] if np.isnan(curve.roc_auc) else []
        reasons += [elsewhere] if elsewhere else []
        if recall == 0.0 and (fpr == 0.0 or np.isnan(fpr)):
            precision = np.nan  # the platform writes 1 where nothing is predicted
            reasons.append("nothing predicted")
        elif np.isnan(recall):
            reasons.append("no rates sent at this threshold")
        if np.isnan(curve.avg_precision):
            reasons.append("avg_precision not sent")
        rates = metrics.rates_of_rates(precision, recall, fpr)
        rates["f1"], how = self._f1(curve, rates["f1"], threshold)
        reasons += [how] if how else []
        row = blank | {"num_pos": curve.num_pos, "num_neg": curve.num_neg}
        row |= {name: rates[name] for name in metrics.TABULATED}
        row |= {"roc_auc": curve.roc_auc, "avg_precision": curve.avg_precision}
        if self.use_kfold is False and max(curve.num_pos, curve.num_neg) <= _ROUNDABLE and not elsewhere:
            row |= _counts_of_rates(curve, recall, fpr)
        else:
            reasons.append("no counts: rates are " + ("means over folds" if self.use_kfold else "rounded"))
        return row | {"reason": "; ".join(reasons)}

    def _f1(self, curve: PlatformCurve, of_rates: float, threshold: float) -> tuple[float, str]:
        """Return F1 and how it came about: under k-fold the mean of the folds' F1, which is sent for 0.5 only."""
        if not self.fold_means:
            return of_rates, ""
        if same_threshold(0.5, threshold) and curve.f1:
            return curve.f1, ""
        return of_rates, "" if np.isnan(of_rates) else OF_MEAN_RATES

    def roc(self, concept: str) -> dict[str, Any]:
        """Return the ROC as sent."""
        curve = self._curve(concept)
        points = (curve.roc_thresholds, curve.fpr, curve.tpr) if curve else (np.empty(0),) * 3
        return dict(zip(("threshold", "fpr", "tpr"), points, strict=True))

    def precision_recall(self, concept: str) -> dict[str, Any]:
        """Return precision and recall as sent, but for the 1 the platform writes where nothing is predicted."""
        curve = self._curve(concept)
        points = (curve.pr_thresholds, curve.precision, curve.recall) if curve else (np.empty(0),) * 3
        thresholds, precision, recall = points
        empty = (recall == 0.0) & (precision == 1.0)
        return {
            "threshold": thresholds,
            "precision": np.where(empty, np.nan, precision),
            "recall": recall,
            "reason": (["", "nothing predicted"], empty),
        }

    def sweep(self, concept: str, stops: NDArray[np.float64]) -> dict[str, Any]:
        """Look the rates up at thresholds."""
        curve = self._curve(concept)
        if curve is None:
            nothing = np.full(len(stops), np.nan)
            return dict.fromkeys(metrics.RATES, nothing) | {"reason": "no curve sent"}
        recall, precision, fpr = np.array([_rates_at(curve, stop) for stop in stops]).reshape(-1, 3).T
        empty = (recall == 0.0) & ((fpr == 0.0) | np.isnan(fpr))
        rates = metrics.rates_of_rates(np.where(empty, np.nan, precision), recall, fpr)
        told = [self._f1(curve, float(value), stop) for value, stop in zip(rates["f1"], stops, strict=True)]
        reasons = [
            "; ".join(filter(None, ["nothing predicted" if nothing else how, _elsewhere(curve, stop)]))
            for nothing, stop, (_, how) in zip(empty, stops, told, strict=True)
        ]
        return {
            **rates,
            "f1": np.array([value for value, _ in told], np.float64),
            "reason": np.array(reasons, object),
        }

    def roc_outline(self, concept: str) -> tuple[Curve, Curve]:
        """Return the points of the ROC by ascending fpr."""
        curve = self._curve(concept)
        if curve is None:
            return np.empty(0), np.empty(0)
        order = np.lexsort((curve.tpr, curve.fpr))
        return curve.fpr[order], curve.tpr[order]

    def roc_point(self, concept: str, threshold: float) -> tuple[float, float]:
        """Look fpr and tpr up at a threshold."""
        curve = self._curve(concept)
        if curve is None or self.undefined_reason(concept):
            return np.nan, np.nan
        at = (rate_at(curve.roc_thresholds, rates, threshold) for rates in (curve.fpr, curve.tpr))
        return next(at), next(at)

    def precision_recall_outline(self, concept: str) -> tuple[Curve, Curve]:
        """Return recall and precision by descending threshold."""
        part = self.precision_recall(concept)
        order = np.argsort(-part["threshold"], kind="stable")
        return part["recall"][order], part["precision"][order]

    def fold_roc_outline(self, fold: int, concept: str) -> tuple[Curve, Curve]:
        """Refuse: there are no folds."""
        self._no_fold(fold, concept)

    def sweep_outline(self, concept: str) -> NDArray[np.float64]:
        """Return the platform's thresholds, without that of which the folds' F1 is sent: lines are of mean rates."""
        self.column(concept)
        return self.macro_sweep_outline()

    def macro_sweep_outline(self) -> NDArray[np.float64]:
        """Return the platform's thresholds, as of one concept."""
        return self.stops[self.stops != 0.5] if self.fold_means else self.stops

    def macro_roc(self) -> tuple[Curve, Curve]:
        """Return the vertical average, on the 0.01 grid, of the curves that have an area."""
        defined = [one for one in self.concepts if not self.undefined_reason(one)]
        return metrics.macro_of_rates([self.roc_outline(one) for one in defined])

    def matrix(self, kind: MatrixKind, threshold: float | Mapping[str, Any]) -> tuple[NDArray[Any], str]:  # noqa: ARG002
        """Refuse: labels and scores are needed."""
        raise EvalError(
            f'A confusion matrix of kind {kind!r} needs the test set, which was not sent; kind="probability" can '
            "come from the platform's own matrix, when that was asked for."
        )

    @cached_property
    def stops(self) -> NDArray[np.float64]:
        """The platform's thresholds."""
        return metrics.HUNDREDTHS


def _rates_at(curve: PlatformCurve, threshold: float) -> tuple[float, float, float]:
    """Look recall, precision and fpr up."""
    return (
        rate_at(curve.pr_thresholds, curve.recall, threshold),
        rate_at(curve.pr_thresholds, curve.precision, threshold),
        rate_at(curve.roc_thresholds, curve.fpr, threshold),
    )


def _elsewhere(curve: PlatformCurve, threshold: float) -> str:
    """Say at which thresholds the rates are, where none was sent for the one asked for."""
    found: dict[str, list[str]] = {}
    for name, thresholds in (("recall and precision", curve.pr_thresholds), ("fpr", curve.roc_thresholds)):
        place = place_of(thresholds, threshold)
        if place is not None and not same_threshold(float(thresholds[place]), threshold):
            found.setdefault(exact(np.float32(thresholds[place])), []).append(name)
    told = [f"{' and '.join(names)} at {at}, the next threshold sent" for at, names in found.items()]
    return "; ".join(told)


def _counts_of_rates(curve: PlatformCurve, recall: float, fpr: float) -> dict[str, Any]:
    if np.isnan(recall) or np.isnan(fpr):
        return {}
    tp, fp = round(recall * curve.num_pos), round(fpr * curve.num_neg)
    return {"tp": tp, "fp": fp, "fn": curve.num_pos - tp, "tn": curve.num_neg - fp, "predicted": tp + fp}
