"""Whatever a server sends gives a correct partial result or an error that names the field."""

from __future__ import annotations

import os

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.reading.columns import read_test_set
from clarifai_eval_widget.evaluation.reading.test_set import read_columns

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "100"))
IDS = ["a", "b", "cat", "", "é—ü", "a-rather-long-concept-id", "x" * 127, "x" * 128, "y" * 300]
GOOD = st.one_of(st.sampled_from([0.0, 1.0, 0.5, 1e-45, 1e-8]), st.floats(0, 1, width=32))
ODD = st.one_of(GOOD, st.sampled_from([float("nan"), float("inf"), -0.5, 1.5]))


def concepts(values):
    return st.lists(
        st.builds(
            lambda one, name, value, app: resources_pb2.Concept(id=one, name=name, value=value, app_id=app),
            st.sampled_from(IDS),
            st.sampled_from(["", "A name", "n" * 200]),
            values,
            st.sampled_from(["", "app"]),
        ),
        max_size=5,
    )


def entries(values):
    return st.lists(
        st.builds(
            lambda one, predicted, truth: resources_pb2.EvalTestSetEntry(
                input=resources_pb2.Input(id=one), predicted_concepts=predicted, ground_truth_concepts=truth
            ),
            st.sampled_from(["", "i1", "i2", "i3"]),
            concepts(values),
            concepts(st.sampled_from([0.0, 1.0, 0.7])),
        ),
        max_size=6,
    )


rates = st.lists(GOOD, max_size=4)
odd_rates = st.lists(ODD, max_size=4)


def metrics_of(values):
    return st.builds(
        lambda one, sizes, lists, figures: resources_pb2.BinaryMetrics(
            concept=resources_pb2.Concept(id=one),
            num_pos=sizes[0],
            num_neg=sizes[1],
            roc_auc=figures[0],
            f1=figures[1],
            roc_curve=resources_pb2.ROC(fpr=lists[0], tpr=lists[1], thresholds=lists[2]),
            precision_recall_curve=resources_pb2.PrecisionRecallCurve(
                precision=lists[0], recall=lists[1], thresholds=lists[3]
            ),
        ),
        st.sampled_from(IDS),
        st.tuples(st.integers(0, 3), st.integers(0, 3)),
        st.tuples(values, values, values, values) | values.map(lambda one: (one,) * 4),
        st.tuples(GOOD, GOOD),
    )


@st.composite
def messages(draw, values=GOOD, lists=rates):
    message = resources_pb2.EvalMetrics(
        test_set=draw(entries(values)), binary_metrics=draw(st.lists(metrics_of(lists), max_size=3))
    )
    message.status.code = draw(st.sampled_from([0, 21300, 21301, 21317]))
    kfold = draw(st.sampled_from([None, True, False, "true", 3.0]))
    if kfold is not None:
        message.eval_info.params.update({"use_kfold": kfold})
    if draw(st.booleans()):
        message.extended_metrics.user_metrics.update({"folds": 5, "folds_done": draw(st.sampled_from([0, 2.0, "x"]))})
    if draw(st.booleans()):
        for number, entry in enumerate(message.test_set):
            entry.input.data.metadata.update({"fold": draw(st.sampled_from([1, 2, number % 2 + 1, 0.5]))})
    message.confusion_matrix.concept_ids.extend(draw(st.lists(st.sampled_from(IDS), max_size=2)))
    for one in draw(st.lists(st.sampled_from(IDS), max_size=2)):
        message.label_counts.positive_label_counts.add(concept_name=one, count=3)
    message.summary.macro_avg_roc_auc = draw(st.sampled_from([0.0, 0.7]) | values)
    message.summary.macro_std_f1_score, message.summary.top5_accuracy = draw(st.tuples(values, values))
    return message


