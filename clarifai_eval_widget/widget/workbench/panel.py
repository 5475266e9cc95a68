"""What a panel is on the Python side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.packing import ArrayType, Section
    from clarifai_eval_widget.widget.workbench.taking import Taken

__all__ = ["BAKED_AT", "Baking", "Layout", "Nothing", "Panel"]

BAKED_AT = 0.5
"""The threshold of answers in a file that do not follow the slider; as ``ASKED_AT`` of ``workbench/settled.ts``."""


class Nothing(TypedDict):
    """No head, or no parameters."""


@dataclass(frozen=True)
class Layout:
    """What a section holds."""

    name: str
    """The same in Python, TypeScript and payloads."""
    travels: bool
    """True: it travels with the results, for it follows the threshold. False: it is asked for when in view."""
    head: type = Nothing
    """The TypedDict of the section's head."""
    params: type = Nothing
    """The TypedDict of the parameters."""
    look: type = Nothing
    """The TypedDict of how what it was sent is looked at, which what is taken away follows."""
    arrays: Mapping[str, ArrayType] = field(default_factory=dict)
    """The section's arrays and their types."""
    optional_arrays: Mapping[str, ArrayType] = field(default_factory=dict)
    """Arrays that not every evaluation has."""


@dataclass(frozen=True)
class Baking:
    """What a page without a kernel can be asked: a panel bakes its answers in beforehand."""

    concepts: tuple[str | None, ...]
    """The concepts to have answers of; None is all of them together."""
    thresholds: Mapping[str, float]
    """Every concept's threshold as the page opens."""
    inputs: bool
    """Whether inputs, their ids, texts and images, may leave the notebook."""
    shown: str | None = None
    """The concept on screen; None is the macro average."""


@dataclass(frozen=True, kw_only=True)
class Panel(Layout):
    """What a panel needs of an evaluation, and how that is encoded."""

    encode: Callable[[Evaluation, Mapping[str, Any]], Section]
    """Make the section; given the parameters the page asked with, empty when it travels."""
    others: Callable[[Mapping[str, Any]], Sequence[str]] | None = None
    """Name, out of the parameters, the keys of further evaluations that it needs; None: it needs only its own."""
    encode_beside: Callable[[Evaluation, Sequence[Evaluation], Mapping[str, Any]], Section] | None = None
    """Make the section out of those, too; given where `others` is."""
    select: Callable[[Evaluation, Sequence[Evaluation], Mapping[str, Any]], pd.DataFrame | None] | None = None
    """Tabulate the inputs that the panel then shows, for ``selection``; None: it shows no inputs."""
    bake: Callable[[Evaluation, Baking], Iterable[Mapping[str, Any]]] | None = None
    """The parameters with which a page without a kernel may ask; None: what it shows always takes Python."""
    taken: Taken | None = None
    """The forms in which it can be taken away; None: in none."""
    in_tabs: bool = False
    """Whether its plot stands in the tabs of curves, the page's slot of that name; it is drawn without parameters."""
