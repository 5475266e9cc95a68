"""Text that is used but never shown."""

from __future__ import annotations

from typing import SupportsIndex

__all__ = ["Hidden"]


class Hidden(str):
    """A key: a string like any other, but for its repr.

    Tracebacks, loggers and debuggers show local variables by their repr; a key that lies in a frame as one of these,
    or in a tuple or dict of them, is not shown with it. Parts of it are hidden too.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'(hidden)'" if self else "''"

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        return Hidden(super().__getitem__(key))

    def __add__(self, other: str) -> Hidden:
        return Hidden(super().__add__(other))

    def __radd__(self, other: str) -> Hidden:
        return Hidden(other + str(self))

    def strip(self, chars: str | None = None) -> Hidden:
        """Take characters away at both ends."""
        return Hidden(super().strip(chars))
