"""``clarifai-eval evaluate``: start an evaluation, follow it, tell and keep its figures."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from clarifai_eval_widget.cli.connecting import connected
from clarifai_eval_widget.cli.progress import ProgressLine
from clarifai_eval_widget.cli.show import tell
from clarifai_eval_widget.errors import EvalError

if TYPE_CHECKING:
    import argparse

    from clarifai_eval_widget.client import Run

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Evaluate, and return the exit code."""
    params = {} if options.kind is None else {"use_kfold": options.kind == "cross-validate"}
    with connected(options) as client:
        started = client.start_evaluation(options.model, options.dataset, options.dataset_version, params=params)
        with ProgressLine(quiet=options.quiet) as progress:
            try:
                evaluation = started.result(timeout=options.timeout, on_progress=progress)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(_ended(started)) from None
        if started.progress.unsaved:
            print(f"clarifai-eval: {started.progress.unsaved}", file=sys.stderr)  # noqa: T201 - the command's own output
    return tell(evaluation, options)


def _ended(started: Run) -> str:
    """End it where the server can, and say what becomes of it."""
    from clarifai_eval_widget.client import Cancellation

    told = f"interrupted; the evaluation {started.id}"
    away = f"{told} may go on, for its server was not reached to end it"
    try:
        ended = started.cancel()
    except EvalError as error:
        return f"{away}: {error}"
    if ended is Cancellation.ENDED:
        return f"{told} was ended."
    return f"{away}." if started.is_live else f"{told} goes on on the server: see clarifai-eval leaderboard."
