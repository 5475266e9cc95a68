"""The inputs behind a number: which they are, in which order, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from clarifai_eval_widget.evaluation.named import shown_names
from clarifai_eval_widget.evaluation.outcomes import (
    COMPARED,
    RANKED,
    Behind,
    Outcome,
    counted,
    decided,
    ranking_costs,
    within,
)
from clarifai_eval_widget.evaluation.pairing import apart, paired

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData

    Rows = NDArray[np.intp]

__all__ = [
    "Behind",
    "Order",
    "Outcome",
    "labels_of",
    "losses",
    "margins",
    "places",
    "rows_behind",
    "selection_frame",
    "sorted_rows",
]

Order = Literal["margin", "score", "loss"]


def rows_behind(e: EvaluationData, behind: Behind) -> Rows:
    """Find the rows of the inputs, ascending.

    Raises
    ------
    NotFoundError
        When there is no such concept.
    EvalError
        When only rates were sent.
    ValueError
        When the outcome needs another evaluation of the same inputs.
    """
    held = e.numbers.predictions("Listing inputs needs the score of each")
    if behind.outcome in COMPARED:
        if behind.against is None:
            raise ValueError(f"{behind.outcome!r} needs an evaluation to compare with: give against=…")
        only = apart(e, behind.against, behind.concept, behind.threshold)
        wanted = np.zeros(e.num_inputs, bool)
        for which, rows in zip(("better", "worse"), only, strict=True):
            wanted[rows] = behind.outcome in (which, "differ")
        wanted &= within(held.scores, e, behind)
    elif behind.outcome in RANKED:
        wanted = (ranking_costs(e, behind) > 0) & within(held.scores, e, behind)
    elif behind.outcome == "all" and behind.low is None and behind.high is None:
        wanted = counted(e, behind.concept)
    else:
        wanted = decided(e, held, behind)
    if behind.labelled is not None:
        wanted = wanted & held.labels[:, e.column(behind.labelled)]
    return np.flatnonzero(wanted)


def sorted_rows(e: EvaluationData, rows: Rows, behind: Behind, by: Order) -> Rows:
    """Put the rows in order: the worst first, of equals the one that came first.

    ``"margin"``: the most surely wrong first (:func:`margins`). ``"score"``: the highest score for the concept first.
    ``"loss"``: the highest loss first (:func:`losses`). Of all inputs of a concept the last two are one: by how far its
    score is from its label, whatever other concepts score. Of what an area lacks the first is by how much each takes.
    """
    if by == "score":
        keys = _scores(e, rows, behind)
    elif by == "margin" and behind.outcome in RANKED:
        keys = ranking_costs(e, behind)[rows]
    elif behind.outcome in ("all", "scored") and behind.concept is not None:
        scores = _scores(e, rows, behind)
        keys = np.where(e.label_array[rows, e.column(behind.concept)], 1 - scores, scores)
    elif by == "margin":
        keys = margins(e, rows)
    else:
        keys = losses(e, rows)
    return rows[np.argsort(-keys, kind="stable")]


def _scores(e: EvaluationData, rows: Rows, behind: Behind) -> NDArray[np.floating[Any]]:
    """The scores of the concept asked about, else the highest."""
    if behind.concept is None:
        return np.asarray(e.score_array[rows].max(axis=1, initial=0))
    return np.asarray(e.score_array[rows, e.column(behind.concept)])


def places(other: EvaluationData, e: EvaluationData, rows: Rows) -> Rows:
    """Find the rows of the same inputs in another evaluation, which has them."""
    pairs = paired(e, other)
    where = np.zeros(e.num_inputs, np.intp)
    where[pairs.rows[0]] = pairs.rows[1]
    return where[rows]


def margins(e: EvaluationData, rows: Rows) -> NDArray[np.floating[Any]]:
    """Return by how much the highest score of a concept that is no label exceeds that of the labels.

    ``(R,)`` from -1 to 1; above 0 another concept is ahead. An input without labels, or with all of them, counts 0
    for what it lacks.
    """
    return _kept(_margins, e, rows, _margins_of)


def losses(e: EvaluationData, rows: Rows) -> NDArray[np.float64]:
    """Return each input's log loss, the mean over its concepts, in nats.

    ``(R,)``; scores of 0 and 1 are moved inwards by the resolution of their dtype, as scikit-learn does.
    """
    return _kept(_losses, e, rows, _losses_of)


_margins: WeakKeyDictionary[EvaluationData, NDArray[Any]] = WeakKeyDictionary()
_losses: WeakKeyDictionary[EvaluationData, NDArray[Any]] = WeakKeyDictionary()


def _kept(
    kept: WeakKeyDictionary[EvaluationData, NDArray[Any]],
    e: EvaluationData,
    rows: Rows,
    measure: Callable[[NDArray[np.bool_], NDArray[Any]], NDArray[Any]],
) -> NDArray[Any]:
    """Measure some inputs; where they are many, all of them, for the next order and list."""
    if e not in kept and 4 * len(rows) < e.num_inputs:
        return measure(e.label_array[rows], e.score_array[rows])
    if e not in kept:
        kept[e] = measure(e.label_array, e.score_array)
    return kept[e][rows]


def _margins_of(labels: NDArray[np.bool_], scores: NDArray[Any]) -> NDArray[Any]:
    if not labels.shape[1]:
        return np.zeros(len(labels))
    others = np.where(labels, 0, scores).max(axis=1)
    return np.asarray(others - np.where(labels, scores, 0).max(axis=1))


def _losses_of(labels: NDArray[np.bool_], scores: NDArray[Any]) -> NDArray[Any]:
    if not labels.shape[1]:
        return np.zeros(len(labels))
    least = np.finfo(scores.dtype).eps
    right = np.clip(np.where(labels, scores, 1 - scores), least, 1)
    return np.asarray(-np.log(right).mean(axis=1), np.float64)


def labels_of(e: EvaluationData, rows: Rows) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return the labels of each row: their concepts' ids, and what these are called."""
    labels = e.label_array[rows]
    if not labels.size:
        return [()] * len(rows), [()] * len(rows)
    # Many inputs share their labels: each combination is made once, and told from the others by its bits.
    bits = np.ascontiguousarray(np.packbits(labels, axis=1))
    padded = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    words = padded.view(np.uint64)
    codes = words[:, 0] if words.shape[1] == 1 else words.view([("", np.uint64)] * words.shape[1]).ravel()
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    sets, names = np.empty(len(first), object), np.empty(len(first), object)
    for at, row in enumerate(first):
        sets[at] = tuple(e.concepts[column] for column in np.flatnonzero(labels[row]).tolist())
        names[at] = tuple(shown_names(sets[at], e))
    return sets[which.ravel()].tolist(), names[which.ravel()].tolist()


