"""Concepts that were named before the evaluation was here: settled once it is, told of where it has none such."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import NotFoundError, not_found
from clarifai_eval_widget.evaluation.named import concept_id
from clarifai_eval_widget.widget.wire.failures import failure
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.screen import Screen

__all__ = ["settle_concepts"]

_log = logging.getLogger("clarifai_eval_widget")


def settle_concepts(screen: Screen, evaluation: Evaluation | None, *, unchecked: bool) -> None:
    """Turn what was set before the evaluation was here into its concepts' ids, and let go of what it has not.

    Before the end of a run a concept may yet come, so that only the concept shown is let go of then.

    Parameters
    ----------
    screen
        What it is set on.
    evaluation
        The one that will be on it.
    unchecked
        Whether nothing was on screen that could tell what is unknown, or a state of this run from before its end: then
        that is told now. What came from another evaluation is dropped as a matter of course.
    """
    if evaluation is None or not evaluation.concepts:
        return
    unknown = [*_settle_shown(screen, evaluation)]
    unknown += [*_settle_thresholds(screen, evaluation), *_settle_ticked(screen, evaluation)]
    if unknown and unchecked:
        _tell_unknown(screen, list(dict.fromkeys(unknown)), evaluation)


def _settle_shown(screen: Screen, evaluation: Evaluation) -> list[str]:
    named = screen.concept
    if named is None:
        return []
    shown = _id_or_none(named, evaluation)
    if shown != named:
        screen.settle(evaluation, concept=shown)
    return [named] if shown is None else []


def _settle_thresholds(screen: Screen, evaluation: Evaluation) -> list[str]:
    found = {named: _id_or_none(named, evaluation) for named in screen.thresholds}
    gone = [named for named, concept in found.items() if concept is None and evaluation.complete]
    kept = {concept or named: screen.thresholds[named] for named, concept in found.items() if named not in gone}
    if kept != screen.thresholds:
        screen.settle(evaluation, thresholds=kept)
    return gone


def _settle_ticked(screen: Screen, evaluation: Evaluation) -> list[str]:
    """Of the concepts ticked each keeps its place, which is the way it is drawn."""
    ticked = screen.drawn.get("ticked", [])
    found = {named: _id_or_none(named, evaluation) for named in ticked if named}
    gone = [named for named, concept in found.items() if concept is None and evaluation.complete]
    kept: list[str] = []
    for named in ticked:
        concept = "" if named in gone else found.get(named) or named
        kept.append("" if concept in kept else concept)  # by its id and by its name it would be drawn twice
    if kept != ticked:
        screen.settle(evaluation, drawn={**screen.drawn, "ticked": kept})
    return gone


def _tell_unknown(screen: Screen, unknown: list[str], evaluation: Evaluation) -> None:
    """Say on the page and in the log which concepts were set that this evaluation does not have."""
    error = not_found("concept", unknown[0], [*evaluation.concepts, *evaluation.concept_names.values()])
    of = "" if len(unknown) == 1 else f" Nor is there {listed(map(repr, unknown[1:]), 3)}."
    message = f"{error.message}{of} It was set before the evaluation was here, and is not used."
    _log.warning("%s", message)
    screen.publish(
        problem={**failure(error), "title": "A concept is unknown", "message": message, "action": "", "lists": []}
    )


def _id_or_none(named: str, evaluation: Evaluation) -> str | None:
    """Find a concept's id by its id or shown name; None where there is no such concept, or several."""
    try:
        return concept_id(named, evaluation)
    except NotFoundError:
        return None
