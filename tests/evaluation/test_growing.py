"""An evaluation taken in parts says at every state what reading all entries so far says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation, GrowingEvaluation, counted
from clarifai_eval_widget.evaluation.reading import entries as reading

CONCEPTS = ["ant", "bee", "cow"]


def message(*, folds=True, size=60, seed=0):
    """A finished evaluation as a server that sends all of it would send it."""
    rng = np.random.default_rng(seed)
    labels = np.eye(3, dtype=bool)[rng.integers(0, 3, size)]
    scores = np.clip(0.3 * labels + 0.7 * rng.random((size, 3)), 0, 1).round(2).astype(np.float32)
    ids = [f"i{row}" for row in range(size)]
    e = Evaluation.from_scores(labels, scores, CONCEPTS, ids, np.arange(size) * 3 // size if folds else None)
    return e.to_proto()


def with_entries(whole, start, stop, **info):
    part = resources_pb2.EvalMetrics()
    part.CopyFrom(whole)
    del part.test_set[:]
    part.test_set.extend(whole.test_set[start:stop])
    part.extended_metrics.user_metrics.update(info)
    return part


def assert_same(found, expected):
    for name in ("concepts", "concept_names", "input_ids", "has_input_ids", "source", "info", "notes", "fold_numbers"):
        assert getattr(found, name) == getattr(expected, name), name
    for name in ("label_array", "score_array", "folds", "sent", "excluded", "exact_above"):
        one, other = getattr(found, name), getattr(expected, name)
        assert (one is None) == (other is None), name
        if one is not None:
            assert (one.dtype, one.shape) == (other.dtype, other.shape), name
            np.testing.assert_array_equal(one, other)
    for concept in expected.concepts if expected.has_counts else ():
        pairs = [(found.counts(concept), expected.counts(concept))]
        pairs += [
            (found.fold_counts(fold, concept), expected.fold_counts(fold, concept)) for fold in found.fold_numbers
        ]
        for one, other in pairs:
            for name in ("thresholds", "tps", "fps"):
                assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    pd.testing.assert_frame_equal(found.table(full=True), expected.table(full=True))
    pd.testing.assert_series_equal(found.summary, expected.summary)
    assert found.message == expected.message
    assert list(found.inputs) == list(expected.inputs)
    assert repr(found) == repr(expected)


@pytest.fixture(params=["counted anew", "merged"])
def many(request, monkeypatch):
    """Whether so few entries as these are counted anew with every part, or merged as many are."""
    if request.param == "merged":
        monkeypatch.setattr(counted, "_FEW", 0)


def assert_grows_alike(whole, cuts):
    growing = GrowingEvaluation()
    for start, stop in zip([0, *cuts], [*cuts, len(whole.test_set)], strict=True):
        e = growing.take(with_entries(whole, start, stop, inputs_done=stop))
        assert growing.entries == stop
        assert_same(e, Evaluation.from_proto(with_entries(whole, 0, stop, inputs_done=stop)))
    return growing


@pytest.mark.parametrize("folds", [True, False])
@pytest.mark.parametrize("cuts", [[20, 40], [0, 20, 20, 60], [7, 33, 50], []])
def test_parts_of_any_size_give_what_the_whole_gives(many, folds, cuts):
    assert_grows_alike(message(folds=folds), cuts)


def test_an_evaluation_returned_before_stays_as_it_was(many):
    whole = message()
    growing = GrowingEvaluation()
    first = growing.take(with_entries(whole, 0, 20))
    table = first.table(full=True)
    growing.take(with_entries(whole, 20, 60))
    pd.testing.assert_frame_equal(first.table(full=True), table)
    assert_same(first, Evaluation.from_proto(with_entries(whole, 0, 20)))


def test_only_new_entries_are_read_and_counted(monkeypatch):
    monkeypatch.setattr(counted, "_FEW", 0)
    whole = message(size=90)
    read, counts = [], []
    original, count = reading.read_test_set, metrics.counts_by_concept
    monkeypatch.setattr(reading, "read_test_set", lambda entries: read.append(len(entries)) or original(entries))
    monkeypatch.setattr(
        counted.metrics, "counts_by_concept", lambda labels, scores: counts.append(len(labels)) or count(labels, scores)
    )
    monkeypatch.setattr(counted.metrics, "counts", lambda *_: pytest.fail("a concept was counted by itself"))
    growing = GrowingEvaluation()
    for start in (0, 30, 60):
        e = growing.take(with_entries(whole, start, start + 30))
        e.table(full=True)
        if start:
            e.fold_counts(start // 30 + 1, "ant")
    assert read == [30, 30, 30]
    assert counts == [30, 30, 30]


def test_few_entries_are_counted_by_nobody_until_their_figures_are_asked_for(monkeypatch):
    whole = message(size=90)
    monkeypatch.setattr(metrics, "counts", lambda *_: pytest.fail("counted"))
    monkeypatch.setattr(metrics, "counts_by_concept", lambda *_: pytest.fail("counted"))
    monkeypatch.setattr(metrics, "merge_counts", lambda *_: pytest.fail("merged"))
    growing = GrowingEvaluation()
    for start in (0, 30, 60):
        e = growing.take(with_entries(whole, start, start + 30))
    assert (e.num_inputs, e.fold_numbers) == (90, (1, 2, 3))


def test_the_newest_status_and_curves_are_told_without_new_entries():
    whole = message()
    whole.status.code = 21301
    growing = GrowingEvaluation()
    assert not growing.take(whole).complete
    whole.status.code = 21300
    e = growing.take(with_entries(whole, 0, 0))
    assert e.complete
    assert e.num_inputs == 60
    assert e.agreement() is None  # a cross-validation: nothing to compare
    assert growing.entries == 60


def test_before_the_first_entry_there_are_the_rates_the_server_sent():
    whole = message()
    growing = GrowingEvaluation()
    assert not growing.take(with_entries(whole, 0, 0)).has_counts
    assert growing.take(with_entries(whole, 0, 20)).has_counts


def test_concepts_that_come_later_or_change_their_order_are_put_in_place():
    whole = message(folds=False)
    first = with_entries(whole, 0, 20)
    del first.binary_metrics[:]
    first.confusion_matrix.concept_ids[:] = ["cow", "ant", "bee"]
    growing = GrowingEvaluation()
    assert growing.take(first).concepts == ("cow", "ant", "bee")
    later = with_entries(whole, 20, 60)
    later.test_set[3].predicted_concepts.add(id="dog", name="Dog", value=0.25)
    both = with_entries(whole, 0, 60)
    both.test_set[23].predicted_concepts.add(id="dog", name="Dog", value=0.25)
    assert_same(growing.take(later), Evaluation.from_proto(both))


def test_a_value_that_cannot_be_right_leaves_what_was_taken():
    whole = message()
    growing = GrowingEvaluation()
    growing.take(with_entries(whole, 0, 20))
    wrong = with_entries(whole, 20, 40)
    wrong.test_set[1].predicted_concepts[0].value = 2.0
    with pytest.raises(EvalError, match=r"test_set\[1\]\.predicted_concepts\[0\]"):
        growing.take(wrong)
    assert growing.entries == 20
    assert_same(growing.take(with_entries(whole, 20, 60)), Evaluation.from_proto(whole))


def _cut_list(entry):
    del entry.predicted_concepts[1:]


def _no_list(entry):
    del entry.predicted_concepts[:]


def _not_a_number(entry):
    if entry.predicted_concepts:
        entry.predicted_concepts[0].value = float("nan")


def _repeated(entry):
    entry.predicted_concepts.add(id="ant", name="ant", value=0.75)


def _no_concept_id(entry):
    entry.predicted_concepts.add(value=0.5)


def _no_label_values(entry):
    for concept in entry.ground_truth_concepts:
        concept.value = 0.0


def _no_fold(entry):
    entry.input.data.metadata.Clear()


def _no_input_id(entry):
    entry.input.id = ""


def _same_input_id(entry):
    entry.input.id = "i1"


def _new_concept(entry):
    entry.ground_truth_concepts.add(id="dog", name="Dog", value=1.0)


CHANGES = [
    _cut_list,
    _no_list,
    _not_a_number,
    _repeated,
    _no_concept_id,
    _no_label_values,
    _no_fold,
    _no_input_id,
    _same_input_id,
    _new_concept,
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from(CHANGES)), max_size=4),
    st.lists(st.integers(0, 12), max_size=3).map(sorted),
    st.booleans(),
)
def test_odd_entries_in_any_part_give_what_the_whole_gives(changes, cuts, folds):
    whole = message(folds=folds, size=12)
    for row, change in changes:
        change(whole.test_set[row])
    assert_grows_alike(whole, cuts)


def test_a_message_refused_for_what_its_curves_say_leaves_its_entries_to_be_taken():
    first, second = resources_pb2.EvalMetrics(), resources_pb2.EvalMetrics()
    for message, names in ((first, "ab"), (second, "cd")):
        for name in names:
            entry = message.test_set.add(input=resources_pb2.Input(id=name))
            entry.predicted_concepts.add(id="cat", value=0.5)
            entry.ground_truth_concepts.add(id="cat", value=float(name in "ac"))
    growing = GrowingEvaluation()
    growing.take(first)
    curve = second.binary_metrics.add(concept=resources_pb2.Concept(id="cat"))
    curve.roc_curve.CopyFrom(resources_pb2.ROC(fpr=[-3.0], tpr=[0.0], thresholds=[1.0]))
    with pytest.raises(EvalError, match="fpr"):
        growing.take(second)
    assert growing.entries == 2
    second.ClearField("binary_metrics")
    assert growing.take(second).input_ids == ("a", "b", "c", "d")
