"""An evaluation as the command prints it: tables for people, one object for programs."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.words import number, plural, visible

if TYPE_CHECKING:
    import pandas as pd

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["columns", "finite", "report", "text"]

_ROWS = 40
_COUNTS = ["num_pos", "predicted", "tp", "fp", "fn"]
_RATES = ["precision", "recall", "f1", "roc_auc", "avg_precision"]


def finite(value: Any) -> Any:
    """What JSON can hold: null for what is undefined, plain numbers for NumPy's."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame."""
    return [{name: finite(value) for name, value in row.items()} for row in frame.to_dict("records")]


def report(e: Evaluation, *, threshold: float) -> dict[str, Any]:
    """Everything the command tells of an evaluation, ready for JSON; undefined is null, with its reason beside it."""
    info, summary = e.info, e.summary
    return {
        "evaluation": info.id,
        "model": {"user": info.model_user_id, "app": info.model_app_id, "id": info.model_id},
        "model_version": info.model_version_id,
        "dataset": {"user": info.dataset_user_id, "app": info.dataset_app_id, "id": info.dataset_id},
        "dataset_version": info.dataset_version_id,
        "method": _method(e),
        "complete": e.complete,
        "source": e.source,
        "summary": {name: finite(value) for name, value in summary.items()},
        "summary_sources": summary.attrs["sources"],
        "threshold": threshold,
        "concepts": records(e.table(threshold=threshold, full=True).reset_index()),
        "conditions": [
            {"code": str(one.code), "title": one.code.page.title, "detail": one.detail, "advice": one.code.page.advice}
            for one in e.conditions
        ],
        "notes": list(e.notes),
    }


def text(e: Evaluation, *, threshold: float) -> str:
    """The same for people: what was evaluated, its macro figures, the concepts, and what to be careful about."""
    from clarifai_eval_widget.evaluation.tables import full_table

    summary = e.summary
    lines = [_subject(e)]
    if "macro_avg_roc_auc" in summary:
        left_out = summary.get("left_out_roc_auc", math.nan)
        beside = f", {plural(int(left_out), 'concept')} without one left out" if left_out > 0 else ""
        at = e.numbers.threshold_words(threshold)
        lines.append(f"Macro ROC AUC {number(summary['macro_avg_roc_auc'])}{beside}. Threshold {at}:")
    table = full_table(e, threshold)
    shown = table[[name for name in (*_COUNTS, *_RATES) if name in table]]
    lines += ["", columns(shown.head(_ROWS).reset_index())]
    if len(table) > _ROWS:
        lines.append(f"… and {plural(len(table) - _ROWS, 'more concept')}: --json, or --out table.csv")
    undefined = {concept: reason for concept, reason in table["reason"].items() if reason}
    notes = [f"{concept}: {reason}" for concept, reason in list(undefined.items())[:_ROWS]] + list(e.notes)
    notes = [visible(note) for note in notes]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def columns(frame: pd.DataFrame) -> str:
    """A plain table: names to the left, numbers to the right, – for what is undefined."""
    cells = [[visible(str(name)) for name in frame.columns]]
    cells += [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    left = [frame[name].dtype.kind not in "iufb" for name in frame.columns]
    padded = [
        [
            cell.ljust(width) if is_text else cell.rjust(width)
            for cell, width, is_text in zip(row, widths, left, strict=True)
        ]
        for row in cells
    ]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def _cell(value: Any) -> str:
    return number(value) if isinstance(value, float) else visible(str(value))


def _method(e: Evaluation) -> str:
    return {True: "cross-validation", False: "score", None: ""}[e.info.use_kfold]


def _subject(e: Evaluation) -> str:
    info = e.info
    version = f" version {info.model_version_id}" if info.model_version_id else ""
    app = f"{info.dataset_app_id}/" if info.dataset_app_id else ""
    at = f" version {info.dataset_version_id}" if info.dataset_version_id else ""
    parts = [
        f"{info.model_id}{version}" if info.model_id else "",
        f"{app}{info.dataset_id}{at}" if info.dataset_id else "",
        _method(e),
        plural(e.num_inputs, "input") if e.num_inputs else "",
        plural(len(e.concepts), "concept"),
        "" if e.complete else "not finished",
    ]
    return visible(", ".join(filter(None, parts)))


def dumps(value: Any) -> str:
    """Write what is printed as JSON."""
    return json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False)
