"""Requests of the page, and their replies by id."""

from __future__ import annotations

import base64
import logging
import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_type_hints

from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.widget.wire.contract import Action, Reply
from clarifai_eval_widget.widget.wire.failures import failure, unexpected
from clarifai_eval_widget.widget.wire.shape import can_be_sent, mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Answer", "Handler", "Requests"]

_log = logging.getLogger("clarifai_eval_widget")
_SHAPE = "a request is an object with an id, which is text, and an action."
_REMEMBERED = 1000  # a page sends a message again within seconds, if it does

Message = TypeVar("Message")


def _action(message: type) -> str:
    """The name a message's type gives its action."""
    return str(get_args(get_type_hints(message)["action"])[0])


_KNOWN = {_action(message): message for message in get_args(Action)}


@dataclass(frozen=True)
class Handler(Generic[Message]):
    """Who does what a message asks for."""

    message: type[Message]
    """The message's type in the contract."""
    do: Callable[[Message], Sequence[bytes] | Future[Sequence[bytes]] | None]
    """Do it; gives the reply's buffers, or None, or a future of them where that takes long: nothing else of the page
    waits for it then. May be called on a thread of its own, beside the user's code."""


@dataclass(frozen=True)
class Answer:
    """A reply with its buffers."""

    reply: Reply
    buffers: list[bytes] = field(default_factory=list)


def _answer(request_id: str, buffers: Sequence[bytes], *, as_text: bool) -> Answer:
    """Give the buffers, in a host that drops those of messages as text."""
    reply: Reply = {"id": request_id, "ok": True}
    if buffers:
        reply["buffers"] = len(buffers)
    if as_text and buffers:
        reply["base64"] = [base64.b64encode(one).decode("ascii") for one in buffers]
        return Answer(reply)
    return Answer(reply, list(buffers))


def _refusal(request_id: str, action: object, error: BaseException) -> Answer:
    """Say what went wrong; what nobody foresaw is in the log, too."""
    if isinstance(error, EvalError):
        return Answer({"id": request_id, "error": failure(error)})
    _log.error("The request %r failed", action, exc_info=error)
    return Answer({"id": request_id, "error": failure(unexpected(error))})


class Requests:
    """Has messages done, each once, and answers every one that can be answered.

    Parameters
    ----------
    handlers
        What the halves of the widget do.
    """

    def __init__(self, handlers: Iterable[Handler[Any]]) -> None:
        self._handlers = {_action(handler.message): handler for handler in handlers}
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def answer(self, message: object) -> Answer | Future[Answer] | None:
        """Do what a message asks for.

        Parameters
        ----------
        message
            What came from the page, of any shape.

        Returns
        -------
        Answer, Future of an Answer, or None
            A future, which never fails, where the answer takes long. None for a message that came before, which has
            its answer. One without an id that an answer can carry is refused under the empty id, and not acted on.
        """
        told = message if isinstance(message, dict) else {}
        request_id = told.get("id")
        if not isinstance(request_id, str) or not request_id or not can_be_sent(request_id):
            return _refusal("", "", InvalidRequestError(f"The page sent what has no id to answer to: {_SHAPE}"))
        if not self._is_new(request_id):
            return None
        if "action" not in told:
            return _refusal(request_id, "", InvalidRequestError(f"The page sent what asks for nothing: {_SHAPE}"))
        message = told
        as_text = message.get("base64") is True
        try:
            done = self._do(message)
        except Exception as error:  # noqa: BLE001 - the page must hear of it rather than wait for ever
            return _refusal(request_id, message["action"], error)
        if not isinstance(done, Future):
            return _answer(request_id, done or (), as_text=as_text)
        later: Future[Answer] = Future()

        def settle(made: Future[Sequence[bytes]]) -> None:
            error = made.exception()
            failed = error and _refusal(request_id, message["action"], error)
            later.set_result(failed or _answer(request_id, made.result(), as_text=as_text))

        done.add_done_callback(settle)
        return later

    def _do(self, message: dict[Any, Any]) -> Sequence[bytes] | Future[Sequence[bytes]] | None:
        action = message["action"]
        if not isinstance(action, str) or action not in _KNOWN:
            raise InvalidRequestError(f"The page asked for {action!r}, which this kernel does not know.")
        if action not in self._handlers:
            raise InvalidRequestError("This widget shows a given evaluation: it has no server to ask or to act on.")
        handler = self._handlers[action]
        if said := mismatch(message, handler.message):
            raise InvalidRequestError(f"The page's {action!r} cannot be read: {said}.")
        texts = {name: message[name] for name in get_type_hints(handler.message) if isinstance(message.get(name), str)}
        if broken := [name for name, text in texts.items() if not can_be_sent(text)]:
            raise InvalidRequestError(f"The page's {action!r} cannot be used: {broken[0]} is not whole text.")
        return handler.do(message)

    def _is_new(self, request_id: str) -> bool:
        with self._lock:
            if request_id in self._seen:
                return False
            self._seen[request_id] = None
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            return True
