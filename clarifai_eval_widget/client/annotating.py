"""Write proposed labels to a server, as annotations: the one thing of the client that changes what others see there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from clarifai_eval_widget.client.resources import Owner
from clarifai_eval_widget.client.transience import is_transient, patiently
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, ThrottledError

if TYPE_CHECKING:
    import pandas as pd
    from clarifai_grpc.grpc.api import resources_pb2, service_pb2

    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.resources import App
    from clarifai_eval_widget.evaluation.relabelling import Relabelling

__all__ = ["COLUMNS", "write_labels"]

COLUMNS = ["input_id", "annotation_id", "failure"]
_TAKEN = {24150, 24151, 24157}  # done, pending, or awaiting a review
_BATCH = 128  # what the platform takes at once
_TRIES, _PACE = 6, 0.5
_MAYBE = " The labels may have been written all the same: look at the inputs before you write them again."
_NOT_SENT = "It was not sent, because no answer came to those before it."


class Connected(Protocol):
    """What writing needs of the client."""

    _connection: Connection

    def _owner(self, app: App | str | None) -> Owner: ...


def write_labels(client: Connected, relabelling: Relabelling, app: App | str | None = None) -> pd.DataFrame:
    """Write the labels proposed for inputs to the server: the one call here that changes what others see there.

    One new annotation an input, with value 1 for a label added and 0 for one removed; none that is there is changed or
    deleted, and evaluations and dataset versions that are there stay as they are.

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
        empty where it was. Labels are sent once, again only after a throttle, of which the server has done nothing:
        where no answer came they may have been written all the same, and ``failure`` says so; no more are sent then.

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
    every, rows, lost = list(request.annotations), list[tuple[str, str, str]](), False
    for start in range(0, len(every), _BATCH):
        some = every[start : start + _BATCH]
        found, lost = ([(one.input_id, "", _NOT_SENT) for one in some], True) if lost else _write(client, request, some)
        rows += found
    return pd.DataFrame(rows, columns=COLUMNS)


def _write(
    client: Connected, of: service_pb2.PostAnnotationsRequest, some: list[resources_pb2.Annotation]
) -> tuple[list[tuple[str, str, str]], bool]:
    """Write one batch, and say whether no answer came: what was refused says why, and what was written before stays."""
    from clarifai_grpc.grpc.api import service_pb2

    request = service_pb2.PostAnnotationsRequest(user_app_id=of.user_app_id, annotations=some)
    connection = client._connection  # noqa: SLF001

    def call() -> service_pb2.MultiAnnotationResponse:
        return connection.call(lambda service: service.PostAnnotations, request, doing="write the labels", partial=True)

    try:
        reply = patiently(call, tries=_TRIES, pace=_PACE, wait=connection.wait, again=_is_throttle)
    except EvalError as error:
        lost = bool(error.status.grpc) and is_transient(error)
        why = f"{error.message} {error.details}".strip() + (_MAYBE if lost else "")
        return [(one.input_id, "", why) for one in some], lost
    # One annotation an input was sent. A server may tell of them in an order of its own, or not say of which input.
    made = {one.input_id or asked.input_id: one for one, asked in zip(reply.annotations, some, strict=False)}
    return [_row(one.input_id, made.get(one.input_id)) for one in some], False


def _row(input_id: str, made: resources_pb2.Annotation | None) -> tuple[str, str, str]:
    if made is None:
        return input_id, "", "the server did not answer for it"
    if made.status.code in _TAKEN:
        return input_id, made.id, ""
    return input_id, "", made.status.details or made.status.description or "the server did not say why"


def _is_throttle(error: EvalError) -> bool:
    """Whether the server itself says that it has not so much as looked at the call."""
    return isinstance(error, ThrottledError) and not error.status.grpc
