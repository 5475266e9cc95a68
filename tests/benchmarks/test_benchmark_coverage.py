"""The coverage study and the benchmark of the intervals run; what they measure, the tests of uncertainty assert."""

from __future__ import annotations

import pytest

from tests.benchmarks import coverage, intervals


def test_every_section_of_the_coverage_study_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    coverage.main(["--scale", "0.005"])
    printed = capsys.readouterr().out
    for title in ("AUC interval, binormal", "Worst cell", "exact coverage", "ROC band", "Sweep band"):
        assert title in printed
    for title in (
        "Cross-validation of a recipe",
        "Inputs in groups",
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


def test_an_unknown_section_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        coverage.main(["speed"])
    assert "unknown: speed" in capsys.readouterr().err
