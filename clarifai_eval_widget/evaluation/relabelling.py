"""Other labels for some inputs: what the figures would be with them, and the changes to make on the server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import not_found
from clarifai_eval_widget.evaluation.named import shown_names
from clarifai_eval_widget.evaluation.parts import with_predictions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from clarifai_grpc.grpc.api import service_pb2

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["Relabelling", "relabel"]


@dataclass(frozen=True, eq=False, repr=False)
class Relabelling:
    """Labels proposed for some of an evaluation's inputs. Nothing is changed on any server."""

    before: EvaluationData
    """With the labels as they are."""
    labels: Mapping[str, tuple[str, ...]]
    """By input id: the concepts it should be labelled with, perhaps none."""

    @cached_property
    def after(self) -> Any:
        """The evaluation with the labels proposed; scores, folds and ids are the same."""
        held = self.before.numbers.held
        changed = held.labels.copy()
        rows = self._rows
        for input_id, concepts in self.labels.items():
            changed[rows[input_id]] = False
            changed[rows[input_id], [self.before.column(one) for one in concepts]] = True
        every = np.arange(self.before.num_inputs)
        made = with_predictions(self.before, replace(held, labels=changed), every)
        note = f"{len(self.labels):,} inputs have labels that were proposed, not those of the data."
        return replace(made, reading_notes=(*made.reading_notes, note))

    @cached_property
    def origin(self) -> str:
        """Whose labels are changed: the evaluation as its server knows it; one without an id is only its own."""
        info = self.before.info
        return "/".join((info.user_id, info.app_id, info.id)) if info.id else uuid.uuid4().hex

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {input_id: row for row, input_id in enumerate(self.before.input_ids) if input_id in self.labels}

    def _old(self, input_id: str) -> tuple[str, ...]:
        row = self.before.label_array[self._rows[input_id]]
        return tuple(concept for concept, own in zip(self.before.concepts, row, strict=True) if own)

    @property
    def frame(self) -> pd.DataFrame:
        """One row an input: ``input_id``, ``labels``, ``proposed``, ``added`` and ``removed``, concept ids each.

        Beside each of these stands what they are called: ``label_names``, ``proposed_names``, ….
        """
        import pandas as pd

        rows = []
        for input_id, proposed in self.labels.items():
            old = self._old(input_id)
            added = tuple(one for one in proposed if one not in old)
            removed = tuple(one for one in old if one not in proposed)
            rows.append((input_id, old, proposed, added, removed))
        frame = pd.DataFrame(rows, columns=["input_id", "labels", "proposed", "added", "removed"])
        for at, column in enumerate(("labels", "proposed", "added", "removed")):
            names = [tuple(shown_names(ids, self.before)) for ids in frame[column]]
            frame.insert(
                2 + 2 * at, "label_names" if column == "labels" else f"{column}_names", pd.Series(names, dtype=object)
            )
        return frame

    def to_proto(self, *, user_id: str = "", app_id: str = "") -> service_pb2.PostAnnotationsRequest:
        """Return the request that would write the changes: value 1 for a label added, 0 for one removed.

        It is only made, not sent: ``V2Stub.PostAnnotations`` sends it, with a key that may write. As JSON:
        ``google.protobuf.json_format.MessageToJson(request)``.

        Parameters
        ----------
        user_id, app_id
            The owner and the app of the inputs; empty for those that the key stands for.
        """
        from clarifai_grpc.grpc.api import resources_pb2, service_pb2

        request = service_pb2.PostAnnotationsRequest()
        if user_id or app_id:
            request.user_app_id.CopyFrom(resources_pb2.UserAppIDSet(user_id=user_id, app_id=app_id))
        for row in self.frame.itertuples():
            if not row.added and not row.removed:
                continue
            annotation = request.annotations.add(input_id=row.input_id)
            for value, concepts in ((1.0, row.added), (0.0, row.removed)):
                for concept in concepts:
                    annotation.data.concepts.add(id=concept, value=value)
        return request

    def __repr__(self) -> str:
        return f"Relabelling({len(self.labels)} of {self.before.num_inputs} inputs)"


def relabel(e: EvaluationData, labels: Mapping[str, Iterable[str]]) -> Relabelling:
    """Propose other labels for some inputs.

    Parameters
    ----------
    labels
        By input id: the concept ids that the input should be labelled with; an empty list for none. Inputs that have
        these labels already are left out: there is nothing to change.

    Returns
    -------
    Relabelling
        ``after`` is the evaluation with them, ``frame`` the list of changes, ``to_proto()`` the request that writes
        them.

    Raises
    ------
    NotFoundError
        When there is no such input or concept.
    ValueError
        When an id stands for several inputs.
    EvalError
        When only the platform's rates were sent.
    """
    e.numbers.predictions("Relabelling needs the score of every input")
    known: dict[str, int] = {}
    rows: dict[str, int] = {}
    for row, input_id in enumerate(e.input_ids):
        known[input_id] = known.get(input_id, 0) + 1
        rows[input_id] = row
    proposed = {}
    for input_id, concepts in labels.items():
        if input_id not in known:
            raise not_found("input", input_id, known)
        if known[input_id] > 1:
            raise ValueError(f"{input_id!r} stands for {known[input_id]} inputs: it cannot be relabelled by its id.")
        ids = tuple(dict.fromkeys(concepts))
        wanted = np.zeros(len(e.concepts), bool)
        wanted[[e.column(concept) for concept in ids]] = True
        if (wanted != e.label_array[rows[input_id]]).any():
            proposed[input_id] = ids
    return Relabelling(e, proposed)
