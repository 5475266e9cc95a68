"""How often the intervals hold what they say: the old beside the new, at a nominal 95 %.

Run from the repository's root, with the ``test`` extra installed::

    python -m tests.benchmarks.coverage                # everything, about two minutes on one core
    python -m tests.benchmarks.coverage auc bands      # some of the sections
    python -m tests.benchmarks.coverage --scale 0.1    # a tenth of the samples, to try it out

A cell is the share, in per cent, of simulated samples whose interval holds the true value; of tests, the share that
rejects a true hypothesis at 5 %. Goal: 92 % in every cell. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.uncertainty import formulas
from tests.benchmarks.metrics import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SIZES = ((10, 100), (10, 1000), (30, 300), (30, 1000), (100, 1000))
AUCS = (0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
Z = stats.norm.ppf(0.975)
SLACK = 1e-9  # an end that is the true value holds it


def binormal(spread: float) -> tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]:
    """Positives of so many times the negatives' standard deviation: how to draw a score, and the true tpr at fpr."""

    def shift(auc: float) -> float:
        return math.hypot(1, spread) * stats.norm.ppf(auc)

    def draw(rng: np.random.Generator, auc: float, size: tuple[int, int], positive: bool) -> np.ndarray:
        scores = rng.normal(size=size)
        return spread * scores + shift(auc) if positive else scores

    return draw, lambda auc, fpr: stats.norm.sf((stats.norm.isf(fpr) - shift(auc)) / spread)


def exponential() -> tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]:
    """Skewed: negatives of mean 1, positives of a larger mean, many of them near 0."""

    def draw(rng: np.random.Generator, auc: float, size: tuple[int, int], positive: bool) -> np.ndarray:
        return rng.exponential(size=size) * (auc / (1 - auc) if positive else 1)

    return draw, lambda auc, fpr: fpr ** ((1 - auc) / auc)


FAMILIES = {"binormal": binormal(1), "binormal, σ 2": binormal(2), "exponential": exponential()}


def holds(low: np.ndarray, high: np.ndarray, truth: float | np.ndarray) -> np.ndarray:
    """1 where an interval holds the truth, 0 where not, NaN where there is none: nothing was claimed then."""
    held = np.asarray((low <= truth + SLACK) & (truth <= high + SLACK), float)
    return np.where(np.isnan(low), np.nan, held)


def per_cent(values: np.ndarray | list[float]) -> str:
    return f"{100 * float(np.nanmean(values)):.0f}"


