"""A model card of an evaluation, as Hugging Face's Hub reads it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.tables import averages, full_table
from clarifai_eval_widget.words import number, plural

if TYPE_CHECKING:
    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["to_model_card"]

_NAMES = {
    "roc_auc": "ROC AUC",
    "avg_precision": "average precision",
    "f1": "F1",
    **{name: name.replace("_", " ") for name in metrics.TABULATED if name != "f1"},
}
_AT_THRESHOLD = set(metrics.TABULATED)
_COLUMNS = {"num_pos": "positives", "num_neg": "negatives", **{name: _NAMES[name] for name in _NAMES}}
_KINDS = {
    True: ("cross-validation", "Cross-validation: each input was scored by a model that did not train on it."),
    False: ("score", "This trained version, scored on these data."),
    None: ("", ""),
}


def to_model_card(
    e: EvaluationData,
    *,
    model_name: str | None = None,
    dataset_name: str | None = None,
    dataset_type: str | None = None,
    task: str | None = None,
    threshold: float | Mapping[str, Any] = 0.5,
) -> str:
    """Write a model card: the Hub's evaluation results as YAML, and below them the table by concept in Markdown.

    The metadata are a ``model-index`` (https://huggingface.co/docs/hub/model-cards), which ``huggingface_hub`` reads as
    ``EvalResult``. They hold the macro averages; one that is undefined is left out there, and the text says why.

    Parameters
    ----------
    model_name
        The model's id on the Hub; by default the one evaluated.
    dataset_name
        What the dataset is called; by default its id.
    dataset_type
        The dataset's id on the Hub, where it has one; by default ``dataset_name``.
    task
        The Hub's word for the task; by default ``text-classification`` or ``image-classification`` where the server
        sent the inputs, else ``other``.
    threshold
        Of precision, recall and F1: one, or one by concept.

    Returns
    -------
    str
        To be written as ``README.md``, or given to ``huggingface_hub.ModelCard``.

    Raises
    ------
    InvalidRequestError
        When no model or dataset is named, here or by the evaluation.
    """
    import yaml

    model = model_name or e.info.model_id
    dataset = dataset_name or e.info.dataset_id
    for what, named in (("model_name", model), ("dataset_name", dataset)):
        if not named:
            raise InvalidRequestError(f"The evaluation does not say its {what[:-5]}: give to_model_card({what}=…).")
    told = {"type": dataset_type or dataset, "name": dataset}
    told |= {"revision": e.info.dataset_version_id} if e.info.dataset_version_id else {}
    metrics = _metrics(e, threshold)
    results = [{"task": {"type": task or _task(e)}, "dataset": told, "metrics": metrics}] if metrics else []
    metadata = {"model-index": [{"name": model, "results": results}]}
    head = yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True)
    return f"---\n{head}---\n\n# {_text(model)}\n\n## Evaluation\n\n{_body(e, dataset, threshold)}"


def _task(e: EvaluationData) -> str:
    text, image = e.media([0])[0] if e.num_inputs else (None, None)
    return "text-classification" if text else "image-classification" if image else "other"


def _metrics(e: EvaluationData, threshold: float | Mapping[str, Any]) -> list[dict[str, Any]]:
    frame = averages(e, threshold)
    macro = frame[frame["average"] == "macro"].set_index("figure")["value"]
    codes = [str(one.code) for one in conditions_of(e)]
    kind = _KINDS[e.info.use_kfold][0]
    found = []
    for figure, name in _NAMES.items():
        value = float(macro.get(figure, math.nan))
        if math.isnan(value):
            continue
        details: dict[str, Any] = {"average": "macro"}
        if figure in _AT_THRESHOLD:
            details["threshold"] = _plain(threshold)
        details |= ({"method": kind} if kind else {}) | ({"conditions": codes} if codes else {})
        found.append({"type": figure, "value": value, "name": f"Macro {name}", "args": details})
    return found


def _plain(threshold: float | Mapping[str, Any]) -> float | dict[str, float]:
    """NumPy's numbers are none that YAML can write."""
    if isinstance(threshold, Mapping):
        return {str(concept): float(at) for concept, at in threshold.items()}
    return float(threshold)


def _body(e: EvaluationData, dataset: str, threshold: float | Mapping[str, Any]) -> str:
    rows = full_table(e, threshold)
    at = "each concept's own threshold"
    if not isinstance(threshold, Mapping):
        at = f"threshold {e.numbers.threshold_words(threshold)}"
    lines = [
        f"{plural(e.num_inputs, 'input')} of {_text(dataset)}, {plural(len(e.concepts), 'concept')}; precision, recall "
        f"and F1 at {at}. {_KINDS[e.info.use_kfold][1]}".rstrip(),
        "",
        *_table(e, rows),
    ]
    undefined = [f"- {_text(concept)}: {_text(reason)}" for concept, reason in rows["reason"].items() if reason]
    lines += ["", "Undefined figures (–):", "", *undefined] if undefined else []
    conditions = [f"- {_text(str(one))}" for one in conditions_of(e)]
    lines += ["", "Under these conditions:", "", *conditions] if conditions else []
    return "\n".join(lines) + "\n"


def _table(e: EvaluationData, rows: pd.DataFrame) -> list[str]:
    shown = {name: title for name, title in _COLUMNS.items() if name in rows}
    lines = [f"| concept | {' | '.join(shown.values())} |", f"|---|{'---:|' * len(shown)}"]
    for concept, row in rows.iterrows():
        cells = [_cell(row[name]) for name in shown]
        lines.append(f"| {_text(e.concept_names.get(str(concept), str(concept)))} | {' | '.join(cells)} |")
    return lines


def _cell(value: Any) -> str:
    return number(value) if isinstance(value, float) else str(value)


def _text(words: str) -> str:
    """Keep names of users' own from being read as Markdown or HTML, or from ending a row."""
    one_line = " ".join(words.split())
    return "".join(f"\\{one}" if one in "\\`*_{}[]<>#|" else one for one in one_line)
