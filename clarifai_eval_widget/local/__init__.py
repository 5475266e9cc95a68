"""The embedded server: the same gRPC, on this machine, with nothing but installed packages.

An optional extra: importing this package checks that it is installed and says how to get it. The parts
themselves load when first asked for, so that the worker process imports only what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import MissingExtraError
from clarifai_eval_widget.lazy import LOCAL, lazily, missing

if TYPE_CHECKING:
    from clarifai_eval_widget.local.server import LocalServer
    from clarifai_eval_widget.local.work.engine import Step

__all__ = ["LocalServer", "Step"]

_HOMES = {"LocalServer": "server", "Step": "work.engine"}

_missing = missing(LOCAL)
if _missing:
    raise MissingExtraError(
        f"The local server needs {' and '.join(_missing)}, which {'is' if len(_missing) == 1 else 'are'} not "
        'installed here. Install the extra with: pip install "clarifai-eval-widget[local]"'
    )


if not TYPE_CHECKING:
    __getattr__ = lazily(globals(), _HOMES)
