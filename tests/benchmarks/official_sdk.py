"""The official SDK as a client of the local server: ``python -m tests.benchmarks.official_sdk [ITS TESTS' FOLDER]``.

It is no dependency of the tests, so install it first, beside this package with its extra ``local``, in an environment
of its own::

    pip install "clarifai>=12.5" seaborn loguru pytest

Runs its evaluation methods and comparisons, prints its figures beside those of this package, and fails where they
differ by more than its rounding. With a checkout of https://github.com/Clarifai/clarifai-python it also runs that
``tests/test_eval.py`` to its end (the test is marked to be skipped there; the mark is lifted, nothing else is changed).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

from clarifai_eval_widget import LocalServer
from tests.isolation import isolate

LIFT = "import pytest; pytest.mark.skip = lambda *_, **__: lambda test: test"


def add_data(server):
    """An app with two datasets of overlapping clusters, and two models."""
    rng = np.random.default_rng(0)
    for dataset_id in ("reviews", "offers"):
        classes = np.arange(240) % 3
        embeddings = rng.normal(size=(240, 8)) + 1.5 * np.eye(3, 8)[classes]
        texts = [f"{dataset_id} {n}" for n in range(240)]
        server.add_dataset("shop", dataset_id, texts, [f"c{k}" for k in classes], embeddings=embeddings)
    for model_id in ("first", "second"):
        number = 15 if model_id == "first" else None
        server.train("shop", model_id, dataset_id="reviews", version_id="v1", inputs_per_concept=number)


def use_methods(server, client):
    """Every evaluation method of its ``Model``, and the figures of one evaluation beside ours."""
    from clarifai.client.user import User

    app = User(user_id=server.user_id, base_url=server.base_url, pat=server.pat).app("shop")
    (first, second) = sorted(app.list_models(), key=lambda model: model.id)
    offers = app.dataset("offers")
    first.evaluate(dataset=offers, eval_id="sdk", eval_info={"use_kfold": False})
    ours = client.evaluation("sdk", app="shop") if client.evaluations("shop")[0].result(timeout=60) else None
    listed = first.list_evaluations()
    assert [one.id for one in listed] == ["sdk"]
    theirs = first.get_eval_by_id("sdk", binary_metrics=True, label_counts=True, confusion_matrix=True, test_set=True)
    assert first.get_latest_eval().id == "sdk"
    assert [one.id for one in first.get_eval_by_dataset(offers)] == ["sdk"]
    y, scores, concepts, inputs = first.get_raw_eval(dataset=offers)
    print("\nget_raw_eval:", np.shape(y), np.shape(scores), concepts, len(inputs), "inputs")
    print(f"\n{'':24}{'SDK':>10}{'here':>10}")
    for name in ("roc_auc", "f1_score", "precision", "recall"):
        row(f"macro {name}", getattr(theirs.summary, f"macro_avg_{name}"), ours.summary[f"macro_avg_{name}"], 1e-6)
    table = ours.table(threshold=0.5, full=True)
    for one in theirs.binary_metrics:
        row(f"{one.concept.id} roc_auc", one.roc_auc, table.loc[one.concept.id, "roc_auc"], 1e-6)
        row(f"{one.concept.id} f1", one.f1, table.loc[one.concept.id, "f1"], 1e-6)
    return app, (first, second)


def compare(app, models, folder, ours):
    """``EvalResultCompare`` of two models on one dataset, and of one model on two."""
    from clarifai.utils.evaluation import EvalResultCompare

    reviews, offers = app.dataset("reviews"), app.dataset("offers")
    for name, some, data in (("2x1", list(models), [offers]), ("1x2", [models[0]], [reviews, offers])):
        result = EvalResultCompare(models=some, datasets=data, attempt_evaluate=True, eval_info={"use_kfold": False})
        result.all(str(folder / name), overwrite=True)
        files = sorted(path for path in (folder / name).rglob("*") if path.is_file())
        assert files, name
        print(f"\nEvalResultCompare {name}: {len(files)} files, {', '.join(sorted({path.name for path in files}))}")
        detailed = result.detailed_summary()[0]
        print(detailed.to_string(index=False))
        if name == "2x1":
            check_counts(detailed, ours)


def check_counts(detailed, ours):
    """Its counts of one evaluation beside ours; it truncates where it should round, so one off is its own."""
    table = ours.table(threshold=0.5, full=True)
    print(f"\n{'':24}{'SDK':>10}{'here':>10}")
    mine = detailed[detailed.iloc[:, -1].astype(str).str.contains("first")] if len(detailed) > len(table) else detailed
    for _, line in mine.iterrows():
        concept = str(line["Concept"])
        if concept in table.index:
            for theirs, here in (("True Positives", "tp"), ("False Positives", "fp"), ("False Negatives", "fn")):
                row(f"{concept} {here}", line[theirs], table.loc[concept, here], 1)


def row(name, theirs, here, most):
    """Print a figure of both, and fail where they differ by more than is the SDK's own."""
    print(f"{name:24}{float(theirs):10.4f}{float(here):10.4f}")
    assert abs(float(theirs) - float(here)) <= most, name


def run_their_test(server, checkout):
    """Its own evaluation test, with nothing but the address changed."""
    environment = os.environ | {
        "CLARIFAI_API_BASE": server.base_url,
        "CLARIFAI_PAT": server.pat,
        "CLARIFAI_USER_ID": server.user_id,
    }
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(Path(checkout) / "tests", Path(folder) / "tests")
        plugin = Path(folder) / "lift_skips.py"
        plugin.write_text(LIFT)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "lift_skips", "-W", "ignore", "tests/test_eval.py"]
        environment["PYTHONPATH"] = os.pathsep.join([folder, *sys.path])
        subprocess.run(command, cwd=folder, env=environment, check=True, timeout=300)


def main():
    isolate()
    warnings.simplefilter("ignore")  # the SDK's use of pandas and seaborn
    from clarifai.versions import CLIENT_VERSION

    print(f"clarifai {CLIENT_VERSION}")
    with LocalServer() as server, server.client() as client, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"CLARIFAI_PAT": server.pat, "CLARIFAI_USER_ID": server.user_id}
        add_data(server)
        app, models = use_methods(server, client)
        compare(app, models, Path(folder), client.evaluation("sdk", app="shop"))
        for checkout in sys.argv[1:]:
            run_their_test(server, checkout)
    with LocalServer.with_samples() as server:
        from clarifai.client.user import User

        user = User(user_id=server.user_id, base_url=server.base_url, pat=server.pat)
        print("\nA fresh server's models:", [model.id for app in user.list_apps() for model in app.list_models()])
        print("The user of `clarifai login`:", user.get_user_info(user_id="me").user.id)


if __name__ == "__main__":
    main()
