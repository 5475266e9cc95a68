"""What cells display, heard and walked through: whatever users and others' widgets make of it, no cell is disturbed."""

import threading
from types import SimpleNamespace

import ipywidgets
import pytest
from ipykernel.zmqshell import ZMQDisplayPublisher
from IPython.core.events import EventManager, available_events
from traitlets import Any

from clarifai_eval_widget import Evaluation, RocPlot
from clarifai_eval_widget.widget.export import contained, saved
from clarifai_eval_widget.widget.export.contained import VIEW, Displays


class OddWidget(ipywidgets.Widget):
    """Another package's, which calls something else children and outputs."""

    children = Any(7)
    outputs = Any(("text", None))


class Refusing:
    """A user's object, such as a proxy, of which nothing can be read."""

    def __getattr__(self, name):
        raise KeyError(name)


@pytest.fixture
def shell(monkeypatch):
    made = SimpleNamespace(display_pub=ZMQDisplayPublisher(), get_parent=lambda: {"header": {"msg_id": "m1"}})
    made.events = EventManager(made, available_events)
    for module in (saved, contained):
        monkeypatch.setattr(module, "shell", lambda: made)
    monkeypatch.setattr(saved, "_publish", lambda *_, **__: None)
    return made


def plot():
    return RocPlot(Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=["c"]))


def hear(shell, content, kind="display_data"):
    """Publish something as a kernel does; return what is sent."""
    message = {"header": {"msg_type": kind}, "content": content}
    for hook in shell.display_pub._hooks:
        message = hook(message)
    return message


@pytest.mark.parametrize("content", [{}, {"data": None}, {"data": {VIEW: {}}}, {"data": {VIEW: "x"}}, {"wait": False}])
@pytest.mark.parametrize("kind", ["display_data", "update_display_data", "clear_output", "another"])
def test_whatever_is_displayed_is_sent_as_it_is(shell, content, kind):
    Displays(shell)
    assert hear(shell, content, kind)["content"] is content


@pytest.mark.parametrize("returned", [Refusing, OddWidget, int])
def test_a_widget_beside_and_below_others_is_found_whatever_they_hold(shell, returned):
    inner, closed = plot(), plot()
    box = ipywidgets.VBox([inner])
    box.children = (*box.children, box)  # in itself
    for _ in range(2000):
        box = ipywidgets.VBox([box])
    whole = ipywidgets.HBox([OddWidget(), closed, box])
    closed.close()
    hear(shell, {"data": {VIEW: {"model_id": whole.model_id}}})
    inner._displays._end(SimpleNamespace(result=returned()))
    assert inner._saved.is_placed
    inner.close()


def test_a_widget_is_heard_of_though_the_first_was_made_on_another_thread(shell):
    made = []
    other = threading.Thread(target=lambda: made.append(plot()))
    other.start()
    other.join()
    for _ in range(2):
        shell.events.trigger("pre_run_cell", None)
    assert len(shell.display_pub._hooks) == 1
    hear(shell, {"data": {VIEW: {"model_id": ipywidgets.VBox(made).model_id}}})
    shell.events.trigger("post_run_cell", None)
    assert made[0]._saved.is_placed
    made[0].close()


def test_after_a_cell_that_shows_nothing_no_box_is_walked_through_unless_something_waits_for_its_place(
    shell, monkeypatch
):
    walked = []
    inner = plot()
    box = ipywidgets.VBox([inner])
    hear(shell, {"data": {VIEW: {"model_id": box.model_id}}})
    inner._displays._end()
    monkeypatch.setattr(contained, "_held", lambda widget: walked.append(widget) or [])
    others = [one for one in contained._widgets().values() if vars(one).get("_saved") not in (None, inner._saved)]
    for one in others:  # of other tests
        monkeypatch.delattr(one, "_saved")
    inner._displays._begin()
    inner._displays._end()
    assert walked == []
    later = plot()
    inner._displays._end()
    assert walked == [box]
    inner.close()
    later.close()
