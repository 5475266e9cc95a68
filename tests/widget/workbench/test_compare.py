"""The panel "compare" tells what the evaluations tell, and leads to the inputs that only one gets right."""

import gc
import weakref

import numpy as np
import pytest
from clarifai_grpc.grpc.api.service_pb2 import SingleEvalMetricsResponse
from google.protobuf import text_format

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.evaluation.pairing import apart
from tests.evaluation.test_looking import as_sent
from tests.evaluation.test_looking import scored as scored_apart
from tests.widget import golden
from tests.widget.page import Page
from tests.widget.workbench.test_comparison import scored


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=scored(1))
    yield made
    made.close()


@pytest.fixture
def page(widget):
    return Page(widget)


def params(widget, **changes):
    others = widget.compared.index.tolist()[1:]
    return {"others": others, "revisions": [1] * len(others), "concept": None, "threshold": 0.5, **changes}


def test_figures_of_every_other_stand_by_concept_and_over_all(widget, page):
    a, b, c = widget.evaluation, scored(2), scored(3, ids=[f"other {row}" for row in range(80)])
    widget.compare(a, b, c)
    head, arrays = page.panel("compare", params(widget))
    assert arrays["first"].tolist() == 2 * [a.roc_auc(concept) for concept in a.concepts]
    assert arrays["second"].tolist() == [e.roc_auc(concept) for e in (b, c) for concept in a.concepts]
    expected = a.compare(b)
    for name in ("difference", "low", "high", "p_value", "p_holm"):
        assert arrays[name][:3].tolist() == expected[name].tolist()[:3]
    paired, drop = head["others"]
    assert paired["difference"] == expected.attrs["overall"].difference
    assert (paired["matched"], paired["refusal"]) == (80, "")
    assert paired["more_inputs"] == pytest.approx(a.inputs_needed(b).more, abs=1)
    assert (drop["p_value"], drop["refusal"]) == (None, "they have no input in common")
    assert np.isnan(arrays["p_value"][3:]).all()


def test_curves_of_all_are_of_the_concept_asked_for(widget, page):
    widget.compare(widget.evaluation, scored(2))
    head, arrays = page.panel("compare", params(widget, concept="dog"))
    for at, evaluation in enumerate(widget.compared["evaluation"]):
        part = slice(*arrays["offsets"][at : at + 2])
        area = np.trapezoid(arrays["tpr"][part], arrays["fpr"][part])
        assert area == pytest.approx(evaluation.roc_auc("dog"), abs=1e-6) == head["areas"][at]


def area_below_steps(recall, precision):
    """A row's precision holds from the recall of the row before it."""
    defined = np.isfinite(precision)
    return float(np.sum(np.diff(recall[defined], prepend=0) * precision[defined]))


@pytest.mark.parametrize("concept", ["dog", None])
def test_the_area_below_each_precision_recall_curve_is_the_average_precision_told(widget, page, concept):
    widget.compare(widget.evaluation, scored(2))
    head, arrays = page.panel("compare", params(widget, concept=concept))
    for at, evaluation in enumerate(widget.compared["evaluation"]):
        part = slice(*arrays["pr_offsets"][at : at + 2])
        every = evaluation.table()["avg_precision"]
        expected = every.mean() if concept is None else every[concept]
        assert head["average_precisions"][at] == pytest.approx(expected)
        assert area_below_steps(arrays["recall"][part], arrays["precision"][part]) == pytest.approx(expected, abs=2e-3)


def test_every_point_of_a_curve_has_the_threshold_that_gives_it(widget, page):
    widget.compare(widget.evaluation, scored(2))
    _, arrays = page.panel("compare", params(widget, concept="dog"))
    for at, evaluation in enumerate(widget.compared["evaluation"]):
        for prefix, x, y in (("", "fpr", "recall"), ("pr_", "recall", "precision")):
            part = slice(*arrays[f"{prefix}offsets"][at : at + 2])
            thresholds = arrays[f"{prefix}thresholds"][part]
            drawn = zip(arrays[x][part], arrays["tpr" if y == "recall" else y][part], thresholds, strict=True)
            known = [one for one in drawn if not np.isnan(one[2])]
            assert len(known) >= len(thresholds) - 1 > 5  # but the one where nothing is predicted
            for across, up, threshold in known:
                row = evaluation.threshold_sweep("dog", [float(threshold)]).iloc[0]
                assert (across, up) == (pytest.approx(row[x], abs=1e-7), pytest.approx(row[y], abs=1e-7))
    _, arrays = page.panel("compare", params(widget), key="over all")
    assert np.isnan(arrays["thresholds"]).all()
    assert np.isnan(arrays["pr_thresholds"]).all()


