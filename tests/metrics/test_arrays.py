"""What all rooms do with arrays."""

from __future__ import annotations

import os
import threading

import pytest

from clarifai_eval_widget.metrics.arrays import in_threads


def test_where_no_thread_can_be_started_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(threading.Thread, "start", start)
    assert in_threads(lambda number: number * number, range(5), work=10**6) == [0, 1, 4, 9, 16]


def test_what_fails_in_a_thread_fails() -> None:
    def divide(number: int) -> float:
        return 1 / number

    with pytest.raises(ZeroDivisionError):
        in_threads(divide, range(2), work=10**6)