def selection_frame(e: EvaluationData, rows: Rows, behind: Behind) -> pd.DataFrame:
    """Tabulate inputs in the order of the rows.

    Returns
    -------
    pandas.DataFrame
        Columns ``input_id``, ``labels`` (concept ids), ``label_names``, ``concept``, ``name``, ``score`` (of that
        concept), ``other_score`` (of the evaluation compared, if any), ``outcome``, ``margin``, ``loss``, of what an
        area lacks ``cost`` (by how much the input takes from it) and, of a cross-validation, ``fold``.
    """
    import pandas as pd

    ids = np.array(e.input_ids, object)
    labels, names = labels_of(e, rows)
    columns: dict[str, Any] = {
        "input_id": ids[rows],
        "labels": labels,
        "label_names": names,
        "concept": behind.concept,
        "name": None if behind.concept is None else shown_names([behind.concept], e)[0],
        "score": _scores(e, rows, behind),
        **_other_scores(e, rows, behind),
        "outcome": behind.outcome,
        "margin": margins(e, rows),
        "loss": losses(e, rows),
    }
    if behind.outcome in RANKED:
        columns["cost"] = ranking_costs(e, behind)[rows]
    if e.folds is not None:
        columns["fold"] = e.folds[rows]
    return pd.DataFrame(columns)


def _other_scores(e: EvaluationData, rows: Rows, behind: Behind) -> dict[str, Any]:
    other = behind.against
    if other is None or behind.concept is None or behind.concept not in other.concepts:
        return {}
    return {"other_score": other.score_array[places(other, e, rows), other.column(behind.concept)]}
