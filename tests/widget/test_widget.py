"""The widget's Python side: traits, actions, and what happens while evaluations run."""

import threading
import time

import numpy as np
import pytest
import traitlets

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.errors import ConnectionLostError, InvalidRequestError, NotFoundError
from tests.small_server import Gate, blobs, small_server, wait_until
from tests.widget.test_protocol import decode


class Page:
    """The browser's end: sends actions as the page does and keeps the replies."""

    def __init__(self, widget):
        self.widget = widget
        self.replies = {}
        widget.send = lambda content, buffers=None: self.replies.update({content["id"]: content})

    def act(self, action, *, key="one", **arguments):
        self.widget._handle_custom_msg({"id": key, "action": action, **arguments}, [])
        return self.replies[key]

    def key(self, version):
        """The row's own name of a version."""
        return f"local/{self.widget.app}/{self.widget.model}/{version}"

    def row(self, version):
        """The newest run of a version's chosen dataset and kind, as its row shows it."""
        version = self.key(version)
        choice = self.widget.choices[version]
        return next(
            (
                run
                for run in self.widget.run_states
                if (run["version"], run["dataset"], run["use_kfold"])
                == (version, choice["dataset"], choice["use_kfold"])
            ),
            None,
        )

    def calculate(self, version, **arguments):
        version = self.key(version)
        return self.act("calculate", version=version, **self.widget.choices[version], **arguments)


@pytest.fixture(scope="module")
def lasting_server():
    with small_server() as running:
        yield running


@pytest.fixture
def server(lasting_server):
    lasting_server.before_step = None
    return lasting_server


@pytest.fixture
def gate(server):
    held = Gate()
    server.before_step = held
    yield held
    held.open()
    server.before_step = None


@pytest.fixture
def widget(server):
    made = EvalWidget(server.client())
    # Runs of earlier tests are found on the server: begin without them.
    wait_until(lambda: made.versions and not made.loading)
    made._controller.runner.entries.clear()
    made.put_on_screen("", None, b"", revision=0, only_if_on_screen=False)
    made.publish(run_states=[], status="idle", progress=0.0, model_version="second")
    yield made
    made.close()


@pytest.fixture
def page(widget):
    return Page(widget)


@pytest.fixture
def doomed():
    """A widget whose server a test may stop: the server, the widget's page, and a closed gate."""
    with small_server() as server:
        held = Gate()
        server.before_step = held
        made = EvalWidget(server.client())
        wait_until(lambda: made.versions and not made.loading)
        yield server, Page(made), held
        made.close()
        held.open()


def test_a_new_widget_shows_where_it_is_connected_and_what_can_be_evaluated(widget):
    assert (widget.connection["kind"], widget.connection["user"]) == ("local", "local")
    assert (widget.app, widget.model, widget.model_version) == ("shop", "sentiment", "second")
    assert [row["label"] for row in widget.versions] == ["second", "first"]
    assert widget.choices["local/shop/sentiment/second"] == {"dataset": "local/shop/reviews", "use_kfold": True}
    assert {dataset["key"]: dataset["own_app"] for dataset in widget.datasets} == {
        "local/shop/reviews": True,
        "local/market/offers": False,
    }
    assert widget.problem is None


def test_what_is_named_is_selected_at_first(server):
    client = server.client()
    widget = EvalWidget(client, model_version="first", dataset="offers", threshold=0.25)
    wait_until(lambda: widget.versions and not widget.loading)
    assert (widget.model_version, widget.dataset, widget.threshold) == ("first", "local/market/offers", 0.25)
    assert widget.choices["local/shop/sentiment/first"]["use_kfold"] is False
    widget.close()


