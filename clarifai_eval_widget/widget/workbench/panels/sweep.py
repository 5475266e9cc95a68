"""Precision, recall and F1 over the threshold; from the counts at the stops, and each fold's F1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.arrays import joined
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Taken, around

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.workbench.taking import Look

__all__ = ["PANEL"]

_MOST = 130_000  # 0.5 MB


def _encode(evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    rows: list[NDArray[np.float64]] = []
    at = _thresholds(len(evaluation.fold_numbers) * (len(evaluation.concepts) + 1))
    for fold in evaluation.fold_numbers:
        of_concepts = [_f1(evaluation.fold_counts(fold, concept), at) for concept in evaluation.concepts]
        rows += [*of_concepts, _mean_of_defined(of_concepts)]
    return Section({}, {"fold_f1": joined(rows, "f4")} if rows else {})


def _thresholds(rows: int) -> NDArray[np.float64]:
    """Give 0, 0.01 … 1, or for very many rows fewer: they are drawn faintly, and travel."""
    every = next((step for step in (1, 2, 5) if rows * (100 // step + 1) <= _MOST), 10)
    return metrics.HUNDREDTHS[::every]


def _f1(counts: metrics.Counts, at: NDArray[np.float64]) -> NDArray[np.float64]:
    tps, fps = counts.at(at)
    return np.asarray(metrics.f1(tps, fps, counts.num_pos))


def _mean_of_defined(rows: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    values = np.asarray(rows)
    defined = ~np.isnan(values)
    return np.asarray(metrics.ratio(np.where(defined, values, 0).sum(axis=0), defined.sum(axis=0)))


def _tabulated(look: Look) -> dict[str, Any]:
    """Ask for the curves drawn: without a concept the macro average's alone."""
    drawn = _drawn(look)
    if look.concept is not None:
        return drawn
    return {"concepts": [], "around": ["macro", *drawn["around"]], "band": drawn["band"]}


def _drawn(look: Look) -> dict[str, Any]:
    """Draw what the page does: three rates of the concept or of the macro average, F1 of each fold, the band."""
    beside = around(look)
    folds = [one for one in beside["around"] if one == "folds"]
    return {"around": folds, "band": beside["band"]} | ({"figure": "all"} if look.concept is None else {})


PANEL = Panel(
    "sweep",
    travels=True,
    encode=_encode,
    taken=Taken(
        lambda look: Call("threshold_sweep", {"concept": look.concept} | _tabulated(look)),
        lambda look: Call(
            "plot_threshold_sweep", {"concept": look.concept, "threshold": look.threshold} | _drawn(look)
        ),
    ),
    # Row f * (K + 1) + k: fold f's F1 of concept k (k = K: macro) at evenly spaced thresholds from 0 to 1, mostly 101.
    optional_arrays={"fold_f1": "f4"},
)
