"""The subset of Clarifai's service that evaluation needs, over the records and the engine."""

from __future__ import annotations

from typing import Any

from clarifai_grpc.grpc.api import service_pb2, service_pb2_grpc

from clarifai_eval_widget.local.api.answering import answer_the_rest
from clarifai_eval_widget.local.api.appending import bytes_handler
from clarifai_eval_widget.local.api.evaluation_calls import EvaluationCalls
from clarifai_eval_widget.local.api.listing_calls import ListingCalls


@answer_the_rest
class Servicer(ListingCalls, EvaluationCalls):
    """All calls; those that there is no method for are answered with a status that says so."""


def add_to_server(servicer: Servicer, server: Any) -> None:
    """Let a gRPC server answer by a servicer."""
    # Before the service's own handlers, which would take the reply for a message: the first that knows a method wins.
    handler = bytes_handler("GetEvaluation", servicer.GetEvaluation, service_pb2.GetEvaluationRequest)
    server.add_generic_rpc_handlers((handler,))
    service_pb2_grpc.add_V2Servicer_to_server(servicer, server)
