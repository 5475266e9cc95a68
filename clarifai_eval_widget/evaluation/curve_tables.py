"""Curves of an evaluation as tidy DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.interface import check_range
from clarifai_eval_widget.evaluation.named import by_name_too
from clarifai_eval_widget.evaluation.reported import OF_MEAN_RATES
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["MACRO", "macro_id", "macro_sweep", "macro_words", "precision_recall_curve", "roc_curve", "threshold_sweep"]

MACRO = "macro average"


def macro_id(e: EvaluationData) -> str:
    """Return what stands for the macro average beside the concepts: an id that none of them has."""
    found = MACRO
    while found in e.concepts:
        found += " of all"
    return found


def macro_words(e: EvaluationData, limit: int = 20) -> str:
    """Say how many concepts a macro ROC averages, and which it leaves out for what reason."""
    reasons = {concept: e.undefined_reason(concept) for concept in e.concepts}
    left_out = [f"{concept} ({why})" for concept, why in reasons.items() if why]
    told = f"mean of {len(reasons) - len(left_out)} of {len(reasons)} concepts"
    return told + (f"; left out: {listed(left_out, limit)}" if left_out else "")


def _frame(e: EvaluationData, parts: Sequence[dict[str, Any]], names: Sequence[str]) -> pd.DataFrame:
    """Stack one part a concept into a tidy frame; ids, names and reasons as categories, counts as integers."""
    import pandas as pd

    sizes = [len(part["threshold"]) for part in parts]
    labels = [part["concept"] for part in parts]
    shown = [e.concept_names.get(label, label) for label in labels]
    columns: dict[str, Any] = {
        "concept": pd.Categorical.from_codes(np.repeat(np.arange(len(parts)), sizes), categories=labels),
        "name": _categories(shown, sizes).remove_unused_categories(),
    }
    for name in names:
        pieces = [part.get(name) for part in parts]
        whole = name in ("tp", "fp", "fn", "tn")
        filled = [
            np.full(size, np.nan) if piece is None else np.asarray(piece)
            for piece, size in zip(pieces, sizes, strict=True)
        ]
        values = np.concatenate(filled) if filled else np.empty(0)
        columns[name] = pd.array(values, dtype="Int64") if whole else values
    columns["reason"] = _categories([part["reason"] for part in parts], sizes)
    frame = pd.DataFrame(columns)
    frame.attrs["conditions"] = codes_of(conditions_of(e))
    frame["conditions"] = _conditions(e, labels, sizes)
    frame["source"] = pd.Categorical.from_codes(np.zeros(len(frame), np.int8), categories=[e.numbers.label])
    return frame


def _conditions(e: EvaluationData, labels: Sequence[str], sizes: Sequence[int]) -> pd.Categorical:
    """Encode each part's codes: those of its concept, or of an average those of any."""
    import pandas as pd

    codes = [codes_of(conditions_of(e), one if one in e.concepts else None) for one in labels]
    known = list(dict.fromkeys(codes))
    return pd.Categorical.from_codes(np.repeat([known.index(one) for one in codes], sizes).astype(int), known)


def _categories(reasons: Sequence[Any], sizes: Sequence[int]) -> pd.Categorical:
    """Encode reasons without touching a million strings.

    A part's reason is one text for all its rows, a list of texts and each row's index into it, or, for a few
    rows, an array of texts.
    """
    import pandas as pd

    codes, known = [], {"": 0}
    for reason, size in zip(reasons, sizes, strict=True):
        if isinstance(reason, str):
            codes.append(np.full(size, known.setdefault(reason, len(known)), np.int32))
        else:
            texts, where = reason if isinstance(reason, tuple) else np.unique(reason.astype(str), return_inverse=True)
            numbers = [known.setdefault(str(text), len(known)) for text in texts]
            codes.append(np.array(numbers, np.int32)[where.astype(np.int64)])
    return pd.Categorical.from_codes(np.concatenate([np.empty(0, np.int32), *codes]), categories=list(known))


