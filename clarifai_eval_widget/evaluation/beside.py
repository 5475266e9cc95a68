"""Several evaluations side by side, all on the same inputs: curves, areas and tests then speak of the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

import numpy as np

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.pairing import paired
from clarifai_eval_widget.evaluation.parts import part
from clarifai_eval_widget.evaluation.versus import Versus, cautions, versus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData

    Rows = NDArray[np.intp]

__all__ = ["Beside", "beside"]


@dataclass(frozen=True, eq=False)
class Beside:
    """A first evaluation, others measured against it, and the inputs that this is done on."""

    evaluations: tuple[EvaluationData, ...]
    """The first one first; cut to the inputs that all of those have which can be paired with it."""
    found: tuple[Versus, ...]
    """By other: how it differs from the first."""
    common: int
    """The inputs that they were cut to; 0 where nothing was cut."""


_tested: WeakKeyDictionary[EvaluationData, WeakKeyDictionary[EvaluationData, Versus]] = WeakKeyDictionary()
_cuts: WeakKeyDictionary[EvaluationData, tuple[Rows, EvaluationData]] = WeakKeyDictionary()
_matches: WeakKeyDictionary[EvaluationData, tuple[list[ref[Any]], list[Rows | None]]] = WeakKeyDictionary()


def beside(first: EvaluationData, others: Sequence[EvaluationData]) -> Beside:
    """Compare others with a first evaluation, curves, areas and tests on the same inputs.

    With one other these are the inputs of both, as in :meth:`Evaluation.compare`. With several they are those that
    all of them have; where no input is in all, each is tested on those it shares with the first, and nothing is cut.
    Evaluations that cannot be paired with the first are taken whole.
    """
    rows = _matched(first, others)
    if all(one is None or len(one) == e.num_inputs for one, e in zip(rows, (first, *others), strict=True)):
        return Beside((first, *others), tuple(_versus(first, other) for other in others), 0)
    cut = tuple(e if one is None else _cut(e, one) for e, one in zip((first, *others), rows, strict=True))
    common = cut[0].num_inputs
    if len(others) == 1:
        return Beside(cut, (_versus(first, others[0]),), common)
    found = [
        _of_the_whole(_versus(cut[0], one), first, other, common) for one, other in zip(cut[1:], others, strict=True)
    ]
    return Beside(cut, tuple(found), common)


def _of_the_whole(found: Versus, first: EvaluationData, other: EvaluationData, common: int) -> Versus:
    """Say of a test on some inputs how many were left out, and what is to be known of the whole."""
    said = cautions(first, other)
    if not found.matched:
        return replace(found, cautions=said)
    return replace(found, cautions=said, only_first=first.num_inputs - common, only_second=other.num_inputs - common)


def _versus(first: EvaluationData, second: EvaluationData) -> Versus:
    """Test once: a threshold or concept changes nothing in it."""
    held = _tested.setdefault(first, WeakKeyDictionary())
    if second not in held:
        held[second] = versus(first, second)
    return held[second]


def _cut(e: EvaluationData, rows: Rows) -> EvaluationData:
    """Cut an evaluation to some rows; the last cut is kept, and knows nothing of the whole, which may then go."""
    if len(rows) == e.num_inputs:
        return e
    kept = _cuts.get(e)
    if kept is None or not np.array_equal(kept[0], rows):
        kept = _cuts[e] = (rows, replace(part(e, rows), part_of=None))
    return kept[1]


def _matched(first: EvaluationData, others: Sequence[EvaluationData]) -> list[Rows | None]:
    """Find the rows of each, row by row the same input, that all have; None for those taken whole."""
    kept = _matches.get(first)
    if kept is None or [one() for one in kept[0]] != list(others):
        kept = _matches[first] = ([ref(one) for one in others], _match(first, others))
    return kept[1]


def _match(first: EvaluationData, others: Sequence[EvaluationData]) -> list[Rows | None]:
    whole: list[Rows | None] = [None] * (1 + len(others))
    pairs = [_rows(first, other) for other in others]
    in_all = np.ones(first.num_inputs, bool)
    for pair in pairs:
        if pair is not None:
            in_all &= np.isin(np.arange(first.num_inputs), pair[0])
    if all(pair is None for pair in pairs) or not in_all.any():
        return whole
    theirs = [None if pair is None else pair[1][in_all[pair[0]]] for pair in pairs]
    return [np.flatnonzero(in_all), *theirs]


def _rows(first: EvaluationData, other: EvaluationData) -> tuple[Rows, Rows] | None:
    try:
        ours, theirs = paired(first, other).rows
    except (ValueError, EvalError):
        return None
    return ours.astype(np.intp), theirs.astype(np.intp)
