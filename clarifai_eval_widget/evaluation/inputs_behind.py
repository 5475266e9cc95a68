"""The inputs behind a figure, asked for in Python by the figure's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from clarifai_eval_widget.errors import not_found
from clarifai_eval_widget.evaluation.named import by_name_too, concept_id
from clarifai_eval_widget.evaluation.outcomes import BEHIND, COMPARED, Behind, Outcome
from clarifai_eval_widget.evaluation.selecting import Order, rows_behind, selection_frame, sorted_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["inputs_behind"]


@by_name_too
def inputs_behind(
    e: EvaluationData,
    concept: str | None = None,
    figure: str = "errors",
    *,
    threshold: float | Mapping[str, Any] | Literal["highest"] = 0.5,
    labelled: str | None = None,
    scores: tuple[float | None, float | None] = (None, None),
    against: EvaluationData | None = None,
    sort: Order = "margin",
) -> pd.DataFrame:
    """List the inputs behind a figure, as a click on it does on the page.

    Parameters
    ----------
    concept
        A concept id or shown name; None: any decision of any concept.
    figure
        A figure by its name in :meth:`table`. A count gives what it counts; precision and specificity the false
        positives, recall the false negatives, F1 (or ``"errors"``) both; ``"roc_auc"`` the inputs that stand on the
        wrong side of one of the other class, ``"avg_precision"`` those that take something from it; ``"all"`` every
        input that counts. Of a matrix's cell, with its row as ``labelled``: ``"fp"`` the confusions, ``"tp"`` those
        labelled with both, ``"scored"`` those of whose scores it is the mean, ``"labelled"`` those labelled with both
        whatever they score. With ``against``: ``"better"`` right here alone, ``"worse"`` right there alone,
        ``"differ"`` either, with no concept by the highest score whatever the threshold.
    threshold
        At or above it a score gives the concept; one for all concepts or one for each, or ``"highest"``: the highest of
        the input's scores does. No ranking has one.
    labelled
        Only inputs that are labelled with this concept, too.
    scores
        Only inputs whose score is at least the first and less than the second, as in a histogram’s bar; None: no end.
    against
        Another evaluation of the same inputs.
    sort
        ``"margin"``: the most surely wrong first, of a ranking what costs most; ``"score"``; ``"loss"``.

    Returns
    -------
    pandas.DataFrame
        Columns input_id, labels (concept ids) with label_names, concept with its name, score, other_score (with
        ``against``), outcome, margin, loss, cost (of a ranking: over its positives the mean for the ROC AUC, and the
        sum for the average precision, is what that lacks of 1; over its negatives likewise) and, of a
        cross-validation, fold.

    Raises
    ------
    NotFoundError
        When there is no such figure or concept.
    EvalError
        When only the platform's rates were sent.
    ValueError
        When a threshold cannot be right, ``sort`` is unknown, or ``"better"`` lacks what to compare with.
    """
    outcome = _outcome(figure)
    if sort not in get_args(Order):
        raise ValueError(f"sort={sort!r} is no order of inputs: give 'margin', 'score' or 'loss'.")
    at, own = _limits(e, concept, threshold)
    if outcome in COMPARED and concept is not None and at is None:
        raise ValueError(
            f"{figure!r} of one concept needs a threshold, and threshold='highest' has none: give a number, or name no "
            "concept to compare by the highest scores."
        )
    also = None if labelled is None else concept_id(labelled, e)
    behind = Behind(concept, outcome, at, also, against, own, *scores)
    return selection_frame(e, sorted_rows(e, rows_behind(e, behind), behind, sort), behind)


def _outcome(figure: str) -> Outcome:
    outcomes: dict[str, Outcome] = {one: one for one in get_args(Outcome)}
    known = {**outcomes, **BEHIND}
    if figure not in known:
        raise not_found("figure", figure, known)
    return known[figure]


def _limits(
    e: EvaluationData, concept: str | None, threshold: float | Mapping[str, Any] | Literal["highest"]
) -> tuple[float | None, tuple[tuple[str, float], ...]]:
    """The threshold that counts, and those of every concept where none is named."""
    if threshold == "highest":
        return None, ()
    limits = e.numbers.limits(threshold)
    if concept is not None:
        return limits[e.column(concept)], ()
    return (limits[0] if limits else 0.5), tuple(zip(e.concepts, limits, strict=True))
