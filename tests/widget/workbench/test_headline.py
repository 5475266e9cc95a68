"""The sentences above the curves: right numbers, the right concepts, and nothing said that cannot be said."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from clarifai_eval_widget import Evaluation, uncertainty
from clarifai_eval_widget.evaluation.outcomes import Behind
from clarifai_eval_widget.evaluation.selecting import rows_behind
from clarifai_eval_widget.widget.workbench import intervals
from clarifai_eval_widget.widget.workbench.base import encode_base
from clarifai_eval_widget.widget.workbench.caption import given_caption
from tests.widget.golden import growing, platform_rates


def evaluated(positives, *, num_inputs=400, names=None, **options):
    """Concepts of so many positives, each told apart a little better than the one before."""
    rng = np.random.default_rng(5)
    labels = np.zeros((num_inputs, len(positives)), dtype=bool)
    for column, count in enumerate(positives):
        labels[rng.permutation(num_inputs)[:count], column] = True
    skill = 0.05 + 0.07 * np.arange(len(positives))
    scores = np.clip(rng.normal(0.4, 0.15, labels.shape) + labels * skill, 0, 1)
    ids = [f"c{k}" for k in range(len(positives))]
    return Evaluation.from_scores(labels, scores, concepts=ids, concept_names=names, **options)


def head_of(evaluation):
    return encode_base(evaluation, given_caption(evaluation)).head


def text(head):
    return "".join(part["text"] for part in head["headline"])


def test_the_mean_area_stands_with_its_interval_and_the_number_of_concepts():
    evaluation = evaluated([100, 120, 140, 160])
    found = uncertainty.figure_interval(evaluation.label_array, evaluation.score_array)
    mean = roc_auc_score(evaluation.label_array, evaluation.score_array, average="macro")
    low, high = found.interval
    head = head_of(evaluation)
    assert text(head).startswith(f"Macro ROC AUC {mean:.3f} [{low:.3f}, {high:.3f}] over 4 concepts.")
    assert (head["macro"]["roc_auc_low"], head["macro"]["roc_auc_high"]) == (low, high)
    assert "logit" in head["macro"]["interval_method"]


def test_the_weakest_concepts_are_named_by_their_shown_names_and_lead_to_themselves():
    evaluation = evaluated([100, 120, 140, 160], names={"c0": "Czech"})
    head = head_of(evaluation)
    leads = [(part["concept"], part["text"]) for part in head["headline"] if part["concept"] and not part["inputs"]]
    assert leads == [("c0", "Czech"), ("c1", "c1")]
    low, high = uncertainty.auc_interval(evaluation.counts("c0")).interval
    assert f"Czech {evaluation.roc_auc('c0'):.3f} [{low:.3f}, {high:.3f}]," in text(head)


def inputs_behind(head):
    return {part["text"]: part["inputs"] for part in head["headline"] if part["inputs"]}


def test_every_figure_leads_to_the_inputs_it_is_of():
    evaluation = evaluated([100, 120, 140, 160])
    head = head_of(evaluation)
    behind = inputs_behind(head)
    counted = {"labelled": None, "given": "threshold"}
    mean = next(part["text"] for part in head["headline"] if part["emphasis"])
    assert behind[mean] == {"concept": None, "outcome": "all", **counted}
    assert behind[f"{evaluation.roc_auc('c0'):.3f}"] == {"concept": "c0", "outcome": "roc_auc", **counted}
    ends = [part for part in head["headline"] if part["interval"]]
    low, high = evaluation.roc_auc_interval("c0").interval
    assert [(part["text"], part["inputs"]) for part in ends][1] == (
        f"[{low:.3f}, {high:.3f}]",
        behind[f"{evaluation.roc_auc('c0'):.3f}"],
    )
    (confused,) = [one for one in behind.values() if one["outcome"] == "fp"]
    found = Behind(confused["concept"], "fp", None, confused["labelled"])
    (text_of_it,) = [text for text, one in behind.items() if one is confused]
    assert len(rows_behind(evaluation, found)) == int(text_of_it) > 0
    of = Behind(confused["labelled"], "num_pos", 0.5)
    assert f"{text_of_it} of {len(rows_behind(evaluation, of))} by highest score" in text(head)
    assert behind[str(len(rows_behind(evaluation, of)))] == {
        "concept": confused["labelled"],
        "outcome": "num_pos",
        **counted,
    }
    few = head_of(evaluated([9, 120, 140, 0]))
    assert inputs_behind(few)["9"] == {"concept": "c0", "outcome": "num_pos", **counted}
    single, of_its_interval = inputs_behind(head_of(evaluated([150]))).values()
    assert single == of_its_interval
    assert single == {"concept": "c0", "outcome": "roc_auc", **counted}
    assert inputs_behind(head_of(platform_rates())) == {}


def test_a_concept_of_few_positives_is_not_called_weak_but_too_small_to_judge():
    head = head_of(evaluated([9, 120, 140, 0]))
    assert "Too few positives to judge: c0 (9), c3 (0)." in text(head)
    assert "Weakest: c1 " in text(head)
    assert "over 3 of 4 concepts" in text(head)


def test_many_small_concepts_are_counted_rather_than_listed():
    assert "c0 (1), c1 (2), c2 (3) and 2 more." in text(head_of(evaluated([1, 2, 3, 4, 5, 100])))


def test_while_inputs_come_in_it_says_so_far_and_gives_no_interval_of_the_mean():
    head = head_of(growing(["a", "b"]))
    assert text(head).startswith("Macro ROC AUC so far 1.000 over 2 concepts.")
    assert head["macro"]["roc_auc_low"] is None


def test_a_single_concept_has_its_own_interval_and_class_sizes():
    evaluation = evaluated([150])
    low, high = uncertainty.auc_interval(evaluation.counts("c0")).interval
    assert f"[{low:.3f}, {high:.3f}], from 150 positives and 250 negatives." in text(head_of(evaluation))


def test_rates_without_counts_give_areas_and_say_why_there_is_no_interval():
    head = head_of(platform_rates())
    assert "[" not in text(head)
    assert {one["interval_reason"] for one in head["concepts"] if one["roc_auc"] is not None} == {
        "the platform sent rates, not counts"
    }


def test_without_any_area_it_says_why():
    evaluation = Evaluation.from_scores(np.zeros((5, 2), bool), np.full((5, 2), 0.5), concepts=["a", "b"])
    assert text(head_of(evaluation)).startswith("No concept has both positives and negatives.")


def test_the_interval_of_a_very_large_evaluation_is_no_narrower_than_the_exact_one(monkeypatch):
    evaluation = evaluated([100, 120, 140, 160])
    exact = intervals.macro_interval(evaluation, intervals.concept_intervals(evaluation))
    monkeypatch.setattr(intervals, "_MOST_DECISIONS", 10)
    bound = intervals.macro_interval(evaluation, intervals.concept_intervals(evaluation))
    assert bound.value == pytest.approx(exact.value)
    assert bound.interval[0] <= exact.interval[0] < exact.interval[1] <= bound.interval[1]
    assert bound.method.startswith("at most")


@pytest.mark.parametrize("given", [{}, {"folds": np.arange(400) % 5 + 1}, {"groups": np.arange(400) // 4}])
def test_the_page_shows_the_intervals_that_python_gives(given):
    evaluation = evaluated([100, 120, 140, 3], **given)
    head, frame, overall = head_of(evaluation), evaluation.roc_auc_intervals(), evaluation.figure_interval()
    for concept in head["concepts"]:
        row = frame.loc[concept["id"]]
        shown = [concept["roc_auc_low"], concept["roc_auc_high"]]
        assert shown == [None if np.isnan(end) else end for end in row[["low", "high"]]]
        assert (concept["interval_method"], concept["interval_reason"]) == (row["method"], row["reason"])
        assert concept["roc_auc"] == evaluation.roc_auc(concept["id"])
    if not any("groups" in one for one in frame["reason"]):  # one without a variance leaves the mean without one
        assert (head["macro"]["roc_auc_low"], head["macro"]["roc_auc_high"]) == overall.interval
        assert head["macro"]["interval_method"] == overall.method


def test_the_headline_of_folds_gives_the_mean_over_them_which_its_interval_is_of():
    evaluation = evaluated([100, 120, 140, 160], folds=np.arange(400) % 5 + 1)
    found = evaluation.figure_interval()
    low, high = found.interval
    head = head_of(evaluation)
    sentence = f"Macro ROC AUC {found.value:.3f} [{low:.3f}, {high:.3f}] over 4 concepts, mean over 5 folds."
    assert text(head).startswith(sentence)
    assert head["macro"]["fold_roc_auc"]["mean"] == pytest.approx(found.value, abs=1e-12)
    frame = evaluation.roc_auc_intervals()
    for concept in head["concepts"]:  # the table has the mean beside the interval that is of it
        at = frame.loc[concept["id"], "roc_auc"]
        assert concept["fold_roc_auc"]["mean"] == pytest.approx(at, abs=1e-12)
    weakest = evaluation.roc_auc_interval("c0")
    assert f"Weakest: c0 {weakest.roc_auc:.3f} [{weakest.interval[0]:.3f}" in text(head)
    assert "Nadeau and Bengio" in head["macro"]["interval_method"]


def test_the_strongest_true_confusion_is_named_and_leads_to_the_matrix():
    labels = np.repeat(np.eye(3, dtype=bool), 20, axis=0)
    scores = np.where(labels, 0.8, 0.1)
    scores[:6, :2] = [0.3, 0.7]  # six of the first are read as the second
    labels[20:30, 0] = True  # ten carry both labels: no confusion
    evaluation = Evaluation.from_scores(labels, scores, concepts=["es", "pt", "en"], concept_names={"es": "Spanish"})
    head = head_of(evaluation)
    assert "Most confused: Spanish read as pt: 6 of 30 by highest score." in text(head)
    assert [part["text"] for part in head["headline"] if part["panel"] == "matrix"] == ["Spanish read as pt"]


def test_where_no_input_is_taken_for_another_no_confusion_is_named():
    labels = np.repeat(np.eye(3, dtype=bool), 20, axis=0)
    evaluation = Evaluation.from_scores(labels, np.where(labels, 0.8, 0.1), concepts=["es", "pt", "en"])
    assert "confused" not in text(head_of(evaluation))


def test_while_inputs_come_in_an_interval_of_the_mean_is_said_to_be_wider_for_it():
    part = evaluated([100, 120, 140, 160]).to_proto()
    part.status.code = 21301
    said = text(head_of(Evaluation.from_proto(part)))
    assert "], widened while it runs, over 4 concepts." in said
    assert "look" not in said


def test_while_nothing_is_ruled_out_yet_no_interval_is_named():
    part = evaluated([12] * 4, num_inputs=24, folds=np.arange(24) % 2).to_proto()
    assert "[0." in text(head_of(Evaluation.from_proto(part)))
    part.status.code = 21301
    running = head_of(Evaluation.from_proto(part))
    assert (running["macro"]["roc_auc_low"], running["macro"]["roc_auc_high"]) == pytest.approx((0, 1), abs=5e-4)
    assert "[" not in text(running)
    assert "widened" not in text(running)
    assert "over 4 concepts, mean over 2 folds." in text(running)


def test_where_only_matrices_were_sent_it_says_what_was_sent():
    from tests.widget.workbench.test_matrix import reply

    evaluation = reply(test_set=False, curves=False)
    assert evaluation.received
    message = evaluation.received[-1]
    message.ClearField("summary")
    head = head_of(Evaluation.from_proto(message))
    assert text(head).startswith(
        "The server sent its matrix of mean scores, how often labels occur together, and no area, test set or curve."
    )
    assert head["headline"][0]["panel"] == "matrix"
    assert {one["reason"] for one in head["concepts"]} == {"not sent"}
