"""What the widget's parts need of the widget, so that they need not know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from clarifai_eval_widget.errors import EvalError
    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["Screen"]


class Screen(Protocol):
    """The traits that mirror what is on screen, set from any thread."""

    connection: Any
    """Where the widget is connected."""
    app: Any
    """Id of the app picked."""
    model: Any
    """Id of the model picked."""
    model_version: Any
    """Id of the version acted on last."""
    versions: Any
    """The rows of the versions table."""
    choices: Any
    """By version id: the dataset and kind chosen in its row."""
    viewing: Any
    """Key of the run on screen."""

    def publish(self, **traits: Any) -> None:
        """Set traits together."""

    def put_on_screen(
        self, key: str, evaluation: Evaluation | None, curves: bytes, *, revision: int, only_if_on_screen: bool
    ) -> None:
        """Show an evaluation, or only renew the one that is shown."""

    def mark_loading(self) -> None:
        """Say that lists are being loaded."""

    def mark_loaded(self, error: EvalError | None) -> None:
        """Say that the lists are there, or could not be had."""
