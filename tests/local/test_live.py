import threading
import time

import numpy as np
import pytest
from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from clarifai_eval_widget import metrics
from tests.local.support import ALL_FIELDS, own, read_test_set

pytestmark = pytest.mark.filterwarnings("error")  # joblib must have nothing to warn the user of

EVALUATED = status_code_pb2.MODEL_EVALUATED
EVALUATING = status_code_pb2.MODEL_EVALUATING


class Gate:
    """A hook that holds each step back until it is let through."""

    def __init__(self):
        self.steps = []
        self._permits = threading.Semaphore(0)

    def __call__(self, step):
        self.steps.append(step)
        assert self._permits.acquire(timeout=30), "nobody let the step through"

    def let(self, steps=1):
        self._permits.release(steps)


class Clumsy(LogisticRegression):
    """A classifier that fails, or takes its process with it."""

    def __init__(self, fault="raise"):
        super().__init__()
        self.fault = fault

    def fit(self, X, y, sample_weight=None):
        if self.fault == "raise":
            raise ValueError("the moon is in the wrong house")
        import os

        os._exit(3)


@pytest.fixture
def gate(server):
    gate = Gate()
    server.before_step = gate
    yield gate
    server.before_step = None
    gate.let(100)


def macro_auc(labels, scores):
    return roc_auc_score(labels, scores, average="macro")


@pytest.mark.parametrize("dataset", ["animals", "more-animals"])
def test_metrics_grow_fold_by_fold_and_agree_with_scikit_learn_at_each(api, gate, dataset):
    api.start("live", dataset=dataset)
    waiting = api.until("live", lambda found: found.status.code == EVALUATING)
    assert not waiting.summary.macro_avg_roc_auc
    seen = []
    for fold in range(1, 5):
        gate.let()
        found = api.until("live", lambda found, fold=fold: found.status.percent_completed == 20 * fold, ALL_FIELDS)
        assert found.status.code == EVALUATING
        assert found.status.time_remaining >= 1
        labels, scores, _, folds = read_test_set(found)
        assert sorted(set(folds)) == list(range(1, fold + 1))
        assert own(found)["folds_done"] == fold
        assert own(found)["inputs_done"] == len(labels)
        mean = np.mean([macro_auc(labels[folds == f], scores[folds == f]) for f in range(1, fold + 1)])
        assert found.summary.macro_avg_roc_auc == pytest.approx(mean, abs=1e-6)
        pooled = np.mean([metrics.roc_auc(c) for c in metrics.counts_by_concept(labels, scores)])
        assert pooled == pytest.approx(macro_auc(labels, scores), abs=1e-12)
        seen.append(len(labels))
    gate.let()
    assert api.wait("live").status.percent_completed == 100
    assert seen == sorted(set(seen))
    assert [(step.kind, step.index, step.total) for step in gate.steps] == [("fold", n, 5) for n in range(1, 6)]
    assert gate.steps[0].evaluation_id == "live"
    assert gate.steps[0].model_version_id == "v1"


@pytest.mark.parametrize("use_kfold", [True, False])
def test_how_much_there_is_to_do_is_told_before_the_first_step_is_done(api, gate, use_kfold):
    api.start("begun", dataset="animals", use_kfold=use_kfold)
    told = own(api.until("begun", lambda found: "inputs_done" in own(found)))
    told = {name: told[name] for name in ("inputs", "inputs_done", "folds", "folds_done") if name in told}
    assert told == {"inputs": 150, "inputs_done": 0} | ({"folds": 5, "folds_done": 0} if use_kfold else {})
    gate.let(5)
    api.wait("begun")


def test_scoring_grows_batch_by_batch(api, gate):
    api.start("batches", dataset="animals", use_kfold=False)
    inputs = []
    for batch in range(1, 3):
        gate.let()
        found = api.until(
            "batches", lambda found, batch=batch: found.status.percent_completed == 100 * batch // 3, ALL_FIELDS
        )
        labels, scores, _, _ = read_test_set(found)
        assert found.summary.macro_avg_roc_auc == pytest.approx(macro_auc(labels, scores), abs=1e-6)
        assert [one.num_tot for one in found.binary_metrics] == [len(labels)] * 3
        inputs.append(len(labels))
    gate.let()
    api.wait("batches")
    assert inputs == [50, 100]
    assert {step.kind for step in gate.steps} == {"batch"}


