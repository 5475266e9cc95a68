"""Servers that know only the older calls: try the present one, and remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from clarifai_eval_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clarifai_eval_widget.client.connection import Connection

__all__ = ["first_known"]

T = TypeVar("T")


def first_known(connection: Connection, ways: Mapping[str, Callable[[], T]]) -> T:
    """Do something the first way that the server has a call for.

    Parameters
    ----------
    connection
        Where to ask; it remembers which calls the server does not have.
    ways
        By the call's name, how to make it; the present one first.

    Raises
    ------
    EvalError
        When the server has none of them, or what the call raises that it has.
    """
    names = [name for name in ways if name not in connection.lacking] or list(ways)[:1]
    for name in names:
        try:
            return ways[name]()
        except InvalidRequestError as error:
            if error.status.grpc != "UNIMPLEMENTED":
                raise
            connection.lacking.add(name)
            if name == names[-1]:
                raise
    raise AssertionError("there is always a way to try")
