"""Evaluations are put beside one another by Python and by the page, and ``compared`` is the table of them."""

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.widget.workbench.comparison import MOST
from tests.widget.page import Page


def scored(seed, rows=80, **options):
    rng = np.random.default_rng(seed)
    labels = np.random.default_rng(7).random((rows, 3)) < 0.4
    ids = options.pop("ids", [f"input {row}" for row in range(rows)])
    if (truth := options.pop("truth", None)) is not None:  # the labels that another evaluation has of these inputs
        known = dict(zip(truth.input_ids, truth.label_array, strict=True))
        labels = np.array([known.get(one, own) for one, own in zip(ids, labels, strict=True)])
    scores = np.clip(0.35 * labels + 0.6 * rng.random((rows, 3)), 0, 1)
    return Evaluation.from_scores(labels, scores, concepts=["cat", "dog", "owl"], input_ids=ids, **options)


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=scored(1))
    yield made
    made.close()


def test_what_is_compared_in_python_stands_in_the_trait_and_reaches_the_page(widget):
    first, second = widget.evaluation, scored(2)
    widget.compare(first, second, names=["old", "new"])
    assert widget.compared["title"].tolist() == ["old", "new"]
    assert widget.compared["evaluation"].tolist() == [first, second]
    expected = [np.mean([one.roc_auc(concept) for concept in one.concepts]) for one in (first, second)]
    assert widget.compared["roc_auc"].tolist() == pytest.approx(expected)
    told = widget.comparison
    assert [row["run"] for row in told] == widget.compared.index.tolist()
    assert told[0]["run"] == widget.viewing, "what is on screen is compared under its own key"
    assert all(row["revision"] > 0 for row in told)


def test_the_trait_is_set_like_the_method_and_by_its_own_table(widget):
    widget.compared = [scored(2), scored(3)]
    table = widget.compared
    assert table["title"].tolist() == ["Evaluation A", "Evaluation B"]
    widget.compared = table.iloc[::-1]
    assert widget.compared["title"].tolist() == ["Evaluation B", "Evaluation A"]
    widget.compared = None
    assert widget.compared is None
    assert widget.comparison == []


def test_observers_of_the_trait_are_called_with_the_table(widget):
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "compared")
    widget.compare(scored(2), scored(3))
    assert len(seen) == 1
    assert seen[0]["title"].tolist() == ["Evaluation A", "Evaluation B"]


def test_the_page_orders_and_drops_what_is_compared_by_keys(widget):
    page = Page(widget)
    widget.compare(widget.evaluation, scored(2), scored(3))
    keys = widget.compared.index.tolist()
    assert "error" not in page.act("compare", key="a", runs=[keys[2], keys[0]])
    assert widget.compared.index.tolist() == [keys[2], keys[0]]
    refused = page.act("compare", key="b", runs=["no such run"])
    assert "no such run" in refused["error"]["message"]
    assert widget.compared.index.tolist() == [keys[2], keys[0]]


def test_what_was_on_screen_stays_compared_when_another_evaluation_takes_its_place(widget):
    before = widget.evaluation
    widget.compare(before, scored(2))
    widget.evaluation = scored(3)
    assert widget.compared["evaluation"].tolist()[0] is before
    assert widget.viewing not in widget.compared.index


def test_too_many_wrong_names_and_other_things_are_refused_and_change_nothing(widget):
    widget.compare(widget.evaluation)
    for wrong, error, words in (
        (lambda: widget.compare(*[scored(one) for one in range(MOST + 1)]), InvalidRequestError, f"{MOST} at most"),
        (lambda: widget.compare(scored(2), names=["a", "b"]), InvalidRequestError, "2 names for 1"),
        (lambda: widget.compare(3), TypeError, "Runs and Evaluations, not a int"),
    ):
        with pytest.raises(error, match=words):
            wrong()
    assert widget.compared["evaluation"].tolist() == [widget.evaluation]
