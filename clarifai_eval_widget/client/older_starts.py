"""Start an evaluation on a server that has only the calls of before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.errors import ConnectionLostError, InvalidRequestError, PermissionDeniedError
from clarifai_eval_widget.terms import NOT_EVALUATED

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2, service_pb2

    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.resources import Owner

__all__ = ["DOING", "OlderStarts", "UncertainStartError"]

DOING = "start the evaluation"
_MOST_LISTED = 100


class UncertainStartError(ConnectionLostError):
    """A start whose reply was lost, on a server that does not let one learn whether it has taken it."""


@dataclass(frozen=True)
class _Seen:
    """What a server tells of a version's evaluations."""

    newest: resources_pb2.EvalMetrics
    """The newest of them."""
    listed: tuple[str, ...] | None
    """The ids of all, empty ones for those without; None where they cannot be listed, or are too many."""

    def has_begun(self, before: _Seen) -> bool | None:
        """Whether one has begun since; None when that cannot be told."""
        now, then = self.newest, before.newest
        # Somebody may delete one meanwhile: what is the newest then, and what is left, was there before.
        if now.id or not now.status.code:
            return now.id not in ("", then.id, *(before.listed or ()))
        if self.listed is not None and before.listed is not None:
            return bool(Counter(self.listed) - Counter(before.listed))
        is_new = then.id or _is_there(now) > _is_there(then) or _is_under_way(now) > _is_under_way(then)
        return True if is_new else None


class OlderStarts:
    """Starts evaluations by the older calls, which read an evaluation's parameters alone: they name the dataset.

    Parameters
    ----------
    connection
        Where to start them.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._before: dict[str, _Seen] = {}
        """By the id chosen here: the version's evaluations when the oldest call was first made for it."""

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

        Where it was sent before and the reply was lost, the version's evaluations tell whether it was taken.

        Raises
        ------
        UncertainStartError
            When they do not tell: it is not sent again, unless somebody who knows of that asks for it anew.
        """
        from clarifai_grpc.grpc.api import service_pb2
        from clarifai_grpc.grpc.api.status import status_code_pb2, status_pb2

        sent = _by_parameters(asked)
        seen = self._seen(owner, asked, deadline)
        before, newest = self._before.setdefault(asked.id, seen), seen.newest
        begun = seen is not before and seen.has_begun(before)
        if begun is None or (begun and _is_another(newest, sent)):
            del self._before[asked.id]
            raise UncertainStartError(
                "Could not learn whether the evaluation has begun: the reply to its start was lost, and this server, "
                "which has only the oldest calls, does not tell it from another. It was not sent again. Look there "
                "whether it runs; starting it once more may make a second one."
            )
        if not begun:
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

    def _seen(self, owner: Owner, asked: resources_pb2.EvalMetrics, deadline: float) -> _Seen:
        return _Seen(self._newest(owner, asked, deadline), self._listed(owner, asked, deadline))

    def _listed(self, owner: Owner, asked: resources_pb2.EvalMetrics, deadline: float) -> tuple[str, ...] | None:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.ListModelVersionEvaluationsRequest(
            user_app_id=owner.to_proto(),
            model_id=asked.model.id,
            model_version_id=asked.model.model_version.id,
            page=1,
            per_page=_MOST_LISTED,
        )
        try:
            reply = self._connection.call(
                lambda service: service.ListModelVersionEvaluations, request, doing=DOING, deadline=deadline
            )
        except (InvalidRequestError, PermissionDeniedError):  # it has no such call, or this key may only start
            return None
        found = tuple(one.id for one in reply.eval_metrics)
        return found if len(found) < _MOST_LISTED else None

    def _newest(self, owner: Owner, asked: resources_pb2.EvalMetrics, deadline: float) -> resources_pb2.EvalMetrics:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetModelVersionMetricsRequest(
            user_app_id=owner.to_proto(), model_id=asked.model.id, version_id=asked.model.model_version.id
        )
        reply = self._connection.call(
            lambda service: service.GetModelVersionMetrics, request, doing=DOING, deadline=deadline
        )
        return reply.model_version.metrics


def _is_there(metrics: resources_pb2.EvalMetrics) -> bool:
    """Whether there is one; "not evaluated" may also stand for one that has not got far."""
    return metrics.status.code not in (0, NOT_EVALUATED)


def _is_under_way(metrics: resources_pb2.EvalMetrics) -> bool:
    return _is_there(metrics) and Progress.from_proto(metrics).status in ("queued", "evaluating")


def _is_another(newest: resources_pb2.EvalMetrics, sent: resources_pb2.EvalMetrics) -> bool:
    """Whether one that has begun is on other data than was asked for, or by another method: another client's."""
    told, wanted = newest.eval_info.params, sent.eval_info.params
    names = ("dataset_id", "dataset_version_id", "use_kfold")
    return any(
        name in told and name in wanted and "" not in (told[name], wanted[name]) and told[name] != wanted[name]
        for name in names
    )


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
