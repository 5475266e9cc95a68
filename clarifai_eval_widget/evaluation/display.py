"""What drawing gives back."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.text import Text

__all__ = ["Display"]


@dataclass(frozen=True, eq=False)
class Display:
    """A figure that was drawn, in the manner of scikit-learn's displays."""

    ax_: Axes
    """The axes drawn on."""
    figure_: Figure | SubFigure
    """The figure that holds them."""
    caption_: Text
    """The line below: what the numbers were counted from, and how many."""

    def __repr__(self) -> str:
        return f"Display({self.ax_.get_title(loc='left')!r})"

    def _repr_html_(self) -> str:
        # The drawing itself is shown by Matplotlib.
        return f"<p><b>{escape(self.ax_.get_title(loc='left'))}</b>: {escape(self.caption_.get_text())}</p>"
