"""How often the interval of a chosen threshold holds the population's, criterion by criterion."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from scipy import stats

from clarifai_eval_widget import metrics
from clarifai_eval_widget.operating_point import Criterion, InfeasibleError
from clarifai_eval_widget.operating_point.abstain import choose_abstain
from clarifai_eval_widget.operating_point.best import choose_row
from clarifai_eval_widget.operating_point.redrawing import redrawn
from clarifai_eval_widget.operating_point.stability import interval_of
from tests.benchmarks.coverage import AUCS, Table, per_cent

POSITIVES = (10, 30, 100)
RATIO = 10
RESAMPLES = 200  # as of every point
CRITERIA = {
    "highest F1": Criterion(maximize="f1"),
    "highest F2": Criterion(maximize="fbeta", beta=2),
    "highest F0.5": Criterion(maximize="fbeta", beta=0.5),
    "highest Youden's J": Criterion(maximize="youden_j"),
    "highest MCC": Criterion(maximize="mcc"),
    "equal error rate": Criterion(equal_error_rate=True),
    "cost 1 : 1": Criterion(fp_cost=1, fn_cost=1),
    "cost 1 : 5": Criterion(fp_cost=1, fn_cost=5),
    "cost 1 : 30": Criterion(fp_cost=1, fn_cost=30),
    "F1 at a prevalence of 0.02": Criterion(maximize="f1", prevalence=0.02),
    "recall ≥ 0.8": Criterion(min_recall=0.8),
    "precision ≥ 0.7": Criterion(min_precision=0.7),
    "fpr ≤ 0.05": Criterion(max_fpr=0.05),
    "precision ≥ 0.5 at a prevalence of 0.02": Criterion(min_precision=0.5, prevalence=0.02),
    "highest F1 with recall ≥ 0.8": Criterion(maximize="f1", min_recall=0.8),
}
BANDS = {
    f"{end} end of an abstain band, error ≤ {error}": error for error in (0.02, 0.05) for end in ("lower", "upper")
}


def best_thresholds(shift: float) -> dict[str, float]:
    """The threshold that each criterion chooses in the population; NaN where none meets it, or one out of reach."""
    at = np.linspace(shift + 6, -6, 40_001)
    many = 1e8
    hits, alarms = stats.norm.sf(at - shift) * many, stats.norm.sf(at) * many * RATIO
    c = metrics.Counts(
        np.append(np.append(np.inf, at), -7),
        *(np.pad(x, 1, constant_values=(0, n)) for x, n in ((hits, many), (alarms, many * RATIO))),
    )  # type: ignore[arg-type]
    found = {}
    for name, wanted in CRITERIA.items():
        try:
            row = choose_row(c, wanted)
        except InfeasibleError:
            row = 0
        found[name] = float(c.thresholds[row]) if 0 < row < len(at) else math.nan
    return found | {name: band_end(c, name) for name in BANDS}


def band_end(c: metrics.Counts, name: str) -> float:
    """The threshold of an end of the best band."""
    band = choose_abstain(c, max_error=BANDS[name])
    return band.low if name.startswith("lower") else band.high


def cell(positives: int, area: float, repeats: int) -> dict[str, tuple[float, float]]:
    """Of each criterion the share of samples that have an interval, and the share of these that hold the threshold."""
    shift = math.sqrt(2) * stats.norm.ppf(area)
    truth = best_thresholds(shift)
    rng = np.random.default_rng([4, positives, round(1000 * area)])
    labels = np.arange(positives * (1 + RATIO)) < positives
    held: dict[str, list[float]] = defaultdict(list)
    for _ in range(repeats):
        c = metrics.counts(labels, rng.normal(size=len(labels)) + shift * labels)
        possible = {}
        for name, wanted in CRITERIA.items():
            try:
                possible[name] = float(c.thresholds[choose_row(c, wanted)])
            except InfeasibleError:
                continue
        drawn = redrawn(c, [CRITERIA[name] for name in possible], replicates=RESAMPLES)
        for (name, chosen), one in zip(possible.items(), drawn, strict=True):
            found = interval_of(one, name, chosen)
            held[name].append(math.nan if found.reason else float(found.low <= truth[name] <= found.high))
        for name, error in BANDS.items():
            held[name].append(held_by_band(c, name, error, truth[name]))
    said = {name: float(np.mean(~np.isnan(each))) for name, each in held.items()}
    return {name: (said[name], float(np.nanmean(each)) if said[name] else math.nan) for name, each in held.items()}


def held_by_band(c: metrics.Counts, name: str, error: float, truth: float) -> float:
    """Whether the interval of an end of the best band holds the population's; NaN where there is none."""
    try:
        ends = choose_abstain(c, max_error=error).threshold_intervals
    except InfeasibleError:
        return math.nan
    assert ends is not None
    found = ends[0] if name.startswith("lower") else ends[1]
    return math.nan if found.reason else float(found.low <= truth <= found.high)


def thresholds(scale: float) -> Table:
    """Every criterion, number of positives and AUC."""
    repeats = max(int(100 * scale), 3)
    found = {(n, area): cell(n, area, repeats) for n in POSITIVES for area in AUCS}

    def told(name: str, n: int, area: float) -> str:
        said, held = found[n, area].get(name, (0.0, math.nan))
        return "few" if said < 0.5 else per_cent([held])

    rows = [[name, str(n), *(told(name, n, area) for area in AUCS)] for name in [*CRITERIA, *BANDS] for n in POSITIVES]
    return Table("Intervals of chosen thresholds", ["criterion", "positives", *map(str, AUCS)], rows, repeats)
