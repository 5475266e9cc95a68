"""What each decision costs a figure of the ranking, against its definition."""

import numpy as np
import pytest

from clarifai_eval_widget.metrics import average_precision_costs, ranking, roc_auc_costs


@pytest.mark.parametrize("at_once", [1, 7, 1 << 20])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.9, 1.0])
@pytest.mark.parametrize("step", [0.0, 0.1])
def test_costs_are_those_of_the_definition_however_many_decisions_are_looked_at_at_once(
    monkeypatch, at_once, share, step
):
    monkeypatch.setattr(ranking, "_AT_ONCE", at_once)
    rng = np.random.default_rng(7)
    labels, scores = rng.random(60) < share, rng.random(60).astype(np.float32)
    scores = np.round(scores / step).astype(np.float32) if step else scores
    own, other = scores[:, None], scores[None, :]
    over, ties = other > own, other == own
    area = np.where(labels, (over + ties / 2) @ ~labels, (~over - ties / 2) @ labels)
    sizes = np.where(labels, (~labels).sum(), labels.sum())
    empty = labels.all() or not labels.any()
    assert roc_auc_costs(labels, scores) == pytest.approx(np.zeros(60) if empty else area / sizes)
    given = (over | ties) @ np.ones(60)
    lacking = (over | ties) @ (~labels).astype(float) / given
    taken = (~over) @ (labels / given)
    costs = np.where(labels, lacking, taken) / max(labels.sum(), 1)
    assert average_precision_costs(labels, scores) == pytest.approx(costs if labels.any() else np.zeros(60))
