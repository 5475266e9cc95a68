"""A client makes fewer than ten calls in any second, from whichever threads, and does not delay the first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from clarifai_eval_widget.client import pacing
from clarifai_eval_widget.client.pacing import Bucket
from clarifai_eval_widget.errors import ConnectionLostError
from tests.client.stand_in import StandIn


class Clock:
    """Time that passes only by waiting."""

    def __init__(self, monkeypatch):
        self.now, self.waits, self.lock = 100.0, [], threading.Lock()
        monkeypatch.setattr(pacing.time, "monotonic", lambda: self.now)

    def is_set(self):
        return False

    def wait(self, seconds):
        with self.lock:
            self.waits.append(seconds)
            self.now = max(self.now, self.now + seconds)


def turns(bucket, clock, calls):
    made = []
    for _ in range(calls):
        bucket.take(clock)
        made.append(clock.now)
    return made


def test_no_second_sees_ten_calls_and_the_first_nine_are_not_delayed(monkeypatch):
    clock = Clock(monkeypatch)
    made = turns(Bucket(), clock, 100)
    assert made[:9] == [100.0] * 9
    assert all(later - earlier >= 1.0 for earlier, later in zip(made, made[9:], strict=False))
    assert made[-1] == 111.0, "and none is delayed for longer than that takes"


def test_calls_that_come_slowly_are_never_delayed(monkeypatch):
    clock = Clock(monkeypatch)
    bucket = Bucket()
    for _ in range(50):
        bucket.take(clock)
        clock.now += 0.12
    assert clock.waits == []


@pytest.fixture
def arrivals(monkeypatch):
    """The bucket's turns in the order of asking, without waiting for them."""
    taken, real = [], Bucket.take

    def noted(bucket, closing):
        real(bucket, threading.Event() if closing is None else _Never(taken))

    class _Never:
        def __init__(self, kept):
            self.kept = kept

        def wait(self, seconds):
            self.kept.append(seconds)

    monkeypatch.setattr(Bucket, "take", noted)
    return taken


def test_all_calls_of_a_client_share_one_bucket_polls_too(arrivals):
    with StandIn(questions=1000) as server:
        server.says_it_is_ours = False
        with server.client() as client:
            run = client.start_evaluation(client.model_versions("model")[0])
            for _ in range(4):
                run.poll()
            with ThreadPoolExecutor(4) as threads:
                list(threads.map(lambda _: client.apps(), range(20)))
            assert sum(server.calls.values()) >= 24
            assert len(arrivals) == sum(server.calls.values()) - 9, "all but the first nine had to wait"


def test_clients_with_the_same_key_share_its_limit_and_another_key_has_one_of_its_own(arrivals):
    with StandIn() as server:
        server.says_it_is_ours = False
        for _ in range(2):  # the second begins when the first has been closed
            with server.client() as one, server.client() as other:
                for client in (one, other, one, other):
                    client.apps()
        assert arrivals == []
        with server.client() as late, server.client(pat="another-key") as stranger:
            for _ in range(3):
                late.apps()
                stranger.apps()
        assert len(arrivals) == 2, "of eleven calls with the one key"


def test_the_local_server_is_asked_without_delay(arrivals):
    with StandIn() as server, server.client() as client:
        for _ in range(30):
            client.apps()
        assert arrivals == []


def test_closing_wakes_those_who_wait_for_their_turn():
    with StandIn() as server:
        server.says_it_is_ours = False
        client = server.client()
        failures = []

        def ask():
            try:
                client.apps()
            except ConnectionLostError as error:
                failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(200)]  # the last would have its turn in 20 seconds
        for thread in threads:
            thread.start()
        client.close()
        for thread in threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in threads)
        assert len(failures) >= 180
