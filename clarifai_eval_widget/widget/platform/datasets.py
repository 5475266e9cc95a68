"""The datasets there are to pick from: the user's, page by page, an app's on screen, and those that have been named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.resources import App, Dataset, in_same_app
from clarifai_eval_widget.errors import (
    AuthenticationError,
    InvalidRequestError,
    PermissionDeniedError,
    not_found,
)
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.platform.paging import searched, unless_refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.resources import ModelVersion
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.widget.platform.apps import Apps
    from clarifai_eval_widget.widget.platform.paging import Paging
    from clarifai_eval_widget.widget.platform.refused import RefusedLists
    from clarifai_eval_widget.widget.wire.contract import DatasetRow

__all__ = ["OF_AN_APPS_KEY", "Datasets"]

OF_AN_APPS_KEY = (AuthenticationError, InvalidRequestError)
"""How the key of an app alone may be refused, beside its scopes."""


class Datasets:
    """Keeps the datasets known, by their keys. What loads them talks gRPC: call it on a lane.

    Parameters
    ----------
    apps
        What to call the apps they are in.
    paging
        How far the server's list has been read.
    refused
        Notes what the key may not list.
    """

    def __init__(self, apps: Apps, paging: Paging, refused: RefusedLists) -> None:
        self._apps = apps
        self._paging = paging
        self._refused = refused
        self._of: App | None = None
        self._named: dict[str, Dataset] = {}
        self.known: dict[str, Dataset] = {}
        """All, by key; never changed, but put in place of another, because other threads may be reading it."""

    def load(self, client: EvalClient, app: App | None) -> list[Dataset]:
        """Load the first datasets of all the user's apps, or where the key may not list those, of the one app."""

        def ask() -> list[Dataset]:
            self._of = None
            try:
                return self._paging.begin("datasets", client.paged_datasets())
            except (PermissionDeniedError, *OF_AN_APPS_KEY):
                if app is None:
                    raise
                self._of = app
                return self._paging.begin("datasets", client.paged_datasets(app))

        listed = self._refused.load("datasets", ask)
        found = {dataset.key: dataset for dataset in listed}
        # What was read before of a list that is not whole is there still, further on.
        before = self.known if self._paging.has_more("datasets") else self._named
        self.known = found | {key: one for key, one in before.items() if key not in found}
        return listed

    def load_of(self, client: EvalClient, app: App) -> None:
        """Load the first datasets of an app that is not the user's own, which no list of the user's has."""
        found = unless_refused(lambda: list(client.paged_datasets(app).next()))
        kept = {key: one for key, one in self.known.items() if not in_same_app(one, app)}
        self.known = kept | {one.key: one for one in found} | self._named

    def read_on(self, client: EvalClient, search: str, shown: App | None) -> None:
        """Read the next page, or what the server finds for some words, in another owner's app that is shown, too."""
        found = self._paging.more("datasets", lambda: client.paged_datasets(self._of, search=search), search)
        if search and shown is not None and self._apps.is_others(shown):
            found += unless_refused(lambda: list(client.paged_datasets(shown, search=search).next()))
        self.known = self.known | {dataset.key: dataset for dataset in found}

    def add(self, dataset: Dataset) -> None:
        """Keep a dataset that was named, whether or not a list has it."""
        bare = replace(dataset, version_id="")
        if bare.key not in self.known:
            self._named = self._named | {bare.key: bare}
        self.known = {bare.key: bare} | self.known

    def add_training_data(self, client: EvalClient, versions: Sequence[ModelVersion]) -> bool:
        """Add what versions were trained on; one is looked for, the rest is known by name. Say whether it was news."""
        own = [version.training_dataset for version in versions if version.training_dataset is not None]
        new = {one.key: replace(one, version_id="", inputs=None) for one in own if one.key not in self.known}
        if not new:
            return False
        first = next(iter(new.values()))
        of = App(first.app_id, first.user_id)
        listed = searched(lambda: client.paged_datasets(of, search=first.id), lambda one: one.key == first.key)
        self.known = new | {one.key: one for one in listed} | self.known
        return True

    def get(self, key: str, version_id: str = "") -> Dataset:
        """A dataset by its key, in the version named; empty: the latest."""
        if not key:
            raise InvalidRequestError("Choose an evaluation dataset first.")
        if key not in self.known:
            raise not_found("dataset", key, self.known)
        return replace(self.known[key], version_id=version_id)

    def of_run(self, run: Run) -> Dataset:
        """What a run was evaluated on: as it is listed, else by what the run says of it, which may be nothing."""
        listed = self.known.get(run.dataset_key)
        if listed is not None:
            return replace(listed, version_id=run.dataset_version_id)
        return Dataset(run.dataset_id, run.dataset_app_id, run.dataset_user_id, run.dataset_version_id)

    @property
    def every(self) -> Sequence[Dataset]:
        """All of them."""
        return list(self.known.values())

    def rows(self, app: App | None) -> list[DatasetRow]:
        """All of them as the page shows them, while an app is on screen."""
        return [rows.dataset_row(one, self._apps.name_of(one.user_id, one.app_id), app) for one in self.known.values()]

    def clear(self) -> None:
        """Forget what another server has listed."""
        self.known, self._named, self._of = {}, {}, None
