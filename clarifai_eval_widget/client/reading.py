"""Ask for an evaluation: its summary, all of it, or what is new of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import WrongReplyError

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.resources import Owner

__all__ = ["CANCEL_HEADER", "FROM_HEADER", "HAVE_HEADER", "Fetched", "fetch_evaluation"]

HAVE_HEADER = "x-clarifai-eval-widget-have"
"""Says how many entries of the test set need not be sent again. A server that does not know it sends all."""
FROM_HEADER = "x-clarifai-eval-widget-from"
"""Beside the reply of a server that knows it: which entry its test set begins with."""

CANCEL_HEADER = "x-clarifai-eval-widget-cancel"
"""Has the local server end the evaluation; the service has no call for that, and another server ignores it."""


@dataclass(frozen=True)
class Fetched:
    """A server's reply."""

    metrics: resources_pb2.EvalMetrics
    """The evaluation."""
    starts_at: int = 0
    """The entry that its test set begins with; 0: it is whole."""


def fetch_evaluation(
    connection: Connection,
    owner: Owner,
    evaluation_id: str,
    *,
    everything: bool = False,
    deadline: float | None = None,
    have: int = 0,
    cancel: bool = False,
) -> Fetched:
    """Ask for an evaluation.

    Parameters
    ----------
    connection
        Where to ask.
    owner
        The user and app that own it.
    evaluation_id
        Its id.
    everything
        Ask for all there is, not only for the summary.
    deadline
        Seconds that it may take.
    have
        How many entries of the test set are held already.
    cancel
        Have the local server end it.

    Raises
    ------
    WrongReplyError
        When the reply is about another evaluation.
    EvalError
        When it cannot be had.
    """
    from clarifai_grpc.grpc.api import service_pb2

    request = service_pb2.GetEvaluationRequest(user_app_id=owner.to_proto(), evaluation_id=evaluation_id)
    if everything:
        for field in ("confusion_matrix", "cooccurrence_matrix", "label_counts", "binary_metrics", "test_set"):
            setattr(request.fields, field, True)
    reply, beside = connection.call_with(
        lambda service: service.GetEvaluation,
        request,
        ({HAVE_HEADER: str(have)} if have else {}) | ({CANCEL_HEADER: "1"} if cancel else {}),
        doing=f"read the evaluation {evaluation_id!r}",
        deadline=deadline,
    )
    _check_id(reply.eval_metrics, evaluation_id)
    honoured = have and beside.get(FROM_HEADER, "") == str(have)
    return Fetched(reply.eval_metrics, have if honoured else 0)


def _check_id(metrics: resources_pb2.EvalMetrics, asked: str) -> None:
    if metrics.id and metrics.id != asked:
        raise WrongReplyError(
            f"The server answered with the evaluation {metrics.id!r} when it was asked for {asked!r}: its numbers are "
            "not used. Try again; if it stays so, a proxy in between mixes up replies."
        )
