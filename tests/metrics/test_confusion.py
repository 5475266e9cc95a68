"""Crossing labels with predictions, against scikit-learn and by the definition."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import confusion_matrix

from clarifai_eval_widget import metrics


def test_single_labels_against_top_scores_are_scikit_learn_s_matrix():
    rng = np.random.default_rng(1)
    truth, scores = rng.integers(0, 5, 3000), rng.random((3000, 5)).round(1)
    labels = np.eye(5, dtype=bool)[truth]
    found = metrics.crossed(labels, metrics.top_scored(scores))
    np.testing.assert_array_equal(found, confusion_matrix(truth, scores.argmax(axis=1)))


def test_the_first_of_equal_scores_is_the_top_one_and_a_score_not_sent_is_none():
    scores = np.array([[0.0, 0.0, 0.0], [0.9, 0.9, 0.1]])
    assert metrics.top_scored(scores).argmax(axis=1).tolist() == [0, 0]
    sent = np.array([[False, False, True], [False, True, True]])
    assert metrics.top_scored(scores, sent).argmax(axis=1).tolist() == [2, 1]


def test_values_that_are_not_known_do_not_count():
    rng = np.random.default_rng(2)
    labels, values, known = rng.random((200, 3)) < 0.4, rng.random((200, 3)), rng.random((200, 3)) < 0.7
    found = metrics.crossed(labels, values, known)
    for row in range(3):
        for column in range(3):
            chosen = labels[:, row] & known[:, column]
            np.testing.assert_allclose(found[row, column], values[chosen, column].sum(), rtol=1e-12)


def test_counts_stay_whole_beyond_what_a_float32_holds():
    labels = np.ones((2**24 + 3, 1), bool)
    assert metrics.crossed(labels, labels).tolist() == [[2**24 + 3]]
