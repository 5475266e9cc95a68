"""From a ``clarifai.api.EvalMetrics`` to everything an Evaluation holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.evaluation.counted import CountedPredictions
from clarifai_eval_widget.evaluation.data import EvaluationData
from clarifai_eval_widget.evaluation.reading.entries import number_folds, number_groups, number_inputs, read_entries
from clarifai_eval_widget.evaluation.reading.info import own_note, read_info, status_note
from clarifai_eval_widget.evaluation.reading.platform_curves import read_curves
from clarifai_eval_widget.evaluation.reading.summary import read_summary
from clarifai_eval_widget.evaluation.reading.test_set import Columns, assemble
from clarifai_eval_widget.evaluation.reported import ReportedRates
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from clarifai_grpc.grpc.api import resources_pb2, service_pb2

    from clarifai_eval_widget.evaluation.info import EvaluationInfo
    from clarifai_eval_widget.evaluation.interface import Numbers
    from clarifai_eval_widget.evaluation.platform_curve import PlatformCurve
    from clarifai_eval_widget.evaluation.predictions import Predictions, Unlabelled
    from clarifai_eval_widget.evaluation.reading.entries import Entries
    from clarifai_eval_widget.terms import Source

__all__ = ["Head", "data_of", "data_on", "message_of", "numbers_of", "order_concepts", "read_head", "read_message"]


@dataclass(frozen=True, eq=False)
class Head:
    """What a message says beside its test set."""

    message: resources_pb2.EvalMetrics
    """The message itself."""
    info: EvaluationInfo
    """What was evaluated on what."""
    curves: dict[str, PlatformCurve]
    """The platform's curves, by concept id."""
    names: dict[str, str]
    """Names of concepts, by id."""
    summary: dict[str, float]
    """The platform's macro figures."""
    notes: tuple[str, ...]
    """What is odd about curves and figures."""


def message_of(reply: resources_pb2.EvalMetrics | service_pb2.SingleEvalMetricsResponse) -> resources_pb2.EvalMetrics:
    """Take the metrics out of a reply.

    Raises
    ------
    TypeError
        When this is not an ``EvalMetrics``.
    """
    name = getattr(getattr(reply, "DESCRIPTOR", None), "name", type(reply).__name__)
    if name not in ("EvalMetrics", "SingleEvalMetricsResponse"):
        raise TypeError(f"from_proto takes a clarifai.api.EvalMetrics, not {name}.")
    if name == "SingleEvalMetricsResponse":
        message: resources_pb2.EvalMetrics = cast("service_pb2.SingleEvalMetricsResponse", reply).eval_metrics
        return message
    return cast("resources_pb2.EvalMetrics", reply)


def read_message(
    reply: resources_pb2.EvalMetrics | service_pb2.SingleEvalMetricsResponse, *, unlabelled: Unlabelled = "exclude"
) -> EvaluationData:
    """Read a message into what an Evaluation holds.

    Raises
    ------
    EvalError
        When a field holds what cannot be right; the message names it.
    TypeError
        When this is not an ``EvalMetrics``.
    """
    head = read_head(message_of(reply))
    return data_of(head, read_entries(head.message.test_set, head.names), unlabelled=unlabelled)


def read_head(message: resources_pb2.EvalMetrics) -> Head:
    """Read everything but the test set."""
    notes: list[str] = []
    curves, names = read_curves(message, notes)
    for count in message.label_counts.positive_label_counts:
        names.setdefault(count.concept.id or count.concept_name, count.concept.name or count.concept_name)
    return Head(message, read_info(message), curves, names, read_summary(message, curves, notes), tuple(notes))


def data_of(head: Head, entries: Entries, *, unlabelled: Unlabelled = "exclude") -> EvaluationData:
    """Put what a message says and what its entries say together."""
    notes: list[str] = []
    predicted, truth = _named(entries.predicted, notes), _named(entries.truth, notes)
    concepts = order_concepts(head, {*predicted.ids, *truth.ids}, notes)
    held = assemble(predicted, truth, len(entries), concepts, notes, unlabelled=unlabelled)
    ids, has_ids = number_inputs(entries.ids, notes)
    held = replace(held, folds=number_folds(entries.folds, notes))
    groups = number_groups(entries.groups, notes)
    source: Source = "test_set" if len(entries) or not head.curves else "platform_curves"
    numbers = numbers_of(source, concepts, held, curves=head.curves, use_kfold=head.info.use_kfold)
    data = data_on(numbers, head, entries.names, notes)
    return replace(data, input_ids=ids, has_input_ids=has_ids, groups=groups)


def data_on(numbers: Numbers, head: Head, found: Mapping[str, str], notes: Iterable[str]) -> EvaluationData:
    """Say what numbers are about; input ids are yet to come.

    Parameters
    ----------
    numbers
        What the evaluation rests on.
    head
        What the newest message says.
    found
        Names of concepts found in entries.
    notes
        What is odd about the entries.
    """
    names = {**found, **head.names}
    first = _first_notes(head, len(numbers.held), has_folds=numbers.held.folds is not None)
    return EvaluationData(
        concepts=numbers.concepts,
        concept_names={one: names.get(one, one) for one in numbers.concepts},
        input_ids=(),
        numbers=numbers,
        platform_curves=head.curves,
        platform_summary=head.summary,
        info=head.info,
        reading_notes=(*first, *head.notes, *notes),
        received=(head.message,),
    )


def numbers_of(
    source: Source,
    concepts: tuple[str, ...],
    held: Predictions,
    *,
    curves: Mapping[str, PlatformCurve],
    use_kfold: bool | None,
) -> Numbers:
    """Rest an evaluation on its predictions, or on the platform's rates where only these were sent."""
    if source != "platform_curves":
        return CountedPredictions(concepts, held, source=source, use_kfold=use_kfold)
    return ReportedRates(concepts, held, curves=curves, use_kfold=use_kfold)


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


def order_concepts(head: Head, met: Iterable[str], notes: list[str]) -> tuple[str, ...]:
    """Order concepts as the server lists them; those only some entries name follow by id."""
    ordered = dict.fromkeys(head.curves)
    ordered |= dict.fromkeys(one for one in head.message.confusion_matrix.concept_ids if one)
    ordered |= dict.fromkeys(sorted(set(met) - set(ordered)))
    counted = [one.concept.id or one.concept_name for one in head.message.label_counts.positive_label_counts]
    if not ordered:
        return tuple(dict.fromkeys(one for one in counted if one))
    others = [one for one in counted if one and one not in ordered]
    if others:
        notes.append(f"Labelled in the dataset but not evaluated, so left out: {listed(others)}.")
    return tuple(ordered)


def _first_notes(head: Head, entries: int, *, has_folds: bool) -> list[str]:
    """Say what the numbers are, before what is odd about them."""
    message, info, curves = head.message, head.info, bool(head.curves)
    state = status_note(message, info)
    notes = [note for note in [f"{Code.PARTIAL}: {state}" if state else "", own_note(message)] if note]
    labelled = sum(one.count for one in message.cooccurrence_matrix.matrix if one.row == one.col)
    if entries and info.use_kfold and not has_folds:
        of = f" ({entries} inputs; the dataset has {labelled} labels)" if labelled > entries else f" ({entries} inputs)"
        notes.append(
            f"{Code.ONE_SPLIT}: Cross-validated: the test set is one split of the data{of}, at most 1,000 inputs; "
            "counts, table and curves describe that split. The platform's own curves are means over all folds: the two "
            "may differ."
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
