"""Precision–recall and threshold-sweep figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.curves import macro_id, precision_recall_frame, sweep_frame
from clarifai_eval_widget.evaluation.tables import thresholds_of
from clarifai_eval_widget.figures.style import (
    MACRO_STYLE,
    Display,
    band_words,
    dots_words,
    drawn_rows,
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

__all__ = ["plot_precision_recall", "plot_threshold_sweep"]

SweepFigure = Literal["f1", "precision", "recall"]


def plot_precision_recall(
    e: EvaluationData,
    concept: str | None = None,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    ax: Axes | None = None,
) -> Display:
    """Draw precision–recall curves; see :meth:`Evaluation.plot_precision_recall`."""
    ax = new_axes(ax, (6.4, 4.9))
    limits = dict(zip(e.concepts, thresholds_of(e, threshold), strict=True))
    named, faint = pick_concepts(e, concept)
    for one in faint:
        _pr_line(e, one, {"color": "#bdbdbd", "linewidth": 0.8}, ax, label="")
    for index, one in enumerate(named):
        style = line_style(index)
        area = _average_precision(e, one)
        why = metrics.undefined_reason(e.counts(one), needs_negatives=False) if e.source != "platform_curves" else ""
        label = f"{shown(e, one)}  {number(area, 3)}" + (f" ({why})" if why else "")
        _pr_line(e, one, style, ax, label=label)
        sweep = sweep_frame(e, one, [limits[one]])
        mark(ax, float(sweep["recall"].iloc[0]), float(sweep["precision"].iloc[0]), style["color"])
    if faint:
        ax.plot([], [], color="#bdbdbd", linewidth=0.8, label=f"{len(faint)} other concepts")
    said = [dots_words(limits, named), "Legend: average precision (the step sum)."]
    if concept is not None and e.source != "platform_curves":
        share = metrics.ratio(e.counts(concept).num_pos, e.counts(concept).num_pos + e.counts(concept).num_neg)
        ax.axhline(share, color="#8c8c8c", linewidth=1, linestyle=(0, (2, 3)), label=f"chance  {number(share, 3)}")
    elif e.source != "platform_curves" and len(e.concepts) > 1:
        pooled = metrics.micro(e.all_counts())
        precision, recall, _ = metrics.precision_recall_curve(pooled)
        words = f"micro average  {number(metrics.average_precision(pooled), 3)}"
        rows = drawn_rows(len(recall))
        ax.step(recall[rows], precision[rows], where="pre", **MACRO_STYLE, label=words)
        areas = [_average_precision(e, one) for one in e.concepts]
        mean, _, used = metrics.mean_defined(areas)
        said.append(f"Macro average of it: {number(mean, 3)}, mean of {used} of {len(areas)} concepts.")
    unit_axes(ax, "Recall", "Precision", square=True)
    title = "Precision–recall curve" + (f" of {shown(e, concept)}" if concept is not None else "")
    return finish(e, ax, title, *said)


def _average_precision(e: EvaluationData, concept: str) -> float:
    if e.source == "platform_curves":
        curve = e.platform_curves.get(concept)
        return np.nan if curve is None else curve.avg_precision
    return metrics.average_precision(e.counts(concept))


def _pr_line(e: EvaluationData, concept: str, style: dict[str, Any], ax: Axes, *, label: str) -> None:
    """Draw the steps whose area is the average precision."""
    if e.source == "platform_curves":
        frame = precision_recall_frame(e, concept).sort_values("threshold", ascending=False, kind="stable")
        ax.step(frame["recall"], frame["precision"], where="pre", **style, label=label or None)
        return
    precision, recall, _ = metrics.precision_recall_curve(e.counts(concept))
    rows = drawn_rows(len(recall))
    ax.step(recall[rows], precision[rows], where="pre", **style, label=label or None)


def plot_threshold_sweep(
    e: EvaluationData,
    concept: str | None = None,
    *,
    figure: SweepFigure = "f1",
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw rates over the threshold; see :meth:`Evaluation.plot_threshold_sweep`."""
    if figure not in ("f1", "precision", "recall"):
        raise ValueError(f'figure={figure!r} is not known; choose "f1", "precision" or "recall".')
    ax = new_axes(ax, (7.4, 4.2))
    limits = dict(zip(e.concepts, thresholds_of(e, threshold), strict=True))
    names = {"f1": "F1", "precision": "precision", "recall": "recall"}
    if concept is not None:
        said = _sweep_of_one(e, concept, limits[concept], ax, banded=is_banded(e, concept, band))
        unit_axes(ax, "Threshold", "Precision, recall, F1")
        return finish(e, ax, f"Threshold sweep of {shown(e, concept)}", *said)
    named, faint = pick_concepts(e, None)
    swept = dict(iter(sweep_frame(e, None, None).groupby("concept", observed=True)))
    for one in faint:
        ax.plot(swept[one]["threshold"], swept[one][figure], color="#bdbdbd", linewidth=0.8)
    for index, one in enumerate(named):
        style = line_style(index)
        at_limit = float(sweep_frame(e, one, [limits[one]])[figure].iloc[0])
        ax.plot(swept[one]["threshold"], swept[one][figure], **style, label=f"{shown(e, one)}  {number(at_limit, 3)}")
        mark(ax, limits[one], at_limit, style["color"])
    if faint:
        ax.plot([], [], color="#bdbdbd", linewidth=0.8, label=f"{len(faint)} other concepts")
    if len(e.concepts) > 1:
        macro = swept[macro_id(e)]
        ax.plot(macro["threshold"], macro[figure], **MACRO_STYLE, label=_macro_label(e, figure, limits))
    if len(set(limits.values())) == 1:
        _threshold_line(ax, next(iter(limits.values())))
    unit_axes(ax, "Threshold", names[figure][0].upper() + names[figure][1:])
    said = [dots_words(limits, named), f"Legend: {names[figure]} there. Gaps: undefined (nothing predicted)."]
    return finish(e, ax, f"Threshold sweep: {names[figure]}", *said)


