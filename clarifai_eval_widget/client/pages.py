"""Walk a listing page by page, in few calls, as far as is wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from clarifai_eval_widget.client import transience
from clarifai_eval_widget.client.channel import StatusReply
from clarifai_eval_widget.errors import EvalError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from clarifai_eval_widget.client.channel import Method
    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.service import Service

__all__ = ["DEFAULT_PER_PAGE", "PER_PAGE", "Listing", "Pages", "not_among"]

PER_PAGE = 1000
"""Entries asked for in a page: the most that the documentation allows."""
DEFAULT_PER_PAGE = 128
"""The documented default, for a server that refuses more."""
MOST_PAGES = 1000
_TRIES, _PACE = 6, 0.5

# How long pages are where somebody has set a limit.
_PAGE_SIZES = frozenset(
    {10, 15, 16, 20, 24, 25, 30, 32, 40, 48, 50, 60, 64, 75, 80, 96, 100, 128, 200, 250, 256, 500, 512}
)

Request = TypeVar("Request")
Reply = TypeVar("Reply", bound=StatusReply)
T = TypeVar("T")
U = TypeVar("U")


class Listing(Generic[T]):
    """What a server lists: an iterable of all, of which a page is asked for only once something of it is wanted.

    Parameters
    ----------
    read
        Reads the next page, and says whether it is the last; after an error, the same page again.
    """

    def __init__(self, read: Callable[[], tuple[Sequence[T], bool]]) -> None:
        self._read = read
        self.is_whole = False
        """Whether all pages have been read."""

    def next(self) -> Sequence[T]:
        """Read a page more; nothing where there is none.

        Raises
        ------
        EvalError
            When it cannot be had, or there is no end of pages.
        """
        if self.is_whole:
            return ()
        found, self.is_whole = self._read()
        return found

    def __iter__(self) -> Iterator[T]:
        while not self.is_whole:
            yield from self.next()

    def each(self, convert: Callable[[T], U | None]) -> Listing[U]:
        """Make a listing of what the entries are converted into, without those that are None."""

        def read() -> tuple[Sequence[U], bool]:
            found = [one for one in map(convert, self.next()) if one is not None]
            return found, self.is_whole

        return Listing(read)


class Pages:
    """Walks the listings of one server, through its throttles.

    Parameters
    ----------
    connection
        Where to ask.

    Notes
    -----
    The platform pages by number and size, and fills every page but the last; the official SDK asks on until a page is
    empty. Here a page that is shorter than asked for is taken as the last, which saves that call, unless the server
    may have cut it at a limit of its own: when it is as long as pages usually are (10, 20, 25, 50, 100, 128, …) and no
    longer page has come from this server, the next one is asked for as well.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._per_page = PER_PAGE
        self._longest = 0

    def entries(
        self,
        call: Callable[[Service], Method[Request, Reply]],
        ask: Callable[..., Request],
        entries: Callable[[Reply], Sequence[T]],
        what: str,
        at_most: int = PER_PAGE,
    ) -> Listing[T]:
        """Make a listing.

        Parameters
        ----------
        call
            Picks the call of the service.
        ask
            Makes its request for a ``page`` of ``per_page`` entries.
        entries
            Picks the entries of a reply.
        what
            What is listed, for messages.
        at_most
            Entries of a page, where fewer are wanted than the server would give.
        """

        def page(number: int, per_page: int) -> Sequence[T]:
            request = ask(page=number, per_page=per_page)
            return entries(self._connection.call(call, request, doing=f"list {what}", partial=True))

        number, seen = 0, set[tuple[str, ...]]()
        previous = list[T]()

        def read() -> tuple[Sequence[T], bool]:
            nonlocal number, previous
            if number == MOST_PAGES:
                raise EvalError(
                    f"The server's list of {what} has no end: {number:,} pages were read. Name the app, to list fewer."
                )
            found = (
                self.ask(partial(page, number + 1, min(self._per_page, at_most)))
                if number
                else self._first(page, at_most)
            )
            # A server that ignores the page's number ends the walk too.
            if not found or list(found) == previous:
                return (), True
            number, previous = number + 1, list(found)
            new = not_among(found, seen)
            return new, not new or self._is_last(len(found), at_most)

        return Listing(read)

    def ask(self, call: Callable[[], T]) -> T:
        """Make a call that reads; a server that is busy is asked again, later and later, for about half a minute."""
        return transience.patiently(
            call, tries=_TRIES, pace=_PACE, wait=self._connection.wait, again=transience.is_busy
        )

    def _first(self, page: Callable[[int, int], Sequence[T]], at_most: int) -> Sequence[T]:
        per_page = min(self._per_page, at_most)
        try:
            return self.ask(partial(page, 1, per_page))
        except InvalidRequestError:
            if per_page <= DEFAULT_PER_PAGE:
                raise
        found = self.ask(partial(page, 1, DEFAULT_PER_PAGE))
        self._per_page = DEFAULT_PER_PAGE
        return found

    def _is_last(self, length: int, at_most: int) -> bool:
        is_cut = length >= min(self._per_page, at_most) or (length in _PAGE_SIZES and length >= self._longest)
        self._longest = max(self._longest, length)
        return not is_cut


def not_among(found: Sequence[T], seen: set[tuple[str, ...]]) -> list[T]:
    """Leave out what has been listed, and note the rest: what is added meanwhile moves others to the page after."""
    new = []
    for one in found:
        named = getattr(one, "input", one)  # of an input in a dataset, only the input has an id
        identity = tuple(str(getattr(named, name, "")) for name in ("user_id", "app_id", "id"))
        if not identity[-1] or identity not in seen:
            new.append(one)
        seen.add(identity)
    return new
