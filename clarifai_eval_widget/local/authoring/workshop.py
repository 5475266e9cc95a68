"""What adding and training work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clarifai_eval_widget.local.authoring.embedder import Embedder
    from clarifai_eval_widget.local.data.keeper import Keeper
    from clarifai_eval_widget.local.data.records import Records
    from clarifai_eval_widget.local.work.runner import TaskRunner


@dataclass(frozen=True, eq=False)
class Workshop:
    """A server's parts, as far as its user changes them from Python."""

    records: Records
    """Apps, datasets and models."""
    runner: TaskRunner
    """Where heads are trained."""
    embedder: Embedder
    """What makes embeddings of texts that are given without."""
    user_id: str
    """The server's user."""
    keeper: Keeper | None
    """What keeps additions in the server's file; None for a server in memory."""
