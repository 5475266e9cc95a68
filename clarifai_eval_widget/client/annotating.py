"""Write proposed labels to a server, as annotations: the one thing of the client that changes what others see there."""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from clarifai_eval_widget.client.resources import Owner
from clarifai_eval_widget.client.transience import is_transient, patiently
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, ThrottledError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from clarifai_grpc.grpc.api import resources_pb2, service_pb2

    from clarifai_eval_widget.client.channel import Method
    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.resources import App
    from clarifai_eval_widget.client.service import Service
    from clarifai_eval_widget.evaluation.relabelling import Relabelling

__all__ = ["COLUMNS", "write_labels"]

Asked = TypeVar("Asked")

COLUMNS = ["input_id", "annotation_id", "failure"]
_TAKEN = {24150, 24151, 24157}  # done, pending, or awaiting a review
_BATCH = 128  # what the platform takes at once
_TRIES, _PACE = 6, 0.5
_MAYBE = " The labels may have been written all the same. Write them again once it answers: none is written twice."
_NOT_SENT = "It was not sent, because no answer came to those before it."


class Connected(Protocol):
    """What writing needs of the client."""

    _connection: Connection

    def _owner(self, app: App | str | None) -> Owner: ...


def write_labels(client: Connected, relabelling: Relabelling, app: App | str | None = None) -> pd.DataFrame:
    """Write the labels proposed for inputs to the server: the one call here that changes what others see there.

    One new annotation an input, with value 1 for a label added and 0 for one removed; none that is there is changed or
    deleted, and evaluations and dataset versions that are there stay as they are. Its id is made of the evaluation and
    the change, and is looked for before it is sent: writing the same change of the same evaluation again adds nothing.

    Parameters
    ----------
    relabelling
        Of :meth:`Evaluation.relabel`, or ``w.relabelling``; look at its ``frame`` first.
    app
        The app that has the inputs; by default that of the evaluation's dataset.

    Returns
    -------
    DataFrame
        A row for each input that changes: ``input_id``, ``annotation_id``, and ``failure``: why it was not written,
        empty where it was, or had been before. Labels are sent once, again only after a throttle, of which the server
        has done nothing: where no answer came, the server is asked which of them it has; those that it may have written
        all the same say so in ``failure``, and where it does not answer that either, no more are sent. Where none at
        all was written, a warning says why the first was not.

    Raises
    ------
    InvalidRequestError
        When nothing would change, or nobody says in which app the inputs are.
    """
    import pandas as pd

    home = relabelling.before.info.home
    if app is None and home is None:
        raise InvalidRequestError("The evaluation does not say in which app its inputs are: name it with app=….")
    owner = client._owner(app) if app is not None or home is None else Owner(*home)  # noqa: SLF001 - a method of it
    request = relabelling.to_proto(user_id=owner.user_id, app_id=owner.app_id)
    if not request.annotations:
        raise InvalidRequestError("The labels proposed are those that the inputs have: there is nothing to write.")
    for one in request.annotations:
        one.id = _id_of(one, relabelling.origin)
    writing, rows = _Writing(client._connection, request), list[tuple[str, str, str]]()  # noqa: SLF001
    for start in range(0, len(request.annotations), _BATCH):
        rows += writing.write(list(request.annotations[start : start + _BATCH]))
    if all(failure for _, _, failure in rows):
        warnings.warn(f"No label is known to be written. {rows[0][0]}: {rows[0][2]}", stacklevel=2)
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass
class _Writing:
    """Writes batches of a request, until nobody answers any more."""

    connection: Connection
    request: service_pb2.PostAnnotationsRequest
    silent: bool = False

    def write(self, some: list[resources_pb2.Annotation]) -> list[tuple[str, str, str]]:
        """Write what of a batch is not there yet; what was refused says why, and what was written stays."""
        if self.silent:
            return [(one.input_id, "", _NOT_SENT) for one in some]
        try:
            there = self._there(some) or set()
        except EvalError as error:
            self.silent = True
            return [(one.input_id, "", f"{_said(error)} Nothing was sent.") for one in some]
        left = [one for one in some if one.id not in there]
        rows = {one.input_id: (one.input_id, one.id, "") for one in some if one.id in there}
        rows |= {row[0]: row for row in (self._send(left) if left else ())}
        return [rows[one.input_id] for one in some]

    def _send(self, some: list[resources_pb2.Annotation]) -> list[tuple[str, str, str]]:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.PostAnnotationsRequest(user_app_id=self.request.user_app_id, annotations=some)
        try:
            reply = self._call(lambda service: service.PostAnnotations, request, doing="write the labels")
        except EvalError as error:
            lost = bool(error.status.grpc) and is_transient(error)
            there = self._there_after_all(some) if lost else set()
            self.silent = there is None
            why = _said(error) + (_MAYBE if lost else "")
            return [(one.input_id, *((one.id, "") if one.id in (there or ()) else ("", why))) for one in some]
        # One annotation an input was sent. A server may tell of them in an order of its own, or not say of which input.
        made = {one.input_id or asked.input_id: one for one, asked in zip(reply.annotations, some, strict=False)}
        return [_row(one.input_id, made.get(one.input_id)) for one in some]

    def _there(self, some: list[resources_pb2.Annotation]) -> set[str] | None:
        """Which of them the server has; None when it may not be asked; raises when it does not answer."""
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.ListAnnotationsRequest(
            user_app_id=self.request.user_app_id,
            input_ids=[one.input_id for one in some],
            ids=[one.id for one in some],
            page=1,
            per_page=len(some),
        )
        try:
            reply = self._call(lambda service: service.ListAnnotations, request, doing="look for the labels")
        except EvalError as error:
            if is_transient(error):
                raise
            return None
        return {one.id for one in reply.annotations if one.status.code in _TAKEN}

    def _call(
        self,
        method: Callable[[Service], Method[Asked, service_pb2.MultiAnnotationResponse]],
        request: Asked,
        *,
        doing: str,
    ) -> service_pb2.MultiAnnotationResponse:
        """Call where a reply may be of a part; again after a throttle only, of which the server has done nothing."""
        call = partial(self.connection.call, method, request, doing=doing, partial=True)
        return patiently(call, tries=_TRIES, pace=_PACE, wait=self.connection.wait, again=_is_throttle)

    def _there_after_all(self, some: list[resources_pb2.Annotation]) -> set[str] | None:
        try:
            return self._there(some)
        except EvalError:
            return None


def _said(error: EvalError) -> str:
    return f"{error.message} {error.details}".strip()


def _id_of(one: resources_pb2.Annotation, origin: str) -> str:
    """The same for the same change of the same evaluation, whoever makes it."""
    said = [(concept.id, concept.value) for concept in one.data.concepts]
    return hashlib.sha256(json.dumps([origin, one.input_id, said]).encode()).hexdigest()[:32]


def _row(input_id: str, made: resources_pb2.Annotation | None) -> tuple[str, str, str]:
    if made is None:
        return input_id, "", "the server did not answer for it"
    if made.status.code in _TAKEN:
        return input_id, made.id, ""
    return input_id, "", made.status.details or made.status.description or "the server did not say why"


def _is_throttle(error: EvalError) -> bool:
    """Whether the server itself says that it has not so much as looked at the call."""
    return isinstance(error, ThrottledError) and not error.status.grpc
