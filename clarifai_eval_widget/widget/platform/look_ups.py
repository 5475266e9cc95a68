"""What the dialog and the comparison have looked up: each on a lane and in a trait of its own, for both may be open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client.addresses import check_without_key
from clarifai_eval_widget.widget.platform.preview import Previews
from clarifai_eval_widget.widget.wire.answers import Check, PreviewRequest
from clarifai_eval_widget.widget.wire.requests import Handler

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.widget.platform.lanes import Lanes
    from clarifai_eval_widget.widget.platform.lists import Lists
    from clarifai_eval_widget.widget.screen import Screen

__all__ = ["LookUps"]


class LookUps:
    """Answers what is asked of evaluations before they are started.

    Parameters
    ----------
    screen
        Its traits ``preview`` and ``check`` are set from here.
    lanes
        Where the server is asked.
    lists
        Versions and datasets by their keys.
    client
        Gives whom to ask now.
    """

    def __init__(self, screen: Screen, lanes: Lanes, lists: Lists, client: Callable[[], EvalClient]) -> None:
        self._lists = lists
        self._client = client
        self._dialog = Previews(lanes.previews, lambda found: screen.publish(preview=found))
        self._comparison = Previews(
            lanes.checks, lambda found: screen.publish(check={**found, "versions": [], "goes_on": False})
        )

    @property
    def handlers(self) -> list[Handler[Any]]:
        """What the page can ask for."""
        return [Handler(PreviewRequest, self._preview), Handler(Check, self._check)]

    def read_on(self, search: str) -> None:
        """Have more versions of the dialog's dataset read: the next page, or the one of an id."""
        self._dialog.read_on(search)

    def _preview(self, asked: PreviewRequest) -> None:
        """Find out what is known of an evaluation, and tell the dialog."""
        check_without_key(asked["dataset_key"])  # which is shown as it was asked for
        client, lists = self._client(), self._lists
        version, named = lists.version(asked["version_key"]), asked["dataset_key"]
        if named in lists.datasets.known or "/" not in named:
            dataset = lists.datasets.get(named, asked["dataset_version"])
            self._dialog.ask(client, version, named, lambda: dataset)
        else:
            self._dialog.ask(client, version, named, lambda: lists.name_dataset(client, named))

    def _check(self, asked: Check) -> None:
        """Find out what speaks against a proposed evaluation, and tell the comparison."""
        version = self._lists.version(asked["version_key"])
        dataset = self._lists.datasets.get(asked["dataset_key"])
        self._comparison.ask(self._client(), version, dataset.key, lambda: dataset)
