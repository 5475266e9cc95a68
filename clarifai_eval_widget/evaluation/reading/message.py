"""From a ``clarifai.api.EvalMetrics`` to everything an Evaluation holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.info import EvaluationInfo, read_curves, read_info, read_summary, status_note
from clarifai_eval_widget.evaluation.reading.columns import read_test_set
from clarifai_eval_widget.evaluation.reading.test_set import Columns, TestSet, assemble, read_folds
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["read_message"]


def read_message(reply: Any) -> dict[str, Any]:
    """Read a message into the keyword arguments of an Evaluation.

    Raises
    ------
    EvalError
        When a field holds what cannot be right; the message names it.
    TypeError
        When this is not an ``EvalMetrics``.
    """
    name = getattr(getattr(reply, "DESCRIPTOR", None), "name", type(reply).__name__)
    message = reply.eval_metrics if name == "SingleEvalMetricsResponse" else reply
    if name not in ("EvalMetrics", "SingleEvalMetricsResponse"):
        raise TypeError(f"from_proto takes a clarifai.api.EvalMetrics, not {name}.")
    notes: list[str] = []
    info = read_info(message)
    curves, names = read_curves(message, notes)
    entries = message.test_set
    predicted, truth = read_test_set(entries)
    _check_kind(entries, predicted, truth)
    predicted, truth = _named(predicted, notes), _named(truth, notes)
    _gather_names(message, predicted, truth, names)
    concepts = _concepts(message, curves, predicted, truth, notes)
    test = assemble(predicted, truth, len(entries), concepts, notes)
    ids, has_ids = _input_ids(entries, notes)
    folds = read_folds(entries, notes)
    first = _first_notes(message, info, len(entries), bool(curves), has_folds=folds is not None)
    return {
        "concepts": tuple(concepts),
        "concept_names": {one: names.get(one, one) for one in concepts},
        "input_ids": ids,
        "has_input_ids": has_ids,
        "folds": folds,
        "source": "test_set" if len(entries) or not curves else "platform_curves",
        "platform_curves": curves,
        "platform_summary": read_summary(message),
        "info": info,
        "reading_notes": (*first, *notes),
        "message": message,
        **_arrays(test),
    }


def _arrays(test: TestSet) -> dict[str, Any]:
    return {
        "label_array": test.labels,
        "score_array": test.scores,
        "sent": test.sent,
        "excluded": test.excluded,
        "exact_above": test.exact_above if test.exact_above.any() else None,
    }


def _check_kind(entries: Sequence[Any], predicted: Columns, truth: Columns) -> None:
    """Refuse the test set of a detector, whose predictions are regions."""
    if len(entries) and not len(predicted.code) and not len(truth.code):
        for index, entry in enumerate(entries):
            if entry.HasField("predicted_annotation") or entry.HasField("ground_truth_annotation"):
                raise EvalError(
                    f"test_set[{index}] holds annotations of regions and no concepts: this is the evaluation of a "
                    "detector. Only classifiers can be read."
                )


def _named(columns: Columns, notes: list[str]) -> Columns:
    """Drop rows whose concept has neither id nor name."""
    if "" not in columns.ids:
        return columns
    nameless = columns.ids.index("")
    kept = columns.code != nameless
    notes.append(f"{int((~kept).sum())} concepts in the test set have no id and are left out.")
    ids = columns.ids[:nameless] + columns.ids[nameless + 1 :]
    code = columns.code[kept]
    return Columns(ids, columns.entry[kept], code - (code > nameless), columns.value[kept])


def _concepts(message: Any, curves: dict[str, Any], predicted: Columns, truth: Columns, notes: list[str]) -> list[str]:
    """Order concepts as the server lists them; those only some entries name follow by id."""
    ordered = dict.fromkeys(curves)
    ordered |= dict.fromkeys(one for one in message.confusion_matrix.concept_ids if one)
    ordered |= dict.fromkeys(sorted({*predicted.ids, *truth.ids} - set(ordered)))
    counted = [one.concept.id or one.concept_name for one in message.label_counts.positive_label_counts]
    if not ordered:
        return list(dict.fromkeys(one for one in counted if one))
    others = [one for one in counted if one and one not in ordered]
    if others:
        notes.append(f"Labelled in the dataset but not evaluated, so left out: {listed(others)}.")
    return list(ordered)


def _gather_names(message: Any, predicted: Columns, truth: Columns, names: dict[str, str]) -> None:
    """Take names from the label counts and from the first entry that holds each other concept."""
    for count in message.label_counts.positive_label_counts:
        names.setdefault(count.concept.id or count.concept_name, count.concept.name or count.concept_name)
    for columns in (predicted, truth):
        first = np.zeros(len(columns.ids), np.int64)
        first[columns.code[::-1]] = columns.entry[::-1]
        for entry in {int(row) for one, row in zip(columns.ids, first, strict=True) if one not in names}:
            held = message.test_set[entry]
            for concept in (*held.predicted_concepts, *held.ground_truth_concepts):
                names.setdefault(concept.id or concept.name, concept.name or concept.id)


def _input_ids(entries: Sequence[Any], notes: list[str]) -> tuple[tuple[str, ...], bool]:
    ids = [entry.input.id for entry in entries]
    nameless = sum(not one for one in ids)
    if nameless:
        first = ids.index("")
        notes.append(f"{nameless} inputs have no id, the first is test_set[{first}]; they are numbered.")
        mark = "#" if nameless < len(ids) else ""  # without any id, numbered as given scores are
        ids = [one or f"{mark}{index}" for index, one in enumerate(ids)]
    if len(set(ids)) < len(ids):
        notes.append(f"{len(ids) - len(set(ids))} input ids come more than once in the test set; every entry counts.")
    return tuple(ids), nameless == 0


def _first_notes(message: Any, info: EvaluationInfo, entries: int, curves: bool, *, has_folds: bool) -> list[str]:
    """Say what the numbers are, before what is odd about them."""
    notes = [note for note in [status_note(message, info)] if note]
    labelled = sum(one.count for one in message.cooccurrence_matrix.matrix if one.row == one.col)
    if entries and info.use_kfold and not has_folds:
        of = f" ({entries} inputs; the dataset has {labelled} labels)" if labelled > entries else f" ({entries} inputs)"
        notes.append(
            f"Cross-validated: the test set is one split of the data{of}, at most 1,000 inputs; counts, table and "
            "curves describe that split. The platform's own curves are means over all folds: the two may differ."
        )
    if info.use_kfold and curves and not entries:
        notes.append(
            "Cross-validated: the platform's curves are means over the folds, and num_pos is that of one split, "
            "so rates cannot be turned into counts."
        )
    if not entries and curves:
        notes.append("No test set was sent: figures are the platform's rates at its own thresholds, rounded.")
    if not entries and not curves and info.status_code in (0, 21300):
        notes.append("Neither a test set nor curves were sent: there are no figures yet. Ask for those fields.")
    if entries and not curves:
        notes.append("The platform's own curves were not sent.")
    return notes
