"""Ids of inputs that were given none: their row numbers, as texts that are made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RowNumbers"]


class RowNumbers(Sequence[str]):
    """``("0", "1", …)``, equal to that tuple; a million texts take as long to make as a quarter of the counting.

    Parameters
    ----------
    size
        How many there are.
    """

    def __init__(self, size: int) -> None:
        self._rows = range(size)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[str, ...]: ...
    def __getitem__(self, row: int | slice) -> str | tuple[str, ...]:
        return tuple(map(str, self._rows[row])) if isinstance(row, slice) else str(self._rows[row])

    def __iter__(self) -> Iterator[str]:
        return map(str, self._rows)

    def __contains__(self, one: object) -> bool:
        return isinstance(one, str) and one.isdecimal() and int(one) < len(self) and str(int(one)) == one

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RowNumbers):
            return len(self) == len(other)
        return isinstance(other, tuple) and len(self) == len(other) and all(map(str.__eq__, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"RowNumbers({len(self)})"
