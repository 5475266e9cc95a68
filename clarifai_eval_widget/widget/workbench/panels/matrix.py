"""Which concept's inputs are given to which: at the threshold, by the highest score, and as mean scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.evaluation.matrix import confused_order, shared_counts
from clarifai_eval_widget.metrics.arrays import to_dtype
from clarifai_eval_widget.widget.wire.heads import MatrixName  # noqa: TC001 - types of heads are read while it runs
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.cells import AS_THOUSANDTHS, fitted, thousandths
from clarifai_eval_widget.widget.workbench.own_figures import matrices_of
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Look, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.predictions import Predictions
    from clarifai_eval_widget.widget.workbench.panel import Baking

__all__ = ["FOLLOWED", "PANEL"]

FOLLOWED = 20
"""Up to so many concepts the matrix follows the threshold in the page."""
_MAX_NUMBERS = 350_000  # 1.4 MB
_AS_SENT: dict[str, Call] = {
    "cooccurrence": Call("cooccurrence_matrix", {"source": "inputs"}),
    "platform_probability": Call("confusion_matrix", {"kind": "probability", "source": "platform"}),
    "platform_cooccurrence": Call("cooccurrence_matrix", {"source": "platform"}),
}


class MatrixHead(TypedDict):
    """What stands in the cells."""

    kind: MatrixName
    source: str
    """What they come from."""
    thresholds: list[float] | None
    """By concept: where the one matrix of counts was counted; null where there is one a stop, or none is needed."""
    least: float
    """How many inputs, or which mean score, a cell has at least: of too many only the strongest travel. 0: all do."""


class MatrixLook(TypedDict):
    """As what the cells stand there."""

    shares: NotRequired[bool]
    """Whether as shares of the row; at first as counts."""
    confused: NotRequired[bool]
    """Whether concepts that are taken for each other stand side by side, as they do at first; else as given."""


class MatrixParams(TypedDict):
    """Which matrix."""

    kind: MatrixName
    thresholds: list[float] | None
    """By concept, for counts; null for those at all stops."""


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    kind, thresholds = params["kind"], params["thresholds"]
    if kind != "count" and thresholds is not None:
        raise InvalidRequestError(f"A matrix of kind {kind!r} has no thresholds.")
    if kind == "count" and thresholds is None:
        values, source = _at_stops(evaluation), evaluation.numbers.label
    elif kind in _AS_SENT:
        values, source = _as_sent(evaluation, kind)
    else:
        values, source = _one(evaluation, kind, thresholds)
    values, least = (values, 0.0) if "stops" in values else _fitting(values)
    head: MatrixHead = {"kind": kind, "source": source, "thresholds": thresholds, "least": least}
    if kind == "platform_cooccurrence":  # over the whole dataset, which may be more than the inputs here
        labelled = _diagonal(values["cells"])
    else:
        sizes = [(evaluation.numbers.class_sizes(concept) or (0, 0))[0] for concept in evaluation.concepts]
        labelled = np.asarray(sizes, "u4").reshape(-1)
    return Section(head, {"order": confused_order(evaluation).astype("u4"), "labelled": labelled, **values})


def _at_stops(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    """Count at the slider's stops, all of them where they fit."""
    held = evaluation.numbers.predictions("A confusion matrix at a threshold needs every score")
    size = len(evaluation.concepts)
    if size > FOLLOWED:
        raise InvalidRequestError(f"{size} concepts are too many for a matrix at every stop: name the thresholds.")
    several = held.labelled_twice
    room = _MAX_NUMBERS // max(1, size * size * (2 if len(several) else 1))
    every = evaluation.numbers.stops
    stops = every[np.unique(np.linspace(0, len(every) - 1, min(room, len(every))).round().astype(np.intp))]
    limits = to_dtype(stops, held.scores.dtype)
    known = None if held.excluded is None else ~held.excluded
    found = metrics.crossed_at(held.labels, held.scores, limits, known)
    arrays = {"stops": stops, "cells": found.astype("u4").ravel()}
    if len(several):
        arrays["shared"] = _shared_at(held, several, limits).astype("u4").ravel()
    return arrays


def _shared_at(held: Predictions, several: NDArray[np.intp], limits: NDArray[Any]) -> NDArray[np.int64]:
    """Count, of the inputs labelled with row and column, those that score at least so much for the column."""
    size = held.labels.shape[1]
    labels, scores = held.labels[several], held.scores[several]
    shared = np.zeros((size, size, len(limits)), np.int64)
    for k in range(size):
        rows = labels[:, k] if held.excluded is None else labels[:, k] & ~held.excluded[several, k]
        shared[:, k] = metrics.crossed_at(labels[rows], scores[rows, k : k + 1], limits)[:, 0]
    return _off_diagonal(shared)


