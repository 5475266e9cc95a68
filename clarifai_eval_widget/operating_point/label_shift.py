"""How common a concept is where the model is deployed, from scores without labels.

Both estimates assume that inputs of a class score in deployment as they do in the test set, and that only the
classes' shares differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import undefined_reason
from clarifai_eval_widget.metrics.arrays import as_scores, to_dtype
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.operating_point.points import InfeasibleError
from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.words import exact

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.uncertainty import EffectiveSizes

    Values = NDArray[np.float64]

__all__ = ["PrevalenceEstimate", "prevalence_by_likelihood", "prevalence_by_shift"]


@dataclass(frozen=True, repr=False)
class PrevalenceEstimate(Brief):
    """The share of positives in deployment."""

    prevalence: float
    """In [0, 1]."""
    interval: tuple[float, float]
    """Within [0, 1]."""
    confidence_level: float
    """Of the interval."""
    method: str
    """``"black-box shift"`` or ``"maximum likelihood"``."""
    inputs: int
    """How many deployed inputs were seen."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""


def prevalence_by_shift(
    c: Counts,
    scores: ArrayLike,
    *,
    threshold: float | None = None,
    confidence_level: float = 0.95,
    sizes: EffectiveSizes | None = None,
) -> PrevalenceEstimate:
    """Estimate the prevalence from how many deployed inputs are predicted positive: (q - fpr) / (tpr - fpr).

    Black-box shift estimation (Lipton, Wang and Smola, ICML 2018), for two classes Rogan and Gladen's estimate
    (American Journal of Epidemiology 107, 1978). Scores need not be probabilities. The interval is Lang and
    Reiczigel's (Preventive Veterinary Medicine 113, 2014), which counts in that tpr and fpr are estimates too.

    Parameters
    ----------
    c
        The concept's counts in the test set.
    scores
        ``(M,)`` of deployed inputs.
    threshold
        Where to cut; None where both kinds of error are equally frequent. (Where Youden's J is highest it is so by
        luck, too: with 50 positives and 50 negatives the interval of 95 % then held 87 %.)
    confidence_level
        Between 0 and 1.
    sizes
        Of the test set's inputs, where they come in groups (:func:`uncertainty.effective_sizes`): both rates are then
        those of so many independent ones, and covary as over the groups. Deployed inputs are taken as independent.

    Raises
    ------
    InfeasibleError
        When a class is absent, or the threshold tells nothing apart.
    ValueError
        When there are no scores, or the level is out of its range.
    """
    values = _seen(scores)
    why = undefined_reason(c)
    if why:
        raise InfeasibleError(f"The prevalence cannot be estimated: {why} in the test set.")
    row = _even_row(c) if threshold is None else int(c.row(threshold))
    cut = c.thresholds[row] if threshold is None else to_dtype(threshold, values.dtype)
    tpr, fpr = float(c.tps[row]) / c.num_pos, float(c.fps[row]) / c.num_neg
    if tpr <= fpr:
        raise InfeasibleError(f"At threshold {exact(cut)} tpr {tpr:.4g} is not above fpr {fpr:.4g}; take another.")
    seen, size, z = float((values >= cut).mean()), len(values), normal_quantile(confidence_level)
    plain = min(max((seen - fpr) / (tpr - fpr), 0.0), 1.0)
    # Lang and Reiczigel: every share with added pseudo-counts, then a shift towards the middle
    q, n = (size * seen + z * z / 2) / (size + z * z), size + z * z
    of_pos, of_neg, together = float(c.num_pos), float(c.num_neg), 0.0
    if sizes is not None:
        of_pos, of_neg, together = (float(one[row]) for one in (sizes.recall, sizes.fpr, sizes.correlation))
    pos, neg = of_pos + 2, of_neg + 2
    hit, false = (of_pos * tpr + 1) / pos, (of_neg * fpr + 1) / neg
    span = hit - false
    if span <= 0:
        return PrevalenceEstimate(plain, (0.0, 1.0), confidence_level, "black-box shift", size)
    middle = (q - false) / span
    shift = 2 * z * z * (middle * hit * (1 - hit) / pos - (1 - middle) * false * (1 - false) / neg)
    of_hit, of_false = middle * np.sqrt(hit * (1 - hit) / pos), (1 - middle) * np.sqrt(false * (1 - false) / neg)
    spread = q * (1 - q) / n + of_hit**2 + of_false**2 + 2 * together * of_hit * of_false
    reach = z / span * np.sqrt(spread)
    low, high = (min(max(float(end), 0.0), 1.0) for end in (middle + shift - reach, middle + shift + reach))
    return PrevalenceEstimate(plain, (min(low, plain), max(high, plain)), confidence_level, "black-box shift", size)


def _even_row(c: Counts) -> int:
    """Return the row where as large a share of positives is missed as of negatives is taken, or that of highest J."""
    tpr, fpr = c.tps / c.num_pos, c.fps / c.num_neg
    row = int(np.argmin(np.abs(tpr + fpr - 1)))
    return row if tpr[row] > fpr[row] else int(np.argmax(tpr - fpr))


def prevalence_by_likelihood(
    scores: ArrayLike, *, prevalence: float, confidence_level: float = 0.95
) -> PrevalenceEstimate:
    """Estimate the prevalence under which deployed scores are likeliest, taking scores for calibrated probabilities.

    The fixed point of the EM iteration of Saerens, Latinne and Decaestecker (Neural Computation 14, 2002), found by
    bisection, for the likelihood has one peak. The interval is the likelihood ratio's.

    Parameters
    ----------
    scores
        ``(M,)`` of deployed inputs, in [0, 1].
    prevalence
        Of the data on which the scores are calibrated, between 0 and 1.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When there are no scores, one is no probability, or an option is out of its range.
    """
    p = _seen(scores).astype(np.float64)
    if not 0 < prevalence < 1:
        raise ValueError(f"prevalence={prevalence} must lie between 0 and 1, as a share (2 % is 0.02).")
    if p.min() < 0 or p.max() > 1:
        raise ValueError("Scores must be probabilities, in [0, 1], for this estimate.")
    z = normal_quantile(confidence_level)
    on, off = p / prevalence, (1 - p) / (1 - prevalence)

    def slope(share: float) -> float:
        mixed = share * on + (1 - share) * off
        with np.errstate(divide="ignore"):
            return float(np.where(on == off, 0.0, (on - off) / mixed).sum())

    def fit(share: float) -> float:
        with np.errstate(divide="ignore"):
            return float(np.log(share * on + (1 - share) * off).sum())

    peak = _crossing(slope, 0.0, 1.0)
    needed = fit(peak) - z * z / 2
    low = _crossing(lambda share: needed - fit(share), 0.0, peak)
    high = _crossing(lambda share: fit(share) - needed, peak, 1.0)
    return PrevalenceEstimate(peak, (low, high), confidence_level, "maximum likelihood", len(p))


def _crossing(falling: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function goes from above 0 to below it; an end where it does not."""
    if not falling(low) > 0:
        return low
    if falling(high) >= 0:
        return high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def _seen(scores: ArrayLike) -> NDArray[np.floating[Any]]:
    values = as_scores(scores)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError(f"Give finite scores of at least one deployed input, (M,); got {values.shape}.")
    return values