@by_name_too
def roc_curve(e: EvaluationData, concept: str | None = None) -> pd.DataFrame:
    """Tabulate the exact ROC, one row a distinct score; all concepts and their macro average by default.

    Returns
    -------
    pandas.DataFrame
        Columns concept, name, threshold (+inf first: nothing predicted), fpr, tpr, tp, fp, reason, conditions,
        source. The macro average is vertical, of the concepts that have a ROC; its area is the mean of theirs.
    """
    parts = [
        {"concept": one, **e.numbers.roc(one), "reason": e.undefined_reason(one)}
        for one in (e.concepts if concept is None else [concept])
    ]
    if concept is None and e.has_counts and e.concepts:
        fpr, tpr = e.numbers.macro_roc()
        macro = {"concept": macro_id(e), "threshold": np.full(len(fpr), np.nan), "fpr": fpr, "tpr": tpr}
        parts.append(macro | {"reason": macro_words(e)})
    return _frame(e, parts, ("threshold", "fpr", "tpr", "tp", "fp"))


@by_name_too
def precision_recall_curve(e: EvaluationData, concept: str | None = None) -> pd.DataFrame:
    """Tabulate precision and recall at each distinct score: concept, name, threshold, precision, recall, ….

    After them tp, fp, reason, conditions and source, as in :meth:`roc_curve`.
    """
    parts = [
        {"concept": one, **e.numbers.precision_recall(one)} for one in (e.concepts if concept is None else [concept])
    ]
    return _frame(e, parts, ("threshold", "precision", "recall", "tp", "fp"))


@by_name_too
def threshold_sweep(e: EvaluationData, concept: str | None = None, thresholds: ArrayLike | None = None) -> pd.DataFrame:
    """Tabulate counts and rates over thresholds, all concepts and their macro average by default.

    Parameters
    ----------
    concept
        One concept id, or None for all.
    thresholds
        By default the 0.01 grid and the distinct scores; of more than a thousand those between which no rate jumps,
        for all concepts in common. One concept is swept at stops of its own where the common ones do not serve it.

    Returns
    -------
    pandas.DataFrame
        Columns concept, name, threshold, tp, fp, fn, tn, precision, recall, f1, specificity, balanced_accuracy,
        fpr, reason, conditions, source. The macro average's rates are means over the concepts that have them; its
        counts are sums.
        ``attrs["recall_steps"]`` names the concepts whose recall moves by more than 0.01 between two common stops, and
        how far.
    """
    if thresholds is not None:
        stops = np.atleast_1d(np.asarray(thresholds, np.float64))
    else:
        stops = e.numbers.stops if concept is None else e.numbers.stops_of(concept)
    check_range(stops)
    chosen = e.concepts if concept is None else (concept,)
    parts = [{"concept": one, "threshold": stops, **e.numbers.sweep(one, stops)} for one in chosen]
    if concept is None and parts:
        parts.append(_macro_swept(macro_id(e), parts, stops))
    frame = _frame(e, parts, ("threshold", "tp", "fp", "fn", "tn", *metrics.RATES))
    if thresholds is None and concept is None:
        frame.attrs["recall_steps"] = e.numbers.unserved
    return frame


def macro_sweep(e: EvaluationData, stops: NDArray[np.float64]) -> dict[str, Any]:
    """Return the macro average's rates at thresholds, as :func:`threshold_sweep` tells them, by name."""
    return _macro_swept(macro_id(e), [e.numbers.sweep(one, stops) for one in e.concepts], stops)


def _macro_swept(label: str, parts: Sequence[dict[str, Any]], stops: NDArray[np.float64]) -> dict[str, Any]:
    """Average rates over the concepts that have them; counts are sums."""
    macro: dict[str, Any] = {"concept": label, "threshold": stops}
    words = np.full(len(stops), "", object)
    for name in metrics.RATES:
        values = np.stack([part[name] for part in parts])
        defined = (~np.isnan(values)).sum(axis=0)
        macro[name] = metrics.ratio(np.nansum(values, axis=0), defined)
        for index in np.flatnonzero(defined < len(parts)).tolist():
            words[index] += f"{'; ' if words[index] else ''}{name} averages {defined[index]} of {len(parts)}"
    each = [part["reason"] for part in parts if isinstance(part["reason"], np.ndarray)]
    for row in range(len(stops)):
        if any(OF_MEAN_RATES in reasons[row] for reasons in each):
            words[row] += f"{'; ' if words[row] else ''}{OF_MEAN_RATES}"
    if all("tp" in part for part in parts):
        macro |= {name: np.sum([part[name] for part in parts], axis=0) for name in ("tp", "fp", "fn", "tn")}
    return macro | {"reason": words}
