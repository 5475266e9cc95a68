"""Choosing thresholds, and saying how sure the numbers are: the statistics side of an Evaluation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Unpack

import numpy as np

from clarifai_eval_widget import operating_point as points
from clarifai_eval_widget.evaluation.carrying import carrying_conditions
from clarifai_eval_widget.evaluation.framed import by_concept
from clarifai_eval_widget.evaluation.grouping import sizes_of
from clarifai_eval_widget.evaluation.looking import AT_THIS_LOOK, guarantee_now, level_now
from clarifai_eval_widget.evaluation.named import by_name_too
from clarifai_eval_widget.evaluation.telling import told
from clarifai_eval_widget.operating_point.criterion import criterion_of
from clarifai_eval_widget.words import listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point import (
        Criterion,
        CriterionOptions,
        CrossFitted,
        InfeasibleError,
        OperatingPoint,
    )

__all__ = [
    "cross_fitted_point",
    "cross_fitted_points",
    "folded",
    "operating_point",
    "operating_points",
    "refuse_groups",
    "threshold_intervals",
    "thresholds",
]

_MOVES = dict.fromkeys(("threshold", "low", "high"), "float64")
_MOVES |= {"infeasible": "int64", "replicates": "int64", "criterion": "str", "method": "str"}


@by_name_too
@carrying_conditions
def operating_point(
    e: EvaluationData,
    concept: str,
    *,
    guarantee: float | None = None,
    confidence_level: float = 0.95,
    **criterion: Unpack[CriterionOptions],
) -> OperatingPoint:
    """Find the threshold at which a concept meets a criterion best.

    A threshold chosen and measured on the same inputs looks better than it is:
    :meth:`cross_fitted_point` gives the honest estimate.

    Parameters
    ----------
    concept
        A concept id.
    guarantee
        None for the best threshold on these inputs, which in truth often misses its bounds. 0.95 for one whose bounds
        hold on new inputs in all but 5 % of samples like these (:func:`operating_point.guaranteed_point`); folds are
        pooled as if one model had scored them all. Refused for inputs in groups, of which none can be given.
    confidence_level
        Of the intervals.
    **criterion
        ``maximize="f1"``, ``maximize="fbeta", beta=2``, ``min_precision=0.9``, ``min_recall=0.9``,
        ``max_fpr=0.01``, ``equal_error_rate=True``, ``fp_cost=1, fn_cost=5``, each with ``prevalence=0.02``
        if you like.

    Raises
    ------
    InfeasibleError
        When no threshold will do; it says the best that can be had, or the nearest.
    EvalError
        When only the platform's rounded curves are there.
    """
    c, level = e.counts(concept), level_now(e, confidence_level)
    if guarantee is not None:
        refuse_groups(e)
        return _guaranteed(e, c, guarantee, confidence_level, criterion)
    sizes = sizes_of(e, concept, level)
    found = points.operating_point(c, confidence_level=level, sizes=sizes, **criterion)
    return told(e, (concept, criterion_of(criterion)), found, sizes, confidence_level)


@by_name_too
@carrying_conditions
def operating_points(
    e: EvaluationData,
    concepts: Iterable[str] | None = None,
    *,
    infeasible: Literal["raise", "skip"] = "raise",
    guarantee: float | None = None,
    confidence_level: float = 0.95,
    **criterion: Unpack[CriterionOptions],
) -> dict[str, OperatingPoint]:
    """Find each concept's threshold by one criterion.

    The result can be given to :meth:`table` and :meth:`confusion_matrix` as threshold.

    Parameters
    ----------
    concepts
        Concept ids; all by default.
    infeasible
        ``"raise"`` one error that names every concept without such a threshold, or ``"skip"`` them.
    guarantee, confidence_level, **criterion
        As in :meth:`operating_point`; a guarantee is each concept's own.
    """
    chosen = e.concepts if concepts is None else tuple(concepts)
    counts = {concept: e.counts(concept) for concept in chosen}
    if guarantee is None:
        level = level_now(e, confidence_level)
        worth = {one: sizes for one in chosen if (sizes := sizes_of(e, one, level)) is not None}
        best = points.operating_points(
            counts, infeasible=infeasible, confidence_level=level, sizes=worth or None, **criterion
        )
        wanted = criterion_of(criterion)
        return {one: told(e, (one, wanted), point, worth.get(one), confidence_level) for one, point in best.items()}
    refuse_groups(e)
    found: dict[str, OperatingPoint] = {}
    failed: dict[str, str] = {}
    for concept, c in counts.items():
        try:
            found[concept] = _guaranteed(e, c, guarantee, confidence_level, criterion)
        except points.InfeasibleError as error:
            failed[concept] = error.message
    if failed and infeasible == "raise":
        first = next(iter(failed))
        raise points.InfeasibleError(f"No threshold qualifies for {listed(failed)}. {first}: {failed[first]}")
    return found


def _guaranteed(
    e: EvaluationData, c: Counts, guarantee: float, confidence_level: float, criterion: CriterionOptions
) -> OperatingPoint:
    """Find a guaranteed point whose guarantee holds at every look, too, where the evaluation has not ended."""
    now, level = guarantee_now(e, guarantee), level_now(e, confidence_level)
    found = points.guaranteed_point(c, guarantee=now, confidence_level=level, **criterion)
    note = found.note if e.complete else f"{found.note}; bounds and intervals hold at every look while it runs"
    return replace(found, guarantee=guarantee, confidence_level=confidence_level, note=note)


def refuse_groups(e: EvaluationData) -> None:
    """A bound counts inputs as independent; of 40 patients with 10 images each 95 % broke in 23 % of samples."""
    if e.groups is not None:
        number = len(set(e.groups.tolist()))
        raise ValueError(
            f"A guarantee needs independent inputs, and these come in {plural(number, 'group')}. Keep one input of "
            "each group and evaluate those, or leave out guarantee=."
        )


@by_name_too
def threshold_intervals(
    e: EvaluationData,
    concepts: Iterable[str] | None = None,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    **criterion: Unpack[CriterionOptions],
) -> pd.DataFrame:
    """Bootstrap the thresholds that a criterion chooses: how far they would move with another sample of inputs.

    Parameters
    ----------
    concepts
        Concept ids; all by default.
    replicates, seed
        Of the bootstrap: positives and negatives are resampled apart, or whole groups where inputs come in groups.
    confidence_level
        Between the percentiles.
    **criterion
        As in :meth:`operating_point`.

    Returns
    -------
    pandas.DataFrame
        By concept: name, threshold, low, high, infeasible (resamples without such a threshold), replicates, criterion,
        method, conditions, reason, source.

    Raises
    ------
    InfeasibleError
        When no threshold meets the criterion on the inputs themselves.
    EvalError
        When only the platform's rounded curves are there.
    """
    chosen = e.concepts if concepts is None else tuple(concepts)
    how: dict[str, Any] = {"replicates": replicates, "confidence_level": confidence_level, "seed": seed, **criterion}
    if e.groups is None:
        found = points.threshold_intervals({one: e.counts(one) for one in chosen}, **how)
    else:
        found = {one: points.threshold_interval_by_group(*e.grouped(one), **how) for one in chosen}
    rows = [{name: getattr(one, name) for name in (*_MOVES, "reason")} for one in found.values()]
    frame = by_concept(e, chosen, rows, _MOVES)
    frame["method"] += "" if e.complete else AT_THIS_LOOK
    frame.attrs.update(confidence_level=confidence_level, seed=seed)
    return frame


def thresholds(
    e: EvaluationData,
    *,
    infeasible: Literal["raise", "skip"] = "raise",
    guarantee: float | None = None,
    **criterion: Unpack[CriterionOptions],
) -> dict[str, float]:
    """Find each concept's threshold as :meth:`operating_points` does, as plain numbers by concept id."""
    if guarantee is None:  # intervals are not asked for, nor what they take of inputs in groups
        counts = {concept: e.counts(concept) for concept in e.concepts}
        found = points.operating_points(counts, infeasible=infeasible, **criterion)
    else:
        found = operating_points(e, infeasible=infeasible, guarantee=guarantee, **criterion)
    return {concept: point.threshold for concept, point in found.items()}


