"""What thresholds and concepts may be set to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traitlets import TraitError

from clarifai_eval_widget.errors import not_found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["check_concept", "check_threshold", "check_thresholds"]


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
    """Return thresholds by concept as plain floats.

    Parameters
    ----------
    value
        Thresholds by concept id.
    evaluation
        The one on screen: its concepts may have one. None: any may.
    had
        Concepts that had one before, and may come back before the end of a run.

    Raises
    ------
    TraitError
        When one does not lie between 0 and 1, or there is no such concept.
    """
    checked = {concept: check_threshold(at, concept) for concept, at in value.items()}
    for concept in set(checked) - set(had):
        check_concept(concept, evaluation)
    return checked


def check_concept(value: str | None, evaluation: Evaluation | None) -> str | None:
    """Return a concept's id, or None.

    Raises
    ------
    TraitError
        When the evaluation on screen has no such concept.
    """
    known = evaluation.concepts if evaluation is not None else ()
    if value is not None and known and value not in known:
        raise TraitError(str(not_found("concept", value, known)))
    return value
