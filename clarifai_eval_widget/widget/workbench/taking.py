"""What a panel shows, as the calls on an Evaluation that give the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.rows import Drawn
    from clarifai_eval_widget.widget.workbench.comparison import Compared

__all__ = ["Call", "Held", "Look", "Taken", "around", "beside_bins", "curve", "zoomed"]


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
    drawn: Drawn = field(default_factory=dict)  # type: ignore[assignment]
    """What the plots draw beside the curve of the concept."""
    page: Mapping[str, Any] = field(default_factory=dict)
    """How the page looks at what the panel was sent, as that declares it; empty: as on a new page."""

    @property
    def one_threshold(self) -> float:
        """The threshold of the concept shown."""
        if isinstance(self.threshold, dict):
            return self.threshold[self.concept] if self.concept is not None else max(self.threshold.values())
        return self.threshold

    def known(self, name: str) -> list[str]:
        """Return the concepts that the page names there.

        Raises
        ------
        NotFoundError
            When the evaluation has not all of them.
        """
        return [self.evaluation.concepts[self.evaluation.column(one)] for one in self.page[name]]


@dataclass(frozen=True)
class Call:
    """A method of an evaluation, and what it is called with."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    of: Any = None
    """Whose method or function it is; None: that of the evaluation on screen."""
    size: tuple[float, float] = (6.4, 5.2)
    """Of a drawing, in inches."""

    def text(self, of: str) -> str:
        """Write it as Python."""
        options = ", ".join(f"{name}={value!r}" for name, value in self._given.items())
        return f"{of}.{self.name}({options})"

    def made(self, of: Any, **more: Any) -> Any:
        """Call it."""
        return getattr(of if self.of is None else self.of, self.name)(**self._given, **more)

    @property
    def _given(self) -> dict[str, Any]:
        return {name: value for name, value in self.options.items() if value is not None}


@dataclass(frozen=True)
class Held:
    """A DataFrame that the widget holds, and which part of it is on screen."""

    name: str
    """The widget's attribute."""
    keys: Callable[[Any], Sequence[Any]] = lambda _frame: ()
    """What to look up in it by ``loc``, one after the other."""


@dataclass(frozen=True)
class Taken:
    """The forms in which a panel can be taken away."""

    frame: Callable[[Look], Call | Held]
    """What gives its DataFrame."""
    plot: Callable[[Look], Call] | None = None
    """What draws it; None: its frame is drawn as a table."""
    joined: str = ""
    """What of the evaluation is joined to a frame of its inputs, where there is some."""

    @property
    def forms(self) -> tuple[str, ...]:
        """Their names."""
        return ("python", "csv", "png", "svg")


_FIRST: Drawn = {
    "ticked": [],
    "folds": True,
    "band": False,
    "intervals": True,
    "averages": True,
    "others": True,
    "zoomed": False,
}
"""As ``FIRST`` of ``js/…/views/layers.ts``."""
_ZOOMED = 0.2  # as LOW_FPR of the page


def curve(frame: str, plot: str, drawn: Callable[[Look], dict[str, Any]]) -> Taken:
    """Give curves over thresholds, with the point at its threshold marked in the drawing.

    Parameters
    ----------
    frame, plot
        The methods that give its table and draw it.
    drawn
        What else both are called with.
    """
    return Taken(
        lambda look: Call(frame, {"concept": look.concept} | drawn(look)),
        lambda look: Call(plot, {"concept": look.concept, "threshold": look.threshold} | drawn(look)),
    )


def _shown(look: Look) -> Drawn:
    """What is drawn beside the concept, also where the page has told nothing yet."""
    return {**_FIRST, **look.drawn}


def _ticked(look: Look) -> list[str]:
    return [one for one in _shown(look)["ticked"] if one in look.evaluation.concepts]


def around(look: Look) -> dict[str, Any]:
    """Give what stands around the curves of concepts on screen, as a drawing of them takes it."""
    shown, ticked = _shown(look), _ticked(look)
    layers = {"folds": shown["folds"], "macro": shown["averages"] or look.concept is None, "micro": shown["averages"]}
    layers["others"] = shown["others"]
    # Of all concepts, none ticked, those that stand out are named; the page names each on hover instead.
    named = ticked if ticked or look.concept is not None or not shown["others"] else None
    return {"concepts": named, "around": [name for name, on in layers.items() if on], "band": shown["band"]}


def beside_bins(look: Look) -> dict[str, Any]:
    """Give what stands beside the bins of calibration on screen, as a drawing of them takes it."""
    shown = _shown(look)
    micro = look.concept is None or shown["averages"]
    return {"concepts": _ticked(look) or None, "micro": micro, "intervals": shown["intervals"]}


def zoomed(look: Look) -> dict[str, Any]:
    """Give the corner of low false positive rates, where only that of the ROC is on screen."""
    return {"max_fpr": _ZOOMED} if _shown(look)["zoomed"] else {}
