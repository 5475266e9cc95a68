"""How often the intervals hold what they say: the old beside the new, at a nominal 95 %.

Run from the repository's root, with the ``test`` extra installed::

    python -m tests.benchmarks.coverage                # everything, about three minutes on one core
    python -m tests.benchmarks.coverage auc bands      # some of the sections
    python -m tests.benchmarks.coverage --scale 0.1    # a tenth of the samples, to try it out

A cell is the share, in per cent, of simulated samples whose interval holds the true value; of tests, the share that
rejects a true hypothesis at 5 %. Goal: 92 % in every cell. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import stats

from clarifai_eval_widget import metrics, operating_point, uncertainty
from clarifai_eval_widget.uncertainty import formulas
from tests.benchmarks.metrics import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SIZES = ((10, 100), (10, 1000), (30, 300), (30, 1000), (100, 1000))
AUCS = (0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
Z = stats.norm.ppf(0.975)
SLACK = 1e-9  # an end that is the true value holds it


class Table(NamedTuple):
    """What a section measured."""

    title: str
    head: list[str]
    rows: list[list[str]]
    samples: int

    def show(self) -> None:
        show(f"{self.title}; {self.samples:,} samples", self.head, self.rows)


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
    grid = np.array([0.01, 0.05, 0.1, 0.3, 0.5, 0.9])
    repeats, old_repeats = max(int(600 * scale), 20), max(int(60 * scale), 4)
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
    recalls, repeats, old_repeats = (
        np.array([0.99, 0.95, 0.8, 0.5, 0.2]),
        max(int(600 * scale), 20),
        max(int(60 * scale), 4),
    )
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


def learned(
    rng: np.random.Generator, labels: np.ndarray, coded: np.ndarray, shift: float, repeats: int
) -> tuple[np.ndarray, ...]:
    """Held-out scores ``(R, N)`` of a linear discriminant on ten features, and the true AUC of each fold's model."""
    away = np.full(10, shift / math.sqrt(10))
    features = rng.normal(size=(repeats, len(labels), 10)) + labels[:, None] * away
    scores, areas = np.empty((repeats, len(labels))), []
    for fold in np.unique(coded):
        rest, y = features[:, coded != fold], labels[coded != fold]
        means = [rest[:, y == one].mean(axis=1) for one in (True, False)]
        centred = np.where(y[None, :, None], rest - means[0][:, None], rest - means[1][:, None])
        spread = np.einsum("rni,rnj->rij", centred, centred) / len(y)
        weights = np.linalg.solve(spread, (means[0] - means[1])[:, :, None])[:, :, 0]
        held = np.einsum("rni,ri->rn", features[:, coded == fold], weights)
        scores[:, coded == fold] = held - 0.5 * ((means[0] + means[1]) * weights).sum(axis=1)[:, None]
        areas.append(stats.norm.cdf(weights @ away / np.sqrt(2 * (weights**2).sum(axis=1))))
    return scores, np.mean(areas, axis=0)


