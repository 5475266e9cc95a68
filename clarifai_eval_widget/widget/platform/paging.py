"""Lists that are longer than a page of the server's: how far they have been read."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from clarifai_eval_widget.client.transience import is_transient
from clarifai_eval_widget.errors import EvalError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.pages import Listing
    from clarifai_eval_widget.client.resources import Model, ModelVersion
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import ListName

__all__ = ["VERSIONS", "Paging", "distinct", "searched", "unless_refused", "versions_by_id"]

VERSIONS = 100
"""Versions of a model in a page: each is a line with its own controls."""

T = TypeVar("T")


class Paging:
    """Keeps the listings that have been begun, and in the trait ``more`` which of them go on.

    Parameters
    ----------
    screen
        Its trait is set from here.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._begun: dict[ListName, Listing[Any]] = {}

    def begin(self, what: ListName, listing: Listing[T]) -> list[T]:
        """Read the first page of a list, and remember where it ended."""
        self._begun.pop(what, None)
        found = _page(listing)
        self._begun[what] = listing
        self._tell()
        return found

    def more(self, what: ListName, find: Callable[[], Listing[T]] | None = None, search: str = "") -> list[T]:
        """Read the next page of a list, or where something is searched for, the first of what the server finds."""
        listing: Listing[T] | None = find() if search and find else self._begun.get(what)
        page = _page(listing) if listing is not None else []
        self._tell()
        return page

    def has_more(self, what: ListName) -> bool:
        """Whether the server has more of a list than has been read."""
        return what in self._begun and not self._begun[what].is_whole

    def clear(self) -> None:
        """Forget what another server listed."""
        self._begun.clear()
        self._tell()

    def _tell(self) -> None:
        self._screen.publish(more=[what for what, listing in self._begun.items() if not listing.is_whole])


def searched(search: Callable[[], Listing[T]], is_meant: Callable[[T], bool]) -> list[T]:
    """Look for one entry by the server's search; nothing where that does not find it, or is not to be had."""
    return unless_refused(lambda: [one for one in _page(search()) if is_meant(one)])


def unless_refused(ask: Callable[[], list[T]]) -> list[T]:
    """What is asked for; nothing where the server does not have or tell it, and an error where it may yet answer."""
    try:
        return ask()
    except EvalError as error:
        if is_transient(error):
            raise
        return []


def distinct(listed: Iterable[T], key: Callable[[T], Hashable] = attrgetter("id")) -> list[T]:
    """Each once, as it came first: between two pages entries may move, and a server may tell one twice in a page."""
    found: dict[Hashable, T] = {}
    for one in listed:
        found.setdefault(key(one), one)
    return list(found.values())


def versions_by_id(client: EvalClient, model: Model, version_id: str) -> list[ModelVersion]:
    """The version of a model that has this id, if there is one."""
    return unless_refused(lambda: [client.version_of(model, version_id)])


def _page(listing: Listing[T]) -> list[T]:
    """Read a page that has something in it, where there is one: entries of other owners are left out."""
    while True:
        found = list(listing.next())
        if found or listing.is_whole:
            return found
