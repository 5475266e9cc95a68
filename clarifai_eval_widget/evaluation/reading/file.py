"""Reading an evaluation from a file that loses nothing.

The file is a zip: ``eval_metrics.pb`` (the ``clarifai.api.EvalMetrics``), the arrays at full precision as
``.npy``, and ``evaluation.json`` with the ids. The protobuf holds scores as float32 only, hence the arrays.
Nothing in it is pickled: loading a file from a stranger runs no code.
"""

from __future__ import annotations

import json
import tokenize
import zipfile
import zlib
from dataclasses import fields
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.data import EvaluationData
from clarifai_eval_widget.evaluation.predictions import Predictions
from clarifai_eval_widget.evaluation.reading.checked import check_arrays, check_meta, checked_info
from clarifai_eval_widget.evaluation.reading.message import numbers_of
from clarifai_eval_widget.evaluation.reading.platform_curves import read_curves
from clarifai_eval_widget.evaluation.reading.summary import read_summary
from clarifai_eval_widget.metrics.tolerance import clipped

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

__all__ = ["ARRAYS", "FORMAT", "VERSION", "load"]

FORMAT = "clarifai-eval-widget evaluation"
VERSION = 1
ARRAYS = tuple(one.name for one in fields(Predictions))
_KINDS = {"labels": "b", "sent": "b", "excluded": "b", "unlabelled": "b", "folds": "iu"}
_SMALL = 1 << 26  # bytes that any machine has
_MOST_PACKED = 200  # times smaller than it is, as no list of inputs gets
# what zipfile, zlib, json and NumPy raise on a file that is cut or altered
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    MemoryError,
    tokenize.TokenError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)


def load(path: str | os.PathLike[str]) -> EvaluationData:
    """Read a file into what an Evaluation holds; see :meth:`Evaluation.load`."""
    with Path(path).open("rb") as file:  # a file that is not there is told in the system's own words
        try:
            meta, arrays, message = _parts(file, path)
            return _restore(meta, arrays, message)
        except _DAMAGE as error:
            raise EvalError(f"{path} is not a saved evaluation, or it is damaged: {error}") from error


def _parts(file: IO[bytes], path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    with zipfile.ZipFile(file) as archive:
        meta = json.loads(_member(archive, "evaluation.json"))
        if not isinstance(meta, dict) or meta.get("format") != FORMAT:
            raise EvalError(f"{path} is not a saved evaluation: evaluation.json does not say {FORMAT!r}.")
        if meta.get("version") != VERSION:
            raise EvalError(f"{path} has the version {meta.get('version')!r}; this package reads {VERSION}.")
        check_meta(meta)
        cells = len(meta["input_ids"]) * max(len(meta["concepts"]), 1)
        arrays = {name: _array(archive, name, cells) for name in ARRAYS}
        return meta, arrays, _member(archive, "eval_metrics.pb")


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    told = archive.getinfo(name)
    if told.file_size > max(_SMALL, _MOST_PACKED * told.compress_size):
        raise ValueError(f"{name} would grow to {told.file_size:,} bytes from {told.compress_size:,}")
    return archive.read(name)


def _array(archive: zipfile.ZipFile, name: str, cells: int) -> Any:
    """Read one array, of numbers and of no more than so many."""
    if f"{name}.npy" not in archive.namelist():
        return None
    told = archive.getinfo(f"{name}.npy")
    size = told.file_size
    if size > _SMALL and size > 2 * 8 * cells:
        raise ValueError(f"{name} takes {size:,} bytes for {cells:,} inputs by concepts")
    # Only flags are packed, and may be so to almost nothing; the scores beside them take more and are not.
    is_flags = _KINDS.get(name) == "b"
    most = archive.getinfo("scores.npy").file_size if is_flags else _MOST_PACKED * told.compress_size
    if size > max(_SMALL, most):
        raise ValueError(f"{name} would grow to {size:,} bytes from {told.compress_size:,}")
    with archive.open(f"{name}.npy") as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
    kinds = _KINDS.get(name, "f")
    if array.dtype.kind not in kinds:
        raise ValueError(f"{name} holds {array.dtype}")
    return array


def _numbers(meta: dict[str, Any], name: str, size: int) -> NDArray[np.int64] | None:
    kept = meta.get(name)
    if kept is None:
        return None
    numbers = np.array(kept, np.int64)
    if numbers.shape != (size,):
        raise ValueError(f"{name} does not have the shape {(size,)}")
    return numbers


def _restore(meta: dict[str, Any], arrays: dict[str, Any], data: bytes) -> EvaluationData:
    from clarifai_grpc.grpc.api import resources_pb2
    from google.protobuf.message import DecodeError

    shape = (len(meta["input_ids"]), len(meta["concepts"]))
    check_arrays(arrays, *shape)
    arrays["scores"] = clipped(arrays["scores"])
    concepts, info, message, curves = tuple(meta["concepts"]), checked_info(meta["info"]), None, {}
    if meta["source"] != "scores":
        try:
            message = resources_pb2.EvalMetrics.FromString(data)
        except DecodeError as error:
            raise ValueError(f"eval_metrics.pb: {error}") from error
        curves = read_curves(message, [])[0]
    held = Predictions(**arrays)
    return EvaluationData(
        concepts=concepts,
        concept_names=meta["concept_names"],
        input_ids=tuple(meta["input_ids"]),
        has_input_ids=meta["has_input_ids"],
        numbers=numbers_of(meta["source"], concepts, held, curves=curves, use_kfold=info.use_kfold),
        platform_curves=curves,
        platform_summary={} if message is None else read_summary(message, curves, []),
        info=info,
        positive_label=meta.get("positive_label", ""),
        in_sample=meta.get("in_sample", False),
        groups=_numbers(meta, "groups", shape[0]),
        contents=_numbers(meta, "contents", shape[0]),
        reading_notes=tuple(meta["notes"]),
        received=() if message is None else (message,),
    )
