"""The client against a real server over a real socket."""

import asyncio
import subprocess
import sys
import threading

import pytest
from sklearn.metrics import roc_auc_score

from clarifai_eval_widget import EvalClient, LocalServer
from clarifai_eval_widget.client.starting import MAX_ID_LENGTH, new_evaluation_id
from clarifai_eval_widget.errors import (
    AuthenticationError,
    ConnectionLostError,
    DeadlineError,
    InvalidRequestError,
    NotFoundError,
    RequirementsError,
)
from tests.small_server import Gate, blobs, small_server, wait_until


@pytest.fixture(scope="module")
def server():
    with small_server() as running:
        yield running


@pytest.fixture
def client(server):
    server.before_step = None
    with server.client() as connected:
        yield connected


@pytest.fixture
def gate(server):
    held = Gate()
    server.before_step = held
    yield held
    held.open()
    server.before_step = None


def test_listings_give_ids_and_owners(client):
    assert [app.id for app in client.apps()] == ["shop", "market"]
    (model,) = client.models("shop")
    assert (model.id, model.app_id, model.user_id) == ("sentiment", "shop", client.user_id)
    assert [version.id for version in client.model_versions(model)] == ["second", "first"]
    assert {dataset.key for dataset in client.datasets()} == {"local/shop/reviews", "local/market/offers"}
    trained_on, version = client.dataset_versions("reviews")
    assert version.is_ready
    assert (version.origin, trained_on.origin) == (1, 2)
    assert trained_on.id == client.model_versions(model)[1].training_dataset.version_id


def test_a_version_tells_the_truth_about_its_training(client):
    second, first = client.model_versions("sentiment")
    assert (second.concepts, second.inputs, first.inputs) == (3, 300, 60)
    assert second.is_trained
    assert second.created_at >= first.created_at
    assert second.training_dataset.key == "local/shop/reviews"


def test_ids_addresses_and_objects_name_the_same_thing(client):
    (model,) = client.models("shop")
    address = f"https://clarifai.com/{client.user_id}/shop/models/sentiment"
    by_object = client.model_versions(model)
    assert client.model_versions("sentiment") == client.model_versions(address) == by_object


@pytest.mark.parametrize(
    ("dataset", "params", "expected"),
    [(None, None, True), ("offers", None, False), ("reviews", {"use_kfold": False}, False)],
)
def test_the_default_is_to_cross_validate_on_the_training_data_and_to_score_elsewhere(
    client, dataset, params, expected
):
    run = client.start_evaluation("second", dataset, params=params)
    assert run.use_kfold is expected
    assert run.result(timeout=60).info.use_kfold is expected


def test_a_result_holds_every_out_of_fold_prediction_and_its_auc_is_scikit_learns(client):
    evaluation = client.start_evaluation("second").result(timeout=60)
    assert evaluation.complete
    assert evaluation.num_inputs == 300
    assert sorted(set(evaluation.folds)) == [1, 2, 3, 4, 5]
    expected = roc_auc_score(evaluation.label_array, evaluation.score_array, average=None)
    table = evaluation.table(full=True)
    assert table["roc_auc"].tolist() == pytest.approx(list(expected), abs=1e-12)


def test_progress_tells_each_fold_once(client, gate):
    run = client.start_evaluation("second")
    seen = []

    def note(progress):
        seen.append(progress)
        gate.let_through()

    run.result(timeout=60, on_progress=note)
    assert [progress.folds_done for progress in seen if progress.folds] == sorted(
        {p.folds_done for p in seen if p.folds}
    )
    assert seen[-1].status == "evaluated"
    assert str(seen[-1]) == "evaluated 100%, fold 5 of 5"


def test_an_evaluation_can_be_read_while_it_runs(client, gate):
    run = client.start_evaluation("second")
    gate.let_through(2)
    wait_until(lambda: run.poll().folds_done == 2)
    partial = run.evaluation()
    assert not partial.complete
    assert partial.num_inputs == 120
    assert partial.info.folds_done == 2


def test_waiting_too_long_raises_and_the_evaluation_goes_on(client, gate):
    run = client.start_evaluation("second")
    with pytest.raises(DeadlineError, match="It goes on"):
        run.result(timeout=0.5)
    gate.open()
    assert run.result(timeout=60).complete


def test_a_run_can_be_awaited(client):
    async def wait():
        return await client.start_evaluation("second", "offers")

    assert asyncio.run(wait()).info.dataset_id == "offers"


