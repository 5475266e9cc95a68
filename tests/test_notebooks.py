"""The tutorials are read before they are run: what checks them is not in their cells."""

import ast
import json
from pathlib import Path

import pytest

QUIET = ("w", "client.close()")
"""Last lines of cells that show the widget, or nothing."""
ON_THE_WAY = "on_progress=print"
"""Prints what is known of a run at each look: other lines each time."""
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_tutorial_prints_is_compared_when_it_runs_and_no_cell_says_so(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1)), "as run from top to bottom"
    assert not [cell for cell in cells if "NBVAL" in "".join(cell["source"])]
    printing = [cell for cell in cells if any(output["output_type"] == "stream" for output in cell["outputs"])]
    assert printing
    for cell in printing:
        checked = "nbval-check-output" in cell["metadata"].get("tags", [])
        assert checked is (ON_THE_WAY not in "".join(cell["source"])), "".join(cell["source"])


def shows(source: str) -> bool:
    """Say whether a cell leaves something to read: what it prints or draws, or the value of its last line."""
    tree = ast.parse(source)
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    last = tree.body[-1]
    if ON_THE_WAY in source:
        return True
    if called & {"print", "plt.subplots"} or not isinstance(last, ast.Expr):
        return bool(called & {"print", "plt.subplots"})
    return ast.unparse(last) not in QUIET and not ast.unparse(last).startswith("EvalWidget(")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_of_a_tutorial_ships_what_it_shows_but_for_the_widget_which_needs_its_kernel(path: Path) -> None:
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        source, kinds = "".join(cell["source"]), {kind for one in cell["outputs"] for kind in one.get("data", {})}
        assert bool(cell["outputs"]) is shows(source), source
        assert not [kind for kind in kinds if "widget" in kind]
        assert "cew-saved" not in json.dumps(cell["outputs"]), source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_who_reads_a_tutorial_without_running_it_sees_its_picture_and_hears_what_it_shows(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert pictures
    for output in pictures:
        alternative = output["metadata"]["image/png"]["alt"]
        assert len(alternative) > 40
        assert "".join(output["data"]["text/plain"]) == alternative
    assert not [output for output in outputs if "<Figure" in "".join(output.get("data", {}).get("text/plain", ""))]


def test_the_quickstart_is_one_screen_of_reading_before_the_first_calculate() -> None:
    cells = json.loads(NOTEBOOKS[0].read_text("utf-8"))["cells"]
    pressed = next(place for place, cell in enumerate(cells) if "Press **Calculate**" in "".join(cell["source"]))
    read = " ".join("".join(cell["source"]) for cell in cells[: pressed + 1])
    before = read.partition("Press **Calculate**")[0]
    assert len(before.split()) < 150
    assert len([cell for cell in cells[:pressed] if cell["cell_type"] == "code"]) == 1


def test_the_tutorial_on_the_platform_says_before_its_first_cell_that_it_was_not_run_there() -> None:
    cells = json.loads(next(path for path in NOTEBOOKS if path.stem == "07_platform").read_text("utf-8"))["cells"]
    assert "on the platform itself they were not run" in "".join(cells[0]["source"])
    assert "LocalServer" in "".join(cells[1]["source"])
