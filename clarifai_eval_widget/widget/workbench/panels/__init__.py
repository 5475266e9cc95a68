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
    """Find every panel, by name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Panel] = [import_module(f"{__name__}.{name}").PANEL for name in names]
    return {panel.name: panel for panel in found}
