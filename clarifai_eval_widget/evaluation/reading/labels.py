"""Reading labels that the caller holds: which concepts each input has, and of which inputs that is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.aligning import is_frame
from clarifai_eval_widget.words import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Labels", "as_whole", "is_missing", "read_labels", "unmasked"]

_INDICATORS = ({0, 1}, {-1, 1})


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels by input and concept."""

    truth: NDArray[np.bool_]
    """(N, K)."""
    unlabelled: NDArray[np.bool_] | None = None
    """(N,) where no label is known; None when nowhere."""
    positive: str = ""
    """Of one column, the label that was taken for the positive class; empty where columns say it themselves."""
    note: str = ""
    """How the labels were read, where that could have been otherwise."""


def read_labels(
    labels: Any, raw: Sequence[Any], names: Sequence[str], size: int, *, pos_label: Any = None, named: bool = True
) -> Labels:
    """Read labels in any of the shapes that :meth:`Evaluation.from_scores` takes.

    Parameters
    ----------
    labels
        In the order of the scores.
    raw, names
        The K concept ids as given, and as texts.
    size
        N.
    pos_label
        The positive class of one column.
    named
        Whether the ids were given rather than numbered.

    Raises
    ------
    ValueError
        When something does not fit, or the positive class cannot be known.
    """
    if is_frame(labels) and not (len(names) == len(labels.columns) == 1):
        _refuse_pos_label(pos_label, names)
        return _one_hot(_framed(labels, names, size), names)
    plain = _plain(labels)
    if len(plain) != size:
        raise ValueError(f"There are {len(plain)} labels for {size} rows of scores; give one for each row.")
    if _are_sets(plain, len(names)):
        _refuse_pos_label(pos_label, names)
        return _from_sets(plain, raw, names)
    values = _array(plain)
    if values.ndim == 2 and values.shape[1] == len(names) == 1 and pos_label is not None:
        values = values[:, 0]  # of one column, 1 is the positive class only where no other one is given
    if values.ndim == 2:
        _refuse_pos_label(pos_label, names)
        return _one_hot(values, names)
    if values.ndim != 1:
        raise ValueError(f"Labels have the shape {values.shape}; give (inputs,) or (inputs, concepts).")
    if len(names) == 1:
        return _single(values, names[0] if named else None, pos_label)
    _refuse_pos_label(pos_label, names)
    return _from_sets([[one] for one in values.tolist()], raw, names)


def _refuse_pos_label(pos_label: Any, names: Sequence[str]) -> None:
    """Refuse a positive class where labels name the concepts themselves, rather than to leave it unread."""
    if pos_label is None:
        return
    if len(names) > 1:
        raise ValueError(f"pos_label={pos_label!r} is for one column of scores; there are {len(names)}.")
    raise ValueError(f"pos_label={pos_label!r} is for one label an input; these come in lists or several columns.")


def unmasked(data: Any) -> Any:
    """Take NumPy's arrays that are more than arrays for what they hold: None where one is masked."""
    if isinstance(data, np.ma.MaskedArray):
        if not np.ma.is_masked(data):
            return data.data
        held = data.data.astype(object)
        held[data.mask] = None
        return held
    return np.asarray(data) if isinstance(data, np.matrix) else data


def _plain(labels: Any) -> Any:
    """Take labels out of what pandas or NumPy keep them in; those of one column by input."""
    if hasattr(labels, "toarray"):  # SciPy's sparse matrices, as scikit-learn's binarizers give
        labels = labels.toarray()
    labels = unmasked(labels)
    plain = labels.to_numpy() if hasattr(labels, "to_numpy") else labels
    if is_frame(labels):
        plain = plain[:, 0]
    if not isinstance(plain, np.ndarray) or (plain.dtype == object and plain.ndim == 1):
        plain = [one.tolist() if isinstance(one, np.ndarray) else one for one in plain]
        odd = next((row for row, one in enumerate(plain) if isinstance(one, dict | complex)), None)
    else:
        odd = 0 if plain.dtype.kind == "c" and plain.size else None
    if odd is not None:
        raise ValueError(f"The label {plain[odd]!r} in row {odd} is no label: give an id, 0 or 1, or a list of ids.")
    return plain


def _are_sets(plain: Any, width: int) -> bool:
    """Whether each input comes with several ids, and not with a 0 or 1 for each concept."""
    if isinstance(plain, np.ndarray) or not any(isinstance(one, list | tuple | set | frozenset) for one in plain):
        return False
    rows = [one for one in plain if isinstance(one, list | tuple)]
    return len(rows) != len(plain) or not _looks_one_hot(rows, width)


def _array(plain: Any) -> NDArray[Any]:
    """Make an array that turns no missing label into the text "nan" or "None"."""
    if isinstance(plain, np.ndarray):
        return plain
    held = np.empty(len(plain), object)
    held[:] = plain
    return held if any(is_missing(one) for one in plain) else np.asarray(plain)


def is_missing(one: Any) -> bool:
    """Whether this is nobody's value: None, NaN, NA, or masked."""
    if one is None or one is np.ma.masked or type(one).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(one, float | np.floating) and bool(np.isnan(one))


def _looks_one_hot(rows: Sequence[Any], width: int) -> bool:
    numeric = bool | int | float | np.bool_ | np.number
    return all(len(row) == width and all(isinstance(v, numeric) for v in row) for row in rows)


