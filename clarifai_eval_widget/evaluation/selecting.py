"""The inputs behind a number: which they are, in which order, and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.metrics.arrays import to_dtype

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData

    Rows = NDArray[np.intp]

__all__ = ["Behind", "Order", "labels_of", "losses", "margins", "rows_behind", "selection_frame", "sorted_rows"]

Order = Literal["margin", "score", "loss"]


@dataclass(frozen=True)
class Behind:
    """Which inputs: those given a concept rightly or wrongly, or wrongly not given it."""

    concept: str
    """The concept that is given, by id."""
    outcome: Literal["tp", "fp", "fn"]
    """True positives, false positives or false negatives of it."""
    threshold: float | None
    """A score of at least so much gives the concept; None: the highest of the input's scores does."""
    labelled: str | None = None
    """Only inputs labelled with this concept, by id; None for any."""


def rows_behind(e: EvaluationData, behind: Behind) -> Rows:
    """Find the rows of the inputs, ascending.

    Raises
    ------
    NotFoundError
        When there is no such concept.
    EvalError
        When only rates were sent.
    """
    held = e.numbers.predictions("Listing inputs needs the score of each")
    column = e.column(behind.concept)
    own = held.labels[:, column]
    if behind.threshold is None:
        given = metrics.top_scored(held.scores, held.sent)[:, column]
        known = None if held.sent is None else held.sent[:, column]
    else:
        given = held.scores[:, column] >= to_dtype(behind.threshold, held.scores.dtype)
        known = None if held.excluded is None else ~held.excluded[:, column]
    wanted = {"tp": own & given, "fp": ~own & given, "fn": own & ~given}[behind.outcome]
    if known is not None:
        wanted = wanted & known
    if behind.labelled is not None:
        wanted = wanted & held.labels[:, e.column(behind.labelled)]
    return np.flatnonzero(wanted)


def sorted_rows(e: EvaluationData, rows: Rows, behind: Behind, by: Order) -> Rows:
    """Put the rows in order: the worst first, of equals the one that came first.

    ``"margin"``: the most surely wrong first (:func:`margins`). ``"score"``: the highest score for the concept first.
    ``"loss"``: the highest loss first (:func:`losses`).
    """
    if by == "score":
        keys = e.score_array[rows, e.column(behind.concept)]
    else:
        keys = margins(e, rows) if by == "margin" else losses(e, rows)
    return rows[np.argsort(-keys, kind="stable")]


def margins(e: EvaluationData, rows: Rows) -> NDArray[np.floating[Any]]:
    """Return by how much the highest score of a concept that is no label exceeds that of the labels.

    ``(R,)`` from -1 to 1; above 0 another concept is ahead. An input without labels, or with all of them, counts 0
    for what it lacks.
    """
    labels, scores = e.label_array[rows], e.score_array[rows]
    if not labels.shape[1]:
        return np.zeros(len(rows))
    others = np.where(labels, 0, scores).max(axis=1)
    return np.asarray(others - np.where(labels, scores, 0).max(axis=1))


def losses(e: EvaluationData, rows: Rows) -> NDArray[np.float64]:
    """Return each input's log loss, the mean over its concepts, in nats.

    ``(R,)``; scores of 0 and 1 are moved inwards by the resolution of their dtype, as scikit-learn does.
    """
    labels, scores = e.label_array[rows], e.score_array[rows]
    if not labels.shape[1]:
        return np.zeros(len(rows))
    least = np.finfo(scores.dtype).eps
    right = np.clip(np.where(labels, scores, 1 - scores), least, 1)
    return np.asarray(-np.log(right).mean(axis=1), np.float64)


def labels_of(e: EvaluationData, rows: Rows) -> list[tuple[str, ...]]:
    """Return the labels of each row, by concept id."""
    inputs, columns = np.nonzero(e.label_array[rows])
    ids = np.array(e.concepts, object)[columns]
    ends = np.searchsorted(inputs, np.arange(len(rows)), side="right").tolist()
    return [tuple(ids[start:end]) for start, end in zip([0, *ends[:-1]], ends, strict=True)] if len(rows) else []


def selection_frame(e: EvaluationData, rows: Rows, behind: Behind) -> pd.DataFrame:
    """Tabulate inputs in the order of the rows.

    Returns
    -------
    pandas.DataFrame
        Columns ``input_id``, ``labels`` (concept ids), ``concept``, ``score`` (of that concept), ``outcome``,
        ``margin``, ``loss`` and, of a cross-validation, ``fold``.
    """
    import pandas as pd

    ids = np.array(e.input_ids, object)
    columns: dict[str, Any] = {
        "input_id": ids[rows],
        "labels": labels_of(e, rows),
        "concept": behind.concept,
        "score": e.score_array[rows, e.column(behind.concept)],
        "outcome": behind.outcome,
        "margin": margins(e, rows),
        "loss": losses(e, rows),
    }
    if e.folds is not None:
        columns["fold"] = e.folds[rows]
    return pd.DataFrame(columns)
