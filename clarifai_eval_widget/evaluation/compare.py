"""Comparing two evaluations of the same inputs: concept by concept, and in one line over all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.carrying import carrying_conditions, codes_under
from clarifai_eval_widget.evaluation.compared_figure import FIGURES, Asked
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.curve_parts import macro_id
from clarifai_eval_widget.evaluation.intervals import POOLED
from clarifai_eval_widget.evaluation.looking import at_every_look, level_of, p_value_of
from clarifai_eval_widget.evaluation.named import shown_names
from clarifai_eval_widget.evaluation.pairing import Paired, paired
from clarifai_eval_widget.uncertainty import FigureDifference, holm, simultaneous_intervals
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.compared_figure import Figure
    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["OTHER_FOLDS", "compare", "compare_overall", "paired_difference"]

_NESTED = (
    "DeLong's test is not valid for nested models trained and tested on one dataset (Demler, Pencina and "
    "D'Agostino, 2012)."
)
OTHER_FOLDS = "cross-validated in different folds: no test of these scores holds its level; give both the same folds"
_TEXTS = ("method", "conditions", "reason", "source")


def compare(
    e: EvaluationData,
    other: EvaluationData,
    *,
    figure: Figure = "roc_auc",
    threshold: float = 0.5,
    confidence_level: float = 0.95,
) -> pd.DataFrame:
    """Test whether another evaluation of the same inputs has other areas, concept by concept and over all.

    Each row names its method: DeLong's paired test; clustered by groups where these are given; for out-of-fold
    predictions in the same folds the corrected resampled t of the folds' differences (Nadeau and Bengio), for the
    figures are then means over folds. Recipes that were cross-validated in different folds are not tested.

    Parameters
    ----------
    other
        An evaluation with equal labels. Rows are matched by input id; by position where neither has ids.
    figure
        ``"roc_auc"``, ``"avg_precision"`` or ``"f1"``.
    threshold
        Of F1.
    confidence_level
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        By concept, and last the mean over them ("macro average") where there are several: name, the figure and
        ``other_`` figure, difference (other minus this: positive when the other is better) with low and high, p_value,
        p_holm (adjusted over the concepts; the macro line is a question of its own), low_all and high_all (intervals
        that hold for all concepts at once), num_pos, num_neg, inputs, method, conditions (codes of either
        evaluation), reason, source. ``attrs`` hold ``overall`` (the macro line), ``matched``, ``only_here``,
        ``only_there`` (input ids), ``conditions`` and ``notes``.

    Raises
    ------
    ValueError
        When inputs cannot be matched, their labels differ, or the figure is not known.
    EvalError
        When only the platform's rates were sent of one of them.
    """
    import pandas as pd

    asked, pairs = Asked(figure, threshold=threshold), paired(e, other)
    found = [_difference(pairs, (concept,), asked, confidence_level) for concept in pairs.concepts]
    rows = [_row(pairs, (concept,), one, figure) for concept, one in zip(pairs.concepts, found, strict=True)]
    p_holm = holm([one.p_value for one in found])
    for row, *extra in zip(rows, p_holm, *_for_all(pairs, found, confidence_level), strict=True):
        row |= dict(zip(("p_holm", "low_all", "high_all"), extra, strict=True))
    names, overall = list(pairs.concepts), found[0]
    if len(names) > 1:
        overall = _difference(pairs, pairs.concepts, asked, confidence_level)
        rows.append(_row(pairs, pairs.concepts, overall, figure))
        names.append(macro_id(e))
    frame = pd.DataFrame(rows, index=pd.Index(names, name="concept", dtype="str"))
    order = [figure, f"other_{figure}", "difference", "low", "high", "p_value", "p_holm", "low_all", "high_all"]
    frame = frame[[*order, "num_pos", "num_neg", "inputs", *_TEXTS]].astype(dict.fromkeys(_TEXTS, "str"))
    frame.insert(0, "name", shown_names(names, e))
    frame[["num_pos", "num_neg"]] = frame[["num_pos", "num_neg"]].astype("Int64")
    frame.attrs.update(pairs.unmatched, confidence_level=confidence_level, matched=len(pairs.rows[0]), overall=overall)
    frame.attrs["sources"] = (e.numbers.words, other.numbers.words)
    frame.attrs["conditions"] = {
        "this": list(map(str, conditions_of(e))),
        "other": list(map(str, conditions_of(other))),
    }
    frame.attrs["notes"] = _notes(pairs)
    return frame


@carrying_conditions
def compare_overall(
    e: EvaluationData,
    other: EvaluationData,
    *,
    figure: Figure = "roc_auc",
    average: Literal["macro", "micro"] = "macro",
    threshold: float = 0.5,
    confidence_level: float = 0.95,
) -> FigureDifference:
    """Test the one question "is the other better?": the difference of the mean over the concepts of both.

    Concepts share their inputs, which the test takes into account.

    Parameters
    ----------
    other, figure, threshold, confidence_level
        As in :meth:`compare`, and so are the errors.
    average
        ``"macro"``: the mean over the concepts. ``"micro"``: of all decisions pooled.
    """
    asked, pairs = Asked(figure, average, threshold), paired(e, other)
    return _difference(pairs, pairs.concepts, asked, confidence_level)


def paired_difference(
    pairs: Paired,
    concepts: Sequence[str],
    *,
    figure: Figure = "roc_auc",
    threshold: float = 0.5,
    confidence_level: float = 0.95,
) -> FigureDifference:
    """Test as :meth:`compare` does: one concept's figure, or the mean over several."""
    return _difference(pairs, concepts, Asked(figure, threshold=threshold), confidence_level)


