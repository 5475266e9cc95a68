"""Writes ``js/src/wire/contract.generated.ts``, and the widget's traits, so that the contract is defined once.

    python -m tests.widget.contract            # write
    python -m tests.widget.contract --check    # exit 1 if what is there differs

The types are those of ``rows.py``, ``answers.py``, ``contract.py`` and ``heads.py`` in ``clarifai_eval_widget/widget/wire/``, and of
every panel; strings below a field or a class become doc comments. ``contract_traits.py`` beside this writes the traits.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from clarifai_eval_widget.evaluation.outcomes import BEHIND
from clarifai_eval_widget.widget.wire import answers, contract, heads, rows
from clarifai_eval_widget.widget.workbench.caption import BASE
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget import contract_traits
from tests.widget.contract_traits import documented

TARGET = Path(__file__).parents[2] / "js" / "src" / "wire" / "contract.generated.ts"
_MODULES = (rows, answers, contract, heads)
_HEAD = "/** Generated from Python by `python -m tests.widget.contract`: change the types there. */\n"
_PLAIN: dict[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    bytes: "DataView | ArrayBuffer | Uint8Array | null",
    Any: "unknown",
    type(None): "null",
}
_ARRAYS = {"f8": "Float64Array", "f4": "Float32Array", "u4": "Uint32Array"}


def typescript(hint: Any) -> str:
    """Write a Python type in TypeScript."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return typescript(arguments[0])
    if hint in _PLAIN or is_typeddict(hint):
        return _PLAIN.get(hint) or str(hint.__name__)
    if origin is Literal:
        return " | ".join(str(one).lower() if isinstance(one, bool) else f'"{one}"' for one in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join(map(typescript, arguments))
    if origin is list:
        inner = typescript(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<string, {typescript(arguments[1])}>"
    raise TypeError(f"{hint} has no counterpart in TypeScript here.")


def interface(kind: type) -> str:
    """Write a TypedDict as an interface."""
    notes, lines = documented(kind), []
    hints = get_type_hints(kind, include_extras=True)
    parents = [base for base in kind.__dict__.get("__orig_bases__", ()) if is_typeddict(base)]
    inherited = {name for base in parents for name in base.__annotations__}
    for name, hint in hints.items():
        if name in inherited:
            continue
        optional = get_origin(hint) is NotRequired
        plain = get_args(hint)[0] if optional else hint
        if name in notes:
            lines.append(f"  /** {notes[name].replace('``', '`')} */")
        lines.append(f"  {name}{'?' if optional else ''}: {typescript(plain)};")
    extends = f" extends {', '.join(base.__name__ for base in parents)}" if parents else ""
    head = f"/** {' '.join((kind.__doc__ or '').split()).replace('``', '`')} */\n"
    if not lines and not parents:
        return f"{head}export type {kind.__name__} = Record<string, never>;\n"
    return f"{head}export interface {kind.__name__}{extends} {{\n" + "\n".join(lines) + "\n}\n"


def aliases() -> list[str]:
    """Write the named unions, and the protocol's number."""
    written = [f"export const PROTOCOL = {contract.PROTOCOL};\n"]
    for module in _MODULES:
        for name, hint in get_type_hints(module).items():
            if hint is TypeAlias:
                written.append(f"export type {name} = {typescript(getattr(module, name))};\n")
    return written


def defaults() -> str:
    """Write what stands in for each trait."""
    words = {"None": "null", "b''": "null", "True": "true", "False": "false", "0.0": "0"}
    lines = [
        f"  {name}: " + (f'"{value}"' if isinstance(value, str) else words.get(repr(value), repr(value))) + ","
        for name, value in contract_traits.defaults().items()
    ]
    note = "/** What stands in for each trait until Python sets it. */\n"
    return f"{note}export const EMPTY_STATE: State = {{\n" + "\n".join(lines) + "\n};\n"


def layout(arrays: dict[str, str]) -> str:
    """Write arrays and their types as a value."""
    inner = ", ".join(f'{name}: "{kind}"' for name, kind in arrays.items())
    return f"{{ {inner} }}" if inner else "{}"


def panels() -> list[str]:
    """Write each panel's head, parameters and arrays."""
    seen: dict[str, str] = {}
    sections, layouts = [], []
    for panel in (BASE, *all_panels().values()):
        for kind in (panel.head, panel.params, panel.look):
            if kind.__module__ not in {module.__name__ for module in _MODULES}:
                seen.setdefault(kind.__name__, interface(kind))
        arrays = [f"{name}: {_ARRAYS[kind]}" for name, kind in panel.arrays.items()]
        arrays += [f"{name}?: {_ARRAYS[kind]}" for name, kind in panel.optional_arrays.items()]
        shape = f"{{ {'; '.join(arrays)} }}" if arrays else "Record<string, never>"
        sections.append(
            f"  {panel.name}: {{ head: {panel.head.__name__}; params: {panel.params.__name__}; "
            f"look: {panel.look.__name__}; arrays: {shape} }};"
        )
        needed, optional = layout(dict(panel.arrays)), layout(dict(panel.optional_arrays))
        travels = str(panel.travels).lower()
        selects = str(getattr(panel, "select", None) is not None).lower()
        taken = getattr(panel, "taken", None)
        forms = ", ".join(f'"{form}"' for form in (taken.forms if taken else ()))
        layouts.append(
            f"  {panel.name}: {{ travels: {travels}, selects: {selects}, arrays: {needed}, optional: {optional}, "
            f"forms: [{forms}] }},"
        )
    types_ = "/** By panel: its section's head and arrays, and the parameters it is asked for with. */\n"
    types_ += "export interface PanelPayloads {\n" + "\n".join(sections) + "\n}\n"
    values = (
        "/** Which panels' sections travel with the results, which show inputs that Python then sees as `selection`, "
        "their arrays, and the forms to take them away in. */\n"
    )
    values += "export const PANELS = {\n" + "\n".join(layouts) + "\n} as const;\n"
    return [*seen.values(), types_, values]


def behind() -> str:
    """Write which inputs stand behind each figure."""
    lines = [f'  {figure}: "{outcome}",' for figure, outcome in BEHIND.items()]
    note = "/** The outcome that leads to the inputs behind each figure of a concept. */\n"
    return f"{note}export const BEHIND = {{\n" + "\n".join(lines) + "\n} as const;\n"


def source() -> str:
    """Write the whole file."""
    own = [
        kind
        for module in _MODULES
        for kind in vars(module).values()
        if is_typeddict(kind) and kind.__module__ == module.__name__
    ]
    return "\n".join([_HEAD, *aliases(), *map(interface, own), defaults(), behind(), *panels()])


def main() -> int:
    """Write or check the files."""
    made = {TARGET: source(), contract_traits.TARGET: contract_traits.source()}
    if "--check" in sys.argv:
        same = all(file.is_file() and file.read_text(encoding="utf-8") == text for file, text in made.items())
        return 0 if same else 1
    for file, text in made.items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
