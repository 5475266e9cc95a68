"""Reading a test set as a server sends it: any order, cut lists, duplicates, gaps.

The protobuf lists are first turned into columns (one row a prediction), then into arrays of shape
(inputs, concepts). What could not be used, and what was never sent, is told in notes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

import numpy as np

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.evaluation.predictions import Predictions, Unlabelled, with_unlabelled
from clarifai_eval_widget.metrics.tolerance import clipped, outside
from clarifai_eval_widget.words import exact, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_grpc.grpc.api import resources_pb2
    from numpy.typing import NDArray

__all__ = ["Columns", "assemble", "read_columns"]

_GRID_CELLS = 200_000_000


@dataclass(eq=False)
class Columns:
    """Predictions or labels of a test set, one row each."""

    ids: list[str] = field(default_factory=list)
    """The concept ids met, in the order met; codes index it."""
    entry: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Index of the test-set entry of each row."""
    code: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Index of the concept of each row."""
    value: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    """The concept's value in each row."""

    def joined(self, more: Columns, *, offset: int) -> Columns:
        """Put the rows of further entries behind these, whose own entries are so many."""
        codes = _Codes({one: index for index, one in enumerate(self.ids)})
        renumbered = np.array([codes[one] for one in more.ids], np.int64)
        return Columns(
            list(codes),
            np.concatenate([self.entry, more.entry + offset]),
            np.concatenate([self.code, renumbered[more.code] if len(more.code) else more.code]),
            np.concatenate([self.value, more.value]),
        )


class _Codes(dict[str, int]):
    """Numbers ids in the order they are met."""

    def __missing__(self, key: str) -> int:
        self[key] = len(self)
        return self[key]


def read_columns(
    entries: Sequence[resources_pb2.EvalTestSetEntry], name: Literal["predicted_concepts", "ground_truth_concepts"]
) -> Columns:
    """Read one repeated field of concepts of every test-set entry.

    Parameters
    ----------
    entries
        ``EvalTestSetEntry`` messages.
    name
        ``"predicted_concepts"`` or ``"ground_truth_concepts"``.
    """
    codes = _Codes()
    concepts: list[Sequence[resources_pb2.Concept]] = list(map(attrgetter(name), entries))
    pairs = [(one.id or one.name, one.value) for one in chain.from_iterable(concepts)]
    lengths = np.fromiter(map(len, concepts), np.int64, len(concepts))
    code = np.fromiter((codes[key] for key, _ in pairs), np.int64, len(pairs))
    value = np.fromiter((value for _, value in pairs), np.float32, len(pairs))
    return Columns(list(codes), np.repeat(np.arange(len(lengths)), lengths), code, value)


def _within(columns: Columns, name: str) -> Columns:
    """Refuse values outside 0 to 1 by more than rounding, and limit the others."""
    wrong = np.flatnonzero(outside(columns.value))
    if len(wrong):
        row = wrong[0]
        place = int(row - np.searchsorted(columns.entry, columns.entry[row]))
        raise EvalError(
            f"test_set[{columns.entry[row]}].{name}[{place}].value is {columns.value[row]} for the concept "
            f"{columns.ids[columns.code[row]]!r}, but scores must lie in 0 to 1."
        )
    return replace(columns, value=clipped(columns.value))


def _labels(truth: Columns, place: dict[str, int], size: int, notes: list[str]) -> NDArray[np.bool_]:
    labels = np.zeros((size, len(place)), bool)
    broken = np.flatnonzero(np.isnan(truth.value))
    if len(broken):
        entry, concept = truth.entry[broken[0]], truth.ids[truth.code[broken[0]]]
        raise EvalError(
            f"test_set[{entry}].ground_truth_concepts has no number as the value of the concept {concept!r}."
        )
    positive = truth.value >= 0.5
    if len(truth.value) and not truth.value.any():
        notes.append("No ground-truth concept carries a value; each one listed is taken as a positive.")
        positive[:] = True
    column = np.array([place[one] for one in truth.ids], np.int64)
    labels[truth.entry[positive], column[truth.code[positive]]] = True
    return labels


