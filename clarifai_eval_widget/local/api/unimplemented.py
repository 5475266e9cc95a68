"""What a call is answered with that this server does not do: a status that says what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf import message_factory
from google.protobuf.message import Message

from clarifai_eval_widget.client.channel import StatusReply
from clarifai_eval_widget.local.statuses import ApiError, reply_status
from clarifai_eval_widget.words import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grpc import ServicerContext

    from clarifai_eval_widget.local.api.answering import Calls

Reply = TypeVar("Reply", bound=StatusReply)

_INSTEAD = {
    "PatchModel": "A version is changed by training another: PostModelVersions.",
    "PatchDatasetVersion": "A version is frozen: make another by PostDatasetVersions.",
    "PatchAnnotations": "Delete the annotation and post another: DeleteAnnotations, PostAnnotations.",
    "PatchInputs": "Annotate the input by PostAnnotations, or delete it and post another.",
    "DeleteModel": "Use DeleteModels.",
    "DeleteInput": "Use DeleteInputs.",
    "DeleteAnnotation": "Use DeleteAnnotations.",
    "Search": "List what there is and search in it: ListInputs, ListDatasetInputs.",
    "Export": "Read the test set of an evaluation, or ListDatasetInputs.",
    "Upload": "A model is trained here by PostModelVersions, from a dataset.",
    "ModelOutputs": "Predict by PostModelOutputs.",
}


def answer_the_rest(servicer: type[Calls]) -> type[Calls]:
    """Give a servicer an answer to every call of the service that it has no method for."""
    methods = service_pb2.DESCRIPTOR.services_by_name["V2"].methods
    known = [method.name for method in methods if any(method.name in vars(one) for one in servicer.__mro__[:-2])]
    for method in methods:
        if method.name not in known:
            reply_type = message_factory.GetMessageClass(method.output_type)
            say = _streamed if method.server_streaming else _at_once
            setattr(servicer, method.name, say(reply_type, explain(method.name, known)))
    return servicer


def explain(method: str, known: list[str]) -> str:
    """Say that a call is not done here, and what to do."""
    instead = next((advice for part, advice in _INSTEAD.items() if part in method), "")
    near = nearest(method, known, cutoff=0.75)
    if not instead and near:
        instead = f"Nearest of those it does: {', '.join(near)}."
    return (
        f"The local server does not do {method}. {instead + ' ' if instead else ''}It does what training and "
        "evaluating classifiers needs: apps, datasets, inputs, annotations, concepts, models, predictions and "
        "evaluations. For anything else connect to the platform."
    )


def _at_once(
    reply_type: Callable[[], Reply], details: str
) -> Callable[[Calls, Message | Iterator[Message], ServicerContext], Reply]:
    def call(self: Calls, request: Message | Iterator[Message], context: ServicerContext) -> Reply:
        reply = reply_type()

        def refuse() -> None:
            raise ApiError(status_code_pb2.NOT_IMPLEMENTED, details)

        if isinstance(request, Message):
            reply.status.CopyFrom(self.answer("", context, request, refuse))
        else:  # a stream of requests, which nobody reads
            reply.status.CopyFrom(reply_status(status_code_pb2.NOT_IMPLEMENTED, details))
        return reply

    return call


def _streamed(
    reply_type: Callable[[], Reply], details: str
) -> Callable[[Calls, Message | Iterator[Message], ServicerContext], Iterator[Reply]]:
    answer = _at_once(reply_type, details)

    def call(self: Calls, request: Message | Iterator[Message], context: ServicerContext) -> Iterator[Reply]:
        yield answer(self, request, context)

    return call
