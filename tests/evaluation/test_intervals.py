"""Intervals and comparisons reach the user by the method that holds in the case at hand, and name it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.intervals import POOLED
from tests.evaluation.test_conditions import truncated
from tests.evaluation.test_evaluation import message_of
from tests.evaluation.test_looking import as_sent

NAMES = ["a", "b", "c"]


def made(size=300, seed=0, *, noise=1.0, **options):
    rng = np.random.default_rng(seed)
    labels = np.eye(3, dtype=bool)[rng.integers(0, 3, size)]
    scores = 1 / (1 + np.exp(-2 * labels + noise * rng.normal(size=labels.shape)))
    options.setdefault("input_ids", [f"i{row}" for row in range(size)])
    return Evaluation.from_scores(labels, scores, NAMES, **options)


def other_of(e, seed=1, **options):
    noise = np.random.default_rng(seed).normal(0, 0.15, e.score_array.shape)
    return Evaluation.from_scores(
        e.label_array, np.clip(e.score_array + noise, 0, 1), NAMES, input_ids=e.input_ids, **options
    )


FOLDS = np.arange(300) % 5


def test_the_default_interval_is_not_delongs_where_that_is_too_narrow():
    e = made(60, noise=0.3)
    found = e.roc_auc_interval("a")
    plain = e.roc_auc_interval("a", method="delong")
    assert found == type(found)(**vars(uncertainty.auc_interval(e.counts("a"))))
    assert plain.interval == uncertainty.delong(e.counts("a")).interval
    assert found.method != plain.method == "DeLong"


def test_out_of_fold_scores_get_the_interval_that_knows_folds():
    e = made(folds=FOLDS)
    found = e.roc_auc_interval("a")
    areas = [metrics.roc_auc(e.fold_counts(fold, "a")) for fold in e.fold_numbers]
    assert found.roc_auc == pytest.approx(np.mean(areas))
    assert "Nadeau and Bengio" in found.method
    assert found.conditions == ("CEW002",)
    pooled = e.roc_auc_interval("a", method="logit")
    assert pooled.method.endswith(POOLED)
    assert pooled.roc_auc == e.roc_auc("a")
    assert "LeDell" in e.roc_auc_interval("a", method="ledell").method


def test_grouped_inputs_get_clustered_intervals():
    groups = np.arange(300) // 5
    e = made(groups=groups)
    found = e.roc_auc_interval("b")
    assert "clustered in 60 groups" in found.method
    assert "CEW013" in found.conditions
    estimate = uncertainty.clustered_auc(e.label_array[:, 1], e.score_array[:, 1], groups)
    assert found.interval == estimate.interval
    with pytest.raises(ValueError, match="needs groups=: none were given"):
        made().roc_auc_interval("b", method="groups")


def test_too_few_positives_are_said_instead_of_an_interval():
    labels = np.zeros(50, bool)
    labels[:3] = True
    e = Evaluation.from_scores(labels, np.linspace(1, 0, 50) ** 2)
    found = e.roc_auc_interval("True")
    assert math.isnan(found.interval[0])
    assert found.reason.startswith("too few positives to say: 3")
    frame = e.roc_auc_intervals()
    assert frame[["method", "conditions"]].iloc[0].tolist() == ["", "CEW011"]


def test_the_table_of_intervals_names_the_method_of_each():
    frame = made().roc_auc_intervals()
    assert list(frame) == ["name", "roc_auc", "low", "high", "variance", "method", "conditions", "reason", "source"]
    assert frame["method"].tolist() == [made().roc_auc_interval(one).method for one in NAMES]
    assert "DeLong, logit-transformed" in set(frame["method"])
    assert set(made(folds=FOLDS).roc_auc_intervals(method="wilson")["method"].str.endswith(POOLED)) == {True}


@pytest.mark.parametrize("figure", ["roc_auc", "avg_precision", "f1"])
def test_a_macro_figure_has_an_interval(figure):
    e = made()
    found = e.figure_interval(figure)
    low, high = found.interval
    assert low < found.value < high
    assert found.value == pytest.approx(e.averages().set_index(["average", "figure"]).loc[("macro", figure), "value"])
    assert made(folds=FOLDS).figure_interval(figure, method="pooled").method.endswith(POOLED)


@pytest.mark.parametrize("figure", ["roc_auc", "avg_precision", "f1"])
@pytest.mark.parametrize("average", ["macro", "micro"])
def test_a_figure_over_folds_has_the_interval_that_knows_folds(figure, average):
    e = made(folds=FOLDS, noise=2.0)
    oracle = {
        "roc_auc": sk.roc_auc_score,
        "avg_precision": sk.average_precision_score,
        "f1": lambda y, s, average: sk.f1_score(y, s >= 0.5, average=average),
    }[figure]
    values = [oracle(e.label_array[f == FOLDS], e.score_array[f == FOLDS], average=average) for f in range(5)]
    found = e.figure_interval(figure, average=average)
    assert found.value == pytest.approx(np.mean(values))
    assert found.standard_error == pytest.approx(math.sqrt((1 / 5 + 1 / 4) * np.var(values, ddof=1)))
    assert "Nadeau and Bengio" in found.method
    assert found.units == 5
    for options in ({"method": "folds"}, {"method": "bayes"}, {"average": "mean"}):
        with pytest.raises(ValueError, match=r"folds|bayes|mean"):
            made().figure_interval(figure, **options)


def test_the_figures_name_band_and_interval_with_their_methods():
    words = made(folds=FOLDS).plot_roc("a").caption_.get_text().replace("\n", " ")
    assert "Band: 95%, intervals of both rates (Agresti-Coull), pointwise; folds pooled as if one model" in words
    assert "Nadeau and Bengio" in words
    sweep = made().plot_threshold_sweep("a").caption_.get_text().replace("\n", " ")
    assert "Agresti-Coull (exact below 10), pointwise." in sweep
    assert "bootstrap" not in words + sweep


def test_a_comparison_ends_with_its_overall_line():
    e = made()
    frame = e.compare(other_of(e))
    assert list(frame.index) == [*NAMES, "macro average"]
    overall = frame.attrs["overall"]
    assert overall == e.compare_overall(other_of(e))
    expected = uncertainty.compare_figure(e.label_array, e.score_array, other_of(e).score_array)
    assert overall == expected
    assert frame.loc["macro average", "p_value"] == expected.p_value
    assert frame.loc["macro average", "difference"] == pytest.approx(frame["difference"].iloc[:3].mean())
    assert np.isnan(frame.loc["macro average", "p_holm"])  # a question of its own
    assert (frame["low_all"].iloc[:3] < frame["low"].iloc[:3]).all()


@pytest.mark.parametrize("case", ["few", "folds", "groups", "part"])
def test_what_holds_for_all_concepts_is_wider_than_each_alone_and_agrees_with_holm(case):
    options = {"folds": {"folds": FOLDS}, "groups": {"groups": np.arange(300) // 10}}.get(case, {})
    size = 30 if case == "few" else 300
    for seed in range(6):
        e = made(size, seed, **options)
        other = other_of(e, seed, **options)
        if case == "part":
            e, other = (as_sent(one, complete=False, inputs=900) for one in (e, other))
        frame = e.compare(other).iloc[:3]
        apart = frame[frame["low"] < frame["high"]]  # not those that rank alike, of which nothing varies
        assert len(apart) > 1
        assert (apart["low_all"] < apart["low"]).all()
        assert (apart["high_all"] > apart["high"]).all()
        clear = (frame["low_all"] > 0) | (frame["high_all"] < 0)
        assert (frame["p_holm"] < 0.05)[clear].all()
        assert (clear == (3 * frame["p_value"] < 0.05)).all()


def test_average_precisions_are_compared_too():
    e = made()
    other = other_of(e)
    frame = e.compare(other, figure="avg_precision")
    for column, name in enumerate(NAMES):
        expected = uncertainty.compare_figure(
            e.label_array[:, column], e.score_array[:, column], other.score_array[:, column], figure="average_precision"
        )
        assert frame.loc[name, ["avg_precision", "other_avg_precision"]].tolist() == list(expected.values)
        assert frame.loc[name, "p_value"] == expected.p_value
    assert "average precision" in e.plot_comparison(other, figure="avg_precision").ax_.get_xlabel()
    with pytest.raises(ValueError, match="choose"):
        e.compare(other, figure="accuracy")


@pytest.mark.parametrize("figure", ["roc_auc", "avg_precision"])
def test_two_recipes_in_the_same_folds_are_compared_fold_by_fold(figure):
    e = made(folds=FOLDS)
    frame = e.compare(other_of(e, folds=(FOLDS + 2) % 5 + 1), figure=figure)  # the same parts by other numbers
    assert frame["method"].str.contains("Nadeau and Bengio").all()
    pooled = made().compare(other_of(e), figure=figure)
    assert (frame["p_value"].iloc[:3] != pooled["p_value"].iloc[:3]).all()


def test_two_recipes_in_different_folds_are_not_tested():
    e = made(folds=FOLDS)
    frame = e.compare(other_of(e, folds=np.arange(300) // 60))
    assert frame["p_value"].isna().all()
    assert frame["low"].isna().all()
    assert frame["reason"].str.contains("cross-validated in different folds").all()
    assert frame["difference"].notna().all()


def test_a_recipe_against_a_version_is_labelled_as_pooled():
    e = made(folds=FOLDS)
    assert e.compare(other_of(e))["method"].str.endswith(POOLED).all()


def test_grouped_inputs_are_compared_by_group():
    groups = np.arange(300) // 5
    e = made(groups=groups)
    frame = e.compare(other_of(e))
    assert frame["method"].str.contains("clustered in 60 groups").all()
    assert frame["conditions"].str.contains("CEW013").all()


def whole_and_cut(size=400):
    cut, labels, scores = truncated(size)
    rows = [
        (f"i{row}", {f"c{k}": float(scores[row, k]) for k in range(3)}, [f"c{labels[row]}"])
        for row in range(len(labels))
    ]
    return Evaluation.from_proto(message_of(rows)), cut


@pytest.mark.parametrize("figure", ["roc_auc", "avg_precision", "f1"])
def test_a_whole_list_and_a_cut_one_of_the_same_scores_do_not_differ_unsaid(figure):
    whole, cut = whole_and_cut()
    frame = whole.compare(cut, figure=figure, threshold=0.3)
    assert frame["p_value"].isna().all()
    assert frame["low"].isna().all()
    assert frame["reason"].str.contains("lists are cut to the highest scores").all()
    assert (frame["conditions"] == "CEW005").all()
    assert any(note.startswith("The other evaluation: CEW005") for note in frame.attrs["notes"])
    for average in ("macro", "micro"):
        for first, second in ((whole, cut), (cut, whole)):
            found = first.compare_overall(second, figure=figure, average=average, threshold=0.3)
            assert math.isnan(found.p_value)
            assert "lists are cut to the highest scores" in found.reason
    for concept in ("c0", None):
        needed = whole.inputs_needed(cut, concept, figure=figure, threshold=0.3, difference=0.02)
        assert math.isnan(needed.inputs)
        assert "lists are cut to the highest scores" in needed.reason
    decided = whole.compare_decisions(cut, "c0", threshold=0.3)
    assert math.isnan(decided.p_value)
    assert "lists are cut to the highest scores" in decided.reason


@pytest.mark.parametrize("figure", ["roc_auc", "avg_precision", "f1"])
def test_what_a_cut_list_leaves_open_holds_whatever_the_scores_that_were_cut(figure):
    whole, cut = whole_and_cut(80)
    reason = whole.compare(cut, figure=figure, threshold=0.3).loc["c1", "reason"]
    low, high = (float(one) for one in reason.split("may be ")[1].split(" to "))
    own = whole.compare(whole, figure=figure, threshold=0.3).loc["c1", figure]
    rng, most = np.random.default_rng(3), cut.score_array.max(axis=1, keepdims=True)
    for power in (0, 0.2, 1, 5):
        scores = np.where(cut.sent, cut.score_array, most * rng.random(cut.score_array.shape) ** power)
        of = {"roc_auc": sk.roc_auc_score, "avg_precision": sk.average_precision_score}.get(figure)
        labels, column = whole.label_array[:, 1], scores[:, 1].astype(np.float32)
        value = of(labels, column) if of else sk.f1_score(labels, column >= np.float32(0.3))
        assert low - 1e-4 <= value - own <= high + 1e-4


def test_above_the_scores_that_were_cut_a_cut_list_is_compared_as_a_whole_one():
    whole, cut = whole_and_cut()
    above = float(cut.exact_above.max()) + 0.01
    assert whole.compare(cut, figure="f1", threshold=above)["p_value"].tolist() == [1.0] * 4
    assert whole.compare_decisions(cut, "c0", threshold=above).p_value == 1
    assert whole.inputs_needed(cut, figure="f1", threshold=above).reason.startswith("both are alike")


def test_the_overall_line_stands_first_in_the_figure():
    e = made()
    display = e.plot_comparison(other_of(e))
    assert display.ax_.get_yticklabels()[0].get_text() == "all: macro average"
    assert "All: infinitesimal jackknife, paired" in display.caption_.get_text().replace("\n", " ")


def test_decisions_are_compared_and_inputs_needed_are_told():
    e = made()
    other = other_of(e)
    found = e.compare_decisions(other, "a", threshold=(0.5, 0.6))
    assert found == uncertainty.compare_decisions(
        e.label_array[:, 0], e.score_array[:, 0], other.score_array[:, 0], (0.5, 0.6)
    )
    needed = e.inputs_needed(other, "a", difference=0.01)
    assert needed.inputs > e.num_inputs
    assert needed.more == needed.inputs - e.num_inputs
    assert e.inputs_needed(other, difference=0.01).figure == "macro roc_auc"


@pytest.mark.parametrize("each", [1, 2, 5])
def test_the_average_precision_of_folds_of_few_positives_is_not_taken_for_as_high_as_it_looks(each):
    rng, held, above = np.random.default_rng(5), [], []
    size = 10 * each * 5
    labels, folds = np.arange(size) < size // 5, np.arange(size) % 10
    for _ in range(100):  # scores that know nothing: the share of positives is the truth
        e = Evaluation.from_scores(labels, rng.random(size), ["a"], folds=folds, pos_label=True)
        found = e.figure_interval("avg_precision")
        held.append(found.interval[0] <= 0.2 <= found.interval[1])
        above.append(found.value - 0.2)
    assert np.mean(above) > 0.05  # the mean over folds itself is what it is called
    assert np.mean(held) >= 0.92


def test_the_bias_of_counts_is_that_of_the_scores():
    rng = np.random.default_rng(6)
    labels, scores = rng.random(80) < 0.3, rng.integers(0, 30, 80) / 30
    expected = uncertainty.influence.average_precision_influence(labels, scores, 0.5).bias
    found = uncertainty.influence.average_precision_bias(metrics.counts(labels, scores))
    assert found == pytest.approx(expected, abs=1e-12)
    assert np.isnan(uncertainty.influence.average_precision_bias(metrics.counts([False], [0.5])))


def test_a_test_that_pools_folds_is_labelled_as_pooled():
    e = made(folds=FOLDS)
    other = other_of(e, folds=FOLDS)
    alone = other_of(e)
    assert e.compare_decisions(alone, "a").method.endswith(POOLED)
    assert e.inputs_needed(alone, "a").reason.endswith(POOLED)
    assert POOLED not in made().compare_decisions(other_of(made()), "a").method
    in_folds = e.compare_decisions(other, "a")
    assert in_folds.method == "share right, mean over folds, corrected resampled t (Nadeau and Bengio)"
    right = [((one.score_array >= 0.5) == one.label_array)[:, 0] for one in (e, other)]
    shares = [[one[fold == FOLDS].mean() for fold in np.unique(FOLDS)] for one in right]
    sizes = np.unique(FOLDS, return_counts=True)[1]
    assert in_folds.p_value == uncertainty.compare_fold_values(*shares, sizes).p_value
    elsewhere = e.compare_decisions(other_of(e, folds=np.sort(FOLDS)), "a")
    assert elsewhere.reason.startswith("cross-validated in different folds")
    assert np.isnan([elsewhere.p_value, *elsewhere.interval]).all()
    assert not elsewhere.method


@pytest.mark.parametrize("concept", ["a", None])
@pytest.mark.parametrize("figure", ["roc_auc", "f1"])
def test_inputs_needed_of_recipes_go_by_the_test_of_folds_that_compare_makes(concept, figure):
    e = made(folds=FOLDS)
    other = other_of(e, folds=FOLDS)
    tested = e.compare(other, figure=figure)
    row = tested.loc[concept] if concept else tested.iloc[-1]
    error = (row["high"] - row["low"]) / 2 / stats.t.ppf(0.975, 4)
    plan = e.inputs_needed(other, concept, figure=figure, difference=2 * error)
    assert plan.standard_error == pytest.approx(error)
    assert plan.reason == "tested by the corrected resampled t of 5 folds (Nadeau and Bengio)"
    measured = e.inputs_needed(other, concept, figure=figure)
    assert measured.difference == pytest.approx(row["difference"])
    assert measured.reason.startswith("if the true difference is the measured one")

    def power(inputs):
        effect, reach = 2 * math.sqrt(inputs / 300), stats.t.ppf(0.975, 4)
        return stats.nct.sf(reach, 4, effect) + stats.nct.cdf(-reach, 4, effect)

    assert plan.power_now == pytest.approx(power(300), abs=1e-4)
    assert power(plan.inputs) == pytest.approx(0.8, abs=1e-3)


def test_no_number_of_inputs_is_said_where_compare_makes_no_test():
    e = made(folds=FOLDS)
    plan = e.inputs_needed(other_of(e, folds=np.arange(300) // 60), "a")
    assert math.isnan(plan.inputs)
    assert plan.reason.startswith("cross-validated in different folds")


def test_inputs_that_are_not_labelled_on_one_side_are_left_out_of_a_comparison():
    e = made()
    labels = e.label_array.astype(float)
    labels[:40] = np.nan
    some = Evaluation.from_scores(labels, e.score_array, NAMES, input_ids=e.input_ids)
    expected = e.slice(e.input_ids[40:]).compare(other_of(e))
    for frame in (some.compare(other_of(e)), other_of(e).compare(some)):
        assert frame.loc["a", "inputs"] == 260
        assert frame.loc["a", "p_value"] == pytest.approx(expected.loc["a", "p_value"])
        assert frame["conditions"].str.contains("CEW008").all()


def test_a_threshold_is_measured_on_other_groups_than_it_was_chosen_on():
    groups = np.arange(60)
    rng = np.random.default_rng(0)
    labels, scores = rng.random(60) < 0.5, rng.random(60)
    once = Evaluation.from_scores(labels, scores, concepts=["a"]).cross_fitted_point("a", maximize="f1")
    rows = np.tile(groups, 10)
    e = Evaluation.from_scores(labels[rows], scores[rows], concepts=["a"], groups=rows)
    found = e.cross_fitted_point("a", maximize="f1")
    # ten copies of each input say as much as one: were they dealt apart, nothing would have been left out
    assert found.value == pytest.approx(once.value)
    assert found.value < found.apparent
    assert [fold.tp + fold.fn for fold in found.folds] == [10 * (fold.tp + fold.fn) for fold in once.folds]


def test_the_spreads_over_folds_and_over_concepts_are_two_numbers():
    e = made(folds=FOLDS)
    areas = np.array([[metrics.roc_auc(e.fold_counts(fold, one)) for fold in e.fold_numbers] for one in NAMES])
    assert e.summary["std_over_folds_roc_auc"] == pytest.approx(areas.mean(axis=0).std())
    assert e.summary["std_over_concepts_roc_auc"] == pytest.approx(areas.mean(axis=1).std())
    assert e.summary["macro_std_roc_auc"] == pytest.approx(areas.std())


def test_what_knows_no_groups_says_so_or_refuses():
    e = made(groups=np.arange(300) // 5)
    assert "clustered in 60 groups" in e.compare_decisions(other_of(e), "a").method
    with pytest.raises(ValueError, match="A guarantee needs independent inputs, and these come in 60 groups"):
        e.operating_point("a", guarantee=0.9, min_recall=0.5)
    with pytest.raises(ValueError, match="Keep one input of each group"):
        e.operating_points(guarantee=0.9, min_recall=0.5)
    assert made().operating_point("a", guarantee=0.9, min_recall=0.5).threshold > 0
    assert e.operating_point("a", min_recall=0.5).threshold > 0
    for frame in (e.partial_auc(0.2), e.tpr_at_fpr(0.1), e.precision_at_k(20)):
        assert frame["method"].str.startswith("bootstrap of 60 groups").all()
    method = e.deployment_prevalence("a", [0.2, 0.9]).method
    assert method.endswith("for the effective sizes of 60 groups; deployed inputs taken as independent")
    assert e.threshold_intervals(maximize="f1", replicates=50)["method"].str.contains("bootstrap of 60 groups").all()
    caption = "".join(e.plot_reliability("a").caption_.get_text().split())
    assert "95%intervals,Agresti-Coull,fortheeffectivesizesof60groups" in caption
    assert "groups" not in made().plot_roc("a").caption_.get_text()


def test_rates_at_a_threshold_know_groups():
    once, copies = made(), np.repeat(np.arange(300), 4)
    e = Evaluation.from_scores(once.label_array[copies], once.score_array[copies], NAMES, groups=copies)
    for display in (e.plot_roc("a"), e.plot_threshold_sweep("a")):
        assert "for the effective sizes of 300 groups" in display.caption_.get_text().replace("\n", " ")
    criterion = {"maximize": "f1"}
    points = (e.operating_point("a", **criterion), e.operating_points(**criterion)["a"])
    for point in (*points, e.cross_fitted_point("a", **criterion).chosen):
        assert "for the effective sizes of 300 groups" in point.note
        for name in ("interval", "recall_interval", "precision_interval"):
            low, high = getattr(point, name)
            plain = getattr(once.operating_point("a", **criterion), name)
            assert high - low > 0.85 * (plain[1] - plain[0])


def test_the_test_of_average_precisions_is_the_jackknife_of_scikit_learns():
    e = made(60)
    other = other_of(e)
    row = e.compare(other, figure="avg_precision").loc["a"]
    labels, first, second = e.label_array[:, 0], e.score_array[:, 0], other.score_array[:, 0]

    def difference(rows):
        scored = [sk.average_precision_score(labels[rows], one[rows]) for one in (first, second)]
        return scored[1] - scored[0]

    left = np.array([difference(np.arange(60) != out) for out in range(60)])
    error = math.sqrt(59 / 60 * ((left - left.mean()) ** 2).sum())
    assert row["difference"] == pytest.approx(difference(np.arange(60)))
    df = int(labels.sum()) - 1
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(abs(row["difference"]) / error, df))
    reach = stats.t.ppf(0.975, df) * error
    assert row[["low", "high"]].tolist() == pytest.approx([row["difference"] - reach, row["difference"] + reach])


@pytest.mark.parametrize("average", ["macro", "micro"])
@pytest.mark.parametrize(
    ("figure", "oracle"),
    [
        ("roc_auc", sk.roc_auc_score),
        ("avg_precision", sk.average_precision_score),
        ("f1", lambda labels, scores, average: sk.f1_score(labels, scores >= 0.6, average=average)),
    ],
)
def test_the_one_question_can_be_asked_of_every_figure_and_average(figure, oracle, average):
    e = made()
    other = other_of(e)
    found = e.compare_overall(other, figure=figure, average=average, threshold=0.6)
    values = [oracle(e.label_array, one.score_array, average=average) for one in (e, other)]
    assert found.values == pytest.approx(values)
    assert found.interval[0] < found.difference < found.interval[1]
    rows = np.random.default_rng(0).integers(0, e.num_inputs, (300, e.num_inputs))
    drawn = [
        oracle(e.label_array[one], other.score_array[one], average=average)
        - oracle(e.label_array[one], e.score_array[one], average=average)
        for one in rows
    ]
    assert found.standard_error == pytest.approx(np.std(drawn), rel=0.2)
    assert f"{average} " in found.figure


def test_f1_is_compared_by_concept_at_a_threshold_and_over_folds():
    e = made()
    other = other_of(e)
    frame = e.compare(other, figure="f1", threshold=0.6)
    for concept in e.concepts:
        k = e.column(concept)
        ours, theirs = (sk.f1_score(e.label_array[:, k], one.score_array[:, k] >= 0.6) for one in (e, other))
        assert frame.loc[concept, ["f1", "other_f1"]].tolist() == pytest.approx([ours, theirs])
    assert e.inputs_needed(other, "a", figure="f1", threshold=0.6).figure == "f1"
    folds = np.arange(300) % 5 + 1
    e, other = made(folds=folds), other_of(made(folds=folds), folds=folds)
    for average in ("macro", "micro"):
        found = e.compare_overall(other, figure="f1", average=average, threshold=0.6)
        each = [
            [
                sk.f1_score(e.label_array[at], one.score_array[at] >= 0.6, average=average)
                for at in map(folds.__eq__, range(1, 6))
            ]
            for one in (e, other)
        ]
        change = np.subtract(each[1], each[0])
        error = np.sqrt((1 / 5 + 1 / 4) * change.var(ddof=1))
        assert (found.difference, found.standard_error) == pytest.approx((change.mean(), error))
    with pytest.raises(ValueError, match="average='mean' is not known"):
        e.compare_overall(other, average="mean")
    with pytest.raises(ValueError, match="figure='accuracy' is not known"):
        e.compare(other, figure="accuracy")


def test_an_unknown_method_is_answered_with_all_that_there_are():
    with pytest.raises(ValueError, match="choose from auto, logit, wilson, delong, folds, ledell, groups"):
        made().roc_auc_interval("b", method="x")


def test_an_operating_point_says_that_its_intervals_know_groups():
    said = "intervals for the effective sizes of 60 groups"
    e, plain = made(groups=np.arange(300) // 5), made()
    criterion = {"maximize": "f1"}
    for point in (
        e.operating_point("b", **criterion),
        e.operating_points(**criterion)["b"],
        e.cross_fitted_point("b", **criterion).chosen,
    ):
        assert point.note.endswith(said)
        assert said in repr(point)
        assert point._repr_html_().count("effective sizes of 60 groups") == 1
    assert said not in repr(plain.operating_point("b", **criterion))
    assert "the bounds hold" in plain.operating_point("b", min_recall=0.5, guarantee=0.9).note