def look_at_everything(e: Evaluation) -> None:
    assert len(set(e.concepts)) == len(e.concepts)
    assert e.label_array.shape == e.score_array.shape == (e.num_inputs, len(e.concepts))
    assert len(e.input_ids) == e.num_inputs
    assert all(isinstance(note, str) and note for note in e.notes)
    table = e.table(0.5, full=True)
    counted = table.dropna(subset=["tp"])
    assert (counted["tp"] + counted["fn"] == counted["num_pos"]).all()
    assert (counted["fp"] + counted["tn"] == counted["num_neg"]).all()
    for figure in ("precision", "recall", "f1", "roc_auc"):
        undefined = table[figure].isna()
        assert (table.loc[~undefined, figure].between(0, 1)).all()
        if figure != "f1":
            assert (table.loc[undefined, "reason"] != "").all()
    assert (e.summary.dropna() >= 0).all()
    assert set(e.roc_curve()["concept"]) >= set(e.table(full=True).index[table["tp"].notna()])
    for frame in (e.precision_recall_curve(), e.threshold_sweep(thresholds=[0, 0.5, 1]), e.averages(), e.fold_table()):
        assert not frame.isin([np.inf]).drop(columns="threshold", errors="ignore").to_numpy().any()
    if e.source != "platform_curves":
        for kind in ("count", "argmax", "probability"):
            assert e.confusion_matrix(kind=kind).shape == (len(e.concepts),) * 2
    assert e.labels.shape == e.scores.shape
    assert repr(e).startswith("Evaluation(")
    assert e._repr_html_().startswith("<div>")
    assert len(e.inputs) == e.num_inputs


@settings(max_examples=EXAMPLES, deadline=None)
@given(messages())
def test_any_message_with_values_in_range_gives_a_partial_result(message):
    look_at_everything(Evaluation.from_proto(message))


@settings(max_examples=EXAMPLES, deadline=None)
@given(messages(ODD, odd_rates))
def test_any_message_gives_a_partial_result_or_an_error_that_names_the_field(message):
    try:
        e = Evaluation.from_proto(message)
    except EvalError as error:
        said = error.message
    else:
        said = ""
        look_at_everything(e)
    assert not said or said.startswith(("test_set[", "binary_metrics["))


@settings(max_examples=EXAMPLES, deadline=None)
@given(entries(ODD), st.lists(st.integers(0, 5), max_size=3))
def test_the_fast_reader_gives_what_the_plain_one_gives(test_set, extended):
    for index in extended:
        if index < len(test_set):
            # a field this package does not know, as a newer server may send
            test_set[index].MergeFromString(b"\xa2\x06\x03abc")
            for concept in test_set[index].predicted_concepts:
                concept.MergeFromString(b"\xba\x06\x01z")
    message = resources_pb2.EvalMetrics(test_set=test_set)
    for found, name in zip(
        read_test_set(message.test_set), ("predicted_concepts", "ground_truth_concepts"), strict=True
    ):
        plain = read_columns(message.test_set, name)
        assert [found.ids[code] for code in found.code] == [plain.ids[code] for code in plain.code]
        assert found.entry.tolist() == plain.entry.tolist()
        assert found.value.tobytes() == plain.value.tobytes()
        assert sorted(found.ids) == sorted(plain.ids)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_counts_do_not_depend_on_the_order_of_predicted_concepts(data):
    size, width = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 4))
    scores = np.array(data.draw(st.lists(GOOD, min_size=size * width, max_size=size * width)), np.float32)
    scores = scores.reshape(size, width)
    labels = np.array(data.draw(st.lists(st.booleans(), min_size=size * width, max_size=size * width)))
    labels = labels.reshape(size, width)
    message = resources_pb2.EvalMetrics()
    message.status.code = 21300
    for row in range(size):
        entry = message.test_set.add()
        entry.input.id = f"i{row}"
        for column in data.draw(st.permutations(range(width))):
            entry.predicted_concepts.add(id=f"c{column}", value=float(scores[row, column]))
        for column in np.flatnonzero(labels[row]):
            entry.ground_truth_concepts.add(id=f"c{column}", value=1.0)
    e = Evaluation.from_proto(message, unlabelled="negative")
    direct = Evaluation.from_scores(labels, scores, concepts=[f"c{column}" for column in range(width)])
    assert e.concepts == direct.concepts
    assert (e.score_array == direct.score_array).all()
    for concept in e.concepts:
        assert (e.counts(concept).tps == direct.counts(concept).tps).all()
        assert (e.counts(concept).fps == direct.counts(concept).fps).all()


@pytest.mark.parametrize("size", [2047, 2048, 2049, 4100])
def test_blocks_of_entries_are_joined_without_a_seam(size):
    message = resources_pb2.EvalMetrics()
    for row in range(size):
        entry = message.test_set.add()
        for column in (0, 1, row % 7):
            entry.predicted_concepts.add(id=f"concept-{column}", name="n", value=row / size)
    found, _ = read_test_set(message.test_set)
    plain = read_columns(message.test_set, "predicted_concepts")
    assert [found.ids[code] for code in found.code] == [plain.ids[code] for code in plain.code]
    assert (found.entry == plain.entry).all()
    assert (found.value == plain.value).all()
