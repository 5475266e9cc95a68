"""What a server may leave out, repeat or get wrong in a listing is not told as something else."""

import pytest

from clarifai_eval_widget.client import pages

LISTS = {
    "ListApps": "apps",
    "ListModels": "models",
    "ListModelVersions": "model_versions",
    "ListDatasets": "datasets",
    "ListEvaluations": "eval_metrics",
}


def always(server, change, *methods):
    """Have a change made in every reply of some calls, or of all listings."""
    for method in methods or LISTS:
        server.faults[method] = [lambda reply, name=LISTS[method]: change(getattr(reply, name))] * 100


def leave_out(*names):
    def change(entries):
        for one in entries:
            for name in names:
                if name in one.DESCRIPTOR.fields_by_name:
                    one.ClearField(name)

    return change


def ended(server, client):
    server.questions = 1
    client.start_evaluation("v1", "data").result(timeout=30)


def test_what_a_listing_does_not_say_the_owner_of_is_of_whoever_was_asked_for(server, client):
    always(server, leave_out("user_id", "app_id"))
    assert [app.key for app in client.apps()] == ["ann/app"]
    assert [model.key for model in client.models("app")] == ["ann/app/model"]
    assert [one.key for one in client.model_versions("ann/app/model")] == ["ann/app/model/v1"]
    assert [one.key for one in client.datasets("app")] == ["ann/app/data"]


def test_what_an_apps_listing_adds_of_another_app_is_not_taken_for_its_own(server, client):
    def add(entries):
        entries.add(id="data", app_id="main", user_id="clarifai")
        entries.add(id="other", app_id="elsewhere", user_id="ann")

    always(server, add, "ListDatasets", "ListModels")
    assert [one.key for one in client.datasets("app")] == ["ann/app/data"]
    assert [one.key for one in client.models("app")] == ["ann/app/model"]


@pytest.mark.parametrize("use", ["datasets", "models", "versions", "evaluations", "apps"])
def test_what_moves_on_to_the_next_page_while_it_is_read_is_listed_once(server, monkeypatch, use):
    monkeypatch.setattr(pages, "PER_PAGE", 10)
    names = [f"one-{n}" for n in range(25)]
    server.apps, server.datasets = ["app", *names], ["data", *names]
    server.models = [("model", ["v1", *names]), *((name, [f"v-{name}"]) for name in names)]
    with server.client() as client:
        for _ in range(25 if use == "evaluations" else 0):
            client.start_evaluation("v1", "data")
        moved = {
            "datasets": lambda: server.datasets.insert(0, "new"),
            "models": lambda: server.models.insert(0, ("new", ["v-new"])),
            "versions": lambda: server.models[0][1].insert(0, "new"),
            "evaluations": lambda: client.start_evaluation("v1", "data"),
            "apps": lambda: server.apps.insert(0, "new"),
        }[use]
        model = client.models("app")[0]
        listing = iter(
            {
                "datasets": client.paged_datasets,
                "models": client.paged_models,
                "versions": lambda: client.paged_versions(model, at_most=10),
                "evaluations": lambda: client.paged_evaluations_around(model),
                "apps": client.paged_apps,
            }[use]()
        )
        first = [next(listing).id for _ in range(10)]
        moved()
        found = [*first, *(one.id for one in listing)]
        assert len(found) == len(set(found)) >= 25


def test_a_dataset_that_is_listed_twice_is_no_ambiguous_name(server, client):
    always(server, lambda entries: entries.extend(list(entries)))
    run = client.start_evaluation("v1", "data")
    assert run.dataset_key == "ann/app/data"
    assert len(client.datasets()) == len(client.models()) == len(client.evaluations()) == len(client.leaderboard()) == 1


def test_a_server_that_sends_two_pages_in_turn_for_ever_is_listed_to_its_end(server, client):
    server.datasets = [f"data-{n}" for n in range(40)]
    server.longest_page = 20
    asked = []

    def turn(reply):
        asked.append(1)
        del reply.datasets[:]
        for n in range(20):
            reply.datasets.add(id=f"data-{n + 20 * (len(asked) % 2)}", app_id="app", user_id="ann")

    server.faults["ListDatasets"] = [turn] * 1000
    assert sorted(one.id for one in client.datasets()) == sorted(server.datasets)
    assert len(asked) == 3


def test_what_has_no_id_cannot_be_picked_and_is_not_listed(server, client):
    ended(server, client)
    always(server, lambda entries: entries.add())
    model = client.models()[0]
    listed = (client.apps(), client.models(), client.model_versions(model), client.datasets(), client.evaluations())
    assert [[one.id for one in found] for found in listed[:4]] == [["app"], ["model"], ["v1"], ["data"]]
    assert [run.id for run in listed[4]] == server.posted


@pytest.mark.parametrize("seconds", [-62135596800, 0, 10**15], ids=["year 1", "1970", "no calendar has it"])
def test_a_time_that_is_not_set_is_no_date(server, client, seconds):
    def stamp(entries):
        for one in entries:
            one.completed_at.seconds = seconds
            one.created_at.seconds = 1_700_000_000

    always(server, stamp, "ListModelVersions")
    (version,) = client.model_versions("model")
    assert version.created_at.year == 2023, "when it was begun is known all the same"
    server.faults["ListModelVersions"] = [
        lambda reply: [setattr(one.created_at, "seconds", seconds) for one in reply.model_versions]
    ]
    assert client.model_versions("model")[0].created_at is None


@pytest.mark.parametrize("value", [1.7, -1.0, 87.5, float("inf")])
def test_a_figure_that_no_rate_can_be_is_not_given(server, client, value):
    ended(server, client)

    def summary(entries):
        for one in entries:
            one.status.code = 21300
            one.summary.macro_avg_roc_auc, one.summary.macro_avg_f1_score = value, 0.5

    always(server, summary, "ListEvaluations")
    (row,) = client.leaderboard().to_dict("records")
    assert row["f1"] == 0.5
    assert row["roc_auc"] != row["roc_auc"]
    assert row["reason"] == "the server gives no area"


def test_a_figure_that_float32_has_rounded_beyond_one_is_one(server, client):
    ended(server, client)

    def summary(entries):
        for one in entries:
            one.status.code, one.summary.macro_avg_roc_auc, one.summary.macro_avg_f1_score = 21300, 1.0000038, 1.0

    always(server, summary, "ListEvaluations")
    (row,) = client.leaderboard().to_dict("records")
    assert (row["roc_auc"], row["f1"]) == (1, 1)
