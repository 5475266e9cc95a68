"""From what a user names (an id, a web address, an object) to the object meant, or an error that helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from clarifai_eval_widget.client.addresses import WebAddress, parse_app_address, parse_web_address
from clarifai_eval_widget.client.resources import App, Dataset, DatasetVersion, Model, ModelVersion, Owner, newest_first
from clarifai_eval_widget.client.texts import check_text
from clarifai_eval_widget.client.transience import is_transient
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, NotFoundError, not_found
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client.pages import Listing
    from clarifai_eval_widget.client.settings import Settings

Found = TypeVar("Found", Model, ModelVersion, Dataset)

__all__ = [
    "check_name",
    "dataset",
    "is_address",
    "model",
    "model_version",
    "owner",
    "owner_of",
    "page",
    "version_id",
    "version_in",
]

_SEARCHED_FOR_NAMES = 8  # models whose versions are listed only to say which name may have been meant
_KEY_PARTS = {"models": (3, 4), "datasets": (3,)}  # how many parts a key has that begins with the owner


class DatasetLister(Protocol):
    """What looking for a dataset needs of the client."""

    def paged_datasets(self, app: App | str | None = None, *, search: str = "") -> Listing[Dataset]:
        """List the datasets of an app, or of all; or those the server finds for some words."""


class Lister(DatasetLister, Protocol):
    """What a look-up needs of the client."""

    settings: Settings
    """The client's account; its app is looked in first."""
    user_id: str
    """Whose resources are meant where nobody else is named."""

    def app(self, app_id: str) -> App:
        """Read an app."""

    def paged_apps(self, *, search: str = "") -> Listing[App]:
        """List the apps, or those the server finds for some words."""

    def paged_models(self, app: App | str | None = None, *, search: str = "") -> Listing[Model]:
        """List the models of an app, or of all; or those the server finds for some words."""

    def model_versions(self, model: Model | str) -> list[ModelVersion]:
        """List a model's versions, newest first."""

    def paged_versions(self, model: Model) -> Listing[ModelVersion]:
        """List a model's versions page by page, newest first."""

    def version_of(self, model: Model, version_id: str) -> ModelVersion:
        """Read a version of a model."""

    def versions_by_id(self, version_id: str) -> list[ModelVersion] | None:
        """Find the versions of an id, or None where the server cannot be asked so."""


def check_name(what: str, named: object) -> None:
    """Raise InvalidRequestError unless this is a name that can be sent."""
    if not isinstance(named, str) or not named:
        raise InvalidRequestError(
            f"A {what} is named by its id, its web address or an object of a listing, not {quoted(named)}."
        )
    check_text(named, f"name of the {what}")


def owner(client: Lister, named: App | str | None) -> Owner:
    """Whose app is meant: its owner's, or without one the client's user's; unnamed the client's own app, or all."""
    if isinstance(named, App):
        return Owner(named.user_id or client.user_id, named.id)
    if named is None:
        return Owner(client.user_id, client.settings.app_id)
    meant = owner_of(client, named)
    if meant.app_id == named:
        _check_app(client, named)
    return meant


def owner_of(client: Lister, named: str) -> Owner:
    """Whose app an id, ``owner/app`` or a web address means; whether there is such an app is not asked."""
    check_name("app", named)
    owner_id, app_id = parse_app_address(named) or (client.user_id, named)
    return Owner(owner_id, app_id)


def _check_app(client: Lister, named: str) -> None:
    """Raise NotFoundError, with names that may have been meant, unless there is such an app."""
    try:
        client.app(named)
    except NotFoundError:
        raise not_found("app", named, [app.id for app in client.paged_apps().next()]) from None
    except EvalError as error:
        if is_transient(error):
            raise
        # A key that may list apps, but not read one, or a server that cannot: as far as its list says.
        known = [app.id for app in client.paged_apps()]
        if named not in known:
            raise not_found("app", named, known) from None


def model(client: Lister, named: Model | ModelVersion | str) -> Model:
    """The model meant by an object, a web address or an id."""
    if isinstance(named, Model):
        return named
    if isinstance(named, ModelVersion):
        return Model(named.model_id, named.app_id, named.user_id, named.model_type_id)
    check_name("model", named)
    address = _address(named, "models")
    wanted = address.id if address else named
    app = _app_of(address)
    return _the_one("model", wanted, _likely(wanted, lambda search: client.paged_models(app, search=search), app))


def model_version(client: Lister, named: ModelVersion | Model | str, of: Model | str | None = None) -> ModelVersion:
    """The version meant by an object, a web address, or the id of a version (``of`` a model) or of a model."""
    if isinstance(named, ModelVersion):
        return named
    if of is not None and isinstance(named, str) and "://" not in named:
        return _version_of(client, model(client, of), named)
    if isinstance(named, Model):
        return newest_trained(client.paged_versions(named), named.id)
    check_name("model version", named)
    address = _address(named, "models")
    if address:
        its_model = model(client, named)
        return (
            _version_of(client, its_model, address.version_id)
            if address.version_id
            else newest_trained(client.paged_versions(its_model), address.id)
        )
    by_id = client.versions_by_id(named)
    return _the_only("version", named, by_id) if by_id else _listed_version(client, named, quick=by_id is not None)


