"""How often each figure's interval holds what it says, by number of positives and AUC, at a nominal 95 %.

Run from the repository's root, with the ``test`` extra installed::

    python -m tests.benchmarks.coverage_table                           # about five minutes on one core
    python -m tests.benchmarks.coverage_table --scale 0.1               # a tenth of the samples, to try it out
    python -m tests.benchmarks.coverage_table --write docs/coverage.md  # the page of the documentation

Scores are normal, positives shifted by what gives the AUC; ten negatives to a positive. A cell is the share, in per
cent, of the samples with an interval whose interval holds the true value; "few" where the answer in most samples is
"too few positives to say". Nothing here passes or fails; the test of the page does.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from clarifai_eval_widget import metrics, uncertainty
from tests.benchmarks import coverage_bands, coverage_thresholds, coverage_tops
from tests.benchmarks.coverage import AUCS, areas_at_looks, holds, per_cent, rates_by_group, recipes_by_fold
from tests.benchmarks.metrics import show

if TYPE_CHECKING:
    from collections.abc import Iterator

POSITIVES = (10, 30, 100)
RATIO = 10
CONCEPTS = 5
RECALL = 0.8  # the true one at the threshold of recall, precision and F1
FIGURES = ("AUC", "AP", "recall", "precision", "F1", "macro AUC", "macro AP", "macro F1")

PAGE = """# How often the intervals hold

Written by `python -m tests.benchmarks.coverage_table --scale {scale:g} --write docs/coverage.md`;
`python -m tests.benchmarks.coverage` prints more: other families of scores, areas of groups, figures of a part of the
curve.

Each cell is the share, in per cent, of {repeats:,} simulated samples whose interval, at a nominal 95 %, holds the true
value. Positives and negatives are normal, ten negatives to a positive, and the columns are the true AUC. Recall,
precision and F1 are those at the threshold of a true recall of {recall:g}. Macro figures are means over {concepts}
concepts, each of so many positives, of one set of inputs whose scores are correlated. **few**: in most samples the
answer is "too few positives to say" instead of an interval. The goal is 92 % in every cell.
"""
BANDS = """
## Bands of curves

The ROC's band at false positive rates of {fpr}, that of precision–recall at recalls of
{reached}, and the sweep's at the thresholds of true recalls of {recalls}: the share of {repeats:,} samples at the point held least often. Scores are normal,
normal with positives of twice the negatives' standard deviation, and exponential; ten negatives to a positive. No cell
is below 92 %, so that a band is drawn from ten positives on; at ten it may be so wide as to say little.
"""
GROUPS = """
## Inputs in groups

Rates at a threshold of inputs that come in groups (patients with several images): so many groups of so many inputs,
whose scores share so much of their variance. The two numbers of a cell are those where the true recall is 0.8 and 0.5;
{repeats:,} samples.
"""
LOOKS = """
## Looks before the end

Twenty looks at a run that grows by a twentieth each time: the share of {repeats:,} runs in which the AUC's interval
holds the truth at every look, and in which the paired test of two equally good scorings is ever below 5 %. "Plain" is
what fixed-sample intervals and tests would do.
"""
THRESHOLDS = """
## Chosen thresholds

The share of {repeats:,} samples whose interval holds the population's threshold, of 200 resamples as beside every point;
ten negatives to a positive, scores normal, columns by AUC. The best threshold of a measure is by a smoothed bootstrap:
it takes ten inputs of either class, ten of the one for each mistake of the other kind that one of it is worth, and three of the dear class
among the other one, and of a band three wrong decisions beyond an end. At the bound of a rate it is where the rate's own interval holds the bound, and takes a score surely beyond.
**few**: in most samples "too few to say", or no threshold meets the bound. Not measured: the threshold of costs an input,
which takes 100 of either class, and a guaranteed threshold's.
"""


FOLDS = """
## Recipes under cross-validation

Linear discriminants of ten features, trained and cross-validated in so many folds: the share of {repeats:,} samples
whose interval holds the mean true AUC of the folds' models, and in which the paired test finds a difference, at 5 %,
between two recipes that are equally good, on other features, in the same folds. What `roc_auc_interval` and `compare`
give is Nadeau and Bengio's; DeLong's of the pooled scores and the plain t test of the folds' differences take the
models as given.
"""
TOPS = """
## Precision among the k highest

