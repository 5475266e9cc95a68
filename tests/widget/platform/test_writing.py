"""The page's marks are written once that is confirmed, and only as they were shown then."""

import threading

import pytest

from clarifai_eval_widget import EvalWidget
from tests.client.test_annotating import labels_of, uploaded
from tests.small_server import wait_until
from tests.widget.page import Page


@pytest.fixture(scope="module")
def reviews():
    with uploaded() as found:
        yield found


@pytest.fixture
def widget(reviews):
    _, client, _ = reviews
    made = EvalWidget(client, model="mood")
    wait_until(lambda: made.versions and not made.loading)
    made.evaluate().result(timeout=60)
    wait_until(lambda: made.evaluation is not None and made.evaluation.complete)
    yield made
    made.close()


def test_marks_confirmed_are_written_and_the_page_hears_of_it(reviews, widget):
    api, _, _ = reviews
    page = Page(widget)
    marks = {"r4": ["pos", "neg"]}
    widget.relabels = marks
    head, _ = page.panel("relabel", {"relabels": marks})
    assert head["changes"] == [{"input_id": "r4", "added": ["neg"], "removed": []}]
    assert head["home"].endswith("/kept")
    assert labels_of(api, "r4") == {"pos"}, "a mark alone writes nothing"
    assert page.act("write_labels", key="yes", run=widget.viewing, relabels=marks) == {"id": "yes", "ok": True}
    wait_until(lambda: widget.written is not None and not widget.written["busy"])
    assert widget.written == {"run": widget.viewing, "busy": False, "inputs": ["r4"], "refused": [], "failure": None}
    assert labels_of(api, "r4") == {"pos", "neg"}


def test_marks_that_have_changed_since_are_not_written(reviews, widget):
    api, _, _ = reviews
    page = Page(widget)
    widget.relabels = {"r5": ["neg"], "r6": ["neg"]}
    reply = page.act("write_labels", key="late", run=widget.viewing, relabels={"r5": ["neg"]})
    assert "look at them again" in reply["error"]["message"]
    reply = page.act("write_labels", key="gone", run="another", relabels=widget.relabels)
    assert "look at them again" in reply["error"]["message"]
    assert labels_of(api, "r5") == {"pos"}


def test_what_is_being_written_is_not_written_a_second_time(reviews, widget, monkeypatch):
    api, client, _ = reviews
    write, goes_on, begun = client.write_labels, threading.Event(), []

    def slowly(relabelling):
        begun.append(relabelling)
        goes_on.wait(30)
        return write(relabelling)

    monkeypatch.setattr(client, "write_labels", slowly)
    page, marks = Page(widget), {"r7": ["pos", "neg"]}
    widget.relabels = marks
    assert page.act("write_labels", key="first", run=widget.viewing, relabels=marks)["ok"]
    reply = page.act("write_labels", key="second", run=widget.viewing, relabels=marks)
    assert "being written" in reply["error"]["message"]
    goes_on.set()
    wait_until(lambda: widget.written is not None and not widget.written["busy"])
    assert (len(begun), labels_of(api, "r7")) == (1, {"pos", "neg"})


def test_a_mistake_of_our_own_while_writing_does_not_leave_the_page_waiting(reviews, widget, monkeypatch):
    _, client, _ = reviews
    monkeypatch.setattr(client, "write_labels", lambda _: 1 / 0)
    page, marks = Page(widget), {"r8": ["pos", "neg"]}
    widget.relabels = marks
    assert page.act("write_labels", key="odd", run=widget.viewing, relabels=marks)["ok"]
    wait_until(lambda: widget.written is not None and not widget.written["busy"])
    assert widget.written["inputs"] == []
    wait_until(lambda: widget.problem is not None)
