"""Choose the threshold to ship: criteria to operating points, with the honest estimate of what they achieve.

A threshold chosen and measured on the same data looks better than it is; :func:`cross_fitted` measures on
folds that took no part in the choice.
"""

from clarifai_eval_widget.operating_point.choosing import operating_point, operating_points
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions
from clarifai_eval_widget.operating_point.cross_fitting import cross_fitted
from clarifai_eval_widget.operating_point.guarantee import guaranteed_point
from clarifai_eval_widget.operating_point.points import (
    CrossFitted,
    FoldPoint,
    GuaranteedPoint,
    InfeasibleError,
    OperatingPoint,
)
from clarifai_eval_widget.operating_point.stability import ThresholdInterval, threshold_interval, threshold_intervals

__all__ = [
    "Criterion",
    "CriterionOptions",
    "CrossFitted",
    "FoldPoint",
    "GuaranteedPoint",
    "InfeasibleError",
    "OperatingPoint",
    "ThresholdInterval",
    "cross_fitted",
    "guaranteed_point",
    "operating_point",
    "operating_points",
    "threshold_interval",
    "threshold_intervals",
]
