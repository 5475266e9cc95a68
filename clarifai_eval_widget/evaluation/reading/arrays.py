"""Reading labels and scores that the caller holds: arrays, DataFrames, lists of ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.words import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["Given", "read_folds", "read_given", "scores_of_estimator"]


@dataclass(eq=False)
class Given:
    """Labels and scores, checked and aligned."""

    concepts: tuple[str, ...]
    """The concept ids, K of them."""
    labels: NDArray[np.bool_]
    """(N, K)."""
    scores: NDArray[np.floating[Any]]
    """(N, K), float32 or float64."""
    input_ids: tuple[str, ...] | None
    """N ids, or None when none were given."""


def read_given(labels: Any, scores: Any, concepts: Iterable[Any] | None, input_ids: Iterable[Any] | None) -> Given:
    """Check labels and scores and put them side by side as arrays of N inputs by K concepts.

    Raises
    ------
    ValueError
        When shapes, ids or values do not fit; it says where.
    """
    values = _score_array(scores)
    names = _concept_ids(scores, concepts, values.shape[1])
    _check_scores(values, names)
    ids = tuple(map(str, input_ids)) if input_ids is not None else None
    if ids is None and _has_index(scores):
        ids = tuple(map(str, scores.index))
    if ids is not None and len(ids) != len(values):
        raise ValueError(f"There are {len(ids)} input ids for {len(values)} rows of scores; give one for each row.")
    given = tuple(_raw_ids(scores, concepts)) or names
    truth = _label_array(_aligned_rows(labels, scores), given, names, len(values))
    return Given(names, truth, values, ids)


def _is_frame(data: Any) -> bool:
    return hasattr(data, "columns") and hasattr(data, "to_numpy")


def _is_series(data: Any) -> bool:
    return hasattr(data, "index") and hasattr(data, "to_numpy") and not hasattr(data, "columns")


def _has_index(data: Any) -> bool:
    return (_is_frame(data) or _is_series(data)) and hasattr(data, "index")  # not every library's frame has one


def _score_array(scores: Any) -> NDArray[np.floating[Any]]:
    plain = scores.to_numpy() if hasattr(scores, "to_numpy") else scores
    try:
        values = np.array(plain)
        if values.dtype.kind == "c" or np.ma.is_masked(plain):
            raise TypeError("complex numbers and masked values have no place here")
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
    if _is_frame(scores):
        return list(scores.columns)
    return [scores.name] if _is_series(scores) and scores.name is not None else []


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
    if _is_frame(scores) and concepts is not None:
        columns = tuple(map(str, scores.columns))
        if set(columns) == set(ids) and columns != ids:
            raise ValueError(
                f"The DataFrame's columns ({listed(columns)}) come in another order than concepts "
                f"({listed(ids)}); leave concepts out, or give them in the columns' order."
            )
    return ids


def _check_scores(values: NDArray[np.floating[Any]], names: Sequence[str]) -> None:
    right = (values >= 0.0) & (values <= 1.0)
    if right.all():
        return
    row, column = np.argwhere(~right)[0]
    value = values[row, column]
    wrong = f"{value} lies outside 0 to 1" if np.isfinite(value) else f"{value} is not a finite number"
    raise ValueError(
        f"The score {wrong}: concept {names[column]!r}, row {row}. Give probabilities; decision values or logits "
        "can be turned into probabilities by a sigmoid, a softmax or scikit-learn's CalibratedClassifierCV."
    )


def _aligned_rows(labels: Any, scores: Any) -> Any:
    """Put labels that have an index in the order of the scores' index."""
    if not _has_index(labels) or not _has_index(scores):
        return labels
    if labels.index.equals(scores.index):
        return labels
    if labels.index.is_unique and scores.index.is_unique and set(labels.index) == set(scores.index):
        return labels.loc[scores.index]
    labelled = set(labels.index)
    missing = [one for one in scores.index if one not in labelled]
    raise ValueError(
        "The labels' index does not hold the same inputs as the scores' index"
        + (f"; without a label: {listed(missing)}." if missing else ".")
    )


def _label_array(labels: Any, raw: Sequence[Any], names: Sequence[str], size: int) -> NDArray[np.bool_]:
    if _is_frame(labels):
        return _framed_labels(labels, names, size)
    plain = labels.to_numpy() if hasattr(labels, "to_numpy") else labels
    if not isinstance(plain, np.ndarray) or (plain.dtype == object and plain.ndim == 1):
        plain = [one.tolist() if isinstance(one, np.ndarray) else one for one in plain]
    if len(plain) != size:
        raise ValueError(f"There are {len(plain)} labels for {size} rows of scores; give one for each row.")
    if not isinstance(plain, np.ndarray) and any(isinstance(one, list | tuple | set | frozenset) for one in plain):
        numeric = [one for one in plain if isinstance(one, list | tuple)]
        if len(numeric) != size or not _looks_one_hot(plain, len(names)):
            return _from_sets(plain, raw, names)
    values = np.asarray(plain)
    if values.ndim == 2:
        return _one_hot(values, names)
    if values.ndim != 1:
        raise ValueError(f"Labels have the shape {values.shape}; give (inputs,) or (inputs, concepts).")
    if len(names) == 1:
        return _single(values, names[0])
    return _from_sets([[one] for one in values.tolist()], raw, names)


