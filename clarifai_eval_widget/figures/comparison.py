"""The figure of two evaluations side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.compare import compare
from clarifai_eval_widget.evaluation.curve_parts import macro_id
from clarifai_eval_widget.figures.scores import scores_needed
from clarifai_eval_widget.figures.style import finish, new_axes, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from clarifai_eval_widget.evaluation.compared_figure import Figure
    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display

__all__ = ["draw_difference", "plot_comparison"]

_TITLES = {"roc_auc": "ROC AUC", "avg_precision": "average precision"}


def plot_comparison(
    e: EvaluationData,
    other: EvaluationData,
    *,
    figure: Figure = "roc_auc",
    names: tuple[str, str] = ("this", "other"),
    confidence_level: float = 0.95,
    ax: Axes | None = None,
) -> Display:
    """Draw the differences of a figure; see :meth:`Evaluation.plot_comparison`."""
    if isinstance(names, str) or len(names) != 2:
        raise ValueError(f"names={names!r}: give two, of this evaluation and of the other.")
    scores_needed(e)
    scores_needed(other)
    frame = compare(e, other, figure=figure, confidence_level=confidence_level)
    overall = macro_id(e)
    concepts = frame.drop(index=overall, errors="ignore")
    ordered = concepts.assign(undefined=concepts["difference"].isna()).sort_values(["undefined", "difference"])
    ax = new_axes(ax, (7.4, 1.9 + 0.32 * len(frame)))
    places = [overall, *ordered.index] if overall in frame.index else list(ordered.index)
    ax.axvline(0.0, color="#8c8c8c", linewidth=1, zorder=1)
    for place, concept in enumerate(places):
        row = frame.loc[concept]
        p = row["p_value"] if concept == overall else row["p_holm"]
        draw_difference(ax, place, row, float(p), overall=concept == overall)
    labels = ["all: macro average" if one == overall else shown(e, str(one)) for one in places]
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlabel(f"Difference in {_TITLES[figure]}: {names[1]} minus {names[0]}")
    matched, unmatched = frame.attrs["matched"], len(frame.attrs["only_here"]) + len(frame.attrs["only_there"])
    mean, _, used = metrics.mean_defined(concepts["difference"].to_numpy(np.float64))
    tested = int(concepts["p_value"].notna().sum())
    said = [
        f"Bars: {confidence_level:.0%} intervals. {_methods(frame, overall)}p of concepts: Holm over {tested}.",
        f"Mean difference {f'{mean:+.4f}' if used else '–'} ({used} of {len(concepts)} concepts).",
        f"{unmatched:,} inputs are in one evaluation only." if unmatched else "",
        _conditions(frame),
    ]
    return finish(
        e, ax, f"{names[1]} against {names[0]}", *said, legend=False, count=f"{matched:,} paired inputs", concepts=()
    )


def _methods(frame: Any, overall: str) -> str:
    told = [one for one in frame.drop(index=overall, errors="ignore")["method"].unique() if one]
    words = f"Concepts: {'; '.join(told)}. " if told else ""
    if overall in frame.index and frame.loc[overall, "method"]:
        words += f"All: {frame.loc[overall, 'method']}. "
    return words


def _conditions(frame: Any) -> str:
    """Name the conditions of either evaluation."""
    codes = dict.fromkeys(" ".join(frame["conditions"]).split())
    return f"Conditions: {', '.join(codes)}." if codes else ""


def draw_difference(
    ax: Axes, place: int, row: Any, p: float, *, overall: bool, colour: str = "", letter: str = ""
) -> None:
    """Draw one difference with its interval; a filled dot is one with a p below 0.05.

    Parameters
    ----------
    ax, place
        Where.
    row
        Its ``difference``, ``low``, ``high`` and ``reason``.
    p
        NaN where nothing was tested.
    overall
        Whether it is that over all concepts.
    colour, letter
        Of one of several others; by default blue is a gain and orange a drop.
    """
    if np.isnan(row["difference"]):
        note = f"undefined: {row['reason']}"
    else:
        colour = colour or ("black" if overall else "#0072B2" if row["difference"] > 0 else "#D55E00")
        ax.hlines(place, row["low"], row["high"], color=colour, linewidth=2.6 if overall else 2)
        face = colour if p < 0.05 else "white"
        ax.plot(row["difference"], place, "o", color=colour, markerfacecolor=face, markersize=7, zorder=3)
        told = row["reason"] if np.isnan(p) else "p < 0.0001" if p < 1e-4 else f"p = {p:.4f}"
        note = f"{row['difference']:+.4f}  {told}".rstrip()
    ax.annotate(
        letter + note,
        (1.02, place),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=8.5,
        annotation_clip=False,
    )
