"""What is run inside another process, a notebook's or a test's, leaves it as it found it."""

import logging
import os
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from ipywidgets.widgets import widget as ipywidgets_widget

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.cli import main
from clarifai_eval_widget.cli.exits import Exit
from tests.small_server import wait_until

ENDS = (signal.SIGINT, signal.SIGTERM)


def surroundings():
    """What belongs to the whole process."""
    return {
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "environment": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "folder": Path.cwd(),
        "filters": list(warnings.filters),
        "hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook, sys.displayhook),
        "logging": (logging.root.level, list(logging.root.handlers), logging.getLogger("clarifai_eval_widget").level),
        "matplotlib": dict.copy(mpl.rcParams),
        "floating point": np.geterr(),
        "random": repr(np.random.get_state()),  # noqa: NPY002 - the one that is everybody's
        "streams": (sys.stdout, sys.stdout.errors, sys.stderr, sys.stderr.errors),
        "widgets": [one for one in ipywidgets_widget._instances.values() if isinstance(one, EvalWidget)],
    }


@pytest.fixture
def changes():
    """Names what has changed since."""
    before = surroundings()
    return lambda: [name for name, value in surroundings().items() if value != before[name]]


@pytest.mark.parametrize("ends", ENDS)
def test_a_server_gives_the_signals_back_to_whoever_heard_them_before(changes, tmp_path, ends):
    heard, path = [], tmp_path / "served.db"
    kept = {number: signal.signal(number, lambda *_: heard.append("before")) for number in ENDS}
    try:
        end = threading.Thread(target=lambda: (wait_until(path.exists), os.kill(os.getpid(), ends)))
        end.start()
        assert main(["serve", f"--path={path}"]) == Exit.DONE
        end.join()
        assert heard == []
        signal.raise_signal(ends)
        assert heard == ["before"]
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert changes() == []


def test_a_server_that_cannot_start_gives_the_signals_back_too(changes, tmp_path):
    assert main(["serve", f"--path={tmp_path / 'nowhere' / 'served.db'}"]) == Exit.FAILED
    assert changes() == []


def test_files_are_written_without_a_widget_or_a_setting_that_stays(changes, tmp_path):
    kept = tmp_path / "kept.pb"
    Evaluation.from_scores(
        list("abab"), np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.3], [0.1, 0.7]]), concepts=["a", "b"]
    ).save(kept)
    outs = [tmp_path / f"report{suffix}" for suffix in (".html", ".png", ".csv", ".json")]
    assert main(["show", str(kept), *(f"--out={path}" for path in outs)]) == Exit.DONE
    assert all(path.stat().st_size for path in outs)
    assert changes() == []


def test_a_mistyped_command_leaves_the_streams_as_they_were(changes):
    with pytest.raises(SystemExit):
        main(["shwo"])
    assert changes() == []


@pytest.mark.parametrize("system", ["posix", "nt"])
def test_a_demo_that_does_not_begin_leaves_the_folder(changes, tmp_path, monkeypatch, system):
    def refuse(*_, **__):
        raise OSError("cannot be started")

    monkeypatch.setattr(os, "execv", refuse)
    monkeypatch.setattr(subprocess, "run", refuse)
    monkeypatch.setattr("clarifai_eval_widget.cli.demo.POSIX", system == "posix")
    assert main(["demo", f"--folder={tmp_path / 'demo'}"]) == Exit.FAILED
    assert changes() == []
