import numpy as np
import pytest

from clarifai_eval_widget.local.work.cross_validation import assign_folds, batches


def multi_label(num_inputs, num_concepts, seed):
    rng = np.random.default_rng(seed)
    return rng.random((num_inputs, num_concepts)) < rng.uniform(0.02, 0.4, num_concepts)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("num_folds", [2, 5, 10])
def test_every_part_holds_positives_of_each_concept_that_has_enough(seed, num_folds):
    labels = multi_label(400, 8, seed)
    folds = assign_folds(labels, num_folds)
    assert set(folds) == set(range(num_folds))
    per_fold = np.stack([labels[folds == fold].sum(axis=0) for fold in range(num_folds)])
    enough = labels.sum(axis=0) >= num_folds
    assert enough.any()
    assert (per_fold[:, enough] > 0).all()


def test_parts_are_about_equal_and_so_are_their_shares_of_a_concept():
    labels = multi_label(1000, 6, 1)
    folds = assign_folds(labels)
    sizes = np.bincount(folds)
    assert sizes.min() > 180
    assert sizes.max() < 220
    per_fold = np.stack([labels[folds == fold].sum(axis=0) for fold in range(5)])
    assert np.ptp(per_fold, axis=0).max() <= 0.2 * labels.sum(axis=0).max()


def test_single_label_data_are_stratified_to_within_one_input():
    classes = np.random.default_rng(0).integers(0, 4, 203)
    labels = np.eye(4, dtype=bool)[classes]
    folds = assign_folds(labels)
    per_fold = np.stack([labels[folds == fold].sum(axis=0) for fold in range(5)])
    assert np.ptp(per_fold, axis=0).max() <= 1


def test_the_seed_decides_the_parts():
    labels = multi_label(300, 5, 2)
    np.testing.assert_array_equal(assign_folds(labels, seed=3), assign_folds(labels, seed=3))
    assert (assign_folds(labels, seed=3) != assign_folds(labels, seed=4)).any()


def test_inputs_without_any_concept_are_dealt_out_too():
    labels = np.zeros((50, 3), dtype=bool)
    np.testing.assert_array_equal(np.bincount(assign_folds(labels)), [10] * 5)


@pytest.mark.parametrize("num_folds", [0, 1, 11])
def test_an_impossible_number_of_folds_is_refused_with_the_number(num_folds):
    with pytest.raises(ValueError, match=f"is {num_folds}"):
        assign_folds(np.ones((10, 1), dtype=bool), num_folds)


@pytest.mark.parametrize("num_inputs", [1, 49, 50, 51, 500, 4889, 50_000])
def test_batches_hold_every_input_once(num_inputs):
    parts = batches(num_inputs)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(num_inputs))
    assert max(map(len, parts)) <= 2000


@pytest.mark.parametrize("num_folds", [2, 5, 10])
def test_folds_by_group_split_no_group_and_none_is_empty(num_folds):
    labels = multi_label(400, 8, 0)
    groups = np.random.default_rng(1).integers(0, 30, 400) * 7
    folds = assign_folds(labels, num_folds, groups=groups)
    assert set(folds) == set(range(num_folds))
    assert all(len(set(folds[groups == group])) == 1 for group in set(groups))
    np.testing.assert_array_equal(folds, assign_folds(labels, num_folds, groups=groups))


@pytest.mark.parametrize("seed", range(5))
def test_folds_by_group_are_as_stratified_as_scikit_learns(seed):
    from sklearn.model_selection import StratifiedGroupKFold

    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 60, 600)
    classes = (rng.random(600) * 2 + groups % 5).astype(int) % 4  # groups differ in their classes
    labels = np.eye(4, dtype=bool)[classes]

    def spread(folds):
        return np.stack([labels[folds == fold].mean(axis=0) for fold in range(5)]).std(axis=0).mean()

    theirs = np.empty(600, int)
    split = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(labels, classes, groups)
    for fold, (_, rows) in enumerate(split):
        theirs[rows] = fold
    ours = assign_folds(labels, 5, groups=groups)
    assert spread(ours) <= spread(theirs) + 0.005
    assert np.ptp(np.bincount(ours)) <= np.ptp(np.bincount(theirs)) + 12


def test_more_folds_than_groups_are_refused_with_their_number():
    with pytest.raises(ValueError, match="to the 3 groups, but is 5"):
        assign_folds(np.ones((30, 1), bool), 5, groups=np.arange(30) % 3)
