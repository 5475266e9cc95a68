"""What the two halves need of the widget, so that they need not know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Unpack

    import pandas as pd

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.contract import Choice, ModelRow, RunRow, State, VersionRow
    from clarifai_eval_widget.widget.wire.heads import ExactCounts

__all__ = ["Screen"]


class Screen(Protocol):
    """The traits that mirror what is on screen, read and set from any thread; types and words as in the contract."""

    app: str
    """Id of the app picked."""
    model: str
    """Id of the model picked."""
    models: list[ModelRow]
    """The models to pick from."""
    model_version: str
    """Id of the version acted on last."""
    versions: list[VersionRow]
    """The rows of the versions table."""
    choices: dict[str, Choice]
    """By version key: what is chosen in its row."""
    other_runs: list[RunRow]
    """The runs that the server has of other models."""
    viewing: str
    """Key of the run on screen."""
    results: bytes
    """The numbers on screen."""
    exact_counts: ExactCounts | None
    """Counts at thresholds that are no slider stops."""
    threshold: float
    """The common threshold."""
    thresholds: dict[str, float]
    """Thresholds of single concepts."""
    concept: str | None
    """The concept shown."""
    evaluation: Evaluation | None
    """The Evaluation on screen; like the selection, it does not cross to the page."""
    selection: pd.DataFrame | None
    """The inputs behind the number clicked."""
    relabels: dict[str, list[str]]
    """By id of an input marked as mislabelled: the concepts it should be labelled with."""
    compared: pd.DataFrame | None
    """The evaluations compared, one a row."""

    def publish(self, **traits: Unpack[State]) -> None:
        """Set traits together."""

    def together(self) -> AbstractContextManager[None]:
        """Hold the screen, from whichever thread, so that what is set meanwhile reaches the page as one state."""