def test_calculate_shows_every_fold_and_ends_with_the_result(widget, page, gate):
    assert page.calculate("second")["ok"]
    seen = []
    for fold in range(1, 6):
        gate.let_through()
        wait_until(lambda fold=fold: widget.curves and decode(widget.curves)[0]["folds"] == list(range(1, fold + 1)))
        header, _ = decode(widget.curves)
        seen.append((header["inputs"], header["complete"]))
    wait_until(lambda: page.row("second")["status"] == "evaluated")
    assert [inputs for inputs, _ in seen] == [60, 120, 180, 240, 300]
    assert wait_until(lambda: widget.evaluation.complete)
    assert decode(widget.curves)[0]["complete"]
    assert (widget.status, widget.progress) == ("evaluated", 1.0)
    assert page.row("second")["roc_auc"] == pytest.approx(
        decode(widget.curves)[0]["macro"]["fold_roc_auc"]["mean"], abs=1e-6
    )


def test_an_action_is_done_once_however_often_it_arrives(widget, page, gate):
    page.calculate("second", key="same")
    page.calculate("second", key="same")
    assert len(widget.run_states) == 1


def test_two_runs_at_once_each_keep_their_row(widget, page, gate):
    page.calculate("second", key="a")
    widget.set_state(
        {
            "choices": {
                **widget.choices,
                "local/shop/sentiment/first": {"dataset": "local/market/offers", "use_kfold": False},
            }
        }
    )
    page.calculate("first", key="b")
    assert widget.viewing == page.row("first")["key"]
    gate.open()
    wait_until(lambda: page.row("first")["status"] == page.row("second")["status"] == "evaluated")
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert widget.evaluation.info.model_version_id == "first"
    assert page.act("view", key="c", run=page.row("second")["key"])["ok"]
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.info.model_version_id == "second")
    assert decode(widget.curves)[0]["run"] == page.row("second")["key"]
    assert widget.evaluation.info.use_kfold


def test_the_result_of_a_run_in_python_is_on_screen_when_result_returns(widget):
    evaluation = widget.evaluate().result(timeout=60)
    assert widget.evaluation is evaluation
    assert (widget.status, widget.progress) == ("evaluated", 1.0)
    assert widget.runs[0].status == "evaluated"


def test_a_slower_thread_never_brings_an_older_state_back_on_screen(widget):
    evaluation = widget.evaluate().result(timeout=60)
    curves, revision = widget.curves, decode(widget.curves)[0]["revision"]
    older = Evaluation.from_scores(["a", "b"], np.array([[0.9, 0.1], [0.4, 0.6]]), concepts=["a", "b"])
    widget.put_on_screen(widget.viewing, older, b"older", revision=revision - 1, only_if_on_screen=True)
    assert widget.evaluation is evaluation
    assert widget.curves == curves


def test_setting_the_dataset_changes_what_evaluate_does(widget):
    widget.dataset = "offers"
    assert widget.dataset == "local/market/offers"
    evaluation = widget.evaluate().result(timeout=60)
    assert (evaluation.info.dataset_id, evaluation.info.use_kfold) == ("offers", False)


def test_a_dataset_version_named_at_first_is_what_the_button_evaluates(server):
    embeddings, labels = blobs(90, 3, 5)
    server.add_dataset("market", "grown", labels=labels[:60], embeddings=embeddings[:60])
    server.add_dataset("market", "grown", labels=labels, embeddings=embeddings)
    widget = EvalWidget(server.client(), dataset="grown", dataset_version="v1")
    wait_until(lambda: widget.versions and not widget.loading)
    assert (widget.dataset, widget.dataset_version) == ("local/market/grown", "v1")
    Page(widget).calculate("second")
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert widget.evaluation.num_inputs == 60
    widget.dataset = "grown"
    assert widget.dataset_version == ""
    assert widget.evaluate().result(timeout=60).num_inputs == 90
    widget.close()


def test_scoring_a_version_on_its_own_training_data_warns(widget, page):
    widget.evaluate({"use_kfold": False}).result(timeout=60)
    assert "trained on" in widget.run_states[0]["warning"]
    assert any("trained on" in note for note in decode(widget.curves)[0]["notes"])


