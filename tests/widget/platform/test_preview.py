"""What the dialog is told of an evaluation before it is asked for."""

import numpy as np
import pytest
from clarifai_grpc.grpc.api import service_pb2

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.local.api import protos
from tests.client.stand_in import StandIn, status
from tests.small_server import Gate, blobs, small_server, wait_until
from tests.widget.page import Page


@pytest.fixture(scope="module")
def varied():
    """Datasets that share all, some and none of a model's concepts."""
    with small_server() as server:
        embeddings, labels = blobs(48, 3, 3)
        few = [label for label in labels if label != "c2"][:25]
        server.add_dataset("market", "part", list(map(str, range(25))), few, embeddings=embeddings[:25])
        strange = ["c0"] * 30 + ["cat"] * 18
        server.add_dataset("market", "strange", list(map(str, range(48))), strange, embeddings=embeddings)
        server.add_dataset(
            "market", "alien", list(map(str, range(20))), ["x", "y"] * 10, embeddings=np.ones((20, 8), np.float32)
        )
        server.add_dataset(
            "market", "rare", list(map(str, range(48))), [*labels[:6], *["c0"] * 42], embeddings=embeddings
        )
        yield server


@pytest.fixture
def widget(varied):
    made = EvalWidget(varied.client())
    wait_until(lambda: made.versions and not made.loading)
    yield made
    made.close()


def look_up(widget, dataset_key, dataset_version="", version="second", again=""):
    page = Page(widget)
    asked = {"version_key": page.key(version), "dataset_key": dataset_key, "dataset_version": dataset_version}
    assert page.act("preview", key=f"{dataset_key} {dataset_version} {again}", **asked)["ok"]
    return wait_until(
        lambda: widget.preview if widget.preview and {name: widget.preview[name] for name in asked} == asked else None
    )


def remarks(found, kind):
    return [one["text"] for one in found["remarks"] if one["kind"] == kind]


def test_the_versions_of_the_dataset_are_listed_with_the_latest_first(widget):
    found = look_up(widget, "local/market/offers")
    latest = next(row["latest_version"] for row in widget.datasets if row["key"] == "local/market/offers")
    first, second = found["versions"]
    assert (first["id"], first["text"]) == ("", f"Latest ({latest[:8]})")
    assert (second["id"], second["off"]) == (latest, "")
    assert second["detail"].startswith("the latest · 300 inputs · ")
    assert found["remarks"] == []


def test_concepts_that_one_side_lacks_are_named(widget):
    found = look_up(widget, "local/market/strange")
    assert remarks(found, "caution") == [
        "No input now is labelled c1, c2: what the version says of it cannot be judged."
    ]
    assert remarks(found, "fact") == ["Labels that the version does not know are left out: cat."]


def test_a_dataset_without_any_of_the_concepts_is_refused_before_it_is_sent(widget):
    (text,) = remarks(look_up(widget, "local/market/alien"), "refusal")
    assert "none of this version’s concepts" in text


def test_too_few_inputs_of_a_concept_are_said_for_each_kind(widget):
    found = look_up(widget, "local/market/rare")
    by_method = {one["method"]: one["text"] for one in found["remarks"] if one["kind"] == "caution"}
    assert "c1 (2), c2 (2)" in by_method["cross-validation"]
    assert "c1 (2), c2 (2)" in by_method["score"]


def test_the_labels_judged_are_those_of_the_version_chosen(varied, widget):
    embeddings, labels = blobs(48, 3, 3)
    inputs = list(map(str, range(48)))
    older = varied.add_dataset("market", "renamed", inputs, labels, embeddings=embeddings).version_id
    newer = varied.add_dataset("market", "renamed", inputs, ["x", "y"] * 24, embeddings=embeddings).version_id
    Page(widget).act("refresh", key="refresh")
    wait_until(lambda: any(row["key"] == "local/market/renamed" for row in widget.datasets))
    assert look_up(widget, "local/market/renamed", older)["remarks"] == []
    (text,) = remarks(look_up(widget, "local/market/renamed", newer), "refusal")
    assert text.startswith("The dataset has none of this version’s concepts in this dataset version")
    assert remarks(look_up(widget, "local/market/renamed"), "refusal")


