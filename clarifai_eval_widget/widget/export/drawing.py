"""What is on screen as a Matplotlib figure, which shows itself in a notebook whether or not pyplot was imported."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.widget.workbench.panels import all_panels
from clarifai_eval_widget.widget.workbench.taking import Call, Look

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.widget.export.baking import Shown

__all__ = ["ScreenFigure", "draw", "png"]


class ScreenFigure(Figure):
    """A figure that no window or backend knows: a notebook gets its picture from itself."""

    def _repr_png_(self) -> bytes:
        # Without pyplot nothing has told IPython how to show a figure, and a cell would print its size.
        return png(self, 100)


def draw(shown: Shown, curves: str = "roc") -> ScreenFigure:
    """Draw curves and the threshold sweep of what is on screen, each concept at its threshold.

    Parameters
    ----------
    shown
        What is on screen.
    curves
        The panel whose curves are drawn beside the sweep: what the chosen tab shows.
    """
    figure = ScreenFigure(figsize=(11, 5), layout="constrained")
    left, right = figure.subplots(1, 2, subplot_kw={"box_aspect": 1})
    look = Look(shown.concept, shown.at if shown.thresholds else shown.threshold, {}, shown.evaluation, shown.compared)
    plot_of(curves)(look).made(shown.evaluation, ax=left)
    shown.evaluation.plot_threshold_sweep(concept=shown.concept, threshold=shown.at, ax=right)
    return figure


def plot_of(name: str) -> Callable[[Look], Call]:
    """Find what draws a panel."""
    panel = all_panels().get(name)
    if panel is None or panel.taken is None or panel.taken.plot is None:
        raise InvalidRequestError(f"The panel {name!r} cannot be drawn.")
    return panel.taken.plot


def png(figure: Figure, dpi: int) -> bytes:
    """Write a figure as PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi)
    return file.getvalue()
