"""The benchmark of the numbers runs; how fast, no test asserts."""

from __future__ import annotations

import pytest

from tests.benchmarks import growth_by_fold, intervals, many_concepts, thinning
from tests.benchmarks import metrics as benchmark


def test_every_section_of_the_benchmark_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.main(["--scale", "0.0005"])
    printed = capsys.readouterr().out
    for title in ("Exact curves", "Peak memory", "Growth", "Counts at 1,001 thresholds", "ROC bands", "DeLong, n"):
        assert title in printed
    assert "nan" not in printed


def test_an_unknown_section_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        benchmark.main(["speed"])
    assert "unknown: speed" in capsys.readouterr().err


def test_the_benchmark_of_growing_evaluations_tells_every_state(capsys: pytest.CaptureFixture[str]) -> None:
    growth_by_fold.main(["--inputs", "60", "--concepts", "3", "--runs", "1", "-k", "3"])
    printed = capsys.readouterr().out
    assert [f"| fold {fold} " in printed for fold in (1, 2, 3, 4)] == [True, True, True, False]


def test_the_benchmark_of_intervals_tells_every_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    intervals.main(["--scale", "0.002", "--rounds", "1"])
    rows = [line for line in capsys.readouterr().out.splitlines() if "×" in line][1:]
    assert len(rows) == 24
    assert sum("scikit-learn" in row for row in rows) == 2
    assert sum("- of it" in row for row in rows) == 6
    assert [row.split("|")[5].strip() for row in rows if "counting" in row] == ["1.00", "1.00"]


def test_the_benchmark_of_thinning_tells_the_error_of_each_way(capsys: pytest.CaptureFixture[str]) -> None:
    thinning.main(["--scale", "0.02"])
    cells = [[cell.strip() for cell in line.split("|")] for line in capsys.readouterr().out.splitlines()]
    ours, by_row, at_stops, by_rank = (
        row for row in cells if len(row) > 5 and row[1].startswith(("by error", "evenly", "the 0.01 grid, "))
    )
    assert ours[3] == ours[4] != by_row[4]
    assert float(ours[5]) <= 0.002 < float(by_row[5])
    assert float(at_stops[5]) <= 0.0101 < float(by_rank[5])


def test_the_benchmark_of_many_concepts_tells_what_each_costs(capsys: pytest.CaptureFixture[str]) -> None:
    many_concepts.main(["--concepts", "5", "--inputs", "60"])
    printed = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("|")] for line in printed.splitlines() if line.startswith("| ")][1:]
    assert [row[1] for row in rows] == [what for what, *_ in many_concepts.WHAT]
    assert all(float(row[2]) >= 0 for row in rows)
    assert "ours.html" in printed
