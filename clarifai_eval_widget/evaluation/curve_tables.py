"""Curves of an evaluation as tidy DataFrames."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.counted import precision_recall_rows, roc_rows, sweep_rows
from clarifai_eval_widget.evaluation.curve_parts import Curves, checked_around, macro_id, up_to
from clarifai_eval_widget.evaluation.grouping import sizes_of
from clarifai_eval_widget.evaluation.interface import check_range
from clarifai_eval_widget.evaluation.looking import level_now
from clarifai_eval_widget.evaluation.named import by_name_too
from clarifai_eval_widget.evaluation.reported import OF_MEAN_RATES
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.evaluation.curve_parts import Around, Part
    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["macro_sweep", "macro_words", "precision_recall_curve", "roc_curve", "threshold_sweep"]

_LEVEL = 0.95  # of the bands, as on the page and in the figures


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
    known = {label: place for place, label in enumerate(dict.fromkeys(labels))}
    shown = [e.concept_names.get(label, label) for label in labels]
    places = np.array([known[label] for label in labels], np.intp)
    columns: dict[str, Any] = {
        "concept": pd.Categorical.from_codes(np.repeat(places, sizes), categories=list(known)),
        "name": _categories(shown, sizes).remove_unused_categories(),
    }
    if any("fold" in part for part in parts):
        columns["fold"] = pd.array(np.repeat([part.get("fold", -1) for part in parts], sizes), dtype="Int64")
        columns["fold"][columns["fold"] < 0] = pd.NA
    for name in (*names, *_edges(parts)):
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


def _edges(parts: Sequence[Part]) -> list[str]:
    """Name the columns of a band, where there is one."""
    return [name for name in (parts[0] if parts else ()) if name.endswith(("_low", "_high"))]


@by_name_too
def roc_curve(
    e: EvaluationData,
    concept: str | None = None,
    *,
    concepts: Iterable[str] | None = None,
    around: Iterable[Around] | None = None,
    band: bool = False,
    max_fpr: float = 1.0,
) -> pd.DataFrame:
    """Tabulate the exact ROC, one row a distinct score; all concepts and their macro average by default.

    Parameters
    ----------
    concept
        A concept id, or None for all.
    concepts
        Which beside ``concept``, or in the place of all.
    around
        What else, as in :meth:`plot_roc`: of ``"folds"`` (each fold's curve of ``concept``, else its macro average),
        ``"macro"``, ``"micro"`` and ``"others"`` (all other concepts). By default of all their macro average.
    band
        Whether to give the 95 % band of ``concept``, ``tpr_low`` and ``tpr_high``.
    max_fpr
        Up to this false positive rate.

    Returns
    -------
    pandas.DataFrame
        Columns concept, name, with folds fold (empty for all together), threshold (+inf first: nothing predicted), fpr,
        tpr, tp, fp, reason, conditions, source. The macro average is vertical, of the concepts that have a ROC; its
        area is the mean of theirs.
    """
    if not 0 < max_fpr <= 1:
        raise ValueError(f"max_fpr={max_fpr!r} must be above 0 and at most 1.")

    def averaged(fpr: NDArray[Any], tpr: NDArray[Any], reason: str = "") -> Part:
        return {"threshold": np.full(len(fpr), np.nan), "fpr": fpr, "tpr": tpr, "reason": reason}

    def edges(one: str, part: Part) -> Part:
        if e.undefined_reason(one):
            return dict.fromkeys(("tpr_low", "tpr_high"), np.full(len(part["fpr"]), np.nan))
        level = level_now(e, _LEVEL)
        sizes = sizes_of(e, one, level)
        found = uncertainty.roc_band(e.counts(one), fpr=part["fpr"], confidence_level=level, sizes=sizes)
        return {"tpr_low": found.tpr_low, "tpr_high": found.tpr_high}

    curves = Curves(
        lambda one: {**e.numbers.roc(one), "reason": e.undefined_reason(one)},
        lambda c: {**roc_rows(c), "reason": metrics.undefined_reason(c)},
        lambda: averaged(*e.numbers.macro_roc(), macro_words(e)),
        lambda counts: averaged(*metrics.macro_roc(counts)),
        edges,
    )
    beside = _around(around, concept is None and concepts is None and e.has_counts)
    parts = curves.parts(e, concept, concepts, beside, band=band)
    if max_fpr < 1:
        parts = [up_to(part, "fpr", max_fpr) for part in parts]
    return _frame(e, parts, ("threshold", "fpr", "tpr", "tp", "fp"))


def _around(around: Iterable[Around] | None, averaged: bool) -> frozenset[Around]:
    """Return what stands around the concepts: as asked, else their macro average where it belongs to them."""
    return checked_around(around if around is not None else ["macro"] if averaged else [])


@by_name_too
def precision_recall_curve(
    e: EvaluationData,
    concept: str | None = None,
    *,
    concepts: Iterable[str] | None = None,
    around: Iterable[Around] | None = None,
    band: bool = False,
) -> pd.DataFrame:
    """Tabulate precision and recall at each distinct score: concept, name, threshold, precision, recall, ….

    After them tp, fp, reason, conditions and source, as in :meth:`roc_curve`, as which it is asked; of all concepts no
    average by default. The macro average's rows are steps: each precision holds from the recall before its own. The
    band is that of the precision, ``precision_low`` and ``precision_high``, by recall.
    """

    def averaged(counts: list[metrics.Counts]) -> Part:
        recall, precision = metrics.macro_precision_recall(counts)
        nothing = np.full(len(recall), np.nan)
        return {"threshold": nothing, "precision": precision, "recall": recall, "reason": ""}

    def edges(one: str, part: Part) -> Part:
        if not e.counts(one).num_pos:
            return dict.fromkeys(("precision_low", "precision_high"), np.full(len(part["recall"]), np.nan))
        found = uncertainty.precision_recall_band(
            e.counts(one), recall=part["recall"], confidence_level=level_now(e, _LEVEL), grouped=e.groups is not None
        )
        return {"precision_low": found.precision_low, "precision_high": found.precision_high}

    curves = Curves(
        e.numbers.precision_recall,
        precision_recall_rows,
        lambda: averaged(e.all_counts() if e.has_counts else []),
        averaged,
        edges,
    )
    parts = curves.parts(e, concept, concepts, _around(around, averaged=False), band=band)
    return _frame(e, parts, ("threshold", "precision", "recall", "tp", "fp"))


@by_name_too
def threshold_sweep(
    e: EvaluationData,
    concept: str | None = None,
    thresholds: ArrayLike | None = None,
    *,
    concepts: Iterable[str] | None = None,
    around: Iterable[Around] | None = None,
    band: bool = False,
) -> pd.DataFrame:
    """Tabulate counts and rates over thresholds, all concepts and their macro average by default.

    Parameters
    ----------
    concept
        One concept id, or None for all.
    thresholds
        By default the 0.01 grid and the distinct scores; of more than a thousand those between which no rate jumps,
        for all concepts in common. One concept is swept at stops of its own where the common ones do not serve it.
    concepts, around
        As in :meth:`roc_curve`; of no concepts, ``[]``, what is around them alone.
    band
        Whether to give the 95 % bands of ``concept``, such as ``f1_low`` and ``f1_high``.

    Returns
    -------
    pandas.DataFrame
        Columns concept, name, with folds fold (empty for all together), threshold, tp, fp, fn, tn, precision, recall,
        f1, specificity, balanced_accuracy, fpr, reason, conditions, source. The macro average's rates are means over
        the concepts that have them; its counts are sums.
        ``attrs["recall_steps"]`` names the concepts whose recall moves by more than 0.01 between two common stops, and
        how far.
    """
    if thresholds is not None:
        stops = np.atleast_1d(np.asarray(thresholds, np.float64))
    else:
        stops = e.numbers.stops if concept is None else e.numbers.stops_of(concept)
    check_range(stops)

    def swept(c: metrics.Counts) -> Part:
        return {"threshold": stops, **sweep_rows(c, stops, metrics.undefined_reason(c))}

    def edges(one: str, _part: Part) -> Part:
        level = level_now(e, _LEVEL)
        sizes = sizes_of(e, one, level)
        found = uncertainty.sweep_band(e.counts(one), stops, confidence_level=level, sizes=sizes)
        ends = {name: getattr(found, name) for name in _BANDED}
        return {f"{name}_{end}": both[at] for name, both in ends.items() for at, end in enumerate(("low", "high"))}

    @functools.cache
    def of(one: str) -> Part:
        return {"threshold": stops, **e.numbers.sweep(one, stops)}

    curves = Curves(
        of,
        swept,
        lambda: _macro_swept(macro_id(e), [of(one) for one in e.concepts], stops),
        lambda counts: _macro_swept(macro_id(e), [swept(c) for c in counts], stops),
        edges,
    )
    beside = _around(around, concept is None and concepts is None)
    frame = _frame(
        e, curves.parts(e, concept, concepts, beside, band=band), ("threshold", "tp", "fp", "fn", "tn", *metrics.RATES)
    )
    if thresholds is None and concept is None:
        frame.attrs["recall_steps"] = e.numbers.unserved
    return frame


_BANDED = ("precision", "recall", "f1")


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
