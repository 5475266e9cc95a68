"""ROC figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.curve_tables import macro_words
from clarifai_eval_widget.evaluation.grouping import sizes_of
from clarifai_eval_widget.evaluation.intervals import roc_auc_interval
from clarifai_eval_widget.evaluation.looking import level_now
from clarifai_eval_widget.figures.style import (
    BAND_LEVEL,
    MACRO_STYLE,
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
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display
    from clarifai_eval_widget.uncertainty import RocBand

__all__ = ["plot_roc"]


def plot_roc(
    e: EvaluationData,
    concept: str | None = None,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw ROC curves; see :meth:`Evaluation.plot_roc`."""
    limits = dict(zip(e.concepts, e.numbers.limits(threshold), strict=True))
    named, faint = pick_concepts(e, concept)
    ax = new_axes(ax, (6.4, 4.9))
    ax.plot([0, 1], [0, 1], color="#8c8c8c", linewidth=1, linestyle=(0, (2, 3)), zorder=1)
    for one in faint:
        ax.plot(*e.numbers.roc_outline(one), color="#bdbdbd", linewidth=0.8, zorder=1.5)
    banded, found = is_banded(e, concept, band), None
    for index, one in enumerate(named):
        style = line_style(index)
        found = _roc_line(e, one, style, ax, banded=banded)
        mark(ax, *e.numbers.roc_point(one, limits[one]), style["color"])
    if concept is not None:
        _fold_curves(e, concept, ax)
    if faint:
        ax.plot([], [], color="#bdbdbd", linewidth=0.8, label=f"{len(faint)} other concepts")
    averaged = concept is None and len(e.concepts) > 1
    if averaged:
        _macro_line(e, ax)
    unit_axes(ax, "False positive rate", "True positive rate", square=True)
    marks = dots_words(e, limits, named)
    said = [marks, f"Legend: ROC AUC{_pooled_words(e, concept)}.", band_words(e, found)]
    said += [_interval_words(e, concept)] if concept is not None and e.has_counts else []
    said.append(f"Macro average: vertical, {macro_words(e, 8)}." if averaged else "")
    if e.numbers.fold_means:
        said.append("Curves and ROC AUC are each averaged over folds: the area drawn is not the ROC AUC.")
    only = None if concept is None else [concept]
    return finish(
        e, ax, "ROC curve" + (f" of {shown(e, concept)}" if concept is not None else ""), *said, concepts=only
    )


def _pooled_words(e: EvaluationData, concept: str | None) -> str:
    if e.folds is None:
        return ""
    return ", pooled over folds" + ("; of the folds mean ± std" if concept is not None else "")


def _roc_line(e: EvaluationData, concept: str, style: dict[str, Any], ax: Axes, *, banded: bool) -> RocBand | None:
    reason = e.undefined_reason(concept)
    label = f"{shown(e, concept)}  {number(e.roc_auc(concept), 3)}"
    if reason:
        ax.plot([], [], **style, label=f"{label} ({reason})")
        return None
    found = None
    if banded:
        level = level_now(e, BAND_LEVEL)
        found = uncertainty.roc_band(e.counts(concept), confidence_level=level, sizes=sizes_of(e, concept, level))
        ax.fill_between(found.fpr, found.tpr_low, found.tpr_high, color=style["color"], alpha=0.18, linewidth=0)
    ax.plot(*e.numbers.roc_outline(concept), **style, zorder=3, label=label)
    return found


def _interval_words(e: EvaluationData, concept: str) -> str:
    """Give the interval of the area, and name its method."""
    found = roc_auc_interval(e, concept)
    if not found.method:
        return f"No interval: {found.reason}." if found.reason else ""
    low, high = (number(end, 3) for end in found.interval)
    return f"ROC AUC {number(found.roc_auc, 3)}, {found.confidence_level:.0%} interval {low} to {high}: {found.method}."


def _fold_curves(e: EvaluationData, concept: str, ax: Axes) -> None:
    """Draw the folds' own curves faintly under the pooled one, and tell their mean area."""
    areas = []
    for fold in e.fold_numbers:
        areas.append(metrics.roc_auc(e.fold_counts(fold, concept)))
        ax.plot(*e.numbers.fold_roc_outline(fold, concept), color="#8c8c8c", linewidth=0.8, zorder=2)
    if areas:
        mean, std, folds = metrics.mean_defined(areas)
        words = f"{folds} folds  {number(mean, 3)} ± {number(std, 3)}"
        ax.plot([], [], color="#8c8c8c", linewidth=0.8, label=words)


def _macro_line(e: EvaluationData, ax: Axes) -> None:
    areas = [e.roc_auc(concept) for concept in e.concepts]
    mean, _, used = metrics.mean_defined(areas)
    if not used:
        return
    fpr, tpr = e.numbers.macro_roc_outline()
    if len(fpr):
        ax.plot(fpr, tpr, **MACRO_STYLE, label=f"macro average  {number(mean, 3)}")
