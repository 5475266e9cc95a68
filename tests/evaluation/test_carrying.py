"""Whatever an evaluation returns says under which conditions: a new method without them fails here."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.operating_point import Criterion


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


CONCEPTS = ("a", "b", "rare")


def evaluation(noise=0.5, *, in_sample=True, folds=None, groups=None):
    rng = np.random.default_rng(5)
    labels = np.eye(2, dtype=bool)[np.arange(120) % 2]
    labels = np.column_stack([labels, np.arange(120) < 3])
    scores = np.clip((1 - noise) * labels + noise * rng.random(labels.shape), 0, 1)
    ids = [f"i{row}" for row in range(120)]
    return Evaluation.from_scores(
        labels, scores, CONCEPTS, input_ids=ids, in_sample=in_sample, folds=folds, groups=groups
    )


ASKED = {
    "table": lambda e, _: e.table(),
    "fold_table": lambda e, _: e.fold_table(),
    "averages": lambda e, _: e.averages(),
    "roc_curve": lambda e, _: e.roc_curve(),
    "precision_recall_curve": lambda e, _: e.precision_recall_curve(),
    "threshold_sweep": lambda e, _: e.threshold_sweep(),
    "confusion_matrix": lambda e, _: e.confusion_matrix(),
    "cooccurrence_matrix": lambda e, _: e.cooccurrence_matrix(),
    "summary": lambda e, _: e.summary,
    "operating_point": lambda e, _: e.operating_point("a", maximize="f1"),
    "operating_point, guaranteed": lambda e, _: e.operating_point("a", min_recall=0.5, guarantee=0.9),
    "operating_points": lambda e, _: e.operating_points(maximize="f1")["a"],
    "cross_fitted_point": lambda e, _: e.cross_fitted_point("a", maximize="f1"),
    "cross_fitted_point, chosen": lambda e, _: e.cross_fitted_point("a", maximize="f1").chosen,
    "cross_fitted_points": lambda e, _: e.cross_fitted_points("a", [Criterion(maximize="f1")])[0],
    "threshold_intervals": lambda e, _: e.threshold_intervals(maximize="f1", replicates=20),
    "criteria_table": lambda e, _: e.criteria_table("a"),
    "abstain_point": lambda e, _: e.abstain_point("a", band=(0.3, 0.6)),
    "abstain_curve": lambda e, _: e.abstain_curve("a"),
    "rejecting_matrix": lambda e, _: e.rejecting_matrix(0.5),
    "cheapest_threshold": lambda e, _: e.cheapest_threshold("a", fp_cost=np.ones(120), fn_cost=np.ones(120)),
    "net_benefit": lambda e, _: e.net_benefit("a"),
    "deployment_prevalence": lambda e, _: e.deployment_prevalence("a", np.linspace(0, 1, 50)),
    "partial_auc": lambda e, _: e.partial_auc(0.2),
    "tpr_at_fpr": lambda e, _: e.tpr_at_fpr(0.2),
    "precision_at_k": lambda e, _: e.precision_at_k(5),
    "probability_scores": lambda e, _: e.probability_scores(),
    "calibration_curve": lambda e, _: e.calibration_curve(),
    "score_histogram": lambda e, _: e.score_histogram(),
    "roc_auc_interval": lambda e, _: e.roc_auc_interval("a"),
    "roc_auc_intervals": lambda e, _: e.roc_auc_intervals(),
    "figure_interval": lambda e, _: e.figure_interval(),
    "slices": lambda e, _: e.slices(np.arange(120) // 60),
    "compare": lambda e, other: e.compare(other),
    "compare_overall": lambda e, other: e.compare_overall(other),
    "compare_decisions": lambda e, other: e.compare_decisions(other, "a"),
    "inputs_needed": lambda e, other: e.inputs_needed(other, "a"),
    "plot_roc": lambda e, _: e.plot_roc(),
    "plot_precision_recall": lambda e, _: e.plot_precision_recall(),
    "plot_threshold_sweep": lambda e, _: e.plot_threshold_sweep(),
    "plot_confusion_matrix": lambda e, _: e.plot_confusion_matrix(),
    "plot_cooccurrence_matrix": lambda e, _: e.plot_cooccurrence_matrix(),
    "plot_reliability": lambda e, _: e.plot_reliability(),
    "plot_score_histogram": lambda e, _: e.plot_score_histogram(),
    "plot_comparison": lambda e, other: e.plot_comparison(other),
    "to_model_card": lambda e, _: e.to_model_card(model_name="m", dataset_name="d", task="t"),
    "_repr_html_": lambda e, _: e._repr_html_(),
    "_repr_markdown_": lambda e, _: e._repr_markdown_(),
}

# what makes an evaluation, holds data, or is the conditions themselves; and single numbers, which have no room
NO_FIGURES = {
    *(
        "from_scores",
        "from_proto",
        "from_estimator",
        "from_data",
        "load",
        "save",
        "to_proto",
        "slice",
        "relabel",
        "grouped",
    ),
    *("labels", "scores", "label_array", "score_array", "inputs", "texts", "media", "message", "received", "metadata"),
    *("data_of", "hosted", "inputs_behind"),
    *("input_ids", "has_input_ids", "concepts", "concept_names", "info", "folds", "fold_numbers", "groups", "sent"),
    *(
        "contents",
        "excluded",
        "unlabelled",
        "exact_above",
        "num_inputs",
        "part_of",
        "positive_label",
        "in_sample",
        "complete",
    ),
    *(
        "conditions",
        "condition_table",
        "conditions_found",
        "notes",
        "reading_notes",
        "numbers",
        "source",
        "has_counts",
        "column",
    ),
    *("platform_curves", "platform_summary", "undefined_reason", "class_sizes", "agreement"),
    *("counts", "all_counts", "fold_counts", "roc_auc", "thresholds"),
}


def codes_in(found):
    if isinstance(found, str):
        return found
    if hasattr(found, "caption_"):
        return found.caption_.get_text()
    if isinstance(found, pd.DataFrame) and "conditions" in found:
        lacking = found.loc[~found["conditions"].astype(str).str.contains("CEW001")]
        assert lacking.empty
        return " ".join(found["conditions"].astype(str))
    return str(found.attrs if hasattr(found, "attrs") else found.conditions)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("folded", [False, True])
def test_what_is_returned_says_that_the_model_was_judged_on_what_it_learnt(name, folded):
    folds = np.arange(120) // 2 % 4 if folded else None
    e, other = (evaluation(noise, folds=folds) for noise in (0.6, 0.9))
    said = codes_in(ASKED[name](e, other))
    assert "CEW001" in said or (name == "fold_table" and not folded)
    if folded:
        assert "CEW002" in said or "out-of-fold" in said  # in texts, as where the numbers come from


def test_every_method_is_among_those_asked():
    asked = {name.split(",")[0] for name in ASKED} | NO_FIGURES
    assert {name for name in dir(evaluation()) if not name.startswith("_")} - asked == set()


@pytest.mark.parametrize("name", ["compare", "compare_overall", "compare_decisions", "inputs_needed"])
def test_a_comparison_says_the_conditions_of_either_side(name):
    clean, learnt = evaluation(0.6, in_sample=False), evaluation(0.9)
    for first, second in ((clean, learnt), (learnt, clean)):
        assert "CEW001" in codes_in(ASKED[name](first, second))


def test_what_is_of_one_concept_says_what_touches_that_concept():
    e = evaluation(in_sample=False)
    assert e.operating_point("a", maximize="f1").conditions == ()
    assert "conditions" not in repr(e.operating_point("a", maximize="f1"))
    rare = e.operating_point("rare", maximize="f1")
    assert rare.conditions == ("CEW011",)
    assert "conditions CEW011" in repr(rare)
    assert "conditions CEW011" in rare._repr_html_()
    assert {key: point.conditions for key, point in e.operating_points(maximize="f1").items()} == {
        "a": (),
        "b": (),
        "rare": ("CEW011",),
    }
    assert e.table()["conditions"].tolist() == ["", "", "CEW011"]
    roc = e.roc_curve()
    assert set(roc.loc[roc["concept"] == "b", "conditions"]) == {""}
    assert set(roc.loc[roc["concept"].isin(["rare", "macro average"]), "conditions"]) == {"CEW011"}
    assert e.figure_interval().conditions == ("CEW011",)
