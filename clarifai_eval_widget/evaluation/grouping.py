"""What inputs that come in groups are worth, for intervals of rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget import uncertainty

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.uncertainty import EffectiveSizes

__all__ = ["sizes_of"]


def sizes_of(e: EvaluationData, concept: str, confidence_level: float) -> EffectiveSizes | None:
    """Return the effective sizes of a concept's rates, or None where inputs are independent."""
    if e.groups is None:
        return None
    return uncertainty.effective_sizes(*e.grouped(concept), e.counts(concept), confidence_level=confidence_level)
