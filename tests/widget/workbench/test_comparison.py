"""Evaluations are put beside one another by Python and by the page, and ``compared`` is the table of them."""

import numpy as np
import pandas as pd
import pytest

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.evaluation.pairing import apart
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


def test_all_that_the_comparison_shows_is_in_one_frame(widget):
    first = widget.evaluation
    second = scored(2, ids=[f"input {row + 20}" for row in range(80)], truth=first)
    elsewhere = scored(3, ids=[f"other {row}" for row in range(80)])
    assert widget.differences is None
    widget.thresholds = {"dog": 0.4}
    widget.compare(first, second, elsewhere, names=["old", "new", "far"])
    frame, keys = widget.differences, widget.compared.index
    assert frame.index.tolist() == [(key, one) for key in keys[1:] for one in ("cat", "dog", "owl", "macro average")]
    expected = first.compare(second)
    paired = frame.loc[keys[1]]
    same = ["roc_auc", "other_roc_auc", "difference", "low", "high", "p_value", "method"]
    pd.testing.assert_frame_equal(paired[same], expected[same], check_names=False)
    assert paired["p_holm"].tolist()[:3] == expected["p_holm"].tolist()[:3]
    assert paired.loc["macro average", "p_holm"] == expected.attrs["overall"].p_value, "one test: nothing to adjust"
    assert set(paired["inputs"]) == {60}
    assert set(paired["left_out"]) == {40}
    only = apart(first, second, "dog", 0.4)
    assert paired.loc["dog", ["threshold", "only_first", "only_other"]].tolist() == [0.4, *map(len, only)]
    both = [f"input {row}" for row in range(20, 80)]
    precisions = [one.slice(both).table()["avg_precision"] for one in (first, second)]
    assert paired["avg_precision"].tolist() == pytest.approx([*precisions[0], precisions[0].mean()])
    assert paired["other_avg_precision"].tolist() == pytest.approx([*precisions[1], precisions[1].mean()])
    assert set(paired["first"]) == {"old: Given in Python"}
    far = frame.loc[keys[2]]
    assert far["p_value"].isna().all()
    assert far["only_first"].isna().all()
    assert far.loc["cat", "reason"] == "no paired test: they have no input in common"
    assert far.loc["cat", "other_roc_auc"] == elsewhere.roc_auc("cat")


def test_the_frame_of_several_others_has_the_p_that_the_panel_shows(widget):
    widget.compare(widget.evaluation, scored(2), scored(3))
    frame = widget.differences
    head, _ = Page(widget).panel(
        "compare",
        {"others": widget.compared.index.tolist()[1:], "revisions": [1, 1], "concept": None, "threshold": 0.5},
    )
    overall = frame.xs("macro average", level="concept")
    assert overall["p_holm"].tolist() == [one["p_value"] for one in head["others"]]
    assert overall["only_first"].tolist() == [one["only_first"] for one in head["others"]]
    assert [None if pd.isna(one) else one for one in overall["more_inputs"]] == [
        one["more_inputs"] for one in head["others"]
    ]