def test_the_points_of_a_curve_of_rates_have_the_thresholds_sent_with_them(widget, page):
    reply = text_format.Parse((golden.DATA / "platform_reply.txtpb").read_text(), SingleEvalMetricsResponse())
    del reply.eval_metrics.test_set[:]
    sent = Evaluation.from_proto(reply.eval_metrics)
    concept = sent.concepts[0]
    widget.evaluation = sent
    widget.compare(sent, Evaluation.from_proto(reply.eval_metrics))
    _, arrays = page.panel("compare", params(widget, concept=concept))
    roc, precision = sent.numbers.roc(concept), sent.numbers.precision_recall(concept)
    for prefix, x, y, told in (("", "fpr", "tpr", roc), ("pr_", "recall", "precision", precision)):
        rows = set(zip(*(np.float32(told[one]).tolist() for one in (x, y, "threshold")), strict=True))
        part = slice(*arrays[f"{prefix}offsets"][:2])
        drawn = list(
            zip(*(np.float32(arrays[one][part]).tolist() for one in (x, y, f"{prefix}thresholds")), strict=True)
        )
        assert len(drawn) > 5
        assert {one for one in drawn if one[1] == one[1]} <= rows


def test_the_inputs_that_only_one_gets_right_are_counted_and_listed(widget, page):
    first, second = widget.evaluation, scored(2)
    widget.compare(first, second)
    head, _ = page.panel("compare", params(widget, concept="dog", threshold=0.4))
    only_first, only_other = apart(first, second, "dog", 0.4)
    assert [head["others"][0][name] for name in ("only_first", "only_other")] == [len(only_first), len(only_other)]
    asked = {"concept": "dog", "labelled": None, "threshold": 0.4, "sort": "score", "page": 0, "large": None}
    asked["against"] = widget.compared.index[1]
    both = [*only_first, *only_other]
    for outcome, rows in (("better", only_first), ("worse", only_other), ("differ", both)):
        head, arrays = page.panel("inputs", asked | {"outcome": outcome}, key=outcome)
        assert sorted(widget.selection["input_id"]) == sorted(first.input_ids[row] for row in rows)
        assert head["ids"] == widget.selection["input_id"].tolist()[: len(head["ids"])]
        starts = arrays["bar_offsets"]
        for at, one in enumerate(head["ids"]):
            bars = slice(starts[at], starts[at + 1])
            expected = [second.scores.loc[one, first.concepts[k]] for k in arrays["bar_concepts"][bars]]
            assert arrays["other_scores"][bars].tolist() == expected


def test_a_newer_state_of_a_run_compared_is_not_answered_with_the_older_one(widget, page):
    widget.compare(widget.evaluation, scored(2))
    before, _ = page.panel("compare", params(widget), key="a")
    widget.compared = [widget.evaluation, scored(3)]
    after, _ = page.panel("compare", params(widget), key="b")
    assert before["areas"][0] == after["areas"][0]
    assert before["areas"][1] != after["areas"][1]


def test_several_others_are_tested_with_holm_over_them(widget, page):
    widget.compare(widget.evaluation, scored(2), scored(3))
    head, _ = page.panel("compare", params(widget))
    a, b, c = widget.compared["evaluation"]
    raw = sorted([a.compare_overall(b).p_value, a.compare_overall(c).p_value])
    assert sorted(one["p_value"] for one in head["others"]) == [min(1, 2 * raw[0]), max(min(1, 2 * raw[0]), raw[1])]


