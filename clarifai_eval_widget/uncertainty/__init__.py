"""How sure the numbers are: intervals, paired tests, bands, and what to do about looking early.

NumPy only. Every result names its method in words, and says why where it gives no interval.
"""

from clarifai_eval_widget.uncertainty.auc import AucEstimate, auc_interval, delong
from clarifai_eval_widget.uncertainty.bands import RocBand, SweepBand, roc_band, roc_bands, sweep_band
from clarifai_eval_widget.uncertainty.clusters import clustered_auc, compare_auc_clustered
from clarifai_eval_widget.uncertainty.effective import (
    EffectiveSizes,
    effective_sizes,
    effective_sizes_of_shares,
)
from clarifai_eval_widget.uncertainty.folds import (
    compare_auc_folds,
    compare_fold_values,
    cross_validated_auc,
    fold_auc_interval,
    fold_mean_interval,
    unseen_in_folds,
)
from clarifai_eval_widget.uncertainty.group_bootstrap import GroupResamples, cluster_bootstrap
from clarifai_eval_widget.uncertainty.looks import p_value_of_looks, sequential_level
from clarifai_eval_widget.uncertainty.mcnemar import DecisionDifference, compare_decisions, mcnemar
from clarifai_eval_widget.uncertainty.multiplicity import holm, simultaneous_intervals
from clarifai_eval_widget.uncertainty.overall import compare_figure, compare_macro_auc, figure_interval
from clarifai_eval_widget.uncertainty.paired import AucDifference, compare_auc
from clarifai_eval_widget.uncertainty.planning import InputsNeeded, inputs_for, inputs_needed
from clarifai_eval_widget.uncertainty.precision_recall_bands import PrecisionRecallBand, precision_recall_band
from clarifai_eval_widget.uncertainty.proportions import agresti_coull_interval, proportion_interval, wilson_interval
from clarifai_eval_widget.uncertainty.results import FigureDifference, FigureEstimate
from clarifai_eval_widget.uncertainty.sequences import ConfidenceSequence, auc_increments, confidence_sequence

__all__ = [
    "AucDifference",
    "AucEstimate",
    "ConfidenceSequence",
    "DecisionDifference",
    "EffectiveSizes",
    "FigureDifference",
    "FigureEstimate",
    "GroupResamples",
    "InputsNeeded",
    "PrecisionRecallBand",
    "RocBand",
    "SweepBand",
    "agresti_coull_interval",
    "auc_increments",
    "auc_interval",
    "cluster_bootstrap",
    "clustered_auc",
    "compare_auc",
    "compare_auc_clustered",
    "compare_auc_folds",
    "compare_decisions",
    "compare_figure",
    "compare_fold_values",
    "compare_macro_auc",
    "confidence_sequence",
    "cross_validated_auc",
    "delong",
    "effective_sizes",
    "effective_sizes_of_shares",
    "figure_interval",
    "fold_auc_interval",
    "fold_mean_interval",
    "holm",
    "inputs_for",
    "inputs_needed",
    "mcnemar",
    "p_value_of_looks",
    "precision_recall_band",
    "proportion_interval",
    "roc_band",
    "roc_bands",
    "sequential_level",
    "simultaneous_intervals",
    "sweep_band",
    "unseen_in_folds",
    "wilson_interval",
]
