"""What is on screen as a Matplotlib figure, which shows itself in a notebook whether or not pyplot was imported."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from clarifai_eval_widget.widget.export.baking import Shown

__all__ = ["ScreenFigure", "draw", "png"]


class ScreenFigure(Figure):
    """A figure that no window or backend knows: a notebook gets its picture from itself."""

    def _repr_png_(self) -> bytes:
        # Without pyplot nothing has told IPython how to show a figure, and a cell would print its size.
        return png(self, 100)


def draw(shown: Shown) -> ScreenFigure:
    """Draw ROC and threshold sweep of what is on screen, each concept at its threshold."""
    figure = ScreenFigure(figsize=(11, 5), layout="constrained")
    left, right = figure.subplots(1, 2, subplot_kw={"box_aspect": 1})
    shown.evaluation.plot_roc(concept=shown.concept, threshold=shown.at, ax=left)
    shown.evaluation.plot_threshold_sweep(concept=shown.concept, threshold=shown.at, ax=right)
    return figure


def png(figure: Figure, dpi: int) -> bytes:
    """Write a figure as PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi)
    return file.getvalue()
