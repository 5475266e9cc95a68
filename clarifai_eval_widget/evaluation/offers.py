"""What several criteria give at once, for one concept: thresholds to choose from, each with an honest estimate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.chosen_points import folded, operating_point
from clarifai_eval_widget.evaluation.telling import drawn_again
from clarifai_eval_widget.operating_point import Criterion, InfeasibleError, cross_fitted_each
from clarifai_eval_widget.operating_point.best import choose_row
from clarifai_eval_widget.operating_point.choosing import rates_at
from clarifai_eval_widget.operating_point.stability import interval_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point import ThresholdInterval

__all__ = ["Asked", "Offered", "offered"]


@dataclass(frozen=True)
class Asked:
    """A criterion to choose by."""

    keywords: Mapping[str, Any]
    """As of ``Evaluation.operating_point``, without ``guarantee``."""
    guarantee: float | None = None
    """The confidence in its bounds on new inputs; None: the best on these."""

    @property
    def python(self) -> str:
        """Its keywords as they are written in Python."""
        given = dict(self.keywords) | ({} if self.guarantee is None else {"guarantee": self.guarantee})
        return ", ".join(f"{name}={value!r}" for name, value in given.items() if value is not None)

    def criterion(self) -> Criterion | str:
        """Make the criterion, or say what is wrong with the numbers given."""
        try:
            return Criterion(**self.keywords)
        except ValueError as error:
            return str(error)


@dataclass(frozen=True)
class Offered:
    """What a criterion gives for one concept."""

    threshold: float = np.nan
    """In [0, 1]; NaN where none qualifies."""
    chosen: float = np.nan
    """As it was chosen: ``inf`` where it is best to predict nothing."""
    value: float = np.nan
    """What the criterion makes best, there."""
    rates: Mapping[str, float] | None = None
    """Precision, recall, fpr and F1 there; None where there is no threshold."""
    honest: float = np.nan
    """The value on folds that took no part in choosing; NaN where it was not measured."""
    spread: float = np.nan
    """Standard deviation of that over the folds."""
    reason: str = ""
    """Why there is no threshold, and which is nearest; empty where there is one."""
    moves: ThresholdInterval | None = None
    """How far the threshold would move with another sample; None where nobody asked, or there is no threshold."""


def offered(
    e: EvaluationData, concept: str, asked: Sequence[Asked], *, honest: bool, moves: bool = False
) -> list[Offered]:
    """Choose one concept's threshold by every criterion; what cannot be had says why in its place.

    Parameters
    ----------
    concept
        A concept id.
    asked
        The criteria.
    honest
        Whether to measure each also on folds that took no part in choosing, as ``cross_fitted_point`` does.
    moves
        Whether to give the bootstrap interval of each threshold; all criteria choose on the same resamples. Those of
        guaranteed thresholds are guaranteed anew on each.

    Raises
    ------
    EvalError
        When there is no such concept, or only the platform's rounded curves are there.
    """
    wanted: list[Criterion | str] = [one.criterion() for one in asked]
    plain = [w for one, w in zip(asked, wanted, strict=True) if one.guarantee is None and isinstance(w, Criterion)]
    measured: dict[int, tuple[float, float]] = {}
    if honest:
        measured = _measured(e, concept, plain)
    found = [
        Offered(reason=w) if isinstance(w, str) else _offered(e, concept, one, w, measured.get(id(w)), moves=moves)
        for one, w in zip(asked, wanted, strict=True)
    ]
    again = dict(zip(map(id, plain), drawn_again(e, concept, plain), strict=True)) if moves else {}
    for at, (one, w) in enumerate(zip(found, wanted, strict=True)):
        if id(w) in again and not one.reason:
            found[at] = replace(one, moves=interval_of(again[id(w)], str(w), one.chosen))
    return found


def _measured(e: EvaluationData, concept: str, wanted: Sequence[Criterion]) -> dict[int, tuple[float, float]]:
    """Measure criteria on folds that took no part in choosing."""
    try:
        found = cross_fitted_each(*folded(e, concept), wanted)  # without intervals of what groups are worth
    except ValueError:  # fewer inputs than it takes to choose and measure apart
        return {}
    return {
        id(one): (estimate.value, estimate.std)
        for one, estimate in zip(wanted, found, strict=True)
        if not isinstance(estimate, InfeasibleError)
    }


def _offered(
    e: EvaluationData,
    concept: str,
    one: Asked,
    wanted: Criterion,
    measured: tuple[float, float] | None,
    *,
    moves: bool,
) -> Offered:
    """Choose by one criterion, or say why there is no such threshold."""
    counts, moved = e.counts(concept), None
    try:
        if one.guarantee is None:
            row = choose_row(counts, wanted)
        else:
            sure = operating_point(e, concept, guarantee=one.guarantee, **one.keywords)
            row = int(np.flatnonzero(counts.thresholds == sure.threshold)[0])
            moved = sure.threshold_interval if moves else None
    except ValueError as error:  # infeasible, or a keyword out of its range
        return Offered(reason=str(error))
    threshold = _settable(counts, row)
    if np.isnan(threshold):
        return Offered(reason="It is best to predict nothing, and an input scores 1: no threshold up to 1 does that.")
    tp, fp = int(counts.tps[row]), int(counts.fps[row])
    rates = rates_at(wanted, tp, fp, counts.num_pos, counts.num_neg)
    value = float(wanted.measure(wanted.objective, tp, fp, counts.num_pos, counts.num_neg))
    return Offered(threshold, float(counts.thresholds[row]), value, rates, *(measured or (np.nan, np.nan)), moves=moved)


def _settable(counts: Counts, row: int) -> float:
    """Return the row's threshold; 1 stands for infinity where nothing scores 1, and NaN where something does."""
    threshold = float(counts.thresholds[row])
    if threshold <= 1:
        return threshold
    return 1.0 if len(counts) < 2 or counts.thresholds[1] < 1 else float("nan")
