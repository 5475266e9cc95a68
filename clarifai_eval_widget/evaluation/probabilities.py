"""How good an evaluation's scores are as probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.framed import by_concept
from clarifai_eval_widget.evaluation.looking import level_now

if TYPE_CHECKING:
    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["probability_scores"]


_FIGURES = ["brier", "reliability", "resolution", "uncertainty", "skill", "log_loss", "calibration_error"]
_FIGURES += ["calibration_error_if_calibrated", "calibration_error_debiased", "p_value"]
_FIGURES += [f"{one}{end}" for one in ("slope", "intercept") for end in ("", "_low", "_high")]
_BY_CHANCE = ["calibration_error_if_calibrated", "calibration_error_debiased", "p_value"]
_BY_CHANCE += [f"{one}_{end}" for one in ("slope", "intercept") for end in ("low", "high")]
_GROUPED = "inputs come in groups, of which is not known how far chance alone moves calibration"


def probability_scores(e: EvaluationData, *, bins: int = 10, replicates: int = 200, seed: int = 0) -> pd.DataFrame:
    """Judge every concept's scores as probabilities; scores that were not sent are left out.

    Parameters
    ----------
    bins
        Equally wide, of the calibration error.
    replicates, seed
        Of labels drawn from the scores themselves, for what the calibration error would be were they calibrated.

    Returns
    -------
    pandas.DataFrame
        By concept: name, brier (= reliability - resolution + uncertainty, by isotonic recalibration) and its skill,
        log_loss; calibration_error beside ``calibration_error_if_calibrated``, debiased, with p_value; slope and
        intercept of the calibration line (1 and 0 when calibrated) with ``_low`` and ``_high`` (at 95 %, at every look
        before the end, unlike p_value, which is of these inputs alone); inputs, conditions, reason (why there is no
        line, or, of inputs in groups, nothing that independent inputs would do by chance), source.

    Raises
    ------
    EvalError
        When only the platform's rates were sent.
    """
    held = e.numbers.predictions("Judging probabilities needs the score of every input")
    how: dict[str, Any] = {"bins": bins, "replicates": replicates, "seed": seed, "level": level_now(e, 0.95)}
    rows = [_row(*held.listed(k), **how) for k in range(len(e.concepts))]
    frame = by_concept(e, e.concepts, rows, dict.fromkeys(_FIGURES, "float64") | {"inputs": "int64"})
    if e.groups is not None:
        frame[_BY_CHANCE] = float("nan")
        frame["reason"] = [f"{one}; {_GROUPED}" if one else _GROUPED for one in frame["reason"]]
    frame.attrs.update(bins=bins, replicates=replicates, seed=seed)
    return frame


def _row(labels: Any, scores: Any, *, bins: int, replicates: int, seed: int, level: float) -> dict[str, Any]:
    brier = metrics.brier_score(labels, scores)
    line = metrics.calibration_line(labels, scores, confidence_level=level)
    error = metrics.calibration_error(labels, scores, bins=bins, replicates=replicates, seed=seed)
    return {
        "brier": brier.value,
        "reliability": brier.reliability,
        "resolution": brier.resolution,
        "uncertainty": brier.uncertainty,
        "skill": brier.skill,
        "log_loss": metrics.log_loss(labels, scores),
        "calibration_error": error.value,
        "calibration_error_if_calibrated": error.expected_when_calibrated,
        "calibration_error_debiased": error.debiased,
        "p_value": error.p_value,
        "slope": line.slope,
        "slope_low": line.slope_interval[0],
        "slope_high": line.slope_interval[1],
        "intercept": line.intercept,
        "intercept_low": line.intercept_interval[0],
        "intercept_high": line.intercept_interval[1],
        "inputs": len(labels),
        "reason": line.reason,
    }
