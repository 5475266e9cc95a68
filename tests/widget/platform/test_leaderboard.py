"""The runs of a server beside each other: what the leaderboard shows, and what a click on a row does."""

import pytest

from clarifai_eval_widget import EvalWidget
from tests.small_server import blobs, small_server, wait_until
from tests.widget.page import Page


@pytest.fixture(scope="module")
def evaluated():
    """A server on which two models have been evaluated, one in another app."""
    with small_server() as server:
        embeddings, labels = blobs(120, 3, 5)
        server.add_dataset("lab", "samples", list(map(str, range(120))), labels, embeddings=embeddings)
        server.train("lab", "probe", dataset_id="samples", version_id="only")
        with server.client() as client:
            for model, dataset, params in [
                ("sentiment", "reviews", {"use_kfold": True}),
                ("probe", "samples", {"use_kfold": True}),
                ("probe", "reviews", {"use_kfold": False}),
            ]:
                version = client.model_versions(next(one for one in client.models() if one.id == model))[0]
                chosen = next(one for one in client.datasets() if one.id == dataset)
                client.start_evaluation(version, chosen, params=params).result(timeout=60)
        yield server


@pytest.fixture
def widget(evaluated):
    made = EvalWidget(evaluated.client(), model="sentiment")
    wait_until(lambda: made.versions and not made.loading)
    yield made
    made.close()


def subject(row):
    return row["app"], row["model"], row["version_label"], row["dataset_name"], row["method"]


def test_runs_of_all_models_are_listed_with_their_figures(widget, evaluated):
    assert [subject(row) for row in widget.run_states] == [
        ("shop", "sentiment", "second", "reviews", "cross-validation")
    ]
    assert [subject(row) for row in widget.other_runs] == [
        ("lab", "probe", "only", "reviews (app shop)", "score"),
        ("lab", "probe", "only", "samples", "cross-validation"),
    ]
    with evaluated.client() as client:
        expected = client.leaderboard().set_index("id")
    for row in [*widget.run_states, *widget.other_runs]:
        told = expected.loc[row["key"].split("/")[-1]]
        names = ["roc_auc", "f1", "precision", "recall"]
        assert [row[name] for name in names] == pytest.approx([told[name] for name in names])
        assert row["status"] == "evaluated"


def test_a_run_of_another_model_that_is_viewed_takes_the_pickers_along(widget):
    page = Page(widget)
    other = widget.other_runs[0]
    assert page.act("view", run=other["key"])["ok"]
    assert widget.viewing == other["key"]
    wait_until(lambda: (widget.app, widget.model) == ("lab", "probe") and not widget.loading)
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert widget.viewing == other["key"]
    assert widget.evaluation.info.dataset_id == "reviews"
    assert other["key"] in [row["key"] for row in widget.run_states]
    assert [subject(row)[1] for row in widget.other_runs] == []
    assert {subject(row)[1] for row in widget.run_states} == {"probe", "sentiment"}


def test_the_pickers_follow_to_data_and_method_of_the_run_viewed(evaluated):
    own = "local/lab/probe/only"
    alike = {"dataset_key": "local/lab/samples", "dataset_version": "", "use_kfold": True}
    with evaluated.client() as client:
        made = EvalWidget(client, model="probe")
        wait_until(lambda: made.versions and not made.loading)
        page = Page(made)
        made.choices = {**made.choices, own: {**alike, "dataset_key": "local/market/offers"}}  # as the page does
        keys = {row["dataset_key"]: row["key"] for row in made.run_states if row["model"] == "probe"}
        assert page.act("view", key="a", run=keys["local/shop/reviews"])["ok"]
        assert made.choices[own] == {"dataset_key": "local/shop/reviews", "dataset_version": "", "use_kfold": False}
        wait_until(lambda: made.evaluation is not None and made.evaluation.complete)
        made.selection = made.evaluation.labels.index[:2].to_frame(name="input_id")  # as a click on a number does
        assert page.act("view", key="b", run=keys["local/lab/samples"])["ok"]
        assert made.selection is None, "those inputs were behind a number of the other evaluation"
        assert made.choices[own] == alike
        assert (made.dataset, made.dataset_version) == ("lab/samples", "")
        other = next(row for row in made.other_runs if row["model"] == "sentiment")
        assert page.act("view", key="c", run=other["key"])["ok"]
        wait_until(lambda: (made.app, made.model) == ("shop", "sentiment") and not made.loading)
        chosen = made.choices["local/shop/sentiment/second"]
        assert chosen == {"dataset_key": "local/shop/reviews", "dataset_version": "", "use_kfold": True}
        made.close()


def test_no_run_stands_in_both_lists_however_often_they_are_loaded(widget):
    page = Page(widget)
    page.act("view", key="a", run=widget.other_runs[0]["key"])
    for key in "bc":
        page.act("refresh", key=key)
        wait_until(lambda: not widget.loading)
    keys = [row["key"] for row in [*widget.run_states, *widget.other_runs]]
    assert len(keys) == len(set(keys)) == 3


def test_runs_of_several_models_are_compared_by_their_rows_keys(widget):
    page = Page(widget)
    keys = [widget.run_states[0]["key"], widget.other_runs[-1]["key"]]
    assert page.act("compare", runs=keys)["ok"]
    wait_until(lambda: [row["run"] for row in widget.comparison if row["revision"]] == keys)
    assert [row["title"].split(",")[0] for row in widget.comparison] == ["sentiment", "probe"]
    assert keys[1] in [row["key"] for row in widget.run_states]
