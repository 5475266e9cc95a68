"""What the tests' servers hand on to each other is as good as new."""

import os
import time
from functools import partial

import pytest

from clarifai_eval_widget.local.work.pool import WorkerPool, WorkersStoppedError
from tests import workers
from tests.small_server import wait_until


@pytest.fixture
def start(monkeypatch):
    """Start a pool, in surroundings that no other test has."""
    monkeypatch.setenv("SURROUNDINGS", "of this test")
    pools = []

    def start_it():
        pools.append(WorkerPool(1))
        return pools[-1]

    yield start_it
    for one in pools:
        one.stop()


def process_of(pool):
    return pool.submit(os.getpid).result(60)


def test_an_idle_worker_is_handed_on_once_and_only_where_nothing_around_it_has_changed(start, monkeypatch):
    first = start()
    process = process_of(first)
    first.stop()
    second, beside = start(), start()
    assert process_of(second) == process
    assert process_of(beside) != process
    second.stop()
    monkeypatch.setenv("SURROUNDINGS", "others")
    assert process_of(start()) != process


def test_a_worker_at_work_is_ended_with_its_server(start):
    first = start()
    process = process_of(first)
    work = first.submit(partial(time.sleep, 300))
    wait_until(lambda: next(iter(first._processes))._at_work)
    first.stop()
    with pytest.raises(WorkersStoppedError):
        work.result(60)
    assert process_of(start()) != process
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_whoever_looks_at_the_processes_has_them_as_users_do(start):
    with workers.kept(own=True):
        first = start()
        process = process_of(first)
        first.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
