"""Start an evaluation, once: under an id of one's own that is asked for before anything is sent again."""

from __future__ import annotations

import json
import logging
import math
import re
import secrets
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client import transience
from clarifai_eval_widget.client.connection import SUCCESS
from clarifai_eval_widget.client.defaults import default_use_kfold
from clarifai_eval_widget.client.older import first_known
from clarifai_eval_widget.client.older_starts import DOING, OlderStarts, UncertainStartError
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.client.resources import Owner
from clarifai_eval_widget.client.start_replies import ASK_SECONDS, StartReplies
from clarifai_eval_widget.errors import (
    EvalError,
    InvalidRequestError,
    PermissionDeniedError,
    ThrottledError,
    WrongReplyError,
    error_from_status,
)
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clarifai_grpc.grpc.api import resources_pb2, service_pb2

    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.resources import Dataset, ModelVersion

__all__ = ["MAX_ID_LENGTH", "Starter", "new_evaluation_id", "own_dataset"]

MAX_ID_LENGTH = 48
_log = logging.getLogger("clarifai_eval_widget")

_TRIES = 5
_START_SECONDS = (
    8.0  # a start is taken on at once; one whose reply is lost is asked for by its id before it is repeated
)
_SILENCE_SECONDS = 14.0
"""How long a server may be silent, or out of reach, before that is said; a throttle is no silence."""
_MOST_DOUBLINGS = 3
_READ_ONLY = "One that may only read can view evaluations; to start one, it must also train models and add metrics."


class _Silence:
    """How long a server has let nothing be heard of it, which is bounded; one that answers with a throttle is heard."""

    def __init__(self, most: float, wait: Callable[[float], bool]) -> None:
        self._most = most
        self._wait = wait
        self._ends = time.monotonic() + most

    @property
    def left(self) -> float:
        return self._ends - time.monotonic()

    def cut(self, seconds: float) -> float:
        """So many seconds, or what is left of them."""
        return max(min(seconds, self.left), 0.1)

    def hear(self, error: EvalError) -> None:
        if transience.is_busy(error):
            self._ends = time.monotonic() + self._most + (error.status.retry_after or 0.0)

    def wait(self, seconds: float) -> bool:
        """Wait, unless there is no time left for another try after it."""
        return seconds < self.left and self._wait(seconds)


class _Tries:
    """The tries of one start.

    Parameters
    ----------
    starter
        Asks and sends.
    owner
        Where the evaluation will be.
    asked
        What is asked for, its id included.
    failed
        How often that came to nothing before.
    """

    def __init__(self, starter: Starter, owner: Owner, asked: resources_pb2.EvalMetrics, failed: int) -> None:
        self._starter, self._owner, self._asked = starter, owner, asked
        self._uncertain = failed > 0
        # A server that needs longer gets it, from one try to the next.
        self._patience = _START_SECONDS * 2**failed
        most = math.inf if starter.server_lives else _SILENCE_SECONDS * 2**failed
        self.silence = _Silence(most, starter.wait)
        self._told_at = time.monotonic() + _SILENCE_SECONDS
        self.refused: EvalError | None = None
        """What the last one that was sent failed with."""

    def attempt(self) -> resources_pb2.EvalMetrics:
        """Send it, after asking for it where it may have been taken already."""
        starter, cut = self._starter, self.silence.cut
        found = starter.replies.find(self._owner, self._asked, cut(ASK_SECONDS)) if self._uncertain else None
        if found is None and isinstance(self.refused, WrongReplyError):
            raise self.refused  # it may have begun under the id that was not believed: not a second time
        self._uncertain, allowed = True, cut(self._patience)
        self._patience *= 2
        try:
            return found or starter.post(self._owner, self._asked, allowed)
        except EvalError as error:
            self.refused = error
            self._uncertain = not isinstance(error, ThrottledError)  # which says itself that it has not taken it
            raise

    def again(self, error: EvalError) -> bool:
        """Whether another try may help."""
        self.silence.hear(error)
        uncertain = isinstance(error, UncertainStartError)  # whether to risk a second one, a person decides
        if self._starter.server_lives and time.monotonic() >= self._told_at:
            self._told_at = math.inf
            _log.warning("The local server has not taken on the evaluation %r yet: it is asked again.", self._asked.id)
        return transience.is_transient(error) and not uncertain and not self._starter.server_stopped()


