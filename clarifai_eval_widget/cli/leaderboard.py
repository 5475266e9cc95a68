"""``clarifai-eval leaderboard``: the evaluations on a server beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clarifai_eval_widget.cli import report
from clarifai_eval_widget.cli.connecting import connected

if TYPE_CHECKING:
    import argparse

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """List them, and return the exit code."""
    with connected(options) as client:
        board = client.leaderboard(options.app)
    if options.sort:
        board = board.sort_values(options.sort, ascending=False, na_position="last", kind="stable")
    if options.json:
        print(report.dumps(report.records(board)))  # noqa: T201 - the command's own output
    elif board.empty:
        print(_none(options))  # noqa: T201 - the same
    else:
        owners = {*board["user"], *board["dataset_user"]} - {""}
        shown = board.drop(columns=["user", "dataset_user"]) if len(owners) < 2 else board
        print(report.columns(shown))  # noqa: T201 - the same
    return 0


def _none(options: argparse.Namespace) -> str:
    """Say why the board is empty, and how to fill it."""
    if options.local != Path():
        return "There are no evaluations yet: clarifai-eval evaluate makes one."
    return (
        "There are no evaluations: --local alone starts anew each time and keeps none. `clarifai-eval serve --path "
        "FILE --samples` makes a file that keeps them; then give --local FILE here and to clarifai-eval evaluate."
    )
