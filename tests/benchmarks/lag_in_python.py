"""Where the time goes between the server's last fold and the numbers in the widget, beside ``while True: pass``.

A program of its own, for :mod:`tests.benchmarks.lag` and by hand: ``python -m tests.benchmarks.lag_in_python``. It makes a
widget without any page, runs the sample app's cross-validation beside a thread that loops in pure Python, and prints in
seconds after the server had the last fold's predictions:

- *published*: the server has counted them;
- *told*: the client has asked, and been given them;
- *read*: they are in arrays;
- *encoded*: they are what a page draws;
- *on screen*: the traits are set that a page would be sent, the status with them.

``hand-offs`` is how often the spinning thread lost the interpreter from the one moment to the other: each time some other
thread may have waited for it for the switch interval, 5 ms.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import EvalWidget, LocalServer
from clarifai_eval_widget.client.result import ResultReader
from clarifai_eval_widget.evaluation.growing import GrowingEvaluation
from clarifai_eval_widget.local.work.engine import Engine
from clarifai_eval_widget.widget.workbench import workbench
from tests.small_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS: dict[str, float] = {}
HAND_OFFS = {"now": 0}


def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Note when a function returned last, until the numbers are on screen."""

    def call(*args: Any, **options: Any) -> Any:
        value = function(*args, **options)
        if "on screen" not in ENDS:
            ENDS[name] = time.time()
        return value

    return call


def spin() -> None:
    """Loop in pure Python, and note now and then how often that was interrupted."""
    while True:
        for _ in range(2000):
            pass
        HAND_OFFS["now"] = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw


def measured(*, beside_a_loop: bool) -> dict[str, Any]:
    """Run once; seconds after the last fold by stage, and hand-offs."""
    Engine._take_step = noted("published", Engine._take_step)  # type: ignore[method-assign]
    ResultReader.ask = noted("told", ResultReader.ask)  # type: ignore[method-assign]
    GrowingEvaluation.take = noted("read", GrowingEvaluation.take)  # type: ignore[method-assign]
    workbench.encoded_aside = noted("encoded", workbench.encoded_aside)
    widget = EvalWidget.local()
    steps: list[tuple[float, int]] = []
    LocalServer.shared().before_step = lambda _step: steps.append((time.time(), HAND_OFFS["now"]))
    wait_until(lambda: any(row["key"].endswith("/few-inputs") for row in widget.versions))
    time.sleep(1.5)  # the server's first process is ready by then, as it is when a person presses the button
    ended = threading.Event()
    at_the_end = []

    def end(change: Any) -> None:
        if change["new"] == "evaluated":
            ENDS["on screen"] = time.time()
            at_the_end.append(HAND_OFFS["now"])
            ended.set()

    widget.observe(end, "status")
    if beside_a_loop:
        threading.Thread(target=spin, daemon=True).start()
    widget.model_version = "few-inputs"
    widget.evaluate({"use_kfold": True})
    if not ended.wait(120) or len(widget.evaluation.fold_numbers) != 5:
        raise RuntimeError("The evaluation did not end with all folds.")
    last, before = steps[-1]
    return {name: ENDS[name] - last for name in ("published", "told", "read", "encoded", "on screen")} | {
        "hand-offs": at_the_end[0] - before
    }


if __name__ == "__main__":
    print(json.dumps(measured(beside_a_loop="--alone" not in sys.argv)), flush=True)
    os._exit(0)  # the loop has no end