def test_traits_move_while_python_code_keeps_the_main_thread_busy(widget, server):
    seen = []
    server.before_step = lambda _step: time.sleep(0.5)  # folds of real data take about that
    widget.observe(lambda change: seen.append((change["new"], threading.current_thread())), "evaluation")
    run = widget.evaluate()
    # No yielding, no waiting on a lock: only the interpreter's own switching lets the others run.
    ends = time.monotonic() + 30
    while time.monotonic() < ends and not (widget.evaluation is not None and widget.evaluation.complete):
        sum(range(1000))
    assert run.done()
    moved = [evaluation for evaluation, _ in seen if evaluation is not None]
    assert len(moved) >= 3
    assert all(thread is not threading.main_thread() for evaluation, thread in seen if evaluation is not None)


def test_a_threshold_between_stops_gets_its_exact_counts(widget):
    evaluation = widget.evaluate().result(timeout=60)
    widget.threshold = 0.4321987
    expected = evaluation.table(threshold=0.4321987)
    assert widget.exact_stop["tps"] == expected["tp"].tolist()
    widget.threshold = 0.5
    assert widget.exact_stop is None


def test_a_threshold_outside_zero_and_one_is_refused(widget):
    with pytest.raises(traitlets.TraitError, match=r"between 0 and 1, not at 1\.5"):
        widget.threshold = 1.5


def test_a_concept_that_is_not_there_is_refused_with_the_nearest(widget):
    widget.evaluate().result(timeout=60)
    with pytest.raises(traitlets.TraitError, match="'c1'"):
        widget.concept = "c11"
    widget.concept = "c1"
    assert widget.concept == "c1"


def test_a_second_widget_finds_the_earlier_results(widget, server):
    run = widget.evaluate()
    run.result(timeout=60)
    later = EvalWidget(server.client())
    wait_until(lambda: later.run_states and not later.loading)
    page = Page(later)
    assert page.row("second")["status"] == "evaluated"
    assert page.act("view", run=page.row("second")["key"])["ok"]
    wait_until(lambda: later.evaluation is not None)
    assert later.evaluation.info.id == run.id
    later.close()


def test_a_run_in_progress_is_taken_up_by_a_new_widget(widget, server, gate):
    widget.evaluate()
    wait_until(lambda: gate.reached)
    later = EvalWidget(server.client())
    wait_until(lambda: later.run_states and not later.loading)
    gate.open()
    wait_until(lambda: later.run_states[0]["status"] == "evaluated")
    later.close()


def test_where_metrics_come_only_at_the_end_status_and_progress_are_live_all_the_same(server, gate, monkeypatch):
    client = server.client()
    # As on the platform: another host, which tells nothing but status and per cent before the end.
    monkeypatch.setattr(type(client), "is_local", property(lambda _: False))
    monkeypatch.setattr(type(client), "poll_interval", property(lambda _: 0.05))
    widget = EvalWidget(client)
    wait_until(lambda: widget.versions and not widget.loading)
    assert widget.connection["kind"] == "platform"
    page = Page(widget)
    page.calculate("second")
    for fold in (1, 2):
        gate.let_through()
        wait_until(lambda fold=fold: widget.progress == pytest.approx(fold / 5))
        assert (widget.curves, widget.evaluation) == (b"", None)
    assert page.row("second")["live"] is False
    gate.open()
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert decode(widget.curves)[0]["complete"]
    widget.close()


def test_a_server_stopped_mid_run_is_told_in_the_row_and_retry_is_offered(doomed):
    server, page, gate = doomed
    page.calculate("second")
    wait_until(lambda: gate.reached)
    gate.open()
    server.stop()
    row = wait_until(lambda: page.row("second") if page.row("second")["status"] == "failed" else None)
    assert row["error"]["title"] == "The server is gone"
    assert row["error"]["retry"]
    assert page.act("retry", key="two", run=row["key"])["ok"]
    wait_until(lambda: page.row("second")["status"] == "failed" and page.row("second")["error"])


def test_retry_after_the_sample_server_was_stopped_runs_on_a_new_one(monkeypatch):
    from clarifai_eval_widget import LocalServer

    servers = [small_server()]
    monkeypatch.setattr(LocalServer, "shared", classmethod(lambda cls: servers[-1]))
    held = Gate()
    servers[0].before_step = held
    widget = EvalWidget.local()
    wait_until(lambda: widget.versions and not widget.loading)
    page = Page(widget)
    page.calculate("second")
    wait_until(lambda: held.reached)
    held.open()
    servers[0].stop()
    row = wait_until(lambda: page.row("second") if page.row("second")["status"] == "failed" else None)
    servers.append(small_server())
    page.act("retry", key="two", run=row["key"])
    wait_until(lambda: page.row("second")["status"] == "evaluated")
    widget.close()
    servers[1].stop()


