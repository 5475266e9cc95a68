"""Start an evaluation on a server that has only the calls of before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2, service_pb2

    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.resources import Owner

__all__ = ["DOING", "OlderStarts"]

DOING = "start the evaluation"


class OlderStarts:
    """Starts evaluations by the older calls, which read an evaluation's parameters alone: they name the dataset.

    Parameters
    ----------
    connection
        Where to start them.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._before: dict[str, tuple[str, bool]] = {}
        """By the id chosen here: the version's newest evaluation when the oldest call was first made for it."""

    def post(
        self, owner: Owner, asked: resources_pb2.EvalMetrics, deadline: float
    ) -> service_pb2.MultiEvalMetricsResponse:
        """Start it by ``PostModelVersionEvaluations``, under the id chosen here."""
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.PostModelVersionEvaluationsRequest(
            user_app_id=owner.to_proto(),
            model_id=asked.model.id,
            model_version_id=asked.model.model_version.id,
            eval_metrics=[_by_parameters(asked)],
        )
        return self._connection.call(
            lambda service: service.PostModelVersionEvaluations, request, doing=DOING, partial=True, deadline=deadline
        )

    def post_oldest(
        self, owner: Owner, asked: resources_pb2.EvalMetrics, deadline: float
    ) -> service_pb2.MultiEvalMetricsResponse:
        """Start it by ``PostModelVersionMetrics``, to which the server gives an id of its own, or none.

        Where it was sent before and the reply was lost, the version's newest evaluation tells whether it was taken.
        """
        from clarifai_grpc.grpc.api import service_pb2
        from clarifai_grpc.grpc.api.status import status_code_pb2, status_pb2

        sent = _by_parameters(asked)
        newest = self._newest(owner, asked, deadline)
        before = self._before.setdefault(asked.id, _identity(newest))
        if _identity(newest) == before:
            request = service_pb2.PostModelVersionMetricsRequest(
                user_app_id=owner.to_proto(),
                model_id=asked.model.id,
                version_id=asked.model.model_version.id,
                eval_info=sent.eval_info,
            )
            reply = self._connection.call(
                lambda service: service.PostModelVersionMetrics, request, doing=DOING, deadline=deadline
            )
            newest = reply.model_version.metrics
        del self._before[asked.id]
        started = service_pb2.MultiEvalMetricsResponse(status=status_pb2.Status(code=status_code_pb2.SUCCESS))
        told = started.eval_metrics.add(id=newest.id, app_id=newest.app_id, user_id=newest.user_id)
        told.status.CopyFrom(newest.status)
        return started

    def _newest(self, owner: Owner, asked: resources_pb2.EvalMetrics, deadline: float) -> resources_pb2.EvalMetrics:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetModelVersionMetricsRequest(
            user_app_id=owner.to_proto(), model_id=asked.model.id, version_id=asked.model.model_version.id
        )
        reply = self._connection.call(
            lambda service: service.GetModelVersionMetrics, request, doing=DOING, deadline=deadline
        )
        return reply.model_version.metrics


def _identity(metrics: resources_pb2.EvalMetrics) -> tuple[str, bool]:
    """What tells a version's newest evaluation from the one before, whether or not the server gives ids."""
    under_way = bool(metrics.status.code) and Progress.from_proto(metrics).status in ("queued", "evaluating")
    return metrics.id, under_way and not metrics.id


def _by_parameters(asked: resources_pb2.EvalMetrics) -> resources_pb2.EvalMetrics:
    """Name the dataset in the parameters, as the older calls read it."""
    from clarifai_grpc.grpc.api import resources_pb2

    truth, params = asked.ground_truth_dataset, asked.eval_info.params
    if truth.id and (truth.user_id, truth.app_id) != (asked.model.user_id, asked.model.app_id):
        raise InvalidRequestError(
            f"Could not {DOING}: this server has only the call of before, which takes no dataset of another app "
            f"than the model's; {truth.id!r} is in {truth.app_id!r}. Choose one of {asked.model.app_id!r}."
        )
    sent = resources_pb2.EvalMetrics()
    sent.CopyFrom(asked)
    if truth.id:
        named = {"dataset_id": truth.id, "dataset_version_id": truth.version.id}
        sent.eval_info.params.update({key: value for key, value in named.items() if key not in params})
    return sent
