"""A run is ended once the results so far decide a question, and what was counted stays, with the reason."""

import time

import pytest

from clarifai_eval_widget import EvalWidget, LocalServer
from clarifai_eval_widget.errors import InvalidRequestError
from tests.client.stand_in import StandIn
from tests.small_server import blobs, wait_until
from tests.widget.page import Page


@pytest.fixture(scope="module")
def server():
    with LocalServer() as running:
        embeddings, labels = blobs(1500, 3, 0)
        running.add_dataset("shop", "reviews", labels=labels, embeddings=embeddings)
        running.add_dataset("shop", "noise", labels=labels, embeddings=embeddings[::-1].copy())
        running.train("shop", "sentiment", dataset_id="reviews", version_id="good")
        running.train("shop", "noisy", dataset_id="noise", version_id="bad")
        running.before_step = lambda _step: time.sleep(0.25)  # as long as batches of real data take
        yield running


def start(client, version="good", model="sentiment", **params):
    found = next(one for one in client.model_versions(model) if one.id == version)
    return client.start_evaluation(found, "reviews", params={"use_kfold": False, **params})


@pytest.mark.parametrize(("bar", "answer"), [(0.6, True), (0.99, False)])
def test_what_is_clear_early_ends_the_run_and_is_told_with_its_reason(server, bar, answer):
    with server.client() as client:
        run = start(client)
        found = run.stop_when_decided(roc_auc_above=bar, timeout=60)
        assert found.answer is answer
        assert found.decided
        assert found.inputs < found.planned == 1500
        assert not found.evaluation.complete
        assert found.evaluation.num_inputs >= found.inputs
        assert "stopped early, decided: macro ROC AUC above" in str(run.error)
        assert any("stopped early" in note for note in found.evaluation.notes)
        low, high = found.interval
        assert (low > bar) if answer else (high < bar)
        assert str(found).startswith(f"macro ROC AUC above {bar:g}? {'yes' if answer else 'no'} (")


def test_what_stays_open_is_scored_to_the_end_and_is_no_error(server):
    with server.client() as client:
        whole = start(client).result(timeout=60)
        bar = whole.figure_interval().value
        found = start(client).stop_when_decided(roc_auc_above=bar, timeout=60)
        assert (found.answer, found.decided) == (None, False)
        assert found.evaluation.complete
        assert found.inputs == found.planned == 1500
        assert found.interval[0] < whole.figure_interval().interval[0], "the end is one look more"


def test_the_better_of_two_is_told_apart_before_the_end(server):
    with server.client() as client:
        other = start(client, "bad", "noisy")
        other.result(timeout=60)
        found = start(client).stop_when_decided(better_than=other, timeout=60)
        assert found.answer is True
        assert found.inputs < 1500
        by_concept = start(client).stop_when_decided(better_than=other.result(), concept="c0", timeout=60)
        assert by_concept.answer is True
        assert "'c0'" in str(by_concept)


def test_nothing_is_decided_from_a_handful_of_inputs(server):
    with server.client() as client:
        few = start(client).result(timeout=60).slice([f"reviews-{n:04d}" for n in range(1, 22)])
        from clarifai_eval_widget.evaluation.deciding import Question

        found = Question(roc_auc_above=0.01).decide(few)
        assert not found.decided
        assert "only 7 positives" in found.reason


def test_a_question_must_be_one(server):
    with server.client() as client:
        run = start(client)
        for asked in ({}, {"roc_auc_above": 0.5, "better_than": run.result(timeout=60)}, {"roc_auc_above": 1.5}):
            with pytest.raises(ValueError, match="roc_auc_above"):
                run.stop_when_decided(**asked)


def test_the_platform_gives_nothing_to_decide_on_before_the_end():
    with StandIn(questions=1000) as platform:
        platform.says_it_is_ours = False
        with platform.client() as client:
            run = client.start_evaluation(client.model_versions("model")[0])
            with pytest.raises(InvalidRequestError, match="Only the local server"):
                run.stop_when_decided(roc_auc_above=0.5)


def test_the_widget_shows_what_was_counted_and_why_it_was_stopped(server):
    widget = EvalWidget(server.client(), model="sentiment")
    wait_until(lambda: widget.versions and not widget.loading)
    widget.dataset = "reviews"
    found = widget.evaluate({"use_kfold": False}).stop_when_decided(roc_auc_above=0.6, timeout=60)
    row = wait_until(lambda: widget.run_states[0] if widget.run_states[0]["status"] == "failed" else None)
    assert row["error"] is None
    assert "stopped early" in row["warning"]
    assert wait_until(lambda: widget.evaluation is not None and widget.evaluation.num_inputs >= found.inputs)
    assert not widget.evaluation.complete
    widget.close()


def test_the_page_says_that_the_better_of_two_is_decided_while_the_run_goes_on(server):
    with server.client() as client:
        noisy = start(client, "bad", "noisy").result(timeout=60)
    widget = EvalWidget(server.client(), model="sentiment")
    wait_until(lambda: widget.versions and not widget.loading)
    page, widget.dataset = Page(widget), "reviews"
    run = widget.evaluate({"use_kfold": False})
    widget.compare(run, noisy, names=["good", "noisy"])
    said = {}

    def others():
        rows = widget.comparison
        asked = {"others": [rows[1]["run"]], "revisions": [1], "concept": None, "threshold": 0.5}
        told = page.panel("compare", asked, key=f"look {len(said)}", run=rows[0]["run"], revision=rows[0]["revision"])
        said[len(said)] = told
        return told[0]["others"][0] if isinstance(told, tuple) else None

    first = wait_until(lambda: widget.comparison[0]["revision"] and (others() or {}).get("decided"))
    assert first.startswith("Decided after ")
    assert not run.done()
    run.result(timeout=60)
    last = wait_until(lambda: (told := others()) and not told["decided"] and told)
    assert last["told_apart"]
    assert last["difference"] < 0
    widget.close()
