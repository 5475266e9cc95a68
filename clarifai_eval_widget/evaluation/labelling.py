"""Inputs of which no label is known: how many there are, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.words import listed, plural

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["unlabelled_notes"]


def unlabelled_notes(e: EvaluationData) -> list[str]:
    """Say how many inputs have no known label, what they are labelled with instead, and by which rule they count."""
    if e.unlabelled is None:
        return []
    rows = e.unlabelled
    others = [one for k, one in enumerate(e.concepts) if e.label_array[rows, k].any()]
    elsewhere = int(e.label_array[rows].any(axis=1).sum())
    number = int(rows.sum())
    what = f"{plural(number, 'input')} of {e.num_inputs:,} {'has' if number == 1 else 'have'} no known label"
    if elsewhere:
        what += f" of a concept with scores ({elsewhere:,} labelled with {listed(others)} only)"
    if e.excluded is not None and bool(e.excluded[rows].all()):
        beside = " The platform's own figures count them as negatives." if e.source != "scores" else ""
        return [f'{what}: left out of every count; unlabelled="negative" takes them for negatives.{beside}']
    return [f'{what}: taken for negatives of every concept; unlabelled="exclude" leaves them out.']
