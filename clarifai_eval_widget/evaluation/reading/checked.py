"""Checks what a saved file says before anything is made of it: a file may come from a stranger."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from clarifai_eval_widget.evaluation.info import EvaluationInfo
from clarifai_eval_widget.metrics.tolerance import outside
from clarifai_eval_widget.terms import Source
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["check_arrays", "check_meta", "checked_info"]

_MOST = 1 << 63  # what an int64 holds is below


def check_meta(meta: Mapping[str, Any]) -> None:
    """Check that all that ``evaluation.json`` holds is of the types that were written.

    Raises
    ------
    ValueError
        When a field is missing or of another type; it names the field.
    """
    missing = [name for name in _REQUIRED if name not in meta]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    for name, (is_fit, what) in (_REQUIRED | _OPTIONAL).items():
        if name in meta and not is_fit(meta[name]):
            raise ValueError(f"{name} is {_shown(meta[name])}, but it must be {what}")
    if len(set(meta["concepts"])) < len(meta["concepts"]):
        raise ValueError("concepts names one more than once")


def checked_info(told: Mapping[str, Any]) -> EvaluationInfo:
    """Return what a file says its evaluation is about; fields that this package does not know are left out.

    Raises
    ------
    ValueError
        When a field is of another type; it names the field.
    """
    known = {one.name: str(one.type) for one in fields(EvaluationInfo)}
    kept = {name: value for name, value in told.items() if name in known}
    for name, value in kept.items():
        is_fit, what = _INFO[known[name]]
        if not is_fit(value):
            raise ValueError(f"info.{name} is {_shown(value)}, but it must be {what}")
    return EvaluationInfo(**kept)


def check_arrays(arrays: Mapping[str, Any], inputs: int, concepts: int) -> None:
    """Check shapes and ranges of the arrays of so many inputs and concepts.

    Raises
    ------
    ValueError
        When one does not fit; it names the array.
    """
    cells, rows, columns = (inputs, concepts), (inputs,), (concepts,)
    shapes: dict[str, tuple[int, ...]] = {"labels": cells, "scores": cells, "sent": cells, "excluded": cells}
    shapes |= {"folds": rows, "unlabelled": rows, "exact_above": columns}
    for name, shape in shapes.items():
        array = arrays[name]
        if array is None and name in ("labels", "scores"):
            raise ValueError(f"{name} is missing")
        if array is not None and array.shape != shape:
            raise ValueError(f"{name} has the shape {array.shape}; the ids beside it need {shape}")
    scores, limits = arrays["scores"], arrays["exact_above"]
    if (outside(scores) | np.isnan(scores)).any():
        raise ValueError("a score lies outside 0 to 1")
    # above infinity nothing is exact, as where an input came without any score
    if limits is not None and ((outside(limits) & ~np.isposinf(limits)) | np.isnan(limits)).any():
        raise ValueError("a limit of exact_above lies outside 0 to 1")


def _shown(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)[:60]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_group(value: Any) -> bool:
    return _is_count(value) and value < _MOST


def _list_of(is_fit: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(is_fit, value))


def _or_none(is_fit: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or is_fit(value)


def _is_names(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


_Check = tuple["Callable[[Any], bool]", str]
_REQUIRED: dict[str, _Check] = {
    "source": (get_args(Source).__contains__, f"one of {', '.join(get_args(Source))}"),
    "concepts": (_list_of(_is_text), "a list of texts"),
    "concept_names": (_is_names, "a text for each concept"),
    "input_ids": (_list_of(_is_text), "a list of texts"),
    "has_input_ids": (_is_flag, "true or false"),
    "notes": (_list_of(_is_text), "a list of texts"),
    "info": (lambda value: isinstance(value, dict), "a mapping"),
}
_OPTIONAL: dict[str, _Check] = {  # files from before lack them
    "positive_label": (_is_text, "a text"),
    "in_sample": (_is_flag, "true or false"),
    "groups": (_or_none(_list_of(_is_group)), "a list of whole numbers from 0, or null"),
    "contents": (_or_none(_list_of(_is_group)), "a list of whole numbers from 0, or null"),
}
_INFO: dict[str, _Check] = {
    "str": (_is_text, "a text"),
    "int": (_is_count, "a whole number from 0"),
    "int | None": (_or_none(_is_count), "a whole number from 0, or null"),
    "bool | None": (_or_none(_is_flag), "true, false or null"),
}