def _looks_one_hot(rows: Sequence[Any], width: int) -> bool:
    numeric = bool | int | float | np.bool_ | np.number
    return all(len(row) == width and all(isinstance(v, numeric) for v in row) for row in rows)


def _framed_labels(labels: Any, names: Sequence[str], size: int) -> NDArray[np.bool_]:
    columns = list(map(str, labels.columns))
    missing = [one for one in names if one not in columns]
    unknown = [one for one in columns if one not in set(names)]
    if missing or unknown or len(set(columns)) < len(columns):
        told = [f"no column for {listed(missing)}"] if missing else []
        told += [f"columns without scores: {listed(unknown)}"] if unknown else []
        raise ValueError(f"The labels' columns must be the concepts, once each ({'; '.join(told) or 'some repeat'}).")
    if len(labels) != size:
        raise ValueError(f"There are {len(labels)} rows of labels for {size} rows of scores.")
    return _one_hot(labels.to_numpy()[:, [columns.index(one) for one in names]], names)


def _one_hot(values: NDArray[Any], names: Sequence[str]) -> NDArray[np.bool_]:
    if values.shape[1] != len(names):
        raise ValueError(f"Labels have {values.shape[1]} columns for {len(names)} concepts; give one for each concept.")
    if values.dtype == bool:
        return values.copy()
    try:
        numbers = values if values.dtype.kind in "iuf" else values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Labels by concept must be 0 or 1: {error}") from error
    wrong = np.argwhere((numbers != 0) & (numbers != 1))
    if len(wrong):
        row, column = wrong[0]
        raise ValueError(f"The label {values[row, column]} is neither 0 nor 1: concept {names[column]!r}, row {row}.")
    ones: NDArray[np.bool_] = numbers == 1
    return ones


def _single(values: NDArray[Any], name: str) -> NDArray[np.bool_]:
    """Read one concept's labels: 0 and 1, or the concept's own id against one other."""
    if values.dtype.kind in "biuf":
        return _one_hot(values[:, None], [name])
    texts = [str(one) for one in values.tolist()]
    others = sorted(set(texts) - {name})
    if len(others) > 1:
        raise ValueError(
            f"There is one column of scores, for {name!r}, but the labels name {listed(others)}; give True and False."
        )
    return np.array([[one == name] for one in texts], bool).reshape(-1, 1)


def _from_sets(rows: Sequence[Any], raw: Sequence[Any], names: Sequence[str]) -> NDArray[np.bool_]:
    """Read ids, or indices of concepts, one or several for each row."""
    sets = [row if isinstance(row, list | tuple | set | frozenset) else [row] for row in rows]
    place = _reading(sorted({one for row in sets for one in row}, key=repr), raw, names)
    labels = np.zeros((len(sets), len(names)), bool)
    for row, found in enumerate(sets):
        for one in found:
            if one not in place:
                near = nearest(str(one), names, cutoff=0.6) or names[:5]
                raise ValueError(
                    f"The label {one!r} in row {row} is none of the concepts, nor an index of one; the nearest are "
                    f"{listed(near)}."
                )
            labels[row, place[one]] = True
    return labels


def _reading(values: Sequence[Any], raw: Sequence[Any], names: Sequence[str]) -> dict[Any, int]:
    """Decide whether labels are concept ids or indices; where both would fit and differ, ask."""
    exact = {one: index for index, one in enumerate(raw)}
    if all(one in exact for one in values):
        return exact
    by_text = {one: names.index(str(one)) for one in values if str(one) in names}
    whole = all(isinstance(one, int | float | np.number) and not isinstance(one, bool) for one in values)
    indices = {one: int(one) for one in values if whole and 0 <= one < len(names) and int(one) == one}
    if len(by_text) == len(values) and len(indices) == len(values) and by_text != indices:
        raise ValueError(
            f"The labels {listed(values)} can be read as concept ids and as indices, which differ here; "
            "give them as text, or as a one-hot array."
        )
    return indices if len(indices) >= len(by_text) else by_text


def read_folds(folds: Any, size: int) -> NDArray[np.int64] | None:
    """Check fold numbers; those counted from 0 are renumbered from 1."""
    if folds is None:
        return None
    numbers = np.asarray(folds)
    if numbers.shape != (size,):
        raise ValueError(f"Folds have the shape {numbers.shape}; give one number for each of the {size} rows.")
    whole = numbers.astype(np.int64) if numbers.dtype.kind in "iufb" and np.isfinite(numbers).all() else None
    if whole is None or (whole != numbers).any() or (whole < 0).any():
        raise ValueError("Folds must be whole numbers, counted from 1.")
    return whole + 1 if size and whole.min() == 0 else whole


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
        return y, np.stack(columns, axis=1), list(y.columns) if _is_frame(y) else None
    scores = np.asarray(proba)
    if classes is None or len(classes) != scores.shape[1]:
        return y, scores, None
    concepts = [one.item() if isinstance(one, np.generic) else one for one in classes]
    if _is_frame(y) and list(range(len(concepts))) == concepts:
        concepts = list(y.columns)
    return y, scores, concepts
