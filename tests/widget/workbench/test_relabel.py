"""Inputs marked as mislabelled: what the marks change, in Python and on the page."""

import pytest

from clarifai_eval_widget import EvalWidget
from tests.widget.page import Page
from tests.widget.workbench.test_comparison import scored

MARKS = {"input 3": ["cat"], "input 7": []}


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=scored(1))
    yield made
    made.close()


@pytest.fixture
def page(widget):
    return Page(widget)


def macro(evaluation):
    """As the summary has it, to the last bit: the page shows both."""
    return evaluation.summary["macro_avg_roc_auc"]


def test_the_panel_tells_what_the_marks_change(widget, page):
    head, _ = page.panel("relabel", {"relabels": MARKS})
    expected = widget.evaluation.relabel(MARKS).after
    assert (head["changed"], head["elsewhere"]) == (2, 0)
    assert (head["before"], head["after"]) == (macro(widget.evaluation), macro(expected))
    assert head["before"] != head["after"]


def test_a_mark_with_the_labels_there_are_changes_nothing_and_is_not_counted(widget, page):
    evaluation = widget.evaluation
    same = [concept for concept in evaluation.concepts if evaluation.labels.loc["input 8", concept]]
    head, _ = page.panel("relabel", {"relabels": MARKS | {"input 8": same}})
    assert (head["changed"], head["unchanged"], head["elsewhere"]) == (2, 1, 0)
    widget.relabels = {"input 8": same}
    assert widget.relabelling.frame.empty


def test_marks_of_other_inputs_wait_and_change_nothing_here(widget, page):
    strange = {"elsewhere": ["cat"], "input 1": ["of another model"]}
    head, _ = page.panel("relabel", {"relabels": MARKS | strange})
    assert (head["changed"], head["elsewhere"]) == (2, 2)
    widget.relabels = MARKS | strange
    assert widget.relabelling.frame["input_id"].tolist() == list(MARKS)


def test_marks_made_on_the_page_are_in_python_and_those_of_a_wrong_kind_are_not(widget):
    widget.set_state({"relabels": MARKS})
    assert widget.relabels == MARKS
    assert widget.relabelling.frame["proposed"].tolist() == [("cat",), ()]
    widget.set_state({"relabels": {"input 3": "cat"}})
    assert widget.relabels == MARKS


def test_curves_with_the_proposed_labels_stand_beside_the_old_and_follow_the_marks(widget, page):
    widget.relabels = MARKS
    key = widget.viewing
    assert "error" not in page.act("compare", runs=[key, f"{key}~relabelled"])
    before, after = widget.compared["evaluation"]
    assert before is widget.evaluation
    assert after.labels.equals(before.relabel(MARKS).after.labels)
    first = widget.comparison[1]["revision"]
    others = widget.compared.index.tolist()[1:]
    asked = {"others": others, "revisions": [first], "concept": "cat", "threshold": 0.5}
    head, _ = page.panel("compare", asked, key="first")
    assert head["areas"] == [before.roc_auc("cat"), after.roc_auc("cat")]
    widget.relabels = MARKS | {"input 9": ["owl", "cat"]}
    renewed = widget.compared["evaluation"].iloc[1]
    assert renewed.labels.loc["input 9"].tolist() == [True, False, True]
    assert widget.comparison[1]["revision"] > first
    head, _ = page.panel("compare", asked | {"revisions": [widget.comparison[1]["revision"]]}, key="second")
    assert head["areas"][1] == renewed.roc_auc("cat")
