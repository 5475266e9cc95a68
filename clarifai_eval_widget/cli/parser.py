"""The command line: what each command takes."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from clarifai_eval_widget import __version__
from clarifai_eval_widget.cli.files import out_file
from clarifai_eval_widget.words import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["parser"]

_EXITS = (
    "exit codes: 0 done; 1 failed; 2 wrong usage; 3 no token, or it may not do this; 4 what was named does not exist "
    "or cannot be evaluated; 5 the server was not reached in time; 6 a figure lies below --fail-under; 130 Ctrl+C"
)


def parser() -> argparse.ArgumentParser:
    """Make the parser; ``options.command`` names the module that runs it."""
    top = argparse.ArgumentParser(
        prog="clarifai-eval", description="Evaluate Clarifai classifiers, in a notebook or from here.", epilog=_EXITS
    )
    top.add_argument("--version", action="version", version=f"clarifai-eval-widget {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_demo, _serve, _evaluate, _show, _leaderboard):
        add(commands)
    return top


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser(
        "demo",
        help="open the quickstart in JupyterLab, served by the embedded local server: no account, no network",
        epilog=_EXITS,
    )
    demo.add_argument("--no-browser", action="store_true", help="start JupyterLab without opening a browser")
    demo.add_argument("--port", type=int, help="port of JupyterLab (default: 8888, or the next free one)")
    demo.add_argument(
        "--folder",
        type=Path,
        default=Path("clarifai-eval-demo"),
        help="where the notebooks are copied to (default: %(default)s)",
    )
    demo.add_argument("jupyter", nargs=argparse.REMAINDER, help="after --, further options for JupyterLab")


def _serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser(
        "serve",
        help="run the embedded server as a process of its own, on a file, until Ctrl+C or SIGTERM",
        epilog=_EXITS,
    )
    serve.add_argument("--path", type=Path, required=True, help="the server's file, made where there is none")
    serve.add_argument("--port", type=int, help="port to serve on (default: the file's last, or a free one)")
    serve.add_argument("--rest-port", type=int, help="serve REST, too, on this port; 0: a free one (default: no REST)")
    serve.add_argument("--samples", action="store_true", help="with the sample apps")
    serve.add_argument(
        "--tls", type=Path, nargs=2, metavar=("CERTIFICATE", "KEY"), help="speak TLS, with these two PEM files"
    )
    serve.add_argument("--json", action="store_true", help="say where it serves as one JSON object, when it does")


def _evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evaluate = commands.add_parser(
        "evaluate",
        help="evaluate a model version on a dataset, and keep what comes of it",
        description="Evaluate a model version on a dataset. Progress goes to stderr, the figures to stdout.",
        epilog=_EXITS,
    )
    evaluate.add_argument("--model", required=True, help="web address or id of a model (its newest version) or version")
    evaluate.add_argument("--dataset", help="web address, app/id or id (default: the data the version was trained on)")
    evaluate.add_argument("--dataset-version", help="id of the dataset's version (default: the latest)")
    evaluate.add_argument(
        "--kind",
        choices=["cross-validate", "score"],
        help="judge the recipe, or this very version (default: the first on its own training data, else the second)",
    )
    evaluate.add_argument("--timeout", type=float, metavar="SECONDS", help="how long to wait (default: to the end)")
    evaluate.add_argument("--quiet", action="store_true", help="no progress")
    _connection(evaluate)
    _reporting(evaluate)


def _show(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = commands.add_parser(
        "show", help="the figures of an evaluation kept in a file (Evaluation.save, or --out NAME.pb)", epilog=_EXITS
    )
    show.add_argument("file", type=Path, metavar="FILE")
    _reporting(show)


def _leaderboard(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    leaderboard = commands.add_parser(
        "leaderboard", help="the evaluations on a server beside each other", epilog=_EXITS
    )
    leaderboard.add_argument("--app", help="only those of this app (default: of all)")
    leaderboard.add_argument(
        "--sort",
        choices=["roc_auc", "f1", "precision", "recall"],
        help="best first by this figure (default: newest first)",
    )
    leaderboard.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    _connection(leaderboard, file=_there)


def _connection(command: argparse.ArgumentParser, file: Callable[[str], Path] = Path) -> None:
    where = command.add_argument_group(
        "where",
        "The token comes from CLARIFAI_PAT or the Clarifai CLI's current context, never from the command line.",
    )
    where.add_argument(
        "--local",
        nargs="?",
        const=Path(),
        type=file,
        metavar="FILE",
        help="the embedded server instead, with its sample apps or on a file that it keeps; no account, no network",
    )
    where.add_argument("--user", help="whose apps are meant (default: the token's owner)")
    where.add_argument("--base-url", help="address of the API; taken only together with a token from the environment")


def _reporting(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--threshold", type=_threshold, default=0.5, help="at which counts and rates are shown (default: 0.5)"
    )
    command.add_argument(
        "--out",
        type=out_file,
        action="append",
        default=[],
        metavar="FILE",
        help="also write a file; its suffix says what (may be given several times): "
        ".html the page, interactive without a kernel, .pb everything, .csv the table by concept, "
        ".json what --json prints, .md a model card for Hugging Face, .png .svg .pdf the curves",
    )
    command.add_argument(
        "--fail-under",
        type=_bound,
        action="append",
        default=[],
        metavar="FIGURE=VALUE",
        help="exit with 6 if a figure of the summary is lower or undefined, for instance macro_avg_roc_auc=0.9",
    )
    command.add_argument("--json", action="store_true", help="print one JSON object instead of tables")


def _there(text: str) -> Path:
    """Read the path of a server's file that a command only reads: a name mistyped is not to make a new one."""
    path = Path(text)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no file {text!r}: `clarifai-eval serve --path FILE --samples` makes one, and so does evaluate."
        )
    return path


def _threshold(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no threshold: give a number from 0 to 1")
    return value


def _bound(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    if not name or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form FIGURE=VALUE")
    from clarifai_eval_widget.evaluation.summary import SUMMARY_NAMES

    if name not in SUMMARY_NAMES:
        near = nearest(name, SUMMARY_NAMES) or SUMMARY_NAMES[:6]
        raise argparse.ArgumentTypeError(f"{name!r} is no figure of the summary. The nearest are {listed(near)}")
    bound = _number(value)
    if math.isnan(bound):
        raise argparse.ArgumentTypeError(f"{text!r} bounds nothing: give a number")
    return name, bound


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
