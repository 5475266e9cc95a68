"""One thread follows all runs of a client, and one place decides what a failed question means."""

import asyncio
import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import grpc
import pytest
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.client import follow, state, transience
from clarifai_eval_widget.client.run import Run
from clarifai_eval_widget.errors import (
    AuthenticationError,
    ConnectionLostError,
    DeadlineError,
    EvalError,
    EvaluationFailedError,
    InvalidRequestError,
    NotFoundError,
    NotReadyError,
    PermissionDeniedError,
    ServerStatus,
    ThrottledError,
)
from clarifai_eval_widget.own_metrics import CANCELLED, MAKING
from tests.client.stand_in import EVALUATED, EVALUATING, FAILED, NOT_EVALUATED, StandIn, fill, status
from tests.small_server import Gate, small_server, wait_until


@pytest.fixture
def following():
    """Threads that follow runs; not those of other tests, whose last question may still be on its way."""

    def followers():
        return [thread for thread in threading.enumerate() if thread.name == "eval-client-follow"]

    before = followers()
    return lambda: [thread for thread in followers() if thread not in before]


def in_threads(number, work):
    """Threads that each do the work, and the list of what it gives or raises."""
    results = []

    def run():
        try:
            results.append(work())
        except EvalError as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads, results


# -- one follower ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("waiters", [1, 3])
def test_a_run_is_asked_about_as_often_for_one_who_waits_as_for_many(server, client, waiters):
    server.questions = 8
    run = client.start_evaluation("v1")
    called = threading.Event()
    threads, results = in_threads(waiters, lambda: run.result(timeout=30))
    if waiters > 1:
        run.add_done_callback(lambda _: called.set())
        run.subscribe(lambda: None)
        run.follow()
        assert asyncio.run(asyncio.wait_for(_awaited(run), 30)).complete
        assert called.wait(10)
    for thread in threads:
        thread.join()
    assert len({id(result) for result in results}) == 1
    assert server.calls["GetEvaluation"] == 8
    assert server.calls["ReadEvaluation"] == 1


async def _awaited(run):
    return await run


def test_a_run_listed_again_is_the_same_run_and_is_asked_about_once(server, client):
    run = client.start_evaluation("v1")
    (again,) = client.evaluations()
    assert again is run
    run.follow()
    assert again.result(timeout=30).complete
    assert server.calls["GetEvaluation"] == 3


def test_many_runs_share_one_thread_which_ends_with_the_last(server, client, following):
    server.questions = 10
    runs = [client.start_evaluation("v1") for _ in range(5)]
    for run in runs:
        run.follow()
    assert len(following()) == 1
    assert following()[0].daemon
    wait_until(lambda: all(run.done() for run in runs))
    wait_until(lambda: not following())


def test_every_run_has_its_turn_where_news_come_faster_than_answers(server, client, monkeypatch):
    server.questions = 1000
    client.follower.hears_of_news = True
    asked, over = [], threading.Event()

    def ask(run, *, deadline):
        asked.append(run.id)
        client.follower.ask_soon()  # another has moved on meanwhile
        if len(asked) > 60 or over.is_set():
            over.set()
            raise InvalidRequestError("Enough.")
        return client.fetch(run, deadline=deadline).metrics

    runs = [client.start_evaluation(version) for version in ("v1", "v1", "v1")]
    monkeypatch.setattr(Run, "ask", ask)
    gives_back = [run.follow() for run in runs]
    assert over.wait(60)
    for give_back in gives_back:
        give_back()
    assert all(asked[:60].count(run.id) >= 15 for run in runs)


def test_a_run_nobody_is_interested_in_any_more_is_not_asked_about(server, client, following):
    server.questions = 10**6
    run = client.start_evaluation("v1")
    first, second = run.follow(), run.follow()
    wait_until(lambda: server.calls["GetEvaluation"] > 2)
    first()
    first()  # giving back twice gives back once
    before = server.calls["GetEvaluation"]
    wait_until(lambda: server.calls["GetEvaluation"] > before + 1)
    second()
    wait_until(lambda: not following())
    run.subscribe(lambda: None)
    assert not following()


