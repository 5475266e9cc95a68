"""Let callers in, and make replies of what goes wrong.

Errors are replies: a call that fails is answered with a status that is not success, inside an OK of gRPC, as the
platform does. So is a call that this server does not know.
"""

from __future__ import annotations

import functools
import logging
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

from clarifai_grpc.grpc.api import service_pb2, service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.message_factory import GetMessageClass

from clarifai_eval_widget.local.statuses import ApiError, not_found, reply_status
from clarifai_eval_widget.local.work.pool import WorkersStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.local.data.records import Records
    from clarifai_eval_widget.local.work.engine import Engine

S = TypeVar("S", bound="Answering")

_log = logging.getLogger("clarifai_eval_widget")


def answers(reply_type: Callable[[], Any]) -> Callable[[Callable[..., None]], Callable[..., Any]]:
    """Make a gRPC method of one that fills in a reply, or raises what to answer instead."""

    def decorate(method: Callable[..., None]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(self: Answering, request: Any, context: Any) -> Any:
            reply = reply_type()
            status = self.answer(method.__name__, context, request, lambda: method(self, request, reply))
            if status.code != status_code_pb2.SUCCESS:
                reply = reply_type()
            reply.status.CopyFrom(status)
            return reply

        return call

    return decorate


class Answering(service_pb2_grpc.V2Servicer):  # type: ignore[misc]
    """What all calls have in common.

    Parameters
    ----------
    records
        Apps, datasets, models.
    engine
        Evaluations.
    user_id
        The one user there is; "me" means the same.
    pat
        The token that every call must carry.
    """

    def __init__(self, records: Records, engine: Engine, user_id: str, pat: str) -> None:
        self._records = records
        self._engine = engine
        self._user_id = user_id
        self._pat = pat

    def answer(self, name: str, context: Any, request: Any, fill: Callable[[], None]) -> Any:
        """Let a caller in and fill in its reply; return the reply's status."""
        try:
            self.authenticate(context)
            if "user_app_id" in request.DESCRIPTOR.fields_by_name:
                self.check_user(request.user_app_id.user_id)
            fill()
        except ApiError as error:
            return reply_status(error.code, error.details)
        except WorkersStoppedError as error:
            return reply_status(status_code_pb2.INTERNAL_SERVER_ISSUE, str(error))
        except Exception as error:  # noqa: BLE001 - a caller is owed an answer
            _log.info("%s failed", name, exc_info=True)
            return reply_status(status_code_pb2.INTERNAL_SERVER_ISSUE, f"{type(error).__name__}: {error}")
        return reply_status()

    def authenticate(self, context: Any) -> None:
        """Refuse a call without the token."""
        given = dict(context.invocation_metadata()).get("authorization", "")
        kind, _, key = given.partition(" ")
        if kind.lower() not in ("key", "bearer") or not secrets.compare_digest(key.encode(), self._pat.encode()):
            what = "is not this server's" if key else "is missing"
            raise ApiError(
                status_code_pb2.CONN_KEY_INVALID,
                f"The token {what}. A local server has a token of its own: use server.client(), or server.pat.",
            )

    def check_user(self, user_id: str) -> None:
        """Refuse another user's name."""
        if user_id not in ("", "me", self._user_id):
            raise not_found("user", user_id, [self._user_id])


def answer_the_rest(servicer: type[S]) -> type[S]:
    """Give a servicer an answer to the service's calls that it has no method for, which says what there is instead."""
    known = {name for kind in servicer.__mro__ if issubclass(kind, Answering) for name in vars(kind)}
    for method in service_pb2.DESCRIPTOR.services_by_name["V2"].methods:
        if method.name not in known and not (method.server_streaming or method.client_streaming):
            setattr(servicer, method.name, _unknown(method.name, GetMessageClass(method.output_type)))
    return servicer


def _unknown(name: str, reply_type: Callable[[], Any]) -> Callable[..., Any]:
    def refuse(self: Answering, request: Any, reply: Any) -> None:  # noqa: ARG001
        raise ApiError(
            status_code_pb2.NOT_IMPLEMENTED,
            f"A local server does not know {name}. Datasets are added and versions trained from Python, with "
            "LocalServer.add_dataset and LocalServer.train; for the rest connect to Clarifai.",
        )

    refuse.__name__ = name
    return answers(reply_type)(refuse)
