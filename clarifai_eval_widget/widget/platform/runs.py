"""Runs of a widget: started, followed to their end, read while they grow."""

from __future__ import annotations

import logging
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client.cancellation import Cancellation
from clarifai_eval_widget.client.resources import in_same_app
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.platform.entries import Entry
from clarifai_eval_widget.widget.platform.found import Evaluations, model_of, same_model
from clarifai_eval_widget.widget.platform.kept import KeptRuns
from clarifai_eval_widget.widget.platform.reads import Reads
from clarifai_eval_widget.widget.platform.stage import Stage
from clarifai_eval_widget.widget.wire.failures import unexpected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.progress import Progress
    from clarifai_eval_widget.client.resources import App, Dataset, Model, ModelVersion
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.platform.found import Found
    from clarifai_eval_widget.widget.platform.lanes import Lanes
    from clarifai_eval_widget.widget.platform.lists import Lists
    from clarifai_eval_widget.widget.platform.loading import LoadingMarks
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import RunRow
    from clarifai_eval_widget.widget.workbench.workbench import Workbench

__all__ = ["Runs"]

_log = logging.getLogger("clarifai_eval_widget")


class Runs:
    """Keeps the widget's runs and brings the one on screen there, state by state.

    Parameters
    ----------
    screen
        Its traits are set from here.
    workbench
        Shows evaluations.
    lists
        What the runs are of.
    lanes
        Where runs are read.
    loading
        Where it says what is being read.
    """

    def __init__(self, screen: Screen, workbench: Workbench, lists: Lists, lanes: Lanes, loading: LoadingMarks) -> None:
        self._screen = screen
        self._workbench = workbench
        self._lists = lists
        self._lanes = lanes
        self._loading = loading
        self.reads = Reads(lanes, loading, publish=self.publish, take=self._take, wanted=self._is_looked_at)
        """What reads their numbers."""
        self._stage = Stage(screen)
        self._kept = KeptRuns()
        self._evaluations = Evaluations(lists)
        workbench.held = self._kept.held

    @property
    def entries(self) -> list[Entry]:
        """Every run, newest first."""
        return self._kept.entries

    def entry(self, key: str) -> Entry:
        """The entry of a key."""
        return self._kept.entry(key)

    def new(
        self, version: ModelVersion, dataset: Dataset, *, use_kfold: bool, params: Mapping[str, Any] | None = None
    ) -> Entry:
        """Note a run that is about to be started; it is on screen at once where nothing else is to be read there."""
        entry = Entry(f"run-{secrets.token_hex(4)}", version, dataset, use_kfold, params=params or {})
        self._kept.add(entry)
        self.stage(entry)
        return entry

    def stage(self, entry: Entry) -> None:
        """Have a run that is being started shown: now, or with its first results."""
        if self._stage.start(entry, self.entries):
            self.show(entry)
        else:
            self.publish(entry)

    def start(self, client: EvalClient, entry: Entry) -> None:
        """Ask the server to evaluate; a refusal is noted in the entry."""
        asked, dataset = {**entry.params, "use_kfold": entry.use_kfold}, entry.dataset if entry.dataset.id else None
        try:
            run = client.start_evaluation(entry.version, dataset, params=asked)
        except EvalError as error:
            entry.error = error
        except Exception as error:  # noqa: BLE001 - the row would else be queued for ever
            _log.exception("An evaluation could not be started")
            entry.error = unexpected(error)
        except BaseException:  # Ctrl+C in evaluate()
            entry.error = EvalError("It was interrupted while it was being started. Retry asks whether it has begun.")
            self.publish(entry)
            raise
        else:
            self._kept.started(entry, run)
            self.follow(entry)
        self.publish(entry)
        self._give_back_after(entry)

    def restart(self, client: EvalClient, entry: Entry) -> None:
        """Start a run of the same kind anew, in the place of the old one."""
        self._leave(entry)
        self._kept.renew(entry)
        self.stage(entry)
        self.start(client, entry)

    def cancel(self, entry: Entry) -> None:
        """End a run, or stop watching it; one that could not be started is over already.

        Raises
        ------
        EvalError
            When the server cannot be asked: the run is as it was.
        """
        if entry.run is None or entry.error is not None:
            return
        told = entry.run.cancel()
        if told is Cancellation.STOPPED_WATCHING:
            self._leave(entry)
            entry.cancelled = "stopped watching"
        elif told is Cancellation.ENDED:
            entry.cancelled = "ended"
        self.publish(entry)

    def find(self, client: EvalClient, model: Model) -> None:
        """Take up the evaluations that the server already has of a model's versions."""
        self._take_found(self._evaluations.renew(client, model))

    def find_older(self) -> None:
        """Take up older ones than have been read so far."""
        self._loading.set("lists", ["evaluations"])
        if (found := self._evaluations.read_on()) is not None:
            self._take_found(found)

    def _take_found(self, found: Found) -> None:
        for entry in self._kept.take_found(found):
            self.follow(entry)
        for entry in self.entries:
            self._renew(entry)
        self._screen.publish(other_runs=[self._row(one) for one in self._kept.others])
        self.publish()

    def _renew(self, entry: Entry) -> None:
        """Take up what a listing may have told of a run that nobody follows, and read now what could not be read."""
        entry.row = None
        entry.wake.set()
        if entry.leave is None and entry.run is not None and entry.run.done():
            self.follow(entry)
            if self._stage.awaits(entry):
                self.show_change(entry)

    def take_up(self, key: str) -> Entry:
        """The entry of a key, also of a run of another model, which is from now on one of the widget's."""
        other = self._kept.adopt(key)
        if other is None:
            return self.entry(key)
        self.follow(other)
        with self._screen.together():
            self.publish(other)
            self._screen.publish(other_runs=[row for row in self._screen.other_runs if row["key"] != key])
        return other

    def follow(self, entry: Entry) -> None:
        """Show every change of a run from now on, and have it polled to its end."""
        run = entry.run
        if run is None:
            return
        self._leave(entry)
        entry.cancelled, entry.end_told = entry.ended_there, run.done()
        unsubscribe = run.subscribe(lambda: self._changed(entry))

        wanted = partial(self._stage.awaits, entry)
        run.reader.wanted.append(wanted)
        unfollow = run.follow()

        def leave() -> None:
            run.reader.wanted.remove(wanted)
            unsubscribe()
            unfollow()

        entry.leave = leave

    def go_on(self, entry: Entry) -> None:
        """Follow a run again that its server has; one that has ended well is put on screen."""
        entry.error = None
        self.follow(entry)
        (self.view if entry.progress.status == "evaluated" else self.show_change)(entry)

    def forget(self, but: Entry | None = None) -> None:
        """Drop the runs of a server that is gone, but for one and those whose result has been read."""
        self._evaluations.clear()
        self._leave_all(self._kept.drop(lambda entry: entry is not but and not entry.has_result))
        self.publish()

    def clear(self) -> None:
        """Drop every run, and take what is shown off the screen."""
        self._evaluations.clear()
        self._leave_all(self._kept.clear())
        self.give(None)

    def view(self, entry: Entry, *, only_over: str | None = None) -> None:
        """Put a run on screen, and have read what has not been read of it."""
        here, version = self._lists.is_on_screen(model_of(entry)), entry.version
        if not here or version.key in [row["key"] for row in self._screen.versions]:  # it may have been deleted
            self._screen.publish(model_version=version.id)
        self._stage.look()
        if entry.run is not None:
            entry.error = None  # what could not be read is tried again
        self.show(entry, only_over=only_over)
        is_new = entry.evaluation is None and entry.run is not None and entry.run.error is None
        self.reads.look(entry, is_due=entry.is_due or is_new)

    def view_newest(self, model: Model, version_id: str = "") -> None:
        """Where nothing is on screen: show the newest run that has not failed of the model, or of one version alone."""
        mine = (one for one in self.entries if same_model(one, model) and not one.has_failed)
        newest = next((one for one in mine if version_id in ("", one.version.id)), None)
        if newest is not None and not self._screen.viewing:
            self.view(newest, only_over="")

    def give(self, evaluation: Evaluation | None) -> None:
        """Put on screen what was set in Python: no run that was started before takes its place any more."""
        self._stage.look()
        self._workbench.give(evaluation)
        self.publish()

    def leave(self, app: App | Model, model_id: str | None = None) -> None:
        """Take a run of another app or model off the screen: beside the new picks it would be mistaken for theirs."""
        shown = next((entry for entry in self.entries if entry.key == self._screen.viewing), None)
        self._stage.look()
        if shown is None or (in_same_app(shown.version, app) and model_id in (None, shown.version.model_id)):
            return
        self.give(None)

    def state(self, entry: Entry) -> tuple[Evaluation | None, int]:
        """What was last read of a run, and its revision."""
        return self._kept.state(entry)

    def show(self, entry: Entry, *, only_over: str | None = None) -> None:
        """Put an entry on screen, with ``only_over`` only in place of that run: its own newest, or another's."""
        renews = only_over == entry.key
        evaluation, revision = self.state(entry)
        words = rows.caption(entry, evaluation, {row["key"]: row["label"] for row in self._screen.versions})

        def together() -> None:
            entry.end_told = entry.end_told or (evaluation is not None and evaluation.complete)
            self.publish(entry)

        shown = self._workbench.show(
            evaluation,
            words,
            revision=revision,
            only_over=only_over,
            together=together,
            is_over=lambda: renews and entry.is_due,
        )
        if not shown:
            self.publish(entry)
        elif not renews and self.state(entry)[1] != revision:  # it was not on screen yet when that was to be shown
            self.show(entry, only_over=entry.key)

    def publish(self, changed: Entry | None = None) -> None:
        """Show the runs in their rows; only the row of the one that changed is made anew."""
        screen = self._screen
        with screen.together():
            if changed is not None:
                changed.row = None
                if changed.progress.status == "evaluated" and not self._stage.awaits(changed):
                    changed.end_told = True
                self._workbench.comparison.renew(changed.key)
            entries = self.entries
            for entry in entries:
                entry.row = entry.row or self._row(entry)
            shown = next((entry for entry in entries if entry.key == screen.viewing), None)
            screen.publish(
                run_states=[entry.row for entry in entries if entry.row is not None],
                status=shown.shown_progress.status if shown else "idle",
                progress=shown.shown_progress.fraction if shown else 0.0,
            )

    def _row(self, entry: Entry) -> RunRow:
        return rows.run_row(entry, self._lists.apps.name_of(entry.version.user_id, entry.version.app_id))

    def close(self) -> None:
        """Follow no run any more, and let go of all."""
        self._leave_all(self._kept.clear())

    def _leave_all(self, gone: list[Entry]) -> None:
        for entry in gone:
            self._leave(entry)

    def _leave(self, entry: Entry) -> None:
        leave, entry.leave = entry.leave, None
        entry.wake.set()
        if leave is not None:
            leave()

    def _changed(self, entry: Entry) -> None:
        """A run has moved on, whoever learnt of it: the client's follower, or the user's call of ``run.result()``."""
        result = entry.run.result_if_read if entry.run is not None else None
        if result is None or entry.evaluation is result:
            # Not here: whoever follows the runs must not wait for the user's observers.
            self._lanes.states.submit(lambda: self.show_change(entry), once=entry.key)
            return
        self._take(entry, result, entry.progress)  # at once, so that what result() returns is on screen
        self.publish(entry)

    def show_change(self, entry: Entry) -> None:
        """Show how far a run is, and have read what is new of it where that is looked at."""
        run = entry.run
        if run is not None:
            entry.cancelled = entry.ended_there or entry.cancelled  # also in Python; what was counted can be read
        if entry.is_due and self._is_looked_at(entry):
            self.reads.want(entry)
        self.publish(entry)
        self._give_back_after(entry)

    def _is_looked_at(self, entry: Entry) -> bool:
        """Whether a run's numbers are wanted as soon as they can be had: it is followed, and on screen or compared."""
        compared = entry.key in [one.key for one in self._workbench.comparison.members]
        return entry.leave is not None and (compared or self._stage.awaits(entry))

    def _give_back_after(self, entry: Entry) -> None:
        """Show again what a run stood in front of that has failed without results."""
        if (before := self._stage.after_failure(entry, self.entries)) is not None:
            self.view(before)

    def _take(self, entry: Entry, evaluation: Evaluation, seen: Progress) -> None:
        """Keep what was read, and show it where it is news."""
        had, entry.trouble = entry.trouble, None
        if self._kept.take(entry, evaluation, seen):
            over = self._stage.takes(entry)
            self.show(entry, only_over=entry.key if over is None else over)
        elif had is not None:
            self.publish(entry)
