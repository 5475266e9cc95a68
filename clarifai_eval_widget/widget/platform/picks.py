"""What is picked in Python: the app, the model and its version, and the dataset in that version's row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.client import lookup
from clarifai_eval_widget.errors import InvalidRequestError, not_found
from clarifai_eval_widget.widget.platform.named import check_dataset_version
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.resources import ModelVersion
    from clarifai_eval_widget.widget.platform.lists import Lists
    from clarifai_eval_widget.widget.platform.loads import Loads
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Choice, MoreOf

__all__ = ["Picks"]

_LIST_OF: dict[str, MoreOf] = {"app": "apps", "model": "models", "model_version": "versions"}


class Picks:
    """Reads and sets what the pickers and the current version's row hold; waits for the lists where it must.

    Parameters
    ----------
    screen
        Its traits say what is picked.
    lists
        What there is to pick from.
    loads
        Tells when that has been loaded.
    client
        Returns whom to ask at the moment.
    select
        Has shown what a web address is about.
    """

    def __init__(
        self,
        screen: Screen,
        lists: Lists,
        loads: Loads,
        client: Callable[[], EvalClient],
        select: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._lists = lists
        self._loads = loads
        self._client = client
        self._select = select

    def check(self, name: str, value: str) -> str:
        """Raise an error unless the app, model or version is listed; one that is not yet waits for the lists.

        Returns
        -------
        str
            What to set: an app of another owner may be given by its web address. That of a model's page is about all
            three, whichever it is given for, and that of a dataset's about its app too; it is then shown already.
        """
        page = lookup.page(value)
        if page is not None and (page.kind == "models" or name == "app"):
            self._select(value)
            self._loads.wait()
            return str(getattr(self._screen, name))
        known = {
            "app": lambda: self._lists.apps.names,
            "model": lambda: [model.id for model in self._lists.models],
            "model_version": lambda: self._lists.shown_versions,
        }[name]
        # The models and versions known while others are loaded are those of what was picked before.
        if value not in known() or (name != "app" and self._loads.under_way):
            self._loads.wait()
        if name == "app" and value not in known() and "/" in value:
            return self._lists.apps.resolve(self._client(), value)
        if value not in known():
            self._look_for(_LIST_OF[name], value)
        if value not in known():
            raise not_found(name.replace("_", " "), value, known(), self._where(name))
        return value

    def _where(self, name: str) -> str:
        """In which app or model it was looked for: another may have it."""
        if name == "model" and self._screen.app:
            return f" in the app {quoted(self._screen.app)}; for another's, set app first"
        if name == "model_version" and self._screen.model:
            return f" of the model {quoted(self._screen.model)}"
        return ""

    def _look_for(self, what: MoreOf, value: str) -> None:
        """Ask the server for one entry, where a list goes on beyond what has been read of it."""
        if value and self._lists.goes_on(what):
            self._loads.submit(lambda: self._lists.read_on(self._client(), what, value))
            self._loads.wait()

    def version(self) -> ModelVersion:
        """The version to act on, once the lists are there.

        Raises
        ------
        InvalidRequestError
            When there is none.
        """
        self._loads.wait()
        version = self._lists.current_version()
        if version is None:
            raise InvalidRequestError(
                f"The app {self._screen.app!r} has no model version to evaluate: set app or model_version."
            )
        return version

    def choose_dataset(self, dataset: Any) -> None:
        """Choose a dataset in the current version's row; asks the server, and returns when that is done."""
        version = self.version()
        self._lists.choose(lookup.dataset(self._client(), dataset, None), [version.key])

    def choose_dataset_version(self, dataset_version: Any) -> None:
        """Choose a version of the dataset in the current version's row; empty: the latest. Asks whether it is there."""
        version = self.version()
        chosen, named = self._lists.chosen(version.key), lookup.version_id(dataset_version)
        dataset = self._lists.datasets.get(chosen["dataset_key"], named)
        check_dataset_version(self._client(), dataset)
        self._lists.choose(dataset, [version.key])

    @property
    def choice(self) -> Choice:
        """What is chosen in the current version's row, as far as there is one."""
        version = self._lists.current_version()
        return self._lists.chosen(version.key if version is not None else "")

    @property
    def dataset(self) -> str:
        """The dataset of that choice as people write it: the owner is named only where it is not the model's."""
        version, key = self._lists.current_version(), self.choice["dataset_key"]
        return key.removeprefix(f"{version.user_id}/") if version is not None else key
