"""Rows are made anew only where something has changed."""

import threading

from clarifai_eval_widget.widget.platform import rows
from tests.small_server import wait_until


def test_a_change_of_one_run_makes_only_its_own_row_anew(widget, page, gate, monkeypatch):
    gate.open()
    for key in ("a", "b"):
        page.calculate("first", key=key, use_kfold=False)
        wait_until(lambda: widget.viewing == widget.run_states[0]["key"] and widget.evaluation is not None)
        wait_until(lambda: widget.evaluation.complete)
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("eval-widget")])
    others = [run["key"] for run in widget.run_states]
    gate.is_open = False
    made = []
    real = rows.run_row
    monkeypatch.setattr(rows, "run_row", lambda entry, app: made.append(entry.key) or real(entry, app))
    page.calculate("second", key="c")
    gate.open()
    wait_until(lambda: page.row("second")["status"] == "evaluated")
    assert made
    assert not set(made) & set(others)


def test_what_is_shown_of_a_run_follows_its_progress(widget, page, gate):
    page.calculate("second")
    seen = []
    for fold in (1, 2):
        gate.let_through()
        wait_until(lambda fold=fold: page.row("second")["folds_done"] == fold)
        seen.append((page.row("second")["fraction"], widget.progress))
    assert seen == [(0.2, 0.2), (0.4, 0.4)]
    gate.open()
    wait_until(lambda: page.row("second")["status"] == "evaluated")
