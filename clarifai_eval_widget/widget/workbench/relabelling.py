"""Inputs marked as mislabelled, and which of the marks an evaluation can take."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["RELABELLED", "known_relabels"]

RELABELLED = "~relabelled"
"""Ends the key of an evaluation with the labels proposed, after the key of the run."""


def known_relabels(evaluation: Evaluation, relabels: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Keep the marks of inputs that the evaluation has, once each, with concepts that it knows.

    Marks belong to inputs, not to an evaluation: those of other data wait until these are on screen.
    """
    times = Counter(evaluation.input_ids)
    concepts = set(evaluation.concepts)
    return {
        input_id: list(proposed)
        for input_id, proposed in relabels.items()
        if times[input_id] == 1 and concepts.issuperset(proposed)
    }
