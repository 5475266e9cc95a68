"""The page's files, read with the widget: they fit its payloads though the package is installed anew meanwhile."""

from __future__ import annotations

from pathlib import Path

from clarifai_eval_widget.errors import NotBuiltError

__all__ = ["CSS", "ESM", "LATE"]

_PACKAGE = Path(__file__).parents[1]


def _read(name: str) -> bytes:
    path = _PACKAGE / "static" / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotBuiltError(
            f"The page's {name} is not in {str(path.parent)!r}: these are the package's sources, and what the browser "
            f"shows is built from them when they are installed. Run `pip install {_PACKAGE.parent}`, or `npm ci` and "
            f"`npm run build` in {str(_PACKAGE.parent / 'js')!r}."
        ) from None


ESM = _read("widget.js").decode()
"""What a page starts with."""
CSS = _read("widget.css").decode()
"""Its style."""
LATE = _read("late.js")
"""What it asks for later."""
