"""Cells that keep a kernel busy, and when what a page asks is answered beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.panel import eventually, python

if TYPE_CHECKING:
    from tests.browser.lab import NotebookPage

PYTHON_LOOP = "import time\nends = time.monotonic() + {seconds}\nn = 0\nwhile time.monotonic() < ends:\n    n += 1"
MATRIX_PRODUCT = (
    "import time\nimport numpy as np\na = np.random.default_rng(0).random((2500, 2500))\n"
    "ends = time.monotonic() + {seconds}\nwhile time.monotonic() < ends:\n    a @ a"
)


def wait_until_beside(notebook: NotebookPage) -> None:
    """Wait until what the page sends is handled beside the cells; JupyterLab takes a moment to open a shell for it."""
    heard = "import json; print(json.dumps(w._route._beside is not None))"
    eventually(notebook.page, lambda: python(notebook, heard))
