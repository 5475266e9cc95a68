"""Numbers as bytes that describe themselves, so that heads and arrays can never come from two different states.

A payload is its length as uint32 and then, packed by zlib, all little endian::

    uint32: length of the head
    head: JSON, UTF-8, padded with zeros so that the arrays start at a multiple of 8
    arrays: each at the offset its entry in the head gives, a multiple of 8, from the start of the arrays

The head is ``{"protocol", "run", "revision", "sections": {name: {"head": …, "arrays": {name: {"type", "offset",
"length"}}}}}``. Types are ``f8``, ``f4`` and ``u4``. A long array of counts is packed beforehand (``varints.py``): its
entry then says in ``"packed"`` how many bytes that are.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from clarifai_eval_widget.widget.wire.contract import PROTOCOL
from clarifai_eval_widget.widget.wire.varints import from_varints, to_varints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["ArrayType", "Payload", "Section", "or_null", "pack", "unpack"]

ArrayType: TypeAlias = Literal["f8", "f4", "u4"]
_LONG = 256  # counts; of fewer there is little to save
_LEVEL = (
    1  # of the largest evaluation, in a tenth of a second to two fifths; the highest level saves a tenth more of that
)
_DTYPES: dict[str, np.dtype[Any]] = {name: np.dtype(f"<{name}") for name in ("f8", "f4", "u4")}


@dataclass(frozen=True)
class Section:
    """What one panel, or all of them, needs: a head and arrays."""

    head: Mapping[str, Any] = field(default_factory=dict)
    """JSON; undefined numbers are None."""
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """One-dimensional, of type f8, f4 or u4; undefined numbers are NaN."""


@dataclass(frozen=True)
class Payload:
    """A payload as it was packed."""

    run: str
    """Key of the run it belongs to."""
    revision: int
    """Grows with every state of the same run."""
    sections: Mapping[str, Section]
    """By name."""


def or_null(value: float) -> float | None:
    """Give a number as a head holds it: NaN is not JSON, undefined is null."""
    return float(value) if math.isfinite(value) else None


def pack(payload: Payload) -> bytes:
    """Pack a payload.

    Raises
    ------
    TypeError
        When an array is of a type that the page does not read.
    ValueError
        When a head holds a number that JSON cannot (NaN, infinity).
    """
    chunks: list[bytes] = []
    sections: dict[str, Any] = {}
    offset = 0
    for name, section in payload.sections.items():
        layout: dict[str, Any] = {}
        for key, values in section.arrays.items():
            kind = f"{values.dtype.kind}{values.dtype.itemsize}"
            if kind not in _DTYPES or values.ndim != 1:
                raise TypeError(
                    f"The array {name}/{key} is {values.dtype} of {values.ndim} dimensions; give f8, f4, u4."
                )
            layout[key] = {"type": kind, "offset": offset, "length": len(values)}
            if kind == "u4" and len(values) >= _LONG:
                chunk = to_varints(values)
                layout[key]["packed"] = len(chunk)
            else:
                chunk = values.astype(_DTYPES[kind], copy=False).tobytes()
            chunks.append(chunk + b"\0" * (-len(chunk) % 8))
            offset += len(chunks[-1])
        sections[name] = {"head": section.head, "arrays": layout}
    head = {"protocol": PROTOCOL, "run": payload.run, "revision": payload.revision, "sections": sections}
    text = json.dumps(head, allow_nan=False, separators=(",", ":")).encode()
    whole = b"".join((struct.pack("<I", len(text)), text, b"\0" * (-(4 + len(text)) % 8), *chunks))
    return struct.pack("<I", len(whole)) + zlib.compress(whole, _LEVEL)


def unpack(data: bytes) -> Payload:
    """Read what :func:`pack` wrote; arrays are read-only views.

    Raises
    ------
    ValueError
        When the bytes are cut short, or of another protocol.
    """
    data = _whole(data)
    (length,) = struct.unpack_from("<I", data)
    if 4 + length > len(data):
        raise ValueError(f"The head says {length} bytes and only {len(data) - 4} came.")
    head = json.loads(data[4 : 4 + length])
    if head.get("protocol") != PROTOCOL:
        raise ValueError(f"The payload is of protocol {head.get('protocol')}, this package reads {PROTOCOL}.")
    start = -(-(4 + length) // 8) * 8
    sections = {
        name: Section(
            found["head"],
            {key: _read(data, start, entry) for key, entry in found["arrays"].items()},
        )
        for name, found in head["sections"].items()
    }
    return Payload(head["run"], head["revision"], sections)


def _whole(packed: bytes) -> bytes:
    if len(packed) < 4:
        raise ValueError(f"A payload has a head; these are {len(packed)} bytes.")
    (length,) = struct.unpack_from("<I", packed)
    try:
        data = zlib.decompress(packed[4:])
    except zlib.error as error:
        raise ValueError(
            f"The {len(packed)} bytes are cut short, or no payload, which has its head packed: {error}."
        ) from error
    if len(data) != length or length < 4:
        raise ValueError(f"The payload's head says {length} bytes and {len(data)} came.")
    return data


def _read(data: bytes, start: int, entry: Mapping[str, Any]) -> NDArray[Any]:
    at = start + entry["offset"]
    if "packed" in entry:
        return from_varints(data[at : at + entry["packed"]], entry["length"])
    return np.frombuffer(data, _DTYPES[entry["type"]], entry["length"], at)
