"""Heads: any scikit-learn classifier, made to give one probability a concept.

Imported in the worker process only: scikit-learn would take a second to load into the user's kernel, so there a trained
head is a pickle that nobody opens.
"""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, clone

from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.metrics.tolerance import outside
from clarifai_eval_widget.words import exact

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COPIES = 2**30  # bytes that copies of the embeddings may take while concepts are trained side by side


class ConceptHead(BaseEstimator):  # type: ignore[misc]
    """Predict the probability of each of K concepts from embeddings.

    Inputs with exactly one concept each are one multi-class problem; otherwise every concept is a problem of its
    own, one against the rest.

    Parameters
    ----------
    classifier
        A scikit-learn classifier with ``predict_proba``; it is cloned, never fitted itself.
    exclusive
        Whether every input has exactly one concept.
    """

    def __init__(self, classifier: Any, *, exclusive: bool = False) -> None:
        self.classifier = classifier
        self.exclusive = exclusive

    def fit(self, X: NDArray[Any], Y: NDArray[np.bool_], *, side_by_side: bool = False) -> Self:
        """Train on (N, D) embeddings and (N, K) labels; ``side_by_side``: concepts in threads, where there are cores.

        A concept that all or none of the inputs have cannot be learnt: it is predicted with that same certainty.
        """
        self.num_concepts_ = Y.shape[1]
        self.constants_ = {k: float(Y[:, k].mean()) for k in range(Y.shape[1]) if Y[:, k].all() or not Y[:, k].any()}
        if self.exclusive:
            classes = Y.argmax(axis=1)
            self.fitted_ = {} if np.ptp(classes) == 0 else {-1: clone(self.classifier).fit(X, classes)}
        else:
            learnable = [k for k in range(Y.shape[1]) if k not in self.constants_]

            def train(k: int) -> Any:
                return clone(self.classifier).fit(X, Y[:, k])

            fitted = in_threads(train, learnable, work=X.size * len(learnable) if side_by_side else 0)
            self.fitted_ = dict(zip(learnable, fitted, strict=True))
        return self

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float32]:
        """Return (N, K) probabilities as the wire carries them, in single precision."""
        scores = np.zeros((len(X), self.num_concepts_), dtype=np.float32)
        for k, constant in self.constants_.items():
            scores[:, k] = constant
        for k, classifier in self.fitted_.items():
            probabilities = classifier.predict_proba(X)
            if k == -1:
                scores[:, classifier.classes_] = probabilities
            else:
                scores[:, k] = probabilities[:, list(classifier.classes_).index(True)]
        return _checked(scores)


def _checked(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take the rounding off probabilities; refuse what are none, which clipping would hide."""
    wrong = outside(scores) | np.isnan(scores)
    if wrong.any():
        row, concept = np.argwhere(wrong)[0]
        raise ValueError(
            f"predict_proba gave {exact(scores[row, concept])} for input {row} of this part and concept {concept}: "
            "probabilities must lie in 0 to 1. Calibrate the classifier, for instance with CalibratedClassifierCV."
        )
    return np.clip(scores, 0.0, 1.0)


def default_classifier(*, exclusive: bool) -> Any:
    """Return the classifier that a head trains unless another is given.

    Parameters
    ----------
    exclusive
        Whether every input has exactly one concept: one problem of all concepts, else one of two classes for each.
    """
    from sklearn.linear_model import LogisticRegression

    # C=10: on embeddings of length 1, C=1 shrinks the probabilities so far that 0.5 is hardly ever reached (macro F1
    # 0.29, not 0.41; AUC 0.827, not 0.831). newton-cholesky: a fold of twelve two-class problems in 0.5 s where lbfgs
    # takes 3.4 s (256 features, 3,900 inputs). It factors a matrix of features times classes: for one problem of twelve
    # classes that took 6 s for 384 inputs, where newton-cg comes to the same probabilities in 0.1 s.
    solver = {"solver": "newton-cg", "tol": 1e-6} if exclusive else {"solver": "newton-cholesky"}
    return LogisticRegression(C=10, **solver)


def train_head(classifier: Any, X: NDArray[Any], Y: NDArray[np.bool_], *, exclusive: bool) -> ConceptHead:
    """Train a head on a clone of a classifier, pickled or not, or of the default one for None."""
    if isinstance(classifier, bytes):  # as it was kept in a server's file
        classifier = pickle.loads(classifier)
    if classifier is None and exclusive:
        X = X.astype(np.float64)  # in single precision newton-cg stops at rounding, and warns of that
    chosen = default_classifier(exclusive=exclusive) if classifier is None else classifier
    # A user's own classifier may hold what no two threads may use at once. Each thread weighs a copy of the embeddings.
    side_by_side = classifier is None and X.nbytes * min(Y.shape[1], os.cpu_count() or 1) <= _COPIES
    return ConceptHead(chosen, exclusive=exclusive).fit(X, Y, side_by_side=side_by_side)
