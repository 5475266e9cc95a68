"""What an evaluation adds to a chosen threshold: of what its intervals hold, and how it would be chosen again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clarifai_eval_widget.operating_point.redrawing import redrawn, redrawn_by_group
from clarifai_eval_widget.operating_point.stability import ChosenAgain
from clarifai_eval_widget.uncertainty.effective import effective_sizes
from clarifai_eval_widget.uncertainty.group_bootstrap import GroupResamples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.operating_point import Criterion, OperatingPoint
    from clarifai_eval_widget.operating_point.crossing import Bounded
    from clarifai_eval_widget.operating_point.drawn import Drawn
    from clarifai_eval_widget.uncertainty import EffectiveSizes

__all__ = ["drawn_again", "told"]


def drawn_again(e: EvaluationData, concept: str, wanted: Sequence[Criterion]) -> list[Drawn | Bounded]:
    """Choose a concept's threshold on resamples by each criterion; of inputs in groups, whole groups are drawn."""
    if e.groups is None:
        return redrawn(e.counts(concept), wanted)
    held = GroupResamples(*e.grouped(concept))
    return redrawn_by_group(
        held, wanted, lambda level: effective_sizes(*e.grouped(concept), held.counts, confidence_level=level)
    )


def told(
    e: EvaluationData,
    by: tuple[str, Criterion],
    point: OperatingPoint,
    sizes: EffectiveSizes | None,
    confidence_level: float,
) -> OperatingPoint:
    """Say of a point's intervals that they are those of groups, and hold at every look, where that is so.

    Parameters
    ----------
    by
        The concept's id, and the criterion it was chosen by: of inputs in groups it is chosen again on whole groups.
    sizes
        What inputs in groups are worth; None where there are none.
    confidence_level
        As it was asked for.
    """
    note = point.note if sizes is None else f"{point.note}; intervals {sizes.method}"
    note += "" if e.complete else "; its intervals hold at every look while it runs, the threshold's at this one alone"
    again, (concept, wanted) = point.chosen_again, by
    if e.groups is not None:
        again = ChosenAgain(lambda: drawn_again(e, concept, [wanted]), str(wanted), point.threshold)
    return replace(point, note=note, confidence_level=confidence_level, chosen_again=again)