def test_areas_of_the_table_are_on_the_inputs_that_both_have_so_that_their_difference_is_theirs(widget, page):
    rows = 60
    whole = scored(2)
    part = Evaluation.from_scores(
        whole.label_array[:rows], whole.score_array[:rows], concepts=whole.concepts, input_ids=whole.input_ids[:rows]
    )
    widget.compare(widget.evaluation, part)
    head, arrays = page.panel("compare", params(widget))
    assert (head["others"][0]["matched"], head["others"][0]["left_out"]) == (rows, 80 - rows)
    assert arrays["second"] - arrays["first"] == pytest.approx(arrays["difference"])
    assert arrays["second"].tolist() == [part.roc_auc(concept) for concept in part.concepts]


def test_a_comparison_that_is_clear_before_the_end_is_said_to_be_decided():
    worse = as_sent(scored_apart(3, noise=4.0, size=2000), complete=True)
    running = as_sent(scored_apart(1), complete=False, inputs=2000, inputs_done=600)

    def told(first, second):
        widget = EvalWidget(evaluation=first)
        widget.compare(first, second)
        head, _ = Page(widget).panel("compare", params(widget))
        widget.close()
        return head["others"][0]

    found = told(worse, running)
    assert found["told_apart"]
    assert found["decided"] == "Decided after 600 of 2,000 inputs"
    assert "holds at every look" in found["method"]
    assert told(running, worse)["decided"] == found["decided"]
    ended = as_sent(scored_apart(1), complete=True)
    assert (told(worse, ended)["told_apart"], told(worse, ended)["decided"]) == (True, "")
    alike = as_sent(scored_apart(2), complete=False, inputs=2000, inputs_done=600)
    assert (told(ended, alike)["told_apart"], told(ended, alike)["decided"]) == (False, "")
    few = as_sent(scored_apart(1, size=21), complete=False, inputs=2000, inputs_done=21)
    assert told(worse, few)["decided"] == ""


def test_curves_are_of_the_inputs_that_the_table_is_of(widget, page):
    whole = scored(2, ids=[f"input {row + 30}" for row in range(80)], truth=widget.evaluation)
    widget.compare(widget.evaluation, whole)
    head, arrays = page.panel("compare", params(widget, concept="dog"))
    assert (head["common"], head["others"][0]["left_out"]) == (50, 60)
    at = head["concepts"].index("dog")
    assert head["areas"] == [arrays["first"][at], arrays["second"][at]]
    both = [f"input {row}" for row in range(30, 80)]
    assert head["areas"] == [one.slice(both).roc_auc("dog") for one in (widget.evaluation, whole)]
    assert head["average_precisions"][0] == widget.evaluation.slice(both).table().loc["dog", "avg_precision"]
    for k in range(2):
        part = slice(*arrays["offsets"][k : k + 2])
        assert np.trapezoid(arrays["tpr"][part], arrays["fpr"][part]) == pytest.approx(head["areas"][k], abs=1e-6)


def test_several_are_all_on_the_inputs_that_all_have_but_those_that_cannot_be_paired(widget, page):
    shifted = scored(2, ids=[f"input {row + 20}" for row in range(80)], truth=widget.evaluation)
    fewer = scored(3).slice([f"input {row}" for row in range(60)])
    elsewhere = scored(4, ids=[f"other {row}" for row in range(80)])
    widget.compare(widget.evaluation, shifted, fewer, elsewhere)
    head, arrays = page.panel("compare", params(widget, concept="cat"))
    common = [f"input {row}" for row in range(20, 60)]
    assert head["common"] == len(common)
    assert [one["matched"] for one in head["others"]] == [40, 40, 0]
    assert [one["left_out"] for one in head["others"]] == [80, 60, 0]
    first = widget.evaluation.slice(common).roc_auc("cat")
    seconds = [shifted.slice(common).roc_auc("cat"), fewer.slice(common).roc_auc("cat"), elsewhere.roc_auc("cat")]
    assert arrays["first"].reshape(3, -1)[:, 0].tolist() == 3 * [first]
    assert arrays["second"].reshape(3, -1)[:, 0].tolist() == seconds
    assert head["areas"] == [first, *seconds]