def recipes_by_fold(scale: float) -> Table:
    """Measure the cross-validated AUC of a recipe, and the test of two equally good recipes on other features."""
    repeats, rows = max(int(600 * scale), 20), []
    for inputs, num_pos, number, shift in (
        (100, 50, 5, 1.2),
        (100, 30, 10, 1.2),
        (300, 100, 5, 1.5),
        (200, 20, 5, 2.0),
        (100, 20, 5, 5.0),
        (300, 30, 10, 4.0),
    ):
        rng, labels = np.random.default_rng(4), np.arange(inputs) < num_pos
        coded = np.concatenate([np.arange(num_pos) % number, np.arange(inputs - num_pos) % number])
        (first, areas), (second, _) = (learned(rng, labels, coded, shift, repeats) for _ in range(2))
        truth, held, rejected = areas.mean(), defaultdict(list), defaultdict(list)
        for one, other in zip(first, second, strict=True):
            for name, interval in (
                ("pooled", uncertainty.auc_interval(metrics.counts(labels, one), pooled=True).interval),
                ("ledell", uncertainty.cross_validated_auc(labels, one, coded, method="ledell").interval),
                ("nadeau", uncertainty.cross_validated_auc(labels, one, coded).interval),
            ):
                held[name].append(holds(*interval, truth))
            found = uncertainty.compare_auc_folds(labels, one, other, coded)
            plain = found.statistic * math.sqrt((1 / number + 1 / (number - 1)) * number)
            rejected["pooled"].append(uncertainty.compare_auc(labels, one, other).p_value < 0.05)
            rejected["plain"].append(2 * stats.t.sf(abs(plain), number - 1) < 0.05)
            rejected["nadeau"].append(found.p_value < 0.05)
        each = [*map(per_cent, held.values()), *(f"{100 * np.mean(x):.1f}" for x in rejected.values())]
        rows.append([f"{num_pos} : {inputs - num_pos}", str(number), f"{truth:.2f}", *each])
    head = ["n+ : n-", "folds", "AUC", "pooled DeLong holds", "LeDell", "Nadeau-Bengio (default)"]
    head += ["pooled DeLong rejects", "plain t", "Nadeau-Bengio"]
    return Table("Cross-validation of a recipe", head, rows, repeats)


def folds(scale: float) -> None:
    """Intervals and the paired test of recipes in the same folds."""
    recipes_by_fold(scale).show()


def groups(scale: float) -> None:
    """Inputs in groups whose errors are shared: intervals, and the test of two equally good scorings."""
    repeats, rows = max(int(400 * scale), 20), []
    for number, size, share, area in (
        (40, 10, 0.8, 0.8),
        (40, 10, 0.8, 0.95),
        (40, 10, 0.8, 0.99),
        (100, 10, 0.5, 0.9),
        (30, 5, 0.5, 0.8),
    ):
        rng, coded = np.random.default_rng(5), np.repeat(np.arange(number), size)
        held, rejected = defaultdict(list), defaultdict(list)
        for _ in range(repeats):
            labels = np.repeat(rng.random(number) < 0.4, size)
            one, other = (
                math.sqrt(share) * np.repeat(rng.normal(size=number), size)
                + math.sqrt(1 - share) * rng.normal(size=len(labels))
                + math.sqrt(2) * stats.norm.ppf(area) * labels
                for _ in range(2)
            )
            for name, interval in (
                ("plain", uncertainty.auc_interval(metrics.counts(labels, one)).interval),
                ("clustered", uncertainty.clustered_auc(labels, one, coded).interval),
            ):
                held[name].append(holds(*interval, area))
            rejected["plain"].append(uncertainty.compare_auc(labels, one, other).p_value < 0.05)
            rejected["clustered"].append(uncertainty.compare_auc_clustered(labels, one, other, coded).p_value < 0.05)
        each = [*map(per_cent, held.values()), *(f"{100 * np.mean(x):.1f}" for x in rejected.values())]
        rows.append([f"{number} × {size}", str(share), str(area), *each])
    head = ["groups", "shared", "AUC", "plain holds", "Obuchowski", "plain rejects", "Obuchowski"]
    show(f"Inputs in groups; {repeats} samples", head, rows)