def test_whoever_stops_waiting_ends_the_questions(server, client, following):
    server.questions = 10**6
    run = client.start_evaluation("v1")
    with pytest.raises(DeadlineError, match="It goes on"):
        run.result(timeout=0.3)
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(_awaited(run), 0.3))
    wait_until(lambda: not following())


def test_closing_the_client_ends_the_thread_and_tells_all_who_wait(server, following):
    server.questions = 10**6
    client = server.client()
    run = client.start_evaluation("v1")
    raised = []

    def wait():
        try:
            run.result()
        except ConnectionLostError as error:
            raised.append(error)

    def wait_in_a_loop():
        try:
            asyncio.run(_awaited(run))
        except ConnectionLostError as error:
            raised.append(error)

    threads = [threading.Thread(target=work) for work in (wait, wait_in_a_loop)]
    for thread in threads:
        thread.start()
    wait_until(lambda: server.calls["GetEvaluation"])
    client.close()
    for thread in threads:
        thread.join(10)
    assert ["client was closed" in str(error) for error in raised] == [True, True]
    wait_until(lambda: not following())
    assert not run.done()


def test_listeners_hear_each_change_on_the_followers_thread_until_they_are_given_back(server, client):
    server.questions = 6
    run = client.start_evaluation("v1")
    heard, other = [], []
    run.subscribe(lambda: heard.append((run.progress.fraction, threading.current_thread().name)))
    give_back = run.subscribe(lambda: other.append(run.progress.fraction))
    give_back()
    run.follow()
    wait_until(lambda: heard and heard[-1][0] == 1.0)
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(set(fractions))
    assert fractions[-1] == 1.0
    assert {name for _, name in heard} == {"eval-client-follow"}
    assert other == []
    run.result()
    assert len(heard) == len(fractions) + 1, "the result that was read is a change"


def test_a_listener_that_raises_keeps_nobody_else_from_hearing(server, client, caplog):
    run = client.start_evaluation("v1")
    heard = []
    run.subscribe(lambda: 1 / 0)
    run.subscribe(lambda: heard.append(run.status))
    run.follow()
    wait_until(lambda: heard and heard[-1] == "evaluated")
    assert "ZeroDivisionError" in caplog.text


def test_a_listener_that_would_wait_for_a_run_is_told_that_it_must_not(server, client):
    server.questions = 10
    run = client.start_evaluation("v1")
    raised = []

    def wait():
        try:
            run.result()
        except InvalidRequestError as error:
            raised.append(str(error))

    run.subscribe(wait)
    run.follow()
    assert "must not wait" in wait_until(lambda: raised)[0]
    wait_until(run.done)


def test_progress_is_told_on_the_callers_thread(server, client):
    told = []
    run = client.start_evaluation("v1")
    run.result(30, on_progress=lambda progress: told.append((progress, threading.current_thread())))
    assert {thread for _, thread in told} == {threading.current_thread()}
    assert told[-1][0].status == "evaluated"
    assert len({progress for progress, _ in told}) == len(told)


def test_a_done_callback_may_wait_for_another_run(server, client):
    first, second = client.start_evaluation("v1"), client.start_evaluation("v1")
    done = []
    first.add_done_callback(lambda _: done.append(second.result(timeout=20)))
    assert wait_until(lambda: done)[0].complete


# -- what a failed question means ------------------------------------------------------------------------------------


TRANSIENT = [11003, 11004, 11005, 11006, 10020, 10030, 98004, 99009] + [
    getattr(grpc.StatusCode, name)
    for name in ("UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "UNKNOWN", "ABORTED", "DEADLINE_EXCEEDED")
]


@pytest.fixture
def impatient(monkeypatch):
    """Nothing is waited for longer than a moment."""
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)


@pytest.mark.parametrize("fault", TRANSIENT, ids=str)
def test_a_server_in_trouble_is_asked_again_until_it_answers(server, client, impatient, fault):
    run = client.start_evaluation("v1")
    statuses = []
    run.subscribe(lambda: statuses.append(run.status))
    # gRPC itself repeats what is UNAVAILABLE up to five times.
    server.faults["GetEvaluation"] = [fault] * 12
    assert run.result(timeout=30).complete
    assert "reconnecting" in statuses
    assert "failed" not in statuses
    assert run.error is None


