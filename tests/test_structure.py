"""The house stands: arrows between rooms point one way, no file is part of a circle, no room is overcrowded.

``python -m tests.test_structure`` prints every file with its lines and the rooms it imports.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "clarifai_eval_widget"
KNOWS: dict[str, set[str]] = {
    "errors": {"words"},
    "words": set(),
    "metrics": set(),
    "uncertainty": {"metrics"},
    "operating_point": {"errors", "metrics", "uncertainty"},
    "evaluation": {"errors", "words", "metrics", "uncertainty", "operating_point"},
    "figures": {"errors", "words", "metrics", "uncertainty", "evaluation"},
    "client": {"errors", "words", "evaluation"},
    "local": {"errors", "words", "metrics", "client"},
    "widget": {"errors", "words", "metrics", "uncertainty", "evaluation", "figures", "client", "local"},
    "cli": {"errors", "words", "client", "evaluation", "local", "widget"},
}
"""Which rooms each room may import; ``__init__`` of the package hands names on and may import all."""
LONGEST_FILE = 350


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(path: Path) -> set[str]:
    """The package's own modules that a file imports, anywhere in it; for types only, too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE.name):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith(PACKAGE.name)}
    return found


def behind(name: str) -> set[str]:
    """The modules an import really means: a package's door stands for what it hands on."""
    path = MODULES[name]
    return imports(path) if path.name == "__init__.py" else set()


def room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


GRAPH = {name: imports(path) - {name} for name, path in MODULES.items()}


def circles() -> list[str]:
    """The modules that are left when all that import nothing left, or that nothing left imports, are taken away."""
    left = set(GRAPH)
    while True:
        imported = {other for name in left for other in GRAPH[name]}
        gone = {name for name in left if not GRAPH[name] & left or name not in imported}
        if not gone:
            return sorted(left)
        left -= gone


def test_rooms_import_only_what_stands_below_them():
    upward = [
        f"{name} imports {other}"
        for name, others in GRAPH.items()
        for other in sorted(others)
        if room(name) and room(other) != room(name) and room(other) not in KNOWS[room(name)] and other != PACKAGE.name
    ]
    assert upward == []


def test_no_modules_import_each_other_in_a_circle():
    assert circles() == []


def test_no_file_is_longer_than_a_person_reads_at_once():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


if __name__ == "__main__":
    for module, path in MODULES.items():
        known = sorted({room(other) for other in GRAPH[module]} - {room(module), ""})
        print(f"{module:60} {len(path.read_text(encoding='utf-8').splitlines()):4}  {' '.join(known)}")
