"""What crosses to the browser as numbers; mirrored by ``js/src/protocol.ts``.

The curves travel as one binary trait that describes itself, so that header and numbers can never come from two
different states::

    uint32 (little endian): length of the header
    header: JSON, UTF-8, padded with zeros so that the arrays start at a multiple of 8
    arrays: each at the offset its entry in the header gives, a multiple of 8, from the start of the arrays

Counts are sent, rates are derived: with K concepts and S stops, ``tps[k * S + s]`` is how many inputs labelled with
concept k score at least ``stops[s]``.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import (
    ConnectionLostError,
    DeadlineError,
    EvalError,
    InvalidRequestError,
    NotFoundError,
    RequirementsError,
)
from clarifai_eval_widget.widget.workbench import curves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PROTOCOL", "Caption", "encode_curves", "error_json", "exact_stop", "scores_caption"]

PROTOCOL = 1


@dataclass(frozen=True)
class Caption:
    """The words that go with an evaluation on screen."""

    run: str
    """Key of the run it belongs to."""
    title: str
    """What was evaluated."""
    kind: str
    """``cross-validation``, ``score`` or ``scores``."""
    kind_label: str
    """The kind in the user's words, with the data and, if any, the folds."""
    notes: tuple[str, ...] = ()
    """What to be careful about."""


_TITLES: dict[type[EvalError], str] = {
    ConnectionLostError: "The server is gone",
    DeadlineError: "The server did not answer in time",
    NotFoundError: "Not found",
    InvalidRequestError: "This cannot be done",
}


def error_json(error: EvalError) -> dict[str, Any]:
    """An error as the page shows it."""
    own_words = [words for kind, words in _TITLES.items() if isinstance(error, kind)]
    return {
        "code": error.code,
        "title": error.description or next(iter(own_words), "It did not work"),
        "message": error.details or error.message,
        "details": "",
        "req_id": error.req_id,
        # Data that do not meet the requirements fail again: the page then offers Calculate, for another choice.
        "retry": not isinstance(error, RequirementsError),
    }


def scores_caption(evaluation: Evaluation) -> Caption:
    """The words above the curves of an evaluation that no run of this widget made."""
    return Caption("given", "Evaluation", "scores", "Scores given in Python", tuple(evaluation.notes))


def exact_stop(evaluation: Evaluation, threshold: float, *, run: str, revision: int) -> dict[str, Any] | None:
    """The exact counts at a threshold that is no stop; None where there are no counts."""
    if evaluation.source == "platform_curves":
        return None
    pairs = [evaluation.counts(concept).at(threshold) for concept in evaluation.concepts]
    return {
        "run": run,
        "revision": revision,
        "threshold": threshold,
        "tps": [int(tps) for tps, _ in pairs],
        "fps": [int(fps) for _, fps in pairs],
    }


def encode_curves(evaluation: Evaluation, caption: Caption, *, revision: int) -> bytes:
    """Pack an evaluation for the browser.

    Parameters
    ----------
    evaluation
        Complete or not; one without any input yet gives empty curves.
    caption
        The words that go with it.
    revision
        A number that grows with every state of the same run.
    """
    only_rates = evaluation.source == "platform_curves"
    arrays = curves.rate_arrays(evaluation) if only_rates else curves.count_arrays(evaluation)
    fold_numbers = curves.fold_numbers(evaluation)
    arrays |= curves.fold_arrays(evaluation, fold_numbers)
    header = {
        "protocol": PROTOCOL,
        "run": caption.run,
        "revision": revision,
        "title": caption.title,
        "kind": caption.kind,
        "kind_label": caption.kind_label,
        "complete": evaluation.complete,
        "dtype": str(evaluation.score_array.dtype),
        "source": evaluation.source,
        "source_label": _source_label(evaluation),
        "notes": list(caption.notes),
        "inputs": evaluation.num_inputs,
        "inputs_total": evaluation.info.inputs or 0,
        "folds": fold_numbers,
        "folds_total": evaluation.info.folds or len(fold_numbers),
        **_figures(evaluation, fold_numbers),
    }
    return _pack(header, arrays)


def _figures(evaluation: Evaluation, folds: list[int]) -> dict[str, Any]:
    """The single numbers: class sizes and areas, by concept and as macro."""
    concepts, aucs, by_fold = [], [], []
    for concept in evaluation.concepts:
        num_pos, num_neg, auc, reason = _concept_figures(evaluation, concept)
        fold_aucs = [metrics.roc_auc(evaluation.fold_counts(fold, concept)) for fold in folds]
        aucs.append(auc)
        by_fold.append(fold_aucs)
        concepts.append(
            {
                "id": concept,
                "name": evaluation.concept_names.get(concept, concept),
                "num_pos": num_pos,
                "num_neg": num_neg,
                "roc_auc": _number(auc),
                "reason": reason,
                "fold_roc_auc": _spread(fold_aucs) if folds else None,
            }
        )
    mean, _, averaged = metrics.mean_defined(aucs)
    flat = [value for fold_aucs in by_fold for value in fold_aucs]
    macro = {
        "roc_auc": _number(mean),
        "averaged": averaged,
        "left_out": [entry["id"] for entry in concepts if entry["roc_auc"] is None],
        "fold_roc_auc": {**_spread(flat), "folds": len(folds)} if folds else None,
    }
    return {"concepts": concepts, "macro": macro}


def _concept_figures(evaluation: Evaluation, concept: str) -> tuple[int, int, float, str]:
    if evaluation.source == "platform_curves":
        curve = evaluation.platform_curves.get(concept)
        if curve is None:
            return 0, 0, float("nan"), "the server sent no curve"
        return curve.num_pos, curve.num_neg, curve.roc_auc, ""
    counts = evaluation.counts(concept)
    reason = evaluation.undefined_reason(concept)
    return counts.num_pos, counts.num_neg, evaluation.roc_auc(concept), reason


def _source_label(evaluation: Evaluation) -> str:
    return {
        "test_set": "Counted from every prediction of the test set",
        "scores": "Counted from the scores given",
        "platform_curves": "The platform's curves: rates at 101 thresholds, rounded to 4 decimals",
    }[evaluation.source]


def _spread(values: Sequence[float]) -> dict[str, Any]:
    mean, std, folds = metrics.mean_defined(values)
    return {"mean": _number(mean), "std": _number(std), "folds": folds}


def _number(value: float) -> float | None:
    """NaN is not JSON: undefined is null."""
    return float(value) if np.isfinite(value) else None


def _pack(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    chunks, layout, offset = [], {}, 0
    for name, values in arrays.items():
        layout[name] = {"type": f"{values.dtype.kind}{values.dtype.itemsize}", "offset": offset, "length": len(values)}
        chunk = values.tobytes()
        chunks.append(chunk + b"\0" * (-len(chunk) % 8))
        offset += len(chunks[-1])
    text = json.dumps({**header, "arrays": layout}, allow_nan=False).encode()
    return struct.pack("<I", len(text)) + text + b"\0" * (-(4 + len(text)) % 8) + b"".join(chunks)
