"""Precision–recall figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.counted import precision_recall_drawn
from clarifai_eval_widget.evaluation.curve_tables import threshold_sweep
from clarifai_eval_widget.evaluation.looking import level_now
from clarifai_eval_widget.figures.style import (
    BAND_LEVEL,
    FOLD_STYLE,
    MACRO_STYLE,
    around_of,
    average_styles,
    band_words,
    dots_words,
    finish,
    is_banded,
    line_style,
    mark,
    new_axes,
    pick_concepts,
    shown,
    unit_axes,
)
from clarifai_eval_widget.words import number

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from matplotlib.axes import Axes

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display
    from clarifai_eval_widget.figures.style import Around
    from clarifai_eval_widget.uncertainty import PrecisionRecallBand

__all__ = ["plot_precision_recall"]


def _share(value: float) -> str:
    """Write a base rate; a small one with two digits that say something, since it is never nothing."""
    return f"{value:.2g}" if 0 < value < 0.0005 else number(value, 3)


def plot_precision_recall(
    e: EvaluationData,
    concept: str | None = None,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    concepts: Iterable[str] | None = None,
    around: Iterable[Around] | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw precision–recall curves; see :meth:`Evaluation.plot_precision_recall`."""
    limits = dict(zip(e.concepts, e.numbers.limits(threshold), strict=True))
    drawn = around_of(around, concept, ("micro", "others"))
    named, faint = pick_concepts(e, concept, concepts, others="others" in drawn)
    ax = new_axes(ax, (6.4, 4.9))
    for one in faint:
        _pr_line(e, one, {"color": "#bdbdbd", "linewidth": 0.8}, ax, label="")
    banded, found = is_banded(e, concept, band), None
    for index, one in enumerate(named):
        style = line_style(index)
        if banded and concept in (None, one):
            found = _pr_band(e, one, style["color"], ax)
        area, why = e.numbers.average_precision(one)
        label = f"{shown(e, one)}  {number(area, 3)}" + (f" ({why})" if why else "")
        _pr_line(e, one, style, ax, label=label)
        sweep = threshold_sweep(e, one, [limits[one]])
        mark(ax, float(sweep["recall"].iloc[0]), float(sweep["precision"].iloc[0]), style["color"])
    if faint:
        ax.plot([], [], color="#bdbdbd", linewidth=0.8, label=f"{len(faint)} other concepts")
    said = [dots_words(e, limits, named), "Legend: average precision (the step sum)."]
    said += [band_words(e, found), *_pr_around(e, concept, drawn, ax)]
    unit_axes(ax, "Recall", "Precision", square=True)
    title = "Precision–recall curve" + (f" of {shown(e, concept)}" if concept is not None else "")
    return finish(e, ax, title, *said, concepts=None if concept is None else named)


def _pr_band(e: EvaluationData, concept: str, colour: str, ax: Axes) -> PrecisionRecallBand:
    found = uncertainty.precision_recall_band(
        e.counts(concept), confidence_level=level_now(e, BAND_LEVEL), grouped=e.groups is not None
    )
    ax.fill_between(found.recall, found.precision_low, found.precision_high, color=colour, alpha=0.18, linewidth=0)
    return found


def _pr_around(e: EvaluationData, concept: str | None, drawn: Collection[Around], ax: Axes) -> list[str]:
    """Draw folds, averages and what guessing gives; return what the caption says of it."""
    said: list[str] = []
    macro, micro = average_styles(concept)
    if "folds" in drawn and e.has_counts:
        _pr_folds(e, concept, ax)
    if concept is not None and e.has_counts:
        num_pos, num_neg = e.class_sizes(concept)
        share = metrics.ratio(num_pos, num_pos + num_neg)
        ax.axhline(share, color="#8c8c8c", linewidth=1, linestyle=(0, (2, 3)), label=f"chance  {_share(share)}")
    if not e.has_counts or len(e.concepts) < 2:
        return said
    areas = [e.numbers.average_precision(one)[0] for one in e.concepts]
    mean, _, used = metrics.mean_defined(areas)
    if "micro" in drawn:
        pooled = metrics.micro(e.all_counts())
        words = f"micro average  {number(metrics.average_precision(pooled), 3)}"
        style = MACRO_STYLE if concept is None and "macro" not in drawn else micro
        ax.step(*precision_recall_drawn(pooled), where="pre", **style, label=words)
    if "macro" in drawn and used:
        words = f"macro average  {number(mean, 3)}"
        ax.step(*metrics.macro_precision_recall(e.all_counts()), where="pre", **macro, label=words)
    if "macro" in drawn or "micro" in drawn:
        said.append(f"Macro average of it: {number(mean, 3)}, mean of {used} of {len(areas)} concepts.")
    return said


def _pr_folds(e: EvaluationData, concept: str | None, ax: Axes) -> None:
    """Draw the folds' own curves faintly, and tell their mean area; of all concepts their macro averages."""
    areas = []
    for fold in e.fold_numbers:
        every = [e.fold_counts(fold, one) for one in (e.concepts if concept is None else (concept,))]
        counts = [one for one in every if one.num_pos]
        if not counts:
            continue
        areas.append(metrics.mean_defined([metrics.average_precision(one) for one in counts])[0])
        curve = metrics.macro_precision_recall(counts) if concept is None else precision_recall_drawn(counts[0])
        ax.step(*curve, where="pre", **FOLD_STYLE)
    if areas:
        mean, std, folds = metrics.mean_defined(areas)
        ax.plot([], [], **FOLD_STYLE, label=f"{folds} folds  {number(mean, 3)} ± {number(std, 3)}")


def _pr_line(e: EvaluationData, concept: str, style: dict[str, Any], ax: Axes, *, label: str) -> None:
    """Draw the steps whose area is the average precision."""
    ax.step(*e.numbers.precision_recall_outline(concept), where="pre", **style, label=label or None)
