"""How fast the numbers are, beside scikit-learn and beside the sort that no exact method can do without.

Run from the repository's root, with the ``test`` extra installed::

    python -m tests.benchmarks.metrics                 # everything, a few minutes and about 2 GB
    python -m tests.benchmarks.metrics curves memory   # some of: curves memory growth grid bands delong together
    python -m tests.benchmarks.metrics --scale 0.01    # a hundredth of the inputs, to try it out

Every table compares what ran in one run, on one machine, one after the other. Times are wall-clock seconds, the
best of a few repeats; "cpu" is the time of all threads together, which a busy machine disturbs less. Nothing here
passes or fails.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
import tracemalloc
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import sklearn
from sklearn import metrics as sk

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.metrics.arrays import in_threads

if TYPE_CHECKING:
    from collections.abc import Callable


class Took(NamedTuple):
    """The best wall-clock and processor time of some repeats, in seconds."""

    wall: float
    cpu: float

    def over(self, other: Took) -> str:
        return f"{self.wall / other.wall:.1f}"


def best(function: Callable[[], Any], repeats: int) -> Took:
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        function()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Took(min(walls), min(cpus))


def show(title: str, head: list[str], rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    print(f"\n{title}\n")
    for row in (head, ["-" * width for width in widths], *rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")


def data(inputs: int, concepts: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Labels of which a tenth is positive, and scores that know something about them."""
    rng = np.random.default_rng(seed)
    labels = rng.random((inputs, concepts)) < 0.1
    logits = rng.normal(size=(inputs, concepts)) + 1.5 * labels - 1
    return labels, (1 / (1 + np.exp(-logits))).astype(np.float32)


def everything(labels: np.ndarray, scores: np.ndarray) -> None:
    """Exact counts, then ROC, precision-recall, AUC and AP of each concept."""
    cs = metrics.counts_by_concept(labels, scores)

    def derive(k: int) -> tuple[float, float]:
        metrics.roc_curve(cs[k])
        metrics.precision_recall_curve(cs[k])
        return metrics.roc_auc(cs[k]), metrics.average_precision(cs[k])

    in_threads(derive, range(len(cs)), work=labels.size)


def everything_by_sklearn(labels: np.ndarray, scores: np.ndarray) -> None:
    for k in range(labels.shape[1]):
        sk.roc_curve(labels[:, k], scores[:, k])
        sk.precision_recall_curve(labels[:, k], scores[:, k])
        sk.roc_auc_score(labels[:, k], scores[:, k])
        sk.average_precision_score(labels[:, k], scores[:, k])


def auc_by_sklearn(labels: np.ndarray, scores: np.ndarray) -> None:
    for k in range(labels.shape[1]):
        fpr, tpr, _ = sk.roc_curve(labels[:, k], scores[:, k])
        sk.auc(fpr, tpr)


def curves(scale: float) -> None:
    """Exact ROC + PR + AUC + AP."""
    rows = []
    for inputs, concepts in ((1_000_000, 10), (100_000, 100)):
        labels, scores = data(int(inputs * scale), concepts)
        sorted_ = best(lambda s=scores: np.sort(s, axis=0), 3)
        ours = best(lambda y=labels, s=scores: everything(y, s), 9)
        alone = best(lambda y=labels, s=scores: metrics.counts_by_concept(y, s), 3)
        theirs = best(lambda y=labels, s=scores: everything_by_sklearn(y, s), 2)
        auc = best(lambda y=labels, s=scores: auc_by_sklearn(y, s), 2)
        for name, took in (
            ("this package: counts, ROC, PR, AUC, AP", ours),
            ("this package: counts alone", alone),
            ("np.sort of the scores, axis=0, one thread", sorted_),
            ("scikit-learn: ROC, PR, AUC, AP", theirs),
            ("scikit-learn: auc(*roc_curve)", auc),
        ):
            size = f"{len(labels):,} × {concepts}"
            rows.append([size, name, f"{took.wall:.3f}", f"{took.cpu:.3f}", took.over(ours), took.over(sorted_)])
    show("Exact curves, float32", ["inputs × concepts", "what", "s", "cpu s", "× ours", "× sort"], rows)


