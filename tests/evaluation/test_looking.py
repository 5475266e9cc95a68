"""Before an evaluation has ended, its intervals and tests hold at every look, and say so."""

from dataclasses import replace

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, uncertainty
from clarifai_eval_widget.evaluation.looking import AT_EVERY_LOOK
from clarifai_eval_widget.terms import EVALUATED

PLANNED = 2000


def scored(seed=0, *, size=600, noise=1.0, folds=None):
    rng = np.random.default_rng(7)
    classes = rng.integers(0, 3, size)
    labels = np.eye(3, dtype=bool)[classes]
    own = np.random.default_rng(seed)
    scores = 1 / (1 + np.exp(-(2 * labels - 1 + noise * own.normal(size=labels.shape) * 1.3)))
    return Evaluation.from_scores(labels, scores, ["a", "b", "c"], [f"i{n}" for n in range(size)], folds)


def as_sent(evaluation, *, complete, **told):
    """The evaluation as a server sends it, ended or not."""
    read = Evaluation.from_proto(evaluation.to_proto())
    code = EVALUATED if complete else 21303
    return Evaluation.from_data(replace(read, info=replace(read.info, status_code=code, **told)))


@pytest.fixture
def so_far():
    return as_sent(scored(), complete=False, inputs=PLANNED, inputs_done=600)


@pytest.fixture
def ended():
    return as_sent(scored(), complete=True, inputs=600, inputs_done=600)


def test_an_interval_of_a_part_is_that_of_the_level_all_looks_together_ask_for(so_far, ended):
    level = uncertainty.sequential_level(600 / PLANNED)
    part, whole = so_far.roc_auc_interval("a"), ended.roc_auc_interval("a", level)
    assert part.interval == whole.interval
    assert part.confidence_level == 0.95
    assert part.method == whole.method + AT_EVERY_LOOK
    assert so_far.figure_interval().interval == ended.figure_interval(confidence_level=level).interval
    assert so_far.figure_interval().method.endswith(AT_EVERY_LOOK)
    assert AT_EVERY_LOOK not in ended.roc_auc_interval("a").method
    assert (so_far.roc_auc_intervals()["method"].str.endswith(AT_EVERY_LOOK)).all()


def test_folds_so_far_share_the_level_among_all_looks():
    evaluation = scored(folds=np.arange(600) % 3 + 1)
    part = as_sent(evaluation, complete=False, folds=5, folds_done=3, use_kfold=True)
    whole = as_sent(evaluation, complete=True, folds=5, folds_done=5, use_kfold=True)
    assert part.roc_auc_interval("b").interval == whole.roc_auc_interval("b", 0.99).interval


def test_a_paired_test_of_a_part_is_wider_and_its_p_value_larger_and_both_agree(so_far, ended):
    other = scored(1, noise=1.2)
    part, whole = other.compare(so_far), other.compare(ended)
    assert (part["p_value"] > whole["p_value"]).all()
    assert (part["low"] < whole["low"]).all()
    assert (part["low_all"] < whole["low_all"]).iloc[:-1].all()
    assert part["method"].str.contains(AT_EVERY_LOOK, regex=False).all()
    left_out = (part["low"] > 0) | (part["high"] < 0)
    assert (left_out == (part["p_value"] < 0.05)).all()
    assert other.compare_overall(so_far).confidence_level == 0.95
