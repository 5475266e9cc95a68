"""Which run is on screen: the one asked for last, as soon as it has something to show, and never one that failed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.widget.platform.entries import Entry
    from clarifai_eval_widget.widget.screen import Screen

__all__ = ["Stage"]


class Stage:
    """Decides, for runs that are started, looked at and left, which of them is shown.

    A run that is started takes the screen with its first results: what the user reads stands there until then, and
    for good when the run fails. Where there is nothing to read, it is shown at once, with the words that it has begun.

    Parameters
    ----------
    screen
        Says what is shown.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lock = threading.Lock()
        self._coming = ""
        self._before = ""

    def start(self, entry: Entry, entries: Sequence[Entry]) -> bool:
        """Say whether a run that is being started is shown at once; if not, it waits for its first results."""
        viewing = self._screen.viewing
        shown = next((one for one in entries if one.key == viewing), None)
        at_once = viewing in ("", entry.key) or (shown is not None and shown.evaluation is None)
        with self._lock:
            self._coming = "" if at_once else entry.key
            self._before = viewing if at_once and viewing != entry.key else ""
        return at_once

    def look(self) -> None:
        """Note that the user looks at a run: none that was started before takes the screen any more."""
        with self._lock:
            self._coming = self._before = ""

    def awaits(self, entry: Entry) -> bool:
        """Say whether a run's numbers are wanted: it is shown, or will be with its first results."""
        return entry.key in (self._screen.viewing, self._coming)

    def takes(self, entry: Entry) -> str | None:
        """Say in whose place a run that has something to show takes the screen now, once; None where it does not."""
        with self._lock:
            if self._coming != entry.key or entry.evaluation is None or not entry.evaluation.concepts:
                return None
            self._coming = ""
            return self._screen.viewing

    def after_failure(self, entry: Entry, entries: Sequence[Entry]) -> Entry | None:
        """Give the run that was shown before one that failed without results, if it still has something to tell."""
        if not entry.has_failed:
            return None
        with self._lock:
            if self._coming == entry.key:
                self._coming = ""
            if self._screen.viewing != entry.key or entry.evaluation is not None:
                return None
            before, self._before = self._before, ""
        return next((one for one in entries if one.key == before and not one.has_failed), None)
