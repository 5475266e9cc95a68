"""What the page's tests write is read here: its messages, and a payload that TypeScript packed."""

import json
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

from clarifai_eval_widget.widget.wire.contract import Action
from clarifai_eval_widget.widget.wire.heads import EvaluationHead
from clarifai_eval_widget.widget.wire.packing import unpack
from clarifai_eval_widget.widget.wire.requests import Handler, Requests
from clarifai_eval_widget.widget.wire.shape import mismatch
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget.golden import WIRE, plain


@pytest.fixture(scope="module")
def written():
    return json.loads((WIRE / "from_page.json").read_text(encoding="utf-8"))


def test_every_message_of_the_page_is_done(written):
    kinds = get_args(Action)
    done: list[Any] = []
    requests = Requests([Handler(kind, done.append) for kind in kinds])
    for message in written["messages"]:
        assert requests.answer(message).reply == {"id": message["id"], "ok": True}
    assert done == written["messages"]
    sent = {message["action"] for message in done}
    assert sent == {get_args(get_type_hints(kind)["action"])[0] for kind in kinds}, "the page sends every kind"


def test_the_page_asks_panels_with_parameters_that_they_declare(written):
    asked = [message for message in written["messages"] if message["action"] == "panel"]
    for message in asked:
        panel = all_panels()[message["panel"]]
        assert not panel.travels
        assert mismatch(message["params"], panel.params) == ""


def test_a_payload_that_typescript_packed_holds_what_was_put_in(written):
    data = (WIRE / "from_page.bin").read_bytes()
    found, told = plain(data), written["payload"]
    assert {key: found[key] for key in ("run", "revision")} == {key: told[key] for key in ("run", "revision")}
    assert list(found["sections"]) == list(told["sections"])
    for name, section in told["sections"].items():
        assert found["sections"][name]["head"] == section["head"]
        for key, array in section["arrays"].items():
            read = unpack(data).sections[name].arrays[key]
            assert f"{read.dtype.kind}{read.dtype.itemsize}" == array["type"]
            np.testing.assert_array_equal(read, np.array(array["values"], array["type"]))
    assert mismatch(found["sections"]["evaluation"]["head"], EvaluationHead) == ""
