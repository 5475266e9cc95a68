"""Parts of an evaluation: the inputs of a fold, of a metadata value, or any others, evaluated by themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import not_found
from clarifai_eval_widget.evaluation.aligning import in_order_of
from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.evaluation.counted import CountedPredictions
from clarifai_eval_widget.evaluation.intervals import figure_interval, roc_auc_interval
from clarifai_eval_widget.evaluation.named import by_name_too
from clarifai_eval_widget.evaluation.predictions import Predictions
from clarifai_eval_widget.own_metrics import CONTENT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.intervals import AucInterval
    from clarifai_eval_widget.uncertainty import FigureEstimate

__all__ = ["metadata", "part", "rows_where", "slice_", "slices", "with_predictions"]


def metadata(e: EvaluationData) -> pd.DataFrame:
    """Tabulate the metadata that the server sent with each input.

    Returns
    -------
    pandas.DataFrame
        Index ``input_id``, a column for each field; empty where none was sent.
    """
    import pandas as pd

    sent = [dict(entry.input.data.metadata) for entry in chain.from_iterable(one.test_set for one in e.received)]
    if e.part_of is not None:
        whole, rows = e.part_of
        return metadata(whole).iloc[rows]
    index = pd.Index(e.input_ids, name="input_id", dtype="str")
    return pd.DataFrame(sent or None, index=index).drop(columns=CONTENT_KEY, errors="ignore")


def rows_where(
    e: EvaluationData, inputs: Iterable[Any] | None, *, fold: int | None = None, where: Mapping[str, Any] | None = None
) -> NDArray[np.intp]:
    """Find the rows of a slice; parameters as :func:`slice_`."""
    kept = np.ones(e.num_inputs, bool)
    if inputs is not None:
        kept &= _mask(e, inputs if hasattr(inputs, "__len__") else list(inputs))
    if fold is not None:
        if fold not in e.fold_numbers:
            raise not_found("fold", str(fold), map(str, e.fold_numbers))
        assert e.folds is not None
        kept &= e.folds == fold
    if where:
        table = metadata(e)
        for field, value in where.items():
            if field not in table:
                raise not_found("metadata field", field, table.columns)
            kept &= (table[field] == value).to_numpy(bool)
    return np.flatnonzero(kept)


def _mask(e: EvaluationData, inputs: Any) -> NDArray[np.bool_]:
    given = np.asarray(inputs)
    if given.dtype == bool:
        given = np.asarray(in_order_of(e, inputs, "mask"))
        if given.shape != (e.num_inputs,):
            raise ValueError(f"A mask has one value for each of {e.num_inputs} inputs; this one is {given.shape}.")
        return given
    wanted = {str(one) for one in given.tolist()}
    if unknown := sorted(wanted - set(e.input_ids)):
        raise not_found("input", unknown[0], e.input_ids)
    return np.array([one in wanted for one in e.input_ids])


def slice_(
    e: EvaluationData,
    inputs: Iterable[Any] | None = None,
    *,
    fold: int | None = None,
    where: Mapping[str, Any] | None = None,
) -> EvaluationData:
    """Evaluate only some of the inputs, by themselves.

    Parameters
    ----------
    inputs
        Input ids (of ``w.selection``, for instance), or (N,) booleans, those of a Series matched by the input ids in
        its index; None for all.
    fold
        Only those that this fold predicted.
    where
        Only those whose :attr:`metadata` have these values, by field.

    Raises
    ------
    NotFoundError
        When there is no such input, fold or field.
    ValueError
        When a mask has another length, or no input is left.
    EvalError
        When only the platform's rates were sent.
    """
    e.numbers.predictions("A slice needs the score of every input")
    rows = rows_where(e, inputs, fold=fold, where=where)
    if not len(rows):
        raise ValueError("No input is in this slice: there is nothing to evaluate.")
    return part(e, rows)


def part(e: EvaluationData, rows: NDArray[np.intp]) -> EvaluationData:
    """Return the evaluation of some rows; what the server said of the whole stays behind."""
    held = e.numbers.held

    def of(values: Any) -> Any:
        return None if values is None else values[rows]

    folds = of(held.folds)
    if folds is not None and len(np.unique(folds)) < 2:
        folds = None  # one model's predictions
    taken = Predictions(
        of(held.labels), of(held.scores), folds, of(held.sent), of(held.excluded), held.exact_above, of(held.unlabelled)
    )
    return with_predictions(e, taken, rows)


def with_predictions(e: EvaluationData, held: Predictions, rows: NDArray[np.intp]) -> EvaluationData:
    """Return an evaluation of other predictions of some of the inputs, without what a server figured of the first."""
    notes = e.reading_notes
    if len(rows) < e.num_inputs:  # what a code says of the whole need not be so of a part, of which it is found anew
        notes = tuple(note for note in notes if note[:6] not in set(Code))
    return replace(
        e,
        numbers=CountedPredictions(tuple(e.concepts), held, source=e.source, use_kfold=e.numbers.use_kfold),
        input_ids=tuple(e.input_ids[row] for row in rows),
        groups=None if e.groups is None else e.groups[rows],
        contents=None if e.contents is None else e.contents[rows],
        reading_notes=notes,
        platform_curves={},
        platform_summary={},
        received=(),
        part_of=(e, rows),
    )


def _place(value: Any) -> tuple[str, bool, Any]:
    """Order values of one type as they are, whole numbers that came as texts by size before other texts."""
    whole = isinstance(value, str) and value.isdecimal()
    return str(type(value)), isinstance(value, str) and not whole, int(value) if whole else value


@by_name_too
def slices(
    e: EvaluationData,
    by: str | Iterable[Any],
    *,
    concept: str | None = None,
    threshold: float = 0.5,
    confidence_level: float = 0.95,
) -> pd.DataFrame:
    """Tabulate how good it is on each slice of the inputs.

    Parameters
    ----------
    by
        ``"fold"``, a metadata field, or (N,) values, one for each input; a Series is matched by the input ids in its
        index.
    concept
        Whose figures; None: those over all concepts.
    threshold
        At which F1 is taken.
    confidence_level
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row for each value: ``inputs``, ``roc_auc`` with ``low`` and ``high`` and ``f1`` (of the concept, or macro),
        ``concepts`` (how many of them have an area there), ``conditions`` (codes) and ``reason`` (why a figure or
        interval is undefined).
        ``attrs["without"]`` is the number of inputs that have no value, in no row.

    Raises
    ------
    NotFoundError
        When there is no such field.
    ValueError
        When there are not as many values as inputs.
    """
    import pandas as pd

    values = _values(e, by)
    rows = []
    names = [one for one in pd.unique(pd.Series(values, dtype=object)) if pd.notna(one)]
    for name in sorted(names, key=_place):
        of = part(e, np.flatnonzero(values == name))
        asked = of.concepts if concept is None else (concept,)
        area, found = _area(of, concept, confidence_level)
        low, high = found.interval
        at = [_f1(of, one, threshold) for one in asked]
        defined = [one for one in at if not np.isnan(one)]
        rows.append(
            {
                "inputs": of.num_inputs,
                "roc_auc": area,
                "low": low,
                "high": high,
                "f1": float(np.mean(defined)) if defined else float("nan"),
                "concepts": sum(not of.undefined_reason(one) for one in asked),
                "conditions": " ".join(found.conditions),
                "reason": (concept and of.undefined_reason(concept)) or found.reason,
            }
        )
    name = by if isinstance(by, str) else "slice"
    names.sort(key=lambda one: (str(type(one)), one))
    frame = pd.DataFrame(rows, columns=list(_SLICED), index=pd.Index(names, name=name)).astype(_SLICED)
    frame.attrs["without"] = e.num_inputs - int(frame["inputs"].sum())
    return frame


_SLICED = {"inputs": "int64"} | dict.fromkeys(("roc_auc", "low", "high", "f1"), "float64")
_SLICED |= {"concepts": "int64", "conditions": "str", "reason": "str"}


def _area(
    of: EvaluationData, concept: str | None, confidence_level: float
) -> tuple[float, FigureEstimate | AucInterval]:
    """A concept's area, or the mean over concepts, and the estimate that has its interval."""
    if concept is None:
        mean = figure_interval(of, confidence_level=confidence_level)
        return mean.value, mean
    found = roc_auc_interval(of, concept, confidence_level)
    return found.roc_auc, found


def _f1(e: EvaluationData, concept: str, threshold: float) -> float:
    from clarifai_eval_widget import metrics

    counts = e.counts(concept)
    tp, fp = counts.at(threshold)
    return float(metrics.f1(tp, fp, counts.num_pos))


def _values(e: EvaluationData, by: str | Iterable[Any]) -> NDArray[Any]:
    """The slice that each input is in."""
    e.numbers.predictions("A slice needs the score of every input")
    if isinstance(by, str):
        if by == "fold":
            if e.folds is None:
                raise not_found("metadata field", by, metadata(e).columns)
            return e.folds
        table = metadata(e)
        if by not in table:
            raise not_found("metadata field", by, table.columns)
        return np.array(table[by].tolist(), object)
    values = np.array(list(in_order_of(e, by, "values")), object)
    if len(values) != e.num_inputs:
        raise ValueError(f"{len(values)} values are not one for each of {e.num_inputs} inputs.")
    return values
