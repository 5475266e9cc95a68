"""The site: ``sphinx-build -W docs site`` writes it, and fails at a dead link.

Pages about code (codes, commands, references) are made from the code, so that they cannot fall behind it.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path

from clarifai_eval_widget import __version__
from clarifai_eval_widget.cli.parser import parser
from clarifai_eval_widget.evaluation.codes import Code

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.test_structure import tree  # noqa: E402

MADE = ROOT / "docs" / "made"

project = "clarifai-eval-widget"
copyright = "its contributors; Apache 2.0"  # noqa: A001 - Sphinx's name for it
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["made/[!a-z]*", "cli.md"]  # the latter begins made/cli
html_theme = "furo"
html_title = f"{project} {release}"
html_theme_options = {"navigation_with_keys": True}
toc_object_entries = False
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": False}
suppress_warnings = ["ref.python", "myst.xref_ambiguous"]  # a name that two rooms have, as table, is no dead link

_API = {
    "widget": ("EvalWidget", ["autoclass:: clarifai_eval_widget.widget.EvalWidget"]),
    "blocks": (
        "Single panels",
        [
            f"autoclass:: clarifai_eval_widget.widget.{name}\n   :no-members:"
            for name in ("RocPlot", "ThresholdSweep", "ConceptsTable", "ConfusionMatrix")
        ],
    ),
    "client": (
        "EvalClient, Run, Progress",
        [
            f"autoclass:: clarifai_eval_widget.client.{name}"
            for name in ("EvalClient", "Run", "Progress", "Cancellation")
        ],
    ),
    "listed": (
        "What a client lists",
        [
            f"autoclass:: clarifai_eval_widget.client.resources.{name}()\n   :inherited-members:"
            for name in ("App", "Model", "ModelVersion", "Dataset", "DatasetVersion")
        ],
    ),
    "evaluation": (
        "Evaluation",
        [
            f"autoclass:: clarifai_eval_widget.evaluation.{name}"
            for name in (
                "Evaluation()",
                "EvaluationInfo()",
                "display.Display()",
                "relabelling.Relabelling()",
                "intervals.AucInterval()\n   :inherited-members:",
                "codes.Condition()",
            )
        ],
    ),
    "local": (
        "LocalServer, Step",
        [
            "autoclass:: clarifai_eval_widget.local.LocalServer\n   :inherited-members:",
            "autoclass:: clarifai_eval_widget.local.Step()",
        ],
    ),
    "metrics": ("Functions of counts", ["automodule:: clarifai_eval_widget.metrics\n   :imported-members:"]),
    "uncertainty": ("Intervals and tests", ["automodule:: clarifai_eval_widget.uncertainty\n   :imported-members:"]),
    "operating_point": (
        "Operating points",
        ["automodule:: clarifai_eval_widget.operating_point\n   :imported-members:"],
    ),
}
_BESIDE = {"changelog.md": "CHANGELOG.md", "licences.md": "THIRD_PARTY.md"}


def _kind(code: Code) -> str:
    return "Reason to be careful" if code.page.careful else "Says how the numbers came about"


def _check(code: Code) -> str:
    page = code.page
    return f"# {code}: {page.title}\n\n*{_kind(code)}.*\n\n{page.meaning}\n\n**What to do.** {page.advice}\n"


def _checks() -> str:
    rows = "\n".join(f"| [{code}]({code}.md) | {code.page.title} | {_kind(code)} |" for code in Code)
    return (
        "# Conditions\n\nWhat is to be known about numbers travels with them: in `e.conditions`, a column of "
        "`e.table(full=True)`, captions of figures, `clarifai-eval show`. A code is never given a second meaning.\n\n"
        f"| code | condition | |\n|---|---|---|\n{rows}\n\n```{{toctree}}\n:hidden:\n:glob:\n\nCEW*\n```\n"
    )


def _commands() -> str:
    (subcommands,) = (one for one in parser()._actions if isinstance(one, argparse._SubParsersAction))  # noqa: SLF001
    parts = ["# From a shell", (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")]
    for name, command in subcommands.choices.items():
        command.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=96)
        parts += [f"## clarifai-eval {name}", f"```text\n{command.format_help()}```"]
    return "\n\n".join(parts) + "\n"


def _house() -> str:
    parts = [
        "# The house, file by file",
        "What each file says of itself in its first sentence. `CONTRIBUTING.md` tells how the rooms belong together.",
    ]
    for folder, files in tree().items():
        cells = [(f"`{name}`", held.replace("|", "\\|"), str(length), known) for name, held, length, known in files]
        rows = "\n".join(f"| {' | '.join(row)} |" for row in cells)
        parts.append(f"## {folder}\n\n| file | holds | lines | rooms it knows |\n|---|---|---|---|\n{rows}")
    return re.sub(r":\w+:`[.~]*([^`]+)`", r"`\1`", "\n\n".join(parts)) + "\n"


def _reference(title: str, directives: list[str]) -> str:
    return "\n\n".join([f"{title}\n{'=' * len(title)}", *(f".. {one}" for one in directives)]) + "\n"


def _make() -> None:
    shutil.rmtree(MADE, ignore_errors=True)
    pages = {"checks/index.md": _checks(), "cli.md": _commands(), "house.md": _house()}
    pages |= {f"checks/{code}.md": _check(code) for code in Code}
    pages |= {f"api/{name}.rst": _reference(*page) for name, page in _API.items()}
    pages |= {page: (ROOT / source).read_text(encoding="utf-8") for page, source in _BESIDE.items()}
    for path, content in pages.items():
        target = MADE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    shutil.copytree(ROOT / "notebooks" / "images", MADE / "images")


def _tidy(_app: object, _what: str, _name: str, _of: object, _options: object, lines: list[str]) -> None:
    """`single` backticks name parameters and fields here, as in numpydoc; Sphinx would look for a page."""
    lines[:] = [re.sub(r"(?<![:`\w])`([^`]+)`(?!`)", r"``\1``", line) for line in lines]


def setup(app: object) -> None:
    """Make the pages before they are read."""
    _make()
    app.connect("autodoc-process-docstring", _tidy)  # type: ignore[attr-defined]
