"""How an evaluation shows itself: one line of text, or a small summary in a notebook."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.words import listed, number, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["html_summary", "markdown_summary", "text_summary"]

_ROWS = 12


def _macro(e: EvaluationData) -> str:
    areas = [e.roc_auc(concept) for concept in e.concepts]
    mean, _, used = metrics.mean_defined(areas)
    return f"{number(mean)} (mean of {used} of {len(areas)} concepts)"


def _shown(e: EvaluationData, concept: str) -> str:
    name = e.concept_names.get(concept, concept)
    return concept if name == concept else f"{name} ({concept})"


def text_summary(e: EvaluationData) -> str:
    """Return the one line that ``repr`` gives: the same for the same data, without data or addresses."""
    named = f"{e.info.model_id!r}, " if e.info.model_id else ""
    state = "" if e.complete else ", not finished"
    size = f"{plural(e.num_inputs, 'input')}, {plural(len(e.concepts), 'concept')}"
    positive = f", positive label {e.positive_label}" if e.positive_label else ""
    careful = codes_of(one for one in conditions_of(e) if one.code.page.careful)
    state += f", conditions {careful}" if careful else ""
    what = f"{named}{size} ({listed(e.concepts, 3)}){positive}"
    return f"Evaluation({what}, macro ROC AUC {_macro(e)}, from {e.numbers.words}{state})"


def markdown_summary(e: EvaluationData, notes: Iterable[str]) -> str:
    """Return the same summary as :func:`html_summary` as Markdown, for terminals and for agents that read text."""
    head = f"**Evaluation**{' of ' + _plain(e.info.model_id) if e.info.model_id else ''}: "
    head += f"{plural(e.num_inputs, 'input')}, {plural(len(e.concepts), 'concept')}. Macro ROC AUC {_macro(e)}. "
    head += f"From {_plain(e.numbers.words)}."
    head += f" Positive label: {_plain(e.positive_label)}." if e.positive_label else ""
    lines = [head, "", "| concept | positives | negatives | ROC AUC |", "|---|---|---|---|"]
    for concept in e.concepts[:_ROWS]:
        reason = e.undefined_reason(concept)
        positives, negatives = e.numbers.class_sizes(concept) or ("–", "–")
        area = number(e.roc_auc(concept)) + (f" ({_plain(reason)})" if reason else "")
        lines.append(f"| {_plain(_shown(e, concept))} | {positives} | {negatives} | {area} |")
    if len(e.concepts) > _ROWS:
        lines += ["", f"… and {plural(len(e.concepts) - _ROWS, 'more concept')}: `e.table()`"]
    listing = [f"- {_plain(note)}" for note in notes]
    return "\n".join([*lines, *([""] if listing else []), *listing])


def _plain(text: str) -> str:
    """Write a text on one line in which nothing is Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#&~$])", r"\\\1", " ".join(text.split()))


def html_summary(e: EvaluationData, notes: Iterable[str]) -> str:
    """Return a small table by concept with its source and notes; colours are the notebook's own."""
    head = f"<b>Evaluation</b>{' of ' + escape(e.info.model_id) if e.info.model_id else ''}: "
    head += f"{e.num_inputs:,} inputs, {len(e.concepts)} concepts. Macro ROC AUC {_macro(e)}. "
    head += f"From {escape(e.numbers.words)}."
    head += f" Positive label: {escape(e.positive_label)}." if e.positive_label else ""
    body = []
    for concept in e.concepts[:_ROWS]:
        reason = e.undefined_reason(concept)
        sizes = e.numbers.class_sizes(concept) or ("–", "–")
        area = number(e.roc_auc(concept)) + (f" <i>{escape(reason)}</i>" if reason else "")
        shown = escape(_shown(e, concept))
        body.append(f"<tr><th scope='row'>{shown}</th><td>{sizes[0]}</td><td>{sizes[1]}</td><td>{area}</td></tr>")
    more = (
        f"<p>… and {len(e.concepts) - _ROWS} more concepts: <code>e.table()</code></p>"
        if len(e.concepts) > _ROWS
        else ""
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return (
        f"<div><p>{head}</p><table><thead><tr><th>concept</th><th>positives</th><th>negatives</th>"
        f"<th>ROC AUC</th></tr></thead><tbody>{''.join(body)}</tbody></table>{more}"
        f"{f'<ul>{notes}</ul>' if notes else ''}</div>"
    )
