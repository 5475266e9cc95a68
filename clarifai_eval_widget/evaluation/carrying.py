"""Conditions put on what is not a table: an interval, a test, a threshold chosen."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["carrying_conditions", "codes_under"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def codes_under(evaluations: list[EvaluationData], concept: str | None) -> str:
    """Return the codes of all these evaluations' conditions, of one concept or of any."""
    each = [codes_of(conditions_of(one), concept) for one in evaluations]
    return " ".join(dict.fromkeys(" ".join(each).split()))


def carrying_conditions(function: _Function) -> _Function:
    """Give what a question to an evaluation returns the codes of the conditions under which its data came about.

    Of every evaluation among the arguments, and of the concept asked for, or else of any; ids are found already
    (:func:`by_name_too` stands outside). A dictionary's values are each of the concept that is their key.
    """
    names = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def ask(*given: Any, **options: Any) -> Any:
        asked = {**dict(zip(names, given, strict=False)), **options}
        of = [one for one in asked.values() if isinstance(one, EvaluationData)]
        return _carrying(function(*given, **options), of, asked.get("concept"))

    return cast("_Function", ask)


def _carrying(found: Any, of: list[EvaluationData], concept: str | None) -> Any:
    if isinstance(found, Mapping):
        return {key: _carrying(one, of, key) for key, one in found.items()}
    if isinstance(found, list):
        return [_carrying(one, of, concept) for one in found]
    if not is_dataclass(found) or isinstance(found, type):
        return found  # the reason why there is none
    codes = tuple(codes_under(of, concept).split())
    within = {  # a cross-fitted estimate holds the point chosen
        one.name: _carrying(getattr(found, one.name), of, concept) for one in fields(found) if one.name == "chosen"
    }
    return replace(found, conditions=codes, **within)
