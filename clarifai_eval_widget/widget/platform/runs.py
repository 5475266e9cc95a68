"""Runs of a widget: started, followed to their end, read while they grow."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import ConnectionLostError, EvalError, NotFoundError
from clarifai_eval_widget.widget.platform import board
from clarifai_eval_widget.widget.platform.board import Entry
from clarifai_eval_widget.widget.platform.worker import Worker
from clarifai_eval_widget.widget.wire.protocol import encode_curves

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.progress import Progress
    from clarifai_eval_widget.client.resources import Dataset, Model, ModelVersion
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.platform.lists import Catalogue
    from clarifai_eval_widget.widget.screen import Screen

__all__ = ["Runner"]


class Runner:
    """Keeps the widget's runs and brings the one on screen there, state by state."""

    def __init__(self, widget: Screen, catalogue: Catalogue) -> None:
        self._widget = widget
        self._catalogue = catalogue
        self._poller = Worker("eval-widget-poll")
        self._lock = threading.Lock()
        self._followed: dict[Run, Callable[[], None]] = {}
        self._subscriptions: list[Callable[[], None]] = []
        self.entries: list[Entry] = []
        """Newest first."""

    def new(
        self, version: ModelVersion, dataset: Dataset, *, use_kfold: bool, params: Mapping[str, Any] | None = None
    ) -> Entry:
        """Note a run that is about to be started, and put it on screen."""
        entry = Entry(f"run-{secrets.token_hex(4)}", version, dataset, use_kfold, params=params or {})
        self.entries.insert(0, entry)
        self.show(entry)
        return entry

    def start(self, client: EvalClient, entry: Entry) -> None:
        """Ask the server to evaluate; a refusal is noted in the entry."""
        wanted = {**entry.params, "use_kfold": entry.use_kfold}
        try:
            entry.run = client.start_evaluation(entry.version, entry.dataset, params=wanted)
        except EvalError as error:
            entry.error = error
        else:
            self._subscribe(entry, entry.run)
        self._publish()
        self.follow()

    def forget(self, but: Entry | None = None) -> None:
        """Drop the runs of a server that is gone, but for one and those whose result has been read."""
        self.entries = [entry for entry in self.entries if entry is but or entry.has_result]
        self._publish()

    def show_newest(self, model: Model) -> None:
        """Where nothing is on screen: show the model's newest run that has not failed, if there is one."""
        mine = (entry for entry in self.entries if entry.version.model_id == model.id and entry.failure is None)
        newest = next(mine, None)
        if newest is not None and not self._widget.viewing:
            self._widget.publish(model_version=newest.version.id)
            self.show(newest)
            self.read(newest)

    def restart(self, client: EvalClient, entry: Entry) -> None:
        """Start a run of the same kind anew, in the place of the old one."""
        entry.run, entry.error, entry.evaluation, entry.seen = None, None, None, None
        self.show(entry)
        self.start(client, entry)

    def find(self, client: EvalClient, model: Model) -> None:
        """Take up the evaluations that the server already has of a model's versions."""
        known = {entry.run.id for entry in self.entries if entry.run is not None}
        order: dict[str, int] = {}
        for run in client.evaluations(model.app_id):
            key, version_key = run.dataset_key, run.version_key
            order[run.id] = len(order)
            if run.id in known or run.model_id != model.id or not self._catalogue.knows(version_key, key):
                continue
            version, dataset = self._catalogue.version(version_key), self._catalogue.dataset(key)
            dataset = replace(dataset, version_id=run.dataset_version_id)
            default = board.choice(version, dataset)["use_kfold"]
            use_kfold = default if run.use_kfold is None else run.use_kfold
            entry = Entry(f"{run.app_id}/{run.id}", version, dataset, use_kfold, run, created_at=None)
            self._subscribe(entry, run)
            self.entries.append(entry)

        def rank(entry: Entry) -> int:
            """The server lists the newest first; what it has not listed of this app has only just been started."""
            unlisted = -1 if entry.version.app_id == model.app_id else len(order)
            return unlisted if entry.run is None else order.get(entry.run.id, unlisted)

        self.entries.sort(key=rank)
        self._publish()
        self.follow()

    def follow(self) -> None:
        """Have the client follow what is active; what changes is then read on this widget's own thread."""
        for entry in self.entries:
            if entry.run is not None and entry.is_active and entry.run not in self._followed:
                self._followed[entry.run] = entry.run.follow()
        self._poller.submit(self._read_what_is_new)

    def read(self, entry: Entry) -> None:
        """Read a run's numbers and, if it is still the one on screen, show them."""
        if entry.run is None:
            return
        seen = entry.progress
        try:
            evaluation = entry.run.evaluation()
        except EvalError as error:
            if isinstance(error, ConnectionLostError) and entry.is_active:
                return  # the next poll says so
            entry.error = error
            self._publish()
            return
        self._take(entry, evaluation, seen)

    def show(self, entry: Entry, *, only_if_on_screen: bool = False) -> None:
        """Put an entry on screen, or bring its newest numbers there if it already is."""
        with self._lock:
            evaluation, revision = entry.evaluation, entry.revision
        if not only_if_on_screen or self._widget.viewing == entry.key:
            curves = b""
            if evaluation is not None and evaluation.concepts:
                labels = {row["id"]: row["label"] for row in self._widget.versions}
                curves = encode_curves(evaluation, board.caption(entry, evaluation, labels), revision=revision)
            self._widget.put_on_screen(
                entry.key, evaluation, curves, revision=revision, only_if_on_screen=only_if_on_screen
            )
        self._publish()

    def entry(self, key: str) -> Entry:
        """The entry of a key."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise NotFoundError(f"There is no run {key!r} in this widget: press Refresh.")

    def close(self) -> None:
        """End the thread, and wait for no run any more."""
        self._poller.close()
        for give_back in (*self._followed.values(), *self._subscriptions):
            give_back()

    def _changed(self, entry: Entry) -> None:
        """A run has moved on, as the client's follower saw, or a call of ``run.result()``."""
        result = entry.run.result_if_read if entry.run is not None else None
        if result is not None:
            self._take(entry, result, entry.progress)
        self._publish()
        self._poller.submit(self._read_what_is_new)

    def _take(self, entry: Entry, evaluation: Evaluation, seen: Progress) -> None:
        """Keep what was read; a late answer of a state in between never replaces the result."""
        with self._lock:
            had = entry.evaluation
            if had is evaluation or (had is not None and had.complete and not evaluation.complete):
                return
            entry.evaluation, entry.seen = evaluation, seen
            entry.revision += 1
        self.show(entry, only_if_on_screen=True)

    def _subscribe(self, entry: Entry, run: Run) -> None:
        self._subscriptions.append(run.subscribe(lambda: self._changed(entry)))

    def _read_what_is_new(self) -> None:
        entry = next((entry for entry in self.entries if entry.key == self._widget.viewing), None)
        if entry is None or entry.run is None or entry.failure is not None:
            return
        now, seen = entry.progress, entry.seen
        if now.status == "evaluated":
            if seen is None or seen.status != "evaluated":
                self.read(entry)
        elif entry.run.is_live and (now.folds_done, now.inputs_done) != (
            (seen.folds_done, seen.inputs_done) if seen else (0, 0)
        ):
            self.read(entry)

    def _publish(self) -> None:
        shown = next((entry for entry in self.entries if entry.key == self._widget.viewing), None)
        self._widget.publish(
            run_states=[board.run_json(entry) for entry in self.entries],
            status=shown.progress.status if shown else "idle",
            progress=shown.progress.fraction if shown else 0.0,
        )