def peak_bytes(function: Callable[[], Any]) -> int:
    tracemalloc.start()
    kept = function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return peak


def memory(scale: float) -> None:
    """Peak memory as tracemalloc sees it: NumPy reports every array to it."""
    rows = []
    for inputs, concepts, shift in (
        (1_000_000, 10, 0.0),
        (100_000, 100, 0.0),
        (1_000_000, 1, 0.0),
        (1_000_000, 1, 0.5),
    ):
        labels, scores = data(int(inputs * scale), concepts)
        scores -= np.float32(shift)
        counted = 8 * sum(len(c) for c in metrics.counts_by_concept(labels, scores))
        unit = scores.nbytes
        for name, function in (("counts_by_concept", metrics.counts_by_concept), ("and ROC, PR, AUC, AP", everything)):
            peak = peak_bytes(lambda f=function, y=labels, s=scores: f(y, s))
            signs = "both signs" if shift else "≥ 0"
            size = f"{len(labels):,} × {concepts}"
            beyond = f"{(peak - counted) / unit:.2f}"
            rows.append([size, signs, name, f"{unit / 1e6:.0f}", f"{counted / 1e6:.0f}", f"{peak / 1e6:.0f}", beyond])
    head = [
        "inputs × concepts",
        "scores",
        "what",
        "scores MB",
        "int32 counts MB",
        "peak MB",
        "(peak - counts) / scores",
    ]
    show("Peak memory beyond the inputs", head, rows)


def growth(scale: float) -> None:
    """Time by the number of inputs, of one concept."""
    rows = []
    for inputs in (10_000, 100_000, 1_000_000, 10_000_000):
        labels, scores = data(max(int(inputs * scale), 10), 1)
        repeats = 20 if inputs < 1_000_000 else 3
        ours = best(lambda y=labels, s=scores: everything(y, s), repeats)
        sorted_ = best(lambda s=scores: np.sort(s, axis=0), repeats)
        theirs = best(lambda y=labels, s=scores: everything_by_sklearn(y, s), 2)
        each = f"{ours.wall / len(labels) * 1e9:.0f}"
        cells = [f"{len(labels):,}", f"{ours.wall:.4f}", each, f"{sorted_.wall:.4f}", f"{theirs.wall:.3f}"]
        rows.append([*cells, ours.over(sorted_), theirs.over(ours)])
    head = [
        "inputs × 1",
        "ours s",
        "ours ns an input",
        "np.sort s",
        "scikit-learn s",
        "ours / sort",
        "scikit-learn / ours",
    ]
    show("Growth: counts, ROC, PR, AUC and AP of one concept, one thread", head, rows)


def grid(scale: float) -> None:
    """Counts at 1,001 fixed thresholds."""
    labels, scores = data(int(1_000_000 * scale), 10)
    stops = np.linspace(0, 1, 1001)

    def by_sklearn() -> None:
        for k in range(labels.shape[1]):
            _, fps, _, tps, thresholds = sk.confusion_matrix_at_thresholds(labels[:, k], scores[:, k])
            rows = np.searchsorted(-thresholds, -stops.astype(np.float32), side="right") - 1
            np.where(rows >= 0, tps[rows], 0), np.where(rows >= 0, fps[rows], 0)

    ours = best(lambda: metrics.counts_at_thresholds(labels, scores, stops), 7)
    exact = best(lambda: [c.at(stops) for c in metrics.counts_by_concept(labels, scores)], 3)
    theirs = best(by_sklearn, 3)
    rows = [
        [name, f"{took.wall:.3f}", f"{took.cpu:.3f}", took.over(ours)]
        for name, took in (
            ("this package: counts_at_thresholds", ours),
            ("this package: exact counts, then a search", exact),
            ("scikit-learn: confusion_matrix_at_thresholds, then a search", theirs),
        )
    ]
    show(f"Counts at 1,001 thresholds, {len(labels):,} × 10 float32", ["what", "s", "cpu s", "× ours"], rows)


