"""The client: list what can be evaluated, start evaluations, read their results."""

from __future__ import annotations

import math
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from clarifai_eval_widget.client import annotating, lookup, reading, requirements
from clarifai_eval_widget.client.channel import read_roots
from clarifai_eval_widget.client.connection import Connection
from clarifai_eval_widget.client.follow import Follower
from clarifai_eval_widget.client.growing import read_whole
from clarifai_eval_widget.client.known_runs import KnownRuns
from clarifai_eval_widget.client.leaderboard import leaderboard
from clarifai_eval_widget.client.listings import Listings
from clarifai_eval_widget.client.media import MediaFetcher
from clarifai_eval_widget.client.pages import PER_PAGE
from clarifai_eval_widget.client.resources import Owner, newest_first
from clarifai_eval_widget.client.run import Run
from clarifai_eval_widget.client.secrecy import Hidden
from clarifai_eval_widget.client.settings import find_settings
from clarifai_eval_widget.client.starting import Starter, own_dataset
from clarifai_eval_widget.client.texts import check_text
from clarifai_eval_widget.errors import AuthenticationError, InvalidRequestError
from clarifai_eval_widget.words import quoted

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from clarifai_eval_widget.client.labels import LabelCounts
    from clarifai_eval_widget.client.model_types import ModelType
    from clarifai_eval_widget.client.pages import Listing
    from clarifai_eval_widget.client.resources import App, Dataset, DatasetVersion, Model, ModelVersion
    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["EvalClient"]

_INPUTS_A_SECOND = 1000  # what a slow line still brings; a read may take so much longer for a large test set