@pytest.mark.parametrize("fault", [11005, 10030, grpc.StatusCode.INTERNAL], ids=str)
def test_a_throttled_read_of_a_finished_evaluation_is_tried_again(server, client, impatient, fault):
    server.questions = 1
    run = client.start_evaluation("v1")
    server.faults["ReadEvaluation"] = [fault] * 3
    assert run.result(timeout=30).complete
    assert run.status == "evaluated"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (11101, NotFoundError),
        (11008, AuthenticationError),
        (11102, InvalidRequestError),
        (lambda reply: reply.eval_metrics.status.CopyFrom(status(FAILED, "no good")), EvaluationFailedError),
    ],
    ids=["not found", "access", "invalid", "failed"],
)
def test_what_is_final_ends_the_run_at_once(server, client, fault, kind):
    server.questions = 10
    run = client.start_evaluation("v1")
    assert run.poll().status == "evaluating", "it has been found once, as none that is only just written"
    server.faults["GetEvaluation"] = [fault]
    with pytest.raises(kind):
        run.result(timeout=30)
    assert (run.status, run.done()) == ("failed", True)
    assert server.calls["GetEvaluation"] == 2


def test_one_that_was_just_started_may_be_unknown_for_a_while(server, client):
    """What a server has taken on need not be read back at once by another of its machines."""
    run = client.start_evaluation("v1")
    statuses = []
    run.subscribe(lambda: statuses.append(run.status))
    server.faults["GetEvaluation"] = [11101] * 3
    assert run.poll().status == "queued"
    assert run.result(timeout=30).complete
    assert {"failed", "reconnecting"}.isdisjoint(statuses)
    assert server.faults["GetEvaluation"] == []


def test_one_that_stays_unknown_after_its_start_fails(server, client, monkeypatch):
    monkeypatch.setattr(state, "NOT_FOUND_SECONDS", 0.3)
    run = client.start_evaluation("v1")
    server.faults["GetEvaluation"] = [11101] * 1000
    with pytest.raises(NotFoundError):
        run.result(timeout=30)
    assert len(server.posted) == 1


def test_one_whose_start_was_not_seen_is_not_waited_for(server, client):
    client.start_evaluation("v1")
    with server.client() as other:
        (run,) = other.evaluations()
        server.faults["GetEvaluation"] = [11101]
        assert run.poll().status == "failed"


def test_an_end_that_was_read_is_no_failure_whatever_is_said_later(server, client):
    run = client.start_evaluation("v1")
    assert run.result(timeout=30).complete
    later = resources_pb2.EvalMetrics(status=status(FAILED))
    later.status.internal_details = CANCELLED
    run.take(later)
    assert (run.status, run.state.failed_there, run.state.cancelled) == ("evaluated", False, False)


def test_not_evaluated_is_pending_after_a_start_and_the_end_where_a_reason_is_given(server, client):
    def answer(details):
        return lambda reply: reply.eval_metrics.status.CopyFrom(status(NOT_EVALUATED, details))

    run = client.start_evaluation("v1")
    server.faults["GetEvaluation"] = [answer("")] * 2
    assert run.poll().status == "queued"
    assert run.result(timeout=30).complete
    stopped = client.start_evaluation("v1")
    server.faults["GetEvaluation"] = [answer("The server was stopped.")]
    with pytest.raises(EvaluationFailedError, match="was stopped"):
        stopped.result(timeout=30)


def test_not_evaluated_is_the_end_of_one_whose_start_nobody_saw(server):
    with server.client() as starter, server.client() as finder:
        starter.start_evaluation("v1")
        (found,) = server.evaluations.values()
        found.status.CopyFrom(status(NOT_EVALUATED))
        (run,) = finder.evaluations()
    assert run.status == "failed"


@pytest.fixture
def hang():
    """Holds a call until the test is over."""
    over = threading.Event()
    yield lambda _reply: over.wait(60)
    over.set()


@pytest.mark.timeout(30)
def test_waiting_ends_in_time_on_a_server_that_hangs(server, client, monkeypatch, hang):
    monkeypatch.setattr(follow, "POLL_SECONDS", 60.0)
    run = client.start_evaluation("v1")
    server.faults["GetEvaluation"] = [hang]
    with pytest.raises(DeadlineError, match=r"not finished after 0\.5 seconds"):
        run.result(timeout=0.5)


