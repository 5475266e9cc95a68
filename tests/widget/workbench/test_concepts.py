"""The table's averages are Python's."""

import pytest

from clarifai_eval_widget.widget.workbench.panels import all_panels, concepts
from tests.widget import golden


def head(evaluation):
    return all_panels()["concepts"].encode(evaluation, {}).head


def test_the_micro_average_is_that_of_all_decisions_together():
    evaluation = golden.cross_validated()
    averages = evaluation.averages().set_index(["average", "figure"])["value"]
    made = head(evaluation)
    assert made["micro_roc_auc"] == pytest.approx(averages["micro", "roc_auc"])
    assert made["micro_avg_precision"] == pytest.approx(averages["micro", "avg_precision"])
    assert made["micro_reason"] == ""


def test_where_there_is_none_it_says_why(monkeypatch):
    assert head(golden.platform_rates())["micro_reason"] == "a micro average needs exact counts"
    assert "no" in head(golden.no_inputs())["micro_reason"]
    monkeypatch.setattr(concepts, "_MOST_DECISIONS", 10)
    made = head(golden.cross_validated())
    assert made["micro_roc_auc"] is None
    assert "more than 10 decisions" in made["micro_reason"]
    assert made["micro_asked"]