def test_a_refresh_with_the_server_gone_is_a_problem_that_can_be_read(doomed):
    server, page, _ = doomed
    server.stop()
    page.act("refresh")
    problem = wait_until(lambda: page.widget.problem)
    assert problem["title"] == "The server is gone"
    assert problem["action"] == "refresh"
    with pytest.raises(ConnectionLostError):
        page.widget.evaluate()


def test_an_action_that_cannot_be_done_is_answered_with_the_reason(page):
    assert (
        "nearest"
        in page.act("calculate", version="local/shop/sentiment/secnd", dataset="local/shop/reviews", use_kfold=True)[
            "error"
        ]["message"]
    )
    assert "does not know" in page.act("dance", key="two")["error"]["message"]
    assert "no run" in page.act("view", key="three", run="gone")["error"]["message"]


def test_apps_whose_versions_share_an_id_keep_their_rows_apart(server, gate):
    server.train("market", "interest", dataset_id="offers", version_id="second")
    widget = EvalWidget(server.client(), model="sentiment")
    wait_until(lambda: widget.versions and not widget.loading)
    page = Page(widget)
    before = len(widget.run_states)
    page.calculate("second")
    widget.app = "market"
    wait_until(lambda: widget.model == "interest" and widget.versions and not widget.loading)
    assert widget.choices[page.key("second")] == {"dataset": "local/market/offers", "use_kfold": True}
    assert page.row("second") is None, "the other app's run is not this row's"
    assert len(widget.run_states) == before + 1
    gate.open()
    assert widget.evaluate().result(timeout=60).info.model_id == "interest"
    widget.close()


def test_an_embedding_classifier_is_scored_and_never_cross_validated_by_default(server):
    server.train("market", "embedded", dataset_id="offers", version_id="only", model_type_id="embedding-classifier")
    widget = EvalWidget(server.client(), model="embedded")
    wait_until(lambda: widget.versions and not widget.loading)
    assert widget.models[-1]["cross_validation"] is False
    widget.choices = {f"local/{widget.app}/embedded/only": {"dataset": "local/market/offers", "use_kfold": True}}
    assert widget.evaluate().result(timeout=60).info.use_kfold is False
    widget.close()


def test_picking_in_python_loads_what_is_picked_and_refuses_what_is_not_there(widget, server):
    with pytest.raises(traitlets.TraitError, match="'shop'"):
        widget.app = "shopp"
    with pytest.raises(traitlets.TraitError, match="'sentiment'"):
        widget.model = "sentimant"
    with pytest.raises(traitlets.TraitError, match="'second'"):
        widget.model_version = "secund"
    widget.model_version = "first"
    assert widget.evaluate().result(timeout=60).info.model_version_id == "first"


def test_an_evaluation_put_on_screen_from_python_is_drawn(widget):
    mine = Evaluation.from_scores(["a", "b"], np.array([[0.9, 0.1], [0.4, 0.6]]), concepts=["a", "b"])
    widget.evaluation = mine
    header, _ = decode(widget.curves)
    assert [concept["id"] for concept in header["concepts"]] == ["a", "b"]
    assert header["run"] == widget.viewing


def test_a_result_that_can_no_longer_be_read_is_told_in_its_row(server):
    with small_server() as other:
        first = EvalWidget(other.client())
        first.evaluate().result(timeout=60)
        late = EvalWidget(other.client())
        wait_until(lambda: late.run_states and not late.loading)
        wait_until(lambda: late.evaluation is not None)
        (entry,) = late._controller.runner.entries
        entry.evaluation = entry.run.state.result = None  # as if it had not been looked at yet
    page = Page(late)
    page.act("view", run=page.row("second")["key"])
    wait_until(lambda: page.row("second")["error"])
    assert page.row("second")["error"]["title"] == "The server is gone"
    first.close()
    late.close()


