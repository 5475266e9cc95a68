"""What is on screen as a Matplotlib figure, which shows itself in a notebook whether or not pyplot was imported."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from clarifai_eval_widget.widget.workbench.panels import all_panels

if TYPE_CHECKING:
    from clarifai_eval_widget.widget.export.baking import Shown

__all__ = ["ScreenFigure", "draw", "rendered"]


class ScreenFigure(Figure):
    """A figure that no window or backend knows: a notebook gets its picture from itself."""

    def _repr_png_(self) -> bytes:
        # Without pyplot nothing has told IPython how to show a figure, and a cell would print its size.
        return rendered(self, dpi=100)


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
    taken = all_panels()[curves].taken
    assert taken is not None
    assert taken.plot is not None
    taken.plot(shown.look({})).made(shown.evaluation, ax=left)
    shown.evaluation.plot_threshold_sweep(concept=shown.concept, threshold=shown.at, ax=right)
    return figure


def rendered(figure: Figure, form: str = "png", *, dpi: int) -> bytes:
    """Write a figure as PNG or SVG."""
    file = io.BytesIO()
    figure.savefig(file, format=form, dpi=dpi)
    return file.getvalue()
