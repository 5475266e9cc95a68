import subprocess
import sys
import time
from datetime import UTC, datetime

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from sklearn.metrics import roc_auc_score

from clarifai_eval_widget import lazy
from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.data import sample_texts
from clarifai_eval_widget.local.data.sample_texts import load_names
from tests.local.support import Api, read_test_set

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "tr", "fi", "hu")
DIGITS = tuple(f"digit-{digit}" for digit in range(10))


@pytest.fixture(scope="module")
def server():
    with LocalServer.with_samples() as server:
        yield server


def macro_auc(found, concepts):
    labels, scores, _, _ = read_test_set(found, concepts)
    return roc_auc_score(labels, scores)


def test_the_apps_are_there_at_once_with_models_of_three_types(api):
    assert [app.id for app in api.call("ListApps").apps] == ["languages", "world", "digits", "mnist"]
    types = {model.model_type_id for model in api.call("ListModels").models}
    assert types == {"text-classifier", "visual-classifier", "embedding-classifier"}


def test_models_are_listed_with_a_version_before_any_is_trained():
    with LocalServer.with_samples() as server, Api(server) as api:
        models = api.call("ListModels").models
        assert [model.model_version.id for model in models] == ["all-inputs"] * 4
        assert models[0].version_count == 3
        asked = api.call("ListModels", model_version_ids=["too-few-inputs"]).models
        assert [(model.id, model.model_version.id) for model in asked] == [("language-classifier", "too-few-inputs")]
        assert not any(model.samples.ready for app in server._records.apps() for model in app.models.values())


def test_versions_were_trained_when_and_on_what_they_say(api):
    asked = datetime.now(UTC)
    versions = api.call("ListModelVersions", app="languages", model_id="language-classifier").model_versions
    answered = datetime.now(UTC)
    assert [version.id for version in versions] == ["all-inputs", "few-inputs", "too-few-inputs"]
    for version in versions:
        assert asked <= version.created_at.ToDatetime(UTC) <= version.completed_at.ToDatetime(UTC) <= answered
        assert version.active_concept_count == 12
        assert version.train_info.dataset.id == "language-names"
    inputs = (
        api.call("GetDataset", app="languages", dataset_id="language-names")
        .dataset.version.metrics["/"]
        .inputs_count.value
    )
    assert [version.total_input_count for version in versions] == [inputs, 480, 72]


def test_a_shared_name_has_all_its_languages_as_labels(api):
    found = api.evaluate(
        "names", dataset="language-names", model="language-classifier", app="languages",
        version="few-inputs", use_kfold=False,
    )  # fmt: skip
    labels, scores, ids, _ = read_test_set(found, LANGUAGES)
    texts = [entry.input.data.text.raw for entry in found.test_set]
    assert len(set(texts)) == len(set(ids)) == len(texts) > 4000
    assert 0.15 < (labels.sum(axis=1) > 1).mean() < 0.25
    row = texts.index("Afrikaans")
    assert labels[row, LANGUAGES.index("en")]
    assert labels[row, LANGUAGES.index("de")]
    assert np.isfinite(scores).all()


def test_languages_cross_validate_as_in_the_trial(api):
    found = api.evaluate("kfold", model="language-classifier", app="languages", version="all-inputs")
    assert 0.78 < macro_auc(found, LANGUAGES) < 0.88
    assert min(one.roc_auc for one in found.binary_metrics) > 0.7


def test_two_versions_cross_validated_on_their_own_training_data_differ(api):
    few, every = (
        api.evaluate(f"kfold-{version}", model="language-classifier", app="languages", version=version)
        for version in ("few-inputs", "all-inputs")
    )
    names = load_names("languages", "language-names")  # as many as the installed release of Babel knows
    assert (len(few.test_set), len(every.test_set)) == (480, len(names.input_ids))
    assert few.ground_truth_dataset.version.id != every.ground_truth_dataset.version.id == "v1"
    assert abs(macro_auc(few, LANGUAGES) - macro_auc(every, LANGUAGES)) > 0.005
    assert {entry.input.id for entry in few.test_set} < {entry.input.id for entry in every.test_set}


def test_a_text_version_meets_another_app(api):
    options = {"model": "language-classifier", "app": "languages", "version": "all-inputs", "use_kfold": False}
    territories = api.evaluate("territories", dataset="territory-names", dataset_app="world", **options)
    currencies = api.evaluate("currencies", dataset="currency-names", dataset_app="world", **options)
    assert 0.6 < macro_auc(territories, LANGUAGES) < macro_auc(currencies, LANGUAGES) < 0.88


def test_the_version_with_too_few_inputs_fails_and_says_which(api):
    api.start("short", model="language-classifier", app="languages", version="too-few-inputs")
    status = api.wait("short", app="languages").status
    assert status.code == status_code_pb2.MODEL_EVALUATION_NEED_INPUTS
    assert "'hu' has 6" in status.details


