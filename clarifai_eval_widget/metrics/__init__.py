"""Curves and averages from exact counts. NumPy only; knows nobody.

Counts are integers end to end and rates are derived from them here. Whatever is undefined is NaN, and
:func:`undefined_reason` says why; nothing undefined is passed off as 0 or 1.
"""

from clarifai_eval_widget.metrics.accuracy import subset_accuracy, top1_accuracy
from clarifai_eval_widget.metrics.averages import macro_of_rates, macro_precision_recall, macro_roc, mean_defined, micro
from clarifai_eval_widget.metrics.calibration import Calibration, calibration
from clarifai_eval_widget.metrics.confusion import crossed, crossed_at, order_by_confusion, top_scored
from clarifai_eval_widget.metrics.counting import Counts, counts, counts_by_concept
from clarifai_eval_widget.metrics.curves import (
    average_precision,
    precision_recall_curve,
    roc_auc,
    roc_corners,
    roc_curve,
    roc_vertices,
)
from clarifai_eval_widget.metrics.grid import HUNDREDTHS, counts_at_thresholds
from clarifai_eval_widget.metrics.merging import merge_counts
from clarifai_eval_widget.metrics.probability import (
    BrierScore,
    CalibrationError,
    CalibrationLine,
    brier_score,
    calibration_error,
    calibration_line,
    log_loss,
)
from clarifai_eval_widget.metrics.ranking import average_precision_costs, roc_auc_costs
from clarifai_eval_widget.metrics.rates import (
    RATES,
    TABULATED,
    f1,
    precision,
    rates_of_counts,
    rates_of_rates,
    ratio,
    recall,
    undefined_reason,
    undefined_reason_of,
)
from clarifai_eval_widget.metrics.stops import StopSet, choose_stops
from clarifai_eval_widget.metrics.thinning import (
    Thinned,
    thin_curve,
    thin_macro_roc,
    thin_macro_sweep,
    thin_precision_recall,
    thin_roc,
    thin_sweep,
)

__all__ = [
    "HUNDREDTHS",
    "RATES",
    "TABULATED",
    "BrierScore",
    "Calibration",
    "CalibrationError",
    "CalibrationLine",
    "Counts",
    "StopSet",
    "Thinned",
    "average_precision",
    "average_precision_costs",
    "brier_score",
    "calibration",
    "calibration_error",
    "calibration_line",
    "choose_stops",
    "counts",
    "counts_at_thresholds",
    "counts_by_concept",
    "crossed",
    "crossed_at",
    "f1",
    "log_loss",
    "macro_of_rates",
    "macro_precision_recall",
    "macro_roc",
    "mean_defined",
    "merge_counts",
    "micro",
    "order_by_confusion",
    "precision",
    "precision_recall_curve",
    "rates_of_counts",
    "rates_of_rates",
    "ratio",
    "recall",
    "roc_auc",
    "roc_auc_costs",
    "roc_corners",
    "roc_curve",
    "roc_vertices",
    "subset_accuracy",
    "thin_curve",
    "thin_macro_roc",
    "thin_macro_sweep",
    "thin_precision_recall",
    "thin_roc",
    "thin_sweep",
    "top1_accuracy",
    "top_scored",
    "undefined_reason",
    "undefined_reason_of",
]
