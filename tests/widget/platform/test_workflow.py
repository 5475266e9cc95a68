"""What the pickers and buttons do, from the page and from Python."""

import pytest
import traitlets

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.errors import ConnectionLostError, InvalidRequestError, NotFoundError
from tests.small_server import blobs, small_server, wait_until
from tests.widget.page import Page


def test_a_new_widget_shows_where_it_is_connected_and_what_can_be_evaluated(widget):
    assert (widget.connection["kind"], widget.connection["user"]) == ("local", "local")
    assert (widget.app, widget.model, widget.model_version) == ("shop", "sentiment", "second")
    assert [row["label"] for row in widget.versions] == ["second", "first"]
    assert widget.choices["local/shop/sentiment/second"] == {
        "dataset_key": "local/shop/reviews",
        "dataset_version": "",
        "use_kfold": True,
    }
    assert {dataset["key"]: dataset["own_app"] for dataset in widget.datasets} == {
        "local/shop/reviews": True,
        "local/market/offers": False,
    }
    assert widget.problem is None


def test_what_is_named_is_selected_at_first(server):
    client = server.client()
    widget = EvalWidget(client, model_version="first", dataset="offers", threshold=0.25)
    wait_until(lambda: widget.versions and not widget.loading)
    assert (widget.model_version, widget.dataset, widget.threshold) == ("first", "market/offers", 0.25)
    assert widget.choices["local/shop/sentiment/first"]["use_kfold"] is False
    widget.close()


def test_setting_the_dataset_changes_what_evaluate_does(widget):
    widget.dataset = "offers"
    assert widget.dataset == "market/offers"
    evaluation = widget.evaluate().result(timeout=60)
    assert (evaluation.info.dataset_id, evaluation.info.use_kfold) == ("offers", False)


def test_a_dataset_version_named_at_first_is_what_the_button_evaluates(server):
    embeddings, labels = blobs(90, 3, 5)
    server.add_dataset("market", "grown", labels=labels[:60], embeddings=embeddings[:60])
    server.add_dataset("market", "grown", labels=labels, embeddings=embeddings)
    widget = EvalWidget(server.client(), dataset="grown", dataset_version="v1")
    wait_until(lambda: widget.versions and not widget.loading)
    widget._platform.runs.clear()
    assert (widget.dataset, widget.dataset_version) == ("market/grown", "v1")
    Page(widget).calculate("second")
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert widget.evaluation.num_inputs == 60
    widget.dataset = "grown"
    assert widget.dataset_version == ""
    assert widget.evaluate().result(timeout=60).num_inputs == 90
    widget.close()


def test_a_refresh_with_the_server_gone_is_a_problem_that_can_be_read(doomed):
    server, page, _ = doomed
    server.stop()
    page.act("refresh")
    problem = wait_until(lambda: page.widget.problem)
    assert problem["title"] == "The server is gone"
    assert problem["action"] == "refresh"
    with pytest.raises(ConnectionLostError):
        page.widget.evaluate()


def test_an_action_that_cannot_be_done_is_answered_with_the_reason(page):
    assert (
        "nearest"
        in page.act(
            "calculate",
            version_key="local/shop/sentiment/secnd",
            dataset_key="local/shop/reviews",
            dataset_version="",
            use_kfold=True,
        )["error"]["message"]
    )
    assert "does not know" in page.act("dance", key="two")["error"]["message"]
    assert "no run" in page.act("view", key="three", run="gone")["error"]["message"]


def test_apps_whose_versions_share_an_id_keep_their_rows_apart(server, gate):
    server.train("market", "interest", dataset_id="offers", version_id="second")
    widget = EvalWidget(server.client(), model="sentiment")
    wait_until(lambda: widget.versions and not widget.loading)
    page = Page(widget)
    before = len(widget.run_states)
    page.calculate("second")
    widget.app = "market"
    wait_until(lambda: widget.model == "interest" and widget.versions and not widget.loading)
    assert widget.choices[page.key("second")] == {
        "dataset_key": "local/market/offers",
        "dataset_version": "",
        "use_kfold": True,
    }
    assert page.row("second") is None, "the other app's run is not this row's"
    assert len(widget.run_states) == before + 1
    gate.open()
    assert widget.evaluate().result(timeout=60).info.model_id == "interest"
    widget.close()


def test_an_embedding_classifier_is_scored_by_default_and_cross_validated_where_that_is_chosen(server):
    server.train("market", "embedded", dataset_id="offers", version_id="only", model_type_id="embedding-classifier")
    widget = EvalWidget(server.client(), model="embedded")
    wait_until(lambda: widget.versions and not widget.loading)
    (row,) = [row for row in widget.models if row["id"] == "embedded"]
    assert [method["use_kfold"] for method in row["methods"]] == [False, True]
    assert "asks for it for embedding classifiers" in row["methods"][0]["judges"]
    assert "recipe" in row["methods"][1]["judges"]
    key = f"local/{widget.app}/embedded/only"
    assert widget.choices[key]["use_kfold"] is False
    assert widget.evaluate().result(timeout=60).info.use_kfold is False
    widget.choices = {key: {"dataset_key": "local/market/offers", "dataset_version": "", "use_kfold": True}}
    assert widget.evaluate().result(timeout=60).info.use_kfold is True
    widget.close()


def test_picking_in_python_loads_what_is_picked_and_refuses_what_is_not_there(widget, server):
    with pytest.raises(traitlets.TraitError, match="'shop'"):
        widget.app = "shopp"
    with pytest.raises(traitlets.TraitError, match="'sentiment'"):
        widget.model = "sentimant"
    with pytest.raises(traitlets.TraitError, match="'second'"):
        widget.model_version = "secund"
    widget.model_version = "first"
    assert widget.evaluate().result(timeout=60).info.model_version_id == "first"


