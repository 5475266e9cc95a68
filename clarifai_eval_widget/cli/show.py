"""``clarifai-eval show``: the figures of a kept evaluation."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from clarifai_eval_widget.cli import report
from clarifai_eval_widget.cli.exits import Exit, exit_code, tell_error
from clarifai_eval_widget.cli.files import write
from clarifai_eval_widget.errors import EvalError, not_found
from clarifai_eval_widget.words import exact, number, within

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["run", "tell"]


def run(options: argparse.Namespace) -> int:
    """Read the file, and return the exit code."""
    from clarifai_eval_widget.evaluation import Evaluation

    return tell(Evaluation.load(options.file), options)


def tell(evaluation: Evaluation, options: argparse.Namespace) -> int:
    """Print an evaluation, write the files asked for, and judge its figures; return the exit code."""
    threshold = options.threshold
    failed = [error for path in options.out if (error := _write(evaluation, path, threshold)) is not None]
    if options.json:
        print(report.dumps(report.report(evaluation, threshold=threshold)))  # noqa: T201 - the command's own output
    else:
        print(report.text(evaluation, threshold=threshold))  # noqa: T201 - the command's own output
    below = [said for name, bound in options.fail_under if (said := _below(evaluation, name, bound))]
    for said in below:
        print(f"clarifai-eval: {said}", file=sys.stderr)  # noqa: T201 - the command's own output
    for error in failed:
        tell_error(error, as_json=False)
    return exit_code(failed[0]) if failed else Exit.BELOW if below else Exit.DONE


def _write(evaluation: Evaluation, path: Path, threshold: float) -> EvalError | OSError | None:
    """Write a file; what keeps it from that is told after the figures, which took long to get."""
    try:
        write(evaluation, path, threshold=threshold)
    except (EvalError, OSError) as error:
        return error
    print(f"Wrote {path}", file=sys.stderr)  # noqa: T201 - the command's own output
    return None


def _below(evaluation: Evaluation, name: str, bound: float) -> str:
    summary = evaluation.summary
    if name not in summary:
        raise not_found("figure of the summary", name, summary.index)
    value = float(summary[name])
    if math.isnan(value):
        return f"{name} is undefined, so that it is not known to reach {exact(bound)}."
    if value >= bound:
        return ""
    shown = number(value)
    return f"{name} is {shown if float(shown) < bound else within(value)}, below {exact(bound)}."
