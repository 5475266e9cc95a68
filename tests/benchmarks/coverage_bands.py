"""How often bands of the ROC curve, of precision–recall and of the sweep hold, by number of positives and AUC, at a nominal 95 %.

:mod:`tests.benchmarks.coverage_table` writes them into the documentation. A cell is the share at the point of the band
that holds the truth least often; "few" where most samples have no band there. Nothing here passes or fails.
"""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from clarifai_eval_widget import metrics, uncertainty
from tests.benchmarks.coverage import AUCS, FAMILIES, Table, holds, per_cent

if TYPE_CHECKING:
    from collections.abc import Callable

POSITIVES = (10, 30, 100)
RATIO = 10
FPR = np.array([0.01, 0.05, 0.1, 0.3, 0.5, 0.9])
RECALLS = np.array([0.99, 0.95, 0.8, 0.5, 0.2])
REACHED = np.array([0.1, 0.2, 0.5, 0.8, 0.95])
POINTS = {"fpr": FPR, "recalls": RECALLS, "reached": REACHED}
RATES = ("recall", "precision", "F1", "fpr")
CURVES = ("ROC", "precision–recall")
BANDS = (*(f"{curve}, {family}" for curve in CURVES for family in FAMILIES), *(f"sweep, {rate}" for rate in RATES))


def sweep_truth(area: float, positives: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The thresholds of the given true recalls, and the true rates there."""
    stops = stats.norm.isf(RECALLS) + math.sqrt(2) * stats.norm.ppf(area)
    fpr = stats.norm.sf(stops)
    tps, fps = RECALLS * positives, fpr * RATIO * positives
    f1 = 2 * tps / (tps + fps + positives)
    return stops, {"recall": RECALLS, "precision": tps / (tps + fps), "F1": f1, "fpr": fpr}


def precision_truth(tpr_at: Callable[..., np.ndarray], area: float, positives: int) -> np.ndarray:
    """The true precision at each recall, the curve's rates being exact: the fpr there is found by halving."""
    low, high = np.full(len(REACHED), -40.0), np.zeros(len(REACHED))
    for _ in range(200):
        middle = (low + high) / 2
        below = tpr_at(area, 10**middle) < REACHED
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return REACHED * positives / (REACHED * positives + 10**high * RATIO * positives)


def cells(family: str, positives: int, area: float, repeats: int) -> dict[str, np.ndarray]:
    """Whether each point of each band holds the truth, ``(repeats, points)``; NaN where there is no band."""
    draw, tpr_at = FAMILIES[family]
    rng = np.random.default_rng([13, positives, round(1000 * area)])
    labels, tpr = np.arange(positives * (1 + RATIO)) < positives, tpr_at(area, FPR)
    stops, truth = sweep_truth(area, positives)
    precision = precision_truth(tpr_at, area, positives)
    held: dict[str, list[np.ndarray]] = defaultdict(list)
    for _ in range(repeats):
        sides = (draw(rng, area, (n,), n == positives) for n in (positives, RATIO * positives))
        c = metrics.counts(labels, np.concatenate(list(sides)))
        band = uncertainty.roc_band(c, fpr=FPR)
        held[f"ROC, {family}"].append(holds(band.tpr_low, band.tpr_high, tpr))
        along = uncertainty.precision_recall_band(c, recall=REACHED)
        held[f"precision–recall, {family}"].append(holds(along.precision_low, along.precision_high, precision))
        if family == "binormal":
            found = uncertainty.sweep_band(c, stops)
            for rate in RATES:
                held[f"sweep, {rate}"].append(holds(*getattr(found, rate.lower()), truth[rate]))
    return {name: np.array(each) for name, each in held.items()}


def lowest(held: np.ndarray) -> str:
    """The share at the point that holds the truth least often; "few" where most samples have none at some point."""
    if np.isnan(held).mean(axis=0).max() > 0.5:
        return "few"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return per_cent(np.nanmean(held, axis=0).min())


def bands_by_auc(scale: float) -> Table:
    """Measure all bands in every cell."""
    repeats = max(int(1000 * scale), 10)
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for family in FAMILIES:
        for positives in POSITIVES:
            for area in AUCS:
                for name, held in cells(family, positives, area, repeats).items():
                    found[name, positives].append(lowest(held))
    rows = [[name, str(n), *found[name, n]] for name in BANDS for n in POSITIVES]
    head = ["band", "positives", *map(str, AUCS)]
    return Table("Bands of ROC, precision–recall and sweep at the point held least often", head, rows, repeats)
