"""What every evaluation holds: its concepts and inputs, what it is about, and the numbers it rests on."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.evaluation.concept_ids import ConceptIds
from clarifai_eval_widget.evaluation.hosted import Hosted, hosted_of
from clarifai_eval_widget.evaluation.info import EvaluationInfo
from clarifai_eval_widget.terms import EVALUATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from clarifai_grpc.grpc.api import resources_pb2
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.codes import Condition
    from clarifai_eval_widget.evaluation.interface import Numbers
    from clarifai_eval_widget.evaluation.platform_curve import PlatformCurve
    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.terms import Source

__all__ = ["EvaluationData"]


@dataclass(kw_only=True, eq=False, repr=False)
class EvaluationData:
    """The state of an evaluation, and the figures its numbers give."""

    concepts: Sequence[str]
    """The concept ids, as given; K of them. Equal to the tuple of them."""
    concept_names: dict[str, str]
    """A name to show for each concept id."""
    input_ids: Sequence[str]
    """The ids of the N inputs; their row numbers where none were given."""
    numbers: Numbers
    """Counted predictions, or reported rates."""
    has_input_ids: bool = True
    """Whether `input_ids` were given rather than numbered."""
    platform_curves: dict[str, PlatformCurve] = field(default_factory=dict)
    """The curves the platform sent, by concept id; kept apart from the counts."""
    platform_summary: dict[str, float] = field(default_factory=dict)
    """The macro figures the platform sent."""
    info: EvaluationInfo = field(default_factory=EvaluationInfo)
    """What was evaluated on what."""
    positive_label: str = ""
    """Of one column of scores, the label that was taken for the positive class; empty where the data say it."""
    in_sample: bool = False
    """Whether the caller said that the model was trained on these very inputs."""
    groups: NDArray[np.int64] | None = None
    """(N,) the group of each input, within which inputs depend on one another; None when all are independent."""
    contents: NDArray[np.int64] | None = None
    """(N,) equal where the caller's inputs are equal; None where only a server may know."""
    reading_notes: tuple[str, ...] = ()
    """What was missing, or odd, when the data were read; `notes` adds what the numbers show."""
    conditions_found: tuple[Condition, ...] | None = field(default=None, init=False)
    """Kept by :func:`conditions.conditions_of`, which finds them once; None until it is asked."""
    received: tuple[resources_pb2.EvalMetrics, ...] = ()
    """The messages this was read from, the newest last, each with test-set entries of its own."""

    part_of: tuple[EvaluationData, NDArray[np.intp]] | None = None
    """The evaluation whose inputs these are, and their rows there; None for a whole one."""

    def __post_init__(self) -> None:
        self.concepts = ConceptIds(self.concepts)

    @cached_property
    def message(self) -> resources_pb2.EvalMetrics | None:
        """The ``clarifai.api.EvalMetrics`` this was read from; of several, the newest with all their entries."""
        if len(self.received) < 2:
            return self.received[0] if self.received else None
        whole = type(self.received[-1])()
        for part in self.received[:-1]:
            whole.test_set.extend(part.test_set)
        whole.MergeFrom(self.received[-1])
        return whole

    @property
    def source(self) -> Source:
        """Where counts come from: ``test_set``, ``platform_curves`` (rates only) or ``scores``."""
        return self.numbers.source

    @property
    def has_counts(self) -> bool:
        """Whether exact counts can be had, at any threshold; else there are only the platform's rates."""
        return self.numbers.has_counts

    @property
    def label_array(self) -> NDArray[np.bool_]:
        """(N, K) whether the input is labelled with the concept; read-only."""
        return self.numbers.held.labels

    @property
    def score_array(self) -> NDArray[np.floating[Any]]:
        """(N, K) float32 or float64 scores, 0 where a server sent none; read-only."""
        return self.numbers.held.scores

    @property
    def folds(self) -> NDArray[np.int64] | None:
        """(N,) the fold, from 1, that predicted each input when it was left out; None without folds."""
        return self.numbers.held.folds

    @property
    def fold_numbers(self) -> tuple[int, ...]:
        """The folds there are, ascending."""
        return tuple(self.numbers.held.fold_rows)

    @property
    def sent(self) -> NDArray[np.bool_] | None:
        """(N, K) where a server sent a score; None when every score is there."""
        return self.numbers.held.sent

    @property
    def excluded(self) -> NDArray[np.bool_] | None:
        """(N, K) where nothing is known of a score, so that the input does not count; None when nowhere."""
        return self.numbers.held.excluded

    @property
    def unlabelled(self) -> NDArray[np.bool_] | None:
        """(N,) where no label is known; None when nowhere. `excluded` says whether these inputs count."""
        return self.numbers.held.unlabelled

    @property
    def exact_above(self) -> NDArray[np.float64] | None:
        """(K,) counts are exact at thresholds above this (lower scores were not sent); None: at all."""
        return self.numbers.held.exact_above

    @property
    def num_inputs(self) -> int:
        """The number of inputs with labels and scores."""
        return len(self.numbers.held)

    @property
    def complete(self) -> bool:
        """Whether the evaluation has ended with all its results."""
        return self.source == "scores" or self.info.status_code == EVALUATED

    @property
    def inputs(self) -> Sequence[tuple[str | None, bytes | None]]:
        """The text and the image bytes of each input, where the server sent them; read when asked for."""
        if not self.received:
            return self.media(range(self.num_inputs))
        media = []
        for entry in chain.from_iterable(part.test_set for part in self.received):
            data = entry.input.data
            media.append((data.text.raw or None, data.image.base64 or None))
        return media

    def media(self, rows: Sequence[int]) -> list[tuple[str | None, bytes | None]]:
        """Return the text and the image bytes of some inputs, as `inputs` does of all, without reading the others."""
        read = self.data_of(rows)
        return [(None, None) if one is None else (one.text.raw or None, one.image.base64 or None) for one in read]

    def hosted(self, rows: Sequence[int]) -> list[Hosted | None]:
        """Return where some inputs are to be had, of which the server sent no text or image itself; else None."""
        return [None if one is None else hosted_of(one) for one in self.data_of(rows)]

    def data_of(self, rows: Sequence[int]) -> list[Any]:
        """Return the ``clarifai.api.Data`` a server sent of some inputs; None where none did."""
        if self.part_of is not None:
            whole, places = self.part_of
            return whole.data_of([int(places[row]) for row in rows])
        if not self.received:
            return [None] * len(rows)
        ends = list(accumulate(len(part.test_set) for part in self.received))
        found = []
        for row in rows:
            part = bisect_right(ends, row)
            found.append(self.received[part].test_set[row - (ends[part - 1] if part else 0)].input.data)
        return found

    @property
    def texts(self) -> pd.Series[str]:
        """The text of each input that has one, by input id; of an id that came more than once, the first."""
        import pandas as pd

        found: dict[str, str] = {}
        for one, (text, _) in zip(self.input_ids, self.inputs, strict=True):
            if text is not None:
                found.setdefault(one, text)
        return pd.Series(found, index=pd.Index(list(found), name="input_id", dtype="str"), name="text", dtype="str")

    def column(self, concept: str) -> int:
        """Return the column of a concept.

        Raises
        ------
        NotFoundError
            When there is no such concept; it names the nearest.
        """
        return self.numbers.column(concept)

    def counts(self, concept: str) -> Counts:
        """Return a concept's exact counts at every distinct score, pooled over folds.

        Inputs of which no score is known do not count (see `notes`).

        Raises
        ------
        EvalError
            When only the platform's rates were sent (see `has_counts`).
        """
        return self.numbers.counts(concept)

    def grouped(self, concept: str) -> tuple[NDArray[np.bool_], NDArray[np.floating[Any]], NDArray[np.int64]]:
        """Return labels, scores and groups of a concept's known inputs, of an evaluation that has groups."""
        assert self.groups is not None
        column = self.column(concept)
        labels, scores = self.numbers.held.known(column)
        return labels, scores, self.groups if self.excluded is None else self.groups[~self.excluded[:, column]]

    def all_counts(self) -> list[Counts]:
        """Return the counts of all concepts, made on several threads; as :meth:`counts`."""
        return self.numbers.all_counts()

    def fold_counts(self, fold: int, concept: str) -> Counts:
        """Return the counts of one concept over the inputs one fold predicted.

        Raises
        ------
        ValueError
            When there is no such fold.
        """
        return self.numbers.fold_counts(fold, concept)

    def class_sizes(self, concept: str) -> tuple[int, int]:
        """Return the numbers of positives and negatives: those counted, or those the platform told."""
        return self.numbers.class_sizes(concept) or (0, 0)

    def undefined_reason(self, concept: str) -> str:
        """Say why a concept has no ROC AUC: no positives, no negatives, no scores; empty when it has one."""
        return self.numbers.undefined_reason(concept)

    def roc_auc(self, concept: str) -> float:
        """Return a concept's ROC AUC, pooled over folds; NaN when undefined."""
        return self.numbers.roc_auc(concept)
