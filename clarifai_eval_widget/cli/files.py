"""Files that an evaluation is written to: the suffix says what goes into it."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from clarifai_eval_widget.cli.report import report
from clarifai_eval_widget.words import storable

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["out_file", "write"]


def _everything(e: Evaluation, path: Path, threshold: float) -> None:  # noqa: ARG001 - every writer is called alike
    e.save(path)


def _table(e: Evaluation, path: Path, threshold: float) -> None:
    from clarifai_eval_widget.evaluation.writing.sheet import to_csv

    path.write_text(to_csv(e.table(threshold=threshold, full=True)), encoding="utf-8", newline="")


def _json(e: Evaluation, path: Path, threshold: float) -> None:
    path.write_text(json.dumps(report(e, threshold=threshold), indent=2, allow_nan=False) + "\n", encoding="utf-8")


def _card(e: Evaluation, path: Path, threshold: float) -> None:
    path.write_text(storable(e.to_model_card(threshold=threshold)), encoding="utf-8")


def _curves(e: Evaluation, path: Path, threshold: float) -> None:
    from clarifai_eval_widget.widget import EvalWidget

    with closing(EvalWidget(evaluation=e, threshold=threshold)) as widget:
        widget.figure().savefig(path)


def _page(e: Evaluation, path: Path, threshold: float) -> None:
    from clarifai_eval_widget.widget import EvalWidget

    with closing(EvalWidget(evaluation=e, threshold=threshold)) as widget:
        widget.save_html(path)


_WRITERS: dict[str, Callable[[Evaluation, Path, float], None]] = {
    ".html": _page,
    ".pb": _everything,
    ".csv": _table,
    ".json": _json,
    ".md": _card,
    ".png": _curves,
    ".svg": _curves,
    ".pdf": _curves,
}


def out_file(text: str) -> Path:
    """Read a path to be written to; refused before anything is evaluated where it cannot be written later.

    What the path itself says is the command line's fault, what is on the disk is an OSError, as it is when written.
    """
    path = Path(text)
    if path.suffix.lower() not in _WRITERS:
        raise argparse.ArgumentTypeError(f"{text!r} does not end with one of {', '.join(_WRITERS)}")
    if path.is_dir():
        raise IsADirectoryError(f"{text!r} is a folder: give a file in it.")
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r}: make it first.")
    return path


def write(e: Evaluation, path: Path, *, threshold: float) -> None:
    """Write an evaluation as the path's suffix says."""
    _WRITERS[path.suffix.lower()](e, path, threshold)
