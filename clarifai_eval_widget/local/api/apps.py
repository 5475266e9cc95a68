"""Calls on apps, their concepts, and the user who owns them."""

# ruff: noqa: N802 - the methods' names are the service's

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_pb2

from clarifai_eval_widget.local.api import listings, protos
from clarifai_eval_widget.local.api.answering import Calls, answers
from clarifai_eval_widget.local.api.requests import check_new, new_id, page_of
from clarifai_eval_widget.local.statuses import invalid

if TYPE_CHECKING:
    from collections.abc import Sequence


class AppCalls(Calls):
    """Apps and concepts: list, read, make, delete."""

    @answers(service_pb2.MultiAppResponse)
    def ListApps(self, request: service_pb2.ListAppsRequest, reply: service_pb2.MultiAppResponse) -> None:
        """List apps."""
        found = listings.search(self._records.apps(), request)
        reply.apps.extend(protos.app_proto(app, self._user_id) for app in page_of(found, request))

    @answers(service_pb2.SingleAppResponse)
    def GetApp(self, request: service_pb2.GetAppRequest, reply: service_pb2.SingleAppResponse) -> None:
        """Read an app."""
        reply.app.CopyFrom(protos.app_proto(self._records.app(request.user_app_id.app_id), self._user_id))

    @answers(service_pb2.MultiAppResponse)
    def PostApps(self, request: service_pb2.PostAppsRequest, reply: service_pb2.MultiAppResponse) -> None:
        """Make apps; a default workflow is not looked at, uploads are embedded by the server's one embedder."""
        with self._records.lock:
            known = [app.id for app in self._records.apps()]
            ids = [check_new("app", one.id or new_id(), known) for one in request.apps]
            for app_id, one in zip(ids, request.apps, strict=True):
                app = self._records.ensure_app(app_id, one.description)
                self.keep(app)
                reply.apps.append(protos.app_proto(app, self._user_id))

    @answers(status_pb2.BaseResponse)
    def DeleteApp(self, request: service_pb2.DeleteAppRequest, reply: status_pb2.BaseResponse) -> None:  # noqa: ARG002 - nothing to tell but the status
        """Delete an app with all that is in it, evaluations too."""
        app_id = request.user_app_id.app_id
        with self._records.lock:
            self._records.remove_app(app_id)
            self.forget("app", app_id)
        self._engine.forget_app(app_id)

    @answers(service_pb2.MultiConceptResponse)
    def ListConcepts(self, request: service_pb2.ListConceptsRequest, reply: service_pb2.MultiConceptResponse) -> None:
        """List the concepts of an app, those of its datasets included."""
        app = self._records.app(request.user_app_id.app_id)
        reply.concepts.extend(page_of(listings.app_concept_protos(app, self._user_id), request))

    @answers(service_pb2.MultiConceptResponse)
    def PostConcepts(self, request: service_pb2.PostConceptsRequest, reply: service_pb2.MultiConceptResponse) -> None:
        """Make concepts; annotating with one makes it too."""
        app = self._records.app(request.user_app_id.app_id)
        for one in request.concepts:
            if not one.id:
                raise invalid("A concept needs an id.")
        with self._records.lock:
            add_concepts(app.concepts, request.concepts)
            self.keep(app)
        reply.concepts.extend(request.concepts)

    @answers(service_pb2.SingleUserResponse)
    def GetUser(self, request: service_pb2.GetUserRequest, reply: service_pb2.SingleUserResponse) -> None:  # noqa: ARG002 - there is but one
        """Read the one user there is."""
        reply.user.CopyFrom(resources_pb2.User(id=self._user_id, first_name="Local", last_name="Server"))


def add_concepts(known: dict[str, str], concepts: Sequence[resources_pb2.Concept]) -> None:
    """Take in concepts; a name is kept until another is given."""
    for one in concepts:
        known[one.id] = one.name or known.get(one.id) or one.id
