"""Evaluations beside each other, as a frame that pandas sorts."""

import math

import numpy as np

from tests.client.stand_in import EVALUATING, FAILED, status
from tests.client.test_found import evaluation

COLUMNS = [
    "user",
    "app",
    "model",
    "version",
    "dataset_user",
    "dataset_app",
    "dataset",
    "dataset_version",
    "method",
    "roc_auc",
    "f1",
    "precision",
    "recall",
    "status",
    "id",
    "conditions",
    "reason",
]


def scored(name, auc, f1=0.5, **options):
    message = evaluation(name, dataset=("ann", "app", "data", "d2"), params={"use_kfold": False}, **options)
    message.summary.macro_avg_roc_auc, message.summary.macro_avg_f1_score = auc, f1
    message.summary.macro_avg_precision, message.summary.macro_avg_recall = 0.25, 0.125
    return message


def frame_of(server, *messages, **options):
    server.evaluations = {one.id: one for one in messages}
    with server.client() as client:
        return client.leaderboard(**options)


def test_a_row_holds_what_was_evaluated_on_what_and_how_and_the_servers_figures(server):
    frame = frame_of(server, scored("one", 0.75))
    assert list(frame.columns) == COLUMNS
    assert frame.iloc[0].to_dict() == {
        "user": "ann",
        "app": "app",
        "model": "model",
        "version": "v1",
        "dataset_user": "ann",
        "dataset_app": "app",
        "dataset": "data",
        "dataset_version": "d2",
        "method": "score",
        "roc_auc": 0.75,
        "f1": 0.5,
        "precision": 0.25,
        "recall": 0.125,
        "status": "evaluated",
        "id": "one",
        "conditions": "",
        "reason": "",
    }


def test_models_and_datasets_of_one_name_are_told_apart_by_owner_and_app(server):
    frame = frame_of(
        server,
        evaluation("a", dataset=("ann", "app", "data", "d2")),
        evaluation("b", dataset=("org", "theirs", "data", "d2")),
        evaluation("c", model=("org", "app", "model"), dataset=("ann", "app", "data", "d2")),
    )
    told = frame.set_index("id")[["user", "app", "dataset_user", "dataset_app"]]
    assert told.apply(tuple, axis=1).to_dict() == {
        "a": ("ann", "app", "ann", "app"),
        "b": ("ann", "app", "org", "theirs"),
        "c": ("org", "app", "ann", "app"),
    }


def test_it_comes_in_the_servers_order_and_sorts_by_figures(server):
    frame = frame_of(server, scored("a", 0.75), scored("b", 0.875), scored("c", 0.5), evaluation("d"))
    assert list(frame["id"]) == ["a", "b", "c", "d"]
    assert list(frame.sort_values("roc_auc", ascending=False)["id"])[:2] in (["b", "a"], ["b", "d"])
    assert frame.dtypes[["roc_auc", "f1", "precision", "recall"]].eq(np.float64).all()


def test_what_has_no_figures_says_why_instead_of_zeros(server):
    running, failed, silent = scored("running", 0.0, 0.0), scored("failed", 0.0), scored("silent", 0.0, 0.0)
    running.status.CopyFrom(status(EVALUATING))
    failed.status.CopyFrom(status(FAILED, "too few inputs"))
    silent.summary.Clear()
    frame = frame_of(server, running, failed, silent).set_index("id")
    assert frame[["roc_auc", "f1", "precision", "recall"]].isna().all(axis=None)
    assert dict(frame["reason"]) == {
        "running": "it is not finished",
        "failed": "too few inputs",
        "silent": "the server gives no figures",
    }
    assert dict(frame["status"]) == {"running": "evaluating", "failed": "failed", "silent": "evaluated"}


def test_a_zero_that_is_measured_stays_one(server):
    frame = frame_of(server, scored("never predicts", 0.75, 0.0))
    assert frame["f1"].item() == 0.0
    frame = frame_of(server, scored("no area", 0.0, 0.5))
    assert math.isnan(frame["roc_auc"].item())
    assert frame["f1"].item() == 0.5
    assert frame["reason"].item() == "the server gives no area"


def test_numbers_that_are_none_stop_nothing(server):
    frame = frame_of(server, scored("odd", math.nan, math.inf))
    assert frame[["roc_auc", "f1"]].isna().all(axis=None)
    assert frame["precision"].item() == 0.25


def test_a_row_has_the_conditions_that_the_listing_tells(server):
    learnt, folded, running = scored("learnt", 1.0), scored("folded", 0.75), scored("running", 0.0)
    trained = learnt.model.model_version.train_info.dataset
    trained.CopyFrom(learnt.ground_truth_dataset)
    folded.eval_info.params.update({"use_kfold": True})
    running.status.CopyFrom(status(EVALUATING))
    found = frame_of(server, scored("other data", 0.75), learnt, folded, running).set_index("id")["conditions"]
    assert dict(found) == {"other data": "", "learnt": "CEW001", "folded": "CEW004", "running": "CEW010"}


def test_an_empty_server_has_an_empty_frame_of_the_same_columns(server):
    frame = frame_of(server)
    assert list(frame.columns) == COLUMNS
    assert len(frame) == 0


def test_one_listing_is_all_it_asks_for(server):
    frame = frame_of(server, *(scored(f"e{n}", 0.5) for n in range(33)))
    assert len(frame) == 33
    assert dict(server.calls) == {"ListEvaluations": 1}


def test_an_app_has_those_that_it_owns(server):
    frame = frame_of(server, scored("here", 0.5), scored("there", 0.5, app="other"), app="app")
    assert list(frame["id"]) == ["here"]
    assert frame.dtypes.equals(frame_of(server, scored("one", 0.75)).dtypes)