@by_name_too
@carrying_conditions
def cross_fitted_point(
    e: EvaluationData,
    concept: str,
    *,
    splits: int = 5,
    seed: int = 0,
    confidence_level: float = 0.95,
    **criterion: Unpack[CriterionOptions],
) -> CrossFitted:
    """Estimate honestly what a criterion achieves on data the threshold was not chosen on.

    The threshold is chosen on all folds but one and measured on that one; the measurements are averaged.

    Parameters
    ----------
    concept
        A concept id.
    splits
        How many parts to split the inputs into, positives and negatives evenly, when the evaluation has no
        folds of its own. Inputs of one group stay in one part.
    seed
        Of that split.
    confidence_level, **criterion
        As in :meth:`operating_point`.

    Raises
    ------
    InfeasibleError
        When no threshold suits all inputs together.
    EvalError
        When only the platform's rounded curves are there.
    ValueError
        When there are fewer than two folds, or two inputs to split.
    """
    labels, scores, folds = folded(e, concept, splits, seed)
    level = level_now(e, confidence_level)
    sizes = sizes_of(e, concept, level)
    found = points.cross_fitted(labels, scores, folds, confidence_level=level, sizes=sizes, **criterion)
    wanted = criterion_of(criterion)
    return replace(found, chosen=told(e, (concept, wanted), found.chosen, sizes, confidence_level))


