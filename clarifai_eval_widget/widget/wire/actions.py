"""What the page asks for in messages, and the replies."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.widget.wire.protocol import error_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clarifai_eval_widget.widget.platform.workflow import Controller

__all__ = ["answer"]

_log = logging.getLogger("clarifai_eval_widget")

_ACTIONS: dict[str, Callable[[Controller, Mapping[str, Any]], None]] = {
    "refresh": lambda do, _: do.refresh(),
    "select_app": lambda do, asked: do.select_app(asked["app"]),
    "select_model": lambda do, asked: do.select_model(asked["model"]),
    "calculate": lambda do, asked: do.calculate(asked["version"], asked["dataset"], use_kfold=bool(asked["use_kfold"])),
    "view": lambda do, asked: do.view(asked["run"]),
    "retry": lambda do, asked: do.retry(asked["run"]),
}


def answer(asked: Any, controller: Controller | None, handled: set[str]) -> dict[str, Any] | None:
    """Do what a message asks for and give the reply; None for a message that is no action or came before.

    Parameters
    ----------
    asked
        The message: its ``id``, its ``action``, and the action's arguments.
    controller
        What acts; None where there is no server.
    handled
        The ids already acted on; the message's own is added.
    """
    if not isinstance(asked, dict) or not {"id", "action"} <= asked.keys() or asked["id"] in handled:
        return None
    handled.add(asked["id"])
    try:
        if controller is None:
            raise InvalidRequestError("This widget has no server.")
        if asked["action"] not in _ACTIONS:
            raise InvalidRequestError(f"The page asked for {asked['action']!r}, which this kernel does not know.")
        _ACTIONS[asked["action"]](controller, asked)
    except EvalError as error:
        return {"id": asked["id"], "error": error_json(error)}
    except Exception as error:  # noqa: BLE001 - the page must hear of it rather than wait for ever
        _log.exception("The action %r failed", asked["action"])
        failure = EvalError(f"{type(error).__name__}: {error}. The kernel's log has the traceback.")
        return {"id": asked["id"], "error": error_json(failure)}
    return {"id": asked["id"], "ok": True}
