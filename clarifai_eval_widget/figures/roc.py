"""ROC figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.counted import roc_drawn
from clarifai_eval_widget.evaluation.curve_tables import macro_words
from clarifai_eval_widget.evaluation.grouping import sizes_of
from clarifai_eval_widget.evaluation.intervals import roc_auc_interval
from clarifai_eval_widget.evaluation.looking import level_now
from clarifai_eval_widget.figures.style import (
    BAND_LEVEL,
    FOLD_STYLE,
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
    from clarifai_eval_widget.uncertainty import RocBand

__all__ = ["plot_roc"]


def plot_roc(
    e: EvaluationData,
    concept: str | None = None,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    concepts: Iterable[str] | None = None,
    around: Iterable[Around] | None = None,
    max_fpr: float = 1.0,
    ax: Axes | None = None,
) -> Display:
    """Draw ROC curves; see :meth:`Evaluation.plot_roc`."""
    if not 0 < max_fpr <= 1:
        raise ValueError(f"max_fpr={max_fpr!r} must be above 0 and at most 1.")
    limits = dict(zip(e.concepts, e.numbers.limits(threshold), strict=True))
    drawn = around_of(around, concept, ("macro", "others"))
    named, faint = pick_concepts(e, concept, concepts, others="others" in drawn)
    ax = new_axes(ax, (6.4, 4.9))
    ax.plot([0, 1], [0, 1], color="#8c8c8c", linewidth=1, linestyle=(0, (2, 3)), zorder=1)
    for one in faint:
        ax.plot(*e.numbers.roc_outline(one), color="#bdbdbd", linewidth=0.8, zorder=1.5)
    banded, found = is_banded(e, concept, band), None
    for index, one in enumerate(named):
        style = line_style(index)
        made = _roc_line(e, one, style, ax, banded=banded and concept in (None, one))
        found = made if made is not None else found
        mark(ax, *e.numbers.roc_point(one, limits[one]), style["color"])
    if faint:
        ax.plot([], [], color="#bdbdbd", linewidth=0.8, label=f"{len(faint)} other concepts")
    averaged = _around(e, concept, drawn, ax)
    _axes(ax, max_fpr)
    return finish(
        e,
        ax,
        "ROC curve" + (f" of {shown(e, concept)}" if concept is not None else ""),
        dots_words(e, limits, named),
        f"Legend: ROC AUC{_pooled_words(e, concept)}.",
        band_words(e, found),
        _interval_words(e, concept) if concept is not None and e.has_counts else "",
        f"Macro average: vertical, {macro_words(e, 8)}." if averaged else "",
        _MEANS if e.numbers.fold_means else "",
        concepts=None if concept is None else named,
    )


_MEANS = "Curves and ROC AUC are each averaged over folds: the area drawn is not the ROC AUC."


def _axes(ax: Axes, max_fpr: float) -> None:
    unit_axes(ax, "False positive rate", "True positive rate", square=True)
    if max_fpr < 1:  # a corner of low rates would be a sliver in equal units
        ax.set_aspect("auto")
        ax.set_xlim(-0.02 * max_fpr, 1.02 * max_fpr)


def _around(e: EvaluationData, concept: str | None, drawn: Collection[Around], ax: Axes) -> bool:
    """Draw folds and averages; return whether the macro average is there."""
    macro, micro = average_styles(concept)
    if "folds" in drawn:
        _fold_curves(e, concept, ax)
    several = len(e.concepts) > 1
    if "micro" in drawn and several and e.has_counts:
        pooled = metrics.micro(e.all_counts())
        ax.plot(*roc_drawn(pooled), **micro, label=f"micro average  {number(metrics.roc_auc(pooled), 3)}")
    if "macro" in drawn and several:
        _macro_line(e, macro, ax)
    return "macro" in drawn and several


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


def _fold_curves(e: EvaluationData, concept: str | None, ax: Axes) -> None:
    """Draw the folds' own curves faintly, and tell their mean area; of all concepts their macro averages."""
    areas = []
    for fold in e.fold_numbers:
        counts = [e.fold_counts(fold, one) for one in (e.concepts if concept is None else (concept,))]
        areas.append(metrics.mean_defined([metrics.roc_auc(one) for one in counts])[0])
        curve = metrics.thin_macro_roc(counts) if concept is None else e.numbers.fold_roc_outline(fold, concept)
        ax.plot(*curve, **FOLD_STYLE)
    if areas:
        mean, std, folds = metrics.mean_defined(areas)
        words = f"{folds} folds  {number(mean, 3)} ± {number(std, 3)}"
        ax.plot([], [], **FOLD_STYLE, label=words)


def _macro_line(e: EvaluationData, style: dict[str, Any], ax: Axes) -> None:
    areas = [e.roc_auc(concept) for concept in e.concepts]
    mean, _, used = metrics.mean_defined(areas)
    if not used:
        return
    fpr, tpr = e.numbers.macro_roc_outline()
    if len(fpr):
        ax.plot(fpr, tpr, **style, label=f"macro average  {number(mean, 3)}")
