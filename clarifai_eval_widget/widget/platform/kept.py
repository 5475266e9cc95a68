"""The runs that a widget keeps: which there are, and what was last read of each."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.widget.platform.found import same, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client.progress import Progress
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.platform.entries import Entry
    from clarifai_eval_widget.widget.platform.found import Found

__all__ = ["KeptRuns"]


class KeptRuns:
    """Holds the entries of a widget, newest first, and those of other models that were found beside them.

    Safe to use from several threads: its lock is held only for a moment, and never while anybody is told, whose
    observers may take as long as they like.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._others: list[Entry] = []

    @property
    def entries(self) -> list[Entry]:
        """Every run, newest first."""
        with self._lock:
            return list(self._entries)

    @property
    def others(self) -> list[Entry]:
        """Runs of other models that the server has, too."""
        with self._lock:
            return list(self._others)

    def entry(self, key: str) -> Entry:
        """The entry of a key.

        Raises
        ------
        NotFoundError
            When no run has it.
        """
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise NotFoundError(f"There is no run {key!r} in this widget: press Refresh.")

    def add(self, entry: Entry) -> None:
        """Keep a run that is about to be started."""
        with self._lock:
            self._entries.insert(0, entry)

    def started(self, entry: Entry, run: Run) -> None:
        """Note what a run has become on the server; a listing that came back meanwhile may have found it already."""
        with self._lock:
            entry.run = run
            self._entries = [one for one in self._entries if one is entry or one.run is None or not same(one, run)]

    def renew(self, entry: Entry) -> None:
        """Make an entry as it was before its run was started."""
        with self._lock:
            entry.run, entry.error, entry.evaluation, entry.seen, entry.cancelled = None, None, None, None, ""
            entry.trouble, entry.end_told = None, False
            entry.revision += 1

    def take_found(self, found: Found) -> list[Entry]:
        """Keep what the server has; return those that were not known."""
        with self._lock:
            new = without(self._entries, found.own)
            self._entries = sorted([*self._entries, *new], key=found.rank)
            self._others = without(self._entries, found.others)
        return new

    def adopt(self, key: str) -> Entry | None:
        """Keep a run of another model as one of the widget's from now on; None where there is none of that key."""
        with self._lock:
            other = next((entry for entry in self._others if entry.key == key), None)
            if other is not None:
                self._others = [entry for entry in self._others if entry is not other]
                self._entries = [*self._entries, other]
        return other

    def drop(self, is_gone: Callable[[Entry], bool]) -> list[Entry]:
        """Let go of some, and return them."""
        with self._lock:
            gone = [entry for entry in self._entries if is_gone(entry)]
            self._entries = [entry for entry in self._entries if entry not in gone]
        return gone

    def clear(self) -> list[Entry]:
        """Let go of all, and return those that were the widget's own."""
        with self._lock:
            self._others = []
        return self.drop(lambda _: True)

    def state(self, entry: Entry) -> tuple[Evaluation | None, int]:
        """What was last read of a run, and its revision."""
        with self._lock:
            return entry.evaluation, entry.revision

    def held(self, key: str) -> tuple[Evaluation, int] | None:
        """What was last read of the run of a key, and its revision; None where nothing was."""
        with self._lock:
            for entry in self._entries:
                if entry.key == key and entry.evaluation is not None:
                    return entry.evaluation, entry.revision
        return None

    def take(self, entry: Entry, evaluation: Evaluation, seen: Progress) -> bool:
        """Keep what was read, and say whether it is news: a late state in between never replaces the result."""
        with self._lock:
            had = entry.evaluation
            if had is evaluation or (had is not None and had.complete and not evaluation.complete):
                return False
            entry.evaluation, entry.seen = evaluation, seen
            entry.revision += 1
        return True
