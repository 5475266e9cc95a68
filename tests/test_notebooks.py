"""The tutorials are read before they are run: what checks them is not in their cells."""

import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_tutorial_prints_is_compared_when_it_runs_and_no_cell_says_so(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1)), "as run from top to bottom"
    assert not [cell for cell in cells if "NBVAL" in "".join(cell["source"])]
    printing = [cell for cell in cells if any(output["output_type"] == "stream" for output in cell["outputs"])]
    assert printing
    for cell in printing:
        assert "nbval-check-output" in cell["metadata"].get("tags", []), "".join(cell["source"])
