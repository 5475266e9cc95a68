"""Matplotlib figures of an evaluation; each returns a :class:`Display` with ``ax_`` and ``figure_``.

Colours come from Okabe and Ito's palette and every line has dashes of its own, so that figures can be read by
colour-blind people and in grey. Legends stand beside the axes, never on the data. The caption says what the
numbers were counted from, and how many inputs there are.
"""

from __future__ import annotations

from clarifai_eval_widget.evaluation.display import Display
from clarifai_eval_widget.figures.comparison import plot_comparison
from clarifai_eval_widget.figures.matrices import plot_confusion_matrix, plot_cooccurrence_matrix
from clarifai_eval_widget.figures.precision_recall import plot_precision_recall
from clarifai_eval_widget.figures.roc import plot_roc
from clarifai_eval_widget.figures.scores import plot_reliability, plot_score_histogram
from clarifai_eval_widget.figures.thresholds import plot_threshold_sweep

__all__ = [
    "Display",
    "plot_comparison",
    "plot_confusion_matrix",
    "plot_cooccurrence_matrix",
    "plot_precision_recall",
    "plot_reliability",
    "plot_roc",
    "plot_score_histogram",
    "plot_threshold_sweep",
]
