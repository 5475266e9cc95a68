"""From names to what is meant: the owner counts, and few calls are made."""

from dataclasses import replace

import pytest
from clarifai_grpc.grpc.api.resources_pb2 import App

from clarifai_eval_widget.client.defaults import (
    default_use_kfold,
    is_own_training_data,
    own_training_versions,
    scores_own_training_data,
)
from clarifai_eval_widget.client.resources import Dataset, ModelVersion
from clarifai_eval_widget.errors import InvalidRequestError, NotFoundError


def scopes(server, method):
    return {
        (request.user_app_id.user_id, request.user_app_id.app_id) for name, request in server.requests if name == method
    }


ORG = "https://clarifai.com/some-org/app/models/model"


def test_a_models_web_address_is_looked_up_at_its_owner(server, client):
    (version,) = client.model_versions(ORG)
    assert scopes(server, "ListModels") == {("some-org", "app")}
    assert scopes(server, "ListModelVersions") == {("some-org", "app")}
    assert version.id == "v1"


def test_a_datasets_web_address_is_looked_up_at_its_owner_and_named_in_the_start(server, client):
    run = client.start_evaluation("v1", "https://clarifai.com/some-org/app/datasets/data/versions/d1")
    assert scopes(server, "ListDatasets") == {("some-org", "app")}
    assert (run.dataset_key, run.dataset_version_id) == ("some-org/app/data", "d1")


@pytest.mark.parametrize(
    "ask", [lambda c: c.model_versions(ORG), lambda c: c.dataset_versions(f"{ORG[:-12]}datasets/data")]
)
def test_a_server_that_answers_with_my_own_instead_is_not_believed(server, client, ask):
    def mine(reply):
        for one in (*getattr(reply, "models", ()), *getattr(reply, "datasets", ())):
            one.user_id = "ann"

    server.faults["ListModels"] = [mine] * 3
    server.faults["ListDatasets"] = [mine] * 3
    with pytest.raises(NotFoundError):
        ask(client)


def test_a_key_names_what_it_is_the_key_of(server, client):
    (version,) = client.model_versions("ann/app/model")
    assert client.start_evaluation(version.key, "ann/app/data").version_key == version.key
    assert client.start_evaluation(version.key, "app/data").dataset_key == "ann/app/data"
    assert client.dataset_versions  # a bare name of two parts is the client's own


def test_a_start_by_a_versions_id_takes_three_calls_however_many_models_there_are(server, client):
    server.models = [(f"model-{n}", [f"{n}-v{k}" for k in range(20)]) for n in range(300)]
    run = client.start_evaluation("217-v3")
    assert run.version_key == "ann/app/model-217/217-v3"
    assert sum(server.calls.values()) == 3


@pytest.mark.parametrize("models", [1, 3, 10])
def test_a_server_that_ignores_the_question_for_a_version_is_listed(server, client, models):
    server.models = [(f"model-{n}", [f"{n}-v{k}" for k in range(3)]) for n in range(models)]
    server.heeds_version_filter = False
    wanted = f"{models - 1}-v1"
    assert client.start_evaluation(wanted).model_version_id == wanted


@pytest.mark.parametrize("heeds", [True, False])
def test_a_version_of_two_models_is_refused_with_both(server, client, heeds):
    server.heeds_version_filter = heeds
    server.models = [("first", ["same"]), ("second", ["same", "more"])]
    with pytest.raises(InvalidRequestError, match="first, second"):
        client.start_evaluation("same")


@pytest.mark.parametrize("heeds", [True, False])
def test_a_models_id_means_its_newest_trained_version(server, client, heeds):
    server.heeds_version_filter = heeds
    server.models = [("first", ["a"]), ("second", ["b"])]
    assert client.start_evaluation("second").model_version_id == "b"
    with pytest.raises(NotFoundError, match="'second'"):
        client.start_evaluation("secnd")


def test_a_listing_without_an_end_is_bounded(server, client, monkeypatch):
    from clarifai_eval_widget.client import pages
    from clarifai_eval_widget.errors import EvalError

    monkeypatch.setattr(pages, "MOST_PAGES", 5)
    numbers = iter(range(10_000))

    def one_more_page(reply):
        reply.ClearField("apps")
        reply.apps.extend(App(id=f"app-{next(numbers)}") for _ in range(1000))

    server.faults["ListApps"] = [one_more_page] * 100
    with pytest.raises(EvalError, match="has no end"):
        client.apps()
    assert server.calls["ListApps"] == 5


def test_a_listed_dataset_means_its_latest_version_and_knows_which_that_is(client):
    (dataset,) = client.datasets()
    assert (dataset.key, dataset.version_id, dataset.latest_version_id) == ("ann/app/data", "", "d2")
    assert dataset.means_version_id == "d2"


OWN = Dataset("data", "app", "ann", version_id="d1")
VERSION = ModelVersion("v1", "model", "app", "ann", training_dataset=OWN)


