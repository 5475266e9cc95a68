"""Listings come whole, whatever the size of a server's pages, and in few calls."""

import threading

import grpc
import pytest

from clarifai_eval_widget.client import pages, transience
from clarifai_eval_widget.errors import EvalError, PermissionDeniedError, ThrottledError
from tests.client.stand_in import WithDatasetVersions
from tests.small_server import wait_until


@pytest.mark.parametrize("limit", [10, 20, 25, 50, 100, 128, 250, 500, 1000])
@pytest.mark.parametrize("beyond", [0, 1, 7])
def test_a_server_that_cuts_its_pages_loses_nothing(server, client, limit, beyond):
    server.longest_page = limit
    server.datasets = [f"data-{n}" for n in range(3 * limit + beyond)]
    assert [one.id for one in client.datasets()] == server.datasets


def test_a_server_that_refuses_long_pages_is_asked_for_the_documented_default(server, client):
    server.longest_page, server.refuses_longer_pages = 128, True
    server.datasets = [f"data-{n}" for n in range(300)]
    assert [one.id for one in client.datasets()] == server.datasets
    assert server.calls["ListDatasets"] == 4, "one is refused, then three pages"
    client.datasets()
    assert server.calls["ListDatasets"] == 7, "it is not asked for long pages again"


@pytest.mark.parametrize(("datasets", "calls"), [(0, 1), (1, 1), (7, 1), (20, 2), (333, 1), (1000, 2), (1001, 2)])
def test_a_short_page_is_the_last_unless_a_limit_may_have_cut_it(server, client, datasets, calls):
    server.datasets = [f"data-{n}" for n in range(datasets)]
    assert len(client.datasets()) == datasets
    assert server.calls["ListDatasets"] == calls


def test_a_page_is_not_taken_as_cut_where_longer_ones_have_come(server, client):
    server.models = [(f"model-{n}", ["v"]) for n in range(333)]
    server.datasets = [f"data-{n}" for n in range(20)]
    client.models()
    client.datasets()
    assert server.calls["ListDatasets"] == 1


def test_pages_are_asked_for_only_when_they_are_reached(server, client, monkeypatch):
    monkeypatch.setattr(pages, "PER_PAGE", 10)
    with server.client() as paging:
        server.models = [(f"model-{n}", ["v"]) for n in range(35)]
        models = iter(paging.paged_models())
        assert server.calls["ListModels"] == 0
        assert [next(models).id for _ in range(10)][-1] == "model-9"
        assert server.calls["ListModels"] == 1
        assert next(models).id == "model-10"
        assert server.calls["ListModels"] == 2
        assert len(list(models)) == 24


BUSY = [11003, 11005, 10030, 98004, grpc.StatusCode.RESOURCE_EXHAUSTED]


@pytest.mark.parametrize("fault", BUSY, ids=str)
def test_a_throttled_page_is_asked_for_again_and_the_others_are_not(server, client, monkeypatch, fault):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.02)
    server.datasets = [f"data-{n}" for n in range(250)]
    server.longest_page = 100
    server.faults["ListDatasets"] = [None, fault, fault]
    assert [one.id for one in client.datasets()] == server.datasets
    # gRPC itself repeats a call that is refused with its own status, as Clarifai's own channels have it do
    assert server.calls["ListDatasets"] == 5
    server.faults["ListModels"], server.faults["GetModelVersion"] = [fault], [fault]
    assert client.versions_by_id("v1")[0].id == "v1"


@pytest.mark.parametrize("fault", BUSY, ids=str)
def test_a_throttled_read_of_one_version_of_a_dataset_is_asked_for_again(monkeypatch, fault):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.02)
    with WithDatasetVersions() as server, server.client() as client:
        server.datasets = ["data"]
        (dataset,) = client.datasets()
        server.faults["GetDatasetVersion"] = [fault, fault]
        assert client.dataset_version(dataset, "v7").id == "v7"


def test_a_throttle_that_lasts_is_told_after_some_tries_and_a_refusal_at_once(server, client, monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.02)
    server.faults["ListDatasets"] = [11005] * 50
    with pytest.raises(ThrottledError):
        client.datasets()
    assert server.calls["ListDatasets"] == 6
    server.faults["ListApps"] = [11007] * 50
    with pytest.raises(PermissionDeniedError):
        client.apps()
    assert server.calls["ListApps"] == 1


def test_a_listing_that_waits_for_a_throttle_ends_with_the_client(server, client, monkeypatch):
    server.faults["ListApps"] = [11005] * 50
    monkeypatch.setattr(pages, "_PACE", 60)
    raised = []

    def ask():
        try:
            client.apps()
        except EvalError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: server.calls["ListApps"])
    client.close()
    thread.join(20)
    assert isinstance(raised[0], ThrottledError)
