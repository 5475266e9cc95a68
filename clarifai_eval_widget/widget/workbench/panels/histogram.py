"""Where positives and negatives of a concept score, in equal bins over [0, 1]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget.errors import RequirementsError
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]

BINS = 40
_EDGES = np.arange(BINS + 1) / BINS


class HistogramHead(TypedDict):
    """Whose scores are counted."""

    concept: str | None
    """None: the decisions of all concepts, pooled."""
    num_pos: int
    num_neg: int


class HistogramParams(TypedDict):
    """Whose scores to count."""

    concept: str | None


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    if not evaluation.numbers.has_counts:
        raise RequirementsError(
            "A histogram needs every score, and the server sent only rates: an evaluation with a test set has one."
        )
    concept: str | None = params["concept"]
    counts = evaluation.all_counts() if concept is None else [evaluation.counts(concept)]
    at_edges = [one.at(_EDGES[:-1]) for one in counts]
    positives = sum((_in_bins(tps) for tps, _ in at_edges), np.zeros(BINS, np.int64))
    negatives = sum((_in_bins(fps) for _, fps in at_edges), np.zeros(BINS, np.int64))
    head: HistogramHead = {"concept": concept, "num_pos": int(positives.sum()), "num_neg": int(negatives.sum())}
    arrays = {"edges": _EDGES, "positives": positives.astype("u4"), "negatives": negatives.astype("u4")}
    return Section(head, arrays)


def _in_bins(at_or_above: NDArray[Any]) -> NDArray[np.int64]:
    """Count the scores from each edge up to the next; the last bin holds 1 too."""
    reached: NDArray[np.int64] = np.append(at_or_above, 0).astype(np.int64)
    return reached[:-1] - reached[1:]


PANEL = Panel(
    "histogram",
    travels=False,
    encode=_encode,
    taken=Taken(
        lambda look: Call("score_histogram", {"concept": look.concept}),
        lambda look: Call("plot_score_histogram", {"concept": look.concept, "threshold": look.one_threshold}),
    ),
    in_tabs=True,
    bake=lambda _, baking: ({"concept": concept} for concept in baking.concepts),
    head=HistogramHead,
    params=HistogramParams,
    arrays={"edges": "f8", "positives": "u4", "negatives": "u4"},
)