@pytest.mark.parametrize("model", [3, "", ["sentiment"]])
def test_something_that_is_no_name_is_refused_at_once(server, model):
    widget = EvalWidget(server.client(), model=model)
    assert "named by its id" in wait_until(lambda: widget.problem)["message"]
    with pytest.raises(InvalidRequestError, match="named by its id"):
        widget.evaluate()
    widget.close()


def test_parameters_that_are_chosen_elsewhere_or_of_the_wrong_kind_are_refused(widget):
    with pytest.raises(InvalidRequestError, match=r"set w\.dataset"):
        widget.evaluate({"dataset_id": "offers"})
    with pytest.raises(InvalidRequestError, match="True or False"):
        widget.evaluate({"use_kfold": "yes"})


def test_parameters_are_taken_by_keyword_too(widget):
    assert widget.evaluate(use_kfold=False).result(timeout=60).info.use_kfold is False
    assert widget.evaluate({"use_kfold": False}, use_kfold=True, folds=3).result(timeout=60).info.folds == 3
    with pytest.raises(InvalidRequestError, match=r"dataset is not a parameter here: set w\.dataset"):
        widget.evaluate(dataset="offers")
    with pytest.raises(InvalidRequestError, match="True or False"):
        widget.evaluate(use_kfold="yes")


@pytest.fixture(scope="module")
def twins():
    """Two apps with a model of one id, of different versions."""
    with small_server() as server:
        server.train("market", "sentiment", dataset_id="offers", version_id="twin")
        yield server


@pytest.mark.parametrize(
    ("chosen", "version"),
    [
        ({"app": "market", "model": "sentiment"}, "twin"),
        ({"app": "local/market", "model": "sentiment"}, "twin"),
        ({"app": "shop", "model": "sentiment", "model_version": "first"}, "first"),
        ({"app": "market", "model": "https://clarifai.com/local/market/models/sentiment"}, "twin"),
    ],
)
def test_an_app_named_at_the_start_is_where_the_model_is_looked_for(twins, chosen, version):
    widget = EvalWidget(twins.client(), **chosen)
    wait_until(lambda: widget.versions and not widget.loading)
    assert (widget.app, widget.model_version) == (chosen["app"].split("/")[-1], version)
    widget.close()


def test_the_version_named_at_the_start_stays_whatever_else_was_evaluated(twins):
    client = twins.client()
    model = "local/shop/sentiment"
    client.start_evaluation("second", "reviews").result(timeout=60)
    widget = EvalWidget(client, model=model, model_version="first")
    wait_until(lambda: widget.versions and not widget.loading and widget.runs)
    assert (widget.model_version, widget.evaluation) == ("first", None)
    Page(widget).act("refresh")
    wait_until(lambda: not widget.loading)
    assert (widget.model_version, widget.evaluation) == ("first", None)
    of_second = EvalWidget(client, model=model, model_version="second")
    wait_until(lambda: of_second.evaluation is not None)
    of_second.close()
    widget.close()


def test_an_app_may_be_given_as_an_object(twins):
    client = twins.client()
    (market,) = [app for app in client.apps() if app.id == "market"]
    widget = EvalWidget(client, app=market, model="sentiment")
    wait_until(lambda: widget.versions and not widget.loading)
    assert (widget.app, widget.model_version) == ("market", "twin")
    widget.close()


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"app": "markt"}, "'market'"),
        ({"app": "market", "model": "local/shop/sentiment"}, "of the app 'shop', not of 'market'"),
        ({"app": "market", "model": "sentimant"}, "sentimant"),
    ],
)
def test_an_app_that_is_not_there_or_not_the_models_is_told(twins, chosen, told):
    widget = EvalWidget(twins.client(), **chosen)
    assert told in wait_until(lambda: widget.problem)["message"]
    widget.close()


def test_an_unknown_start_is_a_problem_on_the_page_and_an_error_in_python(server):
    widget = EvalWidget(server.client(), model="sentimant")
    assert "'sentiment'" in wait_until(lambda: widget.problem)["message"]
    with pytest.raises(NotFoundError, match="'sentiment'"):
        widget.evaluate()
    widget.close()


def test_what_the_page_picks_is_loaded(server):
    if "interest" not in [model.id for model in server.client().models("market")]:
        server.train("market", "interest", dataset_id="offers", version_id="only")
    widget = EvalWidget(server.client())
    wait_until(lambda: widget.versions and not widget.loading)
    page = Page(widget)
    assert page.act("select_app", key="a", app="market")["ok"]
    wait_until(lambda: (widget.app, widget.model_version != "") == ("market", True) and not widget.loading)
    assert page.act("select_model", key="b", model="interest")["ok"]
    wait_until(lambda: widget.model == "interest" and widget.versions and not widget.loading)
    assert {row["key"].rsplit("/", 1)[0] for row in widget.versions} == {"local/market/interest"}
    assert "'market'" in page.act("select_app", key="c", app="markt")["error"]["message"]
    assert "'interest'" in page.act("select_model", key="d", model="intrest")["error"]["message"]
    widget.close()


def test_an_app_without_models_shows_an_empty_table_and_says_so_in_python(server):
    embeddings, labels = blobs(60, 3, 5)
    server.add_dataset("empty", "some", labels=labels, embeddings=embeddings)
    widget = EvalWidget(server.client())
    wait_until(lambda: widget.versions and not widget.loading)
    widget.app = "empty"
    with pytest.raises(InvalidRequestError, match="'empty' has no model version"):
        widget.evaluate()
    assert (widget.models, widget.versions, widget.dataset) == ([], [], "")
    widget.close()
