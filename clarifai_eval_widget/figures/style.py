"""What all figures share: colours told apart by everyone, captions, legends beside the data."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.codes import codes_words
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.curve_parts import Around, checked_around
from clarifai_eval_widget.evaluation.display import Display
from clarifai_eval_widget.evaluation.looking import AT_EVERY_LOOK
from clarifai_eval_widget.uncertainty import PrecisionRecallBand, RocBand

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.uncertainty import SweepBand

__all__ = [
    "BAND_LEVEL",
    "FOLD_STYLE",
    "MACRO_STYLE",
    "Around",
    "around_of",
    "average_styles",
    "band_words",
    "dots_words",
    "finish",
    "is_banded",
    "line_style",
    "mark",
    "new_axes",
    "pick_concepts",
    "plain",
    "shown",
    "unit_axes",
]

BAND_LEVEL = 0.95
"""What a band is drawn at; before the end it holds at every look."""
# Okabe and Ito's palette (jfly.uni-koeln.de/color) without yellow and black, ordered so that neighbours also
# differ in lightness; dashes tell the lines apart where there is no colour at all
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7")
_DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (8, 2, 1, 2, 1, 2)))
FOLD_STYLE: dict[str, Any] = {"color": "#8c8c8c", "linewidth": 0.8, "zorder": 2}
MACRO_STYLE: dict[str, Any] = {"color": "black", "linewidth": 2.6, "linestyle": "-", "zorder": 4}
_MUTED = "#595959"
MOST = 8


def new_axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return the axes given, or those of a new figure that leaves room for a legend and a caption."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    _, made = plt.subplots(figsize=size, layout="constrained")
    return made


def line_style(index: int) -> dict[str, Any]:
    """Return colour and dashes of the n-th line; no two of the first 36 are alike."""
    turn = index // len(_COLOURS)
    dashes = _DASHES[(index + turn) % len(_DASHES)]
    return {"color": _COLOURS[index % len(_COLOURS)], "linestyle": dashes, "linewidth": 1.7}


def average_styles(concept: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the styles of macro and micro average: beside one concept's curve they stand back."""
    micro: dict[str, Any] = {"color": _MUTED, "linewidth": 1.4, "linestyle": (0, (1, 1.6)), "zorder": 2.5}
    if concept is None:
        return MACRO_STYLE, micro
    return {"color": "black", "linewidth": 1.2, "linestyle": (0, (5, 3)), "zorder": 2.5}, micro


def unit_axes(ax: Axes, x: str, y: str, *, square: bool = False) -> None:
    """Set axes from 0 to 1 with a margin, so that lines on the edges are seen."""
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=x, ylabel=y)
    if square:
        ax.set_aspect("equal", anchor="W")  # what the square leaves over goes to the legend


def mark(ax: Axes, x: float, y: float, colour: str) -> None:
    """Mark an operating point; one that is undefined has no place."""
    if np.isfinite(x) and np.isfinite(y):
        ax.plot([x], [y], "o", color=colour, markersize=7, markeredgecolor="white", markeredgewidth=1.2, zorder=6)


def around_of(around: Iterable[Around] | None, concept: str | None, first: Iterable[Around]) -> frozenset[Around]:
    """Return what is drawn around: as asked, else of one concept its folds and of all what comes first."""
    return checked_around(around if around is not None else ("folds",) if concept is not None else first)


def pick_concepts(
    e: EvaluationData, concept: str | None, concepts: Iterable[str] | None = None, *, others: bool | None = None
) -> tuple[list[str], list[str]]:
    """Choose the concepts to name in the legend and those to draw faintly.

    Of more than eight, the eight with the lowest ROC AUC are named: those to look at. With ``concepts`` those are
    named, and the one chosen first; with ``others`` all that are not named are drawn, without it none.
    """
    if concept is not None or concepts is not None:
        named = list(dict.fromkeys([*(() if concept is None else (concept,)), *(concepts or ())]))
        for one in named:
            e.column(one)
        return named, [one for one in e.concepts if one not in named] if others else []
    named, faint = _weakest(e)
    return named, [] if others is False else faint


