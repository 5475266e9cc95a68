"""All calls of Clarifai's service: those that training and evaluating need, and an answer to every other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import service_pb2, service_pb2_grpc

from clarifai_eval_widget.local.api.appending import bytes_handler
from clarifai_eval_widget.local.api.apps import AppCalls
from clarifai_eval_widget.local.api.datasets import DatasetCalls
from clarifai_eval_widget.local.api.evaluations import EvaluationCalls
from clarifai_eval_widget.local.api.inputs import InputCalls
from clarifai_eval_widget.local.api.models import ModelCalls
from clarifai_eval_widget.local.api.outputs import OutputCalls
from clarifai_eval_widget.local.api.unimplemented import answer_the_rest

if TYPE_CHECKING:
    import grpc


@answer_the_rest
class Servicer(
    AppCalls,
    DatasetCalls,
    InputCalls,
    ModelCalls,
    OutputCalls,
    EvaluationCalls,
    service_pb2_grpc.V2Servicer,
):
    """All calls, each in its group; those that there is no method for are answered with a status that says so."""


def add_to_server(servicer: Servicer, server: grpc.Server) -> None:
    """Let a gRPC server answer by a servicer."""
    # Before the service's own handlers, which would take the reply for a message: the first that knows a method wins.
    handler = bytes_handler("GetEvaluation", servicer.GetEvaluation, service_pb2.GetEvaluationRequest)
    server.add_generic_rpc_handlers((handler,))
    service_pb2_grpc.add_V2Servicer_to_server(servicer, server)
