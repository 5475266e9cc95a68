"""Reads the numbers of runs, each for itself: again and again while its server is away and somebody looks at it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from clarifai_eval_widget.client import transience
from clarifai_eval_widget.errors import EvalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client.progress import Progress
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.platform.entries import Entry
    from clarifai_eval_widget.widget.platform.lanes import Lanes
    from clarifai_eval_widget.widget.platform.loading import LoadingMarks

__all__ = ["Reads"]


class Reads:
    """Reads runs on lanes of their own.

    A server that is away or busy while a finished evaluation is read still has it: the run stays evaluated, with what
    keeps it from being read beside it, and is asked for again, later and later, until it has been read, nobody looks at
    it any more, or the server says something final.

    Parameters
    ----------
    lanes
        Where they run.
    loading
        Where it says that the run looked at is being read.
    publish
        Shows a run's row anew.
    take
        Is given what was read, and how far the run was then.
    wanted
        Whether somebody looks at a run.
    """

    def __init__(
        self,
        lanes: Lanes,
        loading: LoadingMarks,
        *,
        publish: Callable[[Entry], None],
        take: Callable[[Entry, Evaluation, Progress], None],
        wanted: Callable[[Entry], bool],
    ) -> None:
        self._lanes = lanes
        self._loading = loading
        self._publish = publish
        self._take = take
        self._wanted = wanted
        self._looked_at = ""

    def want(self, entry: Entry) -> None:
        """Have a run read as it is now, if that is not about to be done."""
        entry.wake.set()
        self._lanes.of_run(entry.key).submit(lambda: self.read(entry), once="read")

    def look(self, entry: Entry, *, is_due: bool) -> None:
        """Note that a run is looked at; where it is due, have it read, and say that it is."""
        self._looked_at = entry.key
        self._loading.set("results", ["results"] if is_due else [])
        if is_due:
            entry.wake.set()
            self._lanes.of_run(entry.key).submit(lambda: self._read_first(entry))

    def read(self, entry: Entry) -> None:
        """Read a run's numbers, and have them taken."""
        run, seen = entry.run, entry.progress
        if run is None:
            return
        is_over, left, since = run.done(), False, time.monotonic()

        def pausing(error: EvalError, seconds: float) -> bool:
            nonlocal left
            if time.monotonic() - since >= transience.GRACE_SECONDS:
                self._note(entry, error)
            entry.wake.wait(seconds)
            entry.wake.clear()
            left = entry.run is not run or not self._wanted(entry)
            return not left

        entry.wake.clear()
        try:
            evaluation = run.reader.read(tries=None if is_over else 1, ends=None, pausing=pausing)
        except EvalError as error:
            if left or (not is_over and transience.is_transient(error)):
                self._note(entry, None)  # it is read when it is looked at again, or has moved on
            elif entry.run is run:
                entry.error, entry.trouble = error, None
                self._publish(entry)
            return
        if entry.run is run:
            self._take(entry, evaluation, seen)
            if entry.is_due and self._wanted(entry):  # its news came while it took the screen
                self.want(entry)

    def _note(self, entry: Entry, trouble: EvalError | None) -> None:
        if entry.trouble is not trouble:
            entry.trouble = trouble
            entry.end_told = entry.end_told or trouble is not None  # its numbers may be long in coming
            self._publish(entry)

    def _read_first(self, entry: Entry) -> None:
        try:
            self.read(entry)
        finally:
            if self._looked_at == entry.key:
                self._loading.set("results", [])
