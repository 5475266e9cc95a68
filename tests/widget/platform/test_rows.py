"""Rows are made anew only where something has changed."""

import threading

from clarifai_eval_widget.widget.platform import rows
from clarifai_eval_widget.words import short_id
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


def test_which_version_the_latest_meant_is_told_of_a_run_everywhere(widget, page, gate):
    gate.open()
    page.calculate("second", use_kfold=False)
    wait_until(lambda: widget.run_states[0]["status"] == "evaluated" and widget.evaluation is not None)
    row, choice = widget.run_states[0], widget.choices[widget.versions[0]["key"]]
    latest = next(one["latest_version"] for one in widget.datasets if one["id"] == row["dataset_name"])
    assert choice["dataset_version"] in ("", latest)
    assert row["dataset_version"] == latest
    assert row["dataset_label"] == f"{row['dataset_name']}, version {short_id(latest)}"
    widget.compare(row["key"])
    assert widget.comparison[0]["kind_label"] == f"Scored on {row['dataset_label']}"
