"""Keeping an evaluation in a file that loses nothing, and making the message a server would send.

The file is a zip: ``eval_metrics.pb`` (the ``clarifai.api.EvalMetrics``), the arrays at full precision as
``.npy``, and ``evaluation.json`` with the ids. The protobuf holds scores as float32 only, hence the arrays.
Nothing in it is pickled: loading a file from a stranger runs no code.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import asdict, fields
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.info import EVALUATED, OWN_KEY, EvaluationInfo, read_curves, read_summary
from clarifai_eval_widget.evaluation.summary import macro_figures

if TYPE_CHECKING:
    import os

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["load", "save", "to_proto"]

_FORMAT = "clarifai-eval-widget evaluation"
_VERSION = 1
_ARRAYS = {"labels": "label_array", "scores": "score_array", "folds": "folds", "sent": "sent"}
_ARRAYS |= {"excluded": "excluded", "exact_above": "exact_above"}
# what zipfile, zlib, json and NumPy raise on a file that is cut or altered
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)
_TEST_SET_CELLS = 2_000_000  # a protobuf message for each prediction: beyond this it is the arrays alone


def save(e: EvaluationData, path: str | os.PathLike[str]) -> None:
    """Write the file; see :meth:`Evaluation.save`."""
    target = Path(path)
    meta = {
        "format": _FORMAT,
        "version": _VERSION,
        "source": e.source,
        "concepts": list(e.concepts),
        "concept_names": e.concept_names,
        "input_ids": list(e.input_ids),
        "has_input_ids": e.has_input_ids,
        "notes": list(e.reading_notes),
        "info": asdict(e.info),
    }
    partial = target.with_name(target.name + ".part")
    with zipfile.ZipFile(partial, "w") as archive:
        _put(archive, "evaluation.json", json.dumps(meta).encode())
        _put(archive, "eval_metrics.pb", to_proto(e).SerializeToString(deterministic=True))
        for name, attribute in _ARRAYS.items():
            values = getattr(e, attribute)
            if values is None:
                continue
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED if values.dtype == bool else zipfile.ZIP_STORED
            with archive.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.ascontiguousarray(values), allow_pickle=False)
    partial.replace(target)  # a file of that name is never half written


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # a fixed date keeps the file the same for the same evaluation
    archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def load(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a file into the keyword arguments of an Evaluation; see :meth:`Evaluation.load`."""
    with Path(path).open("rb") as file:  # a file that is not there is told in the system's own words
        try:
            meta, arrays, message = _parts(file, path)
            return _restore(meta, arrays, message)
        except _DAMAGE as error:
            raise EvalError(f"{path} is not a saved evaluation, or it is damaged: {error}") from error


