"""REST's addresses, as Clarifai's protocol names them for each call, and the requests they stand for."""

from __future__ import annotations

import re
from collections.abc import MutableSequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.api import annotations_pb2
from google.protobuf import json_format, message_factory

from clarifai_eval_widget.local.statuses import ApiError

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, MethodDescriptor
    from google.protobuf.message import Message

_VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """One address of a call."""

    verb: str
    """As HTTP has it: GET, POST, …"""
    pattern: re.Pattern[str]
    """Fits the whole path; its groups are the values in it."""
    names: tuple[str, ...]
    """The request's fields that those are, as paths in dots."""
    literals: int
    """How many words of the path are fixed."""
    method: MethodDescriptor
    """The call."""


def read_routes() -> list[Route]:
    """List the addresses of all calls; of two that fit, the one with more fixed words comes first."""
    found = []
    for method in service_pb2.DESCRIPTOR.services_by_name["V2"].methods:
        if method.client_streaming or method.server_streaming:
            continue
        rule = method.GetOptions().Extensions[annotations_pb2.http]
        for one in (rule, *rule.additional_bindings):
            verb = one.WhichOneof("pattern")
            if verb in _VERBS:
                template = getattr(one, verb)
                names = tuple(re.findall(r"\{([\w.]+)\}", template))
                pattern = re.compile(re.sub(r"\\\{[^/]+?\\\}", "([^/]+)", re.escape(template)))
                found.append(Route(verb.upper(), pattern, names, template.count("/") - len(names), method))
    return sorted(found, key=lambda route: -route.literals)


def read_request(route: Route, body: dict[str, Any], query: str, in_path: list[str]) -> Message:
    """Make a call's request of a body, which is changed, and of what the address says."""
    kind = route.method.input_type
    asked: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        asked.setdefault(name, []).append(value)
    for name, value in zip(route.names, in_path, strict=True):
        asked[name] = [value]
    for name, given in asked.items():
        _put(body, kind, name, given)
    try:
        return json_format.ParseDict(body, message_factory.GetMessageClass(kind)())
    except (json_format.ParseError, ValueError, TypeError, RecursionError, SystemError) as error:
        # The last is what protobuf raises of a lone surrogate that stands where an object should.
        raise unreadable(f"This is no {kind.name}: {error}") from error


def _put(values: dict[str, Any], descriptor: Descriptor, name: str, given: list[str]) -> None:
    """Set a field, named by its path in dots, to what an address says of it."""
    *path, last = name.split(".")
    for part in path:
        field = descriptor.fields_by_name.get(part)
        if field is None or field.message_type is None or _is_repeated(descriptor, part):
            raise unreadable(f"There is no parameter {name!r}.")
        descriptor, values = field.message_type, values.setdefault(part, {})
        if not isinstance(values, dict):
            raise unreadable(f"The field {part!r} of the body must be an object.")
    field = descriptor.fields_by_name.get(last)
    if field is None:
        raise unreadable(f"There is no parameter {name!r}.")
    read = [{"true": True, "false": False}.get(one, one) if field.type == field.TYPE_BOOL else one for one in given]
    values[last] = read if _is_repeated(descriptor, last) else read[-1]


def _is_repeated(descriptor: Descriptor, name: str) -> bool:
    """Tell whether it is a list; how descriptors say that is not the same in all versions of protobuf."""
    return isinstance(getattr(message_factory.GetMessageClass(descriptor)(), name), MutableSequence)


def unreadable(details: str) -> ApiError:
    """Make the error for a request that is no such call."""
    return ApiError(status_code_pb2.CONN_BAD_REQUEST_FORMAT, details)
