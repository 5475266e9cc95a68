"""A list of rows that is sent as what has changed in it: of a hundred runs, mostly one moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.widget.wire.rows import RunRow

__all__ = ["MOST_CHANGED", "RowChanges"]

MOST_CHANGED = 16
"""Rows that are sent by themselves before the whole list is sent again."""


class RowChanges:
    """Keeps the list as it was last sent whole, and tells which of its rows have changed since.

    All of them are told each time, so that whoever has the list and the last of the changes has everything: a page that
    missed some, one that was made anew, a saved notebook.
    """

    def __init__(self) -> None:
        self._sent: dict[str, RunRow] = {}
        self.is_whole = True
        """Whether the list has to be sent whole next."""

    def take(self, rows: Sequence[RunRow]) -> dict[str, RunRow]:
        """Take the list as it is now; return by key, in order, the rows that are new before those sent, or changed."""
        new = len(rows) - len(self._sent)
        if not self.is_whole and new >= 0 and [row["key"] for row in rows[new:]] == list(self._sent):
            changed = {row["key"]: row for row in rows if row is not self._sent.get(row["key"])}
            if len(changed) <= MOST_CHANGED:
                return changed
        self._sent, self.is_whole = {row["key"]: row for row in rows}, True
        return {}

    def sending(self, names: set[str]) -> set[str]:
        """Of the traits about to be sent, those that must be: the list only where it is to be sent whole."""
        if "run_states" not in names:
            return names
        whole, self.is_whole = self.is_whole, False
        return names if whole else names - {"run_states"}