Of {inputs:,} inputs drawn at random, so many of them positive, whose scores are normal: the share of {repeats:,} samples
whose interval holds the true share of positives in as large a part of all inputs. The three numbers of a cell are those
of a true AUC of {areas}. Tied scores are rounded to {step:g} of the negatives' standard deviation. In the last rows one negative
in a hundred scores above everything else. Of fewer than 4 there is no interval: a sample may show none of so few.
"""


def truths(area: float) -> tuple[float, float, dict[str, float]]:
    """The shift of the positives, the threshold, and the true value of each figure."""
    shift = math.sqrt(2) * stats.norm.ppf(area)
    cut = shift + stats.norm.isf(RECALL)
    fpr = stats.norm.sf(cut)
    share = 1 / (1 + RATIO)
    at = stats.norm.isf(np.linspace(0, 1, 200_001)[1:-1]) + shift  # thresholds of evenly spread recalls
    hits, alarms = stats.norm.sf(at - shift) * share, stats.norm.sf(at) * (1 - share)
    precision = RECALL * share / (RECALL * share + fpr * (1 - share))
    found = {"AUC": area, "AP": float(np.mean(hits / (hits + alarms))), "recall": RECALL, "precision": precision}
    found["F1"] = 2 / (1 / RECALL + 1 / precision)
    return shift, cut, found | {f"macro {name}": found[name] for name in ("AUC", "AP", "F1")}


def intervals(labels: np.ndarray, scores: np.ndarray, cut: float) -> Iterator[tuple[str, tuple[float, float]]]:
    """Every figure's interval of one sample of ``(N, K)``; of a single concept that of the first."""
    c = metrics.counts(labels[:, 0], scores[:, 0])
    yield "AUC", uncertainty.auc_interval(c).interval
    yield "AP", uncertainty.figure_interval(labels[:, 0], scores[:, 0], figure="average_precision").interval
    band = uncertainty.sweep_band(c, [cut])
    for name, ends in (("recall", band.recall), ("precision", band.precision), ("F1", band.f1)):
        yield name, (float(ends[0][0]), float(ends[1][0]))
    for name, figure in (("macro AUC", "roc_auc"), ("macro AP", "average_precision"), ("macro F1", "f1")):
        yield name, uncertainty.figure_interval(labels, scores, figure=figure, threshold=cut).interval


def cells(positives: int, area: float, repeats: int) -> dict[str, tuple[float, float]]:
    """Of each figure the share of samples that have an interval, and the share of these that hold the truth."""
    shift, cut, truth = truths(area)
    rng = np.random.default_rng([9, positives, round(1000 * area)])
    size = positives * (1 + RATIO)
    labels = (np.arange(size) // positives)[:, None] == np.arange(CONCEPTS)
    held: dict[str, list[float]] = defaultdict(list)
    for _ in range(repeats):
        shared = math.sqrt(0.5) * rng.normal(size=(size, 1))
        scores = shared + math.sqrt(0.5) * rng.normal(size=labels.shape) + shift * labels
        for name, (low, high) in intervals(labels, scores, cut):
            held[name].append(float(holds(np.asarray(low), np.asarray(high), truth[name])))
    said = {name: float(np.mean(~np.isnan(each))) for name, each in held.items()}
    return {name: (said[name], float(np.nanmean(each)) if said[name] else math.nan) for name, each in held.items()}


def table(repeats: int) -> list[list[str]]:
    """The rows of all figures and numbers of positives, cells by AUC."""
    found = {(n, area): cells(n, area, repeats) for n in POSITIVES for area in AUCS}

    def cell(name: str, n: int, area: float) -> str:
        said, held = found[n, area][name]
        return "few" if said < 0.5 else per_cent([held])

    return [[name, str(n), *(cell(name, n, area) for area in AUCS)] for name in FIGURES for n in POSITIVES]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the samples to draw")
    parser.add_argument("--write", type=Path, help="a Markdown file for the table")
    options = parser.parse_args(arguments)
    repeats = max(int(1000 * options.scale), 10)
    head = ["figure", "positives", *map(str, AUCS)]
    rows = table(repeats)
    show(f"Coverage of the default intervals; {repeats:,} samples a cell", head, rows)
    if options.write is not None:
        lines = [
            PAGE.format(scale=options.scale, repeats=repeats, recall=RECALL, concepts=CONCEPTS),
            *lines_of(head, rows),
        ]
        found = coverage_bands.bands_by_auc(options.scale)
        points = {name: ", ".join(f"{x:g}" for x in at) for name, at in coverage_bands.POINTS.items()}
        lines += [BANDS.format(repeats=found.samples, **points), *lines_of(found.head, found.rows)]
        found = coverage_thresholds.thresholds(options.scale)
        lines += [THRESHOLDS.format(repeats=found.samples), *lines_of(found.head, found.rows)]
        for text, section in ((GROUPS, rates_by_group), (LOOKS, areas_at_looks), (FOLDS, recipes_by_fold)):
            found = section(options.scale)
            lines += [text.format(repeats=found.samples), *lines_of(found.head, found.rows)]
        found = coverage_tops.tops(options.scale)
        areas = ", ".join(f"{area:g}" for area in coverage_tops.AREAS)
        told = TOPS.format(inputs=coverage_tops.INPUTS, repeats=found.samples, areas=areas, step=coverage_tops.STEPS[1])
        lines += [told, *lines_of(found.head, found.rows)]
        options.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


def lines_of(head: list[str], rows: list[list[str]]) -> list[str]:
    """Return a table as Markdown."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


if __name__ == "__main__":
    main()
