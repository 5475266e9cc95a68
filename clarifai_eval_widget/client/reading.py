"""Ask for an evaluation: its summary, all of it, or what is new of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from clarifai_eval_widget.client.answers import check_answer
from clarifai_eval_widget.client.older import first_known
from clarifai_eval_widget.client.transience import is_transient
from clarifai_eval_widget.errors import AuthenticationError, EvalError, NotFoundError
from clarifai_eval_widget.own_metrics import CANCEL_HEADER, FROM_HEADER, HAVE_HEADER, REASON_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.resources import Owner

Beside: TypeAlias = "dict[str, str | bytes]"

_LONGEST_REASON = 500

__all__ = ["Fetched", "fetch_evaluation"]


@dataclass(frozen=True)
class Fetched:
    """A server's reply."""

    metrics: resources_pb2.EvalMetrics
    """The evaluation."""
    starts_at: int = 0
    """The entry that its test set begins with; 0: it is whole."""
    lacks: str = ""
    """Why summary and curves came without the test set; empty when they did not."""


def fetch_evaluation(
    connection: Connection,
    owner: Owner,
    evaluation_id: str,
    *,
    everything: bool = False,
    deadline: float | None = None,
    model: resources_pb2.Model | None = None,
    by_name: bool = False,
    have: int = 0,
    cancel: bool | str = False,
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
    model
        What it evaluates, the version included, where that is known: the older calls need it.
    by_name
        Whether only an answer that names it will do; the oldest servers tell a version's newest evaluation, some
        without an id.
    have
        How many entries of the test set are held already.
    cancel
        Have the local server end it; a text says why.

    Raises
    ------
    WrongReplyError
        When the reply is about another evaluation.
    EvalError
        When it cannot be had.
    """
    from clarifai_grpc.grpc.api import resources_pb2

    fields = resources_pb2.FieldsValue()
    if everything:
        for field in ("confusion_matrix", "cooccurrence_matrix", "label_counts", "binary_metrics", "test_set"):
            setattr(fields, field, True)
    headers = ({HAVE_HEADER: str(have)} if have else {}) | ({CANCEL_HEADER: "1"} if cancel else {})
    if isinstance(cancel, str):
        headers[REASON_HEADER] = quote(cancel[:_LONGEST_REASON])
    question = _Question(connection, owner, evaluation_id, model, headers, deadline, by_name=by_name)
    lacks = ""
    try:
        metrics, beside = question.ask(fields)
    except EvalError as error:
        if not everything or is_transient(error) or isinstance(error, AuthenticationError):
            raise
        # Inputs need a scope of their own, and may be damaged or too many; summary and curves need not be.
        fields.test_set = False
        metrics, beside = question.ask(fields)
        lacks = f"The test set is missing: {error}"
    check_answer("evaluation", metrics.id, evaluation_id)
    honoured = have and beside.get(FROM_HEADER, "") == str(have)
    return Fetched(metrics, have if honoured else 0, lacks)


@dataclass(frozen=True)
class _Question:
    """Asks for an evaluation by whichever call the server has."""

    connection: Connection
    owner: Owner
    evaluation_id: str
    model: resources_pb2.Model | None
    headers: dict[str, str]
    deadline: float | None
    by_name: bool

    def ask(self, fields: resources_pb2.FieldsValue) -> tuple[resources_pb2.EvalMetrics, Beside]:
        """Return the evaluation, and what came beside the reply."""
        ways: dict[str, Callable[[], tuple[resources_pb2.EvalMetrics, Beside]]] = {
            "GetEvaluation": lambda: self._now(fields)
        }
        if self.model is not None and self.model.model_version.id:
            model = self.model
            ways["GetModelVersionEvaluation"] = lambda: self._as_before(model, fields)
            ways["GetModelVersionMetrics"] = lambda: self._newest(model, fields)
        return first_known(self.connection, ways)

    @property
    def _doing(self) -> str:
        return f"read the evaluation {self.evaluation_id!r}"

    def _now(self, fields: resources_pb2.FieldsValue) -> tuple[resources_pb2.EvalMetrics, Beside]:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetEvaluationRequest(
            user_app_id=self.owner.to_proto(), evaluation_id=self.evaluation_id, fields=fields
        )
        reply, beside = self.connection.call_with(
            lambda service: service.GetEvaluation, request, self.headers, doing=self._doing, deadline=self.deadline
        )
        return reply.eval_metrics, beside

    def _as_before(
        self, model: resources_pb2.Model, fields: resources_pb2.FieldsValue
    ) -> tuple[resources_pb2.EvalMetrics, Beside]:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetModelVersionEvaluationRequest(
            user_app_id=self.owner.to_proto(),
            model_id=model.id,
            model_version_id=model.model_version.id,
            evaluation_id=self.evaluation_id,
            fields=fields,
        )
        return self.connection.call(
            lambda service: service.GetModelVersionEvaluation, request, doing=self._doing, deadline=self.deadline
        ).eval_metrics, {}

    def _newest(
        self, model: resources_pb2.Model, fields: resources_pb2.FieldsValue
    ) -> tuple[resources_pb2.EvalMetrics, Beside]:
        """The version's newest evaluation, if that is the one asked for."""
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetModelVersionMetricsRequest(
            user_app_id=self.owner.to_proto(), model_id=model.id, version_id=model.model_version.id, fields=fields
        )
        reply = self.connection.call(
            lambda service: service.GetModelVersionMetrics, request, doing=self._doing, deadline=self.deadline
        )
        metrics = reply.model_version.metrics
        named = {self.evaluation_id} if self.by_name else {"", self.evaluation_id}
        if not metrics.status.code or metrics.id not in named:
            newest = f"that is {metrics.id!r}" if metrics.status.code else "there is none"
            raise NotFoundError(
                f"Could not {self._doing}: the server tells only the newest evaluation of a version, and {newest}."
            )
        return metrics, {}
