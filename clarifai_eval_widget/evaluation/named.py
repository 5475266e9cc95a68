"""Concepts asked for by their id or by the name that tables and the page show."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from clarifai_eval_widget.errors import NotFoundError, not_found
from clarifai_eval_widget.words import listed, plural

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["by_name_too", "concept_id", "shown_names"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def concept_id(named: str, evaluation: EvaluationData) -> str:
    """Find a concept by its id, or else by its shown name.

    Raises
    ------
    NotFoundError
        When there is none, or several of that name.
    """
    if named in evaluation.concepts:
        return named
    names = evaluation.concept_names
    found = [concept for concept in evaluation.concepts if names.get(concept) == named]
    if len(found) == 1:
        return found[0]
    if found:
        ids = listed(map(repr, found), 5)
        raise NotFoundError(f"{named!r} is the name of {plural(len(found), 'concept')}: give an id, one of {ids}.")
    raise not_found("concept", named, [*evaluation.concepts, *names.values()])


def shown_names(ids: Iterable[str], evaluation: EvaluationData) -> list[str]:
    """Give the names to show beside ids; what is no concept, as an average, is called as it is."""
    return [evaluation.concept_names.get(one, one) for one in ids]


def by_name_too(function: _Function) -> _Function:
    """Let a question to an evaluation, its first argument, take names of concepts where it takes ids.

    Ids are found here, at the door, so that everything behind, the frames returned included, knows ids only.
    Looked at are ``concept``, ``concepts`` and a ``threshold`` by concept.
    """
    places = {name: place for place, name in enumerate(inspect.signature(function).parameters) if name in _TAKEN}

    @functools.wraps(function)
    def ask(e: EvaluationData, *given: Any, **options: Any) -> Any:
        arguments = [e, *given]
        for name, place in places.items():
            if place < len(arguments):
                arguments[place] = _TAKEN[name](e, arguments[place])
            elif name in options:
                options[name] = _TAKEN[name](e, options[name])
        return function(*arguments, **options)

    return cast("_Function", ask)


def _one(e: EvaluationData, named: Any) -> Any:
    return None if named is None else concept_id(named, e)


def _several(e: EvaluationData, named: Any) -> Any:
    if named is None:
        return None
    if isinstance(named, str):
        raise TypeError(f"concepts= takes several concepts: for {named!r} alone give [{named!r}].")
    return [concept_id(one, e) for one in named]


def _thresholds(e: EvaluationData, given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    found = {concept_id(named, e): value for named, value in given.items()}
    if len(found) < len(given):
        raise ValueError("A concept is given two thresholds: by its id, and by its name.")
    return found


_TAKEN: dict[str, Callable[[Any, Any], Any]] = {"concept": _one, "concepts": _several, "threshold": _thresholds}
