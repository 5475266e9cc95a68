"""What a careful colleague would say of an evaluation: two or three sentences, from numbers with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.widget.workbench.own_figures import matrices_of, only_sent, only_sent_words
from clarifai_eval_widget.words import number, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.uncertainty import AucEstimate, FigureEstimate
    from clarifai_eval_widget.widget.wire.heads import HeadlinePart, InputsBehind, MatrixName

__all__ = ["FEW", "headline"]

FEW = 10
"""Positives below which a concept is not judged."""

_NAMED = 3  # of the concepts that are too small: more would be a list, and the table is one
_MOST_DECISIONS = 4_000_000  # to cross more takes longer than a sentence is worth
_OPEN = 0.9  # as wide as that an interval says nothing of an area between 0 and 1
_ENOUGH_FOR_TWO = 4  # concepts among which two may be called the weakest


def headline(
    evaluation: Evaluation,
    concepts: Sequence[AucEstimate],
    macro: FigureEstimate | None,
    sent: Sequence[MatrixName] = (),
) -> list[HeadlinePart]:
    """Say how good it is over all, where it is weakest, and of which concepts nothing can be said.

    Parameters
    ----------
    evaluation
        Complete or not.
    concepts
        The estimates of its concepts, in their order.
    macro
        The interval of their mean; None where there is none.
    sent
        The platform's own matrices, where the evaluation is without the messages that tell of them.

    Returns
    -------
    list of HeadlinePart
        The sentences in parts, each with the blank before it; a part that names a concept leads to it.
    """
    parts = _overall(evaluation, concepts, macro, sent)
    judged = [
        (name, one)
        for name, one in zip(evaluation.concepts, concepts, strict=True)
        if not math.isnan(one.roc_auc) and one.num_pos >= FEW
    ]
    if len(judged) > 1:
        parts += _weakest(evaluation, judged)
    parts += _confused(evaluation)
    small = [] if only_sent(evaluation, sent) else _too_small(evaluation, concepts)
    return parts + small + _careful(evaluation)


def _part(
    text: str,
    *,
    emphasis: bool = False,
    concept: str | None = None,
    panel: str = "",
    inputs: InputsBehind | None = None,
    interval: bool = False,
) -> HeadlinePart:
    found: HeadlinePart = {
        "text": text,
        "emphasis": emphasis,
        "concept": concept,
        "panel": panel,
        "inputs": inputs,
        "interval": interval,
    }
    return found


def _with_interval(figure: HeadlinePart, interval: str) -> list[HeadlinePart]:
    """A figure and, where it has one, its interval, which leads to the same inputs."""
    if not interval:
        return [figure]
    ends: HeadlinePart = {**figure, "text": interval.lstrip(), "emphasis": False, "interval": True}
    return [figure, _part(" "), ends]


def _behind_area(evaluation: Evaluation, concept: str | None) -> InputsBehind | None:
    """What an area lacks, of a mean all the inputs that it is of; None where only rates are known."""
    return _behind(evaluation, concept, "all" if concept is None else "roc_auc")


def _behind(
    evaluation: Evaluation, concept: str | None, outcome: Literal["all", "num_pos", "roc_auc"]
) -> InputsBehind | None:
    if not evaluation.has_counts:
        return None
    return {"concept": concept, "outcome": outcome, "labelled": None, "given": "threshold"}


def _range(low: float, high: float, *, complete: bool) -> str:
    """The interval; while it runs none that leaves all open, as [0.000, 1.000] of the first folds does."""
    unsaid = math.isnan(low) or (not complete and high - low > _OPEN)
    return "" if unsaid else f" [{number(low, 3)}, {number(high, 3)}]"


def _name(evaluation: Evaluation, concept: str) -> str:
    return evaluation.concept_names.get(concept, concept)


def _overall(
    evaluation: Evaluation,
    concepts: Sequence[AucEstimate],
    macro: FigureEstimate | None,
    matrices: Sequence[MatrixName],
) -> list[HeadlinePart]:
    """The first sentence: the mean area, how sure it is, and how many concepts it is the mean of.

    With folds it is the mean over them, which is what the interval is of.
    """
    defined = [one.roc_auc for one in concepts if not math.isnan(one.roc_auc)]
    ended = evaluation.info.ended_early
    so_far = "" if evaluation.complete else " when it ended early" if ended else " so far"
    sent = evaluation.platform_summary.get("macro_avg_roc_auc", math.nan)
    if not defined and not evaluation.num_inputs and not math.isnan(sent):
        return [_part("Macro ROC AUC "), _part(number(sent, 3), emphasis=True), _part(", as the platform reports.")]
    if not defined and only_sent(evaluation, matrices):
        return [
            _part(only_sent_words(evaluation, matrices), panel="matrix" if matrices_of(evaluation, matrices) else "")
        ]
    if not defined:
        unsent = any("sent" in evaluation.undefined_reason(concept) for concept in evaluation.concepts)
        missing = "The server sent no ROC AUC" if unsent else "No concept has both positives and negatives"
        return [_part(f"{missing}{so_far}.")]
    mean = sum(defined) / len(defined) if macro is None else macro.value
    by_fold = "" if evaluation.folds is None else f", mean over {plural(len(evaluation.fold_numbers), 'fold')}"
    if len(concepts) == 1:
        (only,), (name,) = concepts, evaluation.concepts
        what, interval = f"ROC AUC of {_name(evaluation, name)}", _range(*only.interval, complete=evaluation.complete)
        over = f", from {plural(only.num_pos, 'positive')} and {plural(only.num_neg, 'negative')}{by_fold}."
    else:
        what, ends = "Macro ROC AUC", (math.nan, math.nan) if macro is None else macro.interval
        interval = _range(*ends, complete=evaluation.complete)
        of = "" if len(defined) == len(concepts) else f" of {len(concepts):,}"
        over = f" over {len(defined):,}{of} concepts{by_fold}."
    why = "widened as it ended early" if ended else "widened while it runs"
    held = f", {why}," if so_far and interval else ""
    inputs = _behind_area(evaluation, evaluation.concepts[0] if len(concepts) == 1 else None)
    figure = _part(number(mean, 3), emphasis=True, inputs=inputs)
    return [_part(f"{what}{so_far} "), *_with_interval(figure, interval), _part(f"{held}{over}")]


def _weakest(evaluation: Evaluation, judged: Sequence[tuple[str, AucEstimate]]) -> list[HeadlinePart]:
    """The second: whose area is lowest, with its interval."""
    lowest = sorted(judged, key=lambda pair: pair[1].roc_auc)[: 2 if len(judged) >= _ENOUGH_FOR_TWO else 1]
    parts = [_part(" Weakest: ")]
    for at, (concept, one) in enumerate(lowest):
        parts += [_part(", ")] if at else []
        figure = _part(number(one.roc_auc, 3), concept=concept, inputs=_behind_area(evaluation, concept))
        interval = _range(*one.interval, complete=evaluation.complete)
        parts += [_part(_name(evaluation, concept), concept=concept), _part(" "), *_with_interval(figure, interval)]
    return [*parts, _part(".")]


def _confused(evaluation: Evaluation) -> list[HeadlinePart]:
    """The concept whose inputs are most often given to another, by the highest score; co-labelled ones are no error."""
    labels, scores = evaluation.label_array, evaluation.score_array
    size = len(evaluation.concepts)
    if not evaluation.complete or not evaluation.has_counts or size < 2 or labels.size > _MOST_DECISIONS:
        return []
    given = metrics.top_scored(scores, evaluation.sent)
    confused = metrics.crossed(labels, given) - metrics.crossed(labels, given & labels)
    np.fill_diagonal(confused, 0)
    row, column = map(int, np.unravel_index(int(confused.argmax()), confused.shape))
    if not confused[row, column]:
        return []
    ours, theirs = (_name(evaluation, evaluation.concepts[one]) for one in (row, column))
    behind: InputsBehind = {
        "concept": evaluation.concepts[column],
        "outcome": "fp",
        "labelled": evaluation.concepts[row],
        "given": "highest",
    }
    times = _part(f"{int(confused[row, column]):,}", inputs=behind)
    of = _part(f"{int(labels[:, row].sum()):,}", inputs=_behind(evaluation, evaluation.concepts[row], "num_pos"))
    pair = _part(f"{ours} read as {theirs}", panel="matrix")
    return [_part(" Most confused: "), pair, _part(": "), times, _part(" of "), of, _part(" by highest score.")]


def _careful(evaluation: Evaluation) -> list[HeadlinePart]:
    """The last: what there is to be careful about; each leads to what it means."""
    found = dict.fromkeys(one.code for one in conditions_of(evaluation) if one.code.page.careful)
    if not found:
        return []
    parts = [_part(" Be careful: ")]
    for at, code in enumerate(found):
        parts += [_part(", ")] if at else []
        parts.append(_part(code.page.title, panel="conditions"))
    return [*parts, _part(".")]


def _too_small(evaluation: Evaluation, concepts: Sequence[AucEstimate]) -> list[HeadlinePart]:
    """The third: the concepts with so few positives that no figure of theirs says much."""
    small = [
        (name, one.num_pos)
        for name, one in zip(evaluation.concepts, concepts, strict=True)
        if one.num_pos < FEW and evaluation.numbers.class_sizes(name) is not None
    ]
    if not small:
        return []
    parts = [_part(" Too few positives to judge: ")]
    for at, (concept, positives) in enumerate(small[:_NAMED]):
        parts += [_part(", ")] if at else []
        few = _part(f"{positives}", concept=concept, inputs=_behind(evaluation, concept, "num_pos"))
        parts += [_part(_name(evaluation, concept), concept=concept), _part(" ("), few, _part(")")]
    more = len(small) - _NAMED
    return [*parts, _part(f" and {more:,} more." if more > 0 else ".")]
