"""What lists do not have: those that a key may not read, and what was picked and is in them no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from clarifai_eval_widget.errors import EvalError, NotFoundError, PermissionDeniedError
from clarifai_eval_widget.widget.wire.failures import failure
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.widget.wire.contract import ListName, Problem

__all__ = ["RefusedLists", "gone"]

T = TypeVar("T")


class RefusedLists:
    """Keeps which lists the server refuses to the key, from each list's last loading."""

    def __init__(self) -> None:
        self._refused: dict[ListName, EvalError] = {}

    def load(
        self, what: ListName, ask: Callable[[], list[T]], *, refusals: tuple[type[EvalError], ...] = ()
    ) -> list[T]:
        """Load a list; one that the key may not have is empty, and noted.

        Parameters
        ----------
        what
            Which list.
        ask
            Asks the server for it.
        refusals
            What else than a lack of permission means that only this list cannot be had.

        Raises
        ------
        EvalError
            When something else than a refusal keeps the list from being had.
        """
        meant: tuple[type[EvalError], ...] = (PermissionDeniedError, *refusals)
        try:
            found = ask()
        except meant as error:
            self._refused[what] = error
            return []
        self._refused.pop(what, None)
        return found

    def clear(self) -> None:
        """Forget what another server, or another key, was refused."""
        self._refused.clear()

    def refuses(self, what: ListName) -> bool:
        """Whether a list was refused when it was last asked for."""
        return what in self._refused

    @property
    def problem(self) -> Problem | None:
        """What to say of the lists that are missing; None when there are none."""
        if not self._refused:
            return None
        first = next(iter(self._refused.values()))
        said, names = failure(first), listed(self._refused)
        lacking = first.status.grpc == "UNIMPLEMENTED"
        return {
            **said,
            "title": f"This {'server cannot' if lacking else 'key may not'} list {names}",
            "message": f"{said['message']} What else there is can be used."
            + ("" if lacking else " For the rest, give the key more scopes."),
            "retry": False,
            "action": "",
            "lists": list(self._refused),
        }


def gone(kind: Literal["app", "model", "version"], name: str, now: str) -> Problem:
    """Say that what was picked is listed no longer, so that the pickers have moved on by themselves.

    Parameters
    ----------
    kind
        What it was.
    name
        What it was called.
    now
        What is picked in its place; empty when there is nothing.
    """
    instead = f"{now!r} is shown in its place." if now else f"There is no other {kind} here."
    said = failure(NotFoundError(f"It was deleted, or this key may not read it any more. {instead}"))
    return {**said, "title": f"The {kind} {name!r} is no longer listed", "retry": False, "action": "", "lists": []}
