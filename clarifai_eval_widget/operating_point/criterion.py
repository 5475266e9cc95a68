"""What makes one threshold better than another; :mod:`operating_point` applies it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_args

import numpy as np

from clarifai_eval_widget.metrics import ratio
from clarifai_eval_widget.words import exact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    Number = int | NDArray[np.float64]

__all__ = ["Criterion", "CriterionOptions", "Objective", "criterion_of"]

Maximize = Literal["f1", "fbeta", "youden_j", "mcc"]
Objective = Literal[Maximize, "precision", "recall", "equal_error_rate", "expected_cost"]

_WORDS: dict[str, str] = {
    "f1": "highest F1",
    "youden_j": "highest Youden's J",
    "mcc": "highest Matthews correlation",
    "precision": "highest precision",
    "recall": "highest recall",
    "equal_error_rate": "equal error rate",
}


class CriterionOptions(TypedDict, total=False):
    """The keywords of :class:`Criterion`, for functions that pass them on."""

    maximize: Maximize | None
    beta: float | None
    min_precision: float | None
    min_recall: float | None
    max_fpr: float | None
    equal_error_rate: bool
    fp_cost: float | None
    fn_cost: float | None
    prevalence: float | None


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What an operating point shall achieve: one objective, under any number of constraints.

    Constraints alone imply their objective: precision or fpr bounded asks for the highest recall, recall
    bounded for the highest precision.

    Raises
    ------
    ValueError
        When the keywords name no objective, or more than one, or a value out of its range.
    """

    maximize: Maximize | None = None
    """``"f1"``, ``"fbeta"`` (with ``beta``; van Rijsbergen, Information Retrieval, 1979), ``"youden_j"`` (tpr - fpr;
    Youden, Cancer 3, 1950) or ``"mcc"`` (Matthews correlation; Biochimica et Biophysica Acta 405, 1975)."""
    beta: float | None = None
    """How many times as much recall weighs as precision, for ``maximize="fbeta"``; above 0."""
    min_precision: float | None = None
    """The lowest precision allowed, in [0, 1]."""
    min_recall: float | None = None
    """The lowest recall allowed, in [0, 1]."""
    max_fpr: float | None = None
    """The highest false positive rate allowed, in [0, 1]."""
    equal_error_rate: bool = False
    """Where the false positive and false negative rates are closest; the value is the mean of the two."""
    fp_cost: float | None = None
    """The cost of one false positive; with ``fn_cost``, asks for the lowest expected cost an input."""
    fn_cost: float | None = None
    """The cost of one false negative."""
    prevalence: float | None = None
    """The share of positives in deployment, between 0 and 1: precision, F-beta, MCC and cost are re-weighted to
    it. None: as in the test set."""

    def __post_init__(self) -> None:
        self._check_ranges()
        costs = self.fp_cost is not None or self.fn_cost is not None
        objectives = sum((self.maximize is not None, self.equal_error_rate, costs))
        if objectives > 1:
            raise ValueError("Give one of maximize=, equal_error_rate= and fp_cost= with fn_cost=, not several.")
        if costs and (self.fp_cost is None or self.fn_cost is None or not self.fp_cost + self.fn_cost > 0):
            raise ValueError("Costs need both fp_cost= and fn_cost=, at least one of them above 0.")
        if not objectives and not self.constraints:
            raise ValueError(
                "Say what the threshold shall achieve: maximize=, min_precision=, min_recall=, max_fpr=, "
                "equal_error_rate=True, or fp_cost= with fn_cost=."
            )
        if not objectives and {"recall"} < self.constraints.keys():
            raise ValueError("Bounds on recall and on precision or fpr leave the choice open: add maximize=.")

    def _check_ranges(self) -> None:
        if self.maximize not in (None, *get_args(Maximize)):
            known = ", ".join(map(repr, get_args(Maximize)))
            raise ValueError(f"maximize={self.maximize!r} is not known; choose one of {known}.")
        if (self.maximize == "fbeta") != (self.beta is not None):
            raise ValueError('beta= and maximize="fbeta" go together; "f1" is beta=1.')
        if self.beta is not None and not 0 < self.beta < np.inf:
            raise ValueError(f"beta={self.beta} must be a finite number above 0.")
        for name in ("min_precision", "min_recall", "max_fpr"):
            bound = getattr(self, name)
            if bound is not None and not 0 <= bound <= 1:
                raise ValueError(f"{name}={bound} must lie in [0, 1].")
        for name in ("fp_cost", "fn_cost"):
            cost = getattr(self, name)
            if cost is not None and not 0 <= cost < np.inf:
                raise ValueError(f"{name}={cost} must be a finite number, 0 or above.")
        if self.prevalence is not None and not 0 < self.prevalence < 1:
            raise ValueError(f"prevalence={self.prevalence} must lie between 0 and 1, as a share (2 % is 0.02).")

    @property
    def constraints(self) -> dict[str, float]:
        """The bounds by what they bound: ``"precision"``, ``"recall"``, ``"fpr"``."""
        bounds = {"precision": self.min_precision, "recall": self.min_recall, "fpr": self.max_fpr}
        return {name: bound for name, bound in bounds.items() if bound is not None}

    @property
    def objective(self) -> Objective:
        """What is made best among the thresholds that keep the constraints."""
        if self.maximize is not None:
            return self.maximize
        if self.equal_error_rate:
            return "equal_error_rate"
        if self.fp_cost is not None:
            return "expected_cost"
        return "precision" if "recall" in self.constraints else "recall"

    def unbounded(self) -> Criterion | None:
        """Return the criterion without its bounds; None where these alone choose."""
        if self.maximize is None and not self.equal_error_rate and self.fp_cost is None:
            return None
        return replace(self, min_precision=None, min_recall=None, max_fpr=None)

    @property
    def lower_is_better(self) -> bool:
        """Whether the objective is a cost or an error rate."""
        return self.objective in ("expected_cost", "equal_error_rate")

    def __str__(self) -> str:
        if self.objective == "fbeta":
            aim = f"highest F-beta (beta = {exact(self.beta)})"
        elif self.objective == "expected_cost":
            aim = f"lowest expected cost (false positive {exact(self.fp_cost)}, false negative {exact(self.fn_cost)})"
        else:
            aim = _WORDS[self.objective]
        signs = {"precision": "≥", "recall": "≥", "fpr": "≤"}
        bounds = " and ".join(f"{name} {signs[name]} {exact(bound)}" for name, bound in self.constraints.items())
        where = f" at a prevalence of {exact(self.prevalence)}" if self.prevalence is not None else ""
        return aim + (f" with {bounds}" if bounds else "") + where

    def measure(self, quantity: str, tps: ArrayLike, fps: ArrayLike, num_pos: Number, num_neg: Number) -> Any:
        """Return a quantity at given counts, re-weighted to the prevalence where that matters.

        Parameters
        ----------
        quantity
            An objective or a bounded rate (``"fpr"``); the expected cost is that of one input.
        tps, fps
            Counts of one shape; may be fractional.
        num_pos, num_neg
            The numbers of positives and negatives; of one shape with the counts, or single.

        Returns
        -------
        numpy.ndarray or float
            In the shape of the counts, NaN where undefined.
        """
        hits, alarms = np.asarray(tps, np.float64), np.asarray(fps, np.float64)
        if quantity == "recall":
            return ratio(hits, num_pos)
        if quantity == "fpr":
            return ratio(alarms, num_neg)
        if quantity == "youden_j":  # over one common denominator, so that equal values are equal floats
            return ratio(hits * num_neg - alarms * num_pos, num_pos * num_neg)
        if quantity == "equal_error_rate":
            return ratio(alarms * num_pos + (num_pos - hits) * num_neg, 2 * num_pos * num_neg)
        return self._weighted(quantity, hits, alarms, num_pos, num_neg)

    def _weighted(
        self, quantity: str, hits: NDArray[Any], alarms: NDArray[Any], num_pos: Number, num_neg: Number
    ) -> Any:
        """Measure what depends on the prevalence, in masses: counts, or shares of deployment's inputs."""
        on, off = 1.0, 1.0
        if self.prevalence is not None:
            on, off = ratio(self.prevalence, num_pos), ratio(1 - self.prevalence, num_neg)
        tp, fn, fp, tn = on * hits, on * (num_pos - hits), off * alarms, off * (num_neg - alarms)
        if quantity == "precision":
            return ratio(tp, tp + fp)
        if quantity in ("f1", "fbeta"):
            square = float(self.beta or 1) ** 2
            return ratio((1 + square) * tp, tp + fp + square * (on * num_pos))
        if quantity == "mcc":
            spread = np.sqrt((on * num_pos) * (off * num_neg)) * np.sqrt((tp + fp) * (fn + tn))
            return ratio(tp * (off * num_neg) - fp * (on * num_pos), spread)
        assert self.fp_cost is not None
        assert self.fn_cost is not None
        return ratio(self.fn_cost * fn + self.fp_cost * fp, on * num_pos + off * num_neg)

    def utility(self, tps: NDArray[Any], fps: NDArray[Any], num_pos: int, num_neg: int) -> NDArray[np.float64]:
        """Return what selection makes largest at each row, NaN where it is undefined."""
        if self.objective == "equal_error_rate":
            fnr = ratio(num_pos - tps, num_pos)
            gap: NDArray[np.float64] = np.abs(ratio(fps, num_neg) - fnr)
            return -gap
        if self.objective in ("f1", "fbeta") and not num_pos:
            return np.full(np.shape(tps), np.nan)  # 0 at every threshold, which makes none of them best
        value: NDArray[np.float64] = self.measure(self.objective, tps, fps, num_pos, num_neg)
        return -value if self.objective == "expected_cost" else value


def criterion_of(options: Mapping[str, Any]) -> Criterion:
    """Make a criterion of the keywords that somebody gave.

    Raises
    ------
    TypeError
        When there is no such keyword; it names those there are.
    ValueError
        As :class:`Criterion`.
    """
    known = [one.name for one in fields(Criterion)]
    for name in options:
        if name not in known:
            raise TypeError(f"There is no criterion {name}=; there are {', '.join(f'{one}=' for one in known)}.")
    return Criterion(**options)
