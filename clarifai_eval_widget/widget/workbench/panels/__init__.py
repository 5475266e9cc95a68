"""The panels, and how they are found.

A panel is one module here with a ``PANEL``, and one folder of ``js/src/workbench/panels/`` of the same name. Nothing
else lists them.
"""

from __future__ import annotations

import functools
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.widget.workbench.panel import Panel

__all__ = ["all_panels"]


@functools.cache
def all_panels() -> Mapping[str, Panel]:
    """Find every panel, by name, in alphabetical order.

    Raises
    ------
    ValueError
        When a panel's name is not its module's, which its folder on the page has too and no two panels can share.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: _panel(name) for name in names}


def _panel(module: str) -> Panel:
    found: Panel = import_module(f"{__name__}.{module}").PANEL
    if found.name != module:
        raise ValueError(f"The PANEL of panels/{module}.py is named {found.name!r}: name it {module!r}, as its module.")
    return found
