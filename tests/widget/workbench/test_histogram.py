"""The histogram counts every score once, exactly, in bins that share no edge."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.errors import NotFoundError, RequirementsError
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget import golden


def histogram(evaluation, concept):
    section = all_panels()["histogram"].encode(evaluation, {"concept": concept})
    return SimpleNamespace(**section.head, **section.arrays)


def by_hand(scores, dtype):
    """Counts by comparing each score with each edge, in the scores' own type."""
    edges = (np.arange(41) / 40).astype(dtype)
    upper = [*edges[1:-1], np.inf]
    return [int(((scores >= low) & (scores < high)).sum()) for low, high in zip(edges[:-1], upper, strict=True)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400) | st.floats(0, 400)), min_size=1, max_size=60))
def test_positives_and_negatives_are_counted_apart_in_the_scores_own_precision(dtype, pairs):
    labels = np.array([label for label, _ in pairs])[:, None]
    scores = np.array([[score / 400] for _, score in pairs], dtype)  # multiples of 1/400 lie on edges and beside them
    made = histogram(Evaluation.from_scores(labels, scores, concepts=["a"]), "a")
    assert made.positives.tolist() == by_hand(scores[labels], dtype)
    assert made.negatives.tolist() == by_hand(scores[~labels], dtype)
    assert (made.num_pos, made.num_neg) == (int(labels.sum()), int((~labels).sum()))


def test_a_score_of_one_stands_in_the_last_bin_and_one_on_an_edge_in_the_bin_above():
    made = histogram(Evaluation.from_scores([[1], [1], [0]], [[1.0], [0.025], [0.0]], concepts=["a"]), "a")
    assert np.flatnonzero(made.positives).tolist() == [1, 39]
    assert np.flatnonzero(made.negatives).tolist() == [0]
    assert made.edges.tolist() == (np.arange(41) / 40).tolist()


def test_without_a_concept_the_decisions_of_all_are_pooled():
    evaluation = golden.cross_validated()
    every = [histogram(evaluation, concept) for concept in evaluation.concepts]
    pooled = histogram(evaluation, None)
    assert pooled.positives.tolist() == sum(one.positives for one in every).tolist()
    assert pooled.num_neg == sum(one.num_neg for one in every) == 120


def test_an_evaluation_without_inputs_has_empty_bins():
    assert histogram(golden.no_inputs(), None).positives.tolist() == [0] * 40


def test_rates_alone_have_no_histogram_and_say_why():
    with pytest.raises(RequirementsError, match="only rates"):
        histogram(golden.platform_rates(), None)


def test_a_concept_that_is_not_there_is_refused():
    with pytest.raises(NotFoundError, match="'cat'"):
        histogram(golden.cross_validated(), "catt")
