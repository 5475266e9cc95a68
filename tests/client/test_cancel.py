"""Cancelling: the local server ends an evaluation, the platform cannot; which it was is told."""

import asyncio
import threading

import pytest

from clarifai_eval_widget.client import Cancellation
from clarifai_eval_widget.errors import ConnectionLostError, EvalError, EvaluationFailedError
from tests.client.stand_in import StandIn
from tests.small_server import Gate, small_server, wait_until


@pytest.fixture
def server():
    with small_server() as running:
        yield running


@pytest.fixture
def platform():
    with StandIn(questions=1000) as running:
        running.says_it_is_ours = False
        yield running


def test_the_local_server_ends_it_and_what_was_counted_stays_marked_as_partial(server):
    server.before_step = gate = Gate()
    with server.client() as client:
        run = client.start_evaluation("second", "reviews", params={"use_kfold": True})
        unfollow = run.follow()
        gate.let_through(2)
        wait_until(lambda: len(gate.reached) == 3)
        assert run.cancel() is Cancellation.ENDED
        gate.open()
        with pytest.raises(EvaluationFailedError, match="It was cancelled"):
            run.result(timeout=30)
        evaluation = run.evaluation()
        assert not evaluation.complete
        assert len(evaluation.scores) == 120, "two folds of sixty"
        assert run.cancel() is Cancellation.TOO_LATE
        unfollow()


def test_one_that_has_just_ended_is_told_as_too_late_and_never_as_cancelled():
    with StandIn(questions=1) as server, server.client() as client:
        run, told = client.start_evaluation("v1"), []
        run.subscribe(lambda: told.append((run.status, run.cancellation)))
        assert run.cancel() is Cancellation.TOO_LATE, "the server says so in its answer"
        assert told == [("evaluated", None)]
        assert run.cancellation is None
        assert run.result(timeout=30).complete


def test_the_platform_goes_on_and_is_asked_no_more(platform):
    with platform.client() as client:
        run = client.start_evaluation(client.model_versions("model")[0])
        run.follow()
        wait_until(lambda: platform.calls["GetEvaluation"])
        assert run.cancel() is Cancellation.STOPPED_WATCHING
        assert not run.done()
        assert client.follower._followed == {}
        cancels = [headers for method, headers in platform.headers if "x-clarifai-eval-widget-cancel" in headers]
        assert cancels == []


def test_whoever_waits_is_told_that_it_is_watched_no_more(platform):
    with platform.client() as client:
        run = client.start_evaluation(client.model_versions("model")[0])
        failures = []

        def wait():
            try:
                run.result(timeout=60)
            except EvalError as error:
                failures.append(str(error))

        async def await_it():
            task = asyncio.ensure_future(asyncio.wait_for(_result(run), 60))
            await asyncio.sleep(0.05)
            await asyncio.to_thread(run.cancel)
            await task

        thread = threading.Thread(target=wait)
        thread.start()
        wait_until(lambda: client.follower._followed)
        run.cancel()
        thread.join(30)
        assert ["no longer watched" in words for words in failures] == [True]
        with pytest.raises(EvalError, match="no longer watched"):
            asyncio.run(await_it())


async def _result(run):
    return await run


def test_one_that_is_no_longer_watched_can_be_watched_again(platform):
    with platform.client() as client:
        run = client.start_evaluation(client.model_versions("model")[0])
        run.cancel()
        platform.questions = 1
        assert run.result(timeout=30).complete


def test_one_whose_local_server_is_away_is_left_and_can_be_watched_again():
    with StandIn(questions=1000) as server:
        client = server.client()
        run = client.start_evaluation("v1")
        run.follow()
    wait_until(lambda: run.status == "reconnecting")
    assert run.cancel() is Cancellation.STOPPED_WATCHING
    assert client.follower._followed == {}
    with StandIn(questions=1, port=server.port) as later:
        later.evaluations = server.evaluations
        assert run.result(timeout=30).complete
        assert run.cancellation is None
    client.close()


def test_a_server_of_this_process_that_was_stopped_for_good_is_an_error():
    with StandIn(questions=1000) as server:
        client = server.client()
        run = client.start_evaluation("v1")
    client.ends_with(lambda: True)
    with pytest.raises(ConnectionLostError):
        run.cancel()
    client.close()


@pytest.mark.parametrize(("samples", "advice"), [(True, "a new one with the sample apps"), (False, "with a file")])
def test_a_local_server_that_is_gone_is_told_with_what_to_do_about_that_very_one(samples, advice):
    with StandIn() as server:
        client = server.client()
        client.apps()
        client.serves_samples = samples
    with pytest.raises(ConnectionLostError, match=advice):
        client.models()
    client.close()


def test_one_whose_server_was_asked_to_end_it_and_did_not_answer_is_not_told_as_cancelled(monkeypatch):
    with StandIn(questions=1000) as running, running.client() as client:
        run = client.start_evaluation(client.model_versions("model")[0])
        meanwhile = []

        def fetch(*_args, **_options):
            run.state.tell()  # whoever follows it looks at it now
            meanwhile.append(run.cancellation)
            raise EvalError("INTERNAL")

        monkeypatch.setattr(client, "fetch", fetch)
        with pytest.raises(EvalError, match="INTERNAL"):
            run.cancel()
        assert (meanwhile, run.cancellation) == ([None], None)
