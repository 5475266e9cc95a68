"""How a call is answered: by a reply that is filled in, or by the status of what was raised.

Errors are replies: a call that fails is answered with a status that is not success, inside an OK of gRPC, as the
platform does.
"""

from __future__ import annotations

import functools
import logging
import secrets
import time
from typing import TYPE_CHECKING, TypeVar

from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.message import Message

from clarifai_eval_widget.client.channel import StatusReply
from clarifai_eval_widget.local.data.content import StillMakingError, patient_until
from clarifai_eval_widget.local.data.records import MANUAL
from clarifai_eval_widget.local.statuses import ApiError, make_status, not_found, reply_status
from clarifai_eval_widget.local.work.pool import WorkersStoppedError
from clarifai_eval_widget.own_metrics import MAKING, PATIENT_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_grpc.grpc.api.status import status_pb2
    from grpc import ServicerContext

    from clarifai_eval_widget.local.data.keeper import Keeper
    from clarifai_eval_widget.local.data.records import AppRecord, DatasetRecord, DatasetVersionRecord, Records
    from clarifai_eval_widget.local.data.uploads import Embed
    from clarifai_eval_widget.local.work.engine import Engine
    from clarifai_eval_widget.local.work.runner import TaskRunner
    from clarifai_eval_widget.local.work.trainings import Trainings

_KEEPING = (status_code_pb2.SUCCESS, status_code_pb2.MIXED_STATUS, status_code_pb2.FAILURE)
_log = logging.getLogger("clarifai_eval_widget")

_BEING_MADE = "What this needs is being made for the first time: data are read and embedded, models trained."
# What can be asked again as it is: nothing has been changed when the reply is that something is still being made.
_REPEATABLE = ("Get", "List", "PostEvaluations", "PostModelVersionEvaluations", "PostModelVersionMetrics")

Request = TypeVar("Request", bound=Message)
Reply = TypeVar("Reply", bound=StatusReply)
Group = TypeVar("Group", bound="Calls")


class Calls:
    """What every group of calls works with.

    Parameters
    ----------
    records
        Apps, datasets, models.
    engine
        Evaluations.
    trainings
        Versions in training.
    runner
        Where predictions are made.
    embed
        What embeds uploaded inputs.
    keeper
        What keeps all this in the server's file; None for a server in memory.
    user_id
        The one user there is; "me" means the same.
    pat
        The token that every call must carry.
    """

    def __init__(
        self,
        records: Records,
        engine: Engine,
        user_id: str,
        pat: str,
        *,
        trainings: Trainings,
        runner: TaskRunner,
        embed: Embed,
        keeper: Keeper | None,
    ) -> None:
        self._records = records
        self._engine = engine
        self._trainings = trainings
        self._runner = runner
        self._embed = embed
        self._keeper = keeper
        self._user_id = user_id
        self._pat = pat

    def answer(
        self, name: str, context: ServicerContext, request: Message, fill: Callable[[], status_pb2.Status | None]
    ) -> status_pb2.Status:
        """Let a caller in and fill in its reply; return the reply's status."""
        try:
            self.authenticate(context)
            if "user_app_id" in request.DESCRIPTOR.fields_by_name:
                self.check_user(request.user_app_id.user_id)  # type: ignore[attr-defined]
            with patient_until(_patience(name, context)):
                return fill() or reply_status()
        except ApiError as error:
            return reply_status(error.code, error.details)
        except StillMakingError:
            return make_status(status_code_pb2.TRY_AGAIN, _BEING_MADE, internal_details=MAKING)
        except WorkersStoppedError as error:
            return reply_status(status_code_pb2.INTERNAL_SERVER_ISSUE, str(error))
        except Exception as error:  # noqa: BLE001 - a caller is owed an answer
            _log.info("%s failed", name, exc_info=True)
            return reply_status(status_code_pb2.INTERNAL_SERVER_ISSUE, f"{type(error).__name__}: {error}")

    def forget(self, kind: str, *key: str) -> None:
        """Take what is deleted out of the server's file too: a kind of :meth:`Keeper.forget`, and its ids."""
        if self._keeper is not None:
            self._keeper.forget(kind, *key)

    def keep(self, app: AppRecord) -> None:
        """Put what a call has changed in an app into the server's file too."""
        if self._keeper is not None:
            with self._records.lock:
                if any(one is app for one in self._records.apps()):  # it may have been deleted meanwhile
                    self._keeper.keep_app(app)

    def keep_frozen(self, dataset: DatasetRecord, version: DatasetVersionRecord) -> None:
        """Put a version that was frozen by a call into the server's file too.

        Embeddings of uploads can be made again; those of a dataset that was added whole may be a user's own.
        """
        whole = dataset.input_ids is None
        if self._keeper is None or (whole and (version.origin == MANUAL or not version.whole)):
            return  # those that were added are kept when they are
        if whole:
            version.embeddings.get()  # before the lock: it may take a while
        with self._records.lock:
            self._keeper.keep_dataset(self._records.app(dataset.app_id), dataset, version, embedded=whole)

    def authenticate(self, context: ServicerContext) -> None:
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


def answers(
    reply_type: Callable[[], Reply],
) -> Callable[
    [Callable[[Group, Request, Reply], status_pb2.Status | None]], Callable[[Group, Request, ServicerContext], Reply]
]:
    """Make a gRPC method of one that fills in a reply, or raises what to answer instead.

    A method may return the reply's status where some of what was asked for failed: the reply then says of each what
    became of it.
    """

    def decorate(
        method: Callable[[Group, Request, Reply], status_pb2.Status | None],
    ) -> Callable[[Group, Request, ServicerContext], Reply]:
        @functools.wraps(method)
        def call(self: Group, request: Request, context: ServicerContext) -> Reply:
            reply = reply_type()
            status = self.answer(method.__name__, context, request, lambda: method(self, request, reply))
            if status.code not in _KEEPING:
                reply = reply_type()
            reply.status.CopyFrom(status)
            return reply

        return call

    return decorate


def _patience(name: str, context: ServicerContext) -> float | None:
    """Until when a caller may be kept waiting that would rather be told; None: it waits to the end."""
    patient = PATIENT_HEADER in dict(context.invocation_metadata())
    left = context.time_remaining() if patient and name.startswith(_REPEATABLE) else None
    return None if left is None else time.monotonic() + left / 2
