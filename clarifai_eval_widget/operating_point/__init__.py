"""Choose the threshold to ship: criteria to operating points, with the honest estimate of what they achieve.

A threshold chosen and measured on the same data looks better than it is; :func:`cross_fitted` measures on
folds that took no part in the choice.
"""

from clarifai_eval_widget.operating_point.abstain import (
    AbstainCurve,
    AbstainPoint,
    abstain_curve,
    abstain_point,
    choose_abstain,
    rejecting_matrix,
)
from clarifai_eval_widget.operating_point.abstain_guarantee import guaranteed_abstain
from clarifai_eval_widget.operating_point.choosing import operating_point, operating_points
from clarifai_eval_widget.operating_point.costs import (
    CheapestPoint,
    DecisionCurve,
    cheapest_threshold,
    net_benefit,
    net_benefit_by_group,
)
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions
from clarifai_eval_widget.operating_point.cross_fitting import cross_fitted, cross_fitted_each
from clarifai_eval_widget.operating_point.guarantee import guaranteed_point
from clarifai_eval_widget.operating_point.label_shift import (
    PrevalenceEstimate,
    prevalence_by_likelihood,
    prevalence_by_shift,
)
from clarifai_eval_widget.operating_point.partial import PartialFigure, partial_auc, precision_at_k, tpr_at_fpr
from clarifai_eval_widget.operating_point.points import (
    CrossFitted,
    FoldPoint,
    GuaranteedPoint,
    InfeasibleError,
    OperatingPoint,
    ThresholdInterval,
)
from clarifai_eval_widget.operating_point.stability import (
    threshold_interval,
    threshold_interval_by_group,
    threshold_intervals,
)

__all__ = [
    "AbstainCurve",
    "AbstainPoint",
    "CheapestPoint",
    "Criterion",
    "CriterionOptions",
    "CrossFitted",
    "DecisionCurve",
    "FoldPoint",
    "GuaranteedPoint",
    "InfeasibleError",
    "OperatingPoint",
    "PartialFigure",
    "PrevalenceEstimate",
    "ThresholdInterval",
    "abstain_curve",
    "abstain_point",
    "cheapest_threshold",
    "choose_abstain",
    "cross_fitted",
    "cross_fitted_each",
    "guaranteed_abstain",
    "guaranteed_point",
    "net_benefit",
    "net_benefit_by_group",
    "operating_point",
    "operating_points",
    "partial_auc",
    "precision_at_k",
    "prevalence_by_likelihood",
    "prevalence_by_shift",
    "rejecting_matrix",
    "threshold_interval",
    "threshold_interval_by_group",
    "threshold_intervals",
    "tpr_at_fpr",
]
