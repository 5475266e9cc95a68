"""What a saved notebook shows of an evaluation without kernel, state or network: a picture, a table, how it was had.

Plain HTML on purpose: a notebook that is not trusted keeps tables and images of data, and loses styles, scripts, SVG.
"""

from __future__ import annotations

import base64
import datetime as dt
from html import escape
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.tables import full_table
from clarifai_eval_widget.widget.export.drawing import draw, rendered
from clarifai_eval_widget.widget.export.pending import AGAIN, INSTEAD
from clarifai_eval_widget.widget.workbench.base import encode_base
from clarifai_eval_widget.words import number, plural, storable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.widget.export.baking import Shown

__all__ = ["DARKENED", "LIMIT", "summary_html", "summary_markdown"]

LIMIT = 300_000
"""Most bytes of a summary."""
_DPIS = (100, 70, 45)
_ROWS = (30, 12)
_COLUMNS = ("ROC AUC", "Precision", "Recall", "F1")
# The picture is white, for a page that loses its styles may be of either kind; where a page says that it is dark, the
# picture is: light and dark change places, hues stay, and what was white lets the page through.
DARKENED = "{ filter: invert(1) hue-rotate(180deg); mix-blend-mode: screen; }"
"""How a picture looks on a dark page."""
_ON_DARK = (
    ':is([data-jp-theme-light="false"], .vscode-dark, [data-theme="dark"], [theme="dark"], .dark) .cew-saved img '
    + DARKENED
)
_RATES = ("precision", "recall", "f1")


def summary_html(shown: Shown, *, under_widget: bool = False) -> str:
    """Write the summary, of :data:`LIMIT` bytes at most; its class says to the living page that it may be hidden.

    Parameters
    ----------
    shown
        The evaluation, and how it is looked at.
    under_widget
        Whether it stands under the widget in a notebook: it then says how to have that back, in the place of what
        JupyterLab says of a widget without a kernel.
    """
    style, again = f"{INSTEAD}<style>{_ON_DARK}</style>", f"<p><small>{AGAIN}</small></p>"
    before, after = (style, again) if under_widget else ("", "")
    head = encode_base(shown.evaluation, shown.caption).head
    figure = draw(shown)
    for rows, dpi in [(_ROWS[0], dpi) for dpi in _DPIS] + [(_ROWS[1], dpi) for dpi in _DPIS]:
        picture = base64.b64encode(rendered(figure, dpi=dpi)).decode("ascii")
        image = f'<p><img src="data:image/png;base64,{picture}" alt="{escape(_described(shown))}"></p>'
        body = f"{_words(shown, head, image)}{_table(shown, head, rows)}{_notes(head)}{after}"
        written = storable(f'<div class="cew-saved">{before}{body}</div>')
        if len(written.encode()) <= LIMIT:
            return written
    return storable(f'<div class="cew-saved">{before}{_words(shown, head, "")}{_notes(head)}{after}</div>')


def summary_markdown(shown: Shown) -> str:
    """Write the same without the picture, for terminals and for agents that read text."""
    head = encode_base(shown.evaluation, shown.caption).head
    for rows in (*_ROWS, 0):
        lines = [f"**{_line(head['title'])}**", "", _line(_headline(head)), "", _line(_about(shown, head)), ""]
        lines += _markdown_table(shown, head, rows)
        lines += ["", *(f"- {_line(note)}" for note in head["notes"])]
        written = storable("\n".join(lines).strip())
        if len(written.encode()) <= LIMIT:
            break
    return written


def _markdown_table(shown: Shown, head: Mapping[str, Any], most: int) -> list[str]:
    lines = [f"| {' | '.join(('Concept', 'Positives', *_COLUMNS))} |", f"|{'---|' * (2 + len(_COLUMNS))}"]
    lines += [
        f"| {' | '.join(_line(cell).replace('|', chr(92) + '|') for cell in row)} |" for row in _rows(shown, head, most)
    ]
    left = len(head["concepts"]) - most
    return [*lines, f"\n… and {plural(left, 'more concept')}"] if left > 0 else lines


def _line(text: str) -> str:
    """Keep names of users' own from ending a line, and from being HTML."""
    return " ".join(text.split()).replace("<", "\\<")


def _headline(head: Mapping[str, Any]) -> str:
    return "".join(part["text"] for part in head["headline"])


def _described(shown: Shown) -> str:
    concept = shown.concept
    of = "the macro average" if concept is None else shown.evaluation.concept_names.get(concept, concept)
    return f"ROC curve and threshold sweep of {of}"


def _about(shown: Shown, head: Mapping[str, Any]) -> str:
    """How the figures were had: the data, the method, its interval, the threshold and the date."""
    created = shown.evaluation.info.created_at[:10]
    date = f"evaluated {created}" if created else f"written {dt.datetime.now(dt.UTC):%Y-%m-%d}"
    interval = head["macro"]["interval_method"]
    own = f", {plural(len(shown.thresholds), 'own threshold')}" if shown.thresholds else ""
    parts = [
        head["kind_label"],
        plural(head["inputs"], "input"),
        head["source_label"],
        interval and f"95 % interval: {interval}",
        f"at threshold {shown.evaluation.numbers.threshold_brief(shown.threshold)}{own}",
        date,
    ]
    return " · ".join(part for part in parts if part)


def _words(shown: Shown, head: Mapping[str, Any], image: str) -> str:
    words = f"<p><b>{escape(head['title'])}</b></p><p>{escape(_headline(head))}</p>"
    return f"{words}{image}<p><small>{escape(_about(shown, head))}</small></p>"


def _rows(shown: Shown, head: Mapping[str, Any], most: int) -> list[list[str]]:
    """By concept: name with id, positives, area with its interval, and the rates at its threshold."""
    try:
        table: Any = full_table(shown.evaluation, shown.at)
    except EvalError:  # only rates were sent, and none for this threshold
        table = None
    rows = []
    for concept in head["concepts"][:most]:
        low, high = concept["roc_auc_low"], concept["roc_auc_high"]
        between = "" if low is None else f" [{number(low, 3)}, {number(high, 3)}]"
        area = concept["reason"] if concept["roc_auc"] is None else f"{number(concept['roc_auc'], 3)}{between}"
        rates = [number(None if table is None else float(table.loc[concept["id"], name]), 3) for name in _RATES]
        name = concept["name"] if concept["name"] == concept["id"] else f"{concept['name']} ({concept['id']})"
        rows.append([name, f"{concept['num_pos']:,}", area, *rates])
    return rows


def _table(shown: Shown, head: Mapping[str, Any], most: int) -> str:
    titles = "".join(f"<th scope='col'>{title}</th>" for title in ("Concept", "Positives", *_COLUMNS))
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        for name, *cells in _rows(shown, head, most)
    )
    more = len(head["concepts"]) - most
    rest = f"<p>… and {plural(more, 'more concept')}: <code>w.evaluation.table()</code></p>" if more > 0 else ""
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def _notes(head: Mapping[str, Any]) -> str:
    return f"<ul>{''.join(f'<li>{escape(note)}</li>' for note in head['notes'])}</ul>" if head["notes"] else ""