def test_two_evaluations_at_once_keep_apart(api, gate):
    api.start("first", dataset="animals")
    api.start("second", dataset="more-animals")
    api.until("first", lambda _: len(gate.steps) == 2)
    gate.let(10)
    for name, inputs in (("first", 150), ("second", 90)):
        found = api.wait(name, ALL_FIELDS)
        assert found.status.code == EVALUATED
        assert len(found.test_set) == inputs
        assert found.ground_truth_dataset.id == ("animals" if name == "first" else "more-animals")


def test_an_id_used_again_overwrites_even_while_running(api, gate):
    api.start("again", dataset="animals")
    api.until("again", lambda _: len(gate.steps) == 1)
    api.start("again", dataset="more-animals", use_kfold=False)
    gate.let(20)
    found = api.wait("again", ALL_FIELDS)
    assert found.ground_truth_dataset.id == "more-animals"
    assert len(found.test_set) == 90
    assert [one.id for one in api.call("ListEvaluations", app="zoo").eval_metrics].count("again") == 1


@pytest.mark.parametrize(("fault", "part"), [("raise", "wrong house"), ("exit", "exit code 3")])
def test_a_head_that_fails_ends_its_evaluation_with_the_reason_and_no_other(server, api, fault, part):
    server.train("zoo", f"clumsy-{fault}", dataset_id="animals")
    server._records.model("zoo", f"clumsy-{fault}").classifier = Clumsy(fault)
    api.start("sound", dataset="animals")
    api.start("broken", model=f"clumsy-{fault}")
    found = api.wait("broken")
    assert found.status.code == status_code_pb2.MODEL_EVALUATION_FAILED
    assert part in found.status.details
    assert api.wait("sound").status.code == EVALUATED
    assert api.evaluate("after", dataset="animals").status.code == EVALUATED


def test_folds_go_on_while_python_code_keeps_the_interpreter_busy(server, api):
    done = []
    server.before_step = lambda step: done.append(step.index)
    try:
        api.start("busy", dataset="animals")
        deadline = time.monotonic() + 60
        while len(done) < 5 and time.monotonic() < deadline:
            sum(n * n for n in range(2000))
    finally:
        server.before_step = None
    assert done == [1, 2, 3, 4, 5]
    api.wait("busy")


def test_scores_that_are_no_probabilities_fail_the_evaluation_with_the_value(server, api):
    class Loud(LogisticRegression):
        def predict_proba(self, X):
            return 5 * super().predict_proba(X)

    server.train("zoo", "loud", dataset_id="animals", classifier=Loud())
    api.start("too-loud", model="loud", use_kfold=False)
    found = api.wait("too-loud")
    assert found.status.code == status_code_pb2.MODEL_EVALUATION_FAILED
    assert "predict_proba gave" in found.status.details


@pytest.mark.parametrize("use_kfold", [True, False])
def test_a_cancelled_evaluation_ends_and_keeps_what_was_counted(api, gate, use_kfold):
    api.start("cancelled", dataset="animals", use_kfold=use_kfold)
    gate.let()
    api.until("cancelled", lambda found: found.status.percent_completed > 0)
    request = service_pb2.GetEvaluationRequest(user_app_id={"app_id": "zoo"}, evaluation_id="cancelled")
    for _ in range(2):
        api.stub.GetEvaluation(request, metadata=(*api.metadata, ("x-clarifai-eval-widget-cancel", "1")), timeout=30)
        gate.let()
    found = api.wait("cancelled", ALL_FIELDS)
    assert found.status.code == status_code_pb2.MODEL_NOT_EVALUATED
    assert "cancelled" in found.status.details
    assert len(found.test_set) == (30 if use_kfold else 50)
    assert found.summary.macro_avg_roc_auc > 0.5
    assert len(found.binary_metrics) == 3
    gate.let(10)
    api.evaluate("cancelled", dataset="more-animals", use_kfold=False)
