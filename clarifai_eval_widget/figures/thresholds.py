"""Threshold-sweep figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.curve_tables import macro_sweep
from clarifai_eval_widget.evaluation.grouping import sizes_of
from clarifai_eval_widget.evaluation.looking import level_now
from clarifai_eval_widget.figures.style import (
    BAND_LEVEL,
    FOLD_STYLE,
    MACRO_STYLE,
    around_of,
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

__all__ = ["plot_threshold_sweep"]


def plot_threshold_sweep(
    e: EvaluationData,
    concept: str | None = None,
    *,
    figure: Literal["f1", "precision", "recall", "all"] = "f1",
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    around: Iterable[Around] | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw rates over the threshold; see :meth:`Evaluation.plot_threshold_sweep`."""
    if figure not in ("f1", "precision", "recall", "all"):
        raise ValueError(f'figure={figure!r} is not known; choose "f1", "precision", "recall" or "all".')
    limits = dict(zip(e.concepts, e.numbers.limits(threshold), strict=True))
    drawn = around_of(() if around is None and concept is not None else around, concept, ("macro", "others"))
    ax = new_axes(ax, (7.4, 4.2))
    if concept is not None:
        said = _sweep_of_one(e, concept, limits[concept], ax, banded=is_banded(e, concept, band))
        title, of = f"Threshold sweep of {shown(e, concept)}", [concept]
    elif figure == "all":
        said = _sweep_of_macro(e, limits, ax)
        title, of = "Threshold sweep: macro average", None
    else:
        said = _sweep_of_all(e, figure, limits, drawn, ax)
        title, of = f"Threshold sweep: {_NAMES[figure]}", None
        unit_axes(ax, "Threshold", _NAMES[figure][0].upper() + _NAMES[figure][1:])
        return finish(e, ax, title, *said)
    if "folds" in drawn:
        _sweep_folds(e, concept, ax)
    unit_axes(ax, "Threshold", "Precision, recall, F1")
    return finish(e, ax, title, *said, concepts=of)


_NAMES = {"precision": "precision", "recall": "recall", "f1": "F1"}


def _sweep_of_all(
    e: EvaluationData, figure: str, limits: dict[str, float], drawn: Collection[Around], ax: Axes
) -> list[str]:
    """Draw one rate of every concept, and its mean."""
    named, faint = pick_concepts(e, None, others="others" in drawn)
    for one in faint:
        stops = e.numbers.sweep_outline(one)
        ax.plot(stops, e.numbers.sweep(one, stops)[figure], color="#bdbdbd", linewidth=0.8)
    for index, one in enumerate(named):
        style, stops = line_style(index), e.numbers.sweep_outline(one)
        at_limit = _rate_at(e, one, figure, limits[one])
        swept = e.numbers.sweep(one, stops)[figure]
        ax.plot(stops, swept, **style, label=f"{shown(e, one)}  {number(at_limit, 3)}")
        mark(ax, limits[one], at_limit, style["color"])
    if faint:
        ax.plot([], [], color="#bdbdbd", linewidth=0.8, label=f"{len(faint)} other concepts")
    if len(e.concepts) > 1 and "macro" in drawn:
        stops = e.numbers.macro_sweep_outline()
        ax.plot(stops, macro_sweep(e, stops)[figure], **MACRO_STYLE, label=_macro_label(e, figure, limits))
    if len(set(limits.values())) == 1:
        _threshold_line(ax, next(iter(limits.values())))
    how = _f1_words(e) if figure == "f1" else ""
    return [dots_words(e, limits, named), f"Legend: {_NAMES[figure]} there{how}. Gaps: undefined (nothing predicted)."]


def _rate_at(e: EvaluationData, concept: str, figure: str, threshold: float) -> float:
    return float(e.numbers.sweep(concept, np.array([threshold]))[figure][0])


def _sweep_of_macro(e: EvaluationData, limits: dict[str, float], ax: Axes) -> list[str]:
    """Draw the means of precision, recall and F1, each concept at one threshold; in the legend, at its own."""
    stops = e.numbers.macro_sweep_outline()
    macro = macro_sweep(e, stops)
    for index, (name, words) in enumerate(_NAMES.items()):
        label = _macro_label(e, name, limits).replace("macro average", words)
        ax.plot(stops, macro[name], **line_style(index), zorder=3, label=label)
    if len(set(limits.values())) == 1:
        _threshold_line(ax, next(iter(limits.values())))
    at = dots_words(e, limits, list(limits))[6:]
    return [f"Means over the concepts that have them{_f1_words(e)}. Legend: {at}"]


def _f1_words(e: EvaluationData) -> str:
    """Say which F1 it is where only the platform's mean rates are there."""
    if e.has_counts or not e.numbers.fold_means:
        return ""
    return "; F1 is that of the mean rates, not the mean of the folds' F1, but at 0.5, where that is sent"


def _sweep_folds(e: EvaluationData, concept: str | None, ax: Axes) -> None:
    """Draw each fold's F1, or nothing could be told apart; of all concepts the mean of theirs."""
    for fold in e.fold_numbers:
        rows = []
        for one in e.concepts if concept is None else (concept,):
            counts = e.fold_counts(fold, one)
            tps, fps = counts.at(metrics.HUNDREDTHS)
            rows.append(metrics.f1(tps, fps, counts.num_pos))
        values = np.asarray(rows)
        mean = metrics.ratio(np.nansum(values, axis=0), (~np.isnan(values)).sum(axis=0))
        ax.plot(metrics.HUNDREDTHS, mean, **FOLD_STYLE)
    if e.fold_numbers:
        ax.plot([], [], **FOLD_STYLE, label=f"F1 of {len(e.fold_numbers)} folds")


def _macro_label(e: EvaluationData, figure: str, limits: dict[str, float]) -> str:
    values = [_rate_at(e, one, figure, limits[one]) for one in e.concepts]
    mean, _, used = metrics.mean_defined(values)
    left_out = f" ({used} of {len(values)})" if used < len(values) else ""
    return f"macro average  {number(mean, 3)}{left_out}"


def _threshold_line(ax: Axes, threshold: float) -> None:
    if np.isfinite(threshold):
        ax.axvline(threshold, color="#595959", linewidth=1, zorder=1)


def _sweep_of_one(e: EvaluationData, concept: str, threshold: float, ax: Axes, *, banded: bool) -> list[str]:
    stops = e.numbers.sweep_outline(concept)
    swept, at_limit = e.numbers.sweep(concept, stops), e.numbers.sweep(concept, np.array([threshold]))
    level = level_now(e, BAND_LEVEL)
    found = None
    if banded:
        sizes = sizes_of(e, concept, level)
        found = uncertainty.sweep_band(e.counts(concept), stops, confidence_level=level, sizes=sizes)
    for index, (name, words) in enumerate(_NAMES.items()):
        style = line_style(index)
        if found is not None:
            low, high = getattr(found, name)
            ax.fill_between(stops, low, high, color=style["color"], alpha=0.18, linewidth=0)
        there = float(at_limit[name][0])
        ax.plot(stops, swept[name], **style, zorder=3, label=f"{words}  {number(there, 3)}")
        mark(ax, threshold, there, style["color"])
    _threshold_line(ax, threshold)
    said = f"Dots and legend: threshold {e.numbers.threshold_brief(threshold)}"
    if e.has_counts:
        c = e.counts(concept)
        tp, fp = (int(one) for one in c.at(threshold))
        said += f" (tp {tp:,}, fp {fp:,}, fn {c.num_pos - tp:,}, tn {c.num_neg - fp:,})"
    return [f"{said}{_f1_words(e)}.", band_words(e, found)]