@pytest.mark.timeout(30)
def test_waiting_ends_in_time_on_a_result_that_hangs(server, client, hang):
    server.questions = 1
    run = client.start_evaluation("v1")
    assert run.poll().status == "evaluated"
    server.faults["ReadEvaluation"] = [hang]
    with pytest.raises(DeadlineError):
        run.result(timeout=0.5)
    assert run.result(timeout=30).complete


def test_a_question_that_hangs_is_given_up_after_a_few_seconds_and_asked_again(server, client, monkeypatch):
    monkeypatch.setattr(follow, "POLL_SECONDS", 0.3)
    run = client.start_evaluation("v1")
    server.faults["GetEvaluation"] = [2.0]
    assert run.result(timeout=10).complete


def test_many_who_wait_leave_the_grace_time_as_long_as_for_one(server, client, monkeypatch, impatient):
    monkeypatch.setattr(transience, "GRACE_SECONDS", 3600.0)
    run = client.start_evaluation("v1")
    server.faults["GetEvaluation"] = [11005] * 10**4
    threads, raised = in_threads(3, lambda: run.result(timeout=2))
    wait_until(lambda: server.calls["GetEvaluation"] > 20)
    assert (run.status, run.error) == ("reconnecting", None)
    for thread in threads:
        thread.join()
    assert [type(error) for error in raised] == [DeadlineError] * 3
    monkeypatch.setattr(transience, "GRACE_SECONDS", 0.0)
    run.follow()
    wait_until(lambda: run.error is not None)
    assert (run.status, run.done()) == ("reconnecting", False)
    assert isinstance(run.error, ThrottledError)
    server.faults["GetEvaluation"] = []
    assert run.result(timeout=30).complete
    assert run.error is None


def test_a_server_that_comes_back_on_its_port_is_found_again(impatient, monkeypatch):
    monkeypatch.setattr(transience, "GRACE_SECONDS", 0.2)
    with StandIn(questions=10**6) as first:
        client = first.client()
        run = client.start_evaluation("v1")
        run.follow()
        wait_until(lambda: first.calls["GetEvaluation"])
    wait_until(lambda: run.error is not None)
    assert (run.status, run.done()) == ("reconnecting", False)
    assert isinstance(run.error, ConnectionLostError)
    with StandIn(port=first.port) as second:
        second.evaluations = first.evaluations
        assert run.result(timeout=30).complete
    client.close()


def test_a_run_of_a_server_that_was_stopped_in_this_process_ends_at_once():
    held = Gate()
    with small_server() as server:
        server.before_step = held
        run = server.client().start_evaluation("second")
        wait_until(lambda: held.reached)
        waiting, results = in_threads(1, run.result)
        held.open()
    waiting[0].join(20)
    assert isinstance(results[0], ConnectionLostError)
    assert "does not answer" in str(results[0])
    assert (run.status, run.done()) == ("failed", True)


def test_a_server_that_ended_in_another_process_is_waited_for(impatient, monkeypatch):
    monkeypatch.setattr(transience, "GRACE_SECONDS", 0.2)
    code = "from tests.client.stand_in import StandIn; s = StandIn(questions=10**6); print(s.port, flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = int(process.stdout.readline())
    with StandIn() as here, here.client(base_url=f"http://127.0.0.1:{port}") as client:
        run = client.start_evaluation("v1")
        run.follow()
        process.kill()
        process.communicate()
        wait_until(lambda: isinstance(run.error, ConnectionLostError))
    assert (run.status, run.done()) == ("reconnecting", False)


def test_a_run_that_was_given_up_goes_on_when_its_server_answers_again(server, client, monkeypatch):
    run = client.start_evaluation("v1")
    client.ends_with(lambda: True)
    server.faults["GetEvaluation"] = [grpc.StatusCode.INTERNAL]
    ends = []
    run.add_done_callback(lambda _: ends.append(run.status))
    with pytest.raises(ConnectionLostError):
        run.result(timeout=30)
    wait_until(lambda: ends == ["failed"])
    client.ends_with(lambda: False)
    assert run.resume().status == "evaluating"
    assert run.error is None
    assert run.result(timeout=30).complete


