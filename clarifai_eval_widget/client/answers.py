"""Whether a reply is about what was asked for: a proxy or a cache in between may mix replies up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import WrongReplyError

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2

__all__ = ["check_answer", "check_evaluates"]


def check_answer(what: str, told: str, asked: str) -> None:
    """Refuse a reply that names another than was asked for; one that names none is taken.

    Parameters
    ----------
    what
        What kind of thing it is, for the message.
    told, asked
        The ids in the reply and in the request.

    Raises
    ------
    WrongReplyError
        When they differ.
    """
    if told and told != asked:
        raise WrongReplyError(
            f"The server answered with the {what} {told!r} when it was asked for {asked!r}: that reply is not used. "
            "Try again; if it stays so, a proxy in between mixes up replies."
        )


def check_evaluates(told: resources_pb2.EvalMetrics, asked: resources_pb2.EvalMetrics) -> None:
    """Refuse the reply to a start that names another model, version or dataset; what was left open may be anything.

    Raises
    ------
    WrongReplyError
        When it does.
    """
    for what, one, other in (
        ("model", told.model.id, asked.model.id),
        ("version", told.model.model_version.id, asked.model.model_version.id),
        ("dataset", told.ground_truth_dataset.id, asked.ground_truth_dataset.id),
        ("dataset version", told.ground_truth_dataset.version.id, asked.ground_truth_dataset.version.id),
    ):
        if other:
            check_answer(what, one, other)
