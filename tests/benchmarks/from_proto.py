"""How fast a test set is read: Evaluation.from_proto beside the official SDK's parser and the bare protobuf parse.

Needs the SDK, which the package itself does not:

    python -m venv .venv && .venv/bin/pip install . "clarifai>=12.5" seaborn loguru
    .venv/bin/python tests/benchmarks/from_proto.py

All times are the best of a few runs in one process, so that the ratios are of the same machine and moment.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    from clarifai.utils.evaluation.testset_annotation_parser import parse_eval_annotation_classifier
except ImportError as error:
    sys.exit(
        f"The official SDK is missing ({error}). Install what this benchmark compares with:\n"
        '    pip install "clarifai>=12.5" seaborn loguru'
    )


def make(inputs: int, concepts: int) -> bytes:
    """Serialise a test set as the platform sends one: ids, names, apps, predictions by descending score."""
    rng = np.random.default_rng(0)
    names = [f"concept-{index}" for index in range(concepts)]
    chunks = []
    for start in range(0, inputs, 1000):
        message = resources_pb2.EvalMetrics()
        for row in range(start, min(start + 1000, inputs)):
            entry = message.test_set.add()
            entry.input.id = f"input-{row:08d}"
            scores = rng.random(concepts)
            for column in np.argsort(-scores):
                one = names[column]
                entry.predicted_concepts.add(id=one, name=one, value=scores[column], app_id="app")
            label = names[row % concepts]
            entry.ground_truth_concepts.add(id=label, name=label, value=1.0, app_id="app")
        chunks.append(message.SerializeToString())
    return b"".join(chunks)  # concatenated messages merge: repeated fields follow one another


def best(function: Callable[[], object], runs: int) -> float:
    """Return the shortest of a few runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--concepts", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    data = make(options.inputs, options.concepts)
    message = resources_pb2.EvalMetrics.FromString(data)
    labels, scores, ids, _ = parse_eval_annotation_classifier(message)
    ours = Evaluation.from_proto(message)
    order = [ours.column(concept) for concept in ids]
    assert (ours.score_array[:, order] == scores.astype(np.float32)).all()
    assert (ours.label_array[:, order] == labels).all()
    parse = best(lambda: resources_pb2.EvalMetrics.FromString(data), options.runs)
    sdk = best(lambda: parse_eval_annotation_classifier(message), options.runs)
    own = best(lambda: Evaluation.from_proto(message), options.runs)
    print(
        f"Test set of {options.inputs:,} inputs by {options.concepts} concepts, {len(data) / 1e6:.0f} MB; same arrays."
    )
    print(f"{'':44}{'seconds':>9}{'x from_proto':>14}{'x parse':>9}")
    for name, seconds in (
        ("protobuf parse alone", parse),
        ("Evaluation.from_proto (after the parse)", own),
        ("SDK parse_eval_annotation_classifier (after)", sdk),
        ("parse + from_proto", parse + own),
        ("parse + SDK", parse + sdk),
    ):
        print(f"{name:44}{seconds:9.3f}{seconds / own:14.2f}{seconds / parse:9.2f}")
    print(f"from_proto is {sdk / own:.2f} times as fast as the SDK's parser (target: 1.5).")


if __name__ == "__main__":
    main()
