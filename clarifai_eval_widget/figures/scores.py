"""Calibration and histogram figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.distributions import score_histogram
from clarifai_eval_widget.evaluation.grouping import bin_intervals
from clarifai_eval_widget.evaluation.interface import check_range
from clarifai_eval_widget.figures.style import (
    average_styles,
    finish,
    line_style,
    new_axes,
    pick_concepts,
    shown,
    unit_axes,
)
from clarifai_eval_widget.words import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display
    from clarifai_eval_widget.evaluation.predictions import Predictions

__all__ = ["plot_reliability", "plot_score_histogram", "scores_needed"]

_NEEDED = "This figure needs the score of every input"


def scores_needed(e: EvaluationData) -> Predictions:
    """Return labels and scores, or say why there is nothing to draw."""
    held = e.numbers.predictions(_NEEDED)
    if not len(held):
        why = "there are no inputs" if e.source == "scores" else "the server sent no test set"
        raise EvalError(f"{_NEEDED}, but {why}.")
    return held


def plot_reliability(
    e: EvaluationData,
    concept: str | None = None,
    *,
    concepts: Iterable[str] | None = None,
    micro: bool | None = None,
    intervals: bool = True,
    bins: int = 10,
    ax: Axes | None = None,
) -> Display:
    """Draw how often each score was right; see :meth:`Evaluation.plot_reliability`."""
    scores_needed(e)
    named, micro = pick_concepts(e, concept, concepts)[0], concept is None if micro is None else micro
    found = {one: metrics.calibration(*e.numbers.decisions(one, _NEEDED), bins) for one in named}
    ax, method = new_axes(ax, (6.4, 4.9)), ""
    ax.plot([0, 1], [0, 1], color="#8c8c8c", linewidth=1, linestyle=(0, (2, 3)), zorder=1, label="perfectly calibrated")
    for index, (one, c) in enumerate(found.items()):
        style = line_style(index)
        label = f"{shown(e, one)}  {number(c.error, 3)}"
        ax.plot(c.mean_scores, c.shares, **style, marker=".", label=label, zorder=3)
        if one == concept and intervals:
            low, high, method = bin_intervals(e, one, c)
            ax.vlines(c.mean_scores, low, high, color=style["color"], linewidth=1.2, zorder=2)
    if micro and len(e.concepts) > 1:
        pooled = metrics.calibration(*e.numbers.decisions(None, _NEEDED), bins)
        style = average_styles(concept)[concept is not None] | {"marker": "o", "markersize": 4}
        ax.plot(pooled.mean_scores, pooled.shares, **style, label=f"all decisions  {number(pooled.error, 3)}")
    unit_axes(ax, "Mean score of the bin", "Share of positives in the bin", square=True)
    said = [f"At most {bins} bins of equally many inputs. Legend: expected calibration error."]
    said += [f"Bars: 95% intervals, {method}."] if method else []
    said += [_calibrated_words(e, concept)] if concept is not None else []
    left = len(e.concepts) - len(found) if concept is None and concepts is None else 0
    said += [f"Shown are the {len(found)} concepts of lowest ROC AUC."] if left else []
    return finish(e, ax, "Reliability" + (f" of {shown(e, concept)}" if concept is not None else ""), *said)


def _calibrated_words(e: EvaluationData, concept: str) -> str:
    """Say what a calibration error would be of so few inputs, were the scores calibrated."""
    labels, scores = e.numbers.decisions(concept, _NEEDED)
    if not len(labels):
        return ""
    found = metrics.calibration_error(labels, scores)
    if e.groups is not None:  # their labels are not drawn one by one, as those of calibrated scores are here
        return f"Over equally wide bins it is {number(found.value, 3)}."
    return (
        f"Over equally wide bins it is {number(found.value, 3)}, of calibrated scores about "
        f"{number(found.expected_when_calibrated, 3)} (p = {number(found.p_value, 2)}); debiased "
        f"{number(found.debiased, 3)}."
    )


def plot_score_histogram(
    e: EvaluationData,
    concept: str | None = None,
    *,
    threshold: float = 0.5,
    bins: int = 40,
    ax: Axes | None = None,
) -> Display:
    """Draw where positives and negatives score; see :meth:`Evaluation.plot_score_histogram`."""
    scores_needed(e)
    check_range(np.array([threshold], np.float64))
    frame = score_histogram(e, concept, bins=bins)
    edges = np.append(frame["low"], frame["high"].iloc[-1])
    ax = new_axes(ax, (7.4, 4.0))
    looks: dict[str, dict[str, Any]] = {
        "negatives": {"color": "#E69F00", "hatch": "", "alpha": 0.55},
        "positives": {"color": "#0072B2", "hatch": "////", "alpha": 0.45},
    }
    for name, look in looks.items():
        count = int(frame[name].sum())
        heights = metrics.ratio(frame[name].to_numpy(np.int64), count)
        if not count:
            ax.stairs(np.zeros(bins), edges, color=look["color"], label=f"{name}: none")
            continue
        ax.stairs(
            heights,
            edges,
            fill=True,
            facecolor=look["color"],
            alpha=look["alpha"],
            hatch=look["hatch"],
            edgecolor="white",
            label=f"{name}: {count:,}",
        )
        ax.stairs(heights, edges, color=look["color"], linewidth=1.4)
    ax.axvline(threshold, color="black", linewidth=1.2)
    ax.set(xlim=(-0.01, 1.01), xlabel="Score", ylabel="Share of the class in the bin")
    ax.set_ylim(bottom=0.0)
    what = "" if concept is not None else "Decisions of all concepts pooled."
    title = "Scores of " + (shown(e, concept) if concept is not None else "all concepts")
    return finish(e, ax, title, f"Vertical line: threshold {e.numbers.threshold_brief(threshold)}.", what)
