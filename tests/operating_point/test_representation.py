"""What a chosen threshold prints: one line, and a small table in a notebook."""

from dataclasses import replace

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.operating_point import InfeasibleError, guarantee, stability


def evaluation():
    rows = np.arange(200)
    labels = rows % 4 == 0
    scores = ((rows * 37) % 101 / 101 + labels * 0.6) / 1.6
    return Evaluation.from_scores(labels, scores, concepts=["a<b"])


def test_a_point_prints_one_line_with_what_it_does_and_what_to_bear_in_mind():
    point = evaluation().operating_point("a<b", maximize="f1")
    assert repr(point).startswith(f"OperatingPoint(threshold {point.threshold!r}: highest F1 {point.value:.3f} [")
    moves = f"[{point.threshold_interval.low:.4g}, {point.threshold_interval.high:.4g}]"
    line = repr(point)
    assert "\n" not in line
    assert line.startswith(f"OperatingPoint(threshold {point.threshold!r} {moves}: highest F1 {point.value:.3f} [")
    assert f"tp {point.tp}, fp {point.fp}, fn {point.fn}, tn {point.tn}" in line
    assert "optimistic" in line
    assert "e-" not in line
    html = point._repr_html_()
    assert f"<td>{point.tp} / {point.fp}</td>" in html
    assert (
        "95 % intervals: Agresti-Coull (exact below 10); the threshold&#x27;s: smoothed bootstrap, positives and"
        in html
    )
    assert "percentiles; optimistic" in html
    assert f"<b>Threshold {point.threshold!r}</b>" in html


def test_to_print_many_points_draws_no_resample(monkeypatch):
    def fail(*_, **__):
        raise AssertionError("resampled")

    monkeypatch.setattr(stability, "redrawn", fail)
    monkeypatch.setattr(guarantee, "redrawn_one_by_one", fail)
    assert "highest F1" in repr(evaluation().operating_points(maximize="f1"))
    assert "highest precision" in repr(evaluation().operating_points(min_recall=0.8, guarantee=0.9))
    assert "highest F1" in repr(evaluation().cross_fitted_point("a<b", maximize="f1"))


def test_an_interval_too_narrow_for_four_digits_has_as_many_as_tell_its_ends_apart():
    again = stability.ChosenAgain(
        lambda: [stability.Drawn(np.array([0, 1]), np.array([0.999962, 0.999951, 0.99995]), "bootstrap")],
        "",
        0.999951,
    )
    point = replace(evaluation().operating_point("a<b", maximize="f1"), threshold=0.999951, chosen_again=again)
    assert "<b>Threshold 0.999951</b> [0.99995, 0.999962]" in point._repr_html_()


def test_what_is_refused_never_looks_like_what_was_asked():
    labels = np.arange(60_000) < 20_000
    scores = np.where(np.arange(60_000) < 17_999, 0.1234567891, 0.05)
    scores[-1] = 0.9
    e = Evaluation.from_scores(labels, scores, concepts=["a"])
    most = r"the highest recall under the other bounds is 0\.8999, at threshold 0\.1234567891"  # of 17,999 in 20,000
    with pytest.raises(InfeasibleError, match=most):
        e.operating_point("a", min_recall=0.9, min_precision=0.99, maximize="f1")
    with pytest.raises(
        InfeasibleError,
        match=r"recall ≥ 0\.8999999 with .* nearest to recall ≥ 0\.8999999 is threshold 0\.05 with 1 here",
    ):
        e.operating_point("a", min_recall=0.8999999, min_precision=0.9, maximize="f1", guarantee=0.95)
    with pytest.raises(ValueError, match=r"The threshold 1\.0000015 lies outside"):
        e.table(1.0000015)


def test_a_guarantee_and_an_undefined_rate_are_said():
    point = evaluation().operating_point("a<b", min_recall=0.8, guarantee=0.9)
    assert repr(point).startswith("GuaranteedPoint(threshold")
    never = Evaluation.from_scores([True, False, False], [0.1, 0.9, 0.8], concepts=["a"])
    nothing = never.operating_point("a", fp_cost=5, fn_cost=1)
    assert "precision undefined" in repr(nothing)
    assert "threshold inf" in repr(nothing)


def test_an_honest_estimate_prints_what_it_is_beside_what_it_seemed():
    fitted = evaluation().cross_fitted_point("a<b", maximize="f1")
    moved = fitted.chosen.threshold_interval
    assert repr(fitted) == (
        f"CrossFitted(highest F1 {fitted.value:.3f} ± {fitted.std:.3f} on 5 folds left out, "
        f"{fitted.apparent:.3f} where it was chosen; threshold {fitted.chosen.threshold!r} [{moved.low:.4g}, {moved.high:.4g}])"
    )


def test_a_drawing_shows_its_title_and_where_the_numbers_are_from():
    shown = evaluation().plot_roc()
    assert repr(shown) == "Display('ROC curve')"
    assert "<b>ROC curve</b>: " in shown._repr_html_()
    assert "200 inputs" in shown._repr_html_()
