"""Reading the concepts of a large test set from its wire format, with NumPy instead of a Python object each.

Touching a protobuf message from Python costs about half a microsecond; a test set of 100,000 inputs by 20
concepts has two million. Serialising the entries again and walking the bytes of all of them side by side is
several times as fast. Whatever the walk does not recognise as the canonical encoding (long or missing ids,
unknown fields) makes it give that block of entries back to the plain reader, so the result never depends on it.

The encoding: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.reading.test_set import Columns, read_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_grpc.grpc.api import resources_pb2
    from numpy.typing import NDArray

    TestSetEntries = Sequence[resources_pb2.EvalTestSetEntry]
    Ints = NDArray[np.int64]

__all__ = ["read_test_set"]

_BLOCK = 2048  # entries at once: their bytes stay in the processor's cache
_FEW = 512  # entries that are read as fast in the plain way, without many short array calls (each may wait for a loop)
_PREDICTED, _TRUTH, _INPUT = 0x1A, 0x22, 0x32  # fields 3, 4 and 6 of EvalTestSetEntry, length-delimited
_ID, _NAME, _VALUE = 0x0A, 0x12, 0x1D  # fields 1, 2 (length-delimited) and 3 (four bytes) of Concept
_SHORT = 0x80  # a length below this is one byte
_PAD = 8 + _SHORT  # reading whole words may pass the end of an id by this much
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(9)], np.uint64)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SLOT_BITS = 16


class _NotCanonicalError(Exception):
    """The bytes are not laid out as protobuf itself writes them."""


class _Ids:
    """Numbers ids in the order met, recognising them by a hash and then word by word."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self._hashes = np.empty(0, np.uint64)
        self._words = np.empty((0, _SHORT // 8), np.uint64)
        self._slots = np.full(1 << _SLOT_BITS, -1, np.int64)
        self._by_hash: dict[int, int] = {}

    def number(self, text: str) -> int:
        """Return the code of an id read in the plain way."""
        return self.codes.setdefault(text, len(self.codes))

    def numbers(self, words: list[NDArray[np.uint64]], start: Ints, length: Ints, data: bytes) -> Ints:
        """Return the codes of ids given as masked words of eight bytes."""
        mixed = length.astype(np.uint64)
        for index, word in enumerate(words):
            # an id's hash must not depend on how long the others of its block are
            longer = (mixed ^ word) * _MIX
            longer ^= longer >> np.uint64(29)
            mixed = longer if index == 0 else np.where(length > 8 * index, longer, mixed)
        slot = (mixed >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)
        codes = self._slots[slot]
        missed = np.flatnonzero((codes < 0) | (self._hash_of(codes) != mixed))
        if len(missed):
            values, first, inverse = np.unique(mixed[missed], return_index=True, return_inverse=True)
            order = np.argsort(first)
            known = np.empty(len(values), np.int64)
            for index in order:
                row = missed[first[index]]
                text = data[int(start[row]) : int(start[row] + length[row])]
                known[index] = self._learn(int(values[index]), [word[row] for word in words], text)
            codes[missed] = known[inverse]
        for index, word in enumerate(words):
            if (self._words[codes, index] != word).any():
                raise _NotCanonicalError  # two ids with one hash
        return codes

    def _hash_of(self, codes: Ints) -> NDArray[np.uint64]:
        return self._hashes[codes] if len(self._hashes) else np.zeros(len(codes), np.uint64)

    def _learn(self, mixed: int, words: list[Any], text: bytes) -> int:
        if mixed in self._by_hash:
            return self._by_hash[mixed]
        code = self.number(text.decode())
        self._by_hash[mixed] = code
        grow = len(self.codes) - len(self._hashes)
        if grow > 0:
            self._hashes = np.concatenate([self._hashes, np.zeros(grow, np.uint64)])
            self._words = np.concatenate([self._words, np.zeros((grow, self._words.shape[1]), np.uint64)])
        self._hashes[code] = mixed
        self._words[code, : len(words)] = words
        self._slots[mixed >> (64 - _SLOT_BITS)] = code
        return code


def read_test_set(entries: TestSetEntries) -> tuple[Columns, Columns]:
    """Read the predicted and the ground-truth concepts of every entry.

    Returns
    -------
    predicted, truth
        Exactly what :func:`read_columns` gives for each field, but for the order of the ids.
    """
    ids = _Ids()
    parts: tuple[list[Columns], list[Columns]] = ([], [])
    for start in range(0, len(entries), _BLOCK):
        block = entries[start : start + _BLOCK]
        try:
            pair = _read_block(block, ids) if len(block) > _FEW else _read_plainly(block, ids)
        except _NotCanonicalError:
            pair = _read_plainly(block, ids)
        for found, one in zip(parts, pair, strict=True):
            one.entry += start
            found.append(one)
    names = list(ids.codes)
    return _joined(parts[0], names), _joined(parts[1], names)


def _joined(parts: list[Columns], names: list[str]) -> Columns:
    """Put blocks together, keeping only the ids this field uses."""
    if not parts:
        return Columns()
    code = np.concatenate([part.code for part in parts])
    used = np.zeros(len(names), bool)
    used[code] = True
    renumbered = np.cumsum(used) - 1
    return Columns(
        [name for name, kept in zip(names, used, strict=True) if kept],
        np.concatenate([part.entry for part in parts]),
        code if used.all() else renumbered[code],
        np.concatenate([part.value for part in parts]),
    )


def _read_plainly(block: TestSetEntries, ids: _Ids) -> tuple[Columns, Columns]:
    pair = read_columns(block, "predicted_concepts"), read_columns(block, "ground_truth_concepts")
    for one in pair:
        number = np.array([ids.number(name) for name in one.ids], np.int64)
        one.code = number[one.code] if len(one.code) else one.code
    return pair


def _read_block(block: TestSetEntries, ids: _Ids) -> tuple[Columns, Columns]:
    raw = [entry.SerializeToString() for entry in block]
    data = b"".join([*raw, bytes(_PAD)])
    stops = np.cumsum(np.fromiter(map(len, raw), np.int64, len(raw)))
    starts = np.concatenate([[0], stops[:-1]])
    tags, begins, ends = _walk(np.frombuffer(data, np.uint8), starts, stops)
    return tuple(_read_concepts(data, tags == tag, begins, ends, ids) for tag in (_PREDICTED, _TRUTH))  # type: ignore[return-value]


def _walk(data: NDArray[np.uint8], at: Ints, stops: Ints) -> tuple[NDArray[np.uint8], Ints, Ints]:
    """Step through the fields of all entries at once.

    Returns
    -------
    tags, begins, ends
        (entries, fields): each field's tag (0 beyond the last) and where its content lies.
    """
    tags, begins, ends = [], [], []
    while True:
        going = at < stops
        if not going.any():
            break
        tag = np.where(going, data[np.minimum(at, len(data) - _PAD)], 0)
        if (going & ((tag & 7) != 2) | (tag >= _SHORT)).any():
            raise _NotCanonicalError
        begin, size = _length(data, np.where(going, at + 1, len(data) - _PAD))
        at = np.where(going, begin + size, at)
        tags.append(tag)
        begins.append(begin)
        ends.append(at)
    if not tags:
        none = np.empty((len(at), 0), np.int64)
        return none.astype(np.uint8), none, none
    return np.stack(tags, axis=1), np.stack(begins, axis=1), np.stack(ends, axis=1)


def _length(data: NDArray[np.uint8], at: Ints) -> tuple[Ints, Ints]:
    """Decode the variable-length sizes at some places; return where the content begins, and its size."""
    byte = data[at].astype(np.int64)
    size, at = byte & 0x7F, at + 1
    for shift in (7, 14, 21, 28):
        more = np.flatnonzero(byte >= _SHORT)
        if not len(more):
            break
        byte[:] = np.where(byte >= _SHORT, data[at], 0)
        size[more] |= (byte[more] & 0x7F) << shift
        at[more] += 1
    return at, size


def _read_concepts(data: bytes, chosen: NDArray[np.bool_], begins: Ints, ends: Ints, ids: _Ids) -> Columns:
    """Read the id and the value of every chosen concept message."""
    view = np.frombuffer(data, np.uint8)
    at, stop = begins[chosen], ends[chosen]
    entry = np.repeat(np.arange(len(chosen)), chosen.sum(axis=1))
    if not len(at):
        return Columns([], entry, np.empty(0, np.int64), np.empty(0, np.float32))
    length = view[at + 1].astype(np.int64)
    if ((view[at] != _ID) | (length >= _SHORT) | (length == 0) | (at + 2 + length > stop)).any():
        raise _NotCanonicalError
    start = at + 2
    at = start + length
    tag = np.where(at < stop, view[at], 255)
    named = tag == _NAME
    size = view[at + 1].astype(np.int64)
    if (named & (size >= _SHORT)).any():
        raise _NotCanonicalError
    at = np.where(named, at + 2 + size, at)
    tag = np.where(at < stop, view[at], 255)
    if (tag < _VALUE).any():
        raise _NotCanonicalError
    bits = np.ndarray((len(data) - 3,), "<u4", buffer=data, strides=(1,))[at + 1]
    value = np.where(tag == _VALUE, bits, 0).astype(np.uint32).view(np.float32)
    code = ids.numbers(_words(data, start, length), start, length, data)
    return Columns([], entry, code, value)


def _words(data: bytes, start: Ints, length: Ints) -> list[NDArray[np.uint64]]:
    """Gather ids as words of eight bytes, zero beyond their end."""
    overlapping = np.ndarray((len(data) - 7,), "<u8", buffer=data, strides=(1,))
    return [
        overlapping[start + 8 * k] & _MASKS[np.clip(length - 8 * k, 0, 8)] for k in range(-(-int(length.max()) // 8))
    ]
