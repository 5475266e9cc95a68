"""Confusion matrices of an evaluation, and how often labels occur together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args
from weakref import WeakKeyDictionary

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.named import by_name_too, concept_id, shown_names
from clarifai_eval_widget.evaluation.reading.platform import read_cooccurrence, read_matrix
from clarifai_eval_widget.metrics.arrays import to_dtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.interface import MatrixKind, Numbers

__all__ = [
    "BothLabels",
    "MatrixOrder",
    "MatrixSource",
    "confused_order",
    "confusion_matrix",
    "cooccurrence_matrix",
    "matrix_notes",
    "of_rows",
    "row_sizes",
    "shared_counts",
]

MatrixSource = Literal["inputs", "platform"]
BothLabels = Literal["counted", "apart", "left out"]
"""Where the inputs labelled with row and column are counted."""
MatrixOrder: TypeAlias = "Literal['confused'] | Iterable[str]"
"""In which order concepts stand."""


@by_name_too
def confusion_matrix(
    e: EvaluationData,
    threshold: float | Mapping[str, Any] = 0.5,
    kind: MatrixKind = "count",
    *,
    source: MatrixSource | None = None,
    both_labels: BothLabels = "counted",
    shares: bool = False,
    order: MatrixOrder | None = None,
) -> pd.DataFrame:
    """Cross labels (rows) with predictions (columns).

    Parameters
    ----------
    threshold
        As in :meth:`table`; used by ``"count"`` only.
    kind
        ``"count"``: inputs labelled with the row whose score for the column is at least the threshold, so a
        row need not sum to its inputs (the platform's definition). ``"argmax"``: inputs labelled with the
        row whose highest score is the column's (the first of equals). ``"probability"``: mean score of the
        column over inputs labelled with the row; NaN for a row without inputs.
    source
        ``"inputs"``: from the inputs held here. ``"platform"``: the platform's own matrix, of kind
        ``"probability"``, over everything it predicted: under k-fold over all folds, where the test set is one
        split. By default the inputs held here, and the platform's where there are none. ``attrs["source"]`` says
        which.
    both_labels
        Where to count inputs labelled with the column's concept, too, which were not taken for it by mistake.
        ``"counted"``: with the others, as the platform does. ``"apart"``: in a column of their own beside, named after
        the concept with " (both labels)", for every concept of which there are some. ``"left out"``: nowhere. Of
        counts only.
    shares
        Whether to give, in the place of counts, the share of the row's inputs that each is; NaN for a row without.
    order
        In which order the concepts stand: their ids or names, of some or all, or ``"confused"``: what is taken for each
        other side by side, as on the page. None: as they came.

    Raises
    ------
    ValueError
        When the kind, the source or both_labels is not known, or a threshold is missing or NaN.
    EvalError
        When the kind needs a test set, or the source a matrix, that was not sent.
    """
    if kind not in ("count", "argmax", "probability"):
        raise ValueError(f'kind={kind!r} is not known; choose "count", "argmax" or "probability".')
    if both_labels not in get_args(BothLabels):
        raise ValueError(f'both_labels={both_labels!r} is not known; choose "counted", "apart" or "left out".')
    if shares and kind == "probability":
        raise ValueError("Mean scores are no counts, and have no shares=True.")
    sent = _sent_matrix(e) if kind == "probability" else None
    if _from_platform(e, source, sent is not None):
        if sent is None:
            raise EvalError(
                "The platform's own matrix was not sent, or is not of this kind: it sends mean scores, "
                'kind="probability". Ask for the field confusion_matrix.'
            )
        return _frame(e, sent, _ordered(e, order), source="platform confusion matrix", kind=kind)
    values, counted = e.numbers.matrix(kind, threshold)
    shared = shared_counts(e.numbers, kind, threshold) if both_labels != "counted" else None
    places, whole = _ordered(e, order), row_sizes(e, e.concepts) if shares else None
    frame = _frame(e, values if shared is None else values - shared, places, whole, source=counted, kind=kind)
    if shared is None or both_labels != "apart":
        return frame
    return _beside(frame, shared, places, whole)


def shared_counts(numbers: Numbers, kind: MatrixKind, threshold: float | Mapping[str, Any]) -> NDArray[np.int64] | None:
    """Count, of the inputs in each cell of a matrix of counts, those labelled with row and column.

    (K, K), 0 on the diagonal: what is labelled with a concept and given it is a hit. None where no input carries two
    labels, and of mean scores.
    """
    held = numbers.held
    several = held.labelled_twice
    if kind == "probability" or not len(several):
        return None
    labels = held.labels[several]
    limits = None if kind == "argmax" else to_dtype(numbers.limits(threshold), held.scores.dtype)
    given, known = held.given(limits, several)
    found = metrics.crossed(labels, given & labels, known).astype(np.int64)
    found[np.diag_indices(len(found))] = 0
    return found


def cooccurrence_matrix(
    e: EvaluationData,
    *,
    source: MatrixSource | None = None,
    shares: bool = False,
    order: MatrixOrder | None = None,
) -> pd.DataFrame:
    """Count how many inputs are labelled with both the row's and the column's concept.

    Inputs with two labels are no confusions of the one with the other; this says how many there are.

    Parameters
    ----------
    source
        ``"inputs"``: those held here. ``"platform"``: the whole dataset, as the platform counted it. By default the
        inputs held here, and the platform's where there are none.
    shares, order
        As in :meth:`confusion_matrix`.

    Raises
    ------
    ValueError
        When the source or the order is not known.
    EvalError
        When the source was not sent.
    """
    sent = None if e.message is None else read_cooccurrence(e.message, e.concepts)
    if _from_platform(e, source, sent is not None):
        if sent is None:
            raise EvalError("The platform's co-occurrence matrix was not sent. Ask for the field cooccurrence_matrix.")
        whole = sent.reshape(len(e.concepts), -1).diagonal() if shares else None
        told = "platform co-occurrence matrix, whole dataset"
        return _frame(e, sent, _ordered(e, order), whole, source=told, kind="cooccurrence")
    labels = e.numbers.predictions("Counting labels that occur together").labels
    values = metrics.crossed(labels, labels).astype(np.int64)
    whole = row_sizes(e, e.concepts) if shares else None
    return _frame(e, values, _ordered(e, order), whole, source=e.numbers.label, kind="cooccurrence")


def matrix_notes(e: EvaluationData) -> list[str]:
    """Say that the platform's own matrix describes other inputs than the one made here, where it does."""
    if not (e.info.use_kfold and e.num_inputs and e.folds is None) or _sent_matrix(e) is None:
        return []
    note = "The platform's own confusion matrix covers all folds, that of the test set one split: "
    return [note + 'confusion_matrix(kind="probability", source="platform") gives the platform\'s.']


def _sent_matrix(e: EvaluationData) -> NDArray[np.float64] | None:
    return None if e.message is None else read_matrix(e.message, e.concepts)


def _from_platform(e: EvaluationData, source: MatrixSource | None, sent: bool) -> bool:
    if source not in (None, "inputs", "platform"):
        raise ValueError(f'source={source!r} is not known; choose "inputs" or "platform".')
    return source == "platform" or (source is None and sent and not e.num_inputs)


def row_sizes(e: EvaluationData, concepts: Iterable[str]) -> NDArray[np.int64]:
    """Count the inputs labelled with each concept, which shares of its row are of."""
    return np.array([(e.numbers.class_sizes(one) or (0, 0))[0] for one in concepts], np.int64)


def _ordered(e: EvaluationData, order: MatrixOrder | None) -> NDArray[np.intp]:
    """Give the place of each concept that stands in the matrix."""
    if order is None:
        return np.arange(len(e.concepts))
    if isinstance(order, str):
        if order != "confused":
            raise ValueError(f'order={order!r} is not known; choose "confused", or give the concepts.')
        return confused_order(e)
    return np.array([e.column(concept_id(one, e)) for one in order], np.intp)


def confused_order(e: EvaluationData) -> NDArray[np.intp]:
    """Order the concepts by which is taken for which, whatever the threshold: what moves must not change places."""
    if e not in _orders:
        _orders[e] = metrics.order_by_confusion(_strength(e))
    return _orders[e]


_orders: WeakKeyDictionary[EvaluationData, NDArray[np.intp]] = WeakKeyDictionary()


def _strength(e: EvaluationData) -> NDArray[np.float64]:
    """Say which share of a row's inputs scores highest for each column, those labelled with both left out."""
    size, held = len(e.concepts), e.numbers.held
    if not e.numbers.has_counts:
        sent = _sent_matrix(e)
        return np.zeros((size, size)) if sent is None else np.nan_to_num(np.asarray(sent, float).reshape(size, size))
    given = metrics.top_scored(held.scores, held.sent)
    confused = metrics.crossed(held.labels, given) - metrics.crossed(held.labels, given & held.labels)
    whole = np.broadcast_to(held.labels.sum(axis=0)[:, None], confused.shape)
    return np.asarray(np.nan_to_num(metrics.ratio(confused, whole)))


def of_rows(values: NDArray[Any], whole: NDArray[Any] | None) -> NDArray[Any]:
    """Give the share of its row's inputs that each count is, where that is asked for."""
    return values if whole is None else np.asarray(metrics.ratio(values, np.broadcast_to(whole[:, None], values.shape)))


def _frame(
    e: EvaluationData,
    values: NDArray[Any],
    places: NDArray[np.intp],
    whole: NDArray[Any] | None = None,
    *,
    source: str,
    kind: str,
) -> pd.DataFrame:
    import pandas as pd

    concepts = [e.concepts[place] for place in places]
    cells = of_rows(values.reshape(len(e.concepts), len(e.concepts)), whole)
    frame = pd.DataFrame(
        cells[np.ix_(places, places)],
        index=pd.Index(concepts, name="actual", dtype="str"),
        columns=pd.Index(concepts, name="predicted" if kind != "cooccurrence" else "labelled too", dtype="str"),
    )
    names = dict(zip(concepts, shown_names(concepts, e), strict=True))
    told = {"num_inputs": e.num_inputs, "conditions": codes_of(conditions_of(e)), "names": names}
    frame.attrs.update(source=source, kind=kind, **told)
    return frame


def _beside(
    frame: pd.DataFrame, shared: NDArray[np.int64], places: NDArray[np.intp], whole: NDArray[Any] | None
) -> pd.DataFrame:
    """Put counts of inputs with both labels beside the others, for every concept of which there are some."""
    import pandas as pd

    some = shared[:, places].any(axis=0)
    names = [f"{name} (both labels)" for name in frame.columns[some]]
    cells = of_rows(shared, whole)[np.ix_(places, places[some])]
    beside = pd.concat([frame, pd.DataFrame(cells, index=frame.index, columns=names)], axis=1)
    beside.columns.name = frame.columns.name
    beside.attrs = frame.attrs
    return beside
