"""The page's files, read with the widget: they fit its payloads though the package is installed anew meanwhile."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CSS", "ESM", "LATE"]

_STATIC = Path(__file__).parents[1] / "static"

ESM = (_STATIC / "widget.js").read_text(encoding="utf-8")
"""What a page starts with."""
CSS = (_STATIC / "widget.css").read_text(encoding="utf-8")
"""Its style."""
LATE = (_STATIC / "late.js").read_bytes()
"""What it asks for later."""
