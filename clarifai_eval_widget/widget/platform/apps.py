"""The apps there are to pick from: the user's, page by page, and those of others that have been named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import not_found
from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.widget.platform.paging import distinct, searched

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.resources import App
    from clarifai_eval_widget.widget.platform.paging import Paging
    from clarifai_eval_widget.widget.screen import Screen

__all__ = ["Apps"]


class Apps:
    """Keeps the apps in the trait of that name. What loads them talks gRPC: call it on a lane.

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
        self._named: dict[str, App] = {}
        self.every: list[App] = []
        """The apps listed, with those that were named."""

    def first(self, client: EvalClient) -> list[App]:
        """Read the first page of the user's apps, and keep what else has been read of a list that goes on."""
        found = self._paging.begin("apps", client.paged_apps())
        return [*found, *self.every] if self._paging.has_more("apps") else found

    def show(self, client: EvalClient, found: Iterable[App], named: App | None) -> None:
        """Show the apps found; one that is named, and is not among them, is looked for and shown in any case."""
        listed = {app.id: app for app in distinct(found)}
        if named is not None and not _is_same(client, listed.get(named.id), named):
            if named.user_id in ("", "me", client.user_id):
                listed[named.id] = self._found(client, named)
            else:
                self._named[named.id] = named
        # The page tells apps by their ids alone: of two owners' apps of one id, the one that was named is meant.
        self.every = list((listed | self._named).values())
        self._publish()

    def add(self, apps: Iterable[App]) -> None:
        """Show more apps, unless they are shown already."""
        self.every = distinct([*self.every, *apps])
        self._publish()

    def name(self, client: EvalClient, app: App) -> None:
        """Show an app that something on screen is in, which may be another owner's."""
        self.show(client, self.every, app)

    def read_on(self, client: EvalClient, search: str) -> None:
        """Read the next page, or what the server finds for some words."""
        self.add(self._paging.more("apps", lambda: client.paged_apps(search=search), search))

    def get(self, app_id: str) -> App:
        """An app that is listed, or raise NotFoundError."""
        for app in self.every:
            if app.id == app_id:
                return app
        raise not_found("app", app_id, self.ids)

    @property
    def ids(self) -> list[str]:
        """The ids of all."""
        return [app.id for app in self.every]

    def forget(self, app_id: str) -> None:
        """Forget an app that is gone; it is shown until apps are shown anew."""
        self.every = [app for app in self.every if app.id != app_id]
        self._named.pop(app_id, None)

    def clear(self) -> None:
        """Forget what another server has listed."""
        self.every, self._named = [], {}
        self._publish()

    def _found(self, client: EvalClient, named: App) -> App:
        """The app as the server's search tells it, which has its name, where its list goes on."""
        if not self._paging.has_more("apps"):
            return named
        found = searched(lambda: client.paged_apps(search=named.id), lambda app: _is_same(client, app, named))
        return found[0] if found else named

    def _publish(self) -> None:
        self._screen.publish(apps=[rows.app_row(app) for app in self.every])


def _is_same(client: EvalClient, listed: App | None, named: App) -> bool:
    """Whether an app of the user's list is the one that is named, whose owner may be told as "me" or not at all."""
    if listed is None or listed.id != named.id:
        return False
    return named.user_id in ("", "me", client.user_id, listed.user_id)
