"""The threshold sweep as it is drawn where the common stops leave scores between them, no rate off by 0.002."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.widget.workbench.panel import Baking

__all__ = ["PANEL"]

_DRAWN = ("precision", "recall", "f1")


class OutlineHead(TypedDict):
    """Whose curves these are."""

    concept: str | None


class OutlineParams(TypedDict):
    """Whose curves to send; None is the macro average."""

    concept: str | None


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    concept: str | None = params["concept"]
    numbers = evaluation.numbers
    if concept is None:
        every, stops, drawn = evaluation.all_counts(), numbers.stops, numbers.macro_sweep_outline()
    else:
        every, stops = [evaluation.counts(concept)], np.union1d(numbers.stops, numbers.stops_of(concept))
        drawn = numbers.sweep_outline(concept)
    thresholds = np.unique(np.concatenate([drawn, stops, _beside(every, stops)]))
    rates = [metrics.rates_of_counts(*c.at(thresholds), c.num_pos, c.num_neg) for c in every]
    head: OutlineHead = {"concept": concept}
    means = {name: _mean([rate[name] for rate in rates]) for name in _DRAWN}
    return Section(head, {"thresholds": thresholds, **means})


def _beside(every: Sequence[Counts], stops: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the scores next to each stop, which is drawn so that marks that stop there lie on the lines.

    A stop counts what the score above it counts: a line through it alone, from a score far below, would leave out how
    the scores between lie, and the one above.
    """
    above, below = np.full(len(stops), np.inf), np.full(len(stops), -np.inf)
    for c in every:
        row, scores = c.row(stops), np.append(c.thresholds, -np.inf)
        above, below = np.minimum(above, scores[row]), np.maximum(below, scores[row + 1])
    found = np.concatenate([above, below])
    return found[(found >= 0) & (found <= 1)]


def _mean(rates: list[Any]) -> Any:
    """Average over the concepts in which it is defined."""
    values = np.asarray(rates, np.float64)
    defined = ~np.isnan(values)
    return np.asarray(metrics.ratio(np.where(defined, values, 0).sum(axis=0), defined.sum(axis=0)), "f4")


def _bake(evaluation: Evaluation, baking: Baking) -> list[OutlineParams]:
    thinned = evaluation.numbers.thinned
    wanted = [concept for concept in baking.concepts if concept in thinned or (concept is None and thinned)]
    return [{"concept": concept} for concept in wanted]


PANEL = Panel(
    "outline",
    travels=False,
    encode=_encode,
    bake=_bake,
    head=OutlineHead,
    params=OutlineParams,
    # Ascending from 0 to 1; NaN where undefined.
    arrays={"thresholds": "f8", "precision": "f4", "recall": "f4", "f1": "f4"},
)
