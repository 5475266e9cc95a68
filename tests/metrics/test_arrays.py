"""What all rooms do with arrays."""

from __future__ import annotations

import os
import threading
import time

import pytest

from clarifai_eval_widget.metrics.arrays import in_threads


def test_where_no_thread_can_be_started_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(threading.Thread, "start", start)
    assert in_threads(lambda number: number * number, range(5), work=10**6) == [0, 1, 4, 9, 16]


def test_where_one_thread_can_be_started_and_no_further_one_nothing_is_worked_on_twice_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, at_work = threading.Thread.start, threading.Lock()
    started: list[threading.Thread] = []
    met: list[bool] = []

    def start(thread: threading.Thread) -> None:
        if started:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        real(thread)

    def work(number: int) -> int:
        met.append(not at_work.acquire(blocking=False))
        time.sleep(0.02)
        if not met[-1]:
            at_work.release()
        return number * number

    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(threading.Thread, "start", start)
    assert in_threads(work, range(5), work=10**6) == [0, 1, 4, 9, 16]
    assert started
    assert not any(met), "a thread that did start went on beside the work that followed"


def test_what_fails_in_a_thread_leaves_undone_what_has_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        if not number:
            raise ValueError("the first")
        time.sleep(0.02)

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with pytest.raises(ValueError, match="the first"):
        in_threads(work, range(100), work=10**6)
    assert len(begun) < 100


def test_what_fails_in_a_thread_fails() -> None:
    def divide(number: int) -> float:
        return 1 / number

    with pytest.raises(ZeroDivisionError):
        in_threads(divide, range(2), work=10**6)
