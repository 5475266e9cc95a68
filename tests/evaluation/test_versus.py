"""Two evaluations side by side: a paired test on the same inputs, the drop on others, and who is right where."""

import math

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import Evaluation, uncertainty
from clarifai_eval_widget.evaluation.pairing import apart
from clarifai_eval_widget.evaluation.versus import versus
from tests.evaluation.test_conditions import truncated

CONCEPTS = ["cat", "dog", "owl"]


def scored(seed, *, rows=200, noise=0.6, ids=None, truth=7, **options):
    rng = np.random.default_rng(seed)
    labels = np.random.default_rng(truth).random((rows, 3)) < 0.3
    scores = np.clip(0.35 * labels + noise * rng.random((rows, 3)), 0, 1)
    ids = [f"input {row}" for row in range(rows)] if ids is None else ids
    return Evaluation.from_scores(labels, scores, concepts=CONCEPTS, input_ids=ids, **options)


def test_on_the_same_inputs_it_is_the_paired_comparison():
    first, second = scored(1), scored(2, noise=0.8)
    found, expected = versus(first, second), first.compare(second)
    assert found.refusal == ""
    assert found.matched == 200
    for ours, theirs in (("first", "roc_auc"), ("second", "other_roc_auc"), ("p_holm", "p_holm"), ("low", "low")):
        assert found.table[ours].tolist() == expected[theirs].tolist()[:3]
    assert found.overall == expected.attrs["overall"]
    assert found.is_told_apart
    assert found.needed is None


def test_what_cannot_be_told_apart_says_how_many_inputs_would():
    first, second = scored(1), scored(2)
    found = versus(first, second)
    assert not found.is_told_apart
    assert found.needed == first.inputs_needed(second)


def test_on_other_inputs_the_paired_test_is_refused_and_the_drop_has_an_interval_of_independent_samples():
    first = scored(1)
    second = scored(2, noise=0.8, truth=8, ids=[f"other {row}" for row in range(200)])
    found = versus(first, second)
    assert found.refusal == "they have no input in common"
    assert found.table["p_value"].isna().all()
    assert math.isnan(found.overall.p_value)
    for concept in CONCEPTS:
        ours, theirs = (uncertainty.auc_interval(e.counts(concept)) for e in (first, second))
        row = found.table.loc[concept]
        assert row["difference"] == pytest.approx(second.roc_auc(concept) - first.roc_auc(concept))
        up, down = theirs.interval[1] - theirs.roc_auc, ours.roc_auc - ours.interval[0]
        assert row["high"] - row["difference"] == pytest.approx(math.hypot(up, down), rel=1e-9)
    assert found.overall.difference == pytest.approx(found.table["difference"].mean())
    assert found.overall.interval[1] < 0, "a drop this large is one"


def test_the_interval_of_the_drop_between_independent_samples_holds_its_level():
    held = 0
    for seed in range(200):
        ids = [f"other {row}" for row in range(120)]
        first = scored(seed, rows=120, truth=9000 + seed)
        second = scored(1000 + seed, rows=120, truth=5000 + seed, ids=ids)
        low, high = versus(first, second).overall.interval
        held += low <= 0 <= high
    assert held >= 181, "of 200 at 95 %: fewer than 181 come once in 200 times"


def one_concept(rng, positives, area, **options):
    labels = np.arange(11 * positives) < positives
    noise = rng.normal(size=len(labels)) + math.sqrt(2) * stats.norm.ppf(area) * labels
    ids = [f"{rng.integers(2**40)} {row}" for row in range(len(labels))]
    return Evaluation.from_scores(labels[:, None], stats.norm.cdf(noise)[:, None], ["cat"], ids, **options)


@pytest.mark.parametrize(("first", "second"), [((10, 0.99), (10, 0.9)), ((10, 0.99), (100, 0.99))])
def test_the_drop_between_areas_near_one_of_few_positives_is_covered(first, second):
    rng, held, truth = np.random.default_rng(1), 0, second[1] - first[1]
    for _ in range(100):
        row = versus(one_concept(rng, *first), one_concept(rng, *second)).table.loc["cat"]
        held += row["low"] <= truth <= row["high"]
    assert held >= 92, "by the variances added it was 86 and 77 of a hundred"


