"""Encoding beside a busy loop: in a process of its own, once a state, and never a state that is over."""

import os
import threading
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.client import follow
from clarifai_eval_widget.client.connection import Connection
from clarifai_eval_widget.local.work.pool import WorkerPool
from clarifai_eval_widget.widget import aside
from clarifai_eval_widget.widget.workbench import base, workbench
from clarifai_eval_widget.widget.workbench.caption import given_caption
from clarifai_eval_widget.widget.workbench.workbench import Workbench
from tests.small_server import wait_until
from tests.widget.page import decode

pytestmark = pytest.mark.usefixtures("own_workers")

RNG = np.random.default_rng(3)
LABELS = np.eye(3, dtype=bool)[RNG.integers(0, 3, 90)]
SCORES = np.clip(0.3 * LABELS + 0.7 * RNG.random((90, 3)), 0, 1).astype(np.float32)
NAMES, IDS, FOLDS = ["ant", "bee", "cow"], [f"i{row}" for row in range(90)], np.arange(90) * 3 // 90


def rates_only():
    message = Evaluation.from_scores(LABELS, SCORES, NAMES, IDS).to_proto()
    del message.test_set[:]
    return Evaluation.from_proto(message)


def with_repeated_texts():
    """What was received says of the texts that some are the same, and of the macro figures what the platform has."""
    message = Evaluation.from_scores(LABELS, SCORES, NAMES, IDS).to_proto()
    for row, entry in enumerate(message.test_set):
        entry.input.data.text.raw = f"text {row // 2}"
    message.confusion_matrix.matrix.add(predicted="ant", actual="bee", value=0.25)
    message.summary.macro_avg_roc_auc = 0.75
    return Evaluation.from_proto(message)


def matrices_only():
    """What was received tells of the platform's matrix, and of nothing else."""
    message = rates_only().message
    message.ClearField("summary")
    del message.binary_metrics[:]
    message.confusion_matrix.matrix.add(predicted="ant", actual="bee", value=0.25)
    return Evaluation.from_proto(message)


@pytest.fixture
def helper():
    """One whose process is ready."""
    made = aside.Helper()
    made._submit_to_own(os.getpid)
    made._ready.result(60)
    yield made
    made.stop()


@pytest.fixture
def held_up(monkeypatch):
    monkeypatch.setattr(aside, "is_held_up", lambda: True)


@pytest.fixture
def loop():
    """A thread in ``while True: pass``."""
    over = threading.Event()

    def spin():
        while not over.is_set():
            for _ in range(10_000):
                pass

    threading.Thread(target=spin, daemon=True).start()
    yield over
    over.set()


def fail(error):
    raise error


def end():
    os._exit(3)


def test_a_loop_in_pure_python_holds_threads_up_and_its_end_is_noticed(loop):
    wait_until(aside.is_held_up)
    loop.set()
    wait_until(lambda: not aside.is_held_up())


def test_a_machine_that_has_more_to_do_does_not_pass_for_a_loop(monkeypatch):
    sleep = time.sleep
    monkeypatch.setattr(aside, "_TELLS_WORK", True)
    monkeypatch.setattr(aside.time, "sleep", lambda _: sleep(0.03))  # as where others have the processor
    assert any(not aside.is_held_up() for _ in range(10))


def test_what_threads_are_held_up_in_is_done_in_another_process_and_else_here(helper, monkeypatch):
    monkeypatch.setattr(aside, "is_held_up", lambda: False)
    assert helper.run(None, os.getpid) == os.getpid()
    monkeypatch.setattr(aside, "is_held_up", lambda: True)
    there = helper.run(None, os.getpid)
    assert there != os.getpid()
    assert helper.run(None, os.getpid) == there