def test_where_no_input_is_in_all_each_is_tested_on_those_it_shares_with_the_first(widget, page):
    ends = [scored(seed).slice([f"input {row}" for row in rows]) for seed, rows in ((2, range(40)), (3, range(40, 80)))]
    widget.compare(widget.evaluation, *ends)
    head, _ = page.panel("compare", params(widget))
    assert (head["common"], [one["matched"] for one in head["others"]]) == (0, [40, 40])


def test_areas_that_are_means_over_folds_are_told_from_those_of_the_curves(widget, page):
    folds = np.arange(80) % 4
    widget.evaluation = scored(1, folds=folds)
    widget.compare(widget.evaluation, scored(2, folds=folds))
    head, _ = page.panel("compare", params(widget))
    assert head["others"][0]["fold_means"]
    widget.compare(widget.evaluation, scored(2))
    head, _ = page.panel("compare", params(widget), key="whole")
    assert not head["others"][0]["fold_means"]


@pytest.mark.parametrize("paired", [True, False])
def test_a_concept_without_positives_in_one_is_not_counted_among_those_of_the_mean(widget, page, paired):
    labels = widget.evaluation.label_array.copy()
    labels[:, 0] = False
    ids = widget.evaluation.input_ids if paired else [f"other {row}" for row in range(len(labels))]
    scores = widget.evaluation.score_array
    other = Evaluation.from_scores(labels, scores, concepts=widget.evaluation.concepts, input_ids=ids)
    widget.compare(widget.evaluation, other)
    head, arrays = page.panel("compare", params(widget))
    assert head["others"][0]["concepts"] == int((~np.isnan(arrays["difference"])).sum()) == len(labels[0]) - 1


def test_one_without_a_concept_in_common_says_so_and_keeps_none_of_the_others_from_being_compared(widget, page):
    other = Evaluation.from_scores(np.eye(20, 2) > 0, np.eye(20, 2) * 0.9, concepts=["x", "y"])
    widget.compare(widget.evaluation, scored(2), other)
    head, arrays = page.panel("compare", params(widget))
    assert [one["refusal"] for one in head["others"]] == ["", "they have no concept in common"]
    assert (head["others"][1]["difference"], head["others"][1]["concepts"]) == (None, 0)
    assert np.isnan(arrays["difference"][3:]).all()
    frame = widget.differences
    assert frame.loc[widget.compared.index[2], "reason"].tolist() == ["no paired test: they have no concept in common"]
    assert frame.loc[widget.compared.index[1], "p_value"].notna().all()


def test_a_comparison_keeps_no_evaluation_alive(widget, page):
    other = scored(2).slice([f"input {row}" for row in range(60)])
    widget.compare(widget.evaluation, other)
    page.panel("compare", params(widget))
    gone = weakref.ref(widget.evaluation), weakref.ref(other)
    widget.close()
    del other
    page.widget = None
    gc.collect()
    assert [one() for one in gone] == [None, None]


def test_averages_and_their_curves_are_over_the_concepts_that_all_have(widget, page):
    second = scored(2)
    kept = second.concepts[1:]
    fewer = Evaluation.from_scores(
        second.label_array[:, 1:], second.score_array[:, 1:], concepts=kept, input_ids=second.input_ids
    )
    widget.compare(widget.evaluation, fewer)
    head, arrays = page.panel("compare", params(widget))
    for at, e in enumerate(widget.compared["evaluation"]):
        table = e.table().loc[list(kept)]
        assert head["areas"][at] == pytest.approx(table["roc_auc"].mean())
        assert head["average_precisions"][at] == pytest.approx(table["avg_precision"].mean())
        part = slice(*arrays["offsets"][at : at + 2])
        assert np.trapezoid(arrays["tpr"][part], arrays["fpr"][part]) == pytest.approx(head["areas"][at], abs=2e-3)
    macro = widget.differences.iloc[-1]
    assert [macro["roc_auc"], macro["other_roc_auc"]] == pytest.approx(head["areas"])
    assert [macro["avg_precision"], macro["other_avg_precision"]] == pytest.approx(head["average_precisions"])
