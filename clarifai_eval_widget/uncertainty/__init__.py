"""How sure the numbers are: intervals, paired tests, bands, and what to do about looking early.

NumPy only. Every result names its method in words, and says why where it gives no interval.
"""

from clarifai_eval_widget.uncertainty.auc import AucEstimate, auc_interval, delong
from clarifai_eval_widget.uncertainty.bands import RocBand, SweepBand, roc_band, roc_bands, sweep_band
from clarifai_eval_widget.uncertainty.multiplicity import holm
from clarifai_eval_widget.uncertainty.paired import AucDifference, compare_auc
from clarifai_eval_widget.uncertainty.proportions import agresti_coull_interval, proportion_interval, wilson_interval

__all__ = [
    "AucDifference",
    "AucEstimate",
    "RocBand",
    "SweepBand",
    "agresti_coull_interval",
    "auc_interval",
    "compare_auc",
    "delong",
    "holm",
    "proportion_interval",
    "roc_band",
    "roc_bands",
    "sweep_band",
    "wilson_interval",
]