def test_a_run_that_failed_by_its_servers_word_is_not_taken_up_again(server, client):
    run = client.start_evaluation("v1")
    server.faults["GetEvaluation"] = [lambda reply: reply.eval_metrics.status.CopyFrom(status(FAILED))]
    assert run.poll().status == "failed"
    assert run.resume().status == "failed"
    assert server.calls["GetEvaluation"] == 1


def test_one_that_was_not_found_is_asked_for_again(server, client):
    run = client.start_evaluation("v1")
    run.poll()
    server.faults["GetEvaluation"] = [11101]
    assert run.poll().status == "failed"
    assert run.resume().status == "evaluating"
    assert run.error is None


@pytest.mark.parametrize("count", [float("nan"), float("inf"), -1.0, 1e300])
def test_a_count_that_is_none_keeps_no_run_from_its_end(server, client, count):
    def spoil(reply):
        reply.eval_metrics.status.CopyFrom(status(EVALUATING))
        reply.eval_metrics.extended_metrics.user_metrics.update({"folds": count, "folds_done": 2})

    run = client.start_evaluation("v1")
    server.faults["GetEvaluation"] = [spoil] * 3
    assert (run.poll().folds, run.progress.folds_done) == (0, 2)
    assert run.result(timeout=30).complete


def test_a_reply_nobody_can_read_does_not_end_the_thread(server, client, impatient, monkeypatch, caplog):
    run, other = client.start_evaluation("v1"), client.start_evaluation("v1")
    monkeypatch.setattr(run, "ask", lambda deadline: bytes(int(deadline)))
    run.follow()
    assert other.result(timeout=30).complete
    wait_until(lambda: run.status == "reconnecting")
    monkeypatch.undo()
    assert run.result(timeout=30).complete


def test_a_new_error_replaces_an_old_one(server, client, impatient, monkeypatch):
    monkeypatch.setattr(transience, "GRACE_SECONDS", 0.0)
    run = client.start_evaluation("v1")
    run.follow()
    server.faults["GetEvaluation"] = [11005] * 10**4
    wait_until(lambda: run.error is not None and run.error.code == 11005)
    server.faults["GetEvaluation"] = [98004] * 10**4
    wait_until(lambda: run.error is not None and run.error.code == 98004)


def test_pauses_grow_up_to_a_bound_and_keep_to_what_the_server_asks():
    error = EvalError("away")
    pauses = [[transience.pause(failures, error, pace=2.0) for _ in range(50)] for failures in range(1, 12)]
    assert all(max(later) <= transience.LONGEST_PAUSE for later in pauses)
    assert [min(one) >= 2.0 * 2**n / 2 for n, one in enumerate(pauses[:3], 1)] == [True] * 3
    assert len(set(pauses[3])) > 1, "clients must not come back all at once"
    told = EvalError("away", status=ServerStatus(retry_after=7.0))
    assert transience.pause(1, told, pace=0.1) >= 7.0
    assert transience.pause(1, EvalError("", status=ServerStatus(retry_after=float("nan"))), pace=0.1) <= 0.2


def test_polling_logs_nothing_when_all_is_well(server, client, caplog):
    caplog.set_level(logging.INFO)
    client.start_evaluation("v1").result(timeout=30)
    assert caplog.text == ""


