"""What thinning by error along the curve draws, beside thinning evenly by row and by rank, of the same counts.

Run from the repository's root, with the ``test`` extra installed::

    python -m tests.benchmarks.thinning
    python -m tests.benchmarks.thinning --scale 0.01    # a hundredth of the inputs, to try it out

Two cases: the precision-recall curve of 100 positives in 1,000,000 inputs, and the stops of a sweep and a slider over
scores nearly all of which lie close to 0. Nothing here passes or fails; tests/metrics and tests/figures hold it.
"""

from __future__ import annotations

import argparse

import numpy as np

from clarifai_eval_widget import metrics
from tests.benchmarks.metrics import show

MOST = 1000


def rare(scale: float) -> metrics.Counts:
    """100 positives in a million, of which the model knows much."""
    rng = np.random.default_rng(11)
    labels = np.arange(int(1_000_000 * scale)) < 100
    return metrics.counts(labels, 1 / (1 + np.exp(6 - rng.normal(size=len(labels)) - 4.5 * labels)))


def skewed(scale: float) -> metrics.Counts:
    """The same number of inputs, their scores so close to 0 that hardly any is a hundredth."""
    rng = np.random.default_rng(1)
    labels = np.arange(int(1_000_000 * scale)) < 100
    scores = 1 / (1 + np.exp(14 - 2 * rng.normal(size=labels.size) - 9 * labels))
    return metrics.counts(labels, scores.astype(np.float32))


def drawn_area(c: metrics.Counts, rows: np.ndarray) -> float:
    """The area below steps through some rows of the precision-recall curve."""
    precision, recall, _ = metrics.precision_recall_curve(c)
    return float((np.diff(recall[rows]) * precision[rows][1:]).sum())


def off_the_steps(c: metrics.Counts, rows: np.ndarray) -> float:
    """How far precision is from the steps drawn, at most, at the recall of any row."""
    precision, recall, _ = metrics.precision_recall_curve(c)
    x, y = recall[rows][1:], precision[rows][1:]
    first = np.searchsorted(x, recall, side="left")
    last = np.minimum(np.searchsorted(x, recall, side="right"), len(x) - 1)
    low = np.array([y[i : j + 1].min() for i, j in zip(first, last, strict=True)])
    high = np.array([y[i : j + 1].max() for i, j in zip(first, last, strict=True)])
    return float(np.maximum(low - precision, precision - high)[1:].max(initial=0.0))


def of_curves(c: metrics.Counts) -> list[list[str]]:
    ours, exact = metrics.thin_precision_recall(c, MOST), metrics.average_precision(c)
    by_row = np.unique(np.linspace(0, len(c) - 1, MOST).round().astype(int))
    return [
        [name, str(len(rows)), f"{exact:.4f}", f"{drawn_area(c, rows):.4f}", f"{off_the_steps(c, rows):.4f}", said]
        for name, rows, said in (
            ("by error along the curve (this package)", ours.rows, f"{ours.error:.4f}"),
            ("evenly by row", by_row, ""),
        )
    ]


def of_stops(c: metrics.Counts) -> list[list[str]]:
    best = float(np.nanmax(metrics.f1(c.tps, c.fps, c.num_pos)))
    distinct = c.thresholds[:0:-1]
    ranks = np.linspace(0, len(distinct) - 1, MOST - len(metrics.HUNDREDTHS)).round().astype(int)
    rows = []
    for name, stops in (
        ("by error along the curve (this package)", metrics.choose_stops([c], MOST).thresholds),
        ("the 0.01 grid, and evenly by rank", np.union1d(metrics.HUNDREDTHS, distinct[ranks])),
        ("the 0.01 grid", metrics.HUNDREDTHS),
    ):
        tps, fps = c.at(stops)
        moves = np.abs(np.diff(np.append(tps, 0)) / c.num_pos)
        at = float(np.nanmax(metrics.f1(tps, fps, c.num_pos)))
        rows.append([name, str(len(stops)), f"{best:.4f}", f"{at:.4f}", f"{moves.max():.4f}"])
    return rows


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the inputs to use")
    scale = parser.parse_args(arguments).scale
    head = ["thinned", "points", "average precision", "area drawn", "furthest off, vertically", "bound told"]
    show("Precision-recall, 100 positives in 1,000,000", head, of_curves(rare(scale)))
    head = ["stops", "how many", "best F1 of all scores", "best F1 at a stop", "largest jump of recall"]
    show("Sweep and slider on skewed scores", head, of_stops(skewed(scale)))


if __name__ == "__main__":
    main()