def test_a_process_of_the_servers_is_taken_first_and_the_own_while_that_is_busy(helper, held_up, monkeypatch):
    monkeypatch.setattr(aside, "_TURN", 0.01)
    pool = WorkerPool(1)
    try:
        server = pool.submit(os.getpid).result(60)
        assert wait_until(lambda: helper.run(pool.submit_aside, os.getpid) == server)
        busy = pool.submit(partial(time.sleep, 600))
        assert helper.run(pool.submit_aside, os.getpid) not in (server, os.getpid())
        assert not busy.done()
        assert len(pool._processes) == 1  # none is started for what takes a moment
    finally:
        pool.stop()


def test_an_own_process_is_used_once_it_is_ready_and_nothing_waits_for_it(held_up, monkeypatch):
    made, ready = aside.Helper(), threading.Event()
    pool = WorkerPool(1)
    monkeypatch.setattr(aside, "_new_pool", lambda: pool)
    monkeypatch.setattr(aside, "get_ready", partial(time.sleep, 0.5))
    try:
        assert made.run(None, os.getpid) == os.getpid()
        made._ready.add_done_callback(lambda _: ready.set())
        assert ready.wait(60)
        assert wait_until(lambda: made.run(None, os.getpid) != os.getpid())
    finally:
        made.stop()


def test_it_is_measured_again_only_after_a_while(helper, monkeypatch):
    asked = []
    monkeypatch.setattr(aside, "is_held_up", lambda: asked.append(1) or True)
    for _ in range(3):
        helper.run(None, int)
    assert len(asked) == 1
    monkeypatch.setattr(aside, "_LASTS", 0.0)
    helper._held_up_until = 0.0
    for _ in range(3):
        helper.run(None, int)
    assert len(asked) == 4


def test_what_cannot_leave_this_process_is_done_here(helper, held_up):
    lock = threading.Lock()
    assert helper.run(None, partial(lambda held: held.locked(), lock)) is False
    with pytest.raises(ZeroDivisionError, match="mine"):
        helper.run(None, partial(fail, ZeroDivisionError("mine")))


def test_a_process_that_ends_is_replaced(helper, held_up, monkeypatch):
    first, here = helper.run(None, os.getpid), []
    monkeypatch.setattr(os, "_exit", lambda _: here.append(os.getpid()))  # for the call that is made here after all
    helper.run(None, end)
    assert here == [os.getpid()]
    assert wait_until(lambda: helper.run(None, os.getpid) != os.getpid())
    assert helper.run(None, os.getpid) != first


def test_without_any_process_everything_is_done_here(held_up, monkeypatch):
    monkeypatch.setattr(aside, "_new_pool", lambda: fail(OSError("no process may be started")))
    assert aside.Helper().run(None, os.getpid) == os.getpid()
    assert aside.Helper().run(lambda _: fail(OSError("stopped")), os.getpid) == os.getpid()


def test_where_no_thread_can_be_started_it_is_done_here_and_elsewhere_once_one_can(held_up, monkeypatch):
    helper = aside.Helper()
    with monkeypatch.context() as refusing:
        refusing.setattr(threading.Thread, "start", lambda _: fail(RuntimeError("can't start new thread")))
        assert helper.run(None, os.getpid) == os.getpid()
    helper._submit_to_own(os.getpid)
    helper._ready.result(60)
    assert helper.run(None, os.getpid) != os.getpid()
    helper.stop()


def test_what_nobody_wants_any_more_is_not_begun(held_up, monkeypatch):
    monkeypatch.setattr(aside, "_TURN", 0.01)
    helper, pool = aside.Helper(), WorkerPool(1)
    monkeypatch.setattr(helper, "_submit_to_own", lambda _: None)
    try:
        pool.submit(partial(time.sleep, 600))
        with pytest.raises(aside.OverError):
            helper.run(pool.submit_aside, partial(fail, AssertionError("begun")), is_over=lambda: True)
    finally:
        pool.stop()


