"""A macro figure that the platform did not send is none: proto3 writes a zero and nothing alike."""

import numpy as np
import pytest
from google.protobuf import text_format

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.widget.workbench.own_figures import summary_words
from tests.evaluation.test_odd import agreeing_message

MEANS = ("macro_avg_f1_score", "macro_avg_precision", "macro_avg_recall")


def platform_message(data, *, test_set=False, curves=True):
    from clarifai_grpc.grpc.api import service_pb2

    reply = text_format.Parse((data / "platform_reply.txtpb").read_text(), service_pb2.SingleEvalMetricsResponse())
    if not test_set:
        del reply.eval_metrics.test_set[:]
    if not curves:
        del reply.eval_metrics.binary_metrics[:]
    return reply.eval_metrics


@pytest.mark.parametrize("missing", MEANS)
def test_a_mean_beside_others_that_were_sent_is_not_zero_but_not_sent(data, missing):
    message = platform_message(data, curves=False)
    message.summary.ClearField(missing)
    e = Evaluation.from_proto(message)
    assert np.isnan(e.summary[missing])
    assert e.summary.attrs["reasons"][missing] == "not sent"
    word = {"macro_avg_f1_score": "F1"}.get(missing, missing.removeprefix("macro_avg_"))
    assert f"{word} – (not sent)" in summary_words(e)
    assert "0.000 (" not in summary_words(e)


@pytest.mark.parametrize("given", [{"curves": True}, {"curves": False, "test_set": True}])
def test_curves_and_test_set_tell_that_no_mean_was_sent(data, given):
    message = platform_message(data, **given)
    for name in MEANS:
        message.summary.ClearField(name)
    e = Evaluation.from_proto(message)
    assert e.summary[list(MEANS)].isna().all()
    words = summary_words(e)
    assert words.endswith("F1 – (not sent), precision – (not sent), recall – (not sent).")
    assert not [note for note in e.notes if "tell the two apart" in note]


def test_where_nothing_tells_a_zero_from_what_was_not_sent_the_note_and_the_page_say_so(data):
    message = platform_message(data, curves=False)
    for name in (*MEANS, "macro_std_f1_score"):
        message.summary.ClearField(name)
    e = Evaluation.from_proto(message)
    assert e.summary["macro_avg_recall"] == 0.0
    (note,) = [note for note in e.notes if "tell the two apart" in note]
    assert "summary.macro_avg_f1_score" in note
    assert "summary.macro_avg_recall are 0, or were not sent" in note
    assert "F1 0.000 (or not sent)" in summary_words(e)


def test_a_spread_of_zero_between_concepts_that_differ_was_not_sent():
    message = agreeing_message()
    message.summary.macro_avg_roc_auc = 0.75
    for curve, area in zip(message.binary_metrics, (0.9, 0.6), strict=False):
        curve.roc_auc = area
    assert len(message.binary_metrics) > 1
    assert "macro_std_roc_auc" not in Evaluation.from_proto(message).platform_summary
    message.summary.macro_std_roc_auc = 0.15
    assert Evaluation.from_proto(message).platform_summary["macro_std_roc_auc"] == pytest.approx(0.15)


def test_what_the_local_server_averaged_of_nothing_is_no_zero():
    from clarifai_eval_widget.own_metrics import OWN_KEY

    message = agreeing_message()
    del message.test_set[:], message.binary_metrics[:]
    message.summary.macro_avg_roc_auc = 0.75
    told = {"f1_score": {"averaged": 0, "undefined": 2}, "precision": {"averaged": 0, "undefined": 2}}
    told["recall"] = {"averaged": 2, "undefined": 0}
    message.extended_metrics.user_metrics.update({OWN_KEY: {"summary_of": told}})
    e = Evaluation.from_proto(message)
    assert e.summary[list(MEANS)].isna().tolist() == [True, True, False]
    assert e.summary["macro_avg_recall"] == 0.0
    assert not [note for note in e.notes if "tell the two apart" in note]
