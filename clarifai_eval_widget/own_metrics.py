"""Where in an evaluation's extended metrics this package tells what the protocol has no field for. Knows nobody."""

from __future__ import annotations

__all__ = ["OWN_KEY"]

OWN_KEY = "clarifai_eval_widget"
"""In ``extended_metrics.user_metrics``: the local server and saved files tell folds and progress under it; the rest is
the user's."""
