"""The concept ids of an evaluation, as what users give them to expects them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["ConceptIds"]


class ConceptIds(Sequence[str]):
    """Ids of concepts, in their order; equal to the tuple of them.

    Not a tuple, which two users of ids take for something else: ``interact(f, concept=e.concepts)`` for the ends of a
    slider, and ``e.scores[e.concepts]`` for one column's name.

    Parameters
    ----------
    ids
        The ids.
    """

    __slots__ = ("_ids",)

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = tuple(ids)

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        return self._ids[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __contains__(self, one: object) -> bool:
        return one in self._ids

    def __add__(self, others: Iterable[str]) -> tuple[str, ...]:
        return (*self._ids, *others)

    def __radd__(self, others: Iterable[str]) -> tuple[str, ...]:
        return (*others, *self._ids)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ConceptIds):
            return self._ids == other._ids
        return isinstance(other, tuple) and self._ids == other

    def __hash__(self) -> int:
        return hash(self._ids)

    def __repr__(self) -> str:
        return repr(self._ids)