def test_a_done_callback_comes_on_the_running_loop(client):
    async def wait():
        done = asyncio.Event()
        threads = []

        def note(run):
            threads.append(threading.current_thread())
            done.set()

        client.start_evaluation("second", "offers").add_done_callback(note)
        await asyncio.wait_for(done.wait(), 30)
        return threads

    assert asyncio.run(wait()) == [threading.main_thread()]


def test_without_a_loop_a_done_callback_comes_all_the_same(client):
    done = threading.Event()
    run = client.start_evaluation("second", "offers")
    run.add_done_callback(lambda _: done.set())
    assert done.wait(30)
    late = threading.Event()
    run.add_done_callback(lambda _: late.set())
    assert late.is_set()


def test_evaluations_are_found_again_on_the_server(client):
    run = client.start_evaluation("second", "offers")
    run.result(timeout=60)
    again = next(found for found in client.evaluations() if found.id == run.id)
    assert again.status == "evaluated"
    assert (again.model_version_id, again.dataset_id, again.use_kfold) == ("second", "offers", False)
    assert client.evaluation(run.id, app="shop").num_inputs == 300


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda client: client.models("shopp"), "'shop'"),
        (lambda client: client.model_versions("sentimant"), "'sentiment'"),
        (lambda client: client.start_evaluation("secnd"), "'second'"),
        (lambda client: client.start_evaluation("second", "review"), "'reviews'"),
        (lambda client: client.dataset_versions("offer"), "'offers'"),
    ],
)
def test_an_unknown_id_is_refused_with_the_nearest_names(client, ask, near):
    with pytest.raises(NotFoundError, match=near):
        ask(client)


def test_an_id_alone_needs_its_app_to_be_read(client):
    with pytest.raises(InvalidRequestError, match="app="):
        client.evaluation("some-evaluation")


def test_a_wrong_token_is_named_with_the_servers_code(server):
    with EvalClient(pat="wrong", base_url=server.base_url) as stranger, pytest.raises(AuthenticationError) as caught:
        stranger.apps()
    assert caught.value.code == 11008
    assert caught.value.req_id
    assert "CLARIFAI_PAT" in str(caught.value)


def test_without_a_token_the_error_says_how_to_give_one():
    with pytest.raises(AuthenticationError, match="CLARIFAI_PAT"):
        EvalClient()


def test_a_server_that_is_gone_is_a_lost_connection():
    with LocalServer() as server:
        client = server.client()
    with pytest.raises(ConnectionLostError, match=r"local server .* does not answer"):
        client.apps()


def test_too_few_inputs_fail_with_the_concepts_and_their_counts():
    embeddings, labels = blobs(30, 2, 0)
    with LocalServer() as server:
        server.add_dataset("app", "few", labels=labels[:12], embeddings=embeddings[:12])
        version = server.train("app", "model", dataset_id="few", model_type_id="text-classifier")
        with server.client() as client, pytest.raises(RequirementsError) as caught:
            client.start_evaluation(version).result(timeout=30)
    assert caught.value.code in (21315, 21316)
    assert "'c0' has 6" in caught.value.details


def test_ids_of_evaluations_are_readable_short_and_unique(client):
    version = client.model_versions("sentiment")[0]
    ids = {new_evaluation_id(version, version.training_dataset) for _ in range(200)}
    assert len(ids) == 200
    assert all(len(one) <= MAX_ID_LENGTH and one.startswith("sentiment-on-reviews-") for one in ids)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with server.client() as client:
        assert [app.id for app in client.apps()] == ["shop", "market"]


def test_a_version_id_that_several_models_have_is_refused_with_the_models(server, client):
    server.train("market", "interest", dataset_id="offers", version_id="second")
    with pytest.raises(InvalidRequestError, match="sentiment, interest"):
        client.start_evaluation("second")


def test_a_dataset_version_is_evaluated_as_asked(server, client):
    embeddings, labels = blobs(90, 3, 5)
    server.add_dataset("market", "grown", labels=labels[:60], embeddings=embeddings[:60])
    server.add_dataset("market", "grown", labels=labels, embeddings=embeddings)
    version = client.model_versions("sentiment")[0]
    sizes = {
        asked: client.start_evaluation(version, "grown", asked).result(timeout=60).num_inputs for asked in (None, "v1")
    }
    assert sizes == {None: 90, "v1": 60}


def test_the_repr_of_a_client_does_not_hold_the_token(server):
    assert server.pat not in repr(server.client())


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys; from clarifai_eval_widget import EvalWidget, EvalClient; "
        "print([m for m in ('pandas', 'grpc', 'matplotlib', 'sklearn') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
