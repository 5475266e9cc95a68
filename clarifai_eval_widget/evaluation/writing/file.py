"""Keeping an evaluation in a file that loses nothing; :mod:`reading.file` tells its format."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.reading.file import ARRAYS, FORMAT, VERSION
from clarifai_eval_widget.evaluation.writing.message import to_proto

if TYPE_CHECKING:
    import os

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["save"]


def save(e: EvaluationData, path: str | os.PathLike[str]) -> None:
    """Write everything to one file: scores at full precision beside the ``EvalMetrics`` protobuf.

    An existing file is replaced.

    Raises
    ------
    FileNotFoundError
        When there is no such folder.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {str(target.parent)!r} for {target.name!r}: make it first.")
    meta = {
        "format": FORMAT,
        "version": VERSION,
        "source": e.source,
        "concepts": list(e.concepts),
        "concept_names": e.concept_names,
        "input_ids": list(e.input_ids),
        "has_input_ids": e.has_input_ids,
        "notes": list(e.reading_notes),
        "positive_label": e.positive_label,
        "in_sample": e.in_sample,
        "groups": None if e.groups is None else e.groups.tolist(),
        "contents": None if e.contents is None else e.contents.tolist(),
        "info": asdict(e.info),
    }
    partial = target.with_name(target.name + ".part")
    try:
        _write(e, partial, meta)
        partial.replace(target)  # a file of that name is never half written
    finally:
        partial.unlink(missing_ok=True)


def _write(e: EvaluationData, path: Path, meta: dict[str, Any]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        _put(archive, "evaluation.json", json.dumps(meta).encode())
        _put(archive, "eval_metrics.pb", to_proto(e).SerializeToString(deterministic=True))
        for name in ARRAYS:
            values = getattr(e.numbers.held, name)
            if values is None:
                continue
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED if values.dtype == bool else zipfile.ZIP_STORED
            with archive.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.ascontiguousarray(values), allow_pickle=False)


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # a fixed date keeps the file the same for the same evaluation
    archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
