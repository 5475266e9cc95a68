"""What a widget is made for, in as few calls as will find it: the lists that are loaded anyway say the rest."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client import lookup
from clarifai_eval_widget.client.pages import Listing
from clarifai_eval_widget.client.resources import App, in_same_app
from clarifai_eval_widget.client.transience import is_transient
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, NotFoundError, not_found
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.resources import Dataset, Model
    from clarifai_eval_widget.widget.platform.lists import Lists

__all__ = ["check_dataset_version", "check_named", "dataset_at", "named_app", "named_dataset", "named_model"]


def named_app(client: EvalClient, app: Any) -> App | None:
    """Find the app that is meant by an object, an id, ``OWNER/APP`` or a web address; None where none is named."""
    if app is None or isinstance(app, App):
        return app
    owner = lookup.owner(client, app)
    return App(owner.app_id, owner.user_id, owner.app_id)


def named_model(client: EvalClient, app: App | None, model: Any, model_version: Any) -> tuple[Model | None, str]:
    """Find the model that is meant, and the id of the version, which is not looked for yet where the model is known.

    Parameters
    ----------
    client
        Where to ask.
    app
        The app that it has to be of, in which an id is looked for; None: any.
    model
        An object, a web address, perhaps with a version, or an id; None: that of the version.
    model_version
        The same; an id may be of any model where none is named.

    Raises
    ------
    InvalidRequestError
        When it is of another app.
    """
    if app is not None and isinstance(model, str) and "/" not in model:
        lookup.check_name("model", model)
        model = f"{app.user_id}/{app.id}/{model}"
    chosen, version_id = _model_meant(client, model, model_version)
    if app is not None and chosen is not None and not in_same_app(chosen, app):
        raise InvalidRequestError(
            f"The model {quoted(chosen.id)} is of the app {quoted(chosen.app_id)}, not of {quoted(app.id)}: "
            "leave app= out."
        )
    return chosen, version_id


def _model_meant(client: EvalClient, model: Any, model_version: Any) -> tuple[Model | None, str]:
    if model is None and lookup.is_address(model_version):
        model, model_version = model_version, None
    if model is None and model_version is None:
        return None, ""
    if model is None:
        version = lookup.model_version(client, model_version)
        return lookup.model(client, version), version.id
    chosen = lookup.model(client, model)
    if model_version is None:
        return chosen, lookup.version_in(model)
    if isinstance(model_version, str) and not lookup.is_address(model_version):
        lookup.check_name("model version", model_version)
        return chosen, model_version
    return chosen, lookup.model_version(client, model_version, chosen).id


def named_dataset(client: EvalClient, lists: Lists, dataset: Any, dataset_version: Any) -> Dataset:
    """Find the dataset that is meant: among those listed, where they tell, else by asking.

    Parameters
    ----------
    client
        Where to ask.
    lists
        What has been listed.
    dataset, dataset_version
        An object, a web address or an id; no version: the latest.
    """
    # Further on in a list that goes on, another app may have a dataset of the same id.
    if not lists.goes_on("datasets") or "/" in str(dataset):
        with contextlib.suppress(NotFoundError):  # it is another owner's
            return lookup.dataset(_Known(lists.datasets.every), dataset, dataset_version)
    return lookup.dataset(client, dataset, dataset_version)


def check_named(lists: Lists, model_id: str, version_id: str) -> None:
    """Raise NotFoundError unless the model and version named are there; that none may be listed, is told otherwise."""
    known = [model.id for model in lists.models]
    if model_id and model_id not in known and not lists.refused.refuses("models"):
        raise not_found("model", model_id, known)
    shown = lists.shown_versions
    if version_id and version_id not in shown and not lists.refused.refuses("versions"):
        raise not_found("version", version_id, shown)


def dataset_at(client: EvalClient, lists: Lists, address: str) -> Dataset:
    """Find the dataset that a web address is about; NotFoundError also where its version is not there."""
    found = named_dataset(client, lists, address, None)
    check_dataset_version(client, found)
    return found


def check_dataset_version(client: EvalClient, dataset: Dataset) -> None:
    """Raise NotFoundError unless the version that a dataset is of is there, if it is of one."""
    if dataset.version_id:
        try:
            client.dataset_version(dataset, dataset.version_id)
        except EvalError as error:  # of a server or key that does not tell, what was named is believed
            if isinstance(error, NotFoundError) or is_transient(error):
                raise


class _Known:
    """Lists what is known already."""

    def __init__(self, known: Sequence[Dataset]) -> None:
        self._known = known

    def paged_datasets(self, app: App | str | None = None, *, search: str = "") -> Listing[Dataset]:  # noqa: ARG002 - all of them are at hand
        """Those of an app, or all."""
        where = None if app is None or isinstance(app, str) else (app.user_id, app.id)
        found = [one for one in self._known if where in (None, (one.user_id, one.app_id))]
        return Listing(lambda: (found, True))
