"""An evaluation's model at work: deciding nothing in a band, costs, the top of the list, another share of positives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import operating_point as points
from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.evaluation.aligning import in_order_of
from clarifai_eval_widget.evaluation.carrying import carrying_conditions
from clarifai_eval_widget.evaluation.chosen_points import refuse_groups
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.framed import by_concept
from clarifai_eval_widget.evaluation.grouping import sizes_of
from clarifai_eval_widget.evaluation.looking import AT_EVERY_LOOK, guarantee_now, labelled, level_now
from clarifai_eval_widget.evaluation.named import by_name_too, shown_names
from clarifai_eval_widget.metrics.arrays import to_dtype
from clarifai_eval_widget.metrics.tolerance import outside
from clarifai_eval_widget.operating_point.stability import ChosenAgain
from clarifai_eval_widget.words import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.operating_point import AbstainPoint, CheapestPoint, PartialFigure, PrevalenceEstimate
    from clarifai_eval_widget.uncertainty import FigureEstimate

__all__ = [
    "abstain_curve",
    "abstain_point",
    "cheapest_threshold",
    "deployment_prevalence",
    "net_benefit",
    "partial_auc",
    "precision_at_k",
    "rejecting_matrix",
    "tpr_at_fpr",
]


@by_name_too
@carrying_conditions
def abstain_point(
    e: EvaluationData,
    concept: str,
    *,
    max_error: float | None = None,
    band: tuple[float, float] | None = None,
    guarantee: float | None = None,
    confidence_level: float = 0.95,
) -> AbstainPoint:
    """Decide nothing between two thresholds: coverage against error.

    Parameters
    ----------
    concept
        A concept id.
    max_error
        The highest share of wrong decisions allowed here: finds the band that decides most. On new inputs the share is
        higher in more than half of all samples: give a ``guarantee``, or the ``band`` to other inputs' evaluation.
    band
        The lower and the upper threshold instead.
    guarantee
        0.95 for a band that keeps ``max_error`` on new inputs, among predicted positives and among predicted
        negatives, in all but 5 % of samples like these (:func:`operating_point.guaranteed_abstain`). Refused for
        inputs in groups.
    confidence_level
        Of the intervals of coverage and error; of inputs in groups they are those of the effective sizes of these.

    Raises
    ------
    InfeasibleError
        When no band decides anything at that error.
    ValueError
        When not one of ``max_error`` and ``band`` is given, one is out of its range, or there is nothing to guarantee.
    EvalError
        When only the platform's rates were sent.
    """
    if (max_error is None) == (band is None):
        raise ValueError("Give one of max_error= and band=(low, high).")
    c, level = e.counts(concept), level_now(e, confidence_level)
    if guarantee is not None:
        refuse_groups(e)
        if max_error is None:
            raise ValueError("A guarantee is of max_error=: a band given is judged by its intervals.")
        now = guarantee_now(e, guarantee)
        found = points.guaranteed_abstain(c, max_error=max_error, guarantee=now, confidence_level=level)
        return labelled(e, replace(found, guarantee=guarantee), confidence_level)
    if band is not None:
        found = points.abstain_point(c, *band, confidence_level=level)
    else:
        assert max_error is not None
        found = points.choose_abstain(c, max_error=max_error, confidence_level=level)
    return labelled(e, found if e.groups is None else _band_by_group(e, concept, found), confidence_level)


def _band_by_group(e: EvaluationData, concept: str, found: AbstainPoint) -> AbstainPoint:
    """Measure the band anew, with intervals of what inputs in groups are worth."""
    labels, scores, groups = e.grouped(concept)
    low, high = to_dtype([found.low, found.high], scores.dtype)
    decided, wrong = (scores < low) | (scores >= high), (scores >= high) != labels

    def worth(hits: NDArray[np.bool_], rows: NDArray[np.bool_]) -> float:
        sizes = uncertainty.effective_sizes_of_shares(
            hits[rows], np.zeros(int(rows.sum())), groups[rows], 1, confidence_level=found.confidence_level
        )
        return float(sizes[0])

    sizes = worth(decided, np.ones(len(labels), bool)), worth(wrong, decided)
    by_group = points.abstain_point(
        e.counts(concept), found.low, found.high, confidence_level=found.confidence_level, sizes=sizes
    )
    if found.chosen_again is not None:
        by_group = replace(by_group, chosen_again=ChosenAgain.not_of_groups("band", found.low, found.high).each)
    return replace(
        by_group, method=f"{by_group.method}, for the effective sizes of {plural(len(np.unique(groups)), 'group')}"
    )


@by_name_too
def abstain_curve(e: EvaluationData, concept: str) -> pd.DataFrame:
    """Tabulate the bands best for some cost of a rejection: low, high, coverage, error of the decided, conditions.

    Raises
    ------
    InfeasibleError
        When a class is absent.
    """
    import pandas as pd

    found = points.abstain_curve(e.counts(concept))
    frame = pd.DataFrame({name: getattr(found, name) for name in ("low", "high", "coverage", "error")})
    frame["conditions"] = codes_of(conditions_of(e), concept)
    frame.attrs.update(source=e.numbers.words, conditions=codes_of(conditions_of(e), concept))
    return frame


def rejecting_matrix(e: EvaluationData, least: float) -> pd.DataFrame:
    """Cross labels (rows) with the top concept of each input; those whose top score is below ``least`` are rejected.

    Inputs without a known label are left out where the evaluation leaves them out.

    Returns
    -------
    pandas.DataFrame
        (K, K + 1): the last column, ``rejected``, holds the inputs nothing is decided of. ``attrs["names"]`` has the
        concepts' shown names.

    Raises
    ------
    ValueError
        When ``least`` is NaN.
    """
    import pandas as pd

    held = e.numbers.predictions("A matrix of decisions needs the score of every input")
    kept = slice(None) if held.excluded is None else ~held.excluded.all(axis=1)
    values = points.rejecting_matrix(held.labels[kept], held.scores[kept], least)
    frame = pd.DataFrame(
        values,
        index=pd.Index(e.concepts, name="actual", dtype="str"),
        columns=pd.Index([*e.concepts, "rejected"], name="predicted", dtype="str"),
    )
    frame.attrs.update(
        source=e.numbers.label,
        kind="argmax",
        least=least,
        conditions=codes_of(conditions_of(e)),
        names=dict(zip(e.concepts, shown_names(e.concepts, e), strict=True)),
    )
    return frame


@by_name_too
@carrying_conditions
def cheapest_threshold(
    e: EvaluationData, concept: str, *, fp_cost: ArrayLike = 1.0, fn_cost: ArrayLike = 1.0
) -> CheapestPoint:
    """Find the threshold of the lowest cost when mistakes cost differently from input to input.

    Parameters
    ----------
    concept
        A concept id.
    fp_cost, fn_cost
        (N,) or one number: what each mistake costs. A Series is matched by the input ids in its index.

    Raises
    ------
    ValueError
        When costs are negative, or not one an input.
    """
    held = e.numbers.predictions("Costs of single inputs need the score of every input")
    column = e.column(concept)
    known = np.ones(len(held), bool) if held.excluded is None else ~held.excluded[:, column]
    costs = []
    for cost in (fp_cost, fn_cost):
        each = np.asarray(in_order_of(e, cost, "costs"), np.float64)
        if each.shape not in ((), (len(held),)):
            raise ValueError(f"Costs have the shape {each.shape}; give one number, or one for each of the inputs.")
        costs.append(each[known] if each.ndim else each)
    labels, scores = held.known(column)
    found = points.cheapest_threshold(labels, scores, fp_cost=costs[0], fn_cost=costs[1])
    said = ChosenAgain.not_of_groups("lowest cost", found.threshold)
    return found if e.groups is None else replace(found, chosen_again=said)


@by_name_too
def net_benefit(
    e: EvaluationData,
    concept: str,
    probabilities: ArrayLike | None = None,
    *,
    threshold: float | None = None,
    prevalence: float | None = None,
) -> pd.DataFrame:
    """Tabulate the decision curve: the net benefit of acting on predictions, in true positives an input.

    Parameters
    ----------
    concept
        A concept id.
    probabilities
        At which probability one would act, in [0, 1); 0, 0.01 … 0.99 by default.
    threshold
        Where to cut the scores; None cuts at each probability itself, which takes scores for probabilities.
    prevalence
        In deployment; None for that of these inputs.

    Returns
    -------
    pandas.DataFrame
        probability, model, everything (acting on every input), nothing (0), standard_error (of model; clustered
        where inputs come in groups), conditions.
    """
    import pandas as pd

    at = np.arange(100) / 100 if probabilities is None else probabilities
    if e.groups is None:
        found = points.net_benefit(e.counts(concept), at, threshold=threshold, prevalence=prevalence)
    else:
        found = points.net_benefit_by_group(*e.grouped(concept), at, threshold=threshold, prevalence=prevalence)
    columns = {"probability": found.probabilities, "model": found.model, "everything": found.everything}
    frame = pd.DataFrame(columns | {"nothing": found.nothing, "standard_error": found.standard_error})
    frame["conditions"] = codes_of(conditions_of(e), concept)
    frame.attrs.update(source=e.numbers.words, conditions=codes_of(conditions_of(e), concept))
    return frame


@by_name_too
@carrying_conditions
def deployment_prevalence(
    e: EvaluationData,
    concept: str,
    scores: ArrayLike,
    *,
    threshold: float | None = None,
    confidence_level: float = 0.95,
) -> PrevalenceEstimate:
    """Estimate the share of positives among deployed inputs from their scores, without labels (label shift).

    The result's ``prevalence`` is what :meth:`operating_point` takes.

    Parameters
    ----------
    concept
        A concept id.
    scores
        (M,) of deployed inputs, of the same model.
    threshold, confidence_level
        As in :func:`operating_point.prevalence_by_shift`.

    Raises
    ------
    ValueError
        When a score is not finite or not in 0 to 1, or an option is out of its range.
    EvalError
        When only the platform's rates were sent.
    """
    deployed = np.asarray(scores)
    wrong = deployed[outside(deployed)] if deployed.dtype.kind in "iuf" else deployed[:0]
    if wrong.size:
        raise ValueError(
            f"The deployed score {wrong.flat[0]} lies outside 0 to 1, where the evaluation's lie: give scores that the "
            "same model made, in the same way."
        )
    level = level_now(e, confidence_level)
    sizes = sizes_of(e, concept, level)
    found = points.prevalence_by_shift(
        e.counts(concept), scores, threshold=threshold, confidence_level=level, sizes=sizes
    )
    if sizes is not None:
        found = replace(found, method=f"{found.method}, {sizes.method}; deployed inputs taken as independent")
    return labelled(e, found, confidence_level)


def partial_auc(e: EvaluationData, max_fpr: float, *, confidence_level: float = 0.95) -> pd.DataFrame:
    """Tabulate the standardised area under each ROC up to a false positive rate, with intervals.

    Columns name, value, low, high, method, conditions, reason, source; 0.5 is chance, 1 perfect (McClish). Of inputs in
    groups the interval is a bootstrap of whole groups.
    """
    return _partial(e, lambda c, level: points.partial_auc(c, max_fpr, confidence_level=level), confidence_level)


def tpr_at_fpr(e: EvaluationData, max_fpr: float, *, confidence_level: float = 0.95) -> pd.DataFrame:
    """Tabulate the highest true positive rate at a false positive rate of at most so much; as :meth:`partial_auc`."""
    return _partial(e, lambda c, level: points.tpr_at_fpr(c, max_fpr, confidence_level=level), confidence_level)


def precision_at_k(e: EvaluationData, k: int, *, confidence_level: float = 0.95) -> pd.DataFrame:
    """Tabulate the share of positives among the k inputs of the highest scores; as :meth:`partial_auc`.

    At 95 % the interval begins at k = 4: a sample may show none of fewer.
    """
    return _partial(e, lambda c, level: points.precision_at_k(c, k, confidence_level=level), confidence_level)


def _partial(e: EvaluationData, figure: Callable[[Any, float], PartialFigure], confidence_level: float) -> pd.DataFrame:
    level, rows = level_now(e, confidence_level), []
    for concept, c in zip(e.concepts, e.all_counts(), strict=True):
        one = figure(c, level) if e.groups is None else _by_group(e, concept, lambda c: figure(c, level), level)
        method = one.method + AT_EVERY_LOOK if one.method and not e.complete else one.method
        row = {"value": one.value, "low": one.interval[0], "high": one.interval[1], "method": method}
        rows.append(row | {"reason": one.reason})
    return by_concept(e, e.concepts, rows, dict.fromkeys(("value", "low", "high"), "float64") | {"method": "str"})


def _by_group(
    e: EvaluationData, concept: str, figure: Callable[[Any], PartialFigure], confidence_level: float
) -> FigureEstimate | PartialFigure:
    """Measure the figure with an interval that draws whole groups; of too little for any interval, say so."""
    whole = figure(e.counts(concept))
    if whole.reason:
        return whole
    return uncertainty.cluster_bootstrap(
        *e.grouped(concept), lambda c: figure(c).value, confidence_level=confidence_level
    )
