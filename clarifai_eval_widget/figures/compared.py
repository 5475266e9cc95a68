"""The curves of several evaluations in one figure."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import metrics
from clarifai_eval_widget.figures.style import finish, line_style, new_axes, shown, unit_axes
from clarifai_eval_widget.words import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display

__all__ = ["plot_compared"]


def plot_compared(
    evaluations: Sequence[tuple[str, EvaluationData]],
    concept: str | None = None,
    *,
    of_precision: bool = False,
    ax: Axes | None = None,
) -> Display:
    """Draw the curve of each evaluation, lettered in their order.

    Parameters
    ----------
    evaluations
        Each with what to call it.
    concept
        A concept id; None for the macro averages. Of an evaluation without that concept no curve is drawn.
    of_precision
        Precision over recall instead of the ROC.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (6.4, 4.9))
    if not of_precision:
        ax.plot([0, 1], [0, 1], color="#8c8c8c", linewidth=1, linestyle=(0, (2, 3)), zorder=1)
    for index, (name, e) in enumerate(evaluations):
        words = f"{chr(ord('A') + index)} {textwrap.shorten(name, 28, placeholder='…')}"
        curve, area = _curve(e, concept, of_precision=of_precision)
        style = line_style(index)
        if of_precision:
            ax.step(*curve, where="pre", **style, label=f"{words}  {number(area, 3)}")
        else:
            ax.plot(*curve, **style, label=f"{words}  {number(area, 3)}")
    if of_precision:
        unit_axes(ax, "Recall", "Precision", square=True)
    else:
        unit_axes(ax, "False positive rate", "True positive rate", square=True)
    _, first = evaluations[0]
    of = "macro averages" if concept is None else shown(first, concept)
    sizes = ", ".join(f"{chr(ord('A') + index)} {e.num_inputs:,}" for index, (_, e) in enumerate(evaluations))
    what = "average precision (the step sum)" if of_precision else "ROC AUC"
    title = f"{'Precision–recall' if of_precision else 'ROC'} curves compared: {of}"
    said = f"Legend: {what}. Inputs: {sizes}."
    return finish(first, ax, title, said, concepts=None if concept is None else [concept])


def _curve(e: EvaluationData, concept: str | None, *, of_precision: bool) -> tuple[tuple[Any, Any], float]:
    """Return the curve of a concept or the macro average, and its area; empty where there is none."""
    chosen = e.concepts if concept is None else (concept,)
    if concept is not None and concept not in e.concepts:
        return ([], []), float("nan")
    if not of_precision:
        area = metrics.mean_defined([e.roc_auc(one) for one in chosen])[0]
        return (e.numbers.macro_roc_outline() if concept is None else e.numbers.roc_outline(concept)), area
    area = metrics.mean_defined([e.numbers.average_precision(one)[0] for one in chosen])[0]
    if concept is not None:
        return e.numbers.precision_recall_outline(concept), area
    return (metrics.macro_precision_recall(e.all_counts()) if e.has_counts else ([], [])), area
