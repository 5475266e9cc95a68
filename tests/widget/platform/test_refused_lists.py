"""A key that may not list everything narrows the page; it does not block it."""

import pytest

from clarifai_eval_widget import EvalWidget
from tests.client.stand_in import StandIn
from tests.client.test_found import evaluation
from tests.small_server import wait_until


@pytest.fixture
def server():
    with StandIn(questions=0) as running:
        running.evaluations = {"e": evaluation("e", dataset=("ann", "app", "data", "d2"))}
        yield running


@pytest.fixture
def opened(server):
    made = []

    def open_(**options):
        client = server.client(**options)
        widget = EvalWidget(client)
        made.append((widget, client))
        wait_until(lambda: not widget.loading and (widget.versions or widget.problem))
        return widget

    yield open_
    for widget, client in made:
        widget.close()
        client.close()


@pytest.mark.parametrize("app_id", ["app", None])
@pytest.mark.parametrize("refused", [{"ListApps"}, {"ListEvaluations"}, {"ListApps", "ListEvaluations"}])
def test_a_list_that_is_refused_is_said_and_the_others_are_there(server, opened, refused, app_id):
    server.forbidden = refused
    widget = opened(app_id=app_id)
    assert [row["id"] for row in widget.apps] == ["app"]
    assert (widget.app, widget.model, widget.model_version) == ("app", "model", "v1")
    assert widget.problem["lists"] == [name.removeprefix("List").lower() for name in sorted(refused)]
    assert widget.problem["title"].startswith("This key may not list ")
    assert widget.problem["code"] == 11007
    assert [run.id for run in widget.runs] == ([] if "ListEvaluations" in refused else ["e"])
    assert widget.evaluate().result(timeout=30).complete


def test_an_apps_key_which_may_ask_only_about_its_app_has_all_of_that(server, opened):
    server.forbidden = {"ListApps"}
    server.forbidden_without_app = {"ListModels", "ListDatasets", "ListEvaluations"}
    widget = opened(app_id="app")
    assert widget.problem["lists"] == ["apps"]
    assert [row["id"] for row in widget.models] == ["model"]
    assert [row["id"] for row in widget.datasets] == ["data"]
    assert [run.id for run in widget.runs] == ["e"]


@pytest.mark.parametrize(("refused", "lists"), [("ListModels", ["models"]), ("ListModelVersions", ["versions"])])
def test_without_models_or_versions_the_apps_are_there_all_the_same(server, opened, refused, lists):
    server.forbidden = {refused}
    widget = opened()
    assert [row["id"] for row in widget.apps] == ["app"]
    assert widget.problem["lists"] == lists
    assert widget.versions == []


def test_datasets_that_may_not_be_listed_leave_versions_and_runs(server, opened):
    server.forbidden = {"ListDatasets"}
    widget = opened()
    assert widget.problem["lists"] == ["datasets"]
    assert len(widget.versions) == 1
    assert [row["dataset_name"] for row in widget.run_states] == ["data"]


def test_a_key_that_was_given_more_scopes_has_the_whole_page_after_a_refresh(server, opened):
    server.forbidden = {"ListApps", "ListEvaluations"}
    widget = opened()
    assert widget.runs == []
    server.forbidden = set()
    widget._platform.refresh()
    wait_until(lambda: widget.runs and not widget.loading)
    assert widget.problem is None


def test_a_wrong_key_is_a_problem_of_everything(server, opened):
    server.faults = {name: [11008] * 9 for name in ("ListApps", "ListDatasets", "ListModels")}
    widget = opened(app_id="app")
    assert widget.problem["lists"] == []
    assert widget.problem["action"] == "refresh"


@pytest.mark.parametrize("fault", [11007, 11101, 11102], ids=["not allowed", "damaged", "refused"])
def test_a_test_set_that_cannot_be_read_leaves_summary_and_curves(server, fault):
    def without_inputs(reply):
        reply.eval_metrics.ClearField("test_set")
        one = reply.eval_metrics.binary_metrics.add(num_pos=2, num_neg=2, num_tot=4, roc_auc=0.75)
        one.concept.id = "a"
        one.roc_curve.fpr.extend([0.0, 0.5, 1.0])
        one.roc_curve.tpr.extend([0.0, 1.0, 1.0])
        one.roc_curve.thresholds.extend([1.0, 0.5, 0.0])
        one.precision_recall_curve.recall.extend([1.0, 1.0, 0.0])
        one.precision_recall_curve.precision.extend([0.5, 0.7, 1.0])
        one.precision_recall_curve.thresholds.extend([0.0, 0.5, 1.0])

    server.faults["ReadEvaluation"] = [fault]
    server.faults["GetEvaluation"] = [without_inputs]
    with server.client() as client:
        read = client.evaluation("e", "app")
    asked = [request.fields.test_set for method, request in server.requests if method.endswith("Evaluation")]
    assert asked == [True, False]
    assert read.roc_auc("a") == 0.75
    assert read.summary["macro_avg_roc_auc"] == 0.75
    assert len(read.roc_curve("a")) == 3
    assert read.notes[0].startswith("The test set is missing: Could not read the evaluation 'e'")
