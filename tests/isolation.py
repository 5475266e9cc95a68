"""No test and no tutorial may ever touch a real account."""

from __future__ import annotations

import os
import tempfile


def isolate() -> None:
    """Clear the credentials and move the home away, for this process and all that it starts."""
    for name in [name for name in os.environ if name.startswith("CLARIFAI_")]:
        del os.environ[name]
    home = tempfile.mkdtemp(prefix="eval-widget-home-")
    os.environ["HOME"] = os.environ["USERPROFILE"] = home
