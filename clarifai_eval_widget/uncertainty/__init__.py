"""How sure the numbers are: DeLong's intervals and paired test, Holm, Wilson, and bootstrap bands."""

from clarifai_eval_widget.uncertainty.auc import AucDifference, AucEstimate, compare_auc, delong
from clarifai_eval_widget.uncertainty.bands import RocBand, SweepBand, roc_band, roc_bands, sweep_band
from clarifai_eval_widget.uncertainty.multiplicity import holm
from clarifai_eval_widget.uncertainty.proportions import wilson_interval

__all__ = [
    "AucDifference",
    "AucEstimate",
    "RocBand",
    "SweepBand",
    "compare_auc",
    "delong",
    "holm",
    "roc_band",
    "roc_bands",
    "sweep_band",
    "wilson_interval",
]
