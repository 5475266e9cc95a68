"""How far scores can be read as probabilities: bins of equally many decisions, and the expected calibration error."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import RequirementsError
from clarifai_eval_widget.evaluation.grouping import bin_intervals
from clarifai_eval_widget.widget.wire.packing import Section, or_null
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Taken, beside_bins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]

BINS = 10
_DRAWS = 20_000_000  # scores drawn at most, for the expectation: some seconds
_REPLICATES = (20, 200)


class CalibrationHead(TypedDict):
    """How far the scores are from the shares of positives."""

    concept: str | None
    """None: the decisions of all concepts, pooled."""
    decisions: int
    error: float | None
    """Expected calibration error over equally wide bins; null without decisions."""
    expected_error: float | None
    """What it would be on average, were these very scores perfectly calibrated; null for inputs in groups, and for
    several concepts pooled: decisions that depend on one another."""
    p_value: float | None
    """Of the replicates of calibrated scores, the share whose error is at least as large."""
    error_bins: int
    """Equally wide bins that hold a decision."""
    largest: float | None
    """What the one of them that adds most adds to the error; null without decisions."""
    largest_from: float | None
    """The lowest score in that bin; null without decisions."""
    largest_below: float | None
    """The lowest score in the next that holds a decision; null where none does."""


class CalibrationParams(TypedDict):
    """Whose scores to look at."""

    concept: str | None


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    if not evaluation.numbers.has_counts:
        raise RequirementsError(
            "Calibration needs every score, and the server sent only rates: an evaluation with a test set has them."
        )
    concept: str | None = params["concept"]
    labels, scores = evaluation.numbers.decisions(concept, "Calibration needs every score")
    found = metrics.calibration(labels, scores, BINS)
    low, high, _ = bin_intervals(evaluation, concept, found)
    least, most = _REPLICATES
    replicates = max(least, min(most, _DRAWS // max(1, len(scores))))
    error = metrics.calibration_error(labels, scores, bins=BINS, replicates=replicates)
    # how far chance alone moves calibration is known of independent decisions only
    if evaluation.groups is not None or (concept is None and len(evaluation.concepts) > 1):
        error = replace(error, expected_when_calibrated=np.nan, p_value=np.nan)
    head: CalibrationHead = {
        "concept": concept,
        "decisions": len(scores),
        "error": or_null(error.value),
        "expected_error": or_null(error.expected_when_calibrated),
        "p_value": or_null(error.p_value),
        "error_bins": error.bins,
        "largest": or_null(error.largest),
        "largest_from": or_null(error.largest_bin[0]),
        "largest_below": or_null(error.largest_bin[1]),
    }
    lowest = np.full(len(found.sizes), np.inf)
    np.minimum.at(lowest, found.places(scores), scores)
    arrays = {
        "mean_scores": found.mean_scores,
        "starts": lowest,
        "positives": found.positives.astype("u4"),
        "sizes": found.sizes.astype("u4"),
        "low": np.asarray(low, "f8").reshape(-1),
        "high": np.asarray(high, "f8").reshape(-1),
    }
    return Section(head, arrays)


PANEL = Panel(
    "calibration",
    travels=False,
    encode=_encode,
    taken=Taken(
        lambda look: Call("calibration_curve", {"concept": look.concept} | beside_bins(look)),
        lambda look: Call("plot_reliability", {"concept": look.concept} | beside_bins(look)),
    ),
    in_tabs=True,
    bake=lambda _, baking: ({"concept": concept} for concept in baking.concepts),
    head=CalibrationHead,
    params=CalibrationParams,
    # Bin by bin, ascending: mean and lowest score, positives out of its decisions, and the 95 % interval of that share.
    arrays={"mean_scores": "f8", "starts": "f8", "positives": "u4", "sizes": "u4", "low": "f8", "high": "f8"},
)