def _difference(pairs: Paired, concepts: Sequence[str], asked: Asked, level: float) -> FigureDifference:
    """Test by the method that fits the two: folds, groups, or independent inputs."""
    both = (pairs.first, pairs.second)
    found = _measured(pairs, concepts, asked, level_of(both, level))
    found = replace(at_every_look(both, found, level), p_value=p_value_of(both, found.p_value))
    if pairs.other_folds:
        return _untested(found, OTHER_FOLDS)
    return _untested(found, asked.left_open(pairs, concepts))


def _for_all(
    pairs: Paired, found: Sequence[FigureDifference], confidence_level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of intervals that hold for all concepts at once, and at every look: Bonferroni's before either.

    Only of what is tested, as Holm counts no other.
    """
    tested = [not np.isnan(one.p_value) for one in found]
    number = max(sum(tested), 1)
    each = 1 - (1 - confidence_level) / number
    beyond = 1 - level_of((pairs.first, pairs.second), each)
    low, high, _ = simultaneous_intervals(
        [one.difference for one in found],
        [one.standard_error if used else np.nan for one, used in zip(found, tested, strict=True)],
        degrees_of_freedom=[np.nan if one.degrees_of_freedom is None else one.degrees_of_freedom for one in found],
        confidence_level=1 - number * beyond,
    )
    return np.clip(low, -1, 1), np.clip(high, -1, 1)


def _measured(pairs: Paired, concepts: Sequence[str], asked: Asked, level: float) -> FigureDifference:
    labels, first, second, known = pairs.arrays(concepts)
    if len(concepts) == 1:
        labels, first, second = (one[known[:, 0], 0] for one in (labels, first, second))
    if pairs.folds is not None:
        whole = known.all(axis=1)
        data = (labels, first, second) if len(concepts) == 1 else (labels[whole], first[whole], second[whole])
        return _by_folds(data, pairs.folds[whole], asked, level)
    groups = None if pairs.groups is None else pairs.groups
    if len(concepts) == 1:
        groups = None if groups is None else groups[known[:, 0]]
        if asked.figure == "roc_auc" and groups is not None:
            return uncertainty.compare_auc_clustered(labels, first, second, groups, confidence_level=level)
        if asked.figure == "roc_auc":
            found = uncertainty.compare_auc(labels, first, second, confidence_level=level, pooled=pairs.pooled)
            return _as_difference(found)
    found_overall = uncertainty.compare_figure(
        labels,
        first,
        second,
        figure=FIGURES[asked.figure],
        average=asked.average,
        threshold=asked.threshold,
        known=None if len(concepts) == 1 or known.all() else known,
        groups=groups,
        confidence_level=level,
    )
    return replace(found_overall, method=found_overall.method + POOLED) if pairs.pooled else found_overall


def _as_difference(found: uncertainty.AucDifference) -> FigureDifference:
    return FigureDifference(
        "roc_auc",
        found.roc_auc,
        found.difference,
        found.standard_error,
        found.interval,
        found.z,
        found.p_value,
        found.confidence_level,
        found.method,
        1,
        found.reason,
        degrees_of_freedom=found.degrees_of_freedom,
    )


def _by_folds(
    data: tuple[NDArray[Any], NDArray[Any], NDArray[Any]], folds: NDArray[np.int64], asked: Asked, level: float
) -> FigureDifference:
    """Test the folds' figures, each the mean over the concepts that have one there, or of all decisions pooled."""
    if asked.figure == "roc_auc" and asked.average == "macro":
        return uncertainty.compare_auc_folds(*data, folds, confidence_level=level)
    labels, *scorings = (one.reshape(len(one), -1) for one in data)
    numbers, sizes = np.unique(folds, return_counts=True)

    found = []
    for number in numbers:
        rows = folds == number
        known = np.ones(labels[rows].shape, bool)
        both = np.array([asked.by_concept(labels[rows], scores[rows], known) for scores in scorings])
        # F1 may be undefined of one alone: what both have is averaged, or a concept counts on one side only
        both[:, np.isnan(both).any(axis=0)] = np.nan
        found.append([metrics.mean_defined(values)[0] for values in both])
    first, second = zip(*found, strict=True)

    average = "micro " if asked.average == "micro" else ""
    figure = f"fold mean of {average}{FIGURES[asked.figure]}"
    return uncertainty.compare_fold_values(first, second, sizes, confidence_level=level, figure=figure)


def _untested(found: FigureDifference, reason: str) -> FigureDifference:
    """Take the test away where it does not hold; what was measured stays."""
    if not reason:
        return found
    nan = float("nan")
    said = "; ".join(filter(None, [found.reason, reason]))
    return replace(
        found,
        standard_error=nan,
        interval=(nan, nan),
        statistic=nan,
        p_value=nan,
        method="",
        reason=said,
        degrees_of_freedom=None,
    )


def _row(pairs: Paired, concepts: Sequence[str], found: FigureDifference, figure: Figure) -> dict[str, Any]:
    labels, _, _, known = pairs.arrays(concepts)
    alone = len(concepts) == 1
    sources = [pairs.first.numbers.words, pairs.second.numbers.words]
    reason = found.reason if alone else "; ".join(filter(None, [f"mean of {found.units} concepts", found.reason]))
    if pairs.folds is not None and not alone:
        reason = found.reason
    value, other_value = found.values  # noqa: PD011 (no frame)
    return {
        figure: value,
        f"other_{figure}": other_value,
        "difference": found.difference,
        "low": found.interval[0],
        "high": found.interval[1],
        "p_value": found.p_value,
        "num_pos": int((labels & known).sum()) if alone else None,
        "num_neg": int((~labels & known).sum()) if alone else None,
        "inputs": int(known.any(axis=1).sum()),
        "method": "" if np.isnan(found.standard_error) else found.method,
        "conditions": codes_under([pairs.first, pairs.second], concepts[0] if alone else None),
        "reason": reason,
        "source": sources[0] if sources[0] == sources[1] else f"{sources[0]}; other: {sources[1]}",
    }


def _notes(pairs: Paired) -> list[str]:
    first, second = pairs.first, pairs.second
    left = set(first.concepts) ^ set(second.concepts)
    notes = [_NESTED] + ([f"Concepts of one evaluation only: {listed(sorted(left))}."] if left else [])
    for ids, where in ((pairs.unmatched["only_here"], "this"), (pairs.unmatched["only_there"], "the other")):
        if ids:
            notes.append(f"{len(ids)} inputs of {where} evaluation only, left out: {listed(ids)}.")
    for e, which in ((first, "This"), (second, "The other")):
        notes += [f"{which} evaluation: {one}" for one in conditions_of(e) if one.code.page.careful]
    return notes