def test_the_drop_between_samples_in_groups_has_clustered_intervals():
    groups = np.arange(200) // 10
    first = scored(1, groups=groups)
    second = scored(2, noise=0.8, truth=8, ids=[f"other {row}" for row in range(200)], groups=groups)
    row = versus(first, second).table.loc["cat"]
    areas = [uncertainty.clustered_auc(e.label_array[:, 0], e.score_array[:, 0], groups) for e in (first, second)]
    down = math.hypot(areas[1].value - areas[1].interval[0], areas[0].interval[1] - areas[0].value)
    assert row["low"] == pytest.approx(row["difference"] - down, rel=1e-9)


def test_where_some_inputs_may_be_in_both_there_is_a_drop_without_interval():
    first, second = scored(1), scored(2, truth=8)  # the same ids, other labels
    found = versus(first, second)
    assert "labels of the two evaluations differ" in found.refusal
    assert found.table["low"].isna().all()
    assert found.table["reason"].str.contains("some inputs may be in both").all()
    assert math.isnan(found.overall.interval[0])
    assert found.overall.difference == pytest.approx(found.table["difference"].mean())


def test_of_the_same_scores_with_other_labels_it_says_that_there_is_nothing_to_test():
    e = scored(1)
    other = e.input_ids[int(np.argmin(e.label_array[:, 0]))]  # the first that is not labelled with it
    found = versus(e, e.relabel({other: [e.concepts[0]]}).after)
    assert found.refusal.startswith("Both are of the same scores, with other labels in ")
    assert "nothing to test" in found.refusal


def test_recipes_cross_validated_in_different_folds_are_refused():
    folds = np.arange(200) % 5 + 1
    others = np.random.default_rng(3).permutation(folds)
    found = versus(scored(1, folds=folds), scored(2, folds=others))
    assert "different folds" in found.refusal
    assert not found.is_told_apart


def test_evaluations_without_a_concept_in_common_are_not_compared():
    other = Evaluation.from_scores([True, False], [0.9, 0.1], concepts=["elk"])
    found = versus(scored(1), other)
    assert found.refusal == "they have no concept in common"
    assert (len(found.table), found.matched, found.needed) == (0, 0, None)
    assert np.isnan(found.overall.difference)


def test_inputs_that_one_gets_right_and_the_other_wrong_are_found_whatever_the_order_of_rows():
    first = scored(1)
    turned = scored(2)
    second = Evaluation.from_scores(
        turned.label_array[::-1], turned.score_array[::-1], concepts=CONCEPTS, input_ids=turned.input_ids[::-1]
    )
    only_first, only_second = apart(first, second, "dog", 0.5)
    right = [(e.scores["dog"] >= 0.5) == e.labels["dog"] for e in (first, turned)]
    assert only_first.tolist() == np.flatnonzero(right[0] & ~right[1]).tolist()
    assert only_second.tolist() == np.flatnonzero(~right[0] & right[1]).tolist()


def test_over_all_concepts_right_is_a_label_with_the_highest_score():
    first, second = scored(1), scored(2)
    right = [np.array([e.label_array[row, e.score_array[row].argmax()] for row in range(200)]) for e in (first, second)]
    labelled = first.label_array.any(axis=1)
    only_first, only_second = apart(first, second)
    assert only_first.tolist() == np.flatnonzero(right[0] & ~right[1] & labelled).tolist()
    assert only_second.tolist() == np.flatnonzero(~right[0] & right[1] & labelled).tolist()


def test_the_drop_from_a_whole_list_to_a_cut_one_has_no_interval_where_it_is_open():
    cut, labels, scores = truncated(400)
    whole = Evaluation.from_scores(
        np.eye(3, dtype=bool)[labels], scores, list(cut.concepts), input_ids=[f"other {row}" for row in range(400)]
    )
    found = versus(whole, cut)
    assert found.table["low"].isna().all()
    assert found.table["reason"].str.contains("lists are cut to the highest scores").all()
    assert math.isnan(found.overall.interval[0])
    assert "lists are cut to the highest scores" in found.overall.reason


def test_cautions_of_either_side_are_told():
    found = versus(scored(1), scored(2, in_sample=True))
    ours, theirs = found.cautions
    assert not any("CEW001" in one for one in ours)
    assert any(one.startswith("CEW001") for one in theirs)