class EvalClient:
    """A connection to Clarifai's evaluation API, or to the local server, which speaks the same.

    Credentials not given are looked for in the environment (``CLARIFAI_PAT``, ``CLARIFAI_USER_ID``,
    ``CLARIFAI_APP_ID``, ``CLARIFAI_API_BASE``) and in the Clarifai CLI's current context.

    Parameters
    ----------
    pat
        Personal access token. It is kept out of every repr, error and traceback.
    user_id
        Whose apps are listed; the token's owner by default.
    app_id
        Look only in this app where no other is named.
    base_url
        Address of the API: ``https://host[:port]``, or ``http://host:port`` without TLS.
    deadline
        Seconds that one call may take; questions about running evaluations take a few at most.
    allow_insecure
        Send the token without TLS to a host that is not this machine.
    root_certificates
        Path of a PEM file with the certificates to trust, for a server whose certificate no public authority signed;
        by default those that gRPC brings along.

    Raises
    ------
    AuthenticationError
        When no token is found, or it holds what no token does.
    InvalidRequestError
        When the address cannot be meant, or would have the token sent without TLS, or there are no such certificates.
    """

    def __init__(
        self,
        *,
        pat: str | None = None,
        user_id: str | None = None,
        app_id: str | None = None,
        base_url: str | None = None,
        deadline: float = 60.0,
        allow_insecure: bool = False,
        root_certificates: str | os.PathLike[str] | None = None,
    ) -> None:
        # A traceback shows the variables of its frames: from here on they hold what does not show.
        pat, base_url = pat and Hidden(pat), base_url and Hidden(base_url)
        self.settings = find_settings(pat=pat, user_id=user_id, app_id=app_id, base_url=base_url)
        if not self.settings.pat:
            raise AuthenticationError(
                "No personal access token was found: give EvalClient(pat=…), set CLARIFAI_PAT, or run "
                "`clarifai login`. Without an account, use LocalServer.with_samples().client()."
            )
        self.settings.check_secure(allow_insecure=allow_insecure)
        self.user_id = self.settings.user_id
        self.closed = False
        self.serves_samples = False
        """Whether this is a client of the process's own server with the sample apps."""
        self.aside: Callable[[Callable[[], Any]], Any] | None = None
        """Queues a task for a process of the local server's, where that runs in this very process; gives a Future."""
        self._closing = threading.Event()
        self._stopped: Callable[[], bool] = bool  # False, until somebody can tell
        roots = None if root_certificates is None else read_roots(root_certificates)
        self._connection = Connection(self.settings.address, self.settings.pat, deadline=deadline, roots=roots)
        self._connection.serves_samples = lambda: self.serves_samples
        self._listings = Listings(self._connection, self.user_id)
        self._known = KnownRuns(self)
        self._starter = Starter(
            self._connection,
            server_stopped=lambda: self.server_stopped,
            wait=lambda seconds: not self._closing.wait(seconds),
            is_known=self._known.has,
        )
        self.media = MediaFetcher(self.settings, roots=roots)
        """Loads what inputs are, where the platform gives addresses: ``client.media.trust("https://…")``."""
        self.follower = Follower(self)
        """The one thread that polls this client's runs."""

    def __repr__(self) -> str:
        return f"EvalClient({str(self.settings.address)!r}, user_id={self.user_id!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection: whoever waits for a run is told, and later calls raise ConnectionLostError."""
        self.closed = True
        self._closing.set()
        self.follower.close()
        self._connection.close()

    @property
    def is_local(self) -> bool:
        """Whether this is the local server, as it says itself: something else may listen on this machine."""
        return self._connection.is_own_server

    @property
    def poll_interval(self) -> float:
        """Seconds between two questions about a running evaluation."""
        return 0.15 if self.is_local else 2.0

    @property
    def server_stopped(self) -> bool:
        """Whether the server is known to have been stopped for good: only one in this very process can be."""
        return self._stopped()

    def ends_with(self, stopped: Callable[[], bool]) -> None:
        """Say how to tell that the local server, which runs in this very process, has been stopped.

        Runs of a stopped server end with ConnectionLostError; those of any other wait for it while somebody waits.
        """
        self._stopped = stopped
        self._connection.serves_here(stopped)

    def apps(self) -> list[App]:
        """List the user's apps."""
        return list(self.paged_apps())

    def paged_apps(self, *, search: str = "") -> Listing[App]:
        """List the apps as :meth:`apps` does, page by page as :meth:`paged_models`."""
        return self._listings.apps(search)

    def app(self, app_id: str, *, deadline: float | None = None) -> App:
        """Read an app by its id, another owner's by ``owner/app`` or web address; asks nothing else."""
        return self._listings.app(lookup.owner_of(self, app_id), deadline)

    def models(self, app: App | str | None = None) -> list[Model]:
        """List the models of an app; without one, of the client's own app or of all apps."""
        return list(self.paged_models(app))

    def paged_models(self, app: App | str | None = None, *, search: str = "") -> Listing[Model]:
        """List the models as :meth:`models` does, or those the server finds: a page is asked for when it is reached."""
        return self._listings.models(lookup.owner(self, app), search)

    def model_versions(self, model: Model | str) -> list[ModelVersion]:
        """List the versions of a model, newest first; it may be given by its web address or id (of any app)."""
        return newest_first(self.paged_versions(lookup.model(self, model)))

    def paged_versions(self, model: Model, *, at_most: int = PER_PAGE) -> Listing[ModelVersion]:
        """List the versions of a model page by page, in pages of so many at most, the newest first."""
        return self._listings.model_versions(model, at_most)

    def version_of(self, model: Model, version_id: str) -> ModelVersion:
        """Read one version of a model by its id, which asks for nothing else."""
        lookup.check_name("model version", version_id)
        return self._listings.model_version(model, version_id)

    def versions_by_id(self, version_id: str) -> list[ModelVersion] | None:
        """Find the versions of an id in the client's own app or all apps; None where the server cannot be asked so."""
        lookup.check_name("model version", version_id)
        return self._listings.versions_by_id(lookup.owner(self, None), version_id)

    def datasets(self, app: App | str | None = None) -> list[Dataset]:
        """List the datasets of an app; without one, of all apps."""
        return list(self.paged_datasets(app))

    def paged_datasets(self, app: App | str | None = None, *, search: str = "") -> Listing[Dataset]:
        """List the datasets as :meth:`datasets` does, page by page as :meth:`paged_models`."""
        return self._listings.datasets(self._owner(app), search)

    def dataset_versions(self, dataset: Dataset | str) -> list[DatasetVersion]:
        """List the versions of a dataset."""
        return list(self._listings.dataset_versions(lookup.dataset(self, dataset)))

    def paged_dataset_versions(self, dataset: Dataset, *, at_most: int = PER_PAGE) -> Listing[DatasetVersion]:
        """List the versions of a dataset page by page, in pages of so many at most."""
        return self._listings.dataset_versions(dataset, at_most)

    def dataset_version(self, dataset: Dataset, version_id: str) -> DatasetVersion:
        """Read one version of a dataset by its id."""
        lookup.check_name("dataset version", version_id)
        return self._listings.dataset_version(dataset, version_id)

    def concepts(self, version: ModelVersion) -> dict[str, str]:
        """Read what a version predicts: names by concept id; empty where the server does not tell."""
        return self._listings.concepts(version)

    def labels(self, dataset: Dataset, *, most: int) -> LabelCounts:
        """Count the labels of a dataset's inputs: of the version it means if the server tells, else as they are now."""
        return self._listings.labels(dataset, most)

    def model_types(self, type_ids: Iterable[str]) -> dict[str, ModelType]:
        """Read types of models by their ids: what they are called, and whether models of them can be evaluated."""
        return self._listings.model_types.get(check_text(one, "id of the model type") for one in type_ids)

    def start_evaluation(
        self,
        model_version: ModelVersion | Model | str,
        dataset: Dataset | str | None = None,
        dataset_version: DatasetVersion | str | None = None,
        *,
        params: Mapping[str, Any] | None = None,
    ) -> Run:
        """Start an evaluation and return at once.

        Parameters
        ----------
        model_version
            A :class:`ModelVersion`, a :class:`Model` (its newest trained version), a web address, or an id of either.
        dataset
            A :class:`Dataset`, web address or id; None evaluates on the data the version was trained on.
        dataset_version
            None: the latest.
        params
            ``use_kfold`` says whether to cross-validate (new heads, folds) or to score the version itself. By default
            the version's own training data are cross-validated, other data scored.

        Raises
        ------
        EvalError
            When something named does not exist, cannot be evaluated, or the server refuses.
        """
        version = lookup.model_version(self, model_version)
        requirements.check(version, self._listings.model_types)
        truth = version.training_dataset
        if dataset is not None or dataset_version is not None:
            truth = lookup.dataset(self, dataset if dataset is not None else own_dataset(version), dataset_version)
        run = self._known.run(self._starter.start(version, truth, params or {}, pace=self.poll_interval))
        run.state.begin()
        run.dataset_inputs = truth.inputs if truth is not None else None
        return run

    def evaluations(self, app: App | str | None = None) -> list[Run]:
        """List the evaluations on the server, newest first, failed ones included; one known already is the same Run."""
        return list(self._listings.evaluations(self._owner(app)).each(self._known.listed))

    def paged_evaluations_around(self, model: Model) -> Listing[Run]:
        """List all evaluations of a model's owner page by page, or where the key may not, those of the model's app."""
        around = Owner(model.user_id or self.user_id, model.app_id)
        return self._listings.evaluations_around(around).each(self._known.listed)

    def leaderboard(self, app: App | str | None = None) -> pd.DataFrame:
        """The evaluations on the server beside each other, newest first; ``sort_values("roc_auc")`` and the like sort.

        Parameters
        ----------
        app
            Only those that an app owns; without one, of all apps.

        Returns
        -------
        DataFrame
            A row an evaluation: ``user``, ``app``, ``model``, ``version``, ``dataset_user``, ``dataset_app``,
            ``dataset``, ``dataset_version``, ``method`` (``cross-validation``, ``score``, or empty: untold), macro
            ``roc_auc``, ``f1``, ``precision``, ``recall`` in [0, 1] (at 0.5 but for the area), ``status``, ``id``,
            ``conditions`` (codes that the listing tells of) and ``reason``: why figures are NaN. No more is asked for.
        """
        return leaderboard(self._listings.evaluations(self._owner(app)))

    write_labels = annotating.write_labels

    def _owner(self, app: App | str | None) -> Owner:
        """The app named, or all apps of the client's user."""
        return lookup.owner(self, app) if app is not None else Owner(self.user_id)

    def evaluation(self, run: Run | str, app: App | str | None = None) -> Evaluation:
        """Read an evaluation with all its numbers; incomplete while it runs.

        Parameters
        ----------
        run
            A :class:`Run`, or an evaluation's id.
        app
            The app that owns the evaluation; needed when only the id is given and the client has no app of its own.
        """
        if isinstance(run, Run):
            return run.evaluation()
        lookup.check_name("evaluation", run)
        owner = lookup.owner(self, app)
        if not owner.app_id:
            raise InvalidRequestError(f"Say which app owns the evaluation: client.evaluation({quoted(run)}, app=…).")
        ask = partial(reading.fetch_evaluation, self._connection, owner, run, everything=True)
        return read_whole(self._listings.ask(ask))

    def fetch(
        self,
        run: Run,
        *,
        everything: bool = False,
        deadline: float | None = None,
        patience: float = 1.0,
        have: int = 0,
        cancel: bool | str = False,
    ) -> reading.Fetched:
        """Ask for a run's evaluation; see :func:`~clarifai_eval_widget.client.reading.fetch_evaluation`.

        Parameters
        ----------
        patience
            How many times longer than usual for its size it may take, at most ``deadline``.
        """
        longest = self._connection.deadline
        if everything:
            longest += max(run.progress.inputs, run.dataset_inputs or 0) / _INPUTS_A_SECOND
        return reading.fetch_evaluation(
            self._connection,
            Owner(run.user_id or self.user_id, run.app_id),
            run.id,
            everything=everything,
            deadline=min(longest * patience, math.inf if deadline is None else deadline),
            model=run.model_proto(),
            have=have,
            cancel=cancel,
        )
