"""Figures of matrices: which concepts are taken for which, and which labels occur together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.matrix import confusion_matrix, cooccurrence_matrix, of_rows, row_sizes
from clarifai_eval_widget.figures.style import finish, new_axes, shown
from clarifai_eval_widget.words import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display
    from clarifai_eval_widget.evaluation.interface import MatrixKind
    from clarifai_eval_widget.evaluation.matrix import BothLabels, MatrixOrder, MatrixSource

__all__ = ["plot_confusion_matrix", "plot_cooccurrence_matrix"]

_WRITTEN = 12  # beyond so many concepts numbers in the cells cannot be read
_SHARE = "Share of the inputs labelled with the row"
_KINDS = {
    "count": "inputs labelled with the row whose score for the column is at or above the threshold",
    "argmax": "inputs labelled with the row whose highest score is the column's",
    "probability": "mean score of the column over the inputs labelled with the row",
}


def plot_confusion_matrix(
    e: EvaluationData,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    kind: MatrixKind = "count",
    source: MatrixSource | None = None,
    both_labels: BothLabels = "counted",
    shares: bool = False,
    order: MatrixOrder | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw the confusion matrix; see :meth:`Evaluation.plot_confusion_matrix`."""
    if not e.concepts:
        raise EvalError("There is no concept to draw: neither a test set nor curves were sent.")
    frame = confusion_matrix(e, threshold, kind, source=source, both_labels=both_labels, order=order)
    frame, beside = frame.iloc[:, : len(frame)], frame.iloc[:, len(frame) :]
    shades = of_rows(frame.to_numpy(np.float64), None if kind == "probability" else row_sizes(e, frame.index))
    ax = _shaded(e, frame.index, shades, ax, "Mean score" if kind == "probability" else _SHARE)
    ax.set(xlabel="Predicted", ylabel="Labelled")
    _write_cells(ax, _cell_texts(frame, beside, shades if shares else None, kind), shades)
    titles = {"argmax": "highest score", "probability": "mean scores", "count": "each concept's threshold"}
    limits = e.numbers.limits(threshold)
    is_one = kind == "count" and len(set(map(e.numbers.threshold_words, limits))) == 1
    how = f"threshold {e.numbers.threshold_brief(limits[0])}" if is_one else titles[kind]
    sent = frame.attrs["source"] if frame.attrs["source"].startswith("platform") else ""
    what = f"Cells: {_KINDS[kind]}{', as shares of the row' if shares else ''}."
    left_out = "; without those of both labels"
    counts_written = len(frame) <= _WRITTEN and not shares
    apart = "; those labelled with the column, too, stand apart as +n" if counts_written else left_out
    apart = {"apart": apart, "left out": left_out}.get(both_labels, "") if kind != "probability" else ""
    display = finish(e, ax, f"Confusion matrix ({how})", f"{what[:-1]}{apart}.", legend=False, source=sent)
    ax.spines[:].set_visible(False)
    return display


def plot_cooccurrence_matrix(
    e: EvaluationData,
    *,
    source: MatrixSource | None = None,
    shares: bool = False,
    order: MatrixOrder | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw which labels occur together; see :meth:`Evaluation.plot_cooccurrence_matrix`."""
    if not e.concepts:
        raise EvalError("There is no concept to draw: neither a test set nor curves were sent.")
    frame = cooccurrence_matrix(e, source=source, order=order)
    values = frame.to_numpy(np.float64)
    whole = values.diagonal()  # where a server leaves one out, its row has no shares
    shades = of_rows(np.where(whole[:, None] > 0, values, 0.0), whole)
    ax = _shaded(e, frame.index, shades, ax, _SHARE)
    ax.set(xlabel="Labelled too", ylabel="Labelled")
    _write_cells(ax, _cell_texts(frame, frame.iloc[:, :0], shades if shares else None, "cooccurrence"), shades)
    sent = frame.attrs["source"] if frame.attrs["source"].startswith("platform") else ""
    what = f"Cells: inputs labelled with both the row and the column{', as shares of the row' if shares else ''}."
    display = finish(e, ax, "Labels that occur together", what, legend=False, source=sent)
    ax.spines[:].set_visible(False)
    return display


def _shaded(e: EvaluationData, concepts: Iterable[Any], shades: NDArray[Any], ax: Axes | None, told: str) -> Axes:
    """Draw cells from white for 0 to dark for 1, with the concepts' names along both sides and a bar of the shades."""
    size = min(10.0, 3.2 + 0.45 * len(shades))
    ax = new_axes(ax, (size + 1.2, size))
    image = ax.imshow(shades, cmap="Blues", vmin=0.0, vmax=1.0)
    names = [shown(e, str(concept)) for concept in concepts]
    slant: dict[str, Any] = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if _long(names) else {}
    ax.set_xticks(range(len(names)), names, **slant)
    ax.set_yticks(range(len(names)), names)
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.046, pad=0.03)
    bar.set_label(told)
    bar.outline.set_visible(False)
    return ax


def _long(names: list[str]) -> bool:
    return max(map(len, names), default=0) * len(names) > 36


def _cell_texts(frame: pd.DataFrame, beside: pd.DataFrame, shares: NDArray[Any] | None, kind: str) -> list[list[str]]:
    """Write what stands in each cell: a mean, a share, or a count with that of both labels."""

    def text(row: int, column: int) -> str:
        value = frame.iloc[row, column]
        if kind == "probability":
            return number(float(value), 2)
        if shares is not None:
            return "–" if np.isnan(shares[row, column]) else f"{shares[row, column]:.0%}"
        name = f"{frame.columns[column]} (both labels)"
        both = int(beside[name].iloc[row]) if name in beside else 0
        return f"{int(value):,}" + (f" +{both:,}" if both else "")

    return [[text(row, column) for column in range(len(frame))] for row in range(len(frame))]


def _write_cells(ax: Axes, texts: list[list[str]], shades: NDArray[Any]) -> None:
    """Write into the cells, unless they are too many for that."""
    if len(texts) > _WRITTEN:
        return
    small = 9 if len(texts) <= 8 else 7
    for row, column in np.ndindex(len(texts), len(texts)):
        colour = "white" if shades[row, column] > 0.55 else "black"
        ax.text(column, row, texts[row][column], ha="center", va="center", color=colour, fontsize=small)