def rates_by_group(scale: float) -> Table:
    """Measure rates at a threshold of inputs in groups whose errors are shared, where the true recall is 0.8 or 0.5."""
    repeats, rows, recalls = max(int(400 * scale), 20), [], np.array([0.8, 0.5])
    for number, size, share in ((40, 10, 0.8), (100, 10, 0.5), (30, 5, 0.5)):
        rng, coded, held = np.random.default_rng(10), np.repeat(np.arange(number), size), defaultdict(list)
        stops = stats.norm.isf(recalls) + 1.5
        hits, alarms = 0.4 * recalls, 0.6 * stats.norm.sf(stops)
        precision = hits / (hits + alarms)
        truth = {"recall": recalls, "fpr": alarms / 0.6, "precision": precision}
        truth["f1"] = 2 / (1 / recalls + 1 / precision)
        for _ in range(repeats):
            labels = np.repeat(rng.random(number) < 0.4, size)
            shared = math.sqrt(share) * np.repeat(rng.normal(size=number), size)
            scores = shared + math.sqrt(1 - share) * rng.normal(size=len(labels)) + 1.5 * labels
            c = metrics.counts(labels, scores)
            for name, sizes in (("plain", None), ("grouped", uncertainty.effective_sizes(labels, scores, coded, c))):
                found = uncertainty.sweep_band(c, stops, sizes=sizes)
                for rate, values in truth.items():
                    held[rate, name].append(holds(*getattr(found, rate), values))
        for rate in truth:
            each = [" ".join(map(per_cent, np.array(held[rate, name]).T)) for name in ("plain", "grouped")]
            rows.append([f"{number} × {size}", str(share), rate, *each])
    head = ["groups", "shared", "rate", "plain holds", "effective sizes (default) hold"]
    return Table("Rates of inputs in groups where the true recall is 0.8 and 0.5", head, rows, repeats)


def grouped_rates(scale: float) -> None:
    """Rates at a threshold of inputs in groups."""
    rates_by_group(scale).show()


def overall(scale: float) -> None:
    """Macro and micro figures of five concepts, the rarest with about 20 positives, and the paired test of equals."""
    repeats, rows = max(int(500 * scale), 20), []
    shares, shift = np.array([0.4, 0.25, 0.15, 0.12, 0.08]), 2.0

    def draw(rng: np.random.Generator, inputs: int) -> tuple[np.ndarray, ...]:
        labels = np.eye(5, dtype=bool)[rng.choice(5, size=inputs, p=shares)]
        shared = rng.normal(size=labels.shape)
        one, other = (math.sqrt(0.5) * (shared + rng.normal(size=labels.shape)) + shift * labels for _ in range(2))
        return labels, one, other

    for figure in ("roc_auc", "average_precision", "f1"):
        for average in ("macro", "micro"):
            options = {"figure": figure, "average": average, "threshold": 1.0}
            rng = np.random.default_rng(6)
            truth = uncertainty.figure_interval(*draw(rng, max(int(400_000 * scale), 20_000))[:2], **options).value
            held, rejected, none = [], [], 0
            for _ in range(repeats):
                labels, one, other = draw(rng, 350)
                found = uncertainty.figure_interval(labels, one, **options)
                held.append(holds(*found.interval, truth))
                none += bool(found.reason)
                rejected.append(uncertainty.compare_figure(labels, one, other, **options).p_value < 0.05)
            cells = [per_cent(held), f"{none}", f"{100 * np.mean(rejected):.1f}"]
            rows.append([figure, average, f"{truth:.3f}", *cells])
    head = ["figure", "average", "truth", "holds", "too few to say", "test of equals rejects"]
    show(f"350 inputs, five concepts; {repeats} samples", head, rows)


def looking(scale: float) -> None:
    """Stopping as soon as a difference shows, on increments of -1, 0 and 1 of mean nothing or 0.05."""
    repeats, length, rows = max(int(200 * scale), 20), 2000, []
    rng, seen = np.random.default_rng(7), np.arange(1, 2001)
    for mean in (0.0, 0.05):
        decided, peeked, when = [], [], []
        for _ in range(repeats):
            increments = rng.choice([-1.0, 0.0, 1.0], p=[0.1 - mean / 2, 0.8, 0.1 + mean / 2], size=length)
            found = uncertainty.confidence_sequence(increments, resolution=300)
            decided.append(found.decided != 0)
            when.append(int(np.argmax((found.lows > 0) | (found.highs < 0))) if decided[-1] else length)
            average = np.cumsum(increments) / seen
            error = np.sqrt(np.maximum(np.cumsum(increments**2) / seen - average**2, 1e-12) / seen)
            peeked.append((np.abs(average / error)[30:] > Z).any())
        rows.append([str(mean), per_cent(peeked), per_cent(decided), f"{np.median(when):.0f}"])
    head = ["true mean", "plain test, looked at each time, decides", "confidence sequence decides", "at, median"]
    show(f"Looking at each of {length:,} increments; {repeats} samples", head, rows)


