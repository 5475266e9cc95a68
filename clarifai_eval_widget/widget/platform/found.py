"""The evaluations that a server has already, as the widget takes them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.client.defaults import default_use_kfold
from clarifai_eval_widget.client.pages import DEFAULT_PER_PAGE
from clarifai_eval_widget.client.resources import Model, in_same_app
from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.widget.platform.entries import Entry
from clarifai_eval_widget.widget.platform.paging import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.widget.platform.lists import Lists

__all__ = ["Evaluations", "Found", "model_of", "same", "same_model", "without"]

AT_FIRST = DEFAULT_PER_PAGE
"""How many evaluations are read unasked at least, the newest: one page, but for servers of unusually short ones."""


class Evaluations:
    """The evaluations that a server has, as far as they have been read: the newest at first, older ones when asked for.

    Parameters
    ----------
    lists
        What they are of, and how far their listing has been read.
    """

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._runs: list[Run] = []
        self._model: Model | None = None

    def renew(self, client: EvalClient, model: Model) -> Found:
        """Read the newest evaluations around a model; there are none where the server will not or cannot list them."""
        paging = self._lists.paging

        def ask() -> list[Run]:
            found = paging.begin("evaluations", client.paged_evaluations_around(model))
            while len(found) < AT_FIRST and paging.has_more("evaluations"):
                found += paging.more("evaluations")
            return found

        found = self._lists.refused.load("evaluations", ask, refusals=(InvalidRequestError,))
        if self._model is not None and self._model.user_id != model.user_id:
            self._runs = []
        before = self._runs if paging.has_more("evaluations") else []  # they are there still, further on
        self._model, self._runs = model, distinct([*found, *before], _identity)
        return Found(self._runs, model, self._lists)

    def read_on(self) -> Found | None:
        """Read older ones, as many pages as it takes to find some; None before there is a model on screen."""
        paging, had = self._lists.paging, len(self._runs)
        while len(self._runs) == had and paging.has_more("evaluations"):
            self._runs = distinct([*self._runs, *paging.more("evaluations")], _identity)
        return Found(self._runs, self._model, self._lists) if self._model is not None else None

    def clear(self) -> None:
        """Forget what another server has listed."""
        self._runs, self._model = [], None


class Found:
    """What the server has listed, in its order: the newest first.

    Parameters
    ----------
    runs
        As the server lists them, as far as they have been read.
    model
        The model on screen.
    lists
        What they are of.
    """

    def __init__(self, runs: Sequence[Run], model: Model, lists: Lists) -> None:
        self._lists = lists
        self._order = {_identity(run): place for place, run in enumerate(runs)}
        own = [run for run in runs if run.is_of(model)]
        self.own = [self._entry(run, model) for run in own]
        """Runs of the model on screen."""
        self.others = [self._entry(run, _model(run)) for run in runs if not run.is_of(model)]
        """Runs of other models."""
        self._model = model

    def rank(self, entry: Entry) -> int:
        """Where an entry belongs: what has not been listed of the model on screen has only just been started."""
        unlisted = -1 if model_of(entry).key == self._model.key else len(self._order)
        return unlisted if entry.run is None else self._order.get(_identity(entry.run), unlisted)

    def _entry(self, run: Run, model: Model) -> Entry:
        """An entry for a run that was found on the server, whatever has become of its version and dataset."""
        version = self._lists.version_of(model, run.model_version_id)
        dataset = self._lists.datasets.of_run(run)
        use_kfold = default_use_kfold(version, dataset) if run.use_kfold is None else run.use_kfold
        key, ended = "/".join(_identity(run)), run.done()
        return Entry(key, version, dataset, use_kfold, run, created_at=None, end_told=ended)


def same(entry: Entry, run: Run | None) -> bool:
    """Whether an entry is of this very run of the server."""
    own = entry.run
    return own is not None and run is not None and _identity(own) == _identity(run)


def without(known: Iterable[Entry], found: Iterable[Entry]) -> list[Entry]:
    """Those found that are of none of the runs known."""
    there = {_identity(entry.run) for entry in known if entry.run is not None}
    return [entry for entry in found if entry.run is None or _identity(entry.run) not in there]


def model_of(entry: Entry) -> Model:
    """The model that an entry's version is of, as far as the entry knows it."""
    version = entry.version
    return Model(version.model_id, version.app_id, version.user_id, version.model_type_id)


def same_model(entry: Entry, model: Model) -> bool:
    """Whether an entry is of this very model: other owners and apps may have one of the same id."""
    return entry.version.model_id == model.id and in_same_app(entry.version, model)


def _identity(run: Run) -> tuple[str, ...]:
    return run.user_id, run.app_id, run.id


def _model(run: Run) -> Model:
    return Model(run.model_id, run.model_app_id, run.model_user_id)
