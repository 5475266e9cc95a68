"""Of the runs, what has changed is sent: a page has them all as they are, for few bytes."""

import json
import random

import pytest

from clarifai_eval_widget.widget.synced import SyncedState
from clarifai_eval_widget.widget.wire.changes import MOST_CHANGED


class Front:
    """A page's model, which takes every message; and one that comes late gets the whole state."""

    def __init__(self, widget):
        self.state = dict(widget.get_state())

    def take(self, state):
        self.state.update(state)

    @property
    def runs(self):
        sent, changes = self.state["run_states"], self.state["run_changes"]
        known = [row["key"] for row in sent]
        return [row for key, row in changes.items() if key not in known] + [
            changes.get(row["key"], row) for row in sent
        ]


@pytest.fixture
def widget(monkeypatch):
    made = SyncedState()
    fronts, sizes = [Front(made)], []

    def send(msg, buffers=None):
        if msg.get("method") == "update":
            state = json.loads(json.dumps(msg["state"]))
            sizes.append(len(json.dumps(state)))
            for front in fronts:
                front.take(state)

    monkeypatch.setattr(made, "_send", send)
    made.fronts, made.sizes = fronts, sizes
    yield made
    made.close()


def row(key, fraction=0.0):
    return {"key": key, "fraction": fraction, "error": None, "warning": "x" * 600}


def test_every_page_has_the_runs_as_they_are_whatever_happens_to_them(widget):
    chance, rows, number = random.Random(0), [], 0
    for turn in range(400):
        what = chance.random()
        if what < 0.25 or not rows:
            rows, number = [row(f"run-{number}"), *rows], number + 1
        elif what < 0.3:
            rows = [one for one in rows if chance.random() < 0.8]
        elif what < 0.33:
            rows = chance.sample(rows, len(rows))
        else:
            chosen = {chance.randrange(len(rows)) for _ in range(chance.choice([1, 1, 1, 5, 30]))}
            rows = [row(one["key"], turn / 400) if at in chosen else one for at, one in enumerate(rows)]
        widget.publish(run_states=rows)
        assert widget.run_states == rows
        assert all(front.runs == rows for front in widget.fronts)
        if turn % 50 == 7:
            widget.fronts.append(Front(widget))
            assert widget.fronts[-1].runs == rows


def test_a_state_among_many_runs_costs_its_own_row(widget):
    rows = [row(f"run-{number}") for number in range(150)]
    widget.publish(run_states=rows)
    whole = widget.sizes[-1]
    for step in range(10):
        rows = [row("new", step / 10), *rows[1:]] if step else [row("new"), *rows]
        widget.publish(run_states=rows)
        assert widget.sizes[-1] < whole / 100
    for number in range(MOST_CHANGED + 1):
        rows = [row(one["key"], 0.5) if one["key"] == f"run-{number}" else one for one in rows]
        widget.publish(run_states=rows)
    assert sum(size > whole / 2 for size in widget.sizes) == 2, "once at first, and once after many have changed"
    assert len(widget.run_changes) < MOST_CHANGED
