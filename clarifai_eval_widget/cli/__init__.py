"""The command ``clarifai-eval``: a module for each of its commands, found by name in :mod:`parser`."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from clarifai_eval_widget.cli.exits import exit_code, tell_error
from clarifai_eval_widget.cli.parser import parser

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the return value is the exit code, which :mod:`exits` lists."""
    from clarifai_eval_widget.errors import EvalError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal's encoding lacks is shown escaped
            stream.reconfigure(errors="backslashreplace")
    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)  # until it has been read
    try:
        options = parser().parse_args(arguments)
        as_json = getattr(options, "json", False)
        code: int = import_module(f"{__name__}.{options.command}").run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output, as `head` does, has had enough: no error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (EvalError, OSError, KeyboardInterrupt) as error:
        tell_error(error, as_json=as_json)
        return exit_code(error)
    return code
