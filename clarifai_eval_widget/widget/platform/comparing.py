"""What the comparison on screen needs to know of the widget's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.workbench.comparison import Compared

if TYPE_CHECKING:
    from clarifai_eval_widget.widget.platform.lanes import Lanes
    from clarifai_eval_widget.widget.platform.runs import Runs
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.workbench.comparison import Comparison

__all__ = ["offer_runs"]


def offer_runs(comparison: Comparison, runs: Runs, lanes: Lanes, screen: Screen) -> None:
    """Let runs be compared by their keys; those that have not been read yet are read."""

    def described(key: str) -> Compared | None:
        try:
            entry = runs.take_up(key)  # also of another model, ticked in the leaderboard
        except NotFoundError:
            return None
        evaluation, revision = runs.state(entry)
        labels = {row["key"]: row["label"] for row in screen.versions}
        words = rows.caption(entry, evaluation, labels)
        failure = str(entry.failure) if entry.failure is not None and evaluation is None else ""
        return Compared(key, words.title, words.kind_label, evaluation, revision, failure)

    def want(key: str) -> None:
        entry = runs.take_up(key)
        lanes.results.submit(lambda: runs.read(entry))

    def key_of(one: object) -> str | None:
        for entry in runs.entries:
            if entry.run is not None and (one is entry.run or one is entry.evaluation):
                return entry.key
        return None

    comparison.describe, comparison.want, comparison.key_of = described, want, key_of
