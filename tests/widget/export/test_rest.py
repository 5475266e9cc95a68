"""Something is done once after many changes, and at once where somebody cannot wait."""

import threading

from clarifai_eval_widget.widget.export.rest import Rest


def test_many_changes_are_followed_once_by_what_sees_the_last_of_them():
    state, seen, done = [], [], threading.Event()

    def look():
        seen.append(list(state))
        done.set()

    rest = Rest(look, seconds=0.2, apart=0.0)
    for value in range(50):
        state.append(value)
        rest.begin()
    assert done.wait(30)
    assert seen == [list(range(50))]
    assert not rest.end(), "nothing waits any more"
    done.clear()
    rest.begin()
    assert done.wait(30), "the next change is followed, too"


def test_who_cannot_wait_learns_that_something_changed_and_it_is_not_done_twice():
    done = threading.Event()
    rest = Rest(done.set, seconds=0.1, apart=0.0)
    assert not rest.end()
    rest.begin()
    assert rest.end()
    assert not rest.end()
    assert not done.wait(0.5)


def test_two_calls_are_some_time_apart_however_often_it_rests():
    calls, first = [], threading.Event()

    def call():
        calls.append(1)
        first.set()

    rest = Rest(call, seconds=0.0, apart=3600.0)
    rest.begin()
    assert first.wait(30)
    rest.begin()
    assert rest.end(), "the second waits for the hour to pass"
    assert calls == [1]
