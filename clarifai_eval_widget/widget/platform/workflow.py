"""What the widget's buttons and pickers do. Everything that talks gRPC goes to a worker thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client import lookup
from clarifai_eval_widget.errors import ConnectionLostError, EvalError, NotFoundError
from clarifai_eval_widget.widget.platform import board
from clarifai_eval_widget.widget.platform.lists import Catalogue
from clarifai_eval_widget.widget.platform.runs import Runner
from clarifai_eval_widget.widget.platform.worker import Worker
from clarifai_eval_widget.widget.wire.protocol import error_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.resources import Dataset, Model, ModelVersion
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.widget.platform.board import Entry
    from clarifai_eval_widget.widget.screen import Screen

__all__ = ["Controller"]

_log = logging.getLogger("clarifai_eval_widget")


class Controller:
    """The widget's link to a server. Its methods return at once unless they say otherwise.

    Parameters
    ----------
    widget
        Its traits are set from here.
    client
        Where to ask.
    reconnect
        Makes a new client when the server is gone; None where nothing else can be asked.
    """

    def __init__(self, widget: Screen, client: EvalClient, reconnect: Callable[[], EvalClient] | None) -> None:
        self._widget = widget
        self.client = client
        self._reconnect = reconnect
        self._loader = Worker("eval-widget-load")
        self.catalogue = Catalogue(widget)
        self.runner = Runner(widget, self.catalogue)
        widget.connection = board.connection_json(client)

    def begin(self, model: Any, model_version: Any, dataset: Any, dataset_version: Any) -> None:
        """Load everything for the first time, and select what is named."""
        self._load(lambda: self._first_load(model, model_version, dataset, dataset_version))

    def refresh(self) -> None:
        """Load everything anew, from a new server if the old one is gone."""
        self._load(self._reload)

    def select_app(self, app_id: str) -> None:
        """Show an app's models."""
        self.catalogue.check_app(app_id)
        self._load(lambda: self._show_model(self.catalogue.load_models(self.client, app_id)), clear=True)

    def select_model(self, model_id: str) -> None:
        """Show a model's versions."""
        model = self.catalogue.model(model_id)
        self._load(lambda: self._show_model(model), clear=True)

    def calculate(self, version_key: str, dataset_key: str, *, use_kfold: bool) -> None:
        """Start an evaluation; its row shows it as queued from now on."""
        version, dataset = self.catalogue.version(version_key), self.catalogue.dataset(dataset_key)
        self._widget.publish(model_version=version.id)
        entry = self.runner.new(version, dataset, use_kfold=use_kfold)
        self._loader.submit(lambda: self.runner.start(self.client, entry))

    def view(self, key: str) -> None:
        """Put a run's results on screen."""
        entry = self.runner.entry(key)
        self._widget.publish(model_version=entry.version.id)
        self.runner.show(entry)
        if entry.evaluation is None and entry.failure is None:
            self._loader.submit(lambda: self._loading("results", lambda: self.runner.read(entry)))

    def retry(self, key: str) -> None:
        """Go on with a run whose server was away, or start a failed one again."""
        entry = self.runner.entry(key)
        self.runner.show(entry)
        self._loader.submit(lambda: self._resume(entry))

    def evaluate(self, version: ModelVersion, dataset: Dataset, params: dict[str, Any]) -> Run:
        """Start an evaluation and wait until the server has taken it."""
        entry = self.runner.new(version, dataset, use_kfold=params["use_kfold"], params=params)
        self.runner.start(self.client, entry)
        if entry.run is None:
            raise entry.error or EvalError("The evaluation could not be started.")
        return entry.run

    def choose_dataset(self, dataset: Any, dataset_version: Any = None) -> None:
        """Choose a dataset in the current version's row; asks the server, and returns when that is done."""
        self.catalogue.choose(lookup.dataset(self.client, dataset, dataset_version), [self.current])

    @property
    def current(self) -> str:
        """The key of the version acted on last, or chosen in Python."""
        return self.catalogue.version_key(self._widget.model_version)

    def choice(self) -> tuple[ModelVersion, Dataset, bool]:
        """What the row of the current version would evaluate now: version, dataset, whether by folds."""
        version = self.catalogue.version(self.current)
        chosen = self._widget.choices.get(version.key, {})
        dataset = self.catalogue.dataset(chosen.get("dataset", ""))
        return version, dataset, bool(chosen.get("use_kfold")) and version.supports_cross_validation

    def close(self) -> None:
        """End the threads."""
        self._loader.close()
        self.runner.close()

    def _load(self, job: Callable[[], None], *, clear: bool = False) -> None:
        self._widget.mark_loading()
        self._widget.publish(problem=None, **({"model_version": ""} if clear else {}))
        self._loader.submit(lambda: self._guarded(job))

    def _guarded(self, job: Callable[[], None]) -> None:
        problem: EvalError | None = None
        try:
            job()
        except EvalError as error:
            problem = error
        except Exception as error:  # noqa: BLE001 - whoever waits for the lists must hear of it
            _log.exception("The lists could not be loaded")
            problem = EvalError(f"{type(error).__name__}: {error}. The kernel's log has the traceback.")
        if self._loader.closing.is_set():
            return
        shown = {**error_json(problem), "action": "refresh"} if problem is not None else None
        self._widget.publish(loading=[], problem=shown)
        self._widget.mark_loaded(problem)

    def _loading(self, what: str, job: Callable[[], None]) -> None:
        self._widget.publish(loading=[what])
        try:
            job()
        finally:
            self._widget.publish(loading=[])

    def _first_load(self, model: Any, model_version: Any, dataset: Any, dataset_version: Any) -> None:
        client, catalogue = self.client, self.catalogue
        version = lookup.model_version(client, model_version, model) if model_version is not None else None
        chosen = (
            lookup.model(client, version if model is None and version is not None else model)
            if (model is not None or version is not None)
            else None
        )
        catalogue.load_lists(client, chosen.app_id if chosen else client.settings.app_id)
        first = catalogue.load_models(client, chosen.app_id if chosen else "", chosen.id if chosen else "")
        if version is not None:
            self._widget.publish(model_version=version.id)
        self._show_model(first)
        if dataset is not None:
            rows = [row["id"] for row in self._widget.versions]
            catalogue.choose(lookup.dataset(client, dataset, dataset_version), rows)

    def _reload(self) -> None:
        widget, catalogue = self._widget, self.catalogue
        try:
            catalogue.load_lists(self.client, widget.app)
        except ConnectionLostError:
            if not self._change_server():
                raise
            catalogue.load_lists(self.client, widget.app)
        self._show_model(catalogue.load_models(self.client, widget.app, widget.model))

    def _show_model(self, model: Model | None) -> None:
        if model is not None:
            self.catalogue.load_versions(self.client, model)
            self.runner.find(self.client, model)
            self.runner.show_newest(model)

    def _resume(self, entry: Entry) -> None:
        """Follow the run again if a server still answers for it, else start it anew, on another server if need be."""
        lost = isinstance(entry.failure, ConnectionLostError)
        if lost and entry.run is not None and entry.error is None:
            entry.run.resume()
            silent = isinstance(entry.failure, ConnectionLostError) or entry.progress.status == "reconnecting"
            forgotten = isinstance(entry.failure, NotFoundError)
            if not forgotten and not (silent and self._change_server(entry)):
                self.runner.follow()
                return
        elif lost:
            self._change_server(entry)
        self.runner.restart(self.client, entry)

    def _change_server(self, keep: Entry | None = None) -> bool:
        """Ask another server from now on, where there is one to be had; the old one's runs are gone with it."""
        if self._reconnect is None:
            return False
        self.client.close()
        self.client = self._reconnect()
        self.runner.forget(but=keep)
        self._widget.publish(connection=board.connection_json(self.client))
        return True