def test_labels_of_now_refuse_no_other_version_of_the_dataset(varied, widget, monkeypatch):
    embeddings, labels = blobs(48, 3, 3)
    inputs = list(map(str, range(48)))
    older = varied.add_dataset("market", "replaced", inputs, labels, embeddings=embeddings).version_id
    varied.add_dataset("market", "replaced", inputs, ["x", "y"] * 24, embeddings=embeddings)
    Page(widget).act("refresh", key="refresh")
    wait_until(lambda: any(row["key"] == "local/market/replaced" for row in widget.datasets))
    monkeypatch.setattr(protos, "concept_group_protos", lambda content: [])
    found = look_up(widget, "local/market/replaced", older)
    assert remarks(found, "refusal") == []
    (text,) = remarks(found, "caution")
    assert text.startswith("The dataset has none of this version’s concepts now")
    assert remarks(found, "fact") == [f"The labels of the version {older[:8]} cannot be listed; those of now are told."]


def test_the_dialog_and_the_comparison_do_not_replace_what_the_other_has_looked_up(widget):
    in_dialog = look_up(widget, "local/market/offers")
    page = Page(widget)
    asked = {"version_key": page.key("first"), "dataset_key": "local/market/alien"}
    gate = Gate()
    widget._platform._lanes.previews.submit(lambda: gate("the dialog's own look-up"))  # holds nobody else up
    assert page.act("preview", key="b", **{**asked, "dataset_key": "local/market/rare"}, dataset_version="")["ok"]
    assert page.act("check", key="a", **asked)["ok"]
    found = wait_until(lambda: widget.check)
    assert {name: found[name] for name in asked} == asked
    assert "none of this version’s concepts" in remarks(found, "refusal")[0]
    assert widget.preview == in_dialog
    gate.open()
    wait_until(lambda: widget.preview["dataset_key"] == "local/market/rare")
    assert widget.check == found


def test_own_training_data_are_warned_of_where_they_would_be_scored(widget):
    found = look_up(widget, "local/shop/reviews")
    (said,) = [one for one in found["remarks"] if one["kind"] == "caution"]
    assert said["method"] == "score"
    assert "trained on" in said["text"]


def test_params_that_the_model_type_takes_are_told_and_sent(widget):
    row = next(row for row in widget.models if row["id"] == "sentiment")
    (folds,) = row["params"]
    assert (folds["name"], folds["kind"], folds["default"]) == ("folds", "number", 5)
    assert (folds["least"], folds["most"], folds["step"]) == (2, 20, 1)
    page = Page(widget)
    assert page.calculate("second", use_kfold=True, params={"folds": 3})["ok"]
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert widget.run_states[0]["folds"] == 3
    refused = page.calculate("second", key="two", params={"dataset_id": "other"})
    assert "dataset_id is not a parameter here" in refused["error"]["message"]


class Versioned(StandIn):
    """A stand-in that lists the versions of its dataset, and nothing of what is in them."""

    versions = (("d2", 3, 64015), ("d1", 1, 64005))

    def ListDatasetVersions(self, request, context):
        reply = service_pb2.MultiDatasetVersionResponse()
        for version_id, origin, code in self._page(self.versions, request):
            reply.dataset_versions.add(id=version_id, request_origin=origin, status=status(code))
        return self._reply(
            "ListDatasetVersions", request, context, service_pb2.MultiDatasetVersionResponse, lambda: reply
        )

    def ListDatasetInputs(self, request, context):
        kind = service_pb2.MultiDatasetInputResponse
        return self._reply("ListDatasetInputs", request, context, kind, kind)

    def GetDatasetVersion(self, request, context):
        known = {version_id: (origin, code) for version_id, origin, code in self.versions}
        if request.dataset_version_id not in known:
            self.faults.setdefault("GetDatasetVersion", []).insert(0, 11101)
        reply = service_pb2.SingleDatasetVersionResponse()
        origin, code = known.get(request.dataset_version_id, (0, 0))
        reply.dataset_version.id, reply.dataset_version.request_origin = request.dataset_version_id, origin
        reply.dataset_version.status.CopyFrom(status(code))
        return self._reply("GetDatasetVersion", request, context, type(reply), lambda: reply)