class Starter:
    """Starts evaluations and remembers those of which it could not learn whether they have begun.

    When the reply to a start is lost, the server may have taken it or not. It is then asked for the evaluation's id,
    and only when it knows none of that id the start is sent again, under the same id. When even that cannot be learnt,
    the id is kept: the next start of the same kind asks for it first, and waits longer.

    Parameters
    ----------
    connection
        Where to start them.
    server_stopped
        Whether the server is known to be gone for good.
    wait
        Waits so many seconds; False: do not go on.
    is_known
        Whether an id of an owner's is that of an evaluation that was known before.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        server_stopped: Callable[[], bool],
        wait: Callable[[float], bool],
        is_known: Callable[[Owner, str], bool],
    ) -> None:
        self._connection = connection
        self.replies = StartReplies(connection, is_known)
        self.server_stopped = server_stopped
        self.wait = wait
        self._older = OlderStarts(connection)
        self._lock = threading.Lock()
        self._unsettled: dict[str, tuple[str, int]] = {}
        """By what was asked for: the id it was sent under, and how often that came to nothing."""

    def start(
        self, version: ModelVersion, truth: Dataset | None, params: Mapping[str, Any], *, pace: float
    ) -> resources_pb2.EvalMetrics:
        """Start an evaluation and return what is known of it.

        Raises
        ------
        EvalError
            When the server refuses, or it could not be learnt whether it has taken it.
        """
        chosen = {"use_kfold": default_use_kfold(version, truth), **params}
        on = truth and (truth.key, truth.version_id)
        asked = _evaluation(new_evaluation_id(version, truth), version, truth, chosen)
        kind = json.dumps([version.key, on, sorted(chosen.items(), key=str)], default=str)
        with self._lock:
            asked.id, failed = self._unsettled.pop(kind, (asked.id, 0))
        owner = Owner(version.user_id, version.app_id)
        tries = _Tries(self, owner, asked, failed)
        try:
            return transience.patiently(
                tries.attempt, tries=_TRIES, pace=pace, wait=tries.silence.wait, again=tries.again
            )
        except PermissionDeniedError as error:
            words = replace(error.status, advice=f"{error.status.advice} {_READ_ONLY}".strip())
            raise PermissionDeniedError(f"{error.message} {_READ_ONLY}", status=words) from error
        except EvalError as error:
            if not transience.is_transient(error):
                raise
            self._keep(kind, asked.id, failed + 1)
            raise tries.refused or error from None  # that it could not be asked for is no news beside that
        except BaseException:  # Ctrl+C: the server may have taken it
            self._keep(kind, asked.id, failed + 1)
            _log.warning(
                "Interrupted while the evaluation %r was being started: the server may have begun it. The same start "
                "again asks for it before it sends anything.",
                asked.id,
            )
            raise

    @property
    def server_lives(self) -> bool:
        """Whether the server runs in this very process: it is slow where it does not answer, and not gone."""
        return self._connection.lives_here()

    def _keep(self, kind: str, evaluation_id: str, failed: int) -> None:
        with self._lock:
            self._unsettled[kind] = evaluation_id, min(failed, _MOST_DOUBLINGS)

    def post(self, owner: Owner, asked: resources_pb2.EvalMetrics, seconds: float) -> resources_pb2.EvalMetrics:
        """Send the start and return what the server says of the evaluation."""
        from clarifai_grpc.grpc.api import resources_pb2

        deadline, checked = min(seconds, self._connection.deadline), self.replies.checked
        reply = first_known(
            self._connection,
            {
                "PostEvaluations": lambda: checked(owner, asked, self._post_now(owner, asked, deadline)),
                "PostModelVersionEvaluations": lambda: checked(owner, asked, self._older.post(owner, asked, deadline)),
                "PostModelVersionMetrics": lambda: self._older.post_oldest(owner, asked, deadline),
            },
        )
        # One evaluation was asked for: the first entry is it, under the id that the server has given it.
        told = reply.eval_metrics[0] if reply.eval_metrics else None
        if told is None:
            if reply.status.code != SUCCESS:
                raise error_from_status(reply.status, doing=DOING)
            told = resources_pb2.EvalMetrics()
        if Progress.from_proto(told, started=True).status == "failed":
            raise error_from_status(told.status, doing=DOING)
        asked.id = told.id or asked.id
        asked.status.CopyFrom(told.status)
        asked.app_id, asked.user_id = told.app_id or owner.app_id, told.user_id or owner.user_id
        return asked

    def _post_now(
        self, owner: Owner, asked: resources_pb2.EvalMetrics, deadline: float
    ) -> service_pb2.MultiEvalMetricsResponse:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.PostEvaluationsRequest(user_app_id=owner.to_proto(), eval_metrics=[asked])
        return self._connection.call(
            lambda service: service.PostEvaluations, request, doing=DOING, partial=True, deadline=deadline
        )


def own_dataset(version: ModelVersion) -> Dataset:
    """The dataset a version was trained on."""
    if version.training_dataset is None:
        raise InvalidRequestError(f"The server does not say on what {version.id!r} was trained: give the dataset.")
    return version.training_dataset


def new_evaluation_id(version: ModelVersion, dataset: Dataset | None) -> str:
    """An id that a person can read and that no other start shares: re-using one would overwrite a result."""
    words = [version.model_id, "on", dataset.id if dataset is not None else "own-data"]
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", "-".join(words)).strip("-")
    unique = f"{datetime.now(UTC):%m%d-%H%M%S}-{secrets.token_hex(3)}"
    return f"{readable[: MAX_ID_LENGTH - len(unique) - 1].rstrip('-')}-{unique}"


def _evaluation(
    evaluation_id: str, version: ModelVersion, truth: Dataset | None, params: Mapping[str, Any]
) -> resources_pb2.EvalMetrics:
    """Write what is to be evaluated, on what, and how."""
    from clarifai_grpc.grpc.api import resources_pb2

    model = resources_pb2.Model(id=version.model_id, app_id=version.app_id, user_id=version.user_id)
    model.model_version.id = version.id
    asked = resources_pb2.EvalMetrics(id=evaluation_id, model=model)
    _write_params(asked, params)
    if truth is not None:
        asked.ground_truth_dataset.id = truth.id
        asked.ground_truth_dataset.app_id = truth.app_id
        asked.ground_truth_dataset.user_id = truth.user_id
        if truth.version_id:
            asked.ground_truth_dataset.version.id = truth.version_id
    return asked


def _write_params(asked: resources_pb2.EvalMetrics, params: Mapping[str, Any]) -> None:
    """Write the parameters, or say which of them JSON could not hold."""
    from google.protobuf.message import DecodeError

    for name, value in params.items():
        if not isinstance(name, str):
            raise InvalidRequestError(f"Parameters are named by text, not by {quoted(name)}.")
        try:
            asked.eval_info.params[name] = value
            _read_back(asked)  # what is nested too deeply can be written, but by nobody read
        except (ValueError, TypeError, RecursionError, DecodeError) as error:
            shown = "nested so deeply" if isinstance(error, RecursionError | DecodeError) else quoted(value)
            raise InvalidRequestError(
                f"The parameter {quoted(name)} cannot be {shown}, which cannot be sent ({error}): give None, True, "
                "False, a number, text, or a list or dict of these."
            ) from error


def _read_back(asked: resources_pb2.EvalMetrics) -> None:
    from clarifai_grpc.grpc.api import service_pb2

    request = service_pb2.PostEvaluationsRequest(eval_metrics=[asked])
    service_pb2.PostEvaluationsRequest.FromString(request.SerializeToString())
