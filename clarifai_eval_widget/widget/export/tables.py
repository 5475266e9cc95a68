"""A table as a drawing, for panels that are tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.widget.export.drawing import ScreenFigure
from clarifai_eval_widget.words import number, plural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["MOST_ROWS", "draw_table"]

MOST_ROWS = 60
"""Rows that are drawn; below them stands how many more there are."""
_LONGEST = 60  # characters of a cell
_LETTER, _ROW = 0.078, 0.24  # inches, of the font below
_SIZE = 9
_WIDEST = 40.0  # inches


def draw_table(frame: pd.DataFrame, title: str) -> Figure:
    """Draw a DataFrame with its index, numbers to the right, undefined ones empty.

    Parameters
    ----------
    frame
        The first rows of it are drawn.
    title
        Stands above it.
    """
    named = frame.reset_index() if frame.index.name is not None or frame.index.nlevels > 1 else frame
    shown = named.head(MOST_ROWS)
    heads = [str(column) for column in shown.columns]
    columns = [[_cell(value) for value in shown[column]] for column in shown.columns]
    widths = [2 + max(map(len, [head, *cells])) for head, cells in zip(heads, columns, strict=True)]
    total = max(sum(widths), len(title) + 2, 12)
    more = len(named) - len(shown)
    rows = len(shown) + 1
    size = (min(total * _LETTER, _WIDEST), (rows + 2 + (more > 0)) * _ROW)
    figure = ScreenFigure(figsize=size)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(0, total)
    ax.set_ylim(rows + 1 + (more > 0), -1)
    style: dict[str, Any] = {"fontsize": _SIZE, "va": "center", "parse_math": False}
    ax.text(1, -0.4, title, weight="bold", **style)
    left = 0
    for head, cells, width, column in zip(heads, columns, widths, shown.columns, strict=True):
        is_number = shown[column].dtype.kind in "iuf"
        x, side = (left + width - 1, "right") if is_number else (left + 1, "left")
        ax.text(x, 0.6, head, weight="bold", ha=side, **style)
        for row, cell in enumerate(cells):
            ax.text(x, row + 1.6, cell, ha=side, **style)
        left += width
    ax.axhline(1.1, color="0.5", linewidth=0.8)
    if more > 0:
        ax.text(1, rows + 0.6, f"and {plural(more, 'more row')}: the CSV has them all", color="0.4", **style)
    return figure


def _cell(value: Any) -> str:
    """Write a value briefly, on one line; nothing where there is none."""
    if value is None or type(value).__name__ == "NAType":
        return ""
    if isinstance(value, (float, np.floating)):
        return "" if math.isnan(value) else number(float(value), 3)
    if isinstance(value, (tuple, list)):
        value = ", ".join(map(str, value))
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
