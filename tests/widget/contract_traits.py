"""Writes ``clarifai_eval_widget/widget/wire/traits.py`` from ``State`` of the contract; ``contract.py`` calls it."""

from __future__ import annotations

import ast
import builtins
import inspect
import itertools
import subprocess
import sys
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from clarifai_eval_widget.widget.wire import contract, heads

TARGET = Path(contract.__file__).parent / "traits.py"
_HEAD = '''"""The widget's traits. Generated from ``State`` by ``python -m tests.widget.contract``: change the types there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

import anywidget
import traitlets

if TYPE_CHECKING:
{imports}

__all__ = ["EMPTY_STATE", "FROM_PAGE", "Shared", "Traits"]

EMPTY_STATE: State = {{
{defaults}
}}
"""What stands in for each trait until Python sets it."""

FROM_PAGE = frozenset(
    {from_page}
)
"""Those that the page may set, too."""


def _synced(trait: Any) -> Any:
    return trait.tag(sync=True)


class Shared(Protocol):
    """What the page shares, by name and type: of a class of ipywidgets, which is untyped, mypy would believe any."""

{typed}


class Traits(anywidget.AnyWidget):
    """Every trait of the contract, by its name."""

{traits}
'''
_KINDS = {list: "List", dict: "Dict", str: "Unicode", bytes: "Bytes", bool: "Bool", int: "CInt", float: "CFloat"}


def documented(kind: type) -> dict[str, str]:
    """Read the strings that stand below the fields of a class."""
    found: dict[str, str] = {}
    for field, below in itertools.pairwise(_body(kind)):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[typing.cast("ast.Name", field.target).id] = " ".join(str(below.value.value).split())
    return found


def _body(kind: type) -> list[ast.stmt]:
    return typing.cast("ast.ClassDef", ast.parse(inspect.getsource(kind)).body[0]).body


def hints() -> dict[str, Any]:
    """Read the types of the traits, with what they are annotated with."""
    return get_type_hints(contract.State, include_extras=True)


def plain(hint: Any) -> Any:
    """Give a type without what it is annotated with."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def default(hint: Any) -> Any:
    """Make what stands in for a trait: its default, else None where that fits, else the empty value of its type."""
    for mark in hint.__metadata__ if get_origin(hint) is Annotated else ():
        if isinstance(mark, contract.Default):
            return mark.value
    return None if type(None) in get_args(plain(hint)) else (get_origin(plain(hint)) or plain(hint))()


def defaults() -> dict[str, Any]:
    """Make what stands in for each trait."""
    return {name: default(hint) for name, hint in hints().items()}


def annotations() -> dict[str, ast.expr]:
    """Read the types as they are written, without what they are annotated with."""
    found = {}
    for field in _body(contract.State):
        if isinstance(field, ast.AnnAssign):
            written = field.annotation
            while isinstance(written, ast.Subscript) and ast.unparse(written.value) in ("Annotated", "FromPage"):
                written = written.slice.elts[0] if isinstance(written.slice, ast.Tuple) else written.slice
            found[typing.cast("ast.Name", field.target).id] = written
    return found


def trait(hint: Any, note: str) -> str:
    """Write the trait of a type."""
    value, told = default(hint), f"help={note.replace('``', '`')!r}"
    if value is None:
        kind = "Unicode" if str in get_args(plain(hint)) else "Dict"
        return f"traitlets.{kind}(default_value=None, allow_none=True, {told})"
    if get_origin(plain(hint)) in (Union, types.UnionType):
        words = [word for one in get_args(plain(hint)) for word in get_args(one)]
        return f"traitlets.Enum({words!r}, {value!r}, {told})"
    of = get_origin(plain(hint)) or plain(hint)
    kind = _KINDS[dict if typing.is_typeddict(of) else of]
    return f"traitlets.{kind}({f'{value!r}, ' if value else ''}{told})"


def source() -> str:
    """Write the whole file."""
    written, notes = annotations(), documented(contract.State)
    names = {node.id for one in written.values() for node in ast.walk(one) if isinstance(node, ast.Name)}
    typed = {name: f"    {name}: {ast.unparse(one)}" for name, one in written.items()}
    homes = {
        name: contract if name in contract.__all__ else heads
        for name in sorted({"State", *names} - vars(builtins).keys())
    }
    text = _HEAD.format(
        imports="\n".join(
            f"    from {home.__name__} import {name}" for name, home in homes.items() if name != "Literal"
        ),
        defaults="\n".join(f"    {name!r}: {value!r}," for name, value in defaults().items()),
        from_page=sorted(name for name, hint in hints().items() if "from page" in getattr(hint, "__metadata__", ())),
        typed="\n".join(typed.values()),
        traits="\n".join(f"{typed[name]} = _synced({trait(hint, notes[name])})" for name, hint in hints().items()),
    )
    for command in (["check", "--select=I", "--fix", "-q"], ["format"]):
        whole = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(TARGET), "-"]
        text = subprocess.run(whole, input=text, capture_output=True, text=True, check=True).stdout
    return text
