"""The steps of each precision–recall curve enclose the average precision, and those of the average their mean."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from clarifai_eval_widget import Evaluation, metrics
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget import golden


def encoded(evaluation):
    section = all_panels()["precision_recall"].encode(evaluation, {})
    return SimpleNamespace(**section.head, **section.arrays)


def area(recall, precision):
    """Under steps whose height holds from the recall before; where nothing is predicted there is no step."""
    wide = np.diff(recall, prepend=0.0)
    return float((wide[wide > 0] * precision[wide > 0]).sum())


def scores(rows, concepts, seed=5):
    rng = np.random.default_rng(seed)
    labels = rng.random((rows, concepts)) < np.linspace(0.02, 0.4, concepts)
    return labels, np.clip(rng.normal(0.4, 0.2, labels.shape) + 0.2 * labels, 0, 1).astype(np.float32)


@pytest.mark.parametrize(("rows", "concepts", "within"), [(300, 3, 1e-12), (60_000, 4, 0.001)])
def test_the_area_of_every_concepts_steps_is_its_average_precision(rows, concepts, within):
    labels, values = scores(rows, concepts)
    evaluation = Evaluation.from_scores(labels, values)
    made = encoded(evaluation)
    for k, concept in enumerate(evaluation.concepts):
        row = slice(*made.offsets[k : k + 2])
        tps, fps = made.tps[row].astype(float), made.fps[row]
        with np.errstate(invalid="ignore"):
            drawn = area(tps / labels[:, k].sum(), tps / (tps + fps))
        expected = average_precision_score(labels[:, k], values[:, k])
        assert drawn == pytest.approx(expected, abs=within), concept
        assert made.average_precision[k] == pytest.approx(expected, abs=1e-12)
    assert len(made.tps) <= 50_000


@pytest.mark.parametrize("most", [2000, 7])
def test_the_average_curve_encloses_the_mean_of_the_average_precisions(most):
    labels, values = scores(2000, 5)
    counts = metrics.counts_by_concept(labels, values)
    recall, precision = metrics.macro_precision_recall(counts, most)
    assert (recall[0], recall[-1]) == (0, 1)
    assert (np.diff(recall) >= 0).all()
    assert len(recall) <= most + 1
    expected = average_precision_score(labels, values, average="macro")
    assert area(recall, precision) == pytest.approx(expected, abs=1e-12)


def test_the_average_curve_is_the_mean_of_the_curves_at_every_recall():
    labels, values = scores(400, 3)
    counts = metrics.counts_by_concept(labels, values)
    recall, precision = metrics.macro_precision_recall(counts, 10_000)
    middles = (recall[1:-1] + recall[2:]) / 2
    heights = []
    for c in counts:
        steps, own = metrics.precision_recall_curve(c)[1], metrics.precision_recall_curve(c)[0]
        heights.append(own[np.searchsorted(steps, middles)])
    assert precision[2:] == pytest.approx(np.mean(heights, axis=0), abs=1e-12)


def test_a_concept_without_positives_has_no_curve_and_says_why_and_the_average_leaves_it_out():
    made = encoded(golden.never_positive())
    assert made.average_precision[1] is None
    assert made.reasons == ["", "no positives"]
    assert made.offsets[1] == made.offsets[2]
    assert (made.macro, made.averaged, made.macro_reason) == (made.average_precision[0], 1, "")


@pytest.mark.parametrize("evaluation", [golden.no_inputs(), golden.no_concepts()])
def test_without_positives_anywhere_there_is_no_average_and_it_says_so(evaluation):
    made = encoded(evaluation)
    assert (made.macro, made.averaged, len(made.macro_recall)) == (None, 0, 0)
    assert made.macro_reason


def test_rates_are_drawn_as_sent_and_without_an_average():
    evaluation = golden.platform_rates()
    made = encoded(evaluation)
    for k, concept in enumerate(evaluation.concepts):
        row = slice(*made.offsets[k : k + 2])
        recall, precision = evaluation.numbers.precision_recall_outline(concept)
        assert np.array_equal(made.recall[row], recall)
        assert np.array_equal(made.precision[row], precision, equal_nan=True)
    assert made.average_precision == [None] * len(evaluation.concepts), "the platform sent none"
    assert made.reasons == ["not sent"] * len(evaluation.concepts)
    assert "101 thresholds" in made.macro_reason
    assert encoded(golden.odd_rates()).reasons == ["not sent", "not sent"]
