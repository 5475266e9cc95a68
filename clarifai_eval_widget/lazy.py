"""Names of a room that are imported when they are first asked for, and packages that they need. Knows nobody."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["LOCAL", "lazily", "missing"]

LOCAL = {"sklearn": "scikit-learn", "joblib": "joblib"}
"""What the room ``local`` cannot do without: the project of each module."""


def missing(packages: Mapping[str, str]) -> list[str]:
    """The projects, in that order, whose module is not installed here; nothing is imported to find out."""
    return [project for module, project in packages.items() if not _is_here(module)]


def _is_here(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:  # something keeps it out, and says so when asked already
        return False


def lazily(names: dict[str, Any], homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a room's ``__getattr__``, which imports a name from its home and keeps it among the room's names.

    Assign it where no type checker looks (``if not TYPE_CHECKING``): one that sees a module's ``__getattr__`` takes
    every name for one of the module's, misspelt ones too.

    Parameters
    ----------
    names
        The room's ``globals()``.
    homes
        The module in the room that holds each public name, as ``"work.engine"``.
    """
    room = names["__name__"]

    def found(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        names[name] = getattr(import_module(f"{room}.{homes[name]}"), name)
        return names[name]

    return found
