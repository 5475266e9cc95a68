"""What is being loaded, by whichever lane."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Loading

__all__ = ["LoadingMarks"]


class LoadingMarks:
    """Keeps the trait ``loading``: lists and results are loaded at the same time, and each says so for itself."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lock = threading.Lock()
        self._by_whom: dict[str, list[Loading]] = {}

    def set(self, who: str, what: Sequence[Loading]) -> None:
        """Say what somebody is loading now; nothing when it is done."""
        with self._screen.together():
            with self._lock:
                self._by_whom[who] = list(what)
                every = [one for parts in self._by_whom.values() for one in parts]
            self._screen.publish(loading=every)
