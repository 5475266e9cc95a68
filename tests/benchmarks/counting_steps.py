"""Where the time of exact counting goes, in units of one sort: ``python -m tests.benchmarks.counting_steps``.

The unit is the processor time of ``np.sort`` of the same scores, concepts contiguous. Rows that begin with a dash are steps
of the counting, each alone; the first three rows are what no way of counting every distinct score of a table
with inputs in rows can leave out: reading its columns, sorting them, and touching the memory of what is returned. Times
and ratios are those of :mod:`tests.benchmarks.intervals`. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget import Evaluation, metrics
from clarifai_eval_widget.metrics import counting
from tests.benchmarks.intervals import COUNTING, SORT, by_turns, lines
from tests.benchmarks.metrics import data, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def packed(labels: NDArray[np.bool_], scores: NDArray[np.float32]) -> None:
    bits = scores.view(np.uint32)
    for first in range(0, bits.shape[1], 16):
        counting._pack_together(labels[:, first : first + 16], bits[:, first : first + 16])


def touched(concepts: int, inputs: int) -> None:
    """Memory for thresholds, true and false positives of each concept, written once."""
    kept = [np.full(inputs + 1, 1, np.int32) for _ in range(3 * concepts)]
    del kept


def read(keys: NDArray[np.uint32]) -> None:
    for row in keys:
        rows = 1 + counting._num_distinct(row)
        patterns, tps, fps = np.empty(rows, np.uint32), np.zeros(rows, np.int32), np.zeros(rows, np.int32)
        counting._read(row, patterns, tps, fps, 1, flip=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the inputs to use")
    parser.add_argument("--rounds", type=int, default=7)
    options, rows = parser.parse_args(arguments), []
    for inputs, concepts in ((100_000, 100), (1_000_000, 10)):
        labels, scores = data(int(inputs * options.scale), concepts)
        columns = np.ascontiguousarray(scores.T)
        keys = ~((columns.view(np.uint32) << 1) | labels.T)
        ordered = np.sort(keys, axis=1)
        steps: dict[str, Callable[[], object]] = {
            SORT: lambda c=columns: np.sort(c, axis=1),
            "copy of the columns to where they are contiguous": lambda s=scores: np.ascontiguousarray(s.T),
            "fresh memory for what is returned, written once": lambda s=scores: touched(s.shape[1], len(s)),
            "- scores and labels packed into keys, turned": lambda y=labels, s=scores: packed(y, s),
            "- sort of the keys": lambda k=keys: np.sort(k, axis=1),
            "- counts read off, into fresh memory": lambda k=ordered: read(k),
            COUNTING: lambda y=labels, s=scores: metrics.counts_by_concept(y, s),
            "from_scores and table": lambda y=labels, s=scores: Evaluation.from_scores(y, s).table(),
        }
        rows += lines(f"{len(labels):,} × {concepts}", by_turns(steps, options.rounds), SORT)
    show("Steps of counting, float32", ["inputs × concepts", "what", "s", "cpu s", "× sort"], rows)


if __name__ == "__main__":
    main()
