"""Where what the widget sends is published from, so that the page is heard beside a running cell."""

import contextvars
import threading

import pytest

from clarifai_eval_widget.widget import route
from clarifai_eval_widget.widget.route import Route

parent = contextvars.ContextVar("parent", default="a cell")
MESSAGE = {"header": {"subshell_id": "beside"}, "content": {}}


@pytest.fixture
def shells(monkeypatch):
    known = ["beside"]
    monkeypatch.setattr(route, "_shells", lambda: known)
    return known


def handled_beside(one, message=MESSAGE):
    """Handle a message as ipykernel does beside the cells: on a thread of its own, in a context of its own."""
    published = []

    def handle():
        parent.set("beside")
        with one.handling(message):
            one.send(lambda: published.append(parent.get()))

    thread = threading.Thread(target=handle)
    thread.start()
    thread.join()
    return published


def published_by(one):
    found = []
    one.send(lambda: found.append(parent.get()))
    return found


def test_before_the_page_was_heard_beside_the_cells_all_is_published_as_it_comes(shells):
    assert published_by(Route()) == ["a cell"]


def test_afterwards_all_is_published_as_from_there(shells):
    one = Route()
    assert handled_beside(one) == ["beside"]
    assert published_by(one) == ["beside"]
    assert published_by(one) == ["beside"], "a context can be used again"


def test_an_answer_is_published_as_what_it_is(shells):
    one = Route()
    handled_beside(one)
    with one.handling({"header": {}}):
        assert published_by(one) == ["a cell"]


def test_a_shell_that_is_named_but_not_used_is_not_kept_to(shells):
    one = Route()
    with one.handling(MESSAGE):
        pass
    assert published_by(one) == ["a cell"]


def test_a_shell_that_has_ended_is_given_up(shells):
    one = Route()
    handled_beside(one)
    shells.clear()
    assert one.is_lost
    assert published_by(one) == ["a cell"]
    assert not one.is_lost
