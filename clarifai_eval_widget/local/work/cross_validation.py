"""Cut a labelled dataset into K parts so that each holds inputs of every concept.

The platform's documentation describes the evaluation in five steps: split the data into K parts, train on K-1 of them,
predict the part set aside, compare with its labels, repeat and average. This is the first step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_FOLDS = 5
DEFAULT_SEED = 0


def assign_folds(
    labels: NDArray[np.bool_],
    num_folds: int = DEFAULT_FOLDS,
    *,
    groups: NDArray[np.int64] | None = None,
    seed: int = DEFAULT_SEED,
) -> NDArray[np.intp]:
    """Give each input the fold that sets it aside.

    Without groups: iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, "On the stratification of
    multi-label data"): the concept with the fewest inputs left is dealt out first, each input to the fold that still
    wants most of that concept, then of inputs, then by lot. For data with one concept an input this is plain
    stratification. Every concept with at least ``num_folds`` inputs gets at least one of them in every fold, which the
    greedy rule alone does not promise: a last pass moves inputs until it is so.

    With groups, all inputs of a group come into the same fold, stratified as far as groups permit, as scikit-learn's
    ``StratifiedGroupKFold`` does it, for any number of concepts an input: the groups that are most uneven come first,
    each into the fold that keeps the spread of every concept's inputs, and of all inputs, over the folds least. No fold
    is empty.

    Parameters
    ----------
    labels
        (N, K) bool.
    num_folds
        Number of parts, at least 2.
    groups
        (N,) the group of each input, or None.
    seed
        Of the shuffling; the same seed gives the same parts.

    Returns
    -------
    ndarray of shape (N,)
        Folds, counted from 0.

    Raises
    ------
    ValueError
        When there are fewer than two folds, or fewer inputs, or groups, than folds.
    """
    number, what = (len(labels), "inputs") if groups is None else (len(np.unique(groups)), "groups")
    if not 2 <= num_folds <= number:
        raise ValueError(f"The number of folds must be from 2 to the {number} {what}, but is {num_folds}.")
    rng = np.random.default_rng(seed)
    return _stratified(labels, num_folds, rng) if groups is None else _by_group(labels, groups, num_folds, rng)


def _stratified(labels: NDArray[np.bool_], num_folds: int, rng: np.random.Generator) -> NDArray[np.intp]:
    num_inputs = len(labels)
    folds = np.full(num_inputs, -1, dtype=np.intp)
    wanted_inputs = np.full(num_folds, num_inputs / num_folds)
    wanted_labels = np.repeat(labels.sum(axis=0)[None, :] / num_folds, num_folds, axis=0).astype(float)
    order = rng.permutation(num_inputs)
    remaining = labels.sum(axis=0)
    while (open_concepts := np.flatnonzero(remaining > 0)).size:
        concept = open_concepts[np.argmin(remaining[open_concepts])]
        for row in order[(folds[order] < 0) & labels[order, concept]]:
            fold = _neediest(wanted_labels[:, concept], wanted_inputs, rng)
            folds[row] = fold
            wanted_labels[fold] -= labels[row]
            wanted_inputs[fold] -= 1
            remaining -= labels[row]
    for row in order[folds[order] < 0]:
        fold = int(np.argmax(wanted_inputs))
        folds[row] = fold
        wanted_inputs[fold] -= 1
    return _fill_gaps(folds, labels, num_folds)


def _by_group(
    labels: NDArray[np.bool_], groups: NDArray[np.int64], num_folds: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    distinct, group = np.unique(groups, return_inverse=True)
    counted = np.column_stack([labels, np.ones(len(labels), bool)]).astype(float)  # all inputs, as a concept more
    held = np.zeros((len(distinct), counted.shape[1]))
    np.add.at(held, group, counted)
    held /= np.maximum(held.sum(axis=0), 1)  # shares, so that rare concepts weigh as much
    shuffled = rng.permutation(len(distinct))
    order = shuffled[np.argsort(-held[shuffled].std(axis=1), kind="stable")]
    shares, chosen = np.zeros((num_folds, held.shape[1])), np.empty(len(distinct), np.intp)
    for one in order:
        # The squares' sum grows by 2 shares · held + held², of which only the first depends on the fold.
        chosen[one] = np.lexsort((shares[:, -1], shares @ held[one]))[0]
        shares[chosen[one]] += held[one]
    assigned: NDArray[np.intp] = chosen[group]
    return assigned


def _neediest(wanted: NDArray[np.float64], wanted_inputs: NDArray[np.float64], rng: np.random.Generator) -> int:
    candidates = np.flatnonzero(wanted == wanted.max())
    if candidates.size > 1:
        room = wanted_inputs[candidates]
        candidates = candidates[room == room.max()]
    return int(candidates[0] if candidates.size == 1 else rng.choice(candidates))


def _fill_gaps(folds: NDArray[np.intp], labels: NDArray[np.bool_], num_folds: int) -> NDArray[np.intp]:
    """Move inputs so that no fold lacks a concept that has inputs enough for all folds."""
    per_fold = np.stack([labels[folds == fold].sum(axis=0) for fold in range(num_folds)])
    fillable = labels.sum(axis=0) >= num_folds
    for _ in range(labels.shape[1]):  # filling one gap may open another where inputs share concepts
        gaps = np.argwhere((per_fold == 0) & fillable)
        if not gaps.size:
            break
        for fold, concept in gaps:
            donor = int(np.argmax(per_fold[:, concept]))
            rows = np.flatnonzero((folds == donor) & labels[:, concept])
            # The input whose other concepts the donor can best spare.
            spare = [np.where(labels[row], per_fold[donor], len(folds)).min() for row in rows]
            row = rows[int(np.argmax(spare))]
            folds[row] = fold
            per_fold[donor] -= labels[row]
            per_fold[fold] += labels[row]
    return folds


def is_exclusive(labels: NDArray[np.bool_]) -> bool:
    """Tell whether every input has exactly one concept."""
    return bool((labels.sum(axis=1) == 1).all())


def batches(num_inputs: int, *, seed: int = DEFAULT_SEED) -> list[NDArray[np.intp]]:
    """Cut N inputs into batches for scoring, in a shuffled order.

    Shuffled, so that the metrics of the first batches stand for the whole; about ten batches, of 50 to 2,000 inputs.
    """
    size = int(np.clip(-(-num_inputs // 10), 50, 2000))
    order = np.random.default_rng(seed).permutation(num_inputs)
    return [np.sort(order[start : start + size]) for start in range(0, num_inputs, size)]
