"""What a user of the official SDK does, from an empty account to its deletion, against the local server.

Not collected with the other tests, because it needs ``clarifai``: ``python -m tests.official_sdk`` runs it.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from clarifai.client.user import User
from clarifai.utils.evaluation import EvalResultCompare
from clarifai.versions import CLIENT_VERSION
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget import LocalServer

TASTES = ("sweet", "sour", "salty")
KFOLD_OFF = {"use_kfold": False}


def embed(texts):
    """Clusters by a text's first word that overlap, so that figures are neither 0.5 nor 1."""
    noise = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=8) for text in texts]
    return np.stack(noise) + 1.5 * np.eye(3, 8)[[TASTES.index(text.split()[0]) for text in texts]]


def texts_of(dataset_id, number):
    """Texts, each with its one label, which is its first word."""
    return [(f"{TASTES[n % 3]} {dataset_id} {n}", TASTES[n % 3]) for n in range(number)]


def wait_for(condition, seconds=60):
    """Ask until it is so."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it never came to be"
        time.sleep(0.05)


class Kitchen:
    """An app that the SDK has made: two datasets uploaded in two ways, and two models trained on one of them."""

    def __init__(self, server, folder):
        self.server = server
        self.folder = folder
        self.user = User(user_id=server.user_id, base_url=server.base_url, pat=server.pat)
        self.app = self.user.create_app(app_id="kitchen", base_workflow="Empty")
        self.meals = self.upload_one_by_one("meals", 150)
        self.snacks = self.upload_a_table("snacks", 120)
        self.versions = {}
        self.models = [self.train("broad", {}), self.train("narrow", {"inputs_per_concept": 12})]

    def upload_one_by_one(self, dataset_id, number):
        dataset = self.app.create_dataset(dataset_id=dataset_id)
        inputs = self.app.inputs()
        protos = [
            inputs.get_text_input(f"{dataset_id}-{n}", raw_text=text, dataset_id=dataset_id, labels=[label])
            for n, (text, label) in enumerate(texts_of(dataset_id, number))
        ]
        for start in range(0, number, 100):  # at most 128 go in one call
            (_, response) = inputs.upload_inputs(protos[start : start + 100])
            assert response.status.code == status_code_pb2.SUCCESS
        return dataset.create_version()

    def upload_a_table(self, dataset_id, number):
        dataset = self.app.create_dataset(dataset_id=dataset_id)
        path = self.folder / f"{dataset_id}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("input", "concepts"), *texts_of(dataset_id, number)])
        dataset.upload_from_csv(csv_path=str(path), input_type="text", csv_type="raw", labels=True)
        return dataset.create_version()

    def train(self, model_id, params):
        model = self.app.create_model(model_id=model_id, model_type_id="text-classifier")
        (template,) = model.list_training_templates()
        model.get_params(template=template, save_to=str(self.folder / f"{model_id}.yaml"))
        model.update_params(
            dataset_id="meals", dataset_version_id=self.meals.version.id, concepts=list(TASTES), **params
        )
        version_id = self.versions[model_id] = model.train()
        wait_for(lambda: model.training_status(version_id=version_id).code == status_code_pb2.MODEL_TRAINED)
        return self.app.model(model_id=model_id, model_version={"id": version_id})

    def evaluate(self, model, dataset, eval_id, **options):
        model.evaluate(dataset=dataset, eval_id=eval_id, **options)
        wait_for(lambda: model.get_eval_by_id(eval_id).status.code == status_code_pb2.MODEL_EVALUATED)


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory):
    with LocalServer(embed=embed) as server:
        yield Kitchen(server, tmp_path_factory.mktemp("kitchen"))


@pytest.fixture(scope="module")
def judged(kitchen):
    """The first model, scored on the dataset that it was not trained on, under the id "scored"."""
    kitchen.evaluate(kitchen.models[0], kitchen.snacks, "scored", eval_info=KFOLD_OFF)
    return kitchen.models[0]


def test_a_fresh_servers_apps_models_and_user_are_listed():
    with LocalServer.with_samples() as server:
        user = User(user_id=server.user_id, base_url=server.base_url, pat=server.pat)
        listed = {app.id: [model.id for model in app.list_models()] for app in user.list_apps()}
        assert listed["languages"] == ["language-classifier"]
        assert all(listed.values())
        assert user.get_user_info(user_id="me").user.id == server.user_id


def test_what_was_uploaded_is_listed_with_its_versions(kitchen):
    assert {dataset.id for dataset in kitchen.app.list_datasets()} == {"meals", "snacks"}
    assert {concept.id for concept in kitchen.app.list_concepts()} == set(TASTES)
    for dataset, number in ((kitchen.meals, 150), (kitchen.snacks, 120)):
        inputs = list(kitchen.app.dataset(dataset.id).list_inputs())
        assert len(inputs) == number
        labels = {one.data.text.raw: [concept.id for concept in one.data.concepts] for one in inputs}
        assert labels == {text: [label] for text, label in texts_of(dataset.id, number)}
        versions = [one.version.id for one in kitchen.app.dataset(dataset.id).list_versions()]
        assert [one for one in versions if not one.startswith("training-")] == [dataset.version.id]


def test_what_was_trained_is_listed_with_its_versions(kitchen):
    models = {model.id: model for model in kitchen.app.list_models()}
    assert models.keys() == {"broad", "narrow"}
    for model_id, model in models.items():
        assert [one.model_info.model_version.id for one in model.list_versions()] == [kitchen.versions[model_id]]


def test_a_trained_model_predicts(kitchen):
    reply = kitchen.models[0].predict_by_bytes(b"sour lemonade", input_type="text")
    concepts = {concept.name: concept.value for concept in reply.outputs[0].data.concepts}
    assert concepts.keys() == set(TASTES)
    assert sum(concepts.values()) == pytest.approx(1, abs=1e-4)


def test_its_figures_of_an_evaluation_are_ours(kitchen, judged, capsys):
    with kitchen.server.client() as client:
        ours = client.evaluation("scored", app="kitchen")
    fields = {"binary_metrics": True, "label_counts": True, "confusion_matrix": True, "test_set": True}
    theirs = judged.get_eval_by_id("scored", **fields)
    rows = [f"clarifai {CLIENT_VERSION}", f"{'macro average':16}{'SDK':>8}{'here':>8}"]
    for name in ("roc_auc", "f1_score", "precision", "recall"):
        (sdk, here) = (getattr(theirs.summary, f"macro_avg_{name}"), ours.summary[f"macro_avg_{name}"])
        rows.append(f"{name:16}{sdk:8.4f}{here:8.4f}")
        assert sdk == pytest.approx(here, abs=1e-6), name
    with capsys.disabled():
        print("", *rows, sep="\n")
    table = ours.table(threshold=0.5, full=True)
    assert {one.concept.id for one in theirs.binary_metrics} == set(table.index) == set(TASTES)
    for one in theirs.binary_metrics:
        assert one.roc_auc == pytest.approx(table.loc[one.concept.id, "roc_auc"], abs=1e-6)
        assert one.f1 == pytest.approx(table.loc[one.concept.id, "f1"], abs=1e-6)
        assert 0.5 < one.roc_auc < 1


def test_an_evaluation_is_found_by_every_way_there_is(kitchen, judged):
    assert [one.id for one in judged.list_evaluations()] == ["scored"]
    assert judged.get_latest_eval().id == "scored"
    assert [one.id for one in judged.get_eval_by_dataset(kitchen.snacks)] == ["scored"]
    (y, scores, concepts, inputs) = judged.get_raw_eval(dataset=kitchen.snacks)
    assert np.shape(y) == np.shape(scores) == (120, 3)
    assert len(inputs) == 120
    with kitchen.server.client() as client:
        table = client.evaluation("scored", app="kitchen").table(threshold=0.5, full=True)
    hits = (np.asarray(scores) >= 0.5) & (np.asarray(y) == 1)
    assert dict(zip(concepts, hits.sum(axis=0), strict=True)) == table["tp"].to_dict()


def test_cross_validation_is_evaluated_and_users_metrics_come_back(kitchen):
    (_, narrow) = kitchen.models
    kitchen.evaluate(narrow, kitchen.meals, "folds", eval_info={"use_kfold": True}, extended_metrics={"cost": 3.5})
    theirs = narrow.get_eval_by_id("folds", test_set=True)
    judged = {one.input.id for one in theirs.test_set}
    assert len(theirs.test_set) == len(judged) == 150  # each once
    assert theirs.extended_metrics.user_metrics["cost"] == 3.5


@pytest.mark.parametrize("several", ["models", "datasets"])
def test_evaluations_are_compared(kitchen, judged, several, tmp_path):
    both = several == "models"
    compare = EvalResultCompare(
        models=kitchen.models if both else [judged],
        datasets=[kitchen.snacks] if both else [kitchen.meals, kitchen.snacks],
        attempt_evaluate=True,
        eval_info=KFOLD_OFF,
    )
    compare.all(str(tmp_path), overwrite=True)
    written = {path.name: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}
    drawn = {"confusion_matrix.jpg", "pr.jpg", "roc.jpg"}
    assert written.keys() == drawn | {"concepts_summary.csv", "total_summary.csv"}
    assert all(written.values())
    (detailed, total) = compare.detailed_summary()
    assert len(detailed) == 2 * len(TASTES)
    assert len(total) == 2
    with kitchen.server.client() as client:
        ours = client.evaluation("scored", app="kitchen").table(threshold=0.5, full=True)
    mine = detailed[detailed.iloc[:, -1].str.contains("broad" if both else "snacks")].set_index("Concept")
    assert set(mine.index) == set(ours.index)
    for theirs, here in (("True Positives", "tp"), ("False Positives", "fp"), ("False Negatives", "fn")):
        assert ((mine[theirs] - ours[here]).abs() <= 1).all()  # it cuts rates times counts off where it should round


def test_a_wrong_key_and_an_unknown_dataset_are_told_as_clarifais_statuses(kitchen, judged):
    stranger = User(user_id=kitchen.server.user_id, base_url=kitchen.server.base_url, pat="0" * 32)
    with pytest.raises(Exception, match="CONN_KEY_INVALID"):
        list(stranger.list_apps())
    with pytest.raises(Exception, match="nowhere"):
        judged.evaluate(dataset_id="nowhere", eval_id="never")
    assert "never" not in [one.id for one in judged.list_evaluations()]


def test_what_is_deleted_is_gone(kitchen, tmp_path):
    app = kitchen.user.create_app(app_id="pantry", base_workflow="Empty")
    pantry = Kitchen.__new__(Kitchen)
    pantry.app, pantry.folder, pantry.versions = app, tmp_path, {}
    pantry.meals = pantry.upload_one_by_one("meals", 30)
    model = pantry.train("brief", {})
    model.delete_version(version_id=pantry.versions["brief"])
    assert list(app.model(model_id="brief").list_versions()) == []
    app.delete_model(model_id="brief")
    assert list(app.list_models()) == []
    app.dataset("meals").delete_version(pantry.meals.version.id)
    app.delete_dataset(dataset_id="meals")
    assert list(app.list_datasets()) == []
    kitchen.user.delete_app(app_id="pantry")
    assert "pantry" not in [one.id for one in kitchen.user.list_apps()]
    assert "kitchen" in [one.id for one in kitchen.user.list_apps()]


def test_a_login_of_its_command_line_is_where_our_client_finds_the_server(kitchen, tmp_path):
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLARIFAI_")} | home

    def said(*command):
        ran = subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    server = kitchen.server
    login = ["-m", "clarifai.cli", "login", server.base_url, "--pat", server.pat, "--context", "kitchens"]
    assert f"Logged in as {server.user_id}" in said(*login)
    assert "kitchens" in said("-m", "clarifai.cli", "config", "current-context")
    assert server.user_id in said("-m", "clarifai.cli", "whoami")
    ours = "from clarifai_eval_widget import EvalClient as C; c = C(); print(c, [app.id for app in c.apps()])"
    assert (server.base_url in (found := said("-c", ours)), "kitchen" in found) == (True, True)