@by_name_too
@carrying_conditions
def cross_fitted_points(
    e: EvaluationData,
    concept: str,
    criteria: Sequence[Criterion],
    *,
    splits: int = 5,
    seed: int = 0,
    confidence_level: float = 0.95,
) -> list[CrossFitted | InfeasibleError]:
    """Estimate what each of several criteria achieves, as :func:`cross_fitted_point` does; each fold is counted once.

    Returns
    -------
    list
        For each criterion its estimate, or why no threshold suits all inputs together.
    """
    labels, scores, folds = folded(e, concept, splits, seed)
    level = level_now(e, confidence_level)
    sizes = sizes_of(e, concept, level)
    found = points.cross_fitted_each(labels, scores, folds, criteria, confidence_level=level, sizes=sizes)
    return [
        one
        if isinstance(one, points.InfeasibleError)
        else replace(one, chosen=told(e, (concept, wanted), one.chosen, sizes, confidence_level))
        for wanted, one in zip(criteria, found, strict=True)
    ]


def folded(
    e: EvaluationData, concept: str, splits: int = 5, seed: int = 0
) -> tuple[NDArray[np.bool_], NDArray[Any], NDArray[np.int64]]:
    """Return a concept's labels and scores, with the fold of each: its own, or one dealt here."""
    held = e.numbers.predictions("This needs exact counts")
    column = e.column(concept)
    labels, scores = held.known(column)
    if held.folds is None:
        return labels, scores, _split(labels, splits, seed, None if e.groups is None else e.grouped(concept)[2])
    return labels, scores, held.folds if held.excluded is None else held.folds[~held.excluded[:, column]]


def _split(
    labels: NDArray[np.bool_], splits: int, seed: int, groups: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Deal positives and negatives, each shuffled, to the parts in turn; or groups, those with positives first."""
    if splits < 2:
        raise ValueError(f"splits={splits}: choosing and measuring apart needs two parts at least.")
    if groups is not None:
        _, of = np.unique(groups, return_inverse=True)
        return _split(np.bincount(of, labels) > 0, splits, seed)[of]
    rng = np.random.default_rng(seed)
    folds = np.empty(len(labels), np.int64)
    for side in (labels, ~labels):
        rows = rng.permutation(np.flatnonzero(side))
        folds[rows] = np.arange(len(rows)) % splits + 1
    return folds