def _weakest(e: EvaluationData) -> tuple[list[str], list[str]]:
    if len(e.concepts) <= MOST:
        return list(e.concepts), []
    areas = {one: e.roc_auc(one) for one in e.concepts}
    ranked = sorted(e.concepts, key=lambda one: (np.isnan(areas[one]), areas[one]))
    named = set(ranked[:MOST])
    return [one for one in e.concepts if one in named], [one for one in e.concepts if one not in named]


def shown(e: EvaluationData, concept: str) -> str:
    """Return a concept's name, short enough for a legend."""
    name = plain(textwrap.shorten(e.concept_names.get(concept, concept), 28, placeholder="…") or concept)
    return f"\u200b{name}" if name.startswith("_") else name  # Matplotlib leaves such names out of legends


def plain(text: str) -> str:
    """Keep Matplotlib from reading a formula between dollar signs, or failing on what no font could draw."""
    return text.encode("utf-8", "replace").decode().replace("$", r"\$")


def finish(
    e: EvaluationData,
    ax: Axes,
    title: str,
    *said: str,
    legend: bool = True,
    count: str = "",
    source: str = "",
    concepts: Sequence[str] | None = None,
) -> Display:
    """Give axes their title, the legend beside them and the caption below."""
    ax.set_title(title, loc="left", fontsize=11)
    ax.spines[["top", "right"]].set_visible(False)
    if legend and ax.get_legend_handles_labels()[0]:
        # outside the axes it covers nothing, wherever the curves run
        ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0, frameon=False, fontsize=8.5)
    inputs = count or f"{e.num_inputs:,} inputs"
    lead = f"Source: {source or e.numbers.words}"
    lead += f"; n = {inputs}." if (e.num_inputs or count) and not source else "."
    state = [] if e.complete else ["Not finished: numbers so far."]
    text = plain(
        " ".join([lead, *state, *filter(None, said), *filter(None, [codes_words(conditions_of(e), concepts)])])
    )
    return Display(ax, ax.figure, _caption(ax, text))


def _caption(ax: Axes, text: str) -> Text:
    width = ax.get_window_extent().width / ax.figure.dpi  # inches, at about 15 characters of this size each
    wrapped = textwrap.fill(text, max(40, int(width * 15)))
    return ax.annotate(
        wrapped,
        xy=(0.0, 0.0),
        xycoords="axes fraction",
        xytext=(0, -42 - _tick_height(ax)),
        textcoords="offset points",
        va="top",
        fontsize=8,
        color=_MUTED,
        annotation_clip=False,
    )


def _tick_height(ax: Axes) -> float:
    """Return how far slanted tick labels reach below ordinary ones, in points."""
    labels: Sequence[Text] = ax.get_xticklabels()
    if not labels or not labels[0].get_rotation():
        return 0.0
    longest = max(len(label.get_text()) for label in labels)
    return longest * float(labels[0].get_fontsize()) * 0.42


def is_banded(e: EvaluationData, concept: str | None, band: bool | None) -> bool:
    """Say whether to draw bands: as asked, else for a single concept."""
    return e.has_counts and (band if band is not None else concept is not None)


def band_words(e: EvaluationData, found: PrecisionRecallBand | RocBand | SweepBand | None) -> str:
    """Say what the band is; nothing where there is none."""
    if found is None or not found.method:
        return f"No band: {found.reason}." if isinstance(found, PrecisionRecallBand | RocBand) and found.reason else ""
    pooled = "; folds pooled as if one model had scored them all" if e.folds is not None else ""
    looked = "" if e.complete else AT_EVERY_LOOK
    return f"Band: {BAND_LEVEL:.0%}, {found.method}{looked}{pooled}."


def dots_words(e: EvaluationData, limits: dict[str, float], named: list[str]) -> str:
    """Say which threshold the dots are at."""
    different = {limits[one] for one in named}
    at = e.numbers.threshold_brief(different.pop()) if len(different) == 1 else "each concept's own"
    return f"Dots: threshold {at}." if named else ""
