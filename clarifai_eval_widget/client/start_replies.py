"""Whether the reply to a start is about the evaluation that was asked for, where it names another id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.client import reading
from clarifai_eval_widget.client.answers import check_answer, check_evaluates
from clarifai_eval_widget.client.resources import Owner
from clarifai_eval_widget.errors import EvalError, NotFoundError, WrongReplyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_grpc.grpc.api import resources_pb2, service_pb2

    from clarifai_eval_widget.client.connection import Connection

__all__ = ["ASK_SECONDS", "StartReplies"]

ASK_SECONDS = 5.0
"""How long a question about an evaluation that may have been started may take."""


class StartReplies:
    """Tells replies about an evaluation that was asked for from those about another.

    Clarifai's service answers with the id that was asked for. A server that gives evaluations ids of its own is
    followed under such an id, unless what it names is known to be another: a run that was known before, something else
    than was asked for, or one beside an evaluation of the very id asked for, for a server that renames has no such.
    What it names is asked for, too. Where that cannot be had the id is believed: a server may need a moment until it
    can be read, and refusing it would leave an evaluation that nobody follows, and start a second one at the next try.

    Parameters
    ----------
    connection
        Where to ask.
    is_known
        Whether an id of an owner's is that of an evaluation that was known before.
    """

    def __init__(self, connection: Connection, is_known: Callable[[Owner, str], bool]) -> None:
        self._connection = connection
        self._is_known = is_known

    def find(self, owner: Owner, asked: resources_pb2.EvalMetrics, seconds: float) -> resources_pb2.EvalMetrics | None:
        """Return the evaluation of the id asked for; None when the server has none."""
        try:
            found = reading.fetch_evaluation(
                self._connection, owner, asked.id, model=asked.model, deadline=seconds, by_name=True
            ).metrics
        except NotFoundError:
            return None
        asked.MergeFrom(found)
        return asked

    def checked(
        self, owner: Owner, asked: resources_pb2.EvalMetrics, reply: service_pb2.MultiEvalMetricsResponse
    ) -> service_pb2.MultiEvalMetricsResponse:
        """Return the reply, or raise WrongReplyError where it is about another evaluation."""
        for told in reply.eval_metrics[:1]:
            check_evaluates(told, asked)
            if told.id in ("", asked.id):
                continue
            named = Owner(told.user_id or owner.user_id, told.app_id or owner.app_id)
            if self._is_known(named, told.id) or self._has(owner, asked) or self._is_another(named, told.id, asked):
                check_answer("evaluation", told.id, asked.id)
        return reply

    def _has(self, owner: Owner, asked: resources_pb2.EvalMetrics) -> bool:
        """Whether the server is sure to have an evaluation of the very id that was asked for."""
        sought = type(asked)()
        sought.CopyFrom(asked)
        try:
            return self.find(owner, sought, ASK_SECONDS) is not None
        except EvalError:
            return False

    def _is_another(self, named: Owner, evaluation_id: str, asked: resources_pb2.EvalMetrics) -> bool:
        """Whether the evaluation of that id is sure to be of something else than was asked for, or in another way."""
        try:
            found = reading.fetch_evaluation(self._connection, named, evaluation_id, deadline=ASK_SECONDS).metrics
            check_evaluates(found, asked)
        except WrongReplyError:
            return True
        except EvalError:
            return False
        # Other parameters a server may have completed, or written in its own way.
        told, wanted = (one.eval_info.params.fields["use_kfold"] for one in (found, asked))
        return told.HasField("bool_value") and wanted.HasField("bool_value") and told != wanted
