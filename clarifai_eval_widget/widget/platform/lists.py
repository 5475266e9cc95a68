"""What can be evaluated: the lists behind the pickers and the versions table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from clarifai_eval_widget.client.resources import App, Dataset, Model, ModelVersion, newest_first
from clarifai_eval_widget.errors import (
    AuthenticationError,
    InvalidRequestError,
    PermissionDeniedError,
    not_found,
)
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.platform.apps import Apps
from clarifai_eval_widget.widget.platform.paging import VERSIONS, Paging, distinct, searched, versions_by_id
from clarifai_eval_widget.widget.platform.refused import RefusedLists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.widget.platform.loading import LoadingMarks
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Choice, DatasetRow, ListName, ModelRow, MoreOf, VersionRow

__all__ = ["Lists"]

T = TypeVar("T")

_OF_AN_APPS_KEY = (AuthenticationError, InvalidRequestError)


class Lists:
    """Loads the lists from a server into the widget's traits. Every ``load_…`` talks gRPC: call it on a lane.

    Parameters
    ----------
    screen
        Its traits are set from here.
    loading
        Where it says what it loads.
    """

    def __init__(self, screen: Screen, loading: LoadingMarks) -> None:
        self._screen = screen
        self._loading = loading
        self.refused = RefusedLists()
        """Which lists the key may not have."""
        self.paging = Paging(screen)
        """How far the lists have been read."""
        self.apps = Apps(screen, self.paging)
        """The apps listed."""
        self.models: list[Model] = []
        """The models of the app on screen."""
        self._versions: dict[str, ModelVersion] = {}
        self._datasets: dict[str, Dataset] = {}
        self._datasets_of: App | None = None
        """The one app whose datasets the key may list; None: all apps."""

    def load_lists(self, client: EvalClient, named: App | None) -> None:
        """Load the first apps, and the first datasets of all of them; an app that is named is listed in any case."""
        self._loading.set("lists", ["apps", "models", "versions", "datasets"])
        own = client.settings.app_id
        named = named or (App(own, client.user_id, own) if own else None)
        app_id = named.id if named else ""
        # An app's key may be refused otherwise than by its scopes; where it is no key at all, the next list says so.
        listed = self.refused.load("apps", lambda: self.apps.first(client), refusals=_OF_AN_APPS_KEY if app_id else ())
        datasets = self._load_datasets(client, app_id)
        if self.refused.refuses("apps"):
            listed = _apps_of(datasets)
        self.apps.show(client, listed, named)
        found = {dataset.key: dataset for dataset in datasets}
        self._datasets = found | {key: one for key, one in self._kept("datasets", self._datasets) if key not in found}

    def load_models(
        self, client: EvalClient, app_id: str, model_id: str = "", *, found: Model | None = None
    ) -> Model | None:
        """Load an app's first models and choose one: the one wanted, else the first that can be evaluated.

        The one wanted may have been ``found`` already.
        """
        app_id = app_id or self._first_app(client)
        if app_id != self._screen.app:  # on a refresh the rows stay until the new ones are there
            self._screen.publish(app=app_id, model="", models=[], versions=[])
        self._loading.set("lists", ["models", "versions"])
        self.models = self._load_models(client, app_id, model_id, found) if app_id else []
        evaluable = {row["id"] for row in self._publish_models(client) if row["evaluable"]}
        wanted = [model for model in self.models if model.id == model_id]
        wanted = wanted or [model for model in self.models if model.id in evaluable] or self.models
        return wanted[0] if wanted else None

    def read_on(self, client: EvalClient, what: MoreOf, search: str) -> None:
        """Read a list's next page, or what the server finds for some words; what is known already stays as it is."""
        self._loading.set("lists", [what])
        if what == "apps":
            self.apps.read_on(client, search)
            return
        if what == "versions":
            self._read_on_versions(client, search)
            return
        if what == "datasets":
            datasets = self.paging.more(what, lambda: client.paged_datasets(self._datasets_of, search=search), search)
            self._datasets = self._datasets | {dataset.key: dataset for dataset in datasets}
            self._screen.publish(datasets=self._dataset_rows(self._screen.app), versions=self._version_rows())
            return
        app = self.apps.get(self._screen.app)
        models = self.paging.more(what, lambda: client.paged_models(app, search=search), search)
        self.models = distinct([*self.models, *models])
        self._publish_models(client)

    def goes_on(self, what: MoreOf) -> bool:
        """Whether the server has more of a list than has been read."""
        return self.paging.has_more(what)

    def load_versions(self, client: EvalClient, model: Model, *, renewed: bool = False) -> None:
        """Load a model's versions and preselect a dataset in each row that has none yet.

        Parameters
        ----------
        client
            Where to ask.
        model
            Whose versions.
        renewed
            The model has just been listed anew: when that told of nothing new, its versions need not be.
        """
        screen = self._screen
        if model.id != screen.model:
            screen.publish(model=model.id, versions=[])
        if renewed and self._has_newest(model):
            return
        self._loading.set("lists", ["versions"])
        versions = self.refused.load("versions", lambda: self._first_versions(client, model))
        self._show_versions(client, versions)

    def _first_versions(self, client: EvalClient, model: Model) -> list[ModelVersion]:
        """The newest versions of a model, with the one that is picked, and of a list that goes on those read before."""
        found = self.paging.begin("versions", client.paged_versions(model, at_most=VERSIONS))
        if not self.paging.has_more("versions"):
            return found
        picked = self._screen.model_version
        found += [one for one in self._shown if (one.model_id, one.app_id) == (model.id, model.app_id)]
        if picked and picked not in [version.id for version in found]:
            found += versions_by_id(client, model, picked)
        return found

    def _read_on_versions(self, client: EvalClient, search: str) -> None:
        """Read the next page; what is typed may be a version's whole id: servers do not search in them."""
        model = next((model for model in self.models if model.id == self._screen.model), None)
        if model is None:
            return
        found = versions_by_id(client, model, search) if search else []
        found = found or self.paging.more("versions")
        self._show_versions(client, [*self._shown, *found])

    def _show_versions(self, client: EvalClient, versions: list[ModelVersion]) -> None:
        """Show versions of the model on screen, newest first, each with a dataset chosen."""
        screen, versions = self._screen, newest_first(distinct(versions))
        # A new dict, because other threads may be reading the old one.
        self._versions = self._versions | {version.key: version for version in versions}
        self._add_training_data(client, versions)
        choices = {version.key: rows.default_choice(version, self.datasets) for version in versions}
        ids = [version.id for version in versions]
        trained = [version.id for version in versions if version.is_trained]
        with screen.together():
            screen.publish(
                choices={**choices, **screen.choices},
                versions=[rows.version_row(version, self._datasets) for version in versions],
                model_version=screen.model_version if screen.model_version in ids else (trained or ids or [""])[0],
            )

    def clear(self) -> None:
        """Forget what another server has listed."""
        self.refused.clear()
        self.paging.clear()
        self.apps.clear()
        self.models, self._versions, self._datasets = [], {}, {}
        self._screen.publish(
            app="", models=[], model="", versions=[], model_version="", datasets=[], choices={}, preview=None
        )

    def choose(self, dataset: Dataset, version_keys: Sequence[str]) -> None:
        """Choose a dataset in the rows of versions, with the kind of evaluation that is the default there."""
        self._datasets = {dataset.key: replace(dataset, version_id="")} | self._datasets
        chosen = {key: rows.new_choice(self.version(key), dataset) for key in version_keys}
        with self._screen.together():
            self._screen.publish(
                choices={**self._screen.choices, **chosen},
                datasets=self._dataset_rows(self._screen.app),
                versions=self._version_rows(),
            )

    def chosen(self, version_key: str) -> Choice:
        """What is chosen in a version's row."""
        return self._screen.choices.get(version_key, {"dataset_key": "", "dataset_version": "", "use_kfold": False})

    @property
    def shown_versions(self) -> list[str]:
        """The ids of the versions on screen."""
        return [version.id for version in self._shown]

    @property
    def _shown(self) -> list[ModelVersion]:
        return [self._versions[row["key"]] for row in self._screen.versions]

    @property
    def datasets(self) -> Sequence[Dataset]:
        """The datasets of all apps."""
        return list(self._datasets.values())

    def model(self, model_id: str) -> Model:
        """A model of the app on screen."""
        for model in self.models:
            if model.id == model_id:
                return model
        raise not_found("model", model_id, [model.id for model in self.models])

    def version(self, key: str) -> ModelVersion:
        """A version that has been listed, by its key."""
        if key not in self._versions:
            raise not_found("version", key, self._versions)
        return self._versions[key]

    def current_version(self) -> ModelVersion | None:
        """The version that was acted on last, or chosen in Python; None before there is one."""
        return next((version for version in self._shown if version.id == self._screen.model_version), None)

    def dataset(self, key: str, version_id: str = "") -> Dataset:
        """A dataset by its key, in the version named; empty: the latest."""
        if not key:
            raise InvalidRequestError("Choose an evaluation dataset first.")
        if key not in self._datasets:
            raise not_found("dataset", key, self._datasets)
        return replace(self._datasets[key], version_id=version_id)

    def version_of(self, model: Model, version_id: str) -> ModelVersion:
        """A version of a model as it is listed, else what little is known of it, for it may have been deleted."""
        known = ModelVersion(version_id, model.id, model.app_id, model.user_id, model.model_type_id)
        return self._versions.get(known.key, known)

    def dataset_of(self, run: Run) -> Dataset:
        """What a run was evaluated on: as it is listed, else by what the run says of it, which may be nothing."""
        listed = self._datasets.get(run.dataset_key)
        if listed is not None:
            return replace(listed, version_id=run.dataset_version_id)
        return Dataset(run.dataset_id, run.dataset_app_id, run.dataset_user_id, run.dataset_version_id)

    def _has_newest(self, model: Model) -> bool:
        """Whether the versions on screen are the model's, the newest among them, and none is still in training."""
        shown = self._shown
        return (
            bool(shown)
            and (shown[0].user_id, shown[0].app_id, shown[0].model_id) == (model.user_id, model.app_id, model.id)
            and shown[0].id == model.newest_version_id
            and all(version.is_trained for version in shown)
        )

    def _load_datasets(self, client: EvalClient, app_id: str) -> list[Dataset]:
        """The first datasets of all apps, or where the key may not list those, of the one app."""

        def ask() -> list[Dataset]:
            self._datasets_of = None
            try:
                return self.paging.begin("datasets", client.paged_datasets())
            except (PermissionDeniedError, *_OF_AN_APPS_KEY):
                if not app_id:
                    raise
                self._datasets_of = App(app_id, client.user_id)
                return self.paging.begin("datasets", client.paged_datasets(self._datasets_of))

        return self.refused.load("datasets", ask)

    def _load_models(self, client: EvalClient, app_id: str, model_id: str, known: Model | None) -> list[Model]:
        # Given as an object, an app need not be looked for in the server's list once more.
        app = self.apps.get(app_id)
        before = {model.id: model for model in self.models if (model.app_id, model.user_id) == (app_id, app.user_id)}

        def ask() -> list[Model]:
            listing = client.paged_models(app)
            found = self.paging.begin("models", listing)
            if model_id and not listing.is_whole and model_id not in [model.id for model in found]:
                if known is not None and known.newest_version_id:  # one made of a version has not been listed
                    return [*found, known]
                found += searched(lambda: client.paged_models(app, search=model_id), lambda one: one.id == model_id)
            return found

        found = self.refused.load("models", ask)
        return distinct([*found, *(model for _, model in self._kept("models", before))])

    def _kept(self, what: ListName, known: Mapping[str, T]) -> Iterable[tuple[str, T]]:
        """What was read before of a list that is not whole: it is there still, further on."""
        return known.items() if self.paging.has_more(what) else ()

    def _add_training_data(self, client: EvalClient, versions: Sequence[ModelVersion]) -> None:
        """Add what versions were trained on to datasets that are not all known; one is looked for, the rest by name."""
        if not self.paging.has_more("datasets"):
            return
        own = [version.training_dataset for version in versions if version.training_dataset is not None]
        new = {one.key: replace(one, version_id="", inputs=None) for one in own if one.key not in self._datasets}
        if new:
            first = next(iter(new.values()))
            of = App(first.app_id, first.user_id)
            listed = searched(lambda: client.paged_datasets(of, search=first.id), lambda one: one.key == first.key)
            new |= {one.key: one for one in listed}
            self._datasets = new | self._datasets
            self._screen.publish(datasets=self._dataset_rows(self._screen.app))

    def _publish_models(self, client: EvalClient) -> list[ModelRow]:
        kinds = client.model_types(model.model_type_id for model in self.models)
        shown = [rows.model_row(model, kinds[model.model_type_id]) for model in self.models]
        datasets = self._dataset_rows(self._screen.app)
        self._screen.publish(models=shown, datasets=datasets, versions=self._version_rows())
        return shown

    def _dataset_rows(self, app_id: str) -> list[DatasetRow]:
        return [rows.dataset_row(dataset, app_id) for dataset in self._datasets.values()]

    def _version_rows(self) -> list[VersionRow]:
        """The versions on screen anew: what their training data are called depends on the datasets."""
        return [rows.version_row(self._versions[row["key"]], self._datasets) for row in self._screen.versions]

    def _first_app(self, client: EvalClient) -> str:
        """The client's own app, else the first one that has models."""
        own = client.settings.app_id
        if own or not (self.apps.every or self.refused.refuses("apps")):
            return own
        models = self.refused.load("models", lambda: list(client.paged_models().next()))
        if self.refused.refuses("apps") or self.paging.has_more("apps"):  # the first ones may all be empty
            self.apps.add(_apps_of(models))
        if not self.apps.every:
            return ""
        with_models = {model.app_id for model in models}
        return next((app_id for app_id in self.apps.ids if app_id in with_models), self.apps.ids[0])


def _apps_of(found: Iterable[Model | Dataset]) -> list[App]:
    """The apps that some resources are in."""
    return list({one.app_id: App(one.app_id, one.user_id, one.app_id) for one in found}.values())