def test_a_retry_asks_for_the_same_as_the_first_time(doomed):
    _server, page, gate = doomed
    run = page.widget.evaluate({"folds": 3})
    wait_until(lambda: gate.reached)
    key = page.widget.viewing
    entry = page.widget._controller.runner.entry(key)
    gate.open()
    run.result(timeout=60)
    page.widget._controller.runner.restart(page.widget._controller.client, entry)
    wait_until(lambda: entry.run is not None and entry.run is not run and entry.run.done())
    assert entry.run.progress.folds == 3


@pytest.mark.parametrize("model", [3, "", ["sentiment"]])
def test_something_that_is_no_name_is_refused_at_once(server, model):
    widget = EvalWidget(server.client(), model=model)
    assert "named by its id" in wait_until(lambda: widget.problem)["message"]
    with pytest.raises(InvalidRequestError, match="named by its id"):
        widget.evaluate()
    widget.close()


def test_parameters_that_are_chosen_elsewhere_or_of_the_wrong_kind_are_refused(widget):
    with pytest.raises(InvalidRequestError, match=r"set w\.dataset"):
        widget.evaluate({"dataset_id": "offers"})
    with pytest.raises(InvalidRequestError, match="True or False"):
        widget.evaluate({"use_kfold": "yes"})


def test_what_does_not_go_together_is_refused_before_anything_starts(server):
    evaluation = Evaluation.from_scores(["a", "b"], np.array([[0.9, 0.1], [0.4, 0.6]]), concepts=["a", "b"])
    with pytest.raises(TypeError, match="EvalClient first"):
        EvalWidget("token")
    with pytest.raises(TypeError, match="from_scores"):
        EvalWidget(evaluation=[[0.1]])
    with pytest.raises(TypeError, match="no server"):
        EvalWidget(evaluation=evaluation, model="sentiment")
    with pytest.raises(NotFoundError, match="'a'"):
        EvalWidget(evaluation=evaluation, concept="aa")


def test_numpys_floats_are_thresholds(widget):
    widget.threshold = np.float32(0.25)
    assert widget.threshold == 0.25


def test_an_unknown_start_is_a_problem_on_the_page_and_an_error_in_python(server):
    widget = EvalWidget(server.client(), model="sentimant")
    assert "'sentiment'" in wait_until(lambda: widget.problem)["message"]
    with pytest.raises(NotFoundError, match="'sentiment'"):
        widget.evaluate()
    widget.close()


def test_a_given_evaluation_needs_no_server():
    labels, scores = ["a", "b", "a", "b"], np.array([[0.9, 0.1], [0.4, 0.6], [0.6, 0.4], [0.2, 0.8]])
    widget = EvalWidget(evaluation=Evaluation.from_scores(labels, scores, concepts=["a", "b"]))
    assert widget.workbench_only
    assert widget.status == "evaluated"
    assert decode(widget.curves)[0]["macro"]["roc_auc"] == 1.0
    with pytest.raises(InvalidRequestError, match="no server"):
        widget.evaluate()
    widget.close()


def test_threads_end_with_the_last_run(widget):
    widget.evaluate().result(timeout=60)
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("eval-widget")])


def test_closing_ends_the_threads_of_a_running_evaluation(widget, gate):
    widget.evaluate()
    widget.close()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("eval-widget")])


@pytest.mark.parametrize(("keyword", "hint"), [("modle", "Did you mean 'model'"), ("colour", "It takes client")])
def test_an_unknown_keyword_is_refused_with_a_hint(server, keyword, hint):
    with pytest.raises(TypeError, match=hint):
        EvalWidget(server.client(), **{keyword: 1})


def test_the_repr_is_stable_and_holds_no_secret(widget, server):
    before = repr(widget)
    widget.evaluate().result(timeout=60)
    assert repr(widget) == before
    assert server.pat not in repr(widget)


def test_inputs_never_travel_in_traits(widget):
    widget.evaluate().result(timeout=60)
    state = repr({name: value for name, value in widget.get_state().items() if not name.startswith("_")})
    assert "reviews 17" not in state