@pytest.mark.parametrize(
    "evaluation",
    [
        Evaluation.from_scores(LABELS, SCORES, NAMES, IDS),
        Evaluation.from_scores(LABELS, SCORES, NAMES, IDS, FOLDS),
        Evaluation.from_proto(Evaluation.from_scores(LABELS, SCORES, NAMES, IDS, FOLDS).to_proto()),
        rates_only(),
        with_repeated_texts(),
        matrices_only(),
    ],
    ids=["scores", "folds", "test set", "rates", "repeated texts", "matrices"],
)
def test_what_is_encoded_there_is_to_the_byte_what_is_encoded_here(helper, held_up, evaluation, monkeypatch):
    here = Workbench.encode(replace(evaluation), given_caption(evaluation), 7)  # which keeps nothing found for there
    assert here.results
    monkeypatch.setattr(workbench, "HELPER", helper)
    monkeypatch.setattr(base, "encode_base", lambda *_: pytest.fail("encoded in this process"))
    assert workbench.encoded_aside(None, evaluation, given_caption(evaluation), 7) == here


def test_an_evaluation_too_large_to_be_copied_with_every_state_stays_here(held_up, monkeypatch):
    monkeypatch.setattr(workbench, "_MOST_SENT", 269)
    monkeypatch.setattr(workbench.HELPER, "run", lambda *_, **__: pytest.fail("sent"))
    evaluation = Evaluation.from_scores(LABELS, SCORES, NAMES, IDS)
    assert workbench.encoded_aside(None, evaluation, given_caption(evaluation), 7).results


def test_a_fold_costs_one_question_which_brings_its_predictions(widget, gate, monkeypatch):
    monkeypatch.setattr(follow, "_QUIET_SECONDS", 600)  # what is asked is asked because the server has news
    asked, call = [], Connection.call_with

    def noted(self, method, request, *rest, **options):
        if type(request).__name__ == "GetEvaluationRequest":
            asked.append(request.fields.test_set)
        return call(self, method, request, *rest, **options)

    monkeypatch.setattr(Connection, "call_with", noted)
    run = widget.evaluate()
    wait_until(lambda: gate.reached and run.status == "evaluating")
    for fold in range(1, 6):
        before = len(asked)
        gate.let_through()
        wait_until(lambda fold=fold: widget.results and decode(widget.results)[0]["folds"] == list(range(1, fold + 1)))
        assert asked[before:] == [True]
    wait_until(lambda: widget.status == "evaluated")
    assert widget.evaluation.complete
    assert len(asked) <= 7  # at the start, and with news that it has begun


def test_who_is_behind_counts_the_newest_state_and_none_in_between(widget, gate, monkeypatch):
    states, encode, going = [], Workbench.encode, threading.Event()

    def slowly(evaluation, *rest, **options):
        if evaluation is not None and evaluation.num_inputs:
            states.append(len(evaluation.fold_numbers))
            assert going.wait(60)
        return encode(evaluation, *rest, **options)

    monkeypatch.setattr(Workbench, "encode", staticmethod(slowly))
    run = widget.evaluate()
    gate.let_through()
    wait_until(lambda: states == [1])
    gate.open()
    wait_until(run.done)
    going.set()
    wait_until(lambda: widget.status == "evaluated")
    assert states == [1, 5]


def test_a_state_that_is_over_before_it_is_begun_is_left_out(widget, gate, monkeypatch):
    """The first takes the screen, the last is the result; of those between, only the newest by then is encoded."""
    taken, run = [], widget.evaluate()

    def over(_aside, task, *, is_over):
        state = task.args[0]
        if state.num_inputs and len(state.fold_numbers) == 2:
            gate.let_through()
            wait_until(lambda: run.progress.folds_done == 3)
            assert is_over()
            raise aside.OverError
        taken.append(len(state.fold_numbers))
        return task()

    monkeypatch.setattr(workbench.HELPER, "run", over)
    for fold in (1, 3):
        gate.let_through()
        wait_until(lambda fold=fold: widget.results and len(decode(widget.results)[0]["folds"]) == fold)
    gate.open()
    wait_until(lambda: widget.status == "evaluated")
    assert taken[:2] == [1, 3]
    assert taken[-1] == 5
