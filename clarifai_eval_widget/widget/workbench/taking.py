"""What a panel shows, as the calls on an Evaluation that give the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.workbench.comparison import Compared

__all__ = ["Call", "Look", "Taken", "curve"]


@dataclass(frozen=True)
class Look:
    """How a panel is looked at."""

    concept: str | None
    """The concept shown; None is the macro average."""
    threshold: float | dict[str, float]
    """The common threshold, or each concept's where they differ."""
    params: Mapping[str, Any]
    """What the panel asks with."""
    evaluation: Evaluation
    """What it shows."""
    compared: Sequence[Compared] = ()
    """What is compared with what, the first first."""

    @property
    def one_threshold(self) -> float:
        """The threshold of the concept shown."""
        if isinstance(self.threshold, dict):
            return self.threshold[self.concept] if self.concept is not None else max(self.threshold.values())
        return self.threshold


@dataclass(frozen=True)
class Call:
    """A method of an evaluation, what it is called with, and the rows of what it gives."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    of: Evaluation | None = None
    """The evaluation to ask; None: the one on screen."""
    size: tuple[float, float] = (6.4, 5.2)
    """Of a drawing, in inches."""

    def text(self, of: str) -> str:
        """Write it as Python."""
        options = ", ".join(f"{name}={value!r}" for name, value in self.options.items() if value is not None)
        return f"{of}.{self.name}({options})" + (f".loc[{list(self.rows)!r}]" if self.rows else "")

    def made(self, of: Any, **more: Any) -> Any:
        """Call it."""
        given = getattr(of if self.of is None else self.of, self.name)(**self.options, **more)
        return given.loc[list(self.rows)] if self.rows else given


@dataclass(frozen=True)
class Taken:
    """The forms in which a panel can be taken away."""

    frame: Callable[[Look], Call] | str
    """What gives its DataFrame; or the widget's attribute that holds it."""
    plot: Callable[[Look], Call] | None = None
    """What draws it; None: its frame is drawn as a table."""
    table: Callable[[Look], Call] | None = None
    """What gives the table to draw, where that is another than the frame."""
    joined: str = ""
    """What of the evaluation is joined to a frame of its inputs, where there is some."""

    @property
    def forms(self) -> tuple[str, ...]:
        """Their names."""
        return ("python", "csv", "png", "svg")


def curve(frame: str, plot: str) -> Taken:
    """Give a curve over thresholds, with the point at its threshold marked in the drawing."""
    return Taken(
        lambda look: Call(frame, {"concept": look.concept}),
        lambda look: Call(plot, {"concept": look.concept, "threshold": look.threshold}),
    )