def delong_of_many(positives: np.ndarray, negatives: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """AUC and DeLong's variance of many samples without ties at once, ``(R, n)`` scores a class."""
    repeats, num_neg = negatives.shape
    hits = np.argsort(np.concatenate([negatives, positives], axis=1), axis=1) >= num_neg
    seen = np.cumsum(hits, axis=1)
    below = (np.arange(1, hits.shape[1] + 1) - seen)[hits].reshape(repeats, -1) / num_neg
    above = seen[~hits].reshape(repeats, -1) / positives.shape[1]
    spread = below.var(1, ddof=1) / positives.shape[1] + above.var(1, ddof=1) / num_neg
    return below.mean(1), spread


def auc(scale: float) -> None:
    """Intervals of one concept's AUC."""
    repeats = max(int(4000 * scale), 20)
    worst: dict[str, float] = defaultdict(lambda: 1.0)
    for family, (draw, _) in FAMILIES.items():
        rows = []
        for sizes in SIZES:
            rng = np.random.default_rng(1)
            cells, widths = defaultdict(list), []
            for area in AUCS:
                positives, negatives = (draw(rng, area, (repeats, n), i == 0) for i, n in enumerate(sizes))
                found, variance = delong_of_many(positives, negatives)
                reach = Z * np.sqrt(variance)
                cells["DeLong"].append(holds(found - reach, found + reach, area).mean())
                low, high = formulas.logit_interval(found, variance, Z)
                ends = formulas.exact_interval(found, min(sizes), 0.025)
                held = np.where(variance > 0, holds(low, high, area), holds(*ends, area))
                cells["logit"].append(held.mean())
                low, high, _ = formulas.auto_interval(found, variance, *sizes, 0.95)
                cells["auto"].append(holds(low, high, area).mean())
                widths.append(f"{np.median(high - low):.2f}")
            for name, values in cells.items():
                worst[name] = min(worst[name], *values)
            each = [" ".join(per_cent(x) for x in values) for values in cells.values()]
            rows.append([f"{sizes[0]} : {sizes[1]:,}", *each, " ".join(widths)])
        head = ["n+ : n-", "DeLong", "logit, exact at 0", "auto (default)", "width of auto"]
        show(f"AUC interval, {family}; AUC {' '.join(map(str, AUCS))}; {repeats:,} samples a cell", head, rows)
    print("\nWorst cell: " + ", ".join(f"{name} {100 * value:.1f}" for name, value in worst.items()))


def rates(scale: float) -> None:
    """Intervals of a proportion, summed exactly over the binomial: recall, precision, fpr at a threshold."""
    rates_ = np.concatenate([np.linspace(0.0005, 0.02, 40), np.linspace(0.025, 0.5, max(int(400 * scale), 20))])
    rows = []
    for whole in (1, 3, 9, 10, 30, 100, 1000):
        part = np.arange(whole + 1)
        chance = stats.binom.pmf(part[:, None], whole, rates_)
        normal = Z * np.sqrt(part * (whole - part) / whole**3)
        cells = []
        for low, high in (
            (part / whole - normal, part / whole + normal),
            uncertainty.wilson_interval(part, whole),
            uncertainty.proportion_interval(part, np.full(part.shape, whole)),
        ):
            held = (chance * holds(low[:, None], high[:, None], rates_)).sum(0)
            cells += [per_cent(held.min()), per_cent(held)]
        rows.append([str(whole), *cells])
    head = ["of", "normal min", "mean", "Wilson min", "mean", "default min", "mean"]
    show("Recall, precision, fpr: exact coverage over rates 0.0005 to 0.5", head, rows)


def samples(family: str, area: float, sizes: tuple[int, int], repeats: int) -> Iterable[metrics.Counts]:
    rng, draw = np.random.default_rng(2), FAMILIES[family][0]
    positives, negatives = (draw(rng, area, (repeats, n), i == 0) for i, n in enumerate(sizes))
    labels = np.arange(sum(sizes)) < sizes[0]
    for one in np.concatenate([positives, negatives], axis=1):
        yield metrics.counts(labels, one)


def bands(scale: float) -> None:
    """Bands of the ROC curve at given fpr."""
    grid, old_repeats, repeats = np.array([0.01, 0.05, 0.1, 0.3, 0.5, 0.9]), 60, max(int(600 * scale), 20)
    rows = []
    for family in ("binormal", "exponential"):
        for sizes in ((10, 100), (10, 1000), (30, 300), (100, 1000)):
            for area in (0.8, 0.95, 0.99):
                truth, held, old = FAMILIES[family][1](area, grid), [], []
                widths = []
                for i, c in enumerate(samples(family, area, sizes, repeats)):
                    new = uncertainty.roc_band(c, fpr=grid)
                    held.append(holds(new.tpr_low, new.tpr_high, truth))
                    widths.append(new.tpr_high - new.tpr_low)
                    if i < old_repeats:
                        was = uncertainty.roc_band(c, fpr=grid, replicates=200, method="bootstrap")
                        old.append(holds(was.tpr_low, was.tpr_high, truth))
                size = " ".join(f"{x:.2f}" for x in np.mean(widths, axis=0))
                each = [" ".join(map(per_cent, np.array(x).T)) for x in (old, held)]
                rows.append([family, f"{sizes[0]} : {sizes[1]:,}", str(area), *each, size])
    head = ["scores", "n+ : n-", "AUC", "bootstrap", "boxes (default)", "width of boxes"]
    show(f"ROC band at fpr {' '.join(map(str, grid))}; {repeats} samples, bootstrap {old_repeats}", head, rows)


def sweep(scale: float) -> None:
    """Bands of the sweep at the thresholds of given true recalls, precision by 10 : 100 and so on."""
    recalls, repeats, old_repeats = np.array([0.99, 0.95, 0.8, 0.5, 0.2]), max(int(600 * scale), 20), 60
    rows = []
    for sizes in ((10, 100), (30, 300), (100, 1000)):
        for area in (0.8, 0.95):
            stops = stats.norm.isf(recalls) + math.sqrt(2) * stats.norm.ppf(area)
            fprs = stats.norm.sf(stops)
            tps, fps = recalls * sizes[0], fprs * sizes[1]
            truth = {"recall": recalls, "precision": tps / (tps + fps), "f1": 2 * tps / (tps + fps + sizes[0])}
            truth["fpr"] = fprs
            held: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
            for i, c in enumerate(samples("binormal", area, sizes, repeats)):
                for method in ("agresti-coull", "wilson", *(["bootstrap"] if i < old_repeats else [])):
                    found = uncertainty.sweep_band(c, stops, replicates=200, method=method)
                    for name, values in truth.items():
                        held[method, name].append(holds(*getattr(found, name), values))
            for name in truth:
                each = [
                    " ".join(map(per_cent, np.array(held[m, name]).T)) for m in ("bootstrap", "wilson", "agresti-coull")
                ]
                rows.append([f"{sizes[0]} : {sizes[1]:,}", str(area), name, *each])
    head = ["n+ : n-", "AUC", "rate", "bootstrap", "Wilson", "Agresti-Coull (default)"]
    title = (
        f"Sweep band where the true recall is {' '.join(map(str, recalls))}; {repeats} samples, bootstrap {old_repeats}"
    )
    show(title, head, rows)


SECTIONS = {f.__name__: f for f in (auc, rates, bands, sweep)}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--scale", type=float, default=1.0, help="share of the samples to draw")
    options = parser.parse_args(arguments)
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(SECTIONS)}")
    for name in options.sections or SECTIONS:
        SECTIONS[name](options.scale)


if __name__ == "__main__":
    main()
