"""Damage as a wire, a proxy or a page does it: to bytes, to protobuf messages and to JSON. The same for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.message import DecodeError

if TYPE_CHECKING:
    import random

NUMBERS = [0, 1, -1, 2**31 - 1, -(2**31), 2**63 - 1, 1e308, -0.0, 0.5, 1.0000038, 3]
FLOATS = [*NUMBERS, float("nan"), float("inf"), float("-inf")]
TEXTS = [
    "",
    "x",
    "a/b",
    "../..",
    "<script>alert(1)</script>",
    "=1+1",
    "\u202e",
    "\x00",
    "é—ü",
    "y" * 5000,
    "None",
    "1e999",
]
VALUES = [*FLOATS, *TEXTS, "\ud800", None, True, False, [], {}, [[]], {"a": {"b": []}}, [None] * 40, 10**40]


def damaged_bytes(data: bytes, rng: random.Random) -> bytes:
    """Some bytes turned, cut out, doubled or added."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        kind = rng.randrange(4)
        if kind == 0 and at < len(out):
            out[at] = rng.randrange(256)
        elif kind == 1:
            del out[at : at + rng.randint(1, 20)]
        elif kind == 2:
            out[at:at] = out[at : at + rng.randint(1, 40)]
        else:
            out[at:at] = rng.randbytes(rng.randint(1, 4))
    return bytes(out)


def _odd(field, rng):
    if field.cpp_type in (Field.CPPTYPE_FLOAT, Field.CPPTYPE_DOUBLE):
        return rng.choice(FLOATS)
    if field.cpp_type == Field.CPPTYPE_STRING:
        return rng.choice(TEXTS) if field.type == Field.TYPE_STRING else b"\xff\x00"
    if field.cpp_type == Field.CPPTYPE_BOOL:
        return rng.random() < 0.5
    if field.cpp_type == Field.CPPTYPE_ENUM:
        return rng.choice([one.number for one in field.enum_type.values])
    unsigned = field.cpp_type in (Field.CPPTYPE_UINT32, Field.CPPTYPE_UINT64)
    bits = 32 if field.cpp_type in (Field.CPPTYPE_INT32, Field.CPPTYPE_UINT32) else 64
    return rng.choice(
        [0, 1, 100, 21300, 2**bits - 1] if unsigned else [0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1))]
    )


def _places(message):
    """Every message in a message, itself included."""
    yield message
    for field, value in message.ListFields():
        if field.cpp_type != Field.CPPTYPE_MESSAGE:
            continue
        is_map = field.message_type.GetOptions().map_entry
        if is_map:
            inner = [value[key] for key in value] if field.message_type.fields_by_name["value"].message_type else []
        else:
            inner = list(value) if field.is_repeated else [value]
        for one in inner:
            yield from _places(one)


def _damage_field(message, rng):
    field = rng.choice(message.DESCRIPTOR.fields)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        message.ClearField(field.name)
    elif field.cpp_type == Field.CPPTYPE_MESSAGE:
        if rng.random() < 0.5:
            message.ClearField(field.name)
        elif field.is_repeated:
            held = getattr(message, field.name)
            held.extend([held[0]] * rng.randint(1, 3) if len(held) else [held.add()])
        else:
            getattr(message, field.name).SetInParent()
    elif field.is_repeated:
        held = getattr(message, field.name)
        if len(held) and rng.random() < 0.5:
            held[rng.randrange(len(held))] = _odd(field, rng)
        elif len(held) and rng.random() < 0.5:
            del held[rng.randrange(len(held)) :]
        else:
            held.append(_odd(field, rng))
    else:
        setattr(message, field.name, _odd(field, rng))


def damaged_message(message, rng: random.Random):
    """Another message of the same type, that may still be read: some fields changed, or its bytes damaged."""
    while True:
        copy = type(message)()
        copy.CopyFrom(message)
        if rng.random() < 0.7:
            for _ in range(rng.randint(1, 3)):
                _damage_field(rng.choice(list(_places(copy))), rng)
            return copy
        try:
            return type(message).FromString(damaged_bytes(message.SerializeToString(), rng))
        except DecodeError:  # gRPC itself would refuse it
            continue


def damaged_json(value, rng: random.Random, depth: int = 0):
    """Another value, mostly alike: parts replaced, left out, doubled or renamed."""
    if rng.random() < (0.08 if depth else 0.02):
        return rng.choice(VALUES)
    if isinstance(value, dict):
        out = {}
        for key, one in value.items():
            if rng.random() < 0.06:
                continue
            name = rng.choice([*TEXTS, "id", "action", "run"]) if rng.random() < 0.04 else key
            out[name] = damaged_json(one, rng, depth + 1)
        return out
    if isinstance(value, list):
        out = [damaged_json(one, rng, depth + 1) for one in value if rng.random() > 0.05]
        return out * 2 if rng.random() < 0.05 else out
    return value
