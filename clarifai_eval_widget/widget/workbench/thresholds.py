"""What thresholds, concepts and the curves drawn may be set to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traitlets import TraitError

from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.evaluation.named import concept_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.rows import Drawn

__all__ = ["MOST_TICKED", "check_concept", "check_curves", "check_drawn", "check_threshold", "check_thresholds"]

MOST_TICKED = 4
"""Ways to draw a concept's curve that are told apart in grey, too; as ``WAYS`` of ``js/…/views/ticked.tsx``."""


def check_threshold(value: float, of: str = "") -> float:
    """Return a threshold as a plain float.

    Raises
    ------
    TraitError
        When it does not lie between 0 and 1.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not 0.0 <= number <= 1.0:
        raise TraitError(f"A threshold lies between 0 and 1, not at {value!r}{f' ({of})' if of else ''}.")
    return number


def check_thresholds(
    value: Mapping[str, float], evaluation: Evaluation | None, had: Iterable[str] = ()
) -> dict[str, float]:
    """Return thresholds by concept id as plain floats.

    Parameters
    ----------
    value
        Thresholds by concept, each named by its id or its shown name.
    evaluation
        The one on screen: its concepts may have one. None: any may.
    had
        Concepts that had one before, and may come back before the end of a run.

    Raises
    ------
    TraitError
        When one does not lie between 0 and 1, there is no such concept, or one is named twice.
    """
    checked: dict[str, float] = {}
    for named, at in value.items():
        concept = named if named in had else check_concept(named, evaluation)
        if concept in checked:
            raise TraitError(f"The concept {concept!r} is given two thresholds: by its id, and as {named!r}.")
        checked[str(concept)] = check_threshold(at, named)
    return checked


def check_concept(value: str | None, evaluation: Evaluation | None) -> str | None:
    """Return the id of a concept that is named by its id or its shown name, or None.

    Raises
    ------
    TraitError
        When the evaluation on screen has no such concept, or several of that name.
    """
    if value is None or evaluation is None or not evaluation.concepts:
        return value
    try:
        return concept_id(value, evaluation)
    except NotFoundError as error:
        raise TraitError(str(error)) from None


def check_curves(value: str) -> str:
    """Return the name of a panel whose curves stand in the tabs.

    Raises
    ------
    TraitError
        When there is no such panel; it names those there are.
    """
    from clarifai_eval_widget.widget.workbench.panels import all_panels

    tabs = [name for name, panel in all_panels().items() if panel.in_tabs]
    if value not in tabs:
        raise TraitError(f"There are no curves {value!r}: give one of {', '.join(tabs)}.")
    return value


def check_drawn(value: Mapping[str, Any], evaluation: Evaluation | None, had: Iterable[str] = ()) -> Drawn:
    """Return what is drawn beside the chosen concept's curve, concepts named by id or shown name as ids.

    Concepts that were ticked before, ``had``, may come before the end of a run.

    Raises
    ------
    TraitError
        When a key or value is none of these, there is no such concept, or more are ticked than can be told apart.
    """
    from clarifai_eval_widget.widget.wire.rows import Drawn
    from clarifai_eval_widget.widget.wire.shape import mismatch

    known = Drawn.__annotations__
    unknown = [name for name in value if name not in known]
    if unknown:
        raise TraitError(f"There is no {unknown[0]!r} to draw: give any of {', '.join(known)}.")
    if said := mismatch(dict(value), Drawn):
        raise TraitError(f"{said}, but {value!r}.")
    known_ids = {"", *had}
    ticked = [one if one in known_ids else str(check_concept(one, evaluation)) for one in value.get("ticked", ())]
    if len(ticked) > MOST_TICKED:
        raise TraitError(f"{len(ticked)} concepts are too many to be told apart: tick {MOST_TICKED} at most.")
    return {**value, **({"ticked": ticked} if "ticked" in value else {})}  # type: ignore[typeddict-item]
