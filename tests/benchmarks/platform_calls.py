"""How many calls each action costs on an account of 300 models of 20 versions each, and 200 datasets.

    python -m tests.benchmarks.platform_calls

The server is a stand-in that pages as the platform does. Counted are all calls until the widget has nothing more to
load; nothing here passes or fails, but ``tests/widget/platform/test_calls.py`` does, by the same figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget import EvalWidget
from tests.client.stand_in import StandIn
from tests.small_server import wait_until
from tests.widget.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable

GOALS = {"open the widget": 8, "pick a model": 3, "refresh": 4, "start by version id": 3}


def large_account() -> StandIn:
    """A server of many models, versions and datasets."""
    server = StandIn()
    server.models = [(f"model-{n}", [f"{n}-v{k}" for k in range(20)]) for n in range(300)]
    server.datasets = ["data", *(f"data-{n}" for n in range(199))]  # the first is what they were trained on
    return server


def measure(adapt: Callable[[StandIn], object] = lambda server: None) -> dict[str, dict[str, int]]:
    """By action, the calls made by name; of such an account as it is, or adapted."""
    counted = {}
    with large_account() as server, server.client() as client:
        adapt(server)

        def took(action: str) -> None:
            counted[action] = dict(server.calls)
            server.calls.clear()

        widget = EvalWidget(client)
        page = Page(widget)
        wait_until(lambda: len(widget.versions) == 20 and not widget.loading)
        took("open the widget")
        page.act("select_model", key="pick", model="model-123")
        wait_until(lambda: widget.model == "model-123" and widget.versions and not widget.loading)
        took("pick a model")
        page.act("refresh", key="refresh")
        wait_until(lambda: server.calls["ListEvaluations"] and not widget.loading)
        took("refresh")
        client.start_evaluation("217-v3")
        took("start by version id")
        widget.close()
    return counted


def main() -> None:
    """Print the table."""
    print(f"{'action':22}{'calls':>6}{'goal':>6}  which")
    for action, calls in measure().items():
        names = ", ".join(f"{name} {count}" for name, count in calls.items())
        print(f"{action:22}{sum(calls.values()):6}{GOALS[action]:6}  {names}")


if __name__ == "__main__":
    main()