def _parts(file: IO[bytes], path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    with zipfile.ZipFile(file) as archive:
        meta = json.loads(archive.read("evaluation.json"))
        if not isinstance(meta, dict) or meta.get("format") != _FORMAT:
            raise EvalError(f"{path} is not a saved evaluation: evaluation.json does not say {_FORMAT!r}.")
        if meta.get("version") != _VERSION:
            raise EvalError(f"{path} has the version {meta.get('version')!r}; this package reads {_VERSION}.")
        arrays = {attribute: _array(archive, name) for name, attribute in _ARRAYS.items()}
        return meta, arrays, archive.read("eval_metrics.pb")


def _array(archive: zipfile.ZipFile, name: str) -> Any:
    if f"{name}.npy" not in archive.namelist():
        return None
    with archive.open(f"{name}.npy") as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _restore(meta: dict[str, Any], arrays: dict[str, Any], data: bytes) -> dict[str, Any]:
    from clarifai_grpc.grpc.api import resources_pb2
    from google.protobuf.message import DecodeError

    known = {one.name for one in fields(EvaluationInfo)}
    shape = (len(meta["input_ids"]), len(meta["concepts"]))
    for name in ("label_array", "score_array", "sent", "excluded"):
        if arrays[name] is None and name not in ("sent", "excluded"):
            raise ValueError(f"{name} is missing")
        if arrays[name] is not None and arrays[name].shape != shape:
            raise ValueError(f"{name} does not have the shape {shape}")
    parts = {
        "concepts": tuple(meta["concepts"]),
        "concept_names": meta["concept_names"],
        "input_ids": tuple(meta["input_ids"]),
        "has_input_ids": meta["has_input_ids"],
        "source": meta["source"],
        "reading_notes": tuple(meta["notes"]),
        "info": EvaluationInfo(**{key: value for key, value in meta["info"].items() if key in known}),
        **arrays,
    }
    if meta["source"] == "scores":
        return parts
    try:
        message = resources_pb2.EvalMetrics.FromString(data)
    except DecodeError as error:
        raise ValueError(f"eval_metrics.pb: {error}") from error
    parts["platform_curves"] = read_curves(message, [])[0]
    return parts | {"platform_summary": read_summary(message), "message": message}


def _wire(text: str) -> str:
    """Escape what UTF-8 cannot hold: file names that are not text in the system's encoding carry such halves."""
    return text.encode("utf-8", "backslashreplace").decode()


def to_proto(e: EvaluationData) -> Any:
    """Return the message a server would send; see :meth:`Evaluation.to_proto`."""
    from clarifai_grpc.grpc.api import resources_pb2

    message = resources_pb2.EvalMetrics()
    if e.message is not None:
        message.CopyFrom(e.message)
        return message
    message.status.code = EVALUATED
    message.id = e.info.id
    if e.folds is not None:
        progress = message.extended_metrics.user_metrics.get_or_create_struct(OWN_KEY)
        progress.update({"folds": len(e.fold_numbers), "folds_done": len(e.fold_numbers)})
        message.eval_info.params.update({"use_kfold": True})
    figures = macro_figures(e, by_fold=e.folds is not None)
    for name, value in figures.items():
        if name.startswith("macro") and not np.isnan(value):
            setattr(message.summary, name, value)
    for concept in e.concepts:
        _add_metrics(e, concept, message)
    if e.score_array.size <= _TEST_SET_CELLS:
        _add_test_set(e, message)
    return message


def _add_metrics(e: EvaluationData, concept: str, message: Any) -> None:
    """Add one concept's rates at 101 thresholds: ROC descending, precision–recall ascending, as the platform does."""
    c, concept, name = e.counts(concept), _wire(concept), _wire(e.concept_names.get(concept, concept))
    added = message.binary_metrics.add(num_pos=c.num_pos, num_neg=c.num_neg, num_tot=c.num_pos + c.num_neg)
    added.concept.id, added.concept.name = concept, name
    count = message.label_counts.positive_label_counts.add(concept_name=name, count=c.num_pos)
    count.concept.id, count.concept.name = concept, name
    grid = metrics.HUNDREDTHS
    tps, fps = c.at(grid)
    for field, value in (("roc_auc", metrics.roc_auc(c)), ("avg_precision", metrics.average_precision(c))):
        if not np.isnan(value):
            setattr(added, field, value)
    at_half = metrics.f1(int(tps[50]), int(fps[50]), c.num_pos)
    added.f1 = 0.0 if np.isnan(at_half) else at_half
    if c.num_pos and c.num_neg:
        added.roc_curve.tpr.extend(np.round(tps / c.num_pos, 4)[::-1])
        added.roc_curve.fpr.extend(np.round(fps / c.num_neg, 4)[::-1])
        added.roc_curve.thresholds.extend(grid[::-1])
        precision = np.nan_to_num(metrics.precision(tps, fps), nan=1.0)
        added.precision_recall_curve.precision.extend(np.round(precision, 4))
        added.precision_recall_curve.recall.extend(np.round(tps / c.num_pos, 4))
        added.precision_recall_curve.thresholds.extend(grid)


def _add_test_set(e: EvaluationData, message: Any) -> None:
    ids = list(map(_wire, e.concepts))
    names = [_wire(e.concept_names.get(concept, concept)) for concept in e.concepts]
    for row, input_id in enumerate(e.input_ids):
        entry = message.test_set.add()
        entry.input.id = _wire(input_id) if e.has_input_ids else ""
        if e.folds is not None:
            entry.input.data.metadata.update({"fold": int(e.folds[row])})
        for column in np.argsort(-e.score_array[row], kind="stable"):
            value = float(e.score_array[row, column])
            entry.predicted_concepts.add(id=ids[column], name=names[column], value=value)
        for column in np.flatnonzero(e.label_array[row]):
            entry.ground_truth_concepts.add(id=ids[column], name=names[column], value=1.0)