def _framed(labels: Any, names: Sequence[str], size: int) -> NDArray[Any]:
    """Return a frame's columns in the order of the concepts."""
    columns = list(map(str, labels.columns))
    missing = [one for one in names if one not in columns]
    unknown = [one for one in columns if one not in set(names)]
    if missing or unknown or len(set(columns)) < len(columns):
        told = [f"no column for {listed(missing)}"] if missing else []
        told += [f"columns without scores: {listed(unknown)}"] if unknown else []
        raise ValueError(f"The labels' columns must be the concepts, once each ({'; '.join(told) or 'some repeat'}).")
    if len(labels) != size:
        raise ValueError(f"There are {len(labels)} rows of labels for {size} rows of scores.")
    return np.asarray(labels.to_numpy()[:, [columns.index(one) for one in names]])


def _one_hot(values: NDArray[Any], names: Sequence[str]) -> Labels:
    if values.shape[1] != len(names):
        raise ValueError(f"Labels have {values.shape[1]} columns for {len(names)} concepts; give one for each concept.")
    if values.dtype == bool:
        return Labels(values.copy())
    if values.dtype == object:
        values = np.where(np.array([[is_missing(one) for one in row] for row in values], bool), np.nan, values)
    try:
        numbers = values if values.dtype.kind in "iuf" else values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Labels by concept must be 0 or 1: {error}") from error
    unlabelled = np.isnan(numbers).all(axis=1)
    wrong = np.argwhere((numbers != 0) & (numbers != 1) & ~unlabelled[:, None])
    if len(wrong):
        row, column = wrong[0]
        raise ValueError(f"The label {values[row, column]} is neither 0 nor 1: concept {names[column]!r}, row {row}.")
    return Labels(numbers == 1, unlabelled if unlabelled.any() else None)


def _single(values: NDArray[Any], name: str | None, pos_label: Any) -> Labels:
    """Read one concept's labels: those of a class against those of one other."""
    missing = np.zeros(len(values), bool)
    if values.dtype.kind == "f":
        missing = np.isnan(values)
    elif values.dtype == object:
        missing = np.array([is_missing(one) for one in values.tolist()], bool).reshape(-1)
    known = values[~missing]
    classes = sorted(set(known.tolist()), key=lambda one: (str(type(one)), one))
    positive = as_whole(_positive_class(classes, name, pos_label))
    truth = np.zeros((len(values), 1), bool)
    truth[~missing, 0] = [one == positive for one in known.tolist()]
    others = [as_whole(one) for one in classes if one != positive]
    note = f"The positive class is {positive!r}" + (f", the negative one {others[0]!r}." if others else ".")
    return Labels(truth, missing if missing.any() else None, str(positive), note)


def as_whole(one: Any) -> Any:
    """Take 1.0 for 1: integers become floats where one label is missing, and are no other classes for that."""
    return int(one) if isinstance(one, float) and one.is_integer() else one


def _positive_class(classes: Sequence[Any], name: str | None, pos_label: Any) -> Any:
    """Take the class that scikit-learn would take: the one given, else 1 of 0 and 1 or of -1 and 1.

    Beyond scikit-learn, the concept's own id names its class. Of other labels none is the positive one by itself.
    """
    if len(classes) > 2:
        others = [one for one in classes if str(one) != name]
        column = f", for {name!r}," if name is not None else ""
        raise ValueError(
            f"There is one column of scores{column} but the labels name {listed(others)}; give True and False."
        )
    if pos_label is not None:
        if classes and pos_label not in classes and len(classes) > 1:
            raise ValueError(f"pos_label={pos_label!r} is none of the labels {listed(map(repr, classes))}.")
        return pos_label
    own = [one for one in classes if name in (str(one), str(as_whole(one)))]
    if any(set(classes) <= known for known in _INDICATORS):
        if own and own[0] != 1:
            raise ValueError(
                f"The scores are named {name!r} as the class {as_whole(own[0])!r} is, but of such labels the positive "
                "class is 1 or True; say which is meant by pos_label=."
            )
        return next((one for one in classes if one == 1), 1)
    if own:
        return own[0]
    raise ValueError(
        f"Which of the labels {listed(map(repr, classes))} is the positive class cannot be known: "
        "give it as pos_label=."
    )


def _from_sets(rows: Sequence[Any], raw: Sequence[Any], names: Sequence[str]) -> Labels:
    """Read ids, or indices of concepts, one or several for each row; a row without any is not labelled."""
    sets = [row if isinstance(row, list | tuple | set | frozenset) else [row] for row in rows]
    sets = [[one for one in row if not is_missing(one)] for row in sets]
    place, note = _reading(sorted({one for row in sets for one in row}, key=repr), raw, names)
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
    unlabelled = np.array([not row for row in sets], bool)
    return Labels(labels, unlabelled if unlabelled.any() else None, note=note)


def _reading(values: Sequence[Any], raw: Sequence[Any], names: Sequence[str]) -> tuple[dict[Any, int], str]:
    """Decide whether labels are concept ids or indices; where both would fit and differ, ask."""
    exact = {one: index for index, one in enumerate(raw)}
    if all(one in exact for one in values):
        return exact, ""
    texts = {one: str(one) if str(one) in names else str(as_whole(one)) for one in values}
    by_text = {one: names.index(text) for one, text in texts.items() if text in names}
    whole = all(isinstance(one, int | float | np.number) and not isinstance(one, bool) for one in values)
    indices = {one: int(one) for one in values if whole and 0 <= one < len(names) and int(one) == one}
    if len(by_text) == len(values) and len(indices) == len(values) and by_text != indices:
        raise ValueError(
            f"The labels {listed(values)} can be read as concept ids and as indices, which differ here; "
            "give them as text, or as a one-hot array."
        )
    if len(indices) < len(by_text):
        return by_text, ""
    counted = f"The labels {listed(values)} are read as columns of the scores, counted from 0: none has column 0"
    return indices, f"{counted} ({names[0]!r})." if indices and 0 not in indices.values() else ""
