"""Evaluation: counts and figures from a server's reply and from labels and scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from clarifai_grpc.grpc.api import service_pb2
from google.protobuf import text_format

from clarifai_eval_widget.evaluation import Evaluation

REPLY = Path(__file__).parent / "data" / "platform_reply.txtpb"


@pytest.fixture
def platform_reply() -> service_pb2.SingleEvalMetricsResponse:
    return text_format.Parse(REPLY.read_text(), service_pb2.SingleEvalMetricsResponse())


def test_the_printed_platform_reply_loads_with_both_sources_kept_apart(platform_reply):
    e = Evaluation.from_proto(platform_reply)
    assert e.concepts == ("positive", "negative")
    assert e.source == "test_set"
    assert e.num_inputs == 5
    assert e.counts("positive").num_pos == 3
    assert e.platform_curves["positive"].num_pos == 2
    assert e.info.use_kfold is True
    assert e.complete
    assert any("one split" in note for note in e.notes)


def test_counts_from_scores_are_exact_at_every_distinct_score():
    e = Evaluation.from_scores(["a", "b", "a"], np.array([[0.2, 0.8], [0.4, 0.5], [0.9, 0.1]]), concepts=["a", "b"])
    counts = e.counts("a")
    assert counts.thresholds.tolist() == [np.inf, 0.9, 0.4, 0.2]
    assert counts.tps.tolist() == [0, 1, 1, 2]
    assert counts.fps.tolist() == [0, 0, 1, 1]
