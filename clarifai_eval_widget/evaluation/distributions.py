"""Where scores lie, and how often they are right: the tables behind the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.curve_parts import average_id
from clarifai_eval_widget.evaluation.grouping import bin_intervals
from clarifai_eval_widget.evaluation.named import by_name_too

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["calibration_curve", "score_histogram"]


@by_name_too
def calibration_curve(
    e: EvaluationData,
    concept: str | None = None,
    *,
    bins: int = 10,
    concepts: Iterable[str] | None = None,
    micro: bool = False,
    intervals: bool = True,
) -> pd.DataFrame:
    """How often scores are right, in at most so many bins of equally many decisions, by ascending score.

    Parameters
    ----------
    concept
        A concept id; None pools the decisions of all concepts.
    bins
        Equal scores stay in one bin, so that there may be fewer.
    concepts
        Further concepts, below ``concept``; columns concept and name then come first.
    micro
        Whether the decisions of all concepts, pooled, come last beside ``concept``; with those columns, too.
    intervals
        Whether to give low, high and method.

    Returns
    -------
    pandas.DataFrame
        Columns mean_score, positives, decisions, share (of positives), low and high, its 95 % interval, method (of the
        interval, which knows groups and that one input's decisions depend on one another), and conditions (codes).

    Raises
    ------
    EvalError
        When only the platform's rates were sent.
    """
    import pandas as pd

    several = micro and len(e.concepts) > 1
    named = dict.fromkeys([concept, *(concepts or ()), *([None] if several else [])])
    parts = [_bins(e, one, bins, intervals=intervals) for one in named]
    if concepts is None and not micro:
        return parts[0]
    pooled = average_id(e, "micro")
    for one, part in zip(named, parts, strict=True):
        label = pooled if one is None else one
        part.insert(0, "concept", label)
        part.insert(1, "name", e.concept_names.get(label, label))
    return pd.concat(parts, ignore_index=True)


def _bins(e: EvaluationData, concept: str | None, bins: int, *, intervals: bool) -> pd.DataFrame:
    import pandas as pd

    found = metrics.calibration(*e.numbers.decisions(concept, "Calibration needs every score"), bins)
    columns: dict[str, Any] = {
        "mean_score": found.mean_scores,
        "positives": found.positives,
        "decisions": found.sizes,
        "share": found.shares,
    }
    if intervals:
        columns |= dict(zip(("low", "high", "method"), bin_intervals(e, concept, found), strict=True))
    return pd.DataFrame(columns | {"conditions": codes_of(conditions_of(e), concept)})


@by_name_too
def score_histogram(e: EvaluationData, concept: str | None = None, *, bins: int = 40) -> pd.DataFrame:
    """Count the scores of positives and negatives in equally wide bins over [0, 1].

    Parameters
    ----------
    concept
        A concept id; None pools the decisions of all concepts.
    bins
        Each holds its lower end; the last one 1, too.

    Returns
    -------
    pandas.DataFrame
        Columns low, high, positives, negatives, conditions (codes).

    Raises
    ------
    EvalError
        When only the platform's rates were sent.
    ValueError
        When there is less than one bin.
    """
    import pandas as pd

    if bins < 1:
        raise ValueError(f"bins={bins}: give one or more.")
    labels, scores = e.numbers.decisions(concept, "A histogram needs every score")
    edges = (np.arange(bins + 1) / bins).astype(scores.dtype)
    positives, negatives = (np.histogram(scores[chosen], edges)[0] for chosen in (labels, ~labels))
    columns = {"low": edges[:-1], "high": edges[1:], "positives": positives, "negatives": negatives}
    return pd.DataFrame(columns | {"conditions": codes_of(conditions_of(e), concept)})