def test_a_visual_version_is_worse_where_it_was_not_trained(api):
    options = {"model": "digit-classifier", "app": "digits", "version": "all-inputs"}
    at_home = api.evaluate("home", **options)
    abroad = api.evaluate("abroad", dataset="mnist-digits", dataset_app="mnist", use_kfold=False, **options)
    assert macro_auc(at_home, DIGITS) > 0.99
    assert 0.65 < macro_auc(abroad, DIGITS) < 0.9
    assert all(entry.input.data.image.base64.startswith(b"\x89PNG") for entry in abroad.test_set)


def test_an_embedding_classifier_is_scored_unless_told_otherwise(api):
    found = api.evaluate("embedding", model="mnist-classifier", app="mnist", version="few-inputs", use_kfold=None)
    assert found.eval_info.params["use_kfold"] is False


def test_a_sample_whose_package_is_missing_says_so_and_the_others_work(monkeypatch):
    real = lazy.find_spec
    monkeypatch.setattr(lazy, "find_spec", lambda name: None if name == "babel" else real(name))
    with LocalServer.with_samples() as server, Api(server) as api:
        apps = {app.id: app.description for app in api.call("ListApps").apps}
        assert "needs babel" in apps["languages"]
        assert "pip install babel" in apps["world"]
        assert not api.call("ListDatasets", app="languages").datasets
        assert [model.id for model in api.call("ListModels").models] == ["digit-classifier", "mnist-classifier"]
        assert api.call("ListDatasets", app="digits").datasets[0].version.metrics["/"].inputs_count.value == 1797


def test_without_wordllama_texts_are_embedded_by_their_character_ngrams_and_the_samples_say_so(monkeypatch):
    monkeypatch.setattr(sample_texts, "find_spec", lambda name: None)
    with LocalServer.with_samples() as server, Api(server) as api:
        assert "for WordLlama is not installed" in api.call("ListApps").apps[0].description
        assert "WordLlama" not in api.call("ListApps").apps[2].description
        found = api.evaluate("few", model="language-classifier", app="languages", version="few-inputs")
        version = found.model.model_version
        assert version.description == "Trained on 40 inputs a concept; embedded by character n-grams"
        assert version.input_info.base_embed_model.id == "character-ngrams"
        assert 0.75 < macro_auc(found, LANGUAGES) < 0.92
        # Uploads are embedded likewise: a name of the sample scores as it does there.
        options = {"model": "language-classifier", "app": "languages", "version": "few-inputs", "use_kfold": False}
        entry = api.evaluate("scored", dataset="language-names", **options).test_set[0]
        inputs = [resources_pb2.Input(id="mine", data=resources_pb2.Data(text=entry.input.data.text))]
        asked = {"model_id": "language-classifier", "version_id": "few-inputs", "inputs": inputs}
        (output,) = api.call("PostModelOutputs", app="languages", **asked).outputs
        expected = {concept.id: concept.value for concept in entry.predicted_concepts}
        assert {one.id: one.value for one in output.data.concepts} == pytest.approx(expected, abs=1e-6)


BARE = (
    "import sys\nsys.modules['sklearn'] = None\nimport importlib.util as u\nreal = u.find_spec\n"
    "u.find_spec = lambda name, *a: None if name == 'sklearn' else real(name, *a)\n"
)


def test_without_the_extra_a_star_gives_all_the_rest():
    code = (
        "import inspect\nimport clarifai_eval_widget as package\nfrom clarifai_eval_widget import *\n"
        "assert not {'EvalWidget', 'EvalClient', 'Evaluation'} - {*globals()}\nassert 'LocalServer' not in globals()\n"
        "assert EvalWidget in dict(inspect.getmembers(package)).values()\n"
    )
    done = subprocess.run([sys.executable, "-c", BARE + code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_the_extra_the_error_names_the_pip_command():
    code = BARE + (
        "from clarifai_eval_widget.errors import MissingExtraError\n"
        "try:\n    from clarifai_eval_widget import LocalServer\n"
        "except MissingExtraError as error:\n    assert 'pip install \"clarifai-eval-widget[local]\"' in str(error)\n"
        "else:\n    raise SystemExit('no error')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_has_one_shared_server_until_it_is_stopped():
    first = LocalServer.shared()
    try:
        assert LocalServer.shared() is first
        first.stop()
        second = LocalServer.shared()
        assert second is not first
        assert second.base_url != first.base_url or second.pat != first.pat
    finally:
        LocalServer.shared().stop()


def test_a_process_that_forgets_to_stop_the_server_still_ends():
    code = (
        "from clarifai_eval_widget.local import LocalServer\nfrom tests.local.support import Api\n"
        "server = LocalServer.with_samples()\n"
        "Api(server).call('ListApps')\n"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - begun < 30