def _version_of(client: Lister, of: Model, named: str) -> ModelVersion:
    """A version of a model that is known, asked for alone, for the model may have thousands."""
    try:
        return client.version_of(of, named)
    except NotFoundError:
        raise not_found("version", named, [found.id for found in client.paged_versions(of).next()]) from None


def _listed_version(client: Lister, named: str, *, quick: bool) -> ModelVersion:
    """Look through the lists for a model of that id, else for a version, unless it is known that there is none."""
    models = _likely(named, lambda search: client.paged_models(search=search), None)
    for candidate in models:
        if candidate.id == named:
            return newest_trained(client.paged_versions(candidate), named)
    searched = models[:_SEARCHED_FOR_NAMES] if quick else models
    versions = [version for candidate in searched for version in client.model_versions(candidate)]
    matches = [version for version in versions if version.id == named]
    if matches:
        return _the_only("version", named, matches)
    raise not_found("model or model version", named, [found.id for found in models] + [found.id for found in versions])


def _the_only(what: str, named: str, matches: list[ModelVersion]) -> ModelVersion:
    if len(matches) == 1:
        return matches[0]
    raise InvalidRequestError(
        f"The {what} {named!r} exists in several models ({', '.join(found.model_id for found in matches)}): "
        "name the model too, or give an object from client.model_versions(model)."
    )


def is_address(named: object) -> bool:
    """Whether a model, with or without a version, is named by its web address or a key with its owner."""
    return isinstance(named, str) and _address(named, "models") is not None


def version_in(named: object) -> str:
    """The id of the version that a model's web address or key has in it, or an empty text."""
    address = _address(named, "models") if isinstance(named, str) else None
    return address.version_id if address else ""


def page(named: str) -> WebAddress | None:
    """The model or dataset, perhaps with its version, that a web address is of a page about; None for other pages."""
    try:
        return parse_web_address(named)
    except InvalidRequestError:
        return None


def dataset(client: DatasetLister, named: Dataset | str, version: DatasetVersion | str | None = None) -> Dataset:
    """The dataset meant by an object, a web address, an id, ``app/id`` or a key, with the version meant if any."""
    wanted = version_id(version)
    if isinstance(named, Dataset):
        return replace(named, version_id=wanted) if wanted else named
    check_name("dataset", named)
    address = _address(named, "datasets")
    app, bare = _app_of(address), address.id if address else named.rpartition("/")[2]
    candidates = _likely(bare, lambda search: client.paged_datasets(app, search=search), app)
    by_key = [one for one in candidates if f"{one.app_id}/{one.id}" == named]
    found = by_key[0] if by_key else _the_one("dataset", address.id if address else named, candidates)
    return replace(found, version_id=wanted or (address.version_id if address else ""))


def version_id(named: DatasetVersion | str | None) -> str:
    """The id of a dataset version, empty for the latest."""
    if named is None:
        return ""
    if isinstance(named, DatasetVersion):
        return named.id
    if not isinstance(named, str):
        raise InvalidRequestError(f"A dataset version is named by its id or an object, not by {quoted(named)}.")
    return check_text(named, "name of the dataset version")


def newest_trained(versions: Listing[ModelVersion], model_id: str) -> ModelVersion:
    """The newest trained version of a list whose pages are newest first: it is read no further."""
    while not versions.is_whole:
        for version in newest_first(versions.next()):
            if version.is_trained:
                return version
    raise NotFoundError(f"The model {model_id!r} has no trained version. Train one before evaluating it.")


def _likely(wanted: str, ask: Callable[[str], Listing[Found]], app: App | None) -> list[Found]:
    """What the server finds for an id, where that is among it, for the list may be long; else the whole list."""
    try:
        found = _as_far_as(wanted, ask(wanted), app)
    except EvalError as error:
        if is_transient(error):
            raise
        found = []
    return found if wanted in [one.id for one in found] else _as_far_as(wanted, ask(""), app)


def _as_far_as(wanted: str, listing: Listing[Found], app: App | None) -> list[Found]:
    """Read a list as far as an id, which is there but once where it is that of one app."""
    found: list[Found] = []
    while not listing.is_whole and (app is None or wanted not in [one.id for one in found]):
        found += listing.next()
    return found


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


def _app_of(address: WebAddress | None) -> App | None:
    return App(address.app_id, address.user_id) if address is not None else None


def _address(text: str, kind: str) -> WebAddress | None:
    """Read a web address, or a key with its owner, which says the same; None for a bare id."""
    address = parse_web_address(text)
    if address is not None and address.kind != kind:
        raise InvalidRequestError(f"{text!r} is the address of one of the {address.kind}, not of the {kind}.")
    parts = text.strip().rstrip("/").split("/")
    if address is None and all(parts) and len(parts) in _KEY_PARTS[kind]:
        return WebAddress(parts[0], parts[1], kind, parts[2], parts[3] if len(parts) > 3 else "")
    return address
