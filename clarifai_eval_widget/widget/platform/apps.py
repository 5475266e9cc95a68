"""The apps there are to pick from: the user's, page by page, and those of others that have been named."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from clarifai_eval_widget.client import lookup
from clarifai_eval_widget.client.resources import App
from clarifai_eval_widget.client.transience import is_transient
from clarifai_eval_widget.errors import EvalError, NotFoundError, not_found
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.platform.paging import distinct, searched
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.widget.platform.paging import Paging
    from clarifai_eval_widget.widget.screen import Screen

__all__ = ["Apps"]

_SECONDS = 10.0  # the kernel waits meanwhile
_key = attrgetter("key")


class Apps:
    """Keeps the apps in the trait of that name. What loads them talks gRPC: call it on a lane.

    An app's *name* is what the trait ``app`` holds: its id where it is the user's own, ``owner/app`` where it is not.

    Parameters
    ----------
    screen
        Its trait is set from here.
    paging
        How far the server's list has been read.
    """

    def __init__(self, screen: Screen, paging: Paging) -> None:
        self._screen = screen
        self._paging = paging
        self._own = ""
        self._named: dict[str, App] = {}
        self.every: list[App] = []
        """The apps listed, with those that were named."""

    def first(self, client: EvalClient) -> list[App]:
        """Read the first page of the user's apps, and keep what else has been read of a list that goes on."""
        found = self._paging.begin("apps", client.paged_apps())
        return [*found, *self.every] if self._paging.has_more("apps") else found

    def show(self, client: EvalClient, found: Iterable[App], named: App | None) -> None:
        """Show the apps found; one that is named, and is not among them, is looked for and shown in any case."""
        listed = distinct(found, _key)
        # Who "me" is, the server tells with what it lists.
        self._own = client.user_id if client.user_id != "me" or not listed else listed[0].user_id
        self.every = distinct([*listed, *self._named.values()], _key)
        if named is None:
            self._publish()
        else:
            self.show_also(client, named)

    def show_also(self, client: EvalClient, named: App) -> None:
        """Show an app that something on screen is in, which may be another owner's."""
        named = self.owned(named)
        if self.is_others(named):
            self._named.setdefault(named.key, named)
        elif self.name(named) not in self.names:
            named = self._found(client, named)
        self.add([named])

    def add(self, apps: Iterable[App]) -> None:
        """Show more apps, unless they are shown already."""
        self.every = distinct([*self.every, *apps], _key)
        self._publish()

    def read_on(self, client: EvalClient, search: str) -> None:
        """Read the next page, or what the server finds for some words."""
        self.add(self._paging.more("apps", lambda: client.paged_apps(search=search), search))

    def resolve(self, client: EvalClient, text: str) -> str:
        """The name of the app that is meant: one that is listed, or ``owner/app`` or a web address of what is in it.

        Waits for the server where that is another owner's that has not been listed, which is listed from then on.

        Raises
        ------
        EvalError
            When there is none, or it cannot be read.
        """
        if text in self.names or "/" not in text:
            return self.name(self.get(text))
        meant = lookup.owner_of(client, text)
        named = self.owned(App(meant.app_id, meant.user_id, meant.app_id))
        if self.name(named) not in self.names:
            found = _read(client, named)
            self._named[found.key] = found
            self.add([found])
        return self.name(named)

    def owned(self, app: App) -> App:
        """An app whose owner is named; one that is "me", or is not told, is the user."""
        return App(app.id, self._own, app.name) if app.user_id in ("", "me") else app

    def name(self, app: App) -> str:
        """What the trait ``app`` calls an app."""
        owned = self.owned(app)
        return owned.id if owned.user_id == self._own else owned.key

    def name_of(self, user_id: str, app_id: str) -> str:
        """What the trait ``app`` calls an app, by its owner and id."""
        return self.name(App(app_id, user_id)) if app_id else ""

    def is_others(self, app: App) -> bool:
        """Whether an app is not the user's own."""
        return self.owned(app).user_id != self._own

    def get(self, name: str) -> App:
        """An app that is listed, by its name, or raise NotFoundError."""
        for app in self.every:
            if self.name(app) == name:
                return app
        raise not_found("app", name, self.names)

    @property
    def names(self) -> list[str]:
        """The names of all."""
        return [self.name(app) for app in self.every]

    def forget(self, name: str) -> None:
        """Forget an app that is gone; it is shown until apps are shown anew."""
        self._named = {key: app for key, app in self._named.items() if self.name(app) != name}
        self.every = [app for app in self.every if self.name(app) != name]

    def clear(self) -> None:
        """Forget what another server has listed."""
        self.every, self._named = [], {}
        self._publish()

    def _found(self, client: EvalClient, named: App) -> App:
        """The app as the server's search tells it, which has its name, where its list goes on."""
        if not self._paging.has_more("apps"):
            return named
        found = searched(lambda: client.paged_apps(search=named.id), lambda app: self.owned(app).key == named.key)
        return found[0] if found else named

    def _publish(self) -> None:
        self._screen.publish(apps=[rows.app_row(app, self.name(app), others=self.is_others(app)) for app in self.every])


def _read(client: EvalClient, named: App) -> App:
    """Read an app of another owner; where the key may not, take it as it is named, for its models may be listed."""
    try:
        found = client.app(named.key, deadline=_SECONDS)
    except NotFoundError as error:
        raise NotFoundError(
            f"There is no app {quoted(named.key)} that this key may read. Check owner and app: they stand in its web "
            "address, https://clarifai.com/OWNER/APP.",
            status=error.status,
        ) from None
    except EvalError as error:
        if is_transient(error):
            raise
        return named
    return App(named.id, named.user_id, found.name)
