"""What the comparison on screen needs to know of the widget's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.workbench.comparison import Compared

if TYPE_CHECKING:
    from clarifai_eval_widget.client.resources import Dataset
    from clarifai_eval_widget.widget.platform.entries import Entry
    from clarifai_eval_widget.widget.platform.runs import Runs
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Match
    from clarifai_eval_widget.widget.workbench.comparison import Comparison

__all__ = ["matched", "offer_runs"]


def offer_runs(comparison: Comparison, runs: Runs, screen: Screen) -> None:
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
        runs.reads.want(runs.take_up(key))

    def key_of(one: object) -> str | None:
        for entry in runs.entries:
            if entry.run is not None and (one is entry.run or one is entry.evaluation):
                return entry.key
        return None

    comparison.describe, comparison.want, comparison.key_of = described, want, key_of


def matched(asked: Match, runs: Runs, dataset: Dataset) -> tuple[list[Entry], list[Entry]]:
    """Give the runs of these versions on one dataset, by one method, and those of them that are yet to be started.

    Of cross-validations only the first, where it was started here, is taken as done, and the others are had with its
    parameters: the folds of any other run may be others.
    """
    entries = [runs.take_up(key) for key in asked["runs"]]
    first, use_kfold = entries[0], asked["use_kfold"]
    found, new = [], []
    for entry in entries:
        done = [one for one in runs.entries if _is_done(one, entry, dataset, use_kfold)]
        if use_kfold:
            done = [one for one in done if one is first is entry and one.created_at is not None]
        if not done:
            done = [runs.new(entry.version, dataset, use_kfold=use_kfold, params=first.params if use_kfold else {})]
            new += done
        found.append(done[0])
    return found, new


def _is_done(one: Entry, like: Entry, dataset: Dataset, use_kfold: bool) -> bool:
    """Whether a run is of the same version, on the latest of a dataset, by that method, and has not failed."""
    if one.has_failed or one.cancelled or one.version.key != like.version.key or one.use_kfold != use_kfold:
        return False
    return one.dataset.key == dataset.key and one.dataset_version in ("", dataset.latest_version_id)
