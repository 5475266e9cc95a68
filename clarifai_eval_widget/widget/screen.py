"""What the two halves need of the widget, so that they need not know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from clarifai_eval_widget.widget.wire.traits import Shared

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Unpack

    import pandas as pd

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.contract import State

__all__ = ["Screen"]


class Screen(Shared, Protocol):
    """What is on screen, read and set from any thread: the contract's traits, and what does not cross to the page."""

    evaluation: Evaluation | None
    """The Evaluation on screen."""
    selection: pd.DataFrame | None
    """The inputs behind the number clicked."""
    compared: pd.DataFrame | None
    """The evaluations compared, one a row."""
    slice: dict[str, Any] | None
    """What the inputs on screen have in common; None where all are."""

    def publish(self, **traits: Unpack[State]) -> None:
        """Set traits together."""

    def settle(self, evaluation: Evaluation, **traits: Unpack[State]) -> None:
        """Set traits that name concepts of an evaluation which is about to take the place of the one on screen."""

    def together(self) -> AbstractContextManager[None]:
        """Hold the screen, from whichever thread, so that what is set meanwhile reaches the page as one state."""