@pytest.mark.parametrize(
    ("dataset", "own"),
    [
        (None, True),
        (OWN, True),
        (replace(OWN, version_id="d2"), False),
        (replace(OWN, version_id="", latest_version_id="d2"), False),
        (replace(OWN, version_id="", latest_version_id="d1"), True),
        (replace(OWN, version_id=""), True),
        (replace(OWN, user_id="bob"), False),
        (replace(OWN, app_id="other"), False),
    ],
)
def test_training_data_are_the_exact_version_that_was_trained_on(dataset, own):
    assert is_own_training_data(VERSION, dataset) is own
    assert default_use_kfold(VERSION, dataset) is own
    assert scores_own_training_data(VERSION, dataset, use_kfold=False) is own
    assert scores_own_training_data(VERSION, dataset, use_kfold=True) is False
    assert default_use_kfold(replace(VERSION, model_type_id="embedding-classifier"), dataset) is False


@pytest.mark.parametrize(
    ("model_type_id", "dataset", "use_kfold"),
    [
        ("text-classifier", None, True),
        ("visual-classifier", None, True),
        ("text-classifier", "data-2", False),
        ("embedding-classifier", None, False),
        ("embedding-classifier", "data-2", False),
    ],
)
def test_the_default_method_follows_the_case_and_either_is_sent_where_it_is_asked_for(
    server, client, model_type_id, dataset, use_kfold
):
    server.type_of, server.datasets = {"model": model_type_id}, ["data", "data-2"]
    client.start_evaluation("v1", dataset)
    for chosen in (False, True):
        client.start_evaluation("v1", dataset, params={"use_kfold": chosen})
    sent = [request.eval_metrics[0] for method, request in server.requests if method == "PostEvaluations"]
    assert [one.eval_info.params["use_kfold"] for one in sent] == [use_kfold, False, True]


@pytest.mark.parametrize(("latest", "names"), [("d2", ["d1"]), ("d1", ["", "d1"]), ("", ["", "d1"])])
def test_training_data_are_named_as_they_are_chosen(latest, names):
    assert own_training_versions(VERSION, latest) == names
    assert own_training_versions(replace(VERSION, training_dataset=replace(OWN, version_id="")), latest) is None


@pytest.mark.parametrize(
    "named", ["data-7777", "app/data-7777", "ann/app/data-7777", "https://clarifai.com/ann/app/datasets/data-7777"]
)
def test_a_dataset_that_is_named_is_asked_for_and_not_listed_among_ten_thousand(server, client, named):
    server.datasets = [f"data-{n}" for n in range(10_000)]
    assert client.start_evaluation("v1", named).dataset_key == "ann/app/data-7777"
    assert server.calls["ListDatasets"] == 1


def test_a_model_that_is_named_is_asked_for_and_not_listed_among_ten_thousand(server, client):
    server.models = [(f"model-{n}", ["v1"]) for n in range(10_000)]
    assert [version.model_id for version in client.model_versions("model-7777")] == ["model-7777"]
    assert server.calls["ListModels"] == 1


@pytest.mark.parametrize("fault", [None, 11102, 11007], ids=["finds nothing", "refuses words", "refuses"])
def test_what_the_server_does_not_find_by_its_id_is_looked_for_in_the_list(server, client, fault):
    server.datasets = [f"data-{n}" for n in range(1500)]

    def nothing(reply):
        reply.ClearField("datasets")

    server.faults["ListDatasets"] = [fault or nothing]
    assert client.start_evaluation("v1", "data-1400").dataset_key == "ann/app/data-1400"
    with pytest.raises(NotFoundError, match="data-140"):
        client.start_evaluation("v1", "data-14000")


def test_an_app_is_asked_for_alone_when_it_is_named_however_many_there_are(server, client):
    server.apps = [f"app-{n}" for n in range(10_000)]
    client.models("app-9999")
    assert server.calls == {"GetApp": 1, "ListModels": 1}


def test_an_app_that_is_not_there_is_told_with_names_that_may_be_meant_by_one_page_of_them(server, client):
    server.apps = ["market", *(f"app-{n}" for n in range(10_000))]
    with pytest.raises(NotFoundError, match="market"):
        client.models("markt")
    assert server.calls == {"GetApp": 1, "ListApps": 1}


def test_a_server_that_reads_no_single_app_is_asked_for_all(server, client):
    server.lacks = {"GetApp"}
    assert client.datasets("app")
    with pytest.raises(NotFoundError):
        client.datasets("ap")


def test_of_ten_thousand_versions_one_is_started_in_three_calls_however_it_is_named(server, client):
    server.models = [("model", [f"v{n}" for n in range(10_000)])]
    model = client.models()[0]
    for named in ("v9876", f"{ORG}/versions/v9876".replace("some-org", "ann"), model, "ann/app/model/v9876"):
        server.calls.clear()
        assert client.start_evaluation(named).model_version_id in ("v9876", "v0")
        assert sum(server.calls.values()) <= 3, server.calls


def test_a_page_of_versions_without_a_trained_one_is_read_past(server, client):
    server.models = [("model", [f"v{n}" for n in range(1500)])]
    server.status_of = {f"v{n}": 21101 for n in range(1200)}
    assert client.start_evaluation(client.models()[0]).model_version_id == "v1200"
    assert server.calls["ListModelVersions"] == 2
