"""Lanes run their own jobs in order, wait for no other, and leave no thread behind."""

import sys
import threading
import time

import pytest

from clarifai_eval_widget.widget.platform import lanes
from clarifai_eval_widget.widget.platform.lanes import Lane, Lanes
from tests.small_server import wait_until


def threads():
    return [one for one in threading.enumerate() if one.name.startswith("eval-widget")]


def test_jobs_of_a_lane_come_one_after_another_and_the_thread_ends_with_the_last():
    lane, seen = Lane("eval-widget-try"), []
    for index in range(5):
        lane.submit(lambda index=index: seen.append(index))
    wait_until(lambda: len(seen) == 5 and not threads())
    assert seen == [0, 1, 2, 3, 4]


def test_the_lanes_of_runs_go_with_their_work_however_many_runs_there_were():
    every, seen, held = Lanes(), [], threading.Event()
    every.of_run("long").submit(lambda: held.wait(60))
    every.of_run("long").submit(lambda: seen.append("after"))
    for number in range(50):
        every.of_run(f"run-{number}").submit(lambda number=number: seen.append(number))
    wait_until(lambda: len(seen) == 50 and list(every._of_runs) == ["long"])
    held.set()
    wait_until(lambda: seen[-1] == "after" and not every._of_runs)


def test_a_job_that_fails_takes_no_other_with_it(caplog):
    told, seen = [], []
    lane = Lane("eval-widget-try", told.append)
    lane.submit(lambda: 1 / 0)
    lane.submit(lambda: seen.append("after"))
    wait_until(lambda: seen)
    assert "ZeroDivisionError" in caplog.text
    assert [type(error) for error in told] == [ZeroDivisionError]


def test_a_job_that_fails_is_seen_on_the_page(widget, page, monkeypatch):
    def fall(entry):
        raise RuntimeError("the moon is in the wrong house")

    monkeypatch.setattr(widget._platform.runs.reads, "read", fall)
    page.calculate("second")
    problem = wait_until(lambda: widget.problem)
    assert "RuntimeError: the moon is in the wrong house" in problem["message"]
    assert problem["action"] == "refresh"


def test_no_lane_waits_for_another():
    lanes, held = Lanes(), threading.Event()
    lanes.listings.submit(lambda: held.wait(30))
    done = []
    for lane in (lanes.actions, lanes.results, lanes.states):
        lane.submit(lambda: done.append(held.is_set()))
    wait_until(lambda: len(done) == 3)
    held.set()
    assert done == [False] * 3


def deeper(steps):
    """Work that takes long, and is never twice at one place."""
    time.sleep(0.05)
    if steps:
        deeper(steps - 1)


def test_who_waits_for_a_lane_waits_while_its_work_moves_on_and_not_for_work_that_stands(monkeypatch):
    monkeypatch.setattr(lanes, "_LOOK", 0.1)
    monkeypatch.setattr(lanes, "_LOOKS", 5)
    lane, never, done = Lane("eval-widget-try"), threading.Event(), []
    lane.submit(lambda: done.append(deeper(60)))
    lane.join()
    assert done, "it took six times as long as work may stand"
    lane.submit(never.wait)
    lane.join()
    assert not never.is_set()
    assert threads()
    never.set()
    wait_until(lambda: not threads())


def test_a_job_that_waits_already_is_not_queued_twice_and_one_that_runs_is():
    lane, held, begun, seen = Lane("eval-widget-try"), threading.Event(), threading.Event(), []

    def first():
        begun.set()
        held.wait(30)

    lane.submit(first, once="read")
    begun.wait(30)
    for index in range(3):
        lane.submit(lambda index=index: seen.append(index), once="read")
    lane.submit(lambda: seen.append("other"), once="else")
    held.set()
    wait_until(lambda: "other" in seen)
    assert seen == [0, "other"]


def test_a_closed_lane_drops_what_is_queued_and_what_comes():
    lane, held, begun, seen = Lane("eval-widget-try"), threading.Event(), threading.Event(), []
    lane.submit(lambda: (begun.set(), held.wait(30)))
    begun.wait(30)
    lane.submit(lambda: seen.append("queued"))
    lane.close()
    lane.submit(lambda: seen.append("late"))
    held.set()
    wait_until(lambda: not threads())
    assert seen == []


def test_where_no_thread_can_start_whoever_asks_is_told_and_the_next_job_is_done(monkeypatch):
    lane, seen = Lane("eval-widget-try"), []
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", no_more)
        with pytest.raises(RuntimeError, match="new thread"):
            lane.submit(lambda: seen.append("refused"))
    lane.join()
    lane.submit(lambda: seen.append("next"))
    wait_until(lambda: seen and not threads())
    assert seen == ["next"]


def no_more(_thread):
    raise RuntimeError("can't start new thread")


def test_a_job_that_exits_takes_no_other_with_it():
    lane, seen = Lane("eval-widget-try"), []
    lane.submit(sys.exit)
    lane.submit(lambda: seen.append("after"))
    wait_until(lambda: seen)