def areas_at_looks(scale: float) -> Table:
    """Measure intervals of the AUC of a run of which so much is there, at every look, and the paired test of equals."""
    repeats, rows, shares = max(int(500 * scale), 20), [], np.arange(1, 21) / 20
    for inputs, area in ((400, 0.8), (400, 0.95), (2000, 0.9)):
        rng, held, rejected = np.random.default_rng(11), defaultdict(list), defaultdict(list)
        for _ in range(repeats):
            labels, shared = rng.random(inputs) < 0.3, rng.normal(size=inputs)
            one, other = (
                math.sqrt(0.5) * (shared + rng.normal(size=inputs)) + math.sqrt(2) * stats.norm.ppf(area) * labels
                for _ in range(2)
            )
            always, shown = defaultdict(lambda: 1.0), defaultdict(bool)
            for share in shares:
                now = slice(round(share * inputs))
                c = metrics.counts(labels[now], one[now])
                p_value = uncertainty.compare_auc(labels[now], one[now], other[now]).p_value
                for name, level, p in (
                    ("plain", 0.95, p_value),
                    ("looks", uncertainty.sequential_level(share), uncertainty.p_value_of_looks(p_value, share)),
                ):
                    low, high = uncertainty.auc_interval(c, confidence_level=level).interval
                    always[name] *= not (area < low - SLACK or area > high + SLACK)
                    shown[name] |= bool(p < 0.05)
            for name in always:
                held[name].append(always[name])
                rejected[name].append(shown[name])
        each = [*map(per_cent, held.values()), *(f"{100 * np.mean(x):.1f}" for x in rejected.values())]
        rows.append([f"{inputs:,}", str(area), *each])
    head = ["inputs", "AUC", "plain holds at every look", "default", "plain ever rejects equals", "default"]
    return Table("Twenty looks at a run", head, rows, repeats)


def looks(scale: float) -> None:
    """Intervals and the paired test at every look at a run."""
    areas_at_looks(scale).show()


def parts(scale: float) -> None:
    """The area of the ROC up to a false positive rate of 0.1, and the recall there."""
    repeats, limit, rows = max(int(600 * scale), 20), 0.1, []
    for num_pos, num_neg, shift in ((10, 100, 1.5), (10, 1000, 2.5), (30, 300, 3.0), (20, 60, 1.0), (20, 20, 1.0)):
        rng, labels = np.random.default_rng(8), np.arange(num_pos + num_neg) < num_pos
        curve = stats.norm.sf(stats.norm.isf(np.linspace(1e-9, limit, 4001)) - shift)
        area = 0.5 * (1 + (curve.mean() - limit / 2) / (1 - limit / 2))
        held = []
        for _ in range(repeats):
            c = metrics.counts(labels, rng.normal(size=len(labels)) + shift * labels)
            ends = [f(c, limit).interval for f in (operating_point.partial_auc, operating_point.tpr_at_fpr)]
            held.append([holds(*end, truth) for end, truth in zip(ends, (area, curve[-1]), strict=True)])
        cells = ["too few to say" if np.isnan(x).all() else per_cent(x) for x in np.array(held, float).T]
        rows.append([f"{num_pos} : {num_neg:,}", f"{area:.3f}", f"{curve[-1]:.3f}", *cells])
    head = ["n+ : n-", "partial AUC", "recall", "partial AUC holds", "recall at fpr 0.1 holds"]
    show(f"A part of the curve, binormal; {repeats} samples", head, rows)


SECTIONS = {
    f.__name__: f for f in (auc, rates, bands, sweep, folds, groups, grouped_rates, overall, parts, looking, looks)
}


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
