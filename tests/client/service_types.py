"""Writes the types of all calls of Clarifai's service, from its own description: ``python -m tests.client.service_types``.

``clarifai-grpc`` ships types of its messages, but none of which call takes and gives which.
"""

from __future__ import annotations

from pathlib import Path

from clarifai_grpc.grpc.api import service_pb2

TARGET = Path(__file__).parents[2] / "clarifai_eval_widget" / "client" / "service.pyi"
_HEAD = '''"""The calls of ``clarifai.api.V2`` with their types: written by ``python -m tests.client.service_types``."""

from typing import Protocol

from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_pb2

from clarifai_eval_widget.client.channel import Method

class Service(Protocol):
    """All calls that take one message and give one."""

'''


def described():
    """By call, the types of its request and its reply as the file says them."""
    calls = service_pb2.DESCRIPTOR.services_by_name["V2"].methods
    return {
        call.name: f"Method[{typed(call.input_type)}, {typed(call.output_type)}]"
        for call in calls
        if not (call.client_streaming or call.server_streaming)
    }


def typed(message):
    module = Path(message.file.name).stem
    return f"{module}_pb2.{message.name}"


def written():
    """The same, as the file has it."""
    lines = TARGET.read_text(encoding="utf-8").partition(_HEAD)[2].splitlines()
    return dict(line.strip().split(": ", 1) for line in lines)


if __name__ == "__main__":
    TARGET.write_text(_HEAD + "".join(f"    {name}: {kind}\n" for name, kind in described().items()), encoding="utf-8")
