"""An evaluation whose test set comes in parts, fold by fold: each state costs what it brings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.evaluation.counted import CountedPredictions
from clarifai_eval_widget.evaluation.evaluation import Evaluation
from clarifai_eval_widget.evaluation.reading.entries import (
    Entries,
    note_repeated,
    number_folds,
    number_groups,
    read_entries,
)
from clarifai_eval_widget.evaluation.reading.message import data_of, data_on, message_of, order_concepts, read_head
from clarifai_eval_widget.evaluation.reading.test_set import Columns, assemble

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2, service_pb2
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.predictions import Predictions
    from clarifai_eval_widget.evaluation.reading.message import Head

__all__ = ["GrowingEvaluation"]


class GrowingEvaluation:
    """Reads the states of one evaluation, of which each message brings only entries not sent before.

    What :meth:`take` returns says the same as :meth:`Evaluation.from_proto` of a message with all entries so far.
    As long as the entries are plain (every concept scored once for every input, every input with an id, folds for
    all or for none), only the new ones are read and counted, and counts are merged; anything else is put together
    anew from what was read, never read again. Evaluations returned before stay as they were.

    Not for several threads at once.
    """

    def __init__(self) -> None:
        self._brought: list[resources_pb2.EvalMetrics] = []
        self._names: dict[str, str] = {}
        self._plain: CountedPredictions | None = None  # all entries so far, while they are plain
        self._ids: list[str] = []
        self._distinct: set[str] = set()
        self._groups: NDArray[np.int64] | None = None  # of the plain entries, where they are in groups
        self._odd = _no_entries()  # all entries so far, while they are not

    def __repr__(self) -> str:
        return f"GrowingEvaluation(entries={self.entries})"

    @property
    def entries(self) -> int:
        """The number of test-set entries held."""
        return len(self._ids) if self._plain is not None else len(self._odd)

    def take(self, message: resources_pb2.EvalMetrics | service_pb2.SingleEvalMetricsResponse) -> Evaluation:
        """Add a message's entries to those held, and return the evaluation of them all.

        Parameters
        ----------
        message
            Its test set holds only entries not taken before, perhaps none; everything else is the newest.

        Raises
        ------
        EvalError
            When a value cannot be right, as in :meth:`Evaluation.from_proto`; then nothing has been taken.
        """
        head = read_head(message_of(message))
        fresh = read_entries(head.message.test_set, {*self._names, *head.names})
        names = fresh.names | self._names
        data = self._continue(head, fresh, names)
        if data is None:
            whole = self._so_far().joined(fresh)
            data = data_of(head, replace(whole, names=names))
            self._remember(data, whole)
        self._names = names
        earlier = tuple(self._brought)
        if len(fresh):
            self._brought.append(head.message)
        return Evaluation.from_data(replace(data, received=(*earlier, head.message)))

    def _continue(self, head: Head, fresh: Entries, names: dict[str, str]) -> EvaluationData | None:
        """Add plain entries to plain ones; None when either are not, or the concepts are no longer the same."""
        if self._plain is None:
            return None
        notes: list[str] = []
        concepts = order_concepts(head, {*self._plain.concepts, *fresh.predicted.ids, *fresh.truth.ids}, notes)
        if concepts != self._plain.concepts:
            return None
        more = _plain_predictions(fresh, concepts, has_folds=self._plain.held.folds is not None)
        new_groups = number_groups(fresh.groups, notes)
        if more is None or (len(fresh) and (new_groups is None) != (self._groups is None)):
            return None
        groups = self._groups if new_groups is None or self._groups is None else np.append(self._groups, new_groups)
        grown = self._plain.grown(more, use_kfold=head.info.use_kfold)
        new = set(fresh.ids) - self._distinct
        note_repeated(len(self._ids) + len(fresh.ids) - len(self._distinct) - len(new), notes)
        data = data_on(grown, head, names, notes)  # may refuse what the message says: keep nothing of it before
        self._plain = grown
        self._ids += fresh.ids
        self._distinct |= new
        self._groups = groups
        return replace(data, input_ids=tuple(self._ids), groups=groups)

    def _remember(self, data: EvaluationData, whole: Entries) -> None:
        """Keep predictions where the entries are plain, else the entries themselves."""
        numbers, self._groups = data.numbers, None
        grouped_or_not = data.groups is not None or bool(np.isnan(whole.groups).all())
        if isinstance(numbers, CountedPredictions) and grouped_or_not and _is_plain(whole, numbers.held):
            self._plain, self._odd, self._groups = numbers, _no_entries(), data.groups
            self._ids, self._distinct = list(whole.ids), set(whole.ids)
        else:
            self._plain, self._odd = None, whole
            self._ids, self._distinct = [], set()

    def _so_far(self) -> Entries:
        """Return all entries held as if they had just been read."""
        if self._plain is None:
            return self._odd
        held, names = self._plain.held, list(self._plain.concepts)
        row, column = np.divmod(np.arange(held.scores.size), len(names))
        predicted = Columns(names, row, column, held.scores.ravel().astype(np.float32))
        row, column = np.nonzero(held.labels)
        truth = Columns(names, row, column, np.ones(len(row), np.float32))
        folds = np.full(len(held), np.nan) if held.folds is None else held.folds.astype(np.float64)
        groups = np.full(len(held), np.nan) if self._groups is None else self._groups.astype(np.float64)
        return Entries(predicted, truth, self._ids, folds, groups)


def _no_entries() -> Entries:
    return Entries(Columns(), Columns(), [], np.empty(0), np.empty(0))


def _is_plain(entries: Entries, held: Predictions) -> bool:
    """Whether the predictions made of entries hold all that the entries say: nothing missing, repeated or unnamed."""
    named = "" not in entries.ids and "" not in entries.predicted.ids and "" not in entries.truth.ids
    scored_once = held.sent is None and len(entries.predicted.value) == held.scores.size
    labels_valued = not len(entries.truth.value) or bool(entries.truth.value.any())
    folds_used = held.folds is not None or bool(np.isnan(entries.folds).all())
    return len(entries) > 0 and named and scored_once and labels_valued and folds_used and held.unlabelled is None


def _plain_predictions(entries: Entries, concepts: tuple[str, ...], *, has_folds: bool) -> Predictions | None:
    """Return the predictions of plain entries, with folds for all or for none; None of others."""
    if not len(entries):
        nothing = assemble(entries.predicted, entries.truth, 0, concepts, [])
        return replace(nothing, folds=np.empty(0, np.int64) if has_folds else None)
    notes: list[str] = []
    held = assemble(entries.predicted, entries.truth, len(entries), concepts, notes)
    held = replace(held, folds=number_folds(entries.folds, notes))
    return held if _is_plain(entries, held) and (held.folds is not None) == has_folds else None
