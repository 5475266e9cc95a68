"""What the intervals, the table and the page's state cost beside the counting they come after.

Run from the repository's root, with the ``test`` extra installed::

    python -m tests.benchmarks.intervals
    python -m tests.benchmarks.intervals --scale 0.01    # a hundredth of the inputs, to try it out

Times are wall-clock seconds, the best of a few repeats; "cpu" is the time of all threads together, which a busy
machine disturbs less. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse

import numpy as np

from clarifai_eval_widget import Evaluation, metrics, uncertainty
from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.widget.workbench.caption import given_caption
from clarifai_eval_widget.widget.workbench.workbench import Workbench
from tests.benchmarks.metrics import best, data, show


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


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the inputs to use")
    scale, rows = parser.parse_args(arguments).scale, []
    for inputs, concepts in ((100_000, 100), (1_000_000, 10)):
        labels, scores = data(int(inputs * scale), concepts)
        _, other = data(len(labels), concepts, seed=1)
        counting = best(lambda y=labels, s=scores: metrics.counts_by_concept(y, s), 3)
        cs = metrics.counts_by_concept(labels, scores)
        columns = np.ascontiguousarray(scores.T)
        for name, took in (
            ("counting", counting),
            ("np.sort of contiguous columns", best(lambda s=columns: np.sort(s, axis=1), 3)),
            ("from_scores and table", best(lambda y=labels, s=scores: Evaluation.from_scores(y, s).table(), 3)),
            ("state encoded for the page", best(lambda y=labels, s=scores: encoded(y, s), 3)),
            ("logit interval of each concept", best(lambda c=cs: [logit(one) for one in c], 3)),
            ("AUC interval of each concept", best(lambda c=cs: [uncertainty.auc_interval(one) for one in c], 3)),
            ("every default interval and band", best(lambda c=cs: every_default(c), 3)),
            ("macro AUC, paired", best(lambda y=labels, a=scores, b=other: uncertainty.compare_macro_auc(y, a, b), 3)),
        ):
            size = f"{len(labels):,} × {concepts}"
            rows.append([size, name, f"{took.wall:.3f}", f"{took.cpu:.3f}", took.over(counting)])
    show("Intervals, float32", ["inputs × concepts", "what", "s", "cpu s", "× counting"], rows)


if __name__ == "__main__":
    main()
