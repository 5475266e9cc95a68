"""A dataset grows: its version is part of every choice, row and run."""

import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.errors import NotFoundError
from tests.small_server import blobs, small_server, wait_until
from tests.widget.page import Page, decode

GROWN = "local/market/grown"


@pytest.fixture(scope="module")
def server():
    """The dataset ``grown`` has 60 inputs in version 1 and 90 in the latest; a model was trained on version 1."""
    with small_server() as running:
        embeddings, labels = blobs(90, 3, 5)
        texts = [f"text {index}" for index in range(90)]
        running.add_dataset("market", "grown", texts[:60], labels[:60], embeddings=embeddings[:60])
        running.train("market", "grower", dataset_id="grown", version_id="early")
        running.add_dataset("market", "grown", texts, labels, embeddings=embeddings)
        running.train("market", "grower", dataset_id="grown", version_id="late")
        yield running


@pytest.fixture
def widget(server):
    made = EvalWidget(server.client(), dataset=GROWN)
    wait_until(lambda: made.versions and not made.loading)
    made._platform.runs.clear()
    yield made
    made.close()


@pytest.fixture
def page(widget):
    return Page(widget)


def inputs(widget, page, version, key, **choice):
    """How many inputs the run of a choice has on screen."""
    assert page.calculate(version, key=key, **choice)["ok"]
    wait_until(lambda: widget.viewing == widget.run_states[0]["key"] and widget.evaluation is not None)
    wait_until(lambda: widget.evaluation.complete)
    return decode(widget.results)[0]["inputs"]


def test_a_run_on_an_older_version_does_not_stand_in_the_row_of_the_latest(widget, page):
    assert inputs(widget, page, "second", "a", dataset_version="v1") == 60
    assert page.row("second") is None
    assert inputs(widget, page, "second", "b") == 90
    latest = page.row("second")
    assert latest["dataset_version"] == "v2"
    assert [run["dataset_version"] for run in widget.run_states] == ["v2", "v1"]


def test_a_run_asked_for_on_the_latest_learns_which_that_was(widget, page, server):
    page.calculate("second")
    wait_until(lambda: page.row("second")["status"] == "evaluated")
    assert page.row("second")["dataset_version"] == "v2"
    embeddings, labels = blobs(120, 3, 5)
    server.add_dataset("market", "offers", labels=labels, embeddings=embeddings)
    widget.dataset = "offers"
    widget.evaluate().result(timeout=60)
    assert widget.run_states[0]["dataset_version"] == "v2"


def test_a_later_widget_finds_the_runs_of_each_version_in_their_rows(widget, page, server):
    inputs(widget, page, "second", "a", dataset_version="v1")
    other = EvalWidget(server.client(), dataset=GROWN, dataset_version="v1")
    wait_until(lambda: other.run_states and not other.loading)
    row = Page(other).row("second")
    assert row["dataset_version"] == "v1"
    Page(other).act("view", run=row["key"])
    wait_until(lambda: other.evaluation is not None and other.evaluation.num_inputs == 60)
    other.close()


def test_the_version_is_read_and_set_in_python_and_kept_for_each_row(widget):
    assert (widget.dataset, widget.dataset_version) == ("market/grown", "")
    widget.dataset_version = "v1"
    assert (widget.dataset, widget.dataset_version) == ("market/grown", "v1")
    assert widget.evaluate().result(timeout=60).num_inputs == 60
    widget.model_version = "first"
    assert widget.dataset_version == "", "the other row keeps its own choice"
    widget.model_version = "second"
    widget.dataset_version = None
    assert widget.dataset_version == ""
    widget.dataset_version = "v1"
    widget.dataset = "grown"
    assert widget.dataset_version == "", "another pick of the dataset means its latest version"


def test_a_version_object_of_a_listing_can_be_set(widget, server):
    versions = server.client().dataset_versions(GROWN)
    widget.dataset_version = next(version for version in versions if version.id == "v1")
    assert widget.dataset_version == "v1"


def test_a_row_begins_with_the_very_data_its_version_was_trained_on(server):
    widget = EvalWidget(server.client(), model="grower")
    wait_until(lambda: widget.versions and not widget.loading)
    page = Page(widget)
    assert widget.choices[page.key("early")] == {"dataset_key": GROWN, "dataset_version": "v1", "use_kfold": True}
    assert widget.choices[page.key("late")] == {"dataset_key": GROWN, "dataset_version": "", "use_kfold": True}
    own = {row["id"]: row["training_data"] for row in widget.versions}
    assert {name: (data["dataset_key"], data["chosen_as"]) for name, data in own.items()} == {
        "early": (GROWN, ["v1"]),
        "late": (GROWN, ["", "v2"]),
    }
    widget.close()


def test_which_data_a_version_was_trained_on_is_told_anew_when_the_dataset_has_grown():
    with small_server() as server:
        embeddings, labels = blobs(90, 3, 5)
        server.add_dataset("market", "grown", labels=labels[:60], embeddings=embeddings[:60])
        server.train("market", "grower", dataset_id="grown", version_id="only")
        widget = EvalWidget(server.client(), model="grower")
        page = Page(widget)
        wait_until(lambda: widget.versions and not widget.loading)
        before = widget.versions[0]["training_data"]["chosen_as"]
        server.add_dataset("market", "grown", labels=labels, embeddings=embeddings)
        page.act("refresh")
        wait_until(lambda: widget.versions[0]["training_data"]["chosen_as"] != before)
        assert (before, widget.versions[0]["training_data"]["chosen_as"]) == (["", "v1"], ["v1"])
        widget.close()


def test_inputs_trained_on_are_warned_of_in_every_version_that_holds_them(server):
    widget = EvalWidget(server.client(), model="grower", model_version="early")
    wait_until(lambda: widget.versions and not widget.loading)
    widget.evaluate({"use_kfold": False}).result(timeout=60)
    assert "trained on" in widget.run_states[0]["warning"]
    widget.dataset_version = "v2"
    evaluation = widget.evaluate({"use_kfold": False}).result(timeout=60)
    (note,) = [one for one in evaluation.notes if one.startswith("CEW001")]
    assert "trained on 60 of the 90 inputs" in note
    wait_until(lambda: note == f"CEW001: {widget.run_states[0]['warning']}")
    widget.close()


def test_a_version_set_in_python_that_is_not_there_is_refused_at_once_and_changes_nothing(widget):
    widget.dataset_version = "v1"
    with pytest.raises(NotFoundError, match=r"'v9'.*'v1'"):
        widget.dataset_version = "v9"
    assert widget.dataset_version == "v1"
    widget.dataset_version = ""
    assert widget.dataset_version == ""


def test_a_version_that_is_not_there_is_told_in_its_row(widget, page):
    page.calculate("second", dataset_version="v99")
    row = wait_until(lambda: next((one for one in widget.run_states if one["status"] == "failed"), None))
    assert "v99" in row["error"]["message"]
