"""What a chosen threshold prints: one line, and a small table in a notebook."""

import numpy as np

from clarifai_eval_widget import Evaluation


def evaluation():
    rows = np.arange(200)
    labels = rows % 4 == 0
    scores = ((rows * 37) % 101 / 101 + labels * 0.6) / 1.6
    return Evaluation.from_scores(labels, scores, concepts=["a<b"])


def test_a_point_prints_one_line_with_what_it_does_and_what_to_bear_in_mind():
    point = evaluation().operating_point("a<b", maximize="f1")
    line = repr(point)
    assert "\n" not in line
    moves = f"[{point.threshold_interval.low:.4g}, {point.threshold_interval.high:.4g}]"
    assert line.startswith(f"OperatingPoint(threshold {point.threshold!r} {moves}: highest F1 {point.value:.3f} [")
    assert f"tp {point.tp}, fp {point.fp}, fn {point.fn}, tn {point.tn}" in line
    assert "optimistic" in line
    assert "e-" not in line
    html = point._repr_html_()
    assert f"<td>{point.tp} / {point.fp}</td>" in html
    assert "95 % intervals; the threshold&#x27;s: bootstrap, positives and negatives apart" in html
    assert "percentiles; optimistic" in html
    assert f"<b title='{point.threshold!r}'>Threshold {point.threshold:.4g}</b>" in html
    assert len(f"{point.threshold:.4g}") < len(repr(point.threshold))


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
