"""Evaluation.from_proto: what a server sends becomes exact counts, and notes on what is missing."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from google.protobuf import text_format
from ipywidgets import interactive

from clarifai_eval_widget.errors import EvalError, NotFoundError
from clarifai_eval_widget.evaluation import Evaluation

REPLY = Path(__file__).parents[1] / "data" / "platform_reply.txtpb"


@pytest.fixture
def platform_reply() -> service_pb2.SingleEvalMetricsResponse:
    return text_format.Parse(REPLY.read_text(), service_pb2.SingleEvalMetricsResponse())


def message_of(rows, *, status=21300, kfold=None):
    """Build an EvalMetrics from (input id, {concept: score}, [labels])."""
    message = resources_pb2.EvalMetrics()
    message.status.code = status
    if kfold is not None:
        message.eval_info.params.update({"use_kfold": kfold})
    for input_id, scores, labels in rows:
        entry = message.test_set.add()
        entry.input.id = input_id
        for concept, value in scores.items():
            entry.predicted_concepts.add(id=concept, name=concept.title(), value=value)
        for concept in labels:
            entry.ground_truth_concepts.add(id=concept, name=concept.title(), value=1.0)
    return message


ROWS = [
    ("i1", {"cat": 0.75, "dog": 0.25}, ["cat"]),
    ("i2", {"dog": 0.9, "cat": 0.1}, ["dog"]),
    ("i3", {"dog": 0.6, "cat": 0.4}, ["cat"]),
    ("i4", {"cat": 0.5, "dog": 0.5}, ["dog"]),
]


def add_curves(message, **curves):
    """Add binary_metrics by concept: keyword arguments of BinaryMetrics, curves as dicts of lists."""
    for concept, fields in curves.items():
        given = dict(fields)
        roc, pr = given.pop("roc", {}), given.pop("pr", {})
        added = message.binary_metrics.add(**given)
        added.concept.id = concept
        for name, values in roc.items():
            getattr(added.roc_curve, name).extend(values)
        for name, values in pr.items():
            getattr(added.precision_recall_curve, name).extend(values)
    return message


def test_the_printed_platform_reply_loads_with_both_sources_kept_apart(platform_reply):
    e = Evaluation.from_proto(platform_reply)
    assert e.concepts == ("positive", "negative")
    assert e.source == "test_set"
    assert e.num_inputs == 5
    assert e.counts("positive").num_pos == 3
    assert e.platform_curves["positive"].num_pos == 2
    assert e.platform_curves["positive"].roc_thresholds[0] == 1.0
    assert e.platform_curves["positive"].pr_thresholds[0] == 0.0
    assert e.info.use_kfold is True
    assert e.info.model_version_id == "3ad2c152232e46ebb16ed31f67dc54d8"
    assert e.complete
    assert any("one split" in note for note in e.notes)


def test_the_table_of_the_printed_reply_says_which_source_each_number_has(platform_reply):
    table = Evaluation.from_proto(platform_reply).table(full=True)
    assert table.loc["positive", ["num_pos", "tp", "fp"]].tolist() == [3, 3, 0]
    assert table.loc["positive", "platform_num_pos"] == 2
    assert table.loc["positive", "platform_f1"] == pytest.approx(0.8333334)
    assert table.loc["positive", "source"].startswith("test set (one split of the cross-validation)")
    assert "platform curves, means over folds" in table.loc["positive", "source"]


def test_the_summary_of_the_printed_reply_keeps_the_platforms_figures_apart_from_the_test_sets(platform_reply):
    summary = Evaluation.from_proto(platform_reply).summary
    assert summary["macro_avg_f1_score"] == pytest.approx(0.88095236)
    assert summary["test_set_macro_avg_f1_score"] == 1.0
    assert summary.attrs["sources"]["macro_avg_f1_score"] == "platform summary"
    assert summary.attrs["sources"]["test_set_macro_avg_f1_score"] == "test set"
    assert summary.name == "macro_*: platform summary; test_set_macro_*: test set"


def test_without_its_test_set_the_reply_gives_rates_and_no_counts_under_k_fold(platform_reply):
    del platform_reply.eval_metrics.test_set[:]
    e = Evaluation.from_proto(platform_reply)
    assert e.source == "platform_curves"
    table = e.table(full=True)
    assert table["tp"].isna().all()
    assert table.loc["positive", "recall"] == pytest.approx(0.75)
    assert table.loc["negative", "precision"] == pytest.approx(0.875)
    assert "means over folds" in table.loc["positive", "reason"]
    with pytest.raises(EvalError, match="no test set"):
        e.operating_point("positive", maximize="f1")


def test_platform_precision_where_nothing_is_predicted_is_undefined():
    message = add_curves(
        resources_pb2.EvalMetrics(),
        cat={
            "num_pos": 4,
            "num_neg": 6,
            "roc_auc": 0.9,
            "roc": {"fpr": [0, 0.5, 1], "tpr": [0, 0.75, 1], "thresholds": [1, 0.5, 0]},
            "pr": {"precision": [0.4, 0.5, 1], "recall": [1, 0.75, 0], "thresholds": [0, 0.5, 1]},
        },
    )
    message.eval_info.params.update({"use_kfold": False})
    e = Evaluation.from_proto(message)
    row = e.table(1.0, full=True).loc["cat"]
    assert np.isnan(row["precision"])
    assert "nothing predicted" in row["reason"]
    assert e.table(0.5, full=True).loc["cat", ["tp", "fp", "fn", "tn"]].tolist() == [3, 3, 1, 3]
    # between two stored thresholds the next one above counts, not the nearest
    assert e.table(0.51, full=True).loc["cat", "recall"] == 0.0


def test_concepts_cut_to_the_top_are_counted_exactly_above_what_was_sent():
    rows = [
        ("i1", {"cat": 0.75, "dog": 0.2}, ["cat"]),
        ("i2", {"dog": 0.9, "cow": 0.06}, ["dog"]),
        ("i3", {"dog": 0.6, "cat": 0.3}, ["cow"]),
    ]
    e = Evaluation.from_proto(message_of(rows))
    assert e.concepts == ("cat", "cow", "dog")
    assert e.counts("cat").num_pos + e.counts("cat").num_neg == 3
    assert np.isnan(e.scores.loc["i2", "cat"])
    assert e.exact_above[e.column("cow")] == pytest.approx(0.3)
    assert any("only the highest scores" in note for note in e.notes)
    assert "not all sent" in e.table(0.1, full=True).loc["cow", "reason"]
    assert e.table(0.5, full=True).loc["cow", "fn"] == 1
    assert "not all sent" not in e.table(0.5, full=True).loc["cow", "reason"]


def test_a_concept_only_the_labels_name_is_undefined_not_zero():
    rows = [*ROWS, ("i5", {"cat": 0.2, "dog": 0.8}, ["cow"])]
    e = Evaluation.from_proto(message_of(rows))
    row = e.table(full=True).loc["cow"]
    assert row["num_pos"] == 1
    assert np.isnan(row["roc_auc"])
    assert row["reason"] == "no scores sent"
    assert e.summary["left_out_roc_auc"] == 1
    assert e.summary["averaged_roc_auc"] == 2
    assert any("No scores were sent for cow" in note for note in e.notes)


def test_an_entry_without_predictions_is_left_out_of_the_counts():
    e = Evaluation.from_proto(message_of([*ROWS, ("i5", {}, ["cat"])]))
    assert e.num_inputs == 5
    assert e.counts("cat").num_pos == 2
    assert any("1 of 5 inputs came without any prediction" in note for note in e.notes)


def test_an_entry_whose_scores_are_not_numbers_does_not_count_for_those_concepts():
    e = Evaluation.from_proto(message_of([*ROWS, ("i5", {"cat": float("nan"), "dog": 0.3}, ["cat"])]))
    assert e.counts("cat").num_pos == 2
    assert e.counts("dog").num_neg == 3
    assert any("test_set[4]" in note and "'cat'" in note for note in e.notes)


@pytest.mark.parametrize("value", [1.5, -0.25, float("inf")])
def test_a_score_outside_0_to_1_is_an_error_that_names_the_field(value):
    message = message_of(ROWS)
    message.test_set[2].predicted_concepts[1].value = value
    with pytest.raises(EvalError, match=r"test_set\[2\]\.predicted_concepts\[1\]\.value .*'cat'"):
        Evaluation.from_proto(message)


def test_a_rate_outside_0_to_1_is_an_error_that_names_the_field():
    message = add_curves(resources_pb2.EvalMetrics(), cat={"roc": {"fpr": [0, 2], "tpr": [0, 1], "thresholds": [1, 0]}})
    with pytest.raises(EvalError, match=r"binary_metrics\[0\]\.roc_curve\.fpr\[1\] is 2"):
        Evaluation.from_proto(message)


def test_a_repeated_concept_keeps_its_highest_score_and_says_so():
    message = message_of(ROWS)
    message.test_set[0].predicted_concepts.add(id="cat", value=0.8)
    e = Evaluation.from_proto(message)
    assert e.scores.loc["i1", "cat"] == pytest.approx(0.8)
    assert any("repeat a concept" in note for note in e.notes)


def test_inputs_that_come_twice_both_count_and_are_told():
    e = Evaluation.from_proto(message_of([*ROWS, ROWS[0]]))
    assert e.counts("cat").num_pos == 3
    assert any("more than once" in note for note in e.notes)


def test_an_empty_message_is_an_evaluation_without_figures_that_says_so():
    e = Evaluation.from_proto(resources_pb2.EvalMetrics())
    assert (e.num_inputs, e.concepts, e.complete) == (0, (), False)
    assert any("Neither a test set nor curves" in note for note in e.notes)
    assert e.table(full=True).empty


def test_labels_without_values_count_as_positives():
    message = message_of(ROWS)
    for entry in message.test_set:
        for concept in entry.ground_truth_concepts:
            concept.value = 0.0
    e = Evaluation.from_proto(message)
    assert e.counts("cat").num_pos == 2


def test_an_unfinished_evaluation_says_how_far_it_is():
    message = message_of(ROWS, status=21301, kfold=True)
    message.status.description = "Evaluating"
    message.extended_metrics.user_metrics.update({"folds": 5, "folds_done": 2, "inputs": 10, "inputs_done": 4})
    for index, entry in enumerate(message.test_set):
        entry.input.data.metadata.update({"fold": index % 2 + 1})
    e = Evaluation.from_proto(message)
    assert not e.complete
    assert (e.info.folds, e.info.folds_done, e.info.inputs) == (5, 2, 10)
    assert e.fold_numbers == (1, 2)
    assert e.fold_counts(1, "cat").num_pos == 2
    assert "2 of 5 folds" in e.notes[0]
    assert "not finished" in repr(e)
    with pytest.raises(ValueError, match="no fold 3"):
        e.fold_counts(3, "cat")


def test_curves_of_unequal_length_are_left_out_and_named():
    message = add_curves(
        resources_pb2.EvalMetrics(),
        cat={"roc_auc": 0.7, "num_pos": 1, "num_neg": 1, "roc": {"fpr": [0, 1], "tpr": [0], "thresholds": [1, 0]}},
    )
    e = Evaluation.from_proto(message)
    assert len(e.platform_curves["cat"].fpr) == 0
    assert e.platform_curves["cat"].roc_auc == pytest.approx(0.7)
    assert any("binary_metrics[0].roc_curve has lists of unequal length (2 fpr, 1 tpr" in note for note in e.notes)


def test_curves_without_thresholds_are_drawn_but_give_no_rates():
    message = add_curves(resources_pb2.EvalMetrics(), cat={"roc_auc": 0.7, "roc": {"fpr": [0, 1], "tpr": [0, 1]}})
    e = Evaluation.from_proto(message)
    assert e.roc_curve("cat")["tpr"].tolist() == [0, 1]
    assert e.table(full=True).loc["cat", "recall"] != e.table(full=True).loc["cat", "recall"]
    assert any("thresholds were not sent" in note for note in e.notes)


def test_points_that_are_not_numbers_are_left_out_of_a_curve():
    nan = float("nan")
    message = add_curves(
        resources_pb2.EvalMetrics(), cat={"roc": {"fpr": [0, nan, 1], "tpr": [0, 0.5, 1], "thresholds": [1, 0.5, 0]}}
    )
    e = Evaluation.from_proto(message)
    assert e.platform_curves["cat"].tpr.tolist() == [0, 1]
    assert any("1 points that are not a number" in note for note in e.notes)


def agreeing_message():
    """The rows with the curves that follow from them."""
    message = message_of(ROWS, kfold=False)
    grid = np.arange(101) / 100
    direct = Evaluation.from_proto(message)
    for concept in ("cat", "dog"):
        c = direct.counts(concept)
        tps, fps = c.at(grid[::-1])
        tpr = np.round(tps / c.num_pos, 4)
        roc = {"fpr": np.round(fps / c.num_neg, 4), "tpr": tpr, "thresholds": grid[::-1]}
        add_curves(message, **{concept: {"num_pos": 2, "num_neg": 2, "roc_auc": direct.roc_auc(concept), "roc": roc}})
    return message


def test_sources_that_agree_are_not_remarked_on():
    e = Evaluation.from_proto(agreeing_message())
    assert e.agreement()["agrees"].all()
    assert not any("disagree" in note for note in e.notes)


def test_sources_that_disagree_are_reported_with_the_size():
    message = agreeing_message()
    message.binary_metrics[0].roc_curve.tpr[40] = 0.25
    e = Evaluation.from_proto(message)
    note = next(note for note in e.notes if "disagree" in note)
    assert "'cat' at threshold 0.60 by 0.2500 in the true positive rate" in note
    assert not e.agreement().loc["cat", "agrees"]
    assert e.agreement().loc["dog", "agrees"]


def test_sources_over_other_inputs_are_not_compared_but_told():
    message = agreeing_message()
    message.binary_metrics[1].num_pos = 40
    e = Evaluation.from_proto(message)
    assert e.agreement() is None
    assert any("do not cover the same inputs" in note and "40 positives" in note for note in e.notes)


def test_concepts_come_in_the_servers_order_then_by_id():
    message = message_of([("i1", {"zebra": 0.1, "ant": 0.3, "cat": 0.2}, ["cat"])])
    message.confusion_matrix.concept_ids.extend(["cat", "zebra"])
    e = Evaluation.from_proto(message)
    assert e.concepts == ("cat", "zebra", "ant")
    assert e.concept_names["ant"] == "Ant"


def test_concepts_only_the_dataset_counts_are_left_out_and_named():
    message = message_of(ROWS)
    message.label_counts.positive_label_counts.add(concept_name="horse", count=7)
    e = Evaluation.from_proto(message)
    assert "horse" not in e.concepts
    assert any("horse" in note for note in e.notes)


def test_the_test_set_of_a_detector_is_refused():
    message = resources_pb2.EvalMetrics()
    message.test_set.add().predicted_annotation.id = "box"
    with pytest.raises(EvalError, match=r"test_set\[0\] .*detector"):
        Evaluation.from_proto(message)


def test_something_else_than_metrics_is_refused():
    with pytest.raises(TypeError, match=r"clarifai\.api\.EvalMetrics, not Input"):
        Evaluation.from_proto(resources_pb2.Input())


def test_an_unknown_concept_names_the_nearest():
    e = Evaluation.from_proto(message_of(ROWS))
    with pytest.raises(NotFoundError, match=r"no concept 'catt'.*'cat'"):
        e.counts("catt")


def test_texts_and_images_come_from_the_message_where_it_has_them():
    message = message_of(ROWS)
    message.test_set[0].input.data.text.raw = "meow"
    message.test_set[1].input.data.image.base64 = b"png"
    e = Evaluation.from_proto(message)
    assert e.inputs[:3] == [("meow", None), (None, b"png"), (None, None)]


def test_of_an_id_that_came_more_than_once_the_first_text_is_given():
    message = message_of(ROWS)
    for entry, text in zip(message.test_set[:2], ("meow", "purr"), strict=True):
        entry.input.id, entry.input.data.text.raw = "same", text
    assert Evaluation.from_proto(message).texts.to_dict() == {"same": "meow"}


def test_arrays_are_read_only():
    e = Evaluation.from_proto(message_of(ROWS))
    with pytest.raises(ValueError, match="read-only"):
        e.score_array[0, 0] = 1


def test_reading_scores_imports_no_heavy_library():
    code = (
        "import sys, numpy as np; from clarifai_eval_widget.evaluation import Evaluation; "
        "e = Evaluation.from_scores([0, 1], np.eye(2)); e.counts('0'); repr(e); "
        "heavy = {'pandas', 'grpc', 'google.protobuf', 'clarifai_grpc', 'matplotlib', 'sklearn'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=Path(__file__).parents[2])


def test_what_the_labels_alone_say_sorts_no_score(monkeypatch):
    def sort(*_args, **_options):
        raise AssertionError("scores were sorted")

    labels = np.random.default_rng(0).random((50, 3)) < [0.5, 0.05, 0.0]
    e = Evaluation.from_scores(labels, np.random.default_rng(1).random((50, 3)), ["a", "b", "c"])
    monkeypatch.setattr("clarifai_eval_widget.metrics.counts", sort)
    monkeypatch.setattr("clarifai_eval_widget.metrics.counts_by_concept", sort)
    assert e.class_sizes("a") == (labels[:, 0].sum(), (~labels[:, 0]).sum())
    assert e.undefined_reason("c") == "no positives"
    assert [one.code for one in e.conditions] == ["CEW011"]


def test_concepts_are_what_menus_columns_and_code_that_knows_a_tuple_take():
    labels = [[True, False], [False, True], [True, True]]
    e = Evaluation.from_scores(labels, [[0.9, 0.2], [0.1, 0.8], [0.6, 0.7]], concepts=["cat", "dog"])
    (menu, _) = interactive(lambda concept: concept, concept=e.concepts).children
    assert (type(menu).__name__, menu.options, menu.value) == ("Dropdown", ("cat", "dog"), "cat")
    assert list(e.scores[e.concepts]) == ["cat", "dog"]
    assert e.concepts == ("cat", "dog")
    assert hash(e.concepts) == hash(("cat", "dog"))
    assert repr(e.concepts) == "('cat', 'dog')"
    assert (e.concepts + ("all",), ["all"] + e.concepts) == (("cat", "dog", "all"), ("all", "cat", "dog"))  # noqa: RUF005
    assert e.concepts[::-1] == ("dog", "cat")
    assert pickle.loads(pickle.dumps(e.concepts)) == e.concepts
    assert e.concepts != ["dog"]
