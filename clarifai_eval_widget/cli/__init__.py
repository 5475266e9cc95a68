"""The command ``clarifai-eval``: a module for each of its commands, found by name in :mod:`parser`."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from clarifai_eval_widget.cli.exits import exit_code, tell_error
from clarifai_eval_widget.cli.parser import parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the return value is the exit code, which :mod:`exits` lists."""
    with _escaping(sys.stdout), _escaping(sys.stderr):
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    from clarifai_eval_widget.errors import EvalError

    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)  # until it has been read
    try:
        options = parser().parse_args(arguments)
        as_json = getattr(options, "json", False)
        code: int = import_module(f"{__name__}.{options.command}").run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output, as `head` does, has had enough: no error of ours
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return 0
    except (EvalError, OSError, KeyboardInterrupt) as error:
        tell_error(error, as_json=as_json)
        return exit_code(error)
    return code


@contextlib.contextmanager
def _escaping(stream: object) -> Iterator[None]:
    """Show a name that the terminal's encoding lacks escaped, and leave the stream as it was."""
    if not isinstance(stream, io.TextIOWrapper):
        yield
        return
    before = stream.errors
    stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):  # whoever read it is gone, or it was closed
            stream.reconfigure(errors=before)
