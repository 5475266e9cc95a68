"""What is on screen as a Matplotlib figure, which shows itself in a notebook whether or not pyplot was imported."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.widget.workbench.panels import all_panels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from clarifai_eval_widget.widget.export.baking import Shown
    from clarifai_eval_widget.widget.workbench.comparison import Compared
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
    members = [one for one in shown.compared if one.evaluation is not None] if compared else []
    rows = 2 if len(members) > 1 else 1
    figure = ScreenFigure(figsize=(11, 5 * rows), layout="constrained")
    (left, right), *below = figure.subplots(rows, 2, squeeze=False, subplot_kw={"box_aspect": 1})
    for panel, ax in ((curves, left), ("sweep", right)):
        _call(panel, shown).made(shown.evaluation, ax=ax)
    for one, other in below:
        _draw_compared(shown, members, one, of_precision=curves == "precision_recall")
        _draw_differences(shown, other)
    return figure


def _call(panel: str, shown: Shown) -> Call:
    taken = all_panels()[panel].taken
    assert taken is not None
    assert taken.plot is not None
    return taken.plot(shown.look({}))


def _draw_compared(shown: Shown, members: Sequence[Compared], ax: Axes, *, of_precision: bool) -> None:
    """Draw the curves of all that is compared, of the concept on screen, in one plot."""
    from clarifai_eval_widget.figures.compared import plot_compared

    named = [(one.title if _titles(members) else one.kind_label, one.evaluation) for one in members]
    plot_compared([(name, e) for name, e in named if e is not None], shown.concept, of_precision=of_precision, ax=ax)


def _titles(members: Sequence[Compared]) -> bool:
    """Whether titles tell them apart."""
    return len({one.title for one in members}) > 1


def _draw_differences(shown: Shown, ax: Axes) -> None:
    """Draw the differences of the first two, or say why there are none: they may be of different inputs."""
    try:
        call = _call("compare", shown)
    except EvalError as error:
        ax.set_axis_off()
        ax.text(0, 1, textwrap.fill(str(error), 60), va="top", parse_math=False)
        return
    ax.set_box_aspect(None)
    call.made(shown.evaluation, ax=ax)


def rendered(figure: Figure, form: str = "png", *, dpi: int) -> bytes:
    """Write a figure as PNG or SVG."""
    file = io.BytesIO()
    figure.savefig(file, format=form, dpi=dpi)
    return file.getvalue()
