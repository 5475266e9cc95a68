"""Read labels in the forms users have them in, as meant or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.local.authoring.refusals import check_text
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_UNLABELLED = "Leave the input out, or give an empty list for an input that has none of the concepts."


def read_truth(labels: Any, concepts: Sequence[str] | None) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Read labels as concepts (K,) and a boolean (N, K) array.

    Parameters
    ----------
    labels
        One label an input, a collection of labels an input, or an (N, K) matrix of 0 and 1: a DataFrame, whose columns
        are the concepts, or an array or sparse matrix with ``concepts``.
    concepts
        Ids in the order wanted; by default a DataFrame's columns, or the labels, sorted.

    Raises
    ------
    InvalidRequestError
        When they are of no form that is understood, or have a label that is none: NaN, None, bytes.
    """
    names = None if concepts is None else _read_concepts(concepts)
    if isinstance(labels, str | bytes | Mapping):
        raise InvalidRequestError(f"The labels are a {type(labels).__name__}: give a list with one for each input.")
    if hasattr(labels, "toarray"):
        labels = labels.toarray()
    if getattr(labels, "ndim", 1) == 2:
        names, truth = _read_matrix(labels, names)
    else:
        names, truth = _read_rows(labels, names)
    if not len(truth) or not names:
        raise InvalidRequestError("A dataset needs at least one labelled input.")
    return names, truth


def _read_concepts(concepts: Sequence[str]) -> tuple[str, ...]:
    if isinstance(concepts, str | bytes):
        raise InvalidRequestError(f"The concepts are the one text {concepts!r}: give a list of ids, as in ['a', 'b'].")
    names = tuple(_read_one(name, f"The concept at place {place}") for place, name in enumerate(concepts))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidRequestError(f"The concept {twice[0]!r} is named more than once: concepts must be distinct.")
    return names


def _read_matrix(labels: Any, names: tuple[str, ...] | None) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    columns = _column_names(labels)
    if columns is not None:
        if names is not None and set(names) != set(columns):
            raise InvalidRequestError(
                f"The concepts are {listed(map(repr, names))}, but the columns of labels are "
                f"{listed(map(repr, columns))}: they must be the same, in whatever order."
            )
        names = names or columns
        labels = labels.iloc[:, [columns.index(name) for name in names]]
    array = np.asarray(labels)
    if names is None or len(names) != array.shape[1]:
        raise InvalidRequestError(
            f"Labels of shape {array.shape} need concepts: a list of {array.shape[1]} ids, one a column."
        )
    wrong = ~np.isin(array, (0, 1))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise InvalidRequestError(
            f"A label matrix must hold only 0 and 1, or False and True; row {row} has {array[row, column]!r} for "
            f"{names[column]!r}."
        )
    return names, array.astype(bool)


def _column_names(labels: Any) -> tuple[str, ...] | None:
    """Return a DataFrame's own column names; None for what has none, numbered columns among them."""
    columns = getattr(labels, "columns", None)
    if columns is None or list(columns) == list(range(len(columns))):
        return None
    return _read_concepts(list(columns))


def _read_rows(labels: Iterable[Any], names: tuple[str, ...] | None) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    rows = [_read_row(row, label) for row, label in enumerate(labels)]
    found = set().union(*rows) if rows else set()
    if names is None:
        names = tuple(sorted(found))
    unknown = sorted(found - set(names))
    if unknown:
        raise InvalidRequestError(f"The label {unknown[0]!r} is not among the concepts {names}.")
    column = {name: k for k, name in enumerate(names)}
    truth = np.zeros((len(rows), len(names)), dtype=bool)
    for row, its in enumerate(rows):
        truth[row, [column[name] for name in its]] = True
    return names, truth


def _read_row(row: int, label: Any) -> set[str]:
    where = f"The label at row {row}"
    if isinstance(label, Mapping):
        raise InvalidRequestError(f"{where} is a {type(label).__name__}: give its labels as a list.")
    if isinstance(label, str | bytes | bytearray) or not hasattr(label, "__iter__"):
        return {_read_one(label, where)}
    return {_read_one(one, where) for one in label}


def _read_one(label: Any, where: str) -> str:
    if isinstance(label, bytes | bytearray):
        raise InvalidRequestError(f"{where} is bytes, {label!r}: decode it, for instance with .decode().")
    if label is None or _is_missing(label):
        raise InvalidRequestError(f"{where} is {label!r}, which is no label. {_UNLABELLED}")
    name = str(label)
    if not name:
        raise InvalidRequestError(f"{where} is an empty text. {_UNLABELLED}")
    check_text(name, where)
    return name


def _is_missing(label: Any) -> bool:
    """Tell NaN, NaT and pandas' NA, none of which equals itself for certain."""
    try:
        return not bool(label == label)  # noqa: PLR0124
    except (TypeError, ValueError):
        return True
