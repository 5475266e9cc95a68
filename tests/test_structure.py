"""The house stands: arrows between rooms point one way, no file is part of a circle, no room is overcrowded.

``python -m tests.test_structure`` prints the tree: every file of both sides with what it holds, its lines, and the rooms
it imports. The site has the same (``docs/conf.py``).
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "clarifai_eval_widget"
PAGE = ROOT / "js" / "src"
KNOWS: dict[str, set[str]] = {
    "errors": {"words"},
    "lazy": set(),
    "words": set(),
    "own_metrics": set(),
    "terms": set(),
    "metrics": set(),
    "uncertainty": {"metrics"},
    "operating_point": {"errors", "words", "metrics", "uncertainty"},
    "evaluation": {"errors", "lazy", "words", "terms", "own_metrics", "metrics", "uncertainty", "operating_point"},
    "figures": {"errors", "words", "metrics", "uncertainty", "evaluation"},
    "client": {"errors", "words", "terms", "own_metrics", "evaluation"},
    "local": {"errors", "lazy", "words", "own_metrics", "metrics", "client"},
    "widget": {
        "errors",
        "lazy",
        "words",
        "terms",
        "metrics",
        "uncertainty",
        "evaluation",
        "figures",
        "client",
        "local",
    },
    "cli": {"", "errors", "words", "client", "evaluation", "local", "widget"},
}
"""Which rooms each room may import; "" is the package's own ``__init__``, which hands names on and may import all."""
# One arrow upward is not seen here: evaluation/plots.py loads clarifai_eval_widget.figures by its name at the first plot,
# so that an Evaluation can draw itself although figures know evaluations.
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
        if room(name) and room(other) != room(name) and room(other) not in KNOWS[room(name)]
    ]
    assert upward == []


def test_no_modules_import_each_other_in_a_circle():
    assert circles() == []


def test_no_file_is_longer_than_a_person_reads_at_once():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def held_by(path: Path) -> str:
    """What a file says in its first sentence that it holds."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        said = ast.get_docstring(ast.parse(text)) or ""
    else:
        comment = re.match(r"\s*/\*\*(.*?)\*/", text, re.DOTALL)
        said = re.sub(r"\n \* ?", "\n", comment[1]) if comment else ""
    return " ".join(said.strip().split("\n\n")[0].split())


def tree() -> dict[str, list[tuple[str, str, int, str]]]:
    """By room of either side: each file's path, what it holds, its lines, and the rooms it imports."""
    rooms: dict[str, list[tuple[str, str, int, str]]] = {}
    pages = sorted(path for path in PAGE.rglob("*.ts*") if not path.name.endswith(".d.ts"))
    for path in (*MODULES.values(), *pages):
        place = path.relative_to(ROOT)
        name = module_name(path)
        known = sorted({room(other) for other in GRAPH.get(name, ())} - {room(name), ""})
        length = len(path.read_text(encoding="utf-8").splitlines())
        rooms.setdefault(place.parent.as_posix(), []).append((place.name, held_by(path), length, " ".join(known)))
    return rooms


def test_every_file_says_in_a_sentence_what_it_holds():
    files = [(f"{folder}/{name}", held) for folder, files in tree().items() for name, held, _, _ in files]
    assert len(files) > len(MODULES)
    assert [path for path, held in files if not 5 < len(held) < 250] == []


def test_the_map_of_the_house_names_every_room():
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## How the two sides meet")[0]
    homes = {
        path.name for path in PACKAGE.iterdir() if path.name not in ("static", "py.typed") and path.suffix != ".pyi"
    }
    homes = {f"{name}/" if (PACKAGE / name).is_dir() else name for name in homes if not name.startswith("__")}
    assert [name for name in sorted(homes) if f"`{name}`" not in table] == []
    pages = {path.name for path in PAGE.iterdir() if path.is_dir()}
    order = re.findall(r"`((?:\w+/ → )+\w+/)`", table)
    assert [{one.strip("/ ") for one in rooms.split("→")} for rooms in order] == [pages]


if __name__ == "__main__":
    for folder, files in tree().items():
        print(f"\n{folder}/")
        for file, held, length, known in files:
            print(f"  {file:26} {length:4}  {held}" + (f"  [{known}]" if known else ""))
