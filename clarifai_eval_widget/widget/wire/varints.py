"""Counts that change little from one to the next, in few bytes: zigzag differences, seven bits a byte, lowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["from_varints", "to_varints"]

_LEAST = np.array([0, 1 << 7, 1 << 14, 1 << 21, 1 << 28], np.uint32)  # that takes one byte, two, …


def to_varints(values: NDArray[np.uint32]) -> bytes:
    """Write numbers below 2**32 as differences, which wrap around."""
    steps = np.diff(values.astype(np.uint32), prepend=np.uint32(0)).view(np.int32)
    zigzag = ((steps << 1) ^ (steps >> 31)).view(np.uint32)
    sizes = np.searchsorted(_LEAST, zigzag, side="right")
    starts = np.cumsum(sizes) - sizes
    written = np.zeros(int(np.sum(sizes)), np.uint8)
    for k in range(5):
        there = sizes > k
        part = (zigzag[there] >> np.uint32(7 * k)) & np.uint32(127)
        written[starts[there] + k] = part | ((sizes[there] > k + 1) * np.uint32(128))
    return written.tobytes()


def from_varints(data: Any, length: int) -> NDArray[np.uint32]:
    """Read so many numbers.

    Raises
    ------
    ValueError
        When the bytes hold another number of them.
    """
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw < 128)
    if len(ends) != length or (len(raw) and raw[-1] >= 128):
        raise ValueError(f"{length} numbers were to be read, and the bytes hold {len(ends)}.")
    starts = np.append(0, ends[:-1] + 1)[:length]
    place = np.arange(len(raw)) - np.repeat(starts, ends - starts + 1)
    parts = (raw & 127).astype(np.uint64) << (7 * place).astype(np.uint64)
    zigzag = (np.add.reduceat(parts, starts) if length else np.empty(0)).astype(np.uint32)
    steps = (zigzag >> np.uint32(1)) ^ (np.uint32(0) - (zigzag & np.uint32(1)))
    return np.cumsum(steps, dtype=np.uint32)
