"""What is on screen as a Matplotlib figure, which shows itself in a notebook whether or not pyplot was imported."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from clarifai_eval_widget.widget.workbench.comparison import read_named
from clarifai_eval_widget.widget.workbench.panels import all_panels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.export.baking import Shown
    from clarifai_eval_widget.widget.workbench.taking import Call

__all__ = ["ScreenFigure", "draw", "rendered"]


class ScreenFigure(Figure):
    """A figure that no window or backend knows: a notebook gets its picture from itself."""

    def _repr_png_(self) -> bytes:
        # Without pyplot nothing has told IPython how to show a figure, and a cell would print its size.
        return rendered(self, dpi=100)


def draw(shown: Shown, curves: str = "roc", *, compared: bool = False) -> ScreenFigure:
    """Draw curves and the threshold sweep of what is on screen, each concept at its threshold.

    Parameters
    ----------
    shown
        What is on screen.
    curves
        The panel whose curves are drawn beside the sweep: what the chosen tab shows.
    compared
        Whether to draw below them what is compared, where something is.
    """
    named = read_named(shown.compared) if compared else []
    heights = [5.0, *([_height(named)] if len(named) > 1 else [])]
    figure = ScreenFigure(figsize=(11, sum(heights)), layout="constrained")
    options: dict[str, Any] = {"squeeze": False, "height_ratios": heights}
    (left, right), *below = figure.subplots(len(heights), 2, subplot_kw={"box_aspect": 1}, **options)
    for panel, ax in ((curves, left), ("sweep", right)):
        _call(panel, shown).made(shown.evaluation, ax=ax)
    for one, other in below:
        _draw_compared(named, shown.concept, (one, other), of_precision=curves == "precision_recall")
    return figure


def _height(named: Sequence[tuple[str, Evaluation]]) -> float:
    """Inches for what is compared: the differences of many concepts and runs need more than the curves."""
    from clarifai_eval_widget.figures.compared import rows_drawn

    return max(5.0, 1.9 + 0.2 * rows_drawn([e for _, e in named]))


def _call(panel: str, shown: Shown) -> Call:
    taken = all_panels()[panel].taken
    assert taken is not None
    assert taken.plot is not None
    return taken.plot(shown.look({}))


def _draw_compared(
    named: Sequence[tuple[str, Evaluation]], concept: str | None, axes: tuple[Axes, Axes], *, of_precision: bool
) -> None:
    """Draw the curves of all that is compared, of the concept on screen, and beside them the differences."""
    from clarifai_eval_widget.figures.compared import plot_compared, plot_differences

    curves, differences = axes
    plot_compared(named, concept, of_precision=of_precision, ax=curves)
    differences.set_box_aspect(None)
    plot_differences(named, ax=differences)


def rendered(figure: Figure, form: str = "png", *, dpi: int) -> bytes:
    """Write a figure as PNG or SVG."""
    file = io.BytesIO()
    figure.savefig(file, format=form, dpi=dpi)
    return file.getvalue()