def _macro_label(e: EvaluationData, figure: str, limits: dict[str, float]) -> str:
    values = [float(sweep_frame(e, one, [limits[one]])[figure].iloc[0]) for one in e.concepts]
    mean, _, used = metrics.mean_defined(values)
    left_out = f" ({used} of {len(values)})" if used < len(values) else ""
    return f"macro average  {number(mean, 3)}{left_out}"


def _threshold_line(ax: Axes, threshold: float) -> None:
    if np.isfinite(threshold):
        ax.axvline(threshold, color="#595959", linewidth=1, zorder=1)


def _sweep_of_one(e: EvaluationData, concept: str, threshold: float, ax: Axes, *, banded: bool) -> list[str]:
    frame = sweep_frame(e, concept, None)
    stops: NDArray[Any] = frame["threshold"].to_numpy()
    at_limit = sweep_frame(e, concept, [threshold]).iloc[0]
    found = uncertainty.sweep_band(e.counts(concept), stops) if banded else None
    for index, (name, words) in enumerate({"precision": "precision", "recall": "recall", "f1": "F1"}.items()):
        style = line_style(index)
        if found is not None:
            low, high = getattr(found, name)
            ax.fill_between(stops, low, high, color=style["color"], alpha=0.18, linewidth=0)
        ax.plot(stops, frame[name], **style, zorder=3, label=f"{words}  {number(float(at_limit[name]), 3)}")
        mark(ax, threshold, float(at_limit[name]), style["color"])
    _threshold_line(ax, threshold)
    said = f"Dots and legend: threshold {threshold:.4g}"
    if e.source != "platform_curves":
        c = e.counts(concept)
        tp, fp = (int(one) for one in c.at(threshold))
        said += f" (tp {tp:,}, fp {fp:,}, fn {c.num_pos - tp:,}, tn {c.num_neg - fp:,})"
    return [said + ".", band_words(1000, 0.95) if found is not None else ""]
