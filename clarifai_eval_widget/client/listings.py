"""What a server has: apps, models, versions, datasets, evaluations, page by page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.answers import check_answer
from clarifai_eval_widget.client.labels import LabelCounts
from clarifai_eval_widget.client.model_types import ModelTypes
from clarifai_eval_widget.client.pages import DEFAULT_PER_PAGE, PER_PAGE, Listing, Pages, not_among
from clarifai_eval_widget.client.resources import App, Dataset, DatasetVersion, Model, ModelVersion, Owner
from clarifai_eval_widget.errors import (
    AuthenticationError,
    EvalError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.channel import Method
    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.pages import Reply, Request, T
    from clarifai_eval_widget.client.service import Service

__all__ = ["Listings"]

_REFUSALS = (PermissionDeniedError, AuthenticationError, InvalidRequestError, NotFoundError)
_FEW = 3  # a server that looks for a version's model answers with it; one that does not, with all there are


class Listings:
    """Lists over one connection. Everything named is an object already; names are looked up in :mod:`.lookup`.

    Parameters
    ----------
    connection
        Where to ask.
    user_id
        Whose resources are listed unless an owner is given.
    """

    def __init__(self, connection: Connection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id
        self._pages = Pages(connection)
        self.ask = self._pages.ask
        """Makes a call that reads; a server that is busy is asked again for about half a minute."""
        self.model_types = ModelTypes(connection, self._pages, Owner(user_id))
        """Types of models, each read once."""
        self._only_their_app: set[Owner] = set()

    def apps(self, search: str = "") -> Listing[App]:
        """List the user's apps: those that the server finds for some words, where given."""
        from clarifai_grpc.grpc.api import service_pb2

        owner = Owner(self._user_id)
        ask = partial(service_pb2.ListAppsRequest, user_app_id=owner.to_proto(), search=search)
        listed = self._pages.entries(lambda service: service.ListApps, ask, lambda reply: reply.apps, "apps")
        return listed.each(lambda app: App.from_proto(app, owner) if app.id else None)

    def app(self, owner: Owner, deadline: float | None = None) -> App:
        """Read one app of an owner.

        Raises
        ------
        NotFoundError
            When there is none; also where a server answers with the token owner's own of that id instead.
        WrongReplyError
            When the reply is about another app.
        """
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetAppRequest(user_app_id=owner.to_proto())
        doing = f"read the app {owner.app_id!r}"
        reply = self._pages.ask(
            lambda: self._connection.call(lambda service: service.GetApp, request, doing=doing, deadline=deadline)
        )
        check_answer("app", reply.app.id, owner.app_id)
        found = App.from_proto(reply.app, owner)
        if not self._is_of(owner, found.user_id):
            raise NotFoundError(f"{owner.user_id!r} has no app {owner.app_id!r} that this key may read.")
        return found

    def models(self, owner: Owner, search: str = "") -> Listing[Model]:
        """List the models of an owner's app, or of all: those that the server finds for some words, where given."""
        from clarifai_grpc.grpc.api import service_pb2

        ask = partial(service_pb2.ListModelsRequest, user_app_id=owner.to_proto(), search=search)
        listed = self._pages.entries(lambda service: service.ListModels, ask, lambda reply: reply.models, "models")

        def read(message: resources_pb2.Model) -> Model | None:
            model = Model.from_proto(message, owner)
            # An app's listing may add the public models of clarifai/main, which cannot be evaluated here.
            here = owner.app_id in ("", model.app_id) and self._is_of(owner, model.user_id)
            return model if here and model.id else None

        return listed.each(read)

    def versions_by_id(self, owner: Owner, version_id: str) -> list[ModelVersion] | None:
        """Find the versions of an id, whatever their models, by asking for their models alone.

        Returns
        -------
        list or None
            None when the answer does not tell, because the server lists all models whatever it is asked for.
        """
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.ListModelsRequest(
            user_app_id=owner.to_proto(), model_version_ids=[version_id], page=1, per_page=DEFAULT_PER_PAGE
        )
        doing = f"find the model of the version {version_id!r}"
        reply = self._pages.ask(
            lambda: self._connection.call(lambda service: service.ListModels, request, doing=doing, partial=True)
        )
        found = not_among(reply.models, set())
        told = [model for model in found if model.model_version.id == version_id]
        if len(told) < len(found) and len(found) > _FEW:
            return None
        versions = []
        for message in found:
            try:
                versions.append(self.model_version(Model.from_proto(message, owner), version_id))
            except NotFoundError:  # the filter was not heeded
                return None
        return versions

    def model_version(self, model: Model, version_id: str) -> ModelVersion:
        """Read one version of a model."""
        doing = f"read the version {version_id!r} of {model.id!r}"
        found = self._pages.ask(lambda: self._version(self._owner(model), model.id, version_id, doing))
        return ModelVersion.from_proto(found, model)

    def concepts(self, version: ModelVersion) -> dict[str, str]:
        """Read what a version predicts: names by concept id; empty where the server does not tell."""
        doing = f"read the concepts of the version {version.id!r}"
        found = self._pages.ask(lambda: self._version(self._owner(version), version.model_id, version.id, doing))
        return {one.id: one.name or one.id for one in found.output_info.data.concepts}

    def _version(self, owner: Owner, model_id: str, version_id: str, doing: str) -> resources_pb2.ModelVersion:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetModelVersionRequest(
            user_app_id=owner.to_proto(), model_id=model_id, version_id=version_id
        )
        found = self._connection.call(lambda service: service.GetModelVersion, request, doing=doing).model_version
        check_answer("version", found.id, version_id)
        return found

    def labels(self, dataset: Dataset, most: int) -> LabelCounts:
        """Count the labels of a dataset's inputs: of the version that is meant, where the server tells them.

        Inputs can only be listed as they are now, and up to ``most`` of them are. What a version holds is told by the
        server's own counts; one that has none, or does not give them, leaves the inputs of now.
        """
        if dataset.version_id:
            try:
                found = self._version_labels(dataset, most)
            except EvalError:  # a server that does not know the call, or a key that may not ask it
                found = LabelCounts()
            if found.inputs:
                return found
        return self._labels_now(dataset, most)

    def _version_labels(self, dataset: Dataset, most: int) -> LabelCounts:
        from clarifai_grpc.grpc.api import resources_pb2, service_pb2

        ask = partial(
            service_pb2.ListDatasetVersionMetricsGroupsRequest,
            dataset_id=dataset.id,
            dataset_version_id=dataset.version_id,
            types=[resources_pb2.CONCEPT_ID],
        )
        listed = self._listed_of(
            dataset,
            "concepts",
            lambda service: service.ListDatasetVersionMetricsGroups,
            ask,
            lambda reply: reply.dataset_version_metrics_groups,
        )
        found = LabelCounts(version_id=dataset.version_id)
        for number, message in enumerate(listed):
            if number == most:
                found.is_whole = False
                break
            if message.type == resources_pb2.CONCEPT_ID:
                found.add_group(message)
        return found

    def _labels_now(self, dataset: Dataset, most: int) -> LabelCounts:
        from clarifai_grpc.grpc.api import service_pb2

        ask = partial(service_pb2.ListDatasetInputsRequest, dataset_id=dataset.id)
        listed = self._listed_of(
            dataset, "inputs", lambda service: service.ListDatasetInputs, ask, lambda reply: reply.dataset_inputs
        )
        found = LabelCounts()
        for message in listed:
            if found.inputs == most:
                found.is_whole = False
                break
            found.add(message.input)
        return found

    def model_versions(self, model: Model, at_most: int = PER_PAGE) -> Listing[ModelVersion]:
        """List the versions of a model, so many a page, in the server's order, which is asked for the newest first."""
        from clarifai_grpc.grpc.api import service_pb2

        ask = partial(service_pb2.ListModelVersionsRequest, model_id=model.id, sort_by_created_at=True)
        listed = self._listed_of(
            model,
            "versions",
            lambda service: service.ListModelVersions,
            ask,
            lambda reply: reply.model_versions,
            at_most=at_most,
        )
        return listed.each(lambda version: ModelVersion.from_proto(version, model) if version.id else None)

    def datasets(self, owner: Owner, search: str = "") -> Listing[Dataset]:
        """List the datasets of an owner's app, or of all: those that the server finds for some words, where given."""
        from clarifai_grpc.grpc.api import service_pb2

        ask = partial(service_pb2.ListDatasetsRequest, user_app_id=owner.to_proto(), search=search)
        listed = self._pages.entries(
            lambda service: service.ListDatasets, ask, lambda reply: reply.datasets, "datasets"
        )

        def read(message: resources_pb2.Dataset) -> Dataset | None:
            dataset = Dataset.from_listing(message, owner)
            here = owner.app_id in ("", dataset.app_id) and self._is_of(owner, dataset.user_id)
            return dataset if here and dataset.id else None

        return listed.each(read)

    def dataset_versions(self, dataset: Dataset, at_most: int = PER_PAGE) -> Listing[DatasetVersion]:
        """List the versions of a dataset, so many a page."""
        from clarifai_grpc.grpc.api import service_pb2

        ask = partial(service_pb2.ListDatasetVersionsRequest, dataset_id=dataset.id)
        listed = self._listed_of(
            dataset,
            "versions",
            lambda service: service.ListDatasetVersions,
            ask,
            lambda reply: reply.dataset_versions,
            at_most=at_most,
        )
        return listed.each(lambda version: DatasetVersion.from_proto(version) if version.id else None)

    def dataset_version(self, dataset: Dataset, version_id: str) -> DatasetVersion:
        """Read one version of a dataset."""
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetDatasetVersionRequest(
            user_app_id=self._owner(dataset).to_proto(), dataset_id=dataset.id, dataset_version_id=version_id
        )
        doing = f"read the version {version_id!r} of {dataset.id!r}"
        found = self._pages.ask(
            lambda: self._connection.call(lambda service: service.GetDatasetVersion, request, doing=doing)
        )
        check_answer("dataset", found.dataset_version.dataset_id, dataset.id)
        check_answer("dataset version", found.dataset_version.id, version_id)
        return DatasetVersion.from_proto(found.dataset_version)

    def evaluations(self, owner: Owner) -> Listing[resources_pb2.EvalMetrics]:
        """List the evaluations of an owner's app, or of all, newest first, failed ones included."""
        from clarifai_grpc.grpc.api import service_pb2

        ask = partial(
            service_pb2.ListEvaluationsRequest,
            user_app_id=owner.to_proto(),
            sort_by_created_at=True,
            show_failed_metrics=True,
        )
        return self._pages.entries(
            lambda service: service.ListEvaluations, ask, lambda reply: reply.eval_metrics, "evaluations"
        )

    def evaluations_around(self, owner: Owner) -> Listing[resources_pb2.EvalMetrics]:
        """List all evaluations of an app's owner, or those of the app alone where the key may not list all."""
        every, own = self.evaluations(Owner(owner.user_id)), self.evaluations(owner)

        def read() -> tuple[Sequence[resources_pb2.EvalMetrics], bool]:
            listed = own if owner in self._only_their_app else every
            try:
                return listed.next(), listed.is_whole
            except _REFUSALS:
                if listed is own:
                    raise
            found = own.next()
            self._only_their_app.add(owner)
            return found, own.is_whole

        return Listing(read)

    def _listed_of(
        self,
        resource: Model | Dataset,
        what: str,
        call: Callable[[Service], Method[Request, Reply]],
        ask: Callable[..., Request],
        entries: Callable[[Reply], Sequence[T]],
        *,
        at_most: int = PER_PAGE,
    ) -> Listing[T]:
        """Go through what belongs to a model or dataset, page by page."""
        asked = partial(ask, user_app_id=self._owner(resource).to_proto())
        return self._pages.entries(call, asked, entries, f"the {what} of {resource.id!r}", at_most)

    def _owner(self, resource: Model | ModelVersion | Dataset) -> Owner:
        return Owner(resource.user_id or self._user_id, resource.app_id)

    def _is_of(self, owner: Owner, user_id: str) -> bool:
        """Whether a listed resource is the owner's: a server may answer with the token owner's own instead."""
        return owner.user_id in ("me", self._user_id) or user_id in ("", owner.user_id)
