"""Reading labels and scores that the caller holds: arrays, DataFrames, lists of ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.aligning import (
    aligned,
    beside,
    check_order,
    has_index,
    is_frame,
    is_series,
)
from clarifai_eval_widget.evaluation.reading.labels import as_whole, is_missing, read_labels, unmasked
from clarifai_eval_widget.metrics.tolerance import clipped, outside
from clarifai_eval_widget.words import listed, plural, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.reading.labels import Labels

__all__ = ["Given", "alike_rows", "read_folds", "read_given", "read_groups", "scores_of_estimator"]


@dataclass(frozen=True, eq=False)
class Given:
    """Labels and scores, checked and aligned."""

    concepts: tuple[str, ...]
    """The concept ids, K of them."""
    labels: Labels
    """(N, K), and how they were read."""
    scores: NDArray[np.floating[Any]]
    """(N, K), float32 or float64."""
    input_ids: tuple[str, ...] | None
    """N ids, or None when none were given."""
    notes: tuple[str, ...] = ()
    """How the data were read, where that could have been otherwise."""


def read_given(
    labels: Any,
    scores: Any,
    concepts: Iterable[Any] | None,
    input_ids: Iterable[Any] | None,
    *,
    pos_label: Any = None,
) -> Given:
    """Check labels and scores and put them side by side as arrays of N inputs by K concepts.

    Raises
    ------
    ValueError
        When shapes, ids or values do not fit; it says where.
    """
    values = _score_array(scores)
    notes = []
    wanted = list(concepts) if concepts is not None and not isinstance(concepts, str) else concepts
    if wanted is None and not _raw_ids(scores, None) and is_frame(labels) and len(labels.columns) == values.shape[1]:
        wanted = list(labels.columns)
        if len(wanted) > 1:
            notes.append(
                "The scores' columns have no names: they are taken to come in the order of the labels' columns."
            )
    names = _concept_ids(scores, wanted, values.shape[1])
    values = _checked_scores(values, names)
    if isinstance(input_ids, str | bytes):
        raise ValueError(f"input_ids is the text {quoted(input_ids)}; give a list of ids, one for each row of scores.")
    ids = tuple(map(str, input_ids)) if input_ids is not None else None
    if ids is not None:
        for what, data in (("labels", labels), ("scores", scores)):
            check_order(what, data, ids)
    if ids is None and has_index(scores):
        ids = tuple(map(str, scores.index))
    if ids is not None and len(ids) != len(values):
        verb = "is" if len(ids) == 1 else "are"
        raise ValueError(
            f"There {verb} {plural(len(ids), 'input id')} for {plural(len(values), 'row')} of scores; "
            "give one for each row."
        )
    raw = _raw_ids(scores, wanted)
    placed = aligned(labels, scores, "label")
    named = bool(raw) and not (concepts is None and raw == [0] and type(raw[0]) is not bool)  # pandas counts from 0
    read = read_labels(placed, tuple(raw) or names, names, len(values), pos_label=pos_label, named=named)
    if not named and len(names) == 1 and read.positive:
        names = (read.positive,)  # "0", the column's number, would read as the other class of 0 and 1
    return Given(names, read, values, ids, (*notes, *filter(None, [read.note])))


def _score_array(scores: Any) -> NDArray[np.floating[Any]]:
    plain = scores.to_numpy() if hasattr(scores, "to_numpy") else scores
    try:
        values = np.array(plain)
        if values.dtype.kind in "cmM" or np.ma.is_masked(plain):
            raise TypeError("complex numbers and masked values have no place here, nor have times")
        if values.dtype not in (np.float32, np.float64):
            # one of the other byte order is float32 all the same
            values = values.astype(np.float32 if values.dtype in ("f2", ">f4", "<f4") else np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Scores must be numbers, one row an input and one column a concept: {error}") from error
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise ValueError(f"Scores have the shape {values.shape}; give (inputs, concepts).")
    if not values.shape[1]:
        raise ValueError("Scores have no column; give at least one concept.")
    return values


def _raw_ids(scores: Any, concepts: Iterable[Any] | None) -> list[Any]:
    if concepts is not None:
        return list(concepts)
    if is_frame(scores):
        return list(scores.columns)
    return [scores.name] if is_series(scores) and scores.name is not None else []


def _concept_ids(scores: Any, concepts: Iterable[Any] | None, width: int) -> tuple[str, ...]:
    if isinstance(concepts, str):
        raise ValueError(f"concepts is the text {concepts!r}; give a list of ids, for instance [{concepts!r}].")
    raw = _raw_ids(scores, concepts)
    ids = tuple(map(str, raw)) or tuple(map(str, range(width)))
    if len(ids) != width:
        raise ValueError(f"There are {len(ids)} concepts for {width} columns of scores; give one for each column.")
    repeated = sorted({one for one in ids if ids.count(one) > 1}) if len(set(ids)) < len(ids) else []
    if repeated:
        raise ValueError(f"Concepts must differ, but these come more than once: {listed(repeated)}.")
    if is_frame(scores) and concepts is not None:
        columns = tuple(map(str, scores.columns))
        if set(columns) == set(ids) and columns != ids:
            raise ValueError(
                f"The DataFrame's columns ({listed(columns)}) come in another order than concepts "
                f"({listed(ids)}); leave concepts out, or give them in the columns' order."
            )
    return ids


def _checked_scores(values: NDArray[np.floating[Any]], names: Sequence[str]) -> NDArray[np.floating[Any]]:
    """Refuse scores outside 0 to 1 by more than rounding."""
    if not values.size or (values.min() >= 0.0 and values.max() <= 1.0):  # NaN is neither
        return values
    wrong = np.argwhere(outside(values) | np.isnan(values))
    if not len(wrong):
        return clipped(values)
    row, column = wrong[0]
    value = values[row, column]
    said = f"{value} lies outside 0 to 1" if np.isfinite(value) else f"{value} is not a finite number"
    raise ValueError(
        f"The score {said}: concept {names[column]!r}, row {row}. Give probabilities; decision values or logits "
        "can be turned into probabilities by a sigmoid, a softmax or scikit-learn's CalibratedClassifierCV."
    )


def read_folds(
    folds: Any, size: int, others: Iterable[Any] = (), ids: Sequence[str] | None = None
) -> NDArray[np.int64] | None:
    """Check fold numbers; those counted from 0 are renumbered from 1.

    Parameters
    ----------
    folds
        One number an input; a Series is put in the order of the first index of the others, or of the ids.
    size
        The number of inputs.
    others
        What else was given of the inputs, each with an index or without.
    ids
        Of the inputs, where they have some.

    Raises
    ------
    ValueError
        When they are not whole numbers, one an input.
    """
    if folds is None:
        return None
    placed = beside(folds, others, ids, "fold")
    numbers = np.asarray(unmasked(placed))
    if is_frame(folds) and numbers.shape == (size, 1):
        numbers = numbers[:, 0]
    if numbers.shape != (size,):
        raise ValueError(f"Folds have the shape {numbers.shape}; give one number for each of the {size} rows.")
    if numbers.dtype == object and all(isinstance(one, int | np.integer) for one in numbers):
        numbers = numbers.astype(np.int64)
    whole = numbers.astype(np.int64) if numbers.dtype.kind in "iufb" and np.isfinite(numbers).all() else None
    if whole is None or (whole != numbers).any() or (whole < 0).any():
        raise ValueError("Folds must be whole numbers, counted from 1.")
    return whole + 1 if size and whole.min() == 0 else whole


def read_groups(
    groups: Any, size: int, others: Iterable[Any] = (), ids: Sequence[str] | None = None
) -> NDArray[np.int64] | None:
    """Number the groups of inputs from 0; parameters as :func:`read_folds`.

    Raises
    ------
    ValueError
        When there is not one value an input.
    """
    if groups is None:
        return None
    placed = beside(groups, others, ids, "group")
    if isinstance(placed, list | tuple):
        placed = np.fromiter(placed, object, len(placed))  # else a NaN among texts becomes the text "nan"
    values = np.asarray(unmasked(placed))
    if values.shape != ((size, 1) if is_frame(groups) else (size,)):
        raise ValueError(f"Groups have the shape {values.shape}; give one value for each of the {size} rows.")
    if is_frame(groups):
        values = values[:, 0]
    missing = [row for row, one in enumerate(values.tolist()) if is_missing(one)]
    if missing:
        raise ValueError(
            f"There is no group in row {missing[0]}, one of {len(missing)} without: inputs of no group are not all of "
            "one; give each a value of its own."
        )
    place: dict[Any, int] = {}
    return np.array([place.setdefault(one, len(place)) for one in values.tolist()], np.int64)


def alike_rows(X: Any) -> NDArray[np.int64] | None:
    """Number the rows, those alike that are equal byte for byte; None of what is no table of numbers."""
    values = np.asarray(X.to_numpy() if hasattr(X, "to_numpy") else X)
    if values.ndim != 2 or values.dtype == object:
        return None
    seen: dict[bytes, int] = {}
    return np.array([seen.setdefault(row.tobytes(), len(seen)) for row in np.ascontiguousarray(values)], np.int64)


def scores_of_estimator(model: Any, X: Any, y: Any) -> tuple[Any, Any, list[Any] | None]:
    """Predict with a fitted scikit-learn classifier.

    Returns
    -------
    labels, scores, concepts
        As :func:`read_given` takes them; concepts are the classes as the model holds them.
    """
    if not hasattr(model, "predict_proba"):
        raise TypeError(
            f"{type(model).__name__} has no predict_proba. Wrap it in scikit-learn's CalibratedClassifierCV, "
            "or give labels and probabilities to Evaluation.from_scores."
        )
    proba = model.predict_proba(X)
    classes = getattr(model, "classes_", None)
    if isinstance(proba, list):
        # one array a label: the column of the class 1, or nothing when the training data never had it
        held = [list(one) for one in (classes if classes is not None else [[0, 1]] * len(proba))]
        columns = [p[:, c.index(1)] if 1 in c else np.zeros(len(p)) for p, c in zip(proba, held, strict=True)]
        return y, np.stack(columns, axis=1), list(y.columns) if is_frame(y) else None
    scores = np.asarray(proba)
    if classes is None or len(classes) != scores.shape[1]:
        return y, scores, None
    concepts = [as_whole(one.item() if isinstance(one, np.generic) else one) for one in classes]
    if is_frame(y) and list(range(len(concepts))) == concepts:
        concepts = list(y.columns)
    return y, scores, concepts
