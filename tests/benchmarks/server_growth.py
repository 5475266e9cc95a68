"""What a state of a growing evaluation costs the local server: ``python -m tests.benchmarks.server_growth``.

Each fold is held until it has been read. Three costs a state: taking the fold in (counting, writing the metrics, keeping
the predictions), the reply to a client that holds the folds before it, and the reply to one that asks for everything.
Replies are taken as bytes: reading them is the client's cost.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from clarifai_grpc.grpc.api import resources_pb2, service_pb2

from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.work.engine import Engine
from tests.local.support import ALL_FIELDS, Api, asked
from tests.small_server import Gate, wait_until

HAVE = "x-clarifai-eval-widget-have"


def serve(inputs: int, concepts: int) -> LocalServer:
    """A server with one dataset of many inputs and a version trained on a little of it."""
    rng = np.random.default_rng(0)
    classes = np.arange(inputs) % concepts
    X = rng.normal(size=(inputs, 8)).astype(np.float32)
    X += rng.normal(size=(concepts, 8)).astype(np.float32)[classes]
    server = LocalServer()
    names = [f"concept-{k:02d}" for k in range(concepts)]
    labels = np.eye(concepts, dtype=bool)[classes]
    server.add_dataset("zoo", "crowd", None, labels, concepts=names, embeddings=X)
    server.train("zoo", "keeper", dataset_id="crowd", inputs_per_concept=200)
    return server


def timed_steps(server: LocalServer) -> list[float]:
    """Let the server note the seconds that each step takes it, beside the hook's wait."""
    seconds: list[float] = []
    take = Engine._take_step

    def timed(self: Engine, live: object, plan: object, progress: object, predicted: object) -> None:
        server.before_step(None)
        begun = time.perf_counter()
        take(self, live, plan, progress, predicted)
        seconds.append(time.perf_counter() - begun)

    Engine._take_step = timed
    server._engine._before_step = lambda: None
    return seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--concepts", type=int, default=20)
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    server, gate = serve(options.inputs, options.concepts), Gate()
    server.before_step = gate
    steps = timed_steps(server)
    with server, Api(server) as api:
        read = api.channel.unary_unary("/clarifai.api.V2/GetEvaluation")
        request = service_pb2.GetEvaluationRequest(
            user_app_id=resources_pb2.UserAppIDSet(app_id="zoo"), evaluation_id="all", fields=ALL_FIELDS
        ).SerializeToString()

        def ask(*more: tuple[str, str]) -> tuple[float, float]:
            begun = time.perf_counter()
            reply = read(request, metadata=(*api.metadata, *more), timeout=300)
            return time.perf_counter() - begun, len(reply) / 1e6

        api.call(
            "PostEvaluations",
            app="zoo",
            eval_metrics=[asked("all", dataset="crowd", use_kfold=True, folds=options.folds)],
        )
        print(f"{options.inputs:,} inputs x {options.concepts} concepts, {options.folds} folds")
        print(f"{'fold':>4}{'take in':>10}{'new only':>12}{'':>10}{'everything':>14}")
        have = 0
        for fold in range(1, options.folds + 1):
            gate.let_through()
            wait_until(lambda fold=fold: len(steps) == fold, 600)
            new, size = ask((HAVE, str(have)))
            every, total = ask()
            print(f"{fold:4}{steps[-1]:8.2f} s{new:10.2f} s{size:7.0f} MB{every:10.2f} s{total:7.0f} MB", flush=True)
            have = int(api.get("all").extended_metrics.user_metrics["clarifai_eval_widget"]["inputs_done"])


if __name__ == "__main__":
    main()
