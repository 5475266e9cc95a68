"""Our reply against the one full reply that the platform's documentation prints, field by field."""

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from google.protobuf import text_format
from google.protobuf.message import Message

from clarifai_eval_widget.local import LocalServer
from tests.local.support import ALL_FIELDS, Api
from tests.local.test_creating import post_model, train, upload_reviews

# Media are hosted on a web server, which this one is not: inputs come with their texts and files themselves.
TEXT = "eval_metrics.test_set.input.data.text"
LACKING = {
    f"{TEXT}.url",
    f"{TEXT}.hosted",
    *(f"{TEXT}.hosted.{f}" for f in ("prefix", "suffix", "sizes", "crossorigin")),
}


def paths(message, prefix=""):
    """The fields that are set anywhere in a message, by their dotted paths."""
    found = set()
    for field, value in message.ListFields():
        path = f"{prefix}{field.name}"
        found.add(path)
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        if is_map:
            found |= {f"{path}[{key}]" for key in value}
            continue
        for one in value if not isinstance(value, Message) and field.message_type else [value]:
            if isinstance(one, Message):
                found |= paths(one, f"{path}.")
    return found


@pytest.fixture(scope="module")
def printed(request):
    file = request.path.parents[1] / "data" / "platform_reply.txtpb"
    return paths(text_format.Parse(file.read_text(), service_pb2.SingleEvalMetricsResponse()))


@pytest.fixture(scope="module")
def ours():
    def overlapping(texts):
        return np.random.default_rng(0).normal(size=(len(texts), 4)) + [["love" in text] * 4 for text in texts]

    with LocalServer(embed=overlapping) as server, Api(server) as api:
        api.call("PostApps", apps=[resources_pb2.App(id="zoo")])
        upload_reviews(api, "zoo")
        post_model(api, "zoo")
        version = train(api, "zoo", dataset_id="reviews")
        api.evaluate("shape", model="mood", version=version.id, use_kfold=True)
        reply = api.call("GetEvaluation", app="zoo", evaluation_id="shape", fields=ALL_FIELDS)
    return paths(reply)


def test_every_field_of_the_printed_reply_is_in_ours(printed, ours):
    assert printed - ours == LACKING
