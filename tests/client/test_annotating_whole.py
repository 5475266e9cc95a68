"""Labels of datasets that were added whole, a user's own and the samples', are written like those of uploads."""

import pytest
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.evaluation.relabelling import relabel
from clarifai_eval_widget.local import LocalServer
from tests.client.test_annotating import uploaded
from tests.local.support import Api, add_toys, toy_data

SCORED = {"use_kfold": False}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "server.db"


def serve(path=None):
    return LocalServer(path, joblib_backend="threading")


def evaluate(client, model="keeper", dataset="animals"):
    return client.start_evaluation(model, dataset, params=SCORED).result(timeout=60)


def of(evaluation, input_id):
    row = evaluation.labels.loc[input_id]
    return set(row.index[row.to_numpy(bool)])


def mark(client, evaluation, labels):
    written = client.write_labels(relabel(evaluation, labels))
    assert written["failure"].tolist() == [""] * len(labels)
    return written


def test_labels_written_to_an_added_dataset_are_what_its_next_evaluation_counts():
    with serve() as server, server.client() as client, Api(server) as api:
        add_toys(server)
        first = evaluate(client)
        assert of(first, "animals-001") == {"cat"}
        written = mark(client, first, {"animals-001": ["owl"], "animals-002": []})
        there = api.call("ListAnnotations", app="zoo", input_ids=["animals-001"]).annotations
        assert written["annotation_id"][0] in {one.id for one in there}
        second = evaluate(client)
        assert (of(second, "animals-001"), of(second, "animals-002")) == ({"owl"}, set())
        others = first.labels.index.difference(["animals-001", "animals-002"])
        assert second.labels.loc[others].equals(first.labels.loc[others])
        assert second.scores.equals(first.scores), "the embeddings are the same"
        assert client.write_labels(relabel(first, {"animals-001": ["owl"]}))["failure"].tolist() == [""]
        assert len(api.call("ListAnnotations", app="zoo", input_ids=["animals-001"]).annotations) == len(there)


@pytest.mark.parametrize("evaluated_before", [True, False])
def test_labels_written_to_an_added_dataset_are_there_after_a_restart(path, evaluated_before):
    with serve(path) as server, server.client() as client:
        add_toys(server)
        mark(client, evaluate(client), {"animals-001": ["owl"]})
        if evaluated_before:
            evaluate(client)
    with serve(path) as server, server.client() as client, Api(server) as api:
        assert len(api.call("ListAnnotations", app="zoo", input_ids=["animals-001"]).annotations) == 2
        again = evaluate(client)
        assert of(again, "animals-001") == {"owl"}
        mark(client, again, {"animals-004": ["dog"]})
        last = evaluate(client)
        assert (of(last, "animals-001"), of(last, "animals-004")) == ({"owl"}, {"dog"})


def test_labels_written_to_a_sample_are_counted_and_kept(path):
    options = {"model": "language-classifier", "dataset": "language-names"}
    with LocalServer.with_samples(path) as server, server.client() as client:
        first = evaluate(client, **options)
        one = first.labels.index[0]
        other = next(iter(set(first.labels.columns) - of(first, one)))
        mark(client, first, {one: [other]})
        assert of(evaluate(client, **options), one) == {other}
    with LocalServer.with_samples(path) as server, server.client() as client:
        assert of(evaluate(client, **options), one) == {other}


def test_an_annotated_sample_is_not_frozen_anew_when_its_server_is_restarted(path):
    options = {"model": "language-classifier", "dataset": "language-names"}
    with LocalServer.with_samples(path) as server, server.client() as client:
        first = evaluate(client, **options)
        one = first.labels.index[0]
        mark(client, first, {one: []})
        evaluate(client, **options)
        versions = {version.id for version in client.dataset_versions("language-names")}
    with LocalServer.with_samples(path) as server, server.client() as client:
        assert of(evaluate(client, **options), one) == set()
        assert {version.id for version in client.dataset_versions("language-names")} == versions


def test_a_version_trained_after_labels_were_written_learns_them():
    with serve() as server, server.client() as client:
        add_toys(server)
        first = evaluate(client)
        cats = [key for key in first.labels.index if of(first, key) == {"cat"}][:20]
        mark(client, first, {key: ["owl"] for key in cats})
        server.train("zoo", "second", dataset_id="animals")
        second = evaluate(client, "second")
        assert of(second, cats[0]) == {"owl"}
        assert (second.scores.loc[cats, "owl"] > first.scores.loc[cats, "owl"]).all()


def test_a_dataset_added_anew_has_the_labels_that_it_was_given(path):
    with serve(path) as server, server.client() as client:
        add_toys(server)
        mark(client, evaluate(client), {"animals-001": ["owl"]})
        texts, labels, X = toy_data()
        server.add_dataset("zoo", "animals", texts, labels, embeddings=X)
        assert of(evaluate(client), "animals-001") == {"cat"}
    with serve(path) as server, server.client() as client:
        assert of(evaluate(client), "animals-001") == {"cat"}


def test_an_annotation_deleted_gives_back_the_label_that_was_added():
    with serve() as server, server.client() as client, Api(server) as api:
        add_toys(server)
        mark(client, evaluate(client), {"animals-001": ["owl"]})
        assert of(evaluate(client), "animals-001") == {"owl"}
        api.call("DeleteAnnotations", app="zoo", input_ids=["animals-001"])
        assert of(evaluate(client), "animals-001") == {"cat"}


def test_labels_of_which_none_could_be_written_are_warned_of():
    with uploaded() as (api, client, evaluation):
        api.call("PostApps", apps=[resources_pb2.App(id="elsewhere")])
        with pytest.warns(UserWarning, match="No label is known to be written. r0: .*'r0'"):
            written = client.write_labels(relabel(evaluation, {"r0": ["neg"]}), app="elsewhere")
        assert (written["failure"] != "").all()