def bands(scale: float) -> None:
    """1,000 bootstrap replicates of the ROC band; the loop is timed on some of them and multiplied."""
    labels, scores = data(int(100_000 * scale), 10)
    cs = metrics.counts_by_concept(labels, scores)
    rng = np.random.default_rng(0)

    def one_replicate_a_concept() -> None:
        for k in range(labels.shape[1]):
            classes = np.flatnonzero(labels[:, k]), np.flatnonzero(~labels[:, k])
            rows = np.concatenate([rng.choice(rows, len(rows)) for rows in classes])
            sk.roc_curve(labels[rows, k], scores[rows, k])

    ours = best(lambda: uncertainty.roc_bands(cs, replicates=1000, method="bootstrap"), 3)
    whole = best(
        lambda: uncertainty.roc_bands(metrics.counts_by_concept(labels, scores), replicates=1000, method="bootstrap"), 3
    )
    loop = best(one_replicate_a_concept, 5)
    loop = Took(1000 * loop.wall, 1000 * loop.cpu)
    rows = [
        [name, f"{took.wall:.2f}", f"{took.cpu:.2f}", took.over(ours)]
        for name, took in (
            ("this package: from the counts", ours),
            ("this package: counting included", whole),
            ("loop of resample + scikit-learn's roc_curve (5 timed, × 1,000 of the best)", loop),
        )
    ]
    show(f"ROC bands of 1,000 replicates, {len(labels):,} × 10", ["what", "s", "cpu s", "× ours"], rows)


def delong(scale: float) -> None:
    """DeLong from the raw scores, beside two sorts of them."""
    rows = []
    for dtype in (np.float32, np.float64):
        labels, both = data(int(1_000_000 * scale), 2)
        truth, first, second = labels[:, 0], both[:, 0].astype(dtype), both[:, 1].astype(dtype)
        if dtype is np.float64:  # digits that float32 does not have, or half of the values were ties
            first += np.random.default_rng(1).random(len(first)) * 1e-9
        sorts = best(lambda a=first, b=second: (np.sort(a), np.sort(b)), 5)
        orders = best(lambda a=first, b=second: (np.argsort(a), np.argsort(b)), 5)
        single = best(lambda y=truth, a=first: uncertainty.delong(metrics.counts(y, a)), 5)
        paired = best(lambda y=truth, a=first, b=second: uncertainty.compare_auc(y, a, b), 5)
        for name, took in (
            ("two np.sort", sorts),
            ("two np.argsort", orders),
            ("AUC and DeLong interval, sort included", single),
            ("paired ΔAUC of two scorings, two threads", paired),
        ):
            rows.append([dtype.__name__, name, f"{took.wall:.3f}", f"{took.cpu:.3f}", took.over(sorts)])
    show(f"DeLong, n = {len(labels):,}", ["dtype", "what", "s", "cpu s", "× two sorts"], rows)


def together(scale: float) -> None:
    """How often labels occur together, beside the product of whole numbers, for which NumPy has no BLAS."""
    rows = []
    for inputs, concepts in ((20_000, 100), (20_000, 1_000)):
        labels = data(int(inputs * scale), concepts)[0]
        ours = best(lambda y=labels: metrics.crossed(y, y), 3)
        few = labels[:, :100]
        whole = best(lambda y=few: y.T.astype(np.int64) @ y.astype(np.int64), 1)
        part = concepts // few.shape[1]
        whole = Took(part**2 * whole.wall, part**2 * whole.cpu)
        for name, took in (("this package", ours), ("int64 product (of 100 concepts, times the squares)", whole)):
            rows.append([f"{len(labels):,} × {concepts}", name, f"{took.wall:.3f}", f"{took.cpu:.3f}", took.over(ours)])
    show("Labels that occur together", ["inputs × concepts", "what", "s", "cpu s", "× ours"], rows)


SECTIONS = {f.__name__: f for f in (curves, memory, growth, grid, bands, delong, together)}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--scale", type=float, default=1.0, help="share of the inputs to use")
    options = parser.parse_args(arguments)
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(SECTIONS)}")
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn {sklearn.__version__},", end=" ")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")
    for name in options.sections or SECTIONS:
        SECTIONS[name](options.scale)


if __name__ == "__main__":
    main()
