"""The figures by which two evaluations are compared, measured on their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.cut_lists import left_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.pairing import Paired

__all__ = ["FIGURES", "Asked", "Figure"]

Figure = Literal["roc_auc", "avg_precision", "f1"]
FIGURES = {"roc_auc": "roc_auc", "avg_precision": "average_precision", "f1": "f1"}
"""What can be compared, by the column it has in tables, as :mod:`uncertainty` calls it."""


@dataclass(frozen=True)
class Asked:
    """What is compared."""

    figure: Figure = "roc_auc"
    average: Literal["macro", "micro"] = "macro"
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if self.figure not in FIGURES:
            raise ValueError(f"figure={self.figure!r} is not known; choose {', '.join(map(repr, FIGURES))}.")
        if self.average not in ("macro", "micro"):
            raise ValueError(f'average={self.average!r} is not known; choose "macro" or "micro".')

    def measure(self, c: metrics.Counts) -> float:
        """Measure it on counts."""
        if self.figure == "f1":
            tp, fp = c.at(self.threshold)
            return float(metrics.f1(tp, fp, c.num_pos))
        return metrics.roc_auc(c) if self.figure == "roc_auc" else metrics.average_precision(c)

    def by_concept(self, labels: NDArray[Any], scores: NDArray[Any], known: NDArray[np.bool_]) -> list[float]:
        """Measure each concept's (N, K) scores, or once all decisions pooled."""
        each = [metrics.counts(labels[rows, k], scores[rows, k]) for k, rows in enumerate(known.T)]
        return [self.measure(c) for c in ([metrics.micro(each)] if self.average == "micro" else each)]

    def mean(
        self, labels: NDArray[Any], scores: NDArray[Any], known: NDArray[np.bool_], folds: NDArray[Any] | None
    ) -> float:
        """Average that over the concepts, of folds in each and then over these."""
        parts = [slice(None)] if folds is None else [folds == one for one in np.unique(folds)]
        means = [metrics.mean_defined(self.by_concept(labels[of], scores[of], known[of]))[0] for of in parts]
        return float(metrics.mean_defined(means)[0])

    def left_open(self, pairs: Paired, concepts: Sequence[str]) -> str:
        """Say how far cut lists leave its difference open; else an empty string."""
        return left_open(pairs, concepts, lambda labels, scores, known: self.mean(labels, scores, known, pairs.folds))