def test_one_question_is_asked_at_a_time_and_its_answer_is_what_is_given(server, client, monkeypatch):
    monkeypatch.setattr(type(client), "poll_interval", property(lambda _: 60.0))
    server.questions = 1000
    run = client.start_evaluation("v1")
    for number in range(1, 30):
        assert run.poll().fraction == pytest.approx(number * 100 // 1000 / 100)
        assert server.calls["GetEvaluation"] == number


def test_a_run_that_has_ended_is_not_followed_again(server, client):
    run = client.start_evaluation("v1")
    run.result(timeout=30)
    asked = server.calls["GetEvaluation"]
    run.follow()()
    assert run.poll().status == "evaluated"
    assert server.calls["GetEvaluation"] == asked
    assert server.evaluations[run.id].status.code != EVALUATED


def unreadable(reply):
    fill(reply.eval_metrics)
    reply.eval_metrics.status.CopyFrom(status(EVALUATED))
    reply.eval_metrics.test_set[0].predicted_concepts[0].value = 5.0


def test_waiting_ends_on_a_server_whose_every_result_cannot_be_read(server, client, impatient):
    run = client.start_evaluation("v1")
    server.faults["ReadEvaluation"] = [unreadable] * 1000
    with pytest.raises(EvalError, match=r"value is 5\.0"):
        run.result()
    assert 1 < server.calls["ReadEvaluation"] < 20
    server.faults["ReadEvaluation"] = []
    assert run.result(timeout=30).complete


@pytest.mark.parametrize(
    "spoil",
    [
        lambda reply: reply.ClearField("eval_metrics"),
        lambda reply: reply.eval_metrics.status.CopyFrom(status(EVALUATING)),
    ],
    ids=["empty", "running"],
)
def test_a_result_is_never_one_that_is_not_finished(server, client, impatient, spoil):
    run = client.start_evaluation("v1")
    server.faults["ReadEvaluation"] = [spoil] * 2
    assert run.result(timeout=30).complete
    assert server.calls["ReadEvaluation"] == 3


def test_a_listener_that_exits_takes_the_thread_with_it_no_more_than_one_that_raises(server, client):
    first, second = client.start_evaluation("v1"), client.start_evaluation("v1")
    first.subscribe(sys.exit)
    assert first.result(timeout=30).complete
    assert second.result(timeout=30).complete


def allowed(server, method):
    """The seconds that calls of a method might take, as the server was told."""
    return [seconds for called, seconds in server.allowed if called == method]


def test_a_read_may_take_longer_the_more_inputs_there_are_and_again_when_it_was_cut_off(server):
    server.faults["ReadEvaluation"] = [grpc.StatusCode.DEADLINE_EXCEEDED] * 2

    def of_many_inputs(reply):
        reply.eval_metrics.ground_truth_dataset.version.metrics["/"].inputs_count.value = 200_000

    server.faults["GetEvaluation"] = [of_many_inputs]
    with server.client(deadline=100.0) as client:
        assert client.start_evaluation("v1").result().complete
    reads = allowed(server, "ReadEvaluation")
    assert reads == pytest.approx([300, 600, 1200], abs=50)
    assert all(seconds < 6 for seconds in allowed(server, "GetEvaluation"))


def asked_to_wait(server, client, where, *beside):
    """Seconds that are read from what comes beside a gRPC error."""
    server.beside_errors[where] = list(beside)
    server.faults["ListApps"] = [grpc.StatusCode.PERMISSION_DENIED]
    with pytest.raises(PermissionDeniedError) as info:
        client.apps()
    return info.value.status.retry_after


@pytest.mark.parametrize("where", ["headers", "trailers"])
def test_a_wait_that_is_asked_for_beside_a_grpc_error_is_read(server, client, where):
    for name, value, seconds in [
        ("retry-after", "7.5", 7.5),
        ("grpc-retry-pushback-ms", "7500", 7.5),
        ("retry-after", "-3", 0),
        ("retry-after", "nan", None),
        ("retry-after", "inf", None),
        ("retry-after", "soon", None),
    ]:
        assert asked_to_wait(server, client, where, (name, value)) == seconds, (name, value)


def test_a_wait_may_be_told_by_the_date_of_its_end(server, client):
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 1800 < asked_to_wait(server, client, "trailers", ("retry-after", date)) <= 3600
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    assert asked_to_wait(server, client, "trailers", ("retry-after", past)) == 0


def test_a_wait_that_cannot_be_read_hides_no_other(server, client):
    beside = [("retry-after", "soon"), ("grpc-retry-pushback-ms", "2000")]
    assert asked_to_wait(server, client, "trailers", *beside) == 2


def test_a_throttled_start_waits_as_long_as_asked_beside_grpcs_own_error(server, client):
    server.faults["PostEvaluations"] = [grpc.StatusCode.RESOURCE_EXHAUSTED]
    server.beside_errors["trailers"] = [("retry-after", "7.5")]
    waits = []
    client._starter.wait = lambda seconds: waits.append(seconds) or True
    client.start_evaluation("v1")
    (waited,) = waits
    assert waited >= 7.5


@pytest.mark.parametrize(
    ("code", "kind", "advice"),
    [
        (11200, PermissionDeniedError, "scopes"),
        (21200, NotFoundError, "model's id and app"),
        (21201, PermissionDeniedError, "not yours"),
    ],
)
def test_what_is_refused_about_a_model_is_final_and_says_what_to_do(server, client, code, kind, advice):
    server.faults["PostEvaluations"] = [code]
    with pytest.raises(kind, match=advice) as info:
        client.start_evaluation("v1")
    assert (info.value.code, transience.is_transient(info.value)) == (code, False)
    assert server.calls["PostEvaluations"] == 1


def test_a_local_server_that_makes_something_for_ever_is_left_in_the_end(server, client):
    def make(reply):
        reply.status.code, reply.status.internal_details = 10030, MAKING
        reply.status.details = "The embeddings are being made."

    client.apps()
    server.faults["ListApps"] = [make] * 3
    assert client.apps(), "it is asked again until it is made"
    server.faults["ListApps"] = [make] * 100_000
    client._connection.patience = 0.3
    with pytest.raises(NotReadyError, match=r"embeddings are being made\..* ask again later") as info:
        client.apps()
    assert not transience.is_transient(info.value)
    assert not transience.is_busy(info.value)


def test_a_wait_that_is_asked_for_beside_an_ok_reply_is_kept_to(server, client):
    server.faults["PostEvaluations"], server.retry_after = [11005], "7.5"
    waits = []
    client._starter.wait = lambda seconds: waits.append(seconds) or True
    client.start_evaluation("v1")
    (waited,) = waits
    assert waited >= 7.5


@pytest.mark.parametrize("call", ["GetEvaluation", "ReadEvaluation"])
def test_a_result_that_is_waited_for_with_a_timeout_ends_while_the_server_still_hangs(server, client, call):
    let_go, answered = threading.Event(), threading.Event()

    def hang(reply):
        let_go.wait(60)
        answered.set()

    server.questions = 1
    run = client.start_evaluation("v1")
    server.faults[call] = [hang]
    with pytest.raises(DeadlineError):
        run.result(timeout=1)
    assert not answered.is_set()
    assert all(seconds < 2 for seconds in allowed(server, "ReadEvaluation"))
    let_go.set()
    assert run.result().complete


def test_a_result_that_is_throttled_to_the_end_of_the_timeout_says_so(server, client, impatient):
    server.questions = 1
    run = client.start_evaluation("v1")
    server.faults["ReadEvaluation"] = [11005] * 1000
    with pytest.raises(DeadlineError, match="not read in the time given") as caught:
        run.result(timeout=0.5)
    assert isinstance(caught.value.__cause__, ThrottledError)


def test_a_silence_of_minutes_is_waited_out_question_by_question(server, client, monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.01)
    questions = 20
    assert questions * follow.POLL_SECONDS > 65, "each of them may take so long"
    server.faults["GetEvaluation"] = [grpc.StatusCode.DEADLINE_EXCEEDED] * questions
    run, statuses = client.start_evaluation("v1"), []
    run.subscribe(lambda: statuses.append(run.status))
    assert run.result().complete
    assert server.faults["GetEvaluation"] == []
    assert ("reconnecting" in statuses, "failed" in statuses) == (True, False)
    assert len(server.posted) == 1


def test_runs_are_followed_in_a_forked_process_too_where_the_thread_that_did_is_not():
    code = """
import os, sys, time
from clarifai_eval_widget.client.follow import Follower
from clarifai_eval_widget.client.state import RunState
from clarifai_eval_widget.errors import EvalError

class Server:
    poll_interval, server_stopped = 60.0, False

class Run:
    def __init__(self):
        self.state, self.asked = RunState("run"), 0
    def ask(self, *, deadline):
        self.asked += 1
        raise EvalError("not yet")

follower, first, second = Follower(Server()), Run(), Run()
follower.follow(first)
while not (first.asked and first.state.progress.status == "reconnecting"):
    time.sleep(0.01)
time.sleep(0.1)  # it waits now, and holds nothing
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
follower.follow(second)
os._exit(0 if second.state.wait(lambda: second.asked, time.monotonic() + 10) else 1)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
