"""What can be evaluated: the lists behind the pickers and the versions table."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from clarifai_eval_widget.client import lookup
from clarifai_eval_widget.client.resources import App, Dataset, Model, ModelVersion, in_same_app, newest_first
from clarifai_eval_widget.errors import NotFoundError, PermissionDeniedError, not_found
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.platform.apps import Apps
from clarifai_eval_widget.widget.platform.datasets import OF_AN_APPS_KEY, Datasets
from clarifai_eval_widget.widget.platform.paging import VERSIONS, Paging, distinct, searched, versions_by_id
from clarifai_eval_widget.widget.platform.refused import RefusedLists
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.widget.platform.loading import LoadingMarks
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Choice, ListName, ModelRow, MoreOf, VersionRow

__all__ = ["Lists"]

T = TypeVar("T")


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
        self.datasets = Datasets(self.apps, self.paging, self.refused)
        """The datasets known."""
        self.models: list[Model] = []
        """The models of the app on screen."""
        self._versions: dict[str, ModelVersion] = {}
        self._counted: dict[str, int] = {}  # by model: its versions when they were listed, as the server told

    def load_lists(self, client: EvalClient, named: App | None) -> None:
        """Load the first apps, and the first datasets of all of them; an app that is named is listed in any case."""
        self._loading.set("lists", ["apps", "models", "versions", "datasets"])
        own = client.settings.app_id
        named = named or (App(own, client.user_id, own) if own else None)
        # An app's key may be refused otherwise than by its scopes; where it is no key at all, the next list says so.
        listed = self.refused.load("apps", lambda: self.apps.first(client), refusals=OF_AN_APPS_KEY if named else ())
        datasets = self.datasets.load(client, named)
        if self.refused.refuses("apps"):
            listed = _apps_of(datasets)
        self.apps.show(client, listed, named)

    def load_models(
        self, client: EvalClient, app: str, model_id: str = "", *, found: Model | None = None
    ) -> Model | None:
        """Load the first models of the app of a name and choose one: that wanted, else the first that can be evaluated.

        The one wanted may have been ``found`` already.
        """
        app = app or self._first_app(client)
        if app != self._screen.app:  # on a refresh the rows stay until the new ones are there
            self._screen.publish(app=app, model="", models=[], versions=[])
        self._loading.set("lists", ["models", "versions"])
        self.models = self._load_models(client, self.apps.get(app), model_id, found) if app else []
        if app and self.apps.is_others(self.apps.get(app)):
            self.datasets.load_of(client, self.apps.get(app))
        evaluable = {row["id"] for row in self._publish_models(client) if row["evaluable"]}
        wanted = [model for model in self.models if model.id == model_id]
        wanted = wanted or [model for model in self.models if model.id in evaluable] or self.models
        return wanted[0] if wanted else None

    def app_on_screen(self, client: EvalClient) -> App | None:
        """The app whose models are shown, as it is listed, or named where it is listed no longer; None for none."""
        name = self._screen.app
        if not name or self.app is not None:
            return self.app
        owner = lookup.owner_of(client, name)
        return App(owner.app_id, owner.user_id, owner.app_id)

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
            self.datasets.read_on(client, search, self.app)
            self.show_datasets()
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
        as_many = self._counted.get(model.key, model.version_count) == model.version_count
        if not (renewed and as_many and self._has_newest(model)):
            self._loading.set("lists", ["versions"])
            versions = self.refused.load("versions", lambda: self._first_versions(client, model))
            self._show_versions(client, versions)
        if model.version_count:
            self._counted[model.key] = model.version_count

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
        choices = {version.key: rows.default_choice(version, self.datasets.every) for version in versions}
        ids = [version.id for version in versions]
        trained = [version.id for version in versions if version.is_trained]
        with screen.together():
            screen.publish(
                choices={**choices, **screen.choices},
                versions=[rows.version_row(version, self.datasets.known) for version in versions],
                model_version=screen.model_version if screen.model_version in ids else (trained or ids or [""])[0],
            )

    def clear(self) -> None:
        """Forget what another server has listed."""
        self.refused.clear()
        self.paging.clear()
        self.apps.clear()
        self.datasets.clear()
        self.models, self._versions, self._counted = [], {}, {}
        self._screen.publish(app="", models=[], model="", versions=[], model_version="", datasets=[], choices={})
        self._screen.publish(preview=None, check=None)

    def choose(self, dataset: Dataset, version_keys: Iterable[str], *, use_kfold: bool | None = None) -> None:
        """Choose a dataset in the rows of versions, with a kind of evaluation; None: the default one there."""
        self.datasets.add(dataset)
        chosen = {key: rows.new_choice(self.version(key), dataset) for key in version_keys}
        if use_kfold is not None:
            chosen = {key: {**choice, "use_kfold": use_kfold} for key, choice in chosen.items()}
        with self._screen.together():
            self._screen.publish(choices={**self._screen.choices, **chosen})
            self.show_datasets()

    def choose_as_run(self, version: ModelVersion, dataset: Dataset, *, use_kfold: bool) -> None:
        """Choose in a version's row what a run was evaluated on, and how: the pickers say what is on screen."""
        if not dataset.id:  # the server does not tell on what
            return
        known = self.datasets.known.get(dataset.key)
        if known is None and self.paging.has_more("datasets"):
            self.datasets.add(dataset)  # it may stand further on in the list
        is_latest = known is not None and dataset.version_id == known.latest_version_id
        chosen: Choice = {
            "dataset_key": dataset.key,
            "dataset_version": "" if is_latest else dataset.version_id,
            "use_kfold": use_kfold,
        }
        with self._screen.together():
            self._screen.publish(choices={**self._screen.choices, version.key: chosen})
            self.show_datasets()

    def name_dataset(self, client: EvalClient, named: str) -> Dataset:
        """List a dataset that is named by ``owner/app/dataset`` or its web address, perhaps with a version."""
        try:
            dataset = lookup.dataset(client, named)
        except (NotFoundError, PermissionDeniedError) as error:
            if not error.code:  # the list could be read: what comes nearest in it has been named
                raise
            raise NotFoundError(
                f"The datasets of {quoted(named)} cannot be listed by this key. Check owner, app and dataset: they "
                "stand in its web address, https://clarifai.com/OWNER/APP/datasets/DATASET.",
                status=error.status,
            ) from None
        self.datasets.add(dataset)
        self.show_datasets()
        return self.datasets.get(dataset.key, dataset.version_id)

    def show_datasets(self) -> None:
        """Show the datasets known, and the versions anew: what their training data are called depends on them."""
        self._screen.publish(datasets=self.datasets.rows(self.app), versions=self._version_rows())

    def chosen(self, version_key: str) -> Choice:
        """What is chosen in a version's row."""
        return self._screen.choices.get(version_key, {"dataset_key": "", "dataset_version": "", "use_kfold": False})

    def has_version(self, key: str) -> bool:
        """Whether a version has been listed."""
        return key in self._versions

    @property
    def shown_versions(self) -> list[str]:
        """The ids of the versions on screen."""
        return [version.id for version in self._shown]

    @property
    def _shown(self) -> list[ModelVersion]:
        return [self._versions[row["key"]] for row in self._screen.versions]

    @property
    def app(self) -> App | None:
        """The app on screen, as far as it is listed."""
        name = self._screen.app
        return self.apps.get(name) if name in self.apps.names else None

    def is_on_screen(self, model: Model) -> bool:
        """Whether a model, of this owner and app, is the one that is picked."""
        return model.id == self._screen.model and self.app is not None and in_same_app(model, self.app)

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

    def version_of(self, model: Model, version_id: str) -> ModelVersion:
        """A version of a model as it is listed, else what little is known of it, for it may have been deleted."""
        known = ModelVersion(version_id, model.id, model.app_id, model.user_id, model.model_type_id)
        return self._versions.get(known.key, known)

    def _has_newest(self, model: Model) -> bool:
        """Whether the versions on screen are the model's, the newest among them, and none is still in training."""
        shown = self._shown
        return (
            bool(shown)
            and (shown[0].user_id, shown[0].app_id, shown[0].model_id) == (model.user_id, model.app_id, model.id)
            and shown[0].id == model.newest_version_id
            and all(version.is_trained for version in shown)
        )

    def _load_models(self, client: EvalClient, app: App, model_id: str, known: Model | None) -> list[Model]:
        # Given as an object, an app need not be looked for in the server's list once more.
        before = {model.id: model for model in self.models if in_same_app(model, app)}

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
        if self.paging.has_more("datasets") and self.datasets.add_training_data(client, versions):
            self._screen.publish(datasets=self.datasets.rows(self.app))

    def _publish_models(self, client: EvalClient) -> list[ModelRow]:
        kinds = client.model_types(model.model_type_id for model in self.models)
        shown = [rows.model_row(model, kinds[model.model_type_id]) for model in self.models]
        with self._screen.together():
            self._screen.publish(models=shown)
            self.show_datasets()
        return shown

    def _version_rows(self) -> list[VersionRow]:
        known = self.datasets.known
        return [rows.version_row(self._versions[row["key"]], known) for row in self._screen.versions]

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
        with_models = {self.apps.name_of(model.user_id, model.app_id) for model in models}
        return next((name for name in self.apps.names if name in with_models), self.apps.names[0])


def _apps_of(found: Iterable[Model | Dataset]) -> list[App]:
    """The apps that some resources are in."""
    return list({(one.user_id, one.app_id): App(one.app_id, one.user_id, one.app_id) for one in found}.values())
