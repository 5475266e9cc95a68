"""Whether something that came from outside has the shape of a type of the contract."""

from __future__ import annotations

import functools
import json
import math
import types
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

__all__ = ["can_be_sent", "mismatch"]

_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false", bytes: "bytes"}


def can_be_sent(value: object) -> bool:
    """Whether text, or what has text in it, can go to a page or server; half a surrogate pair only comes from one."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def mismatch(value: object, hint: Any, where: str = "") -> str:
    """Say where a value is not of a type: a TypedDict, Literal, union, list, dict or plain type.

    Parameters
    ----------
    value
        What came, of any kind.
    hint
        The type it should have.
    where
        What the value is called in the answer.

    Returns
    -------
    str
        For instance ``threshold is not a number``; empty when it fits. Keys that the type does not name are ignored.
    """
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if hint is Any:
        return ""
    if is_typeddict(hint):
        return _in_typed_dict(value, hint, where)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return "" if any(not mismatch(value, one) for one in arguments) else _not(where, "what it should be")
    if origin is Literal:
        fits = any(type(value) is type(one) and value == one for one in arguments)
        return "" if fits else _not(where, " or ".join(map(repr, arguments)))
    if origin in (list, dict):
        return _in_container(value, origin, arguments, where)
    return "" if _is_plain(value, hint) else _not(where, _NAMES.get(hint, "null"))


def _is_plain(value: object, kind: type) -> bool:
    if kind is float:
        # NaN and infinity are no JSON: they cannot be answered, either
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)


def _in_typed_dict(value: object, kind: type, where: str) -> str:
    if not isinstance(value, dict):
        return _not(where, "an object")
    for name, hint in _hints(kind).items():
        optional = get_origin(hint) is NotRequired or name in getattr(kind, "__optional_keys__", ())
        below = f"{where}.{name}" if where else name
        if name not in value:
            if not optional:
                return f"{below} is missing"
        elif said := mismatch(value[name], get_args(hint)[0] if get_origin(hint) is NotRequired else hint, below):
            return said
    return ""


def _in_container(value: object, kind: type, arguments: tuple[Any, ...], where: str) -> str:
    if not isinstance(value, kind):
        return _not(where, "a list" if kind is list else "an object")
    if isinstance(value, dict):
        key_kind, kind_below = arguments
        if any(not isinstance(key, key_kind) for key in value):
            return _not(where, "an object with text for keys")
        members = [(f"{where}.{key}", one) for key, one in value.items()]
    else:
        kind_below = arguments[0]
        members = [(f"{where}[{index}]", one) for index, one in enumerate(value)]  # type: ignore[arg-type, var-annotated]
    return next((said for below, one in members if (said := mismatch(one, kind_below, below))), "")


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _not(where: str, what: str) -> str:
    return f"{where or 'it'} is not {what}"
