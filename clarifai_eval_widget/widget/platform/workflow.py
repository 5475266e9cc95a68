"""What the widget's buttons and pickers do. Everything that talks gRPC goes to a lane."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client import lookup
from clarifai_eval_widget.client.resources import App
from clarifai_eval_widget.errors import ConnectionLostError, EvalError, NotFoundError
from clarifai_eval_widget.widget.arguments import checked_params
from clarifai_eval_widget.widget.aside import HELPER, get_ready
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.platform.comparing import matched, offer_runs
from clarifai_eval_widget.widget.platform.connecting import connected
from clarifai_eval_widget.widget.platform.found import model_of
from clarifai_eval_widget.widget.platform.lanes import Lanes
from clarifai_eval_widget.widget.platform.lists import Lists
from clarifai_eval_widget.widget.platform.loading import LoadingMarks
from clarifai_eval_widget.widget.platform.loads import Loads, shower
from clarifai_eval_widget.widget.platform.look_ups import LookUps
from clarifai_eval_widget.widget.platform.named import check_named, dataset_at, named_app, named_dataset, named_model
from clarifai_eval_widget.widget.platform.picks import Picks
from clarifai_eval_widget.widget.platform.refused import gone
from clarifai_eval_widget.widget.platform.retrying import asked_again
from clarifai_eval_widget.widget.platform.runs import Runs
from clarifai_eval_widget.widget.platform.writing import LabelWriter
from clarifai_eval_widget.widget.wire.contract import (
    Calculate,
    Cancel,
    Connect,
    ListName,
    Match,
    More,
    Refresh,
    Retry,
    SelectApp,
    SelectModel,
    View,
)
from clarifai_eval_widget.widget.wire.requests import Handler
from clarifai_eval_widget.words import short_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.resources import Model
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.widget.platform.entries import Entry
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Problem
    from clarifai_eval_widget.widget.workbench.workbench import Workbench

__all__ = ["Platform"]


class Platform:
    """The widget's link to a server. Its methods return at once unless they say otherwise.

    Parameters
    ----------
    screen
        Its traits are set from here.
    workbench
        Shows evaluations.
    client
        Where to ask.
    samples
        Makes a client of the local server with its sample apps, which is started anew where it has been stopped.
    """

    def __init__(
        self, screen: Screen, workbench: Workbench, client: EvalClient, samples: Callable[[], EvalClient]
    ) -> None:
        self._screen = screen
        self.client = client
        self.owns_client = False
        """Whether the client ends with the widget: nobody else has it."""
        self._samples = samples
        self._lanes = Lanes(shower(screen))
        self._loading = LoadingMarks(screen)
        self.lists = Lists(screen, self._loading)
        self._loads = Loads(
            screen, self._lanes.listings, self._loading, self._missing, lambda: self.client.server_stopped
        )
        self.picks = Picks(screen, self.lists, self._loads, lambda: self.client, self.select_app)
        self.runs = Runs(screen, workbench, self.lists, self._lanes, self._loading)
        self._moved: Problem | None = None
        self._look_ups = LookUps(screen, self._lanes, self.lists, lambda: self.client)
        self._comparison = workbench.comparison
        workbench.aside = lambda: self.client.aside
        workbench.media.fetcher = lambda: self.client.media.fetch
        offer_runs(workbench.comparison, self.runs, screen)
        screen.publish(connection=rows.connection(client))

    @property
    def handlers(self) -> list[Handler[Any]]:
        """What the page can ask for."""
        handlers: list[Handler[Any]] = [
            Handler(Refresh, lambda _: self.refresh()),
            Handler(SelectApp, lambda asked: self.select_app(asked["app"])),
            Handler(SelectModel, lambda asked: self.select_model(asked["model"])),
            Handler(More, lambda asked: self.read_on(asked["list"], asked["search"])),
            Handler(Calculate, self.calculate),
            Handler(Match, self.match),
            *self._look_ups.handlers,
            Handler(Connect, self.connect),
            Handler(View, lambda asked: self.view(asked["run"])),
            Handler(Retry, lambda asked: self.retry(asked["run"])),
            Handler(Cancel, lambda asked: self.cancel(asked["run"])),
            LabelWriter(self._screen, self._lanes.actions, lambda: self.client).handler,
        ]
        return [Handler(one.message, self._loads.while_open(one.do)) for one in handlers]

    # -- lists -------------------------------------------------------------------------------------------------------

    def begin(self, app: Any, model: Any, model_version: Any, dataset: Any, dataset_version: Any) -> None:
        """Load everything for the first time, and select what is named."""
        HELPER.prepare(self.client.aside)
        self._loads.submit(lambda: self._first_load(app, model, model_version, dataset, dataset_version))

    def refresh(self) -> None:
        """Load everything anew, from a new server if the old one is gone."""
        # What is there stays good meanwhile: evaluate() need not wait for it, unless there is nothing.
        self._loads.submit(self._reload, wait=self._loads.error is not None)

    def select_app(self, app: str) -> None:
        """Show the models of an app: one that is listed, or another owner's, which is asked for, and waited for.

        A web address has shown what its page is of: a model, with the version in it, or a dataset chosen in the rows.
        """
        name, page = self.lists.apps.resolve(self.client, app), lookup.page(app)
        self.runs.leave(self.lists.apps.get(name))
        self._screen.publish(app=name, model="", models=[], versions=[], model_version="")
        if page is None or page.kind == "models":
            self._loads.submit(lambda: self._show_app(name, *((page.id, page.version_id) if page else ("", ""))))
        else:
            self._loads.submit(lambda: self._show_dataset(name, app))

    def select_model(self, model_id: str) -> None:
        """Show a model's versions."""
        model = self.lists.model(model_id)
        self.runs.leave(model, model.id)
        self._screen.publish(model_version="")
        self._loads.submit(lambda: self._show_model(model))

    def read_on(self, what: ListName, search: str) -> None:
        """Read the next page of a list, or what the server finds for some words."""
        if what == "dataset versions":
            self._look_ups.read_on(search.strip())
        elif what == "evaluations":
            self._loads.submit(self.runs.find_older, wait=False)
        else:
            self._loads.submit(lambda: self.lists.read_on(self.client, what, search.strip()), wait=False)

    # -- runs --------------------------------------------------------------------------------------------------------

    def calculate(self, asked: Calculate) -> None:
        """Start an evaluation; its row shows it as queued from now on."""
        version = self.lists.version(asked["version_key"])
        dataset = self.lists.datasets.get(asked["dataset_key"], asked["dataset_version"])
        self._screen.publish(model_version=version.id)
        params = checked_params(asked.get("params"))
        entry = self.runs.new(version, dataset, use_kfold=asked["use_kfold"], params=params)
        client = self.client
        self._lanes.actions.submit(lambda: self.runs.start(client, entry))

    def match(self, asked: Match) -> None:
        """Evaluate some versions alike, where that has not been done, and compare those runs from now on."""
        client, dataset = self.client, self.lists.datasets.get(asked["dataset_key"])
        found, new = matched(asked, self.runs, dataset)
        # What the bar and the rows have chosen is what is on screen from now on.
        keys = {one.version.key for one in found if self.lists.has_version(one.version.key)}
        self.lists.choose(dataset, keys, use_kfold=asked["use_kfold"])
        self._comparison.choose([one.key for one in found])
        for entry in new:
            self._lanes.actions.submit(partial(self.runs.start, client, entry))

    def connect(self, asked: Connect) -> None:
        """Ask another server, or the same for another account, once it has answered; waits for that.

        Raises
        ------
        EvalError
            When it cannot be reached or refuses: everything stays as it was.
        """
        client = connected(asked)
        old, self.client = self.client, client
        self._loads.leave()
        self.runs.clear()
        self.lists.clear()
        self._screen.publish(connection=rows.connection(client))
        if self.owns_client:
            old.close()
        self.owns_client = True
        self.begin(None, None, None, None, None)

    def view(self, key: str) -> None:
        """Put a run on screen, whichever model it is of; the pickers follow to model, data and method."""
        entry = self.runs.take_up(key)
        told = replace(entry.dataset, version_id=entry.dataset_version)
        self.lists.choose_as_run(entry.version, told, use_kfold=entry.use_kfold)
        self.runs.view(entry)
        model = model_of(entry)
        if not self.lists.is_on_screen(model):
            self._loads.submit(lambda: self._show_model_of(model))

    def retry(self, key: str) -> None:
        """Go on with a run whose server was away, or start a failed one again."""
        entry = self.runs.entry(key)
        self.runs.stage(entry)
        self._lanes.actions.submit(lambda: self._resume(entry))

    def cancel(self, key: str) -> None:
        """End a run where the server can, else stop watching it; waits a few seconds for the server's answer.

        One that is just being started is cancelled once it has been.
        """
        entry = self.runs.entry(key)
        if entry.run is not None:
            self.runs.cancel(entry)
        else:
            self._lanes.actions.submit(lambda: self.runs.cancel(entry))

    def evaluate(self, params: Mapping[str, Any] | None) -> Run:
        """Start what the row of the current version has chosen, and wait until the server has taken it.

        Raises
        ------
        EvalError
            When there is nothing to evaluate or the server refuses.
        """
        version = self.picks.version()
        chosen = self.lists.chosen(version.key)
        dataset = self.lists.datasets.get(chosen["dataset_key"], chosen["dataset_version"])
        wanted = {"use_kfold": chosen["use_kfold"], **checked_params(params)}
        entry = self.runs.new(version, dataset, use_kfold=wanted["use_kfold"], params=wanted)
        self.runs.start(self.client, entry)
        if entry.run is None:
            raise entry.error or EvalError("The evaluation could not be started.")
        return entry.run

    def close(self) -> None:
        """End the threads, follow no run any more, and have whoever waits told."""
        self._lanes.close()
        self.runs.close()
        self._loads.close()
        if self.owns_client:
            self.client.close()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _missing(self) -> Problem | None:
        """What is to be said when lists have been loaded; also who it was that answered, which is known since then."""
        self._screen.publish(connection=rows.connection(self.client))
        moved, self._moved = self._moved, None
        return self.lists.refused.problem or moved

    def _first_load(self, app: Any, model: Any, model_version: Any, dataset: Any, dataset_version: Any) -> None:
        client, lists = self.client, self.lists
        home = named_app(client, app)
        chosen, version_id = named_model(client, home, model, model_version)
        if chosen is not None:
            home = App(chosen.app_id, chosen.user_id, chosen.app_id)
        lists.load_lists(client, home)
        name = lists.apps.name_of(home.user_id, home.id) if home else ""
        self._show_app(name, chosen.id if chosen else "", version_id, found=chosen)
        if dataset is not None:
            shown = [row["key"] for row in self._screen.versions]
            lists.choose(named_dataset(client, lists, dataset, dataset_version), shown)
        check_named(lists, chosen.id if chosen else "", version_id)
        self._lanes.results.submit(get_ready)  # before there are results: they may come beside a busy loop

    def _reload(self) -> None:
        screen, lists = self._screen, self.lists
        named = lists.app_on_screen(self.client)
        try:
            lists.load_lists(self.client, named)
        except ConnectionLostError:
            if not self._change_server():
                raise
            lists.load_lists(self.client, named)
        # What is gone the lists tell, not the screen: something else may be picked there at any time.
        app, picked, version = screen.app, screen.model, screen.model_version
        moved: Problem | None = None
        try:
            model = lists.load_models(self.client, app, picked)
        except NotFoundError:
            lists.apps.forget(app)
            lists.load_lists(self.client, None)
            model = lists.load_models(self.client, "")
            moved = gone("app", app, screen.app) if app else None
        if moved is None and picked and (now := model.id if model is not None else "") != picked:
            moved = gone("model", picked, now)
        self._show_model(model, version if screen.model == picked else "", renewed=True)
        if moved is None and version and version not in lists.shown_versions and screen.model == picked:
            moved = gone("version", short_id(version), short_id(screen.model_version))
        self._moved = moved

    def _show_app(self, name: str, model_id: str, version_id: str, found: Model | None = None) -> None:
        first = self.lists.load_models(self.client, name, model_id, found=found)
        if version_id:
            self._screen.publish(model_version=version_id)
        self._show_model(first, version_id)
        if found is None:  # whoever has found it may have more to choose first
            check_named(self.lists, model_id, version_id)

    def _show_dataset(self, name: str, address: str) -> None:
        self._show_app(name, "", "")
        self.lists.choose(dataset_at(self.client, self.lists, address), [row["key"] for row in self._screen.versions])

    def _show_model(self, model: Model | None, version_id: str = "", *, renewed: bool = False) -> None:
        """Show a model's versions, and its newest run, or that of the version which somebody named or picked."""
        if model is None:
            self._screen.publish(model="", versions=[], model_version="")
            return
        self.lists.load_versions(self.client, model, renewed=renewed)
        self.runs.find(self.client, model)
        self.runs.view_newest(model, version_id)

    def _show_model_of(self, model: Model) -> None:
        """Show the app and the model of a run that is on screen."""
        apps = self.lists.apps
        apps.show_also(self.client, App(model.app_id, model.user_id, model.app_id))
        name = apps.name_of(model.user_id, model.app_id)
        self._show_model(self.lists.load_models(self.client, name, model.id))

    def _resume(self, entry: Entry) -> None:
        """Go on with a run that its server has, else start it anew, on another server if need be."""
        fate = asked_again(entry)
        moved = fate == "away" and self._change_server(entry)
        if entry.run is not None and not moved and fate != "gone":
            self.runs.go_on(entry)
        else:
            self.runs.restart(self.client, entry)

    def _change_server(self, keep: Entry | None = None) -> bool:
        """Ask another server from now on, where there is one to be had; the old one's runs are gone with it."""
        if not self.client.serves_samples:
            return False
        self.client.close()
        self.client = self._samples()
        self.runs.forget(but=keep)
        self._screen.publish(connection=rows.connection(self.client))
        return True