def assemble(
    predicted: Columns,
    truth: Columns,
    size: int,
    concepts: Sequence[str],
    notes: list[str],
    *,
    unlabelled: Unlabelled = "exclude",
) -> Predictions:
    """Turn columns into arrays of `size` inputs by ``len(concepts)`` concepts.

    Inputs without any label of a concept that has scores are left out of all counts, or taken for negatives of every
    concept. Where one concept alone has scores, an input without its label is its negative.

    Raises
    ------
    EvalError
        A score lies outside 0 to 1, or a label has no value; the message names the field.
    """
    if size * len(concepts) > _GRID_CELLS:
        raise EvalError(f"test_set has {size} inputs by {len(concepts)} concepts: more than fits one evaluation.")
    predicted = _within(predicted, "predicted_concepts")
    place = {one: index for index, one in enumerate(concepts)}
    labels = _labels(truth, place, size, notes)
    column = np.array([place[one] for one in predicted.ids], np.int64)
    cell = predicted.entry * len(concepts) + (column[predicted.code] if len(predicted.code) else 0)
    known = ~np.isnan(predicted.value)
    sent = np.zeros(size * len(concepts), bool)
    sent[cell[known]] = True
    scores = np.zeros(size * len(concepts), np.float32)
    total = int(sent.sum())
    if total == int(known.sum()):
        scores[cell[known]] = predicted.value[known]
    else:
        np.maximum.at(scores, cell[known], predicted.value[known])
        notes.append(f"{int(known.sum()) - total} predictions repeat a concept of their input; the highest is kept.")
    shape = (size, len(concepts))
    without = _without_labels(predicted, truth, size)
    if total == sent.size:
        return with_unlabelled(Predictions(labels, scores.reshape(shape)), without, unlabelled)
    there = sent.reshape(shape)
    excluded = _unknown(there, predicted, cell, notes)
    bound = _lowest_exact(there, predicted, excluded)
    _note_gaps(there, bound, concepts, notes)
    held = Predictions(
        labels,
        scores.reshape(shape),
        sent=there,
        excluded=excluded if excluded.any() else None,
        exact_above=bound if bound.any() else None,
    )
    return with_unlabelled(held, without, unlabelled)


def _without_labels(predicted: Columns, truth: Columns, size: int) -> NDArray[np.bool_] | None:
    """Tell the inputs of which nothing says whether they have any of the concepts scored; a 0 is an answer."""
    scored = set(predicted.ids)
    if len(scored) < 2:
        return None
    without = np.ones(size, bool)
    answered = np.array([one in scored for one in truth.ids], bool)
    without[truth.entry[answered[truth.code]] if len(truth.code) else truth.entry] = False
    return without if without.any() else None


def _unknown(
    sent: NDArray[np.bool_], predicted: Columns, cell: NDArray[np.int64], notes: list[str]
) -> NDArray[np.bool_]:
    """Tell scores of which nothing is known from those cut off a list, which are lower than those listed."""
    broken = np.isnan(predicted.value)
    excluded = np.zeros(sent.size, bool)
    excluded[cell[broken]] = True
    if broken.any():
        first = int(np.flatnonzero(broken)[0])
        notes.append(
            f"{int(broken.sum())} scores are not a number, the first in test_set[{predicted.entry[first]}] for "
            f"{predicted.ids[predicted.code[first]]!r}; those inputs do not count for those concepts."
        )
    some_of_input, some_of_concept = sent.any(axis=1, keepdims=True), sent.any(axis=0, keepdims=True)
    return (excluded.reshape(sent.shape) & ~sent) | ~(some_of_input & some_of_concept)


def _lowest_exact(sent: NDArray[np.bool_], predicted: Columns, excluded: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return, by concept, the threshold above which no score cut off a list can lie; 0 where none was cut."""
    known = ~np.isnan(predicted.value)
    lowest = np.full(len(sent), np.inf)
    np.minimum.at(lowest, predicted.entry[known], predicted.value[known].astype(np.float64))
    bound: NDArray[np.float64] = np.where(~sent & ~excluded, lowest[:, None], 0.0).max(axis=0, initial=0.0)
    return bound


def _note_gaps(
    sent: NDArray[np.bool_], exact_above: NDArray[np.float64], concepts: Sequence[str], notes: list[str]
) -> None:
    """Say which scores were not sent and what that means for the numbers."""
    never: NDArray[np.bool_] = np.logical_not(sent.any(axis=0))
    if never.any():
        named = listed(one for one, missing in zip(concepts, never, strict=True) if missing)
        notes.append(f"No scores were sent for {named}: labelled, but figures are undefined.")
    empty = int(np.logical_not(sent.any(axis=1)).sum())
    if empty:
        notes.append(f"{empty} of {len(sent)} inputs came without any prediction and are left out of the counts.")
    cut = (exact_above > 0.0) & ~never
    if cut.any():
        share = 1.0 - sent[:, ~never].mean()
        above = float(exact_above[cut].max())
        notes.append(
            f"{Code.TRUNCATED}: The server sent only the highest scores of an input; {share:.1%} were not sent and "
            f"count as 0 ({int(cut.sum())} of {len(concepts)} concepts). Counts are exact at thresholds above "
            f"{exact(np.float32(above))}; ROC AUC and average precision treat the scores not sent as tied."
        )