def _one(evaluation: Evaluation, kind: Any, thresholds: list[float] | None) -> tuple[dict[str, NDArray[Any]], str]:
    """Make one matrix, as Evaluation.confusion_matrix does."""
    if thresholds is not None and len(thresholds) != len(evaluation.concepts):
        raise InvalidRequestError(
            f"{len(thresholds)} thresholds are not one for each of {len(evaluation.concepts)} concepts."
        )
    by_concept = dict(zip(evaluation.concepts, thresholds, strict=True)) if thresholds is not None else 0.5
    values, source = evaluation.numbers.matrix(kind, by_concept)
    if kind == "probability":
        return {"means": _means(values)}, source
    found = {"cells": values.astype("u4").ravel()}
    shared = shared_counts(evaluation.numbers, kind, by_concept)
    if shared is not None:
        found["shared"] = shared.astype("u4").ravel()
    return found, source


def _as_sent(evaluation: Evaluation, kind: MatrixName) -> tuple[dict[str, NDArray[Any]], str]:
    """Make one of the matrices that no threshold touches, as Evaluation's own methods tabulate them."""
    call = _AS_SENT[kind]
    frame = getattr(evaluation, call.name)(**call.options)
    if call.name == "cooccurrence_matrix":
        return {"cells": frame.to_numpy().astype("u4").ravel()}, frame.attrs["source"]
    return {"means": _means(frame.to_numpy())}, frame.attrs["source"]


def _means(values: NDArray[Any]) -> NDArray[np.float64]:
    means = np.array(values, "f8").ravel()
    means[np.isnan(means)] = np.nan  # of 0 / 0 it has a sign, and bytes are compared
    return means


def _fitting(values: dict[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], float]:
    """Give one matrix as it may travel, whatever its size, and the least that a cell of it stands for."""
    means = values.get("means")
    if means is None:
        return fitted(values)
    if len(means) <= AS_THOUSANDTHS**2:
        return values, 0.0
    found, least = fitted({"thousandths": thousandths(means)})
    return dict(found), least / 1000


def _diagonal(cells: NDArray[Any]) -> NDArray[Any]:
    size = int(np.sqrt(len(cells)))
    return cells.reshape(size, size).diagonal().copy()


def _off_diagonal(values: NDArray[Any]) -> NDArray[Any]:
    """Set the diagonal to 0: an input labelled with a concept and given it is a hit, and shares nothing."""
    values[np.diag_indices(len(values))] = 0
    return values


def _bake(evaluation: Evaluation, baking: Baking) -> list[MatrixParams]:
    """Every kind; the counts at all stops where the page follows them, else at the thresholds it opens with."""
    followed = len(evaluation.concepts) <= FOLLOWED
    counted: MatrixParams = {"kind": "count", "thresholds": None if followed else list(baking.thresholds.values())}
    others: list[MatrixParams] = [
        {"kind": kind, "thresholds": None} for kind in matrices_of(evaluation) if kind != "count"
    ]
    return [counted, *others]


def _options(look: Look) -> dict[str, Any]:
    """Ask for the cells as they stand on screen, what carries both labels beside the others."""
    kind, held = look.params["kind"], look.evaluation.numbers.held
    shares = look.page.get("shares", False) and not kind.endswith("probability")
    several = kind in ("count", "argmax") and len(held.labelled_twice) > 0
    return (
        (dict(_AS_SENT[kind].options) if kind in _AS_SENT else {"kind": kind})
        | ({"threshold": look.threshold} if kind == "count" else {})
        | ({"both_labels": "left out" if shares else "apart"} if several else {})
        | ({"shares": True} if shares else {})
        | ({"order": "confused"} if look.page.get("confused", True) else {})
    )


def _tabulated(look: Look) -> Call:
    sent = _AS_SENT.get(look.params["kind"])
    return Call("confusion_matrix" if sent is None else sent.name, _options(look))


def _drawing(look: Look) -> Call:
    tabulated = _tabulated(look)
    return Call(f"plot_{tabulated.name}", tabulated.options)


PANEL = Panel(
    "matrix",
    travels=False,
    encode=_encode,
    taken=Taken(_tabulated, _drawing),
    bake=_bake,
    head=MatrixHead,
    params=MatrixParams,
    look=MatrixLook,
    # `labelled` counts the inputs of each row; `order` has confused concepts beside each other.
    arrays={"order": "u4", "labelled": "u4"},
    # Cell of row j and column k is entry j * K + k; with M stops, its count at stop m is entry (j * K + k) * M + m.
    # `shared` are those of the inputs counted in `cells` that are labelled with the column's concept, too.
    # Mean scores of many concepts are `thousandths`; 2**32 - 1 is an undefined one.
    optional_arrays={"stops": "f8", "cells": "u4", "shared": "u4", "means": "f8", "thousandths": "u4"},
)
