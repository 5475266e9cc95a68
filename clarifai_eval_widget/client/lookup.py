"""From what a user names (an id, a web address, an object) to the object meant, or an error that helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from clarifai_eval_widget.client.addresses import WebAddress, parse_web_address
from clarifai_eval_widget.client.resources import App, Dataset, DatasetVersion, Model, ModelVersion
from clarifai_eval_widget.errors import InvalidRequestError, NotFoundError, not_found

if TYPE_CHECKING:
    from clarifai_eval_widget.client.settings import Settings

Found = TypeVar("Found", Model, ModelVersion, Dataset)

__all__ = ["app_id", "dataset", "model", "model_version", "version_id"]


class Listings(Protocol):
    """What a look-up needs of the client."""

    settings: Settings
    """The client's account; its app is looked in first."""

    def apps(self) -> list[App]:
        """List the apps."""

    def models(self, app: App | str | None = None) -> list[Model]:
        """List the models of an app, or of all."""

    def model_versions(self, model: Model | str) -> list[ModelVersion]:
        """List a model's versions, newest first."""

    def datasets(self, app: App | str | None = None) -> list[Dataset]:
        """List the datasets of an app, or of all."""


def _check_name(what: str, named: object) -> None:
    if not isinstance(named, str) or not named:
        raise InvalidRequestError(
            f"A {what} is named by its id, its web address or an object of a listing, not {named!r}."
        )


def app_id(client: Listings, named: App | str | None) -> str:
    """The id of an app that exists; the client's own where none is named, which may be empty: all apps."""
    if named is None:
        return client.settings.app_id
    if isinstance(named, App):
        return named.id
    _check_name("app", named)
    known = [app.id for app in client.apps()]
    if named not in known:
        raise not_found("app", named, known)
    return named


def model(client: Listings, named: Model | ModelVersion | str) -> Model:
    """The model meant by an object, a web address or an id."""
    if isinstance(named, Model):
        return named
    if isinstance(named, ModelVersion):
        return Model(named.model_id, named.app_id, named.user_id, named.model_type_id)
    _check_name("model", named)
    address = _web_address(named, "models")
    wanted = address.id if address else named
    candidates = client.models(address.app_id if address else None)
    return _the_one("model", wanted, candidates)


def model_version(client: Listings, named: ModelVersion | Model | str, of: Model | str | None = None) -> ModelVersion:
    """The version meant by an object, a web address, or the id of a version (``of`` a model) or of a model."""
    if isinstance(named, ModelVersion):
        return named
    if of is not None and isinstance(named, str) and "://" not in named:
        return _the_one("version", named, client.model_versions(of))
    if isinstance(named, Model):
        return newest_trained(client.model_versions(named), named.id)
    _check_name("model version", named)
    address = _web_address(named, "models")
    if address:
        versions = client.model_versions(model(client, named))
        return (
            _the_one("version", address.version_id, versions)
            if address.version_id
            else newest_trained(versions, address.id)
        )
    models = client.models()
    for candidate in models:
        if candidate.id == named:
            return newest_trained(client.model_versions(candidate), named)
    versions = [version for candidate in models for version in client.model_versions(candidate)]
    matches = [version for version in versions if version.id == named]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise InvalidRequestError(
            f"The version {named!r} exists in several models ({', '.join(found.model_id for found in matches)}): "
            "name the model too, or give an object from client.model_versions(model)."
        )
    known = [found.id for found in models] + [found.id for found in versions]
    raise not_found("model or model version", named, known)


def dataset(client: Listings, named: Dataset | str, version: DatasetVersion | str | None = None) -> Dataset:
    """The dataset meant by an object, a web address, an id or ``app/id``, with the version meant where one is."""
    wanted = version_id(version)
    if isinstance(named, Dataset):
        return replace(named, version_id=wanted) if wanted else named
    _check_name("dataset", named)
    address = _web_address(named, "datasets")
    candidates = client.datasets(address.app_id if address else None)
    by_key = [candidate for candidate in candidates if candidate.key == named]
    found = by_key[0] if by_key else _the_one("dataset", address.id if address else named, candidates)
    return replace(found, version_id=wanted or (address.version_id if address else ""))


def version_id(named: DatasetVersion | str | None) -> str:
    """The id of a dataset version, empty for the latest."""
    if named is None:
        return ""
    return named.id if isinstance(named, DatasetVersion) else named


def newest_trained(versions: list[ModelVersion], model_id: str) -> ModelVersion:
    """The first trained version of a newest-first list."""
    for version in versions:
        if version.is_trained:
            return version
    raise NotFoundError(f"The model {model_id!r} has no trained version. Train one before evaluating it.")


def _the_one(what: str, wanted: str, candidates: list[Found]) -> Found:
    matches = [candidate for candidate in candidates if candidate.id == wanted]
    if not matches:
        raise not_found(what, wanted, [candidate.id for candidate in candidates])
    if len(matches) > 1:
        apps = ", ".join(sorted({match.app_id for match in matches}))
        raise InvalidRequestError(
            f"The {what} {wanted!r} exists in several apps ({apps}): give an object from a listing of one app."
        )
    return matches[0]


def _web_address(text: str, kind: str) -> WebAddress | None:
    address = parse_web_address(text)
    if address is not None and address.kind != kind:
        raise InvalidRequestError(f"{text!r} is the address of one of the {address.kind}, not of the {kind}.")
    return address
