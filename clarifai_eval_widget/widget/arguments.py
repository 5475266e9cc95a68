"""What the widget is given in Python, checked before anything is started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.words import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ARGUMENTS", "check_arguments", "checked_params", "checked_slice", "refuse_unknown"]

ARGUMENTS = (
    "client",
    "evaluation",
    "app",
    "model",
    "model_version",
    "dataset",
    "dataset_version",
    "threshold",
    "concept",
)
"""The keywords of EvalWidget."""


_CHOSEN = {"app", "model", "model_version", "dataset", "dataset_version", "threshold", "concept"}


def checked_params(params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Refuse parameters that are chosen elsewhere or of the wrong kind."""
    given = dict(params or {})
    if elsewhere := _CHOSEN & given.keys():
        name = elsewhere.pop()
        raise InvalidRequestError(f"{name} is not a parameter here: set w.{name} first, or give it to EvalWidget.")
    if not isinstance(given.get("use_kfold", True), bool):
        raise InvalidRequestError(f"use_kfold is True or False, not {given['use_kfold']!r}.")
    if elsewhere := {"dataset_id", "dataset_version_id"} & given.keys():
        raise InvalidRequestError(f"{elsewhere.pop()} is not a parameter here: set w.dataset and w.dataset_version.")
    return given


def checked_slice(given: Any) -> dict[str, Any]:
    """Take what ``slice`` is set to: values by field, or a table of inputs such as ``selection``."""
    if hasattr(given, "columns") and "input_id" in given.columns:
        return {"input_id": list(given["input_id"])}
    if not isinstance(given, Mapping):
        raise InvalidRequestError(
            f"slice takes values by field, such as {{'fold': 1}}, a table with the column input_id such as selection, "
            f"or None for all inputs; not {given!r}."
        )
    return dict(given)


def check_arguments(client: Any, evaluation: Any, chosen: Sequence[Any]) -> None:
    """Refuse what cannot go together, or is of another kind, before anything is started."""
    if client is not None and not hasattr(client, "start_evaluation"):
        if hasattr(client, "client"):
            hint = "Give its client: EvalWidget(server.client())."
        elif hasattr(client, "concepts"):
            hint = "Give it by its keyword: EvalWidget(evaluation=…)."
        else:
            hint = "With a token: EvalWidget(EvalClient(pat=…))."
        raise TypeError(f"EvalWidget takes an EvalClient first, not a {type(client).__name__}. {hint}")
    if evaluation is None:
        return
    if not hasattr(evaluation, "concepts"):
        raise TypeError(
            f"evaluation= takes an Evaluation, not a {type(evaluation).__name__}. "
            "Make one with Evaluation.from_scores(…)."
        )
    if client is not None or any(one is not None for one in chosen):
        raise TypeError("EvalWidget(evaluation=…) has no server: give no client, model or dataset beside it.")


def refuse_unknown(unknown: Mapping[str, Any]) -> None:
    """Refuse keywords that the widget does not have, with the one that was probably meant."""
    for name in unknown:
        near = nearest(name, ARGUMENTS, most=1, cutoff=0.6)
        hint = f" Did you mean {near[0]!r}?" if near else f" It takes {', '.join(ARGUMENTS)}."
        raise TypeError(f"EvalWidget got an unexpected keyword {name!r}.{hint}")
