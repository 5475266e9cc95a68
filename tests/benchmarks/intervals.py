"""What the intervals, the table and the page's state cost beside the counting they come after.

Run from the repository's root, with the ``test`` extra installed::

    python -m tests.benchmarks.intervals
    python -m tests.benchmarks.intervals --scale 0.01    # a hundredth of the inputs, to try it out

The rows that begin with a dash are parts of the page's state; so is the AUC interval of each concept, of which counts
keep the area after the first round. Together with the counting they are most of what that state costs.

Everything runs once a round, by turns. Times are the least of all rounds: "s" by the clock, "cpu" of all threads
together. Ratios are of processor time within a round, and the median of the rounds, which a busy machine disturbs
least. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
from sklearn import metrics as oracle

from clarifai_eval_widget import Evaluation, metrics, uncertainty
from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.widget.workbench.caption import given_caption
from clarifai_eval_widget.widget.workbench.workbench import Workbench
from tests.benchmarks.metrics import Took, best, data, show

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTING, SORT = "counting", "np.sort of contiguous columns"


def every_default(cs: list[metrics.Counts]) -> None:
    """The default interval of each concept's AUC, of its rates at 1,000 thresholds, and its ROC band."""
    stops = np.linspace(0, 1, 1000)

    def of_one(k: int) -> None:
        uncertainty.auc_interval(cs[k])
        uncertainty.roc_band(cs[k])
        uncertainty.sweep_band(cs[k], stops)

    in_threads(of_one, range(len(cs)), work=sum(map(len, cs)))


def logit(c: metrics.Counts) -> uncertainty.AucEstimate:
    return uncertainty.auc_interval(c, method="logit")


def encoded(labels: np.ndarray, scores: np.ndarray) -> object:
    """All that the page is sent of an evaluation, its counting included."""
    evaluation = Evaluation.from_scores(labels, scores)
    return Workbench.encode(evaluation, given_caption(evaluation), 1)


def curves(cs: list[metrics.Counts]) -> None:
    """The ROC curves as the page draws them."""
    in_threads(lambda k: metrics.thin_roc(cs[k]), range(len(cs)), work=sum(map(len, cs)))
    metrics.thin_macro_roc(cs)


def peer(labels: np.ndarray, scores: np.ndarray) -> None:
    """The exact curves of every concept by scikit-learn."""
    for k in range(labels.shape[1]):
        oracle.roc_curve(labels[:, k], scores[:, k], drop_intermediate=False)
        oracle.precision_recall_curve(labels[:, k], scores[:, k])


def by_turns(timed: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[Took]]:
    """Run everything once a round, so that what slows the machine slows all of it."""
    took: dict[str, list[Took]] = {name: [] for name in timed}
    for _ in range(rounds):
        for name, function in timed.items():
            took[name].append(best(function, 1))
    return took


def ratio(took: list[Took], others: list[Took]) -> str:
    """The median over the rounds of how many times as much processor time it took."""
    return f"{np.median([one.cpu / other.cpu for one, other in zip(took, others, strict=True)]):.2f}"


def lines(size: str, took: dict[str, list[Took]], *units: str) -> list[list[str]]:
    """A row for each that ran by turns: the least of its times, and its ratio to each of the units."""
    rows = []
    for name, times in took.items():
        least = (f"{min(one[k] for one in times):.3f}" for k in (0, 1))
        rows.append([size, name, *least, *(ratio(times, took[unit]) for unit in units)])
    return rows


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the inputs to use")
    parser.add_argument("--rounds", type=int, default=5)
    options, rows = parser.parse_args(arguments), []
    for inputs, concepts in ((100_000, 100), (1_000_000, 10)):
        labels, scores = data(int(inputs * options.scale), concepts)
        _, other = data(len(labels), concepts, seed=1)
        cs, columns = metrics.counts_by_concept(labels, scores), np.ascontiguousarray(scores.T)
        timed: dict[str, Callable[[], object]] = {
            COUNTING: lambda y=labels, s=scores: metrics.counts_by_concept(y, s),
            SORT: lambda s=columns: np.sort(s, axis=1),
            "scikit-learn's ROC and precision-recall curves": lambda y=labels, s=scores: peer(y, s),
            "from_scores and table": lambda y=labels, s=scores: Evaluation.from_scores(y, s).table(),
            "state encoded for the page": lambda y=labels, s=scores: encoded(y, s),
            "- of it the common stops": lambda c=cs: metrics.choose_stops(c, own=False),
            "- of it the ROC curves and their mean": lambda c=cs: curves(c),
            "- of it the average precisions": lambda c=cs: [metrics.average_precision(one) for one in c],
            "logit interval of each concept": lambda c=cs: [logit(one) for one in c],
            "AUC interval of each concept": lambda c=cs: [uncertainty.auc_interval(one) for one in c],
            "every default interval and band": lambda c=cs: every_default(c),
            "macro AUC, paired": lambda y=labels, a=scores, b=other: uncertainty.compare_macro_auc(y, a, b),
        }
        rows += lines(f"{len(labels):,} × {concepts}", by_turns(timed, options.rounds), COUNTING, SORT)
    show("Intervals, float32", ["inputs × concepts", "what", "s", "cpu s", "× counting", "× sort"], rows)


if __name__ == "__main__":
    main()
