"""How results print: in one line, with no more digits than are read."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

__all__ = ["Brief"]

_IN_FULL = {"threshold", "low", "high"}  # thresholds: only all their digits count the same again


class Brief:
    """A result that prints in one line: figures to four digits, thresholds in all theirs, without what says nothing.

    Of a dataclass that is declared with ``repr=False``.
    """

    def __repr__(self) -> str:
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.repr}  # type: ignore[arg-type]
        said = [f"{name}={_brief(name, value)}" for name, value in told.items() if not _says_nothing(value)]
        return f"{type(self).__name__}({', '.join(said)})"


def _says_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str | tuple) and not value)


def _brief(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(_brief(name, one) for one in value)}{',' if len(value) == 1 else ''})"
    if isinstance(value, float) and name not in _IN_FULL:  # NumPy's float64, too
        return f"{float(value):.4g}"
    return repr(value.item() if hasattr(value, "item") else value)
