"""What tutorials ship is compared with what they show, neither too strictly nor too loosely."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from matplotlib.figure import Figure

from tests.shipped import differences


@pytest.fixture
def shown() -> list[dict[str, Any]]:
    """What a cell shows: a table, and a plot with its description."""
    return [table("cat      261       0.391"), plot([0.1, 0.4, 0.9])]


def table(text: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {"text/plain": text, "text/html": f"<td>{text}</td>"}}


def plot(values: list[float], colour: str = "tab:blue", text: str = "F1") -> dict[str, Any]:
    fig = Figure(figsize=(5, 3))
    fig.subplots().plot(values, color=colour, label=text)
    fig.legend()
    written = io.BytesIO()
    fig.savefig(written)
    return {
        "output_type": "display_data",
        "data": {"image/png": base64.b64encode(written.getvalue()).decode(), "text/plain": "A line."},
    }


def test_a_cell_that_shows_what_it_ships_passes_with_the_last_digits_and_counts_of_another_machine(
    shown: list[dict[str, Any]],
) -> None:
    widget = {
        "output_type": "display_data",
        "data": {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "EvalWidget"},
    }
    now = [table("cat  263  0.389"), widget, plot([0.1, 0.401, 0.9])]
    assert differences(shown, now) == []
    assert differences([], [widget]) == []


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (table("cat      261       0.421"), "0.391 is shipped, 0.421 shown now"),
        (table("cat      300       0.391"), "261 is shipped, 300 shown now"),
        (table("dog      261       0.391"), "words"),
        (plot([0.1, 0.9, 0.4]), "ink lies elsewhere"),
        (plot([0.1, 0.4, 0.9], "tab:red"), "ink lies elsewhere"),
        (plot([0.1, 0.4, 0.9], text="micro average 0.68"), "ink lies elsewhere"),
    ],
)
def test_a_cell_that_shows_otherwise_is_told_apart(shown: list[dict[str, Any]], now: dict[str, Any], said: str) -> None:
    """Pictures were shipped once with other curves than are drawn now, and their descriptions with them."""
    place = int("image/png" in now["data"])
    changed = [*shown[:place], now, *shown[place + 1 :]]
    assert any(said in one for one in differences(shown, changed))
    assert differences(shown, shown[:1]) == ["2 shown as shipped, 1 now"]
