"""The coverage study and the benchmark of the intervals run; what they measure, the tests of uncertainty assert."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import counting_steps, coverage, coverage_bands, coverage_table, intervals

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


def test_every_section_of_the_coverage_study_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    coverage.main(["--scale", "0.005"])
    printed = capsys.readouterr().out
    for title in ("AUC interval, binormal", "Worst cell", "exact coverage", "ROC band", "Sweep band"):
        assert title in printed
    for title in (
        "Cross-validation of a recipe",
        "Inputs in groups",
        "Rates of inputs in groups",
        "Twenty looks",
        "five concepts",
        "Looking at each",
        "A part of the curve",
    ):
        assert title in printed


def test_the_benchmark_of_the_intervals_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    intervals.main(["--scale", "0.0005"])
    printed = capsys.readouterr().out
    for what in ("macro AUC, paired", "logit interval", "state encoded for the page", "np.sort of contiguous columns"):
        assert what in printed


def test_the_benchmark_of_the_steps_of_counting_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    counting_steps.main(["--scale", "0.0005", "--rounds", "1"])
    printed = capsys.readouterr().out
    for what in ("sort of the keys", "fresh memory", "from_scores and table"):
        assert what in printed


def test_an_unknown_section_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        coverage.main(["speed"])
    assert "unknown: speed" in capsys.readouterr().err


def tables_of(page: Path) -> dict[str, list[list[str]]]:
    """The rows of each table below a heading of its own, by the heading."""
    parts = page.read_text(encoding="utf-8").split("\n## ")[1:]
    lines = {part.partition("\n")[0]: [line for line in part.splitlines() if line[:1] == "|"][2:] for part in parts}
    return {name: [line.strip("| ").split(" | ") for line in rows] for name, rows in lines.items()}


def cells_of(page: Path) -> dict[tuple[str, ...], list[str]]:
    rows = [line.strip("| ").split(" | ") for line in page.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    known = {*coverage_table.FIGURES, *coverage_bands.BANDS}
    return {(figure, positives): cells for figure, positives, *cells in rows if figure in known and positives.isdigit()}


def test_the_page_of_coverage_is_what_the_study_writes_and_no_cell_is_below_92(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    coverage_table.main(["--scale", "0.01", "--write", str(tmp_path / "page.md")])
    printed, made, kept = capsys.readouterr().out, cells_of(tmp_path / "page.md"), cells_of(PAGE)
    assert "macro AP" in printed
    assert made.keys() == kept.keys()
    assert len(kept) == len((*coverage_table.FIGURES, *coverage_bands.BANDS)) * len(coverage_table.POSITIVES)
    for row, cells in kept.items():
        assert len(cells) == len(coverage.AUCS)
        assert all(cell == "few" or int(cell) >= 92 for cell in cells), row
        assert [cell == "few" for cell in cells] == [cell == "few" for cell in made[row]], row
    groups, looks = (kept := tables_of(PAGE))["Inputs in groups"], kept["Looks before the end"]
    written = tables_of(tmp_path / "page.md")
    assert [row[:3] for row in groups] == [row[:3] for row in written["Inputs in groups"]]
    assert [row[:2] for row in looks] == [row[:2] for row in written["Looks before the end"]]
    folds, tops = kept["Recipes under cross-validation"], kept["Precision among the k highest"]
    assert [row[:2] for row in folds] == [row[:2] for row in written["Recipes under cross-validation"]]
    assert [row[:2] for row in tops] == [row[:2] for row in written["Precision among the k highest"]]
    chosen = kept["Chosen thresholds"]
    assert [row[:2] for row in chosen] == [row[:2] for row in written["Chosen thresholds"]]
    for row in chosen:
        assert all(cell == "few" or int(cell) >= 92 for cell in row[2:]), row
    for row in folds:
        assert int(row[5]) >= 92, row
        assert float(row[8]) <= 5, row
    for row in tops:
        assert all(int(cell) >= 93 for cell in f"{row[3]} {row[5]}".split()), row
    for row in groups:
        assert all(int(cell) >= 92 for cell in row[-1].split()), row
    for row in looks:
        assert int(row[3]) >= 95, row
        assert float(row[5]) <= 5, row
