"""The client: list what can be evaluated, start evaluations, read their results."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from clarifai_eval_widget.client import lookup
from clarifai_eval_widget.client.connection import Connection
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.client.resources import App, Dataset, DatasetVersion, Model, ModelVersion
from clarifai_eval_widget.client.run import Run
from clarifai_eval_widget.client.settings import find_settings
from clarifai_eval_widget.errors import AuthenticationError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["EvalClient", "Progress", "Run"]

PER_PAGE = 128
MAX_ID_LENGTH = 48


class EvalClient:
    """A connection to Clarifai's evaluation API, or to the local server, which speaks the same.

    Credentials not given are looked for in the environment (``CLARIFAI_PAT``, ``CLARIFAI_USER_ID``,
    ``CLARIFAI_APP_ID``, ``CLARIFAI_API_BASE``) and in the Clarifai CLI's current context.

    Parameters
    ----------
    pat
        Personal access token.
    user_id
        Whose apps are listed; the token's owner by default.
    app_id
        Look only in this app where no other is named.
    base_url
        Address of the API: ``https://host[:port]``, or ``http://host:port`` without TLS.
    deadline
        Seconds that one call may take.

    Raises
    ------
    AuthenticationError
        When no token is found.
    """

    def __init__(
        self,
        *,
        pat: str | None = None,
        user_id: str | None = None,
        app_id: str | None = None,
        base_url: str | None = None,
        deadline: float = 60.0,
    ) -> None:
        self.settings = find_settings(pat=pat, user_id=user_id, app_id=app_id, base_url=base_url)
        if not self.settings.pat:
            raise AuthenticationError(
                "No personal access token was found: give EvalClient(pat=…), set CLARIFAI_PAT, or run "
                "`clarifai login`. Without an account, use LocalServer.with_samples().client()."
            )
        self.user_id = self.settings.user_id
        self.closed = False
        self.serves_samples = False
        """Whether this is a client of the process's own server with the sample apps."""
        self._connection = Connection(self.settings.address, self.settings.pat, deadline=deadline)

    def __repr__(self) -> str:
        return f"EvalClient({str(self.settings.address)!r}, user_id={self.user_id!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; later calls raise ConnectionLostError."""
        self.closed = True
        self._connection.close()

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine."""
        return self.settings.address.is_loopback

    @property
    def poll_interval(self) -> float:
        """Seconds between two questions about a running evaluation."""
        return 0.15 if self.is_local else 2.0

    def apps(self) -> list[App]:
        """List the user's apps."""
        from clarifai_grpc.grpc.api import service_pb2

        def request(page: int) -> Any:
            return service_pb2.ListAppsRequest(user_app_id=self._scope(), page=page, per_page=PER_PAGE)

        return [App.from_proto(app) for app in self._pages("ListApps", request, "apps", "list apps")]

    def models(self, app: App | str | None = None) -> list[Model]:
        """List the models of an app; without one, of the client's own app or of all apps."""
        from clarifai_grpc.grpc.api import service_pb2

        app_id = lookup.app_id(self, app)

        def request(page: int) -> Any:
            return service_pb2.ListModelsRequest(user_app_id=self._scope(app_id), page=page, per_page=PER_PAGE)

        found = [Model.from_proto(model) for model in self._pages("ListModels", request, "models", "list models")]
        # An app's listing may add the public models of clarifai/main, which cannot be evaluated here.
        return [model for model in found if model.app_id == app_id or not app_id]

    def model_versions(self, model: Model | str) -> list[ModelVersion]:
        """List the versions of a model, newest first.

        Parameters
        ----------
        model
            A :class:`Model`, its web address, or its id (looked for in all apps).
        """
        from clarifai_grpc.grpc.api import service_pb2

        model = lookup.model(self, model)

        def request(page: int) -> Any:
            return service_pb2.ListModelVersionsRequest(
                user_app_id=self._scope(model.app_id, model.user_id), model_id=model.id, page=page, per_page=PER_PAGE
            )

        pages = self._pages("ListModelVersions", request, "model_versions", f"list the versions of {model.id!r}")
        versions = [ModelVersion.from_proto(version, model) for version in pages]
        oldest = datetime.min.replace(tzinfo=UTC)
        return sorted(versions, key=lambda version: version.created_at or oldest, reverse=True)

    def datasets(self, app: App | str | None = None) -> list[Dataset]:
        """List the datasets of an app; without one, of all apps."""
        from clarifai_grpc.grpc.api import service_pb2

        app_id = lookup.app_id(self, app) if app is not None else ""

        def request(page: int) -> Any:
            return service_pb2.ListDatasetsRequest(user_app_id=self._scope(app_id), page=page, per_page=PER_PAGE)

        return [
            Dataset.from_proto(found) for found in self._pages("ListDatasets", request, "datasets", "list datasets")
        ]

    def dataset_versions(self, dataset: Dataset | str) -> list[DatasetVersion]:
        """List the versions of a dataset."""
        from clarifai_grpc.grpc.api import service_pb2

        dataset = lookup.dataset(self, dataset)

        def request(page: int) -> Any:
            return service_pb2.ListDatasetVersionsRequest(
                user_app_id=self._scope(dataset.app_id, dataset.user_id),
                dataset_id=dataset.id,
                page=page,
                per_page=PER_PAGE,
            )

        pages = self._pages("ListDatasetVersions", request, "dataset_versions", f"list the versions of {dataset.id!r}")
        return [DatasetVersion.from_proto(version) for version in pages]

    def model_type_title(self, model_type_id: str) -> str:
        """The name of a model type as the platform writes it, for instance "Visual classifier"."""
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetModelTypeRequest(user_app_id=self._scope(), model_type_id=model_type_id)
        return str(self._connection.call("GetModelType", request, doing="read the model type").model_type.title)

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
            A :class:`ModelVersion`, a :class:`Model` (its newest trained version), a web address, or the id of a
            version or model.
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
            When something named does not exist, or the server refuses.
        """
        from clarifai_grpc.grpc.api import resources_pb2, service_pb2
        from google.protobuf.struct_pb2 import Struct

        version = lookup.model_version(self, model_version)
        truth = version.training_dataset
        if dataset is not None or dataset_version is not None:
            truth = lookup.dataset(self, dataset if dataset is not None else own_dataset(version), dataset_version)
        chosen = {"use_kfold": default_use_kfold(version, truth), **(params or {})}
        struct = Struct()
        struct.update(chosen)
        model = resources_pb2.Model(id=version.model_id, app_id=version.app_id, user_id=version.user_id)
        model.model_version.id = version.id
        metrics = resources_pb2.EvalMetrics(id=new_evaluation_id(version, truth), model=model)
        metrics.eval_info.params.CopyFrom(struct)
        if truth is not None:
            metrics.ground_truth_dataset.CopyFrom(
                resources_pb2.Dataset(id=truth.id, app_id=truth.app_id, user_id=truth.user_id)
            )
            if truth.version_id:
                metrics.ground_truth_dataset.version.id = truth.version_id
        request = service_pb2.PostEvaluationsRequest(
            user_app_id=self._scope(version.app_id, version.user_id), eval_metrics=[metrics]
        )
        self._connection.call("PostEvaluations", request, doing="start the evaluation")
        metrics.app_id, metrics.user_id = version.app_id, version.user_id
        return Run(self, metrics)

    def evaluations(self, app: App | str | None = None) -> list[Run]:
        """List the evaluations on the server, newest first, failed ones included."""
        from clarifai_grpc.grpc.api import service_pb2

        app_id = lookup.app_id(self, app) if app is not None else ""

        def request(page: int) -> Any:
            return service_pb2.ListEvaluationsRequest(
                user_app_id=self._scope(app_id),
                page=page,
                per_page=PER_PAGE,
                sort_by_created_at=True,
                show_failed_metrics=True,
            )

        return [
            Run(self, found) for found in self._pages("ListEvaluations", request, "eval_metrics", "list evaluations")
        ]

    def evaluation(self, run: Run | str, app: App | str | None = None) -> Evaluation:
        """Read an evaluation with all its numbers; incomplete while it runs.

        Parameters
        ----------
        run
            A :class:`Run`, or an evaluation's id.
        app
            The app that owns the evaluation; needed when only the id is given and the client has no app of its own.
        """
        from clarifai_eval_widget.evaluation import Evaluation

        return Evaluation.from_proto(self.fetch_metrics(run, app, everything=True))

    def fetch_metrics(self, run: Run | str, app: App | str | None = None, *, everything: bool = False) -> Any:
        """Ask for an evaluation's ``resources_pb2.EvalMetrics``: its summary, or with ``everything`` all there is."""
        from clarifai_grpc.grpc.api import resources_pb2, service_pb2

        if isinstance(run, Run):
            evaluation_id, scope = run.id, self._scope(run.app_id, run.user_id)
        else:
            evaluation_id, scope = run, self._scope(lookup.app_id(self, app))
            if not scope.app_id:
                raise InvalidRequestError(
                    f"Say which app owns the evaluation {run!r}: client.evaluation({run!r}, app=…)."
                )
        request = service_pb2.GetEvaluationRequest(user_app_id=scope, evaluation_id=evaluation_id)
        if everything:
            request.fields.CopyFrom(
                resources_pb2.FieldsValue(
                    confusion_matrix=True,
                    cooccurrence_matrix=True,
                    label_counts=True,
                    binary_metrics=True,
                    test_set=True,
                )
            )
        reply = self._connection.call("GetEvaluation", request, doing=f"read the evaluation {evaluation_id!r}")
        return reply.eval_metrics

    def _scope(self, app_id: str = "", user_id: str = "") -> Any:
        from clarifai_grpc.grpc.api import resources_pb2

        return resources_pb2.UserAppIDSet(user_id=user_id or self.user_id, app_id=app_id)

    def _pages(self, method: str, request: Any, field: str, doing: str) -> Iterator[Any]:
        """Walk a listing to its first empty page; a server that ignores the page number ends the walk too."""
        page, previous = 1, None
        while True:
            reply = self._connection.call(method, request(page), doing=doing, partial=True)
            found = list(getattr(reply, field))
            if not found or found == previous:
                return
            yield from found
            page, previous = page + 1, found


def own_dataset(version: ModelVersion) -> Dataset:
    """The dataset a version was trained on."""
    if version.training_dataset is None:
        raise InvalidRequestError(f"The server does not say on what {version.id!r} was trained: give the dataset.")
    return version.training_dataset


def default_use_kfold(version: ModelVersion, dataset: Dataset | None) -> bool:
    """Cross-validate by default on the version's own training data, where the model type allows it."""
    own = dataset is None or (version.training_dataset is not None and dataset.key == version.training_dataset.key)
    return own and version.supports_cross_validation


def new_evaluation_id(version: ModelVersion, dataset: Dataset | None) -> str:
    """An id that a person can read and that no other start shares: re-using one would overwrite a result."""
    words = [version.model_id, "on", dataset.id if dataset is not None else "own-data"]
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", "-".join(words)).strip("-")
    unique = f"{datetime.now(UTC):%m%d-%H%M%S}-{secrets.token_hex(3)}"
    return f"{readable[: MAX_ID_LENGTH - len(unique) - 1].rstrip('-')}-{unique}"
