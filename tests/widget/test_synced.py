"""The traits are those of the contract, no more and no fewer, and a wrong one does not pass the type checker."""

import subprocess
import sys
from pathlib import Path

import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.widget.wire.contract import State
from clarifai_eval_widget.widget.wire.shape import mismatch
from clarifai_eval_widget.widget.wire.traits import EMPTY_STATE, Traits
from tests.widget import golden

ROOT = Path(__file__).parents[2]


def test_the_traits_are_the_keys_and_defaults_of_the_contract():
    traits = Traits.class_own_traits(sync=True)
    assert {name: trait.default() for name, trait in traits.items()} == EMPTY_STATE
    assert EMPTY_STATE.keys() == State.__annotations__.keys()
    beside = set(EvalWidget.class_traits()) - set(Traits.class_traits())
    assert beside == {"evaluation", "selection", "compared", "slice"}


def test_what_stands_in_the_traits_has_the_shape_of_the_contract():
    widget = EvalWidget(evaluation=golden.cross_validated(), threshold=0.123456)
    widget.thresholds = {"cat": 0.25}
    state = {name: getattr(widget, name) for name in EMPTY_STATE}
    assert mismatch(state, State) == ""
    widget.close()


def test_a_running_widget_has_the_shape_of_the_contract(widget):
    widget.evaluate().result(timeout=60)
    state = {name: getattr(widget, name) for name in EMPTY_STATE}
    assert mismatch(state, State) == ""
    assert all(
        state[name] for name in ("connection", "apps", "models", "versions", "datasets", "choices", "run_states")
    )


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What mypy says of calls of publish(), by line."""
    lines = {
        "right": "screen.publish(results=b'', threshold=0.5, thresholds={'cat': 0.5}, problem=None)",
        "wrong name": "screen.publish(run_statez=[])",
        "wrong type": "screen.publish(threshold='high')",
        "wrong field": "screen.publish(choices={'v': {'dataset': 'd', 'use_kfold': True}})",
        "wrong word": "screen.publish(status='dancing')",
        "wrong trait set": "screen.run_statez = []",
        "wrong trait read": "print(screen.run_statez)",
        "wrong type set": "screen.threshold = 'high'",
    }
    head = "from clarifai_eval_widget.widget.screen import Screen\ndef use(screen: Screen) -> None:\n"
    snippet = tmp_path_factory.mktemp("mypy") / "snippet.py"
    snippet.write_text(head + "".join(f"    {line}\n" for line in lines.values()), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--follow-imports=silent",
        "--cache-dir",
        str(snippet.parent),
        str(snippet),
    ]
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=200, cwd=ROOT).stdout
    return {name: [one for one in said.splitlines() if f".py:{row}: error" in one] for row, name in enumerate(lines, 3)}


def test_publishing_what_the_contract_has_is_allowed(complaints):
    assert complaints["right"] == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("wrong name", "run_statez"),
        ("wrong type", "threshold"),
        ("wrong field", "dataset_version"),
        ("wrong word", "status"),
        ("wrong trait set", "run_statez"),
        ("wrong trait read", "run_statez"),
        ("wrong type set", "float"),
    ],
)
def test_publishing_anything_else_is_found_by_the_type_checker(complaints, wrong, said):
    assert complaints[wrong]
    assert said in complaints[wrong][0]
