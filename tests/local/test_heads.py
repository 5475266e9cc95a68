"""Heads: concepts are trained side by side where that is safe, and come to the same."""

import os
import threading

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from clarifai_eval_widget.local.work import heads


class Meeting(BaseEstimator):
    """A classifier of which two have to be trained at once."""

    at: threading.Barrier

    def fit(self, X, y):
        self.at.wait(60)
        return self


class Lonely(BaseEstimator):
    """A classifier of which no two may be trained at once."""

    alone = threading.Lock()

    def fit(self, X, y):
        assert self.alone.acquire(blocking=False)
        y.copy().sort()
        self.alone.release()
        return self


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2_000, 100)).astype(np.float32)
    return X, X[:, :6] + rng.normal(size=(2_000, 6)) > 0.5


def test_the_default_classifier_trains_several_concepts_at_once(data, monkeypatch):
    monkeypatch.setattr(Meeting, "at", threading.Barrier(2), raising=False)
    monkeypatch.setattr(heads, "default_classifier", lambda **_: Meeting())
    assert len(heads.train_head(None, *data, exclusive=False).fitted_) == 6


def test_a_classifier_of_the_users_trains_one_concept_after_the_other(data):
    assert len(heads.train_head(Lonely(), *data, exclusive=False).fitted_) == 6


def test_what_would_be_copied_too_often_is_trained_one_concept_after_the_other(data, monkeypatch):
    monkeypatch.setattr(heads, "default_classifier", lambda **_: Lonely())
    monkeypatch.setattr(heads, "_COPIES", 2 * data[0].nbytes - 1)
    assert len(heads.train_head(None, *data, exclusive=False).fitted_) == 6


def test_side_by_side_comes_to_the_same(data):
    X, Y = data
    trained = heads.train_head(None, X, Y, exclusive=False).predict_proba(X)
    alone = LogisticRegression(C=10, solver="newton-cholesky")
    expected = np.column_stack([alone.fit(X, Y[:, k]).predict_proba(X)[:, 1] for k in range(6)])
    assert np.array_equal(trained, expected.astype(np.float32))
