"""The threshold sweep as it is drawn where the common stops leave scores between them, no rate off by 0.002."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation
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
    # With the stops, so that the marks that stop there lie on the lines.
    if concept is None:
        thresholds = np.union1d(numbers.stops, numbers.macro_sweep_outline())
        every = evaluation.all_counts()
    else:
        thresholds = np.union1d(numbers.stops_of(concept), np.union1d(numbers.stops, numbers.sweep_outline(concept)))
        every = [evaluation.counts(concept)]
    rates = [metrics.rates_of_counts(*c.at(thresholds), c.num_pos, c.num_neg) for c in every]
    head: OutlineHead = {"concept": concept}
    means = {name: _mean([rate[name] for rate in rates]) for name in _DRAWN}
    return Section(head, {"thresholds": thresholds, **means})


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