@pytest.fixture
def evaluated_often():
    """A dataset of ten thousand versions, the latest of which is listed last and is not ready."""
    with Versioned() as server, server.client() as client:
        server.versions = [*((f"v{n}", 3, 64015) for n in range(10_000)), ("d2", 1, 64005)]
        made = EvalWidget(client)
        wait_until(lambda: made.versions and not made.loading)
        yield server, made
        made.close()


def test_ten_thousand_versions_are_read_page_by_page_and_the_one_that_is_meant_at_once(evaluated_often):
    server, widget = evaluated_often
    server.calls.clear()
    found = look_up(widget, "ann/app/data", version="v1")
    assert (server.calls["ListDatasetVersions"], server.calls["GetDatasetVersion"]) == (1, 1)
    assert (len(found["versions"]), found["goes_on"]) == (102, True)
    (text,) = remarks(found, "refusal")
    assert "d2 of data is not ready" in text
    page = Page(widget)
    assert page.act("more", key="a", list="dataset versions", search="")["ok"]
    wait_until(lambda: len(widget.preview["versions"]) == 202)
    assert widget.preview["remarks"] == found["remarks"]
    assert page.act("more", key="b", list="dataset versions", search="v9876")["ok"]
    wait_until(lambda: widget.preview["versions"][-1]["id"] == "v9876")
    assert len(look_up(widget, "ann/app/data", "v9876", version="v1")["versions"]) == 203
    assert (server.calls["ListDatasetVersions"], server.calls["GetDatasetVersion"]) == (2, 2)


def test_versions_that_cannot_be_read_on_say_so_and_what_was_read_stays(evaluated_often):
    server, widget = evaluated_often
    look_up(widget, "ann/app/data", version="v1")
    server.forbidden = {"ListDatasetVersions"}
    assert Page(widget).act("more", list="dataset versions", search="")["ok"]
    wait_until(lambda: remarks(widget.preview, "caution"))
    assert (len(widget.preview["versions"]), widget.preview["goes_on"]) == (102, False)


def test_the_versions_of_another_dataset_are_not_mixed_with_those_before(evaluated_often):
    server, widget = evaluated_often
    look_up(widget, "ann/app/data", version="v1")
    server.versions = [("other", 1, 64015), ("d2", 1, 64015)]
    server.datasets = ["data", "more"]
    Page(widget).act("refresh", key="refresh")
    wait_until(lambda: len(widget.datasets) == 2)
    found = look_up(widget, "ann/app/more", version="v1")
    assert [row["id"] for row in found["versions"]] == ["", "other", "d2"]


def test_what_a_server_does_not_tell_or_a_key_may_not_read_leaves_the_rest():
    with Versioned() as server:
        client = server.client()
        made = EvalWidget(client)
        wait_until(lambda: made.versions and not made.loading)
        found = look_up(made, "ann/app/data", version="v1")
        assert [(row["id"], row["detail"], row["off"]) for row in found["versions"]] == [
            ("", "", ""),
            ("d1", "", "not ready"),
            ("d2", "the latest · made for an evaluation", ""),
        ]
        (unchecked,) = found["remarks"]
        assert unchecked["kind"] == "fact"
        said = "Concepts and labels are not checked: the server does not tell what the version predicts."
        assert unchecked["text"] == said
        server.forbidden = {"GetModelVersion"}
        look_up(made, "ann/app/data", version="v1", again="refused")
        said = "Concepts and labels are not checked: Could not read the concepts"
        wait_until(lambda: [text for text in remarks(made.preview, "fact") if text.startswith(said)])
        server.forbidden = set()
        (text,) = remarks(look_up(made, "ann/app/data", "d1", version="v1"), "refusal")
        assert "d1 of data is not ready" in text
        server.forbidden = {"ListDatasetVersions"}
        (text,) = remarks(look_up(made, "ann/app/data", version="v1", again="later"), "caution")
        assert "Could not list the versions of 'data'" in text
        made.close()
        client.close()
