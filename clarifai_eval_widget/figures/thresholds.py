"""Precision–recall and threshold-sweep figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.counted import precision_recall_drawn
from clarifai_eval_widget.evaluation.curve_tables import macro_id, threshold_sweep
from clarifai_eval_widget.evaluation.grouping import sizes_of
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
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display

__all__ = ["plot_precision_recall", "plot_threshold_sweep"]


def _share(value: float) -> str:
    """Write a base rate; a small one with two digits that say something, since it is never nothing."""
    return f"{value:.2g}" if 0 < value < 0.0005 else number(value, 3)


def plot_precision_recall(
    e: EvaluationData,
    concept: str | None = None,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    ax: Axes | None = None,
) -> Display:
    """Draw precision–recall curves; see :meth:`Evaluation.plot_precision_recall`."""
    limits = dict(zip(e.concepts, e.numbers.limits(threshold), strict=True))
    named, faint = pick_concepts(e, concept)
    ax = new_axes(ax, (6.4, 4.9))
    for one in faint:
        _pr_line(e, one, {"color": "#bdbdbd", "linewidth": 0.8}, ax, label="")
    for index, one in enumerate(named):
        style = line_style(index)
        area, why = e.numbers.average_precision(one)
        label = f"{shown(e, one)}  {number(area, 3)}" + (f" ({why})" if why else "")
        _pr_line(e, one, style, ax, label=label)
        sweep = threshold_sweep(e, one, [limits[one]])
        mark(ax, float(sweep["recall"].iloc[0]), float(sweep["precision"].iloc[0]), style["color"])
    if faint:
        ax.plot([], [], color="#bdbdbd", linewidth=0.8, label=f"{len(faint)} other concepts")
    said = [dots_words(e, limits, named), "Legend: average precision (the step sum)."]
    if concept is not None and e.has_counts:
        num_pos, num_neg = e.class_sizes(concept)
        share = metrics.ratio(num_pos, num_pos + num_neg)
        ax.axhline(share, color="#8c8c8c", linewidth=1, linestyle=(0, (2, 3)), label=f"chance  {_share(share)}")
    elif e.has_counts and len(e.concepts) > 1:
        pooled = metrics.micro(e.all_counts())
        words = f"micro average  {number(metrics.average_precision(pooled), 3)}"
        ax.step(*precision_recall_drawn(pooled), where="pre", **MACRO_STYLE, label=words)
        areas = [e.numbers.average_precision(one)[0] for one in e.concepts]
        mean, _, used = metrics.mean_defined(areas)
        said.append(f"Macro average of it: {number(mean, 3)}, mean of {used} of {len(areas)} concepts.")
    unit_axes(ax, "Recall", "Precision", square=True)
    title = "Precision–recall curve" + (f" of {shown(e, concept)}" if concept is not None else "")
    return finish(e, ax, title, *said, concepts=None if concept is None else [concept])


def _pr_line(e: EvaluationData, concept: str, style: dict[str, Any], ax: Axes, *, label: str) -> None:
    """Draw the steps whose area is the average precision."""
    ax.step(*e.numbers.precision_recall_outline(concept), where="pre", **style, label=label or None)


def plot_threshold_sweep(
    e: EvaluationData,
    concept: str | None = None,
    *,
    figure: Literal["f1", "precision", "recall"] = "f1",
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw rates over the threshold; see :meth:`Evaluation.plot_threshold_sweep`."""
    if figure not in ("f1", "precision", "recall"):
        raise ValueError(f'figure={figure!r} is not known; choose "f1", "precision" or "recall".')
    limits = dict(zip(e.concepts, e.numbers.limits(threshold), strict=True))
    ax = new_axes(ax, (7.4, 4.2))
    names = {"f1": "F1", "precision": "precision", "recall": "recall"}
    if concept is not None:
        said = _sweep_of_one(e, concept, limits[concept], ax, banded=is_banded(e, concept, band))
        unit_axes(ax, "Threshold", "Precision, recall, F1")
        return finish(e, ax, f"Threshold sweep of {shown(e, concept)}", *said, concepts=[concept])
    named, faint = pick_concepts(e, None)
    for one in faint:
        swept = threshold_sweep(e, one, e.numbers.sweep_outline(one))
        ax.plot(swept["threshold"], swept[figure], color="#bdbdbd", linewidth=0.8)
    for index, one in enumerate(named):
        style = line_style(index)
        at_limit = float(threshold_sweep(e, one, [limits[one]])[figure].iloc[0])
        swept = threshold_sweep(e, one, e.numbers.sweep_outline(one))
        ax.plot(swept["threshold"], swept[figure], **style, label=f"{shown(e, one)}  {number(at_limit, 3)}")
        mark(ax, limits[one], at_limit, style["color"])
    if faint:
        ax.plot([], [], color="#bdbdbd", linewidth=0.8, label=f"{len(faint)} other concepts")
    if len(e.concepts) > 1:
        macro = threshold_sweep(e, thresholds=e.numbers.macro_sweep_outline()).loc[
            lambda frame: frame["concept"] == macro_id(e)
        ]
        ax.plot(macro["threshold"], macro[figure], **MACRO_STYLE, label=_macro_label(e, figure, limits))
    if len(set(limits.values())) == 1:
        _threshold_line(ax, next(iter(limits.values())))
    unit_axes(ax, "Threshold", names[figure][0].upper() + names[figure][1:])
    said = [dots_words(e, limits, named), f"Legend: {names[figure]} there. Gaps: undefined (nothing predicted)."]
    return finish(e, ax, f"Threshold sweep: {names[figure]}", *said)


