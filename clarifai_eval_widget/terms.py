"""Terms that rooms share: what an evaluation can be, by which codes Clarifai says so, and what it comes from.

Knows nobody, so that the page's contract can take them without loading what it describes.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["EVALUATED", "NOT_EVALUATED", "STATUSES", "Source", "Status"]

Status: TypeAlias = Literal["queued", "evaluating", "evaluated", "failed", "reconnecting"]
"""``reconnecting`` is the client's own word: the server does not answer for now."""

EVALUATED = 21300
"""Ended with all its results."""
NOT_EVALUATED = 21302
"""Not yet, or ended without: the details say."""
STATUSES: dict[int, Status] = {21303: "queued", 21301: "evaluating", EVALUATED: "evaluated"}
"""By Clarifai's code; any other code is a failure."""

Source: TypeAlias = Literal["test_set", "platform_curves", "scores"]
"""Where the counts of an evaluation come from: its test set, only the platform's rates, or scores given."""
