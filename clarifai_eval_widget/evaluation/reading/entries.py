"""Reading the entries of a test set: concepts, ids and folds, before they are put into arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.evaluation.reading.columns import read_test_set
from clarifai_eval_widget.own_metrics import GROUP_KEY
from clarifai_eval_widget.words import come

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from clarifai_grpc.grpc.api import resources_pb2
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.reading.test_set import Columns

    TestSetEntries = Sequence[resources_pb2.EvalTestSetEntry]

__all__ = ["Entries", "note_repeated", "number_folds", "number_groups", "number_inputs", "read_entries"]

_MOST_FOLDS = 1_000_000_000
_MOST_GROUPS = 1_000_000_000_000


@dataclass(frozen=True, eq=False)
class Entries:
    """What N test-set entries say."""

    predicted: Columns
    """Their predictions."""
    truth: Columns
    """Their labels."""
    ids: list[str]
    """N input ids as sent; empty where none was."""
    folds: NDArray[np.float64]
    """(N,) the fold as sent; NaN where none was."""
    groups: NDArray[np.float64]
    """(N,) the group as the local server sent it; NaN where none was."""
    names: dict[str, str] = field(default_factory=dict)
    """Names of concepts that were asked for, by id."""

    def __len__(self) -> int:
        return len(self.ids)

    def joined(self, more: Entries) -> Entries:
        """Put further entries behind these."""
        predicted = self.predicted.joined(more.predicted, offset=len(self))
        truth = self.truth.joined(more.truth, offset=len(self))
        folds = np.concatenate([self.folds, more.folds])
        groups = np.concatenate([self.groups, more.groups])
        return Entries(predicted, truth, self.ids + more.ids, folds, groups, more.names | self.names)


def read_entries(entries: TestSetEntries, named: Container[str]) -> Entries:
    """Read test-set entries; names only of concepts that have none yet.

    Raises
    ------
    EvalError
        When this is the test set of a detector, whose predictions are regions.
    """
    predicted, truth = read_test_set(entries)
    if len(entries) and not len(predicted.code) and not len(truth.code):
        _refuse_annotations(entries)
    names = _names(entries, predicted, named)
    names |= _names(entries, truth, {*names, *(one for one in truth.ids if one in named)})
    ids = [entry.input.id for entry in entries]
    return Entries(predicted, truth, ids, _told(entries, "fold"), _told(entries, GROUP_KEY), names)


def _refuse_annotations(entries: TestSetEntries) -> None:
    for index, entry in enumerate(entries):
        if entry.HasField("predicted_annotation") or entry.HasField("ground_truth_annotation"):
            raise EvalError(
                f"test_set[{index}] holds annotations of regions and no concepts: this is the evaluation of a "
                "detector. Only classifiers can be read."
            )


def _names(entries: TestSetEntries, columns: Columns, named: Container[str]) -> dict[str, str]:
    """Take names from the first entry that holds each concept not yet named."""
    names: dict[str, str] = {}
    first = np.zeros(len(columns.ids), np.int64)
    first[columns.code[::-1]] = columns.entry[::-1]
    for index in {int(row) for one, row in zip(columns.ids, first, strict=True) if one and one not in named}:
        held = entries[index]
        for concept in (*held.predicted_concepts, *held.ground_truth_concepts):
            names.setdefault(concept.id or concept.name, concept.name or concept.id)
    return names


def _told(entries: TestSetEntries, key: str) -> NDArray[np.float64]:
    """The number under a key of each input's metadata."""
    told = np.full(len(entries), np.nan)
    # the last one is asked too, so that a first without a number does not go unsaid
    if len(entries) and any(key in entries[end].input.data.metadata.fields for end in (0, -1)):
        for index, entry in enumerate(entries):
            fields = entry.input.data.metadata.fields
            if key in fields:
                told[index] = fields[key].number_value
    return told


def number_folds(sent: NDArray[np.float64], notes: list[str]) -> NDArray[np.int64] | None:
    """Return the fold of each entry, when every entry has one."""
    if not len(sent) or np.isnan(sent[[0, -1]]).all():
        return None
    wrong = np.flatnonzero(~((sent >= 1) & (sent <= _MOST_FOLDS) & (sent == np.floor(sent))))
    if len(wrong):
        notes.append(f"test_set[{wrong[0]}] says no fold (1, 2, …) though others do: folds are not used.")
        return None
    return sent.astype(np.int64)


def number_groups(sent: NDArray[np.float64], notes: list[str]) -> NDArray[np.int64] | None:
    """Return the group of each entry, when every entry has one."""
    if not len(sent) or np.isnan(sent[[0, -1]]).all():
        return None
    wrong = np.flatnonzero(~((sent >= 0) & (sent <= _MOST_GROUPS) & (sent == np.floor(sent))))
    if len(wrong):
        notes.append(f"test_set[{wrong[0]}] says no group (0, 1, …) though others do: groups are not used.")
        return None
    return sent.astype(np.int64)


def number_inputs(sent: Sequence[str], notes: list[str]) -> tuple[tuple[str, ...], bool]:
    """Return an id for each input, and whether all were sent."""
    ids = list(sent)
    nameless = sum(not one for one in ids)
    if nameless:
        first = ids.index("")
        notes.append(f"{nameless} inputs have no id, the first is test_set[{first}]; they are numbered.")
        mark = "#" if nameless < len(ids) else ""  # without any id, numbered as given scores are
        ids = [one or f"{mark}{index}" for index, one in enumerate(ids)]
    note_repeated(len(ids) - len(set(ids)), notes)
    return tuple(ids), nameless == 0


def note_repeated(repeated: int, notes: list[str]) -> None:
    """Say how many input ids come again."""
    if repeated:
        notes.append(
            f"{Code.REPEATED_IDS}: {come(repeated, 'input id')} more than once in the test set; every entry counts."
        )
