"""What each state of a cross-validation costs its reader: the new fold alone, or all folds so far once more.

    python -m tests.benchmarks.growth_by_fold                      # 200,000 inputs by 20 concepts, K = 5 and 10
    python -m tests.benchmarks.growth_by_fold --inputs 20000 -k 5

For every state from fold 1 to K: the seconds to read and count what a message brings (``GrowingEvaluation.take``
and every concept's counts, pooled and of the new fold), where each message holds the new entries only; then the
part of that which merges counts; then the same from a message that holds all entries so far
(``Evaluation.from_proto``). Parsing the bytes is left out of both. Times are wall-clock seconds, the best of a few
runs, and in brackets the processor time of all threads, which a busy machine disturbs less. Nothing here passes or
fails.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation import Evaluation, GrowingEvaluation

if TYPE_CHECKING:
    from collections.abc import Callable


def make_fold(fold: int, first: int, inputs: int, concepts: int) -> bytes:
    """Serialise one fold's entries as the local server sends them."""
    rng = np.random.default_rng(fold)
    names = [f"concept-{index:02d}" for index in range(concepts)]
    chunks = []
    for start in range(first, first + inputs, 1000):
        message = resources_pb2.EvalMetrics()
        for row in range(start, min(start + 1000, first + inputs)):
            entry = message.test_set.add()
            entry.input.id = f"input-{row:08d}"
            entry.input.data.metadata.update({"fold": fold})
            scores = rng.random(concepts)
            for column in np.argsort(-scores):
                entry.predicted_concepts.add(id=names[column], name=names[column], value=scores[column])
            label = names[row % concepts]
            entry.ground_truth_concepts.add(id=label, name=label, value=1.0)
        chunks.append(message.SerializeToString())
    return b"".join(chunks)  # concatenated messages merge: repeated fields follow one another


class Took(NamedTuple):
    """Wall-clock and processor time, in seconds."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.3f} ({self.cpu:.3f})"


NEVER = Took(np.inf, np.inf)


def timed(function: Callable[[], Evaluation]) -> tuple[Evaluation, Took]:
    wall, cpu = time.perf_counter(), time.process_time()
    made = function()
    return made, Took(time.perf_counter() - wall, time.process_time() - cpu)


def least(one: Took, other: Took) -> Took:
    return Took(min(one.wall, other.wall), min(one.cpu, other.cpu))


def counted(e: Evaluation, fold: int) -> Evaluation:
    e.all_counts()
    for concept in e.concepts:
        e.fold_counts(fold, concept)
    return e


def states(parts: list[bytes], runs: int) -> list[tuple[Took, Took, Took]]:
    """Return, by state, the best of a few runs: growing, the merging within, and everything anew."""
    best = [(NEVER, NEVER, NEVER) for _ in parts]
    for _ in range(runs):
        growing, earlier = GrowingEvaluation(), None
        for index, part in enumerate(parts):
            fresh = resources_pb2.EvalMetrics.FromString(part)
            grown, took = timed(lambda m=fresh, g=growing, k=index + 1: counted(g.take(m), k))
            _, merging = timed(lambda e=earlier, g=grown, k=index + 1: merged(e, g, k))
            whole = resources_pb2.EvalMetrics.FromString(b"".join(parts[: index + 1]))
            anew, all_took = timed(lambda m=whole, k=index + 1: counted(Evaluation.from_proto(m), k))
            for concept in anew.concepts:
                assert grown.counts(concept).tps.tobytes() == anew.counts(concept).tps.tobytes()
            new = zip(best[index], (took, merging, all_took), strict=True)
            best[index] = tuple(least(one, other) for one, other in new)
            earlier = grown
    return best


def merged(earlier: Evaluation | None, grown: Evaluation, fold: int) -> Evaluation:
    """Merge the counts so far with those of a fold once more."""
    for concept in grown.concepts if earlier is not None else ():
        metrics.merge_counts(earlier.counts(concept), grown.fold_counts(fold, concept))
    return grown


def main(arguments: list[str] | None = None) -> None:
    """Print a table for each number of folds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--concepts", type=int, default=20)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("-k", type=int, nargs="+", default=[5, 10])
    options = parser.parse_args(arguments)
    for folds in options.k:
        size = options.inputs // folds
        parts = [make_fold(fold, (fold - 1) * size, size, options.concepts) for fold in range(1, folds + 1)]
        print(
            f"\n{options.inputs:,} inputs × {options.concepts} concepts, K = {folds}, load {os.getloadavg()[0]:.1f}\n"
        )
        print("| state   | new entries     | of that merging | all entries anew |")
        print("| ------- | --------------- | --------------- | ---------------- |")
        for index, (took, merging, anew) in enumerate(states(parts, options.runs)):
            print(f"| fold {index + 1:<2} | {took!s:<15} | {merging!s:<15} | {anew!s:<16} |")


if __name__ == "__main__":
    main()
