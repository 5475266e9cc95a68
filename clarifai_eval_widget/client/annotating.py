"""Write proposed labels to a server, as annotations: the one thing of the client that changes what others see there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from clarifai_eval_widget.client.resources import Owner
from clarifai_eval_widget.errors import EvalError, InvalidRequestError

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
        empty where it was. A call that fails is not made again: its labels may have been written all the same.

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
    every, rows = list(request.annotations), []
    for start in range(0, len(every), _BATCH):
        rows += _write(client._connection, request, every[start : start + _BATCH])  # noqa: SLF001
    return pd.DataFrame(rows, columns=COLUMNS)


def _write(
    connection: Connection, of: service_pb2.PostAnnotationsRequest, some: list[resources_pb2.Annotation]
) -> list[tuple[str, str, str]]:
    """Write one batch: what was refused says why, and what has been written before it stays."""
    from clarifai_grpc.grpc.api import service_pb2

    request = service_pb2.PostAnnotationsRequest(user_app_id=of.user_app_id, annotations=some)
    doing = "write the labels"
    try:
        # No second try: a reply that is lost may be of labels that were written.
        reply = connection.call(lambda service: service.PostAnnotations, request, doing=doing, partial=True)
    except EvalError as error:
        return [(one.input_id, "", f"{error.message} {error.details}".strip()) for one in some]
    rows = []
    for asked, made in zip(some, reply.annotations, strict=False):
        taken = made.status.code in _TAKEN
        why = "" if taken else made.status.details or made.status.description or "the server did not say why"
        rows.append((asked.input_id, made.id if taken else "", why))
    return rows + [(one.input_id, "", "the server did not answer for it") for one in some[len(reply.annotations) :]]
