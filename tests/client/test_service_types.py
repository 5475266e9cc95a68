"""The types of the service's calls are those of the service."""

import inspect
import typing

from clarifai_grpc.grpc.api import service_pb2
from google.protobuf import message_factory

from clarifai_eval_widget.local.api.servicer import Servicer
from tests.client.service_types import described, written


def test_the_types_written_are_those_of_the_service_installed():
    installed, known = described(), written()
    assert known.keys() & installed.keys() > {"ListApps", "PostEvaluations", "GetEvaluation"}
    # an older or newer clarifai-grpc may have other calls, but none of other types
    assert {name: known[name] for name in known if name in installed} == {
        name: installed[name] for name in installed if name in known
    }


def test_the_local_server_takes_and_gives_the_messages_of_the_service():
    calls = {call.name: call for call in service_pb2.DESCRIPTOR.services_by_name["V2"].methods}
    answered = {
        name: inspect.unwrap(method)
        for name, method in inspect.getmembers(Servicer, inspect.isfunction)
        if name in calls and hasattr(method, "__wrapped__")
    }
    assert len(answered) > 40
    for name, method in answered.items():
        hints = typing.get_type_hints(method)
        expected = [message_factory.GetMessageClass(kind) for kind in (calls[name].input_type, calls[name].output_type)]
        assert [hints["request"], hints["reply"]] == expected, name
