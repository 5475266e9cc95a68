"""Which curves a table or plot of curves holds: those of concepts, and around them averages and folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from clarifai_eval_widget import metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["Around", "Curves", "Part", "average_id", "checked_around", "macro_id", "up_to"]

Around = Literal["folds", "macro", "micro", "others"]
"""What may be drawn around the curves that are named."""

Part = dict[str, Any]
"""The rows of one curve, by column; the texts are of all its rows, or stand as ``_categories`` takes them."""


def checked_around(around: Iterable[Around]) -> frozenset[Around]:
    """Return what stands around the curves, each of which there is.

    Raises
    ------
    TypeError
        When it is one text.
    ValueError
        When one of them is not known.
    """
    if isinstance(around, str):
        raise TypeError(f"around= takes several: for {around!r} alone give [{around!r}].")
    chosen = frozenset(around)
    if unknown := chosen - set(get_args(Around)):
        raise ValueError(f"around={min(unknown)!r} is not known; choose from {', '.join(get_args(Around))}.")
    return chosen


def average_id(e: EvaluationData, kind: str) -> str:
    """Return what stands for an average beside the concepts: an id that none of them has."""
    found = f"{kind} average"
    while found in e.concepts:
        found += " of all"
    return found


def macro_id(e: EvaluationData) -> str:
    """Return what stands for the macro average beside the concepts: an id that none of them has."""
    return average_id(e, "macro")


@dataclass(frozen=True)
class Curves:
    """How the rows of one kind of curve are had."""

    of_concept: Callable[[str], Part]
    """Those of a concept."""
    of_counts: Callable[[metrics.Counts], Part]
    """Those of any counts: of all decisions together, or of one fold's."""
    macro: Callable[[], Part]
    """Those of the average over all concepts."""
    macro_of: Callable[[list[metrics.Counts]], Part]
    """Those of the average over counts, one for each concept."""
    band: Callable[[str, Part], Part]
    """Both edges of the band along the rows of a concept."""

    def parts(
        self,
        e: EvaluationData,
        concept: str | None,
        concepts: Iterable[str] | None,
        around: frozenset[Around],
        *,
        band: bool,
    ) -> list[Part]:
        """Give the concepts named, then those around them, the averages, and fold by fold the first concept's curve.

        Without a concept they are the folds' macro averages.
        """
        named = e.concepts if concept is None and concepts is None else [concept, *(concepts or ())]
        every = [one for one in dict.fromkeys(named) if one is not None]
        if "others" in around:
            every = list(dict.fromkeys([*every, *e.concepts]))
        parts = [{"concept": one, **self.of_concept(one)} for one in every]
        if band and e.has_counts and concept is not None:
            parts[0] |= self.band(concept, parts[0])
        several = len(e.concepts) > 1
        if "macro" in around and e.concepts and (several or concept is None):
            parts.append({"concept": macro_id(e), **self.macro()})
        if "micro" in around and several and e.has_counts:
            parts.append({"concept": average_id(e, "micro"), **self.of_counts(metrics.micro(e.all_counts()))})
        if "folds" in around:
            parts += [self._fold(e, fold, concept) for fold in e.fold_numbers]
        return parts

    def _fold(self, e: EvaluationData, fold: int, concept: str | None) -> Part:
        if concept is not None:
            return {"concept": concept, **self.of_counts(e.fold_counts(fold, concept)), "fold": fold}
        counts = [e.fold_counts(fold, one) for one in e.concepts]
        return {"concept": macro_id(e), **self.macro_of(counts), "fold": fold}


def up_to(part: Part, column: str, most: float) -> Part:
    """Give the rows of a part of which a column holds so much at most."""
    kept = part[column] <= most
    return {name: values[kept] if isinstance(values, np.ndarray) else values for name, values in part.items()}