def _macro_label(e: EvaluationData, figure: str, limits: dict[str, float]) -> str:
    values = [float(threshold_sweep(e, one, [limits[one]])[figure].iloc[0]) for one in e.concepts]
    mean, _, used = metrics.mean_defined(values)
    left_out = f" ({used} of {len(values)})" if used < len(values) else ""
    return f"macro average  {number(mean, 3)}{left_out}"


def _threshold_line(ax: Axes, threshold: float) -> None:
    if np.isfinite(threshold):
        ax.axvline(threshold, color="#595959", linewidth=1, zorder=1)


def _sweep_of_one(e: EvaluationData, concept: str, threshold: float, ax: Axes, *, banded: bool) -> list[str]:
    frame = threshold_sweep(e, concept, e.numbers.sweep_outline(concept))
    stops: NDArray[Any] = frame["threshold"].to_numpy()
    at_limit = threshold_sweep(e, concept, [threshold]).iloc[0]
    level = level_now(e, BAND_LEVEL)
    found = None
    if banded:
        sizes = sizes_of(e, concept, level)
        found = uncertainty.sweep_band(e.counts(concept), stops, confidence_level=level, sizes=sizes)
    for index, (name, words) in enumerate({"precision": "precision", "recall": "recall", "f1": "F1"}.items()):
        style = line_style(index)
        if found is not None:
            low, high = getattr(found, name)
            ax.fill_between(stops, low, high, color=style["color"], alpha=0.18, linewidth=0)
        ax.plot(stops, frame[name], **style, zorder=3, label=f"{words}  {number(float(at_limit[name]), 3)}")
        mark(ax, threshold, float(at_limit[name]), style["color"])
    _threshold_line(ax, threshold)
    said = f"Dots and legend: threshold {e.numbers.threshold_words(threshold)}"
    if e.has_counts:
        c = e.counts(concept)
        tp, fp = (int(one) for one in c.at(threshold))
        said += f" (tp {tp:,}, fp {fp:,}, fn {c.num_pos - tp:,}, tn {c.num_neg - fp:,})"
    if not e.has_counts and e.numbers.fold_means:
        said += "; F1 is that of the mean rates, not the mean of the folds' F1"
    return [said + ".", band_words(e, found)]
