"""What the platform itself says is kept, looked up where it is known, and shown as the platform's."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from google.protobuf import text_format

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.reported import OF_MEAN_RATES
from clarifai_eval_widget.evaluation.summary import SKIP_RULE, ZERO_RULE
from clarifai_eval_widget.local.work.results import write_label_counts
from clarifai_eval_widget.widget.workbench.rates import rates_at_hundredths

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def reply():
    text = (DATA / "platform_reply.txtpb").read_text()
    return text_format.Parse(text, service_pb2.SingleEvalMetricsResponse()).eval_metrics


def curve_at(thresholds, **params):
    message = resources_pb2.EvalMetrics()
    message.status.code = 21300
    message.eval_info.params.update(params)
    curve = message.binary_metrics.add(num_pos=4, num_neg=4, roc_auc=0.5)
    curve.concept.id = "cat"
    rates = np.linspace(1, 0, len(thresholds))
    curve.roc_curve.fpr.extend(rates)
    curve.roc_curve.tpr.extend(rates)
    curve.roc_curve.thresholds.extend(thresholds)
    curve.precision_recall_curve.precision.extend(np.full(len(thresholds), 0.5))
    curve.precision_recall_curve.recall.extend(rates)
    curve.precision_recall_curve.thresholds.extend(thresholds)
    return Evaluation.from_proto(message)


def test_rates_of_another_threshold_are_told_and_make_no_counts():
    e = curve_at([0.0, 0.25, 0.75, 1.0], use_kfold=False)
    row = e.table(0.5, full=True).loc["cat"]
    assert row["recall"] == pytest.approx(1 / 3)
    assert "recall and precision and fpr at 0.75, the next threshold sent" in row["reason"].replace("; fpr", " and fpr")
    assert np.isnan(float("nan") if row[["tp"]].isna().all() else 0.0)
    there = e.table(0.75, full=True).loc["cat"]
    assert there["tp"] == round(4 / 3)
    assert "next threshold" not in there["reason"]
    assert "at 0.75, the next threshold sent" in e.threshold_sweep("cat", [0.5])["reason"].iloc[0]


def test_f1_of_reported_rates_is_0_where_all_that_is_predicted_is_wrong_as_from_counts():
    message = resources_pb2.EvalMetrics()
    message.status.code = 21300
    curve = message.binary_metrics.add(num_pos=4, num_neg=4, roc_auc=0.5)
    curve.concept.id = "cat"
    curve.roc_curve.fpr.extend([1.0, 0.5, 0.0])
    curve.roc_curve.tpr.extend([1.0, 0.0, 0.0])
    curve.roc_curve.thresholds.extend([0.0, 0.5, 1.0])
    curve.precision_recall_curve.precision.extend([0.5, 0.0, 1.0])
    curve.precision_recall_curve.recall.extend([1.0, 0.0, 0.0])
    curve.precision_recall_curve.thresholds.extend([0.0, 0.5, 1.0])
    e = Evaluation.from_proto(message)
    swept = e.threshold_sweep("cat", [0.0, 0.5, 1.0])
    assert swept["f1"].tolist() == [pytest.approx(2 / 3), 0.0, 0.0]
    assert swept["specificity"].tolist() == [0.0, 0.5, 1.0]
    assert swept["balanced_accuracy"].tolist() == [0.5, 0.25, 0.5]
    assert [e.table(at, full=True).loc["cat", "f1"] for at in (0.0, 0.5, 1.0)] == swept["f1"].tolist()


def test_the_page_gets_rates_only_at_thresholds_they_were_sent_for():
    e = curve_at(np.float32([0.0, 0.304, 0.5, 1.0]))
    tpr = rates_at_hundredths(e)["tpr"][0]
    assert np.flatnonzero(~np.isnan(tpr)).tolist() == [0, 50, 100]


def test_the_platforms_own_matrix_stands_beside_that_of_the_test_set(reply):
    e = Evaluation.from_proto(reply)
    ours = e.confusion_matrix(kind="probability")
    theirs = e.confusion_matrix(kind="probability", source="platform")
    assert ours.loc["positive", "positive"] == pytest.approx(0.9995, abs=1e-4)
    assert theirs.loc["positive", "positive"] == pytest.approx(0.7498, abs=1e-4)
    assert (ours.attrs["source"], theirs.attrs["source"]) == ("test set", "platform confusion matrix")
    assert any("covers all folds, that of the test set one split" in note for note in e.notes)
    assert "Source: platform confusion matrix." in e.plot_confusion_matrix(
        kind="probability", source="platform"
    ).caption_.get_text().replace("\n", " ")


def test_with_matrix_and_summary_only_the_matrix_is_the_platforms(reply):
    del reply.test_set[:]
    del reply.binary_metrics[:]
    e = Evaluation.from_proto(reply)
    assert e.confusion_matrix(kind="probability").loc["positive", "positive"] == pytest.approx(0.7498, abs=1e-4)


def test_a_matrix_that_was_not_sent_is_refused(reply):
    reply.ClearField("confusion_matrix")
    reply.ClearField("cooccurrence_matrix")
    e = Evaluation.from_proto(reply)
    with pytest.raises(EvalError, match="own matrix was not sent"):
        e.confusion_matrix(kind="probability", source="platform")
    with pytest.raises(EvalError, match="own matrix was not sent, or is not of this kind"):
        e.confusion_matrix(kind="count", source="platform")
    with pytest.raises(EvalError, match="co-occurrence matrix was not sent"):
        e.cooccurrence_matrix(source="platform")
    with pytest.raises(ValueError, match="choose"):
        e.confusion_matrix(source="server")


def test_labels_that_occur_together_are_counted_here_and_by_the_platform(reply):
    e = Evaluation.from_proto(reply)
    assert e.cooccurrence_matrix().to_numpy().tolist() == [[3, 0], [0, 2]]
    theirs = e.cooccurrence_matrix(source="platform")
    assert theirs.to_numpy().tolist() == [[10, 0], [0, 11]]
    assert theirs.attrs["source"] == "platform co-occurrence matrix, whole dataset"
    both = Evaluation.from_scores([[1, 1], [1, 0], [0, 1]], np.full((3, 2), 0.5), ["a", "b"])
    assert both.cooccurrence_matrix().to_numpy().tolist() == [[2, 1], [1, 2]]


def _counted_here(labels):
    return Evaluation.from_scores(labels, labels.astype(np.float32)).cooccurrence_matrix


def _counted_by_the_server(labels):
    concepts = [resources_pb2.Concept(id=str(k)) for k in range(labels.shape[1])]
    return lambda: write_label_counts(resources_pb2.EvalMetrics(), labels, concepts)


@pytest.mark.parametrize("counting", [_counted_here, _counted_by_the_server])
def test_labels_that_occur_together_are_never_widened_to_integers(counting):
    # 16 times the memory for two copies, and a product that no BLAS makes: 7 s at 200 concepts of 20,000 inputs
    labels = np.random.default_rng(0).random((400_000, 12)) < 0.3
    count = counting(labels)
    tracemalloc.start()
    count()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * labels.nbytes


def test_f1_of_a_k_fold_reply_is_one_number_wherever_it_stands(reply):
    del reply.test_set[:]
    e = Evaluation.from_proto(reply)
    table = e.table(full=True)
    assert table.loc["positive", "f1"] == pytest.approx(0.8333334)
    macro = e.averages().set_index(["average", "figure"]).loc[("macro", "f1"), "value"]
    assert macro == pytest.approx(e.summary["macro_avg_f1_score"], abs=1e-6) == pytest.approx(0.88095236)


def test_f1_of_mean_rates_is_called_so(reply):
    del reply.test_set[:]
    e = Evaluation.from_proto(reply)
    assert OF_MEAN_RATES not in e.table(0.5, full=True).loc["positive", "reason"]
    assert OF_MEAN_RATES in e.table(0.4, full=True).loc["positive", "reason"]
    assert OF_MEAN_RATES in e.threshold_sweep("positive", [0.4])["reason"].iloc[0]


def test_the_sweep_gives_the_folds_f1_where_it_is_sent_and_says_of_all_other_f1_what_it_is(reply):
    del reply.test_set[:]
    e = Evaluation.from_proto(reply)
    at, elsewhere = e.threshold_sweep(thresholds=[0.5]), e.threshold_sweep(thresholds=[0.4])
    each, macro = at.iloc[:-1], at.iloc[-1]
    table = e.table(0.5, full=True).loc[list(e.concepts)]
    assert each["f1"].tolist() == table["f1"].tolist()
    assert macro["f1"] == pytest.approx(np.mean(table["f1"]))
    assert not at["reason"].str.contains("mean rates").any()
    assert elsewhere["reason"].str.contains(OF_MEAN_RATES, regex=False).all(), "the macro average's row, too"
    assert 0.5 not in e.numbers.sweep_outline("positive"), "or the line would have a notch there"


def test_the_rule_for_an_undefined_f1_stands_beside_it(reply):
    e = Evaluation.from_scores([[1, 0], [0, 1], [1, 0]], [[0.9, 0.1], [0.2, 0.3], [0.8, 0.2]], ["a", "b"])
    assert e.summary["macro_avg_f1_score"] == 0.5  # b is never predicted: 0, not left out
    assert e.summary.attrs["rules"]["macro_avg_f1_score"] == ZERO_RULE
    averages = e.averages()
    assert set(averages.loc[averages["figure"] == "f1", "undefined"]) == {ZERO_RULE}
    theirs = Evaluation.from_proto(reply).summary.attrs["rules"]
    assert theirs["macro_avg_f1_score"] == SKIP_RULE
    assert theirs["test_set_macro_avg_f1_score"] == ZERO_RULE


def test_the_summary_says_of_how_many_values_the_servers_means_are(reply):
    silent = Evaluation.from_proto(reply).summary
    assert silent["averaged_roc_auc"] == 2
    assert np.isnan(silent["averaged_f1"])  # nobody told
    own = reply.extended_metrics.user_metrics.get_or_create_struct("clarifai_eval_widget")
    own.update({"summary_of": {"f1_score": {"averaged": 7, "undefined": 3}}})
    told = Evaluation.from_proto(reply).summary
    assert told[["values_averaged_f1", "values_left_out_f1"]].tolist() == [7, 3]
    assert not {"averaged_f1", "left_out_f1"} & set(told.index)  # no NaN beside what was told
    assert told["averaged_roc_auc"] == 2
    reply.eval_info.params.update({"use_kfold": False})
    assert Evaluation.from_proto(reply).summary[["averaged_f1", "left_out_f1"]].tolist() == [7, 3]
