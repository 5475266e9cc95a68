"""What can be evaluated: the lists behind the pickers and the versions table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client.resources import App, Dataset, Model, ModelVersion
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, not_found
from clarifai_eval_widget.widget.platform import board

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.widget.screen import Screen

__all__ = ["Catalogue"]


class Catalogue:
    """Loads the lists from a server into the widget's traits. Every ``load_…`` talks gRPC: call it on a worker."""

    def __init__(self, widget: Screen) -> None:
        self._widget = widget
        self._apps: list[App] = []
        self._models: list[Model] = []
        self._versions: dict[str, ModelVersion] = {}
        self._datasets: dict[str, Dataset] = {}
        self._type_titles: dict[str, str] = {}

    def load_lists(self, client: EvalClient, app_id: str) -> None:
        """Load the apps, and the datasets of all of them; an app that is not listed is added."""
        self._widget.publish(loading=["apps", "models", "versions", "datasets"])
        self._apps = client.apps()
        if app_id and app_id not in [app.id for app in self._apps]:
            self._apps.append(App(app_id, client.user_id, app_id))
        self._datasets = {dataset.key: dataset for dataset in client.datasets()}
        self._widget.publish(apps=[board.app_json(app) for app in self._apps])

    def load_models(self, client: EvalClient, app_id: str, model_id: str = "") -> Model | None:
        """Load an app's models and choose one: the one wanted, else the first."""
        widget = self._widget
        app_id = app_id or self._first_app(client)
        if app_id != widget.app:  # on a refresh the rows stay until the new ones are there
            widget.publish(app=app_id, model="", models=[], versions=[])
        widget.publish(loading=["models", "versions"])
        self._models = client.models(app_id) if app_id else []
        widget.publish(
            models=[board.model_json(model, self._type_title(client, model.model_type_id)) for model in self._models],
            datasets=self._datasets_json(app_id),
        )
        wanted = [model for model in self._models if model.id == model_id] or self._models
        return wanted[0] if wanted else None

    def load_versions(self, client: EvalClient, model: Model) -> None:
        """Load a model's versions and preselect a dataset in each row that has none yet."""
        widget = self._widget
        if model.id != widget.model:
            widget.publish(model=model.id, versions=[])
        widget.publish(loading=["versions"])
        versions = client.model_versions(model)
        self._versions |= {version.key: version for version in versions}
        choices = {version.key: board.default_choice(version, self.datasets) for version in versions}
        ids = [version.id for version in versions]
        trained = [version.id for version in versions if version.is_trained]
        widget.publish(
            choices={**choices, **widget.choices},
            versions=[board.version_json(version) for version in versions],
            model_version=widget.model_version if widget.model_version in ids else (trained or ids or [""])[0],
        )

    def choose(self, dataset: Dataset, version_keys: Sequence[str]) -> None:
        """Choose a dataset in the rows of versions, with the kind of evaluation that is the default there."""
        self._datasets[dataset.key] = dataset  # with the version that is meant, where one is
        chosen = {key: board.choice(self.version(key), dataset) for key in version_keys}
        self._widget.publish(choices={**self._widget.choices, **chosen}, datasets=self._datasets_json(self._widget.app))

    @property
    def shown_versions(self) -> list[str]:
        """The ids of the versions on screen."""
        return [self._versions[row["id"]].id for row in self._widget.versions]

    @property
    def datasets(self) -> Sequence[Dataset]:
        """The datasets of all apps."""
        return list(self._datasets.values())

    def model(self, model_id: str) -> Model:
        """A model of the app on screen."""
        for model in self._models:
            if model.id == model_id:
                return model
        raise not_found("model", model_id, [model.id for model in self._models])

    def check_app(self, app_id: str) -> None:
        """Raise NotFoundError unless the app is listed."""
        if app_id not in [app.id for app in self._apps]:
            raise not_found("app", app_id, [app.id for app in self._apps])

    def version_key(self, version_id: str) -> str:
        """The key of a version of the model on screen; one that is not listed when there is none of that id."""
        shown = (row["id"] for row in self._widget.versions if self._versions[row["id"]].id == version_id)
        return next(shown, version_id)

    def version(self, key: str) -> ModelVersion:
        """A version that has been listed, by its key."""
        if key not in self._versions:
            raise not_found("version", key, self._versions)
        return self._versions[key]

    def dataset(self, key: str) -> Dataset:
        """A dataset by its key."""
        if not key:
            raise InvalidRequestError("Choose an evaluation dataset first.")
        if key not in self._datasets:
            raise not_found("dataset", key, self._datasets)
        return self._datasets[key]

    def knows(self, version_key: str, dataset_key: str) -> bool:
        """Whether both have been listed."""
        return version_key in self._versions and dataset_key in self._datasets

    def _datasets_json(self, app_id: str) -> list[dict[str, Any]]:
        return [board.dataset_json(dataset, app_id) for dataset in self._datasets.values()]

    def _first_app(self, client: EvalClient) -> str:
        """The client's own app, else the first one that has models."""
        own = client.settings.app_id
        if own or not self._apps:
            return own
        with_models = {model.app_id for model in client.models()}
        return next((app.id for app in self._apps if app.id in with_models), self._apps[0].id)

    def _type_title(self, client: EvalClient, type_id: str) -> str:
        if type_id not in self._type_titles:
            try:
                self._type_titles[type_id] = client.model_type_title(type_id) or type_id
            except EvalError:  # the title is an ornament: the id will do
                self._type_titles[type_id] = type_id
        return self._type_titles[type_id]
