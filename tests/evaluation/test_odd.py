"""Evaluations of odd data: what no test by the rules would hold, and no number may be wrong for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation
from tests.evaluation.test_evaluation import ROWS, add_curves, agreeing_message, message_of

CUT = [
    ("i1", {"cat": 0.75, "dog": 0.25}, ["cat"]),
    ("i2", {"dog": 0.9}, ["dog", "cat"]),
    ("i3", {"dog": 0.6, "cat": 0.4}, ["cat"]),
]


@pytest.mark.parametrize("fold", [float("inf"), 1e300, float("nan"), -1.0, 1.5])
def test_a_fold_that_is_no_number_of_one_is_told_and_no_fold_is_used(fold):
    message = message_of(ROWS)
    for entry in message.test_set:
        entry.input.data.metadata.update({"fold": 1})
    message.test_set[2].input.data.metadata.update({"fold": fold})
    e = Evaluation.from_proto(message)
    assert e.folds is None
    assert any("test_set[2] says no fold" in note for note in e.notes)


def test_a_first_input_without_its_fold_is_told():
    message = message_of(ROWS)
    for entry in list(message.test_set)[1:]:
        entry.input.data.metadata.update({"fold": 1})
    assert any("test_set[0] says no fold" in note for note in Evaluation.from_proto(message).notes)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5])
def test_matrix_and_table_count_scores_cut_off_a_list_alike(threshold):
    e = Evaluation.from_proto(message_of(CUT))
    matrix, table = e.confusion_matrix(threshold), e.table(threshold, full=True)
    assert [matrix.loc[one, one] for one in e.concepts] == table["tp"].tolist()


def test_the_highest_score_is_one_that_was_sent():
    e = Evaluation.from_proto(message_of([("i1", {"dog": 0.0}, ["dog"]), ("i2", {"cat": 0.5, "dog": 0.2}, ["cat"])]))
    matrix = e.confusion_matrix(kind="argmax")
    assert matrix.to_numpy().tolist() == [[1, 0], [0, 1]]


def test_micro_averages_pool_no_labels_of_a_concept_without_scores():
    e = Evaluation.from_proto(message_of([*ROWS, ("i5", {"cat": 0.2, "dog": 0.8}, ["cow"])]))
    micro = e.averages().set_index(["average", "figure"]).loc["micro"]
    kept = e.table(full=True).loc[["cat", "dog"]]
    assert micro.loc["recall", "value"] == kept["tp"].sum() / kept["num_pos"].sum()
    assert micro.loc["recall", ["averaged", "left_out"]].tolist() == [2, "cow"]


def test_every_average_names_the_concepts_it_leaves_out():
    labels, scores = [[1, 0, 0], [0, 1, 0]], [[0.9, 0.6, 0.8], [0.2, 0.7, 0.3]]
    frame = Evaluation.from_scores(labels, scores, ["a", "b", "c"]).averages()
    for row in frame.itertuples():
        assert row.averaged + len(row.left_out.split(", ") if row.left_out else []) == 3, row
    weighted = frame.set_index(["average", "figure"]).loc[("weighted", "precision")]
    assert weighted["left_out"] == "c"  # nothing is labelled c, so that it weighs nothing


def test_the_summary_counts_and_names_the_concepts_of_the_means_it_shows():
    # "a" has an area over both folds together, but in neither of them
    labels = [[1, 1], [1, 0], [0, 1], [0, 0]]
    e = Evaluation.from_scores(labels, np.full((4, 2), 0.5), ["a", "b"], folds=[1, 1, 2, 2])
    assert e.summary[["averaged_roc_auc", "left_out_roc_auc"]].tolist() == [1, 1]
    absent = Evaluation.from_scores([[1, 0], [0, 0]], np.full((2, 2), 0.5), ["a", "b"]).summary
    assert absent.attrs["left_out"] == {"b": "no positives"}


def test_a_disagreement_of_areas_alone_is_told_without_a_threshold():
    message = message_of(ROWS, kfold=False)
    add_curves(message, cat={"num_pos": 2, "num_neg": 2, "roc_auc": 0.25}, dog={"num_pos": 2, "num_neg": 2})
    e = Evaluation.from_proto(message)
    note = next(note for note in e.notes if "disagree" in note)
    assert "for 'cat' ROC AUC by 0.5000" in note
    assert "nan" not in note
    assert e.agreement()["agrees"].isna().tolist() == [False, True]  # of dogs nothing was sent to compare


def test_a_precision_that_disagrees_is_reported_with_its_size():
    message = agreeing_message()
    c = Evaluation.from_proto(message).counts("cat")
    tps, fps = c.at([0.2, 0.45])
    curve = message.binary_metrics[0].precision_recall_curve
    curve.thresholds.extend([0.2, 0.45])
    curve.recall.extend(tps / c.num_pos)
    curve.precision.extend(tps / (tps + fps))
    assert Evaluation.from_proto(message).agreement()["agrees"].all()
    curve.precision[1] -= 0.125
    e = Evaluation.from_proto(message)
    assert e.agreement().loc["cat", ["precision_difference", "threshold"]].tolist() == pytest.approx([0.125, 0.45])
    assert any("'cat' at threshold 0.45 precision by 0.1250" in note for note in e.notes)
    assert not any("true positive rate" in note or "ROC AUC by" in note for note in e.notes)  # these agree


def test_a_concept_called_macro_average_does_not_hide_it():
    e = Evaluation.from_scores([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.6]], ["macro average", "b"])
    for frame in (e.roc_curve(), e.threshold_sweep(thresholds=[0.5])):
        assert frame["concept"].unique().tolist() == ["macro average", "b", "macro average of all"]
    e.plot_threshold_sweep()


def test_ids_that_are_no_text_in_utf8_are_kept(tmp_path):
    ids = ["caf\udce9.png", "", "\x00"]
    e = Evaluation.from_scores([0, 1, 1], np.full((3, 2), 0.5), ["\ud83d", "b"], ids)
    e.save(tmp_path / "saved")
    back = Evaluation.load(tmp_path / "saved")
    assert (back.input_ids, back.concepts) == (tuple(ids), ("\ud83d", "b"))
    assert e.to_proto().test_set[0].input.id == "caf\\udce9.png"


class _Counted(str):
    """An id that counts how often ids are looked at."""

    __slots__ = ()
    looks = 0

    def __eq__(self, other):
        _Counted.looks += 1
        return str.__eq__(self, other)

    def __hash__(self):
        _Counted.looks += 1
        return str.__hash__(self)


def test_finding_an_id_that_comes_twice_looks_at_each_a_few_times():
    size = 1000
    e = Evaluation.from_scores(np.zeros(size, int), np.full((size, 2), 0.5), input_ids=range(size))
    e.input_ids = tuple(_Counted(min(row, size - 2)) for row in range(size))
    _Counted.looks = 0
    with pytest.raises(ValueError, match="'998' more than once"):
        e.compare(e)
    assert _Counted.looks < 20 * size


def test_finding_inputs_without_labels_looks_at_each_a_few_times():
    size = 1000
    scores = pd.DataFrame(np.full((size, 2), 0.5), index=[_Counted(row) for row in range(size)])
    labels = pd.Series([0] * size, index=[_Counted(row + 5) for row in range(size)])
    _Counted.looks = 0
    with pytest.raises(ValueError, match="without a label: 0, 1, 2, 3, 4"):
        Evaluation.from_scores(labels, scores)
    assert _Counted.looks < 50 * size


def test_a_comparison_says_its_sources_and_names_the_inputs_it_leaves_out():
    scores = np.linspace(0, 1, 8, dtype=np.float32).reshape(4, 2)
    given = Evaluation.from_scores([0, 1, 0, 1], scores, ["a", "b"], list("wxyz"))
    message = Evaluation.from_scores([1, 0, 1, 0], scores, ["a", "b"], list("xyzq")).to_proto()
    frame = given.compare(Evaluation.from_proto(message))
    assert frame["source"].unique().tolist() == ["scores given; other: test set"]
    assert all("CEW011" in note for note in frame.attrs["notes"][3:])
    assert frame.attrs["notes"][1:3] == [
        "1 inputs of this evaluation only, left out: w.",
        "1 inputs of the other evaluation only, left out: q.",
    ]
    assert given.roc_auc_intervals()["source"].unique().tolist() == ["scores given"]


def test_inputs_without_ids_are_paired_by_position_whoever_made_the_evaluation():
    e = Evaluation.from_scores([0, 1, 0, 1], np.linspace(0, 1, 8, dtype=np.float32).reshape(4, 2), ["a", "b"])
    sent = Evaluation.from_proto(e.to_proto())
    assert not sent.has_input_ids
    assert e.compare(sent).attrs["matched"] == 4


def test_an_empty_message_has_no_matrix_to_draw():
    with pytest.raises(EvalError, match="no concept"):
        Evaluation.from_proto(resources_pb2.EvalMetrics()).plot_confusion_matrix()


@pytest.mark.parametrize(
    ("sent", "figure"),
    [(1.0000038, 1.0), (-0.00003, 0.0), (float("-inf"), None), (-3.0, None), (1.5, None), (float("nan"), None)],
)
@pytest.mark.parametrize("name", ["top5_accuracy", "macro_std_f1_score", "macro_avg_recall"])
def test_a_figure_of_the_summary_that_cannot_be_right_costs_that_figure_and_nothing_else(name, sent, figure):
    message = agreeing_message()
    message.summary.macro_avg_roc_auc = 0.75
    setattr(message.summary, name, sent)
    e = Evaluation.from_proto(message)
    assert e.roc_auc("cat") == Evaluation.from_proto(agreeing_message()).roc_auc("cat")
    kept = e.platform_summary.get(name)
    assert kept == (None if name == "top5_accuracy" and figure == 0.0 else figure)
    odd = figure is None and not np.isnan(sent)
    assert any(f"summary.{name} is {sent:g}" in note and "left out" in note for note in e.notes) == odd
    assert e.platform_summary["macro_avg_roc_auc"] == 0.75


def test_a_figure_of_a_concept_that_cannot_be_right_leaves_its_curve(tmp_path):
    message = agreeing_message()
    curve = message.binary_metrics[0]
    concept = curve.concept.id
    curve.f1, curve.roc_auc, curve.avg_precision = float("inf"), 1.00001, -2.0
    e = Evaluation.from_proto(message)
    held = e.platform_curves[concept]
    assert (held.roc_auc, np.isnan(held.f1), np.isnan(held.avg_precision)) == (1.0, True, True)
    assert len(held.tpr) == len(Evaluation.from_proto(agreeing_message()).platform_curves[concept].tpr)
    assert [note.split(" is ")[0] for note in e.notes if "left out" in note] == [
        "binary_metrics[0].f1",
        "binary_metrics[0].avg_precision",
    ]
    e.save(tmp_path / "e")
    assert Evaluation.load(tmp_path / "e").notes == e.notes
