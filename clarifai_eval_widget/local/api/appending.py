"""Evaluations sent without being taken apart: test sets stay the bytes that they were predicted as.

Protobuf messages concatenate: the lists of two that stand one after the other follow each other. So the evaluation is
written without its test set, and the parts of that follow inside it. A test set of 200 MB is then neither parsed nor
written again to be sent.

A client that has a part already says so: see :data:`HAVE_HEADER`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

import grpc
from clarifai_grpc.grpc.api import service_pb2
from google.protobuf.message import Message

from clarifai_eval_widget.own_metrics import CANCEL_HEADER, HAVE_HEADER, REASON_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_EVAL_METRICS = service_pb2.SingleEvalMetricsResponse.EVAL_METRICS_FIELD_NUMBER
_LENGTH_DELIMITED = 2

Request = TypeVar("Request", bound=Message)


def appended(reply: service_pb2.SingleEvalMetricsResponse, parts: Iterable[bytes]) -> bytes:
    """Serialise a ``SingleEvalMetricsResponse`` with further parts of its evaluation, serialised already.

    The parts go into the one evaluation that there is: a second one after it, which protobuf's own readers would merge
    with the first, replaces it for protobuf.js, and with it for Clarifai's client for Node.
    """
    pieces = [reply.eval_metrics.SerializeToString(), *parts]
    head = service_pb2.SingleEvalMetricsResponse()
    head.CopyFrom(reply)
    head.ClearField("eval_metrics")
    if not any(pieces) and not reply.HasField("eval_metrics"):
        return bytes(head.SerializeToString())
    tag, length = _varint(_EVAL_METRICS << 3 | _LENGTH_DELIMITED), _varint(sum(map(len, pieces)))
    return b"".join([head.SerializeToString(), tag, length, *pieces])


def entries_held(context: grpc.ServicerContext) -> int | None:
    """Return how many test-set entries a caller says it holds; None when it does not say."""
    told = dict(context.invocation_metadata()).get(HAVE_HEADER)
    return int(told) if isinstance(told, str) and told.isascii() and told.isdigit() else None


def is_cancelled(context: grpc.ServicerContext) -> bool:
    """Tell whether a caller wants the evaluation ended."""
    return bool(dict(context.invocation_metadata()).get(CANCEL_HEADER) == "1")


def reason_told(context: grpc.ServicerContext) -> str:
    """Return why a caller wants the evaluation ended, where it says so."""
    told = dict(context.invocation_metadata()).get(REASON_HEADER)
    return unquote(told) if isinstance(told, str) else ""


def bytes_handler(
    name: str, method: Callable[[Request, grpc.ServicerContext], bytes], request: type[Request]
) -> grpc.GenericRpcHandler:
    """Return the gRPC handler of a method that gives its reply as bytes."""
    handler = grpc.unary_unary_rpc_method_handler(method, request_deserializer=request.FromString)
    return grpc.method_handlers_generic_handler("clarifai.api.V2", {name: handler})


def _varint(number: int) -> bytes:
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.append(number)
    return bytes(digits)
