"""Tables, curves, averages, comparison and files of an Evaluation, against scikit-learn and by hand."""

from __future__ import annotations

import json
import re
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.summary import SUMMARY_NAMES
from tests.widget import golden

K = 4
CONCEPTS = ["ant", "bee", "cow", "dog"]


def made(size=400, *, seed=0, folds=True, dtype=np.float64, concepts=CONCEPTS):
    rng = np.random.default_rng(seed)
    labels = rng.random((size, len(concepts))) < 0.3
    scores = np.clip(rng.normal(0.35 + 0.3 * labels, 0.2), 0, 1).round(2).astype(dtype)
    ids = [f"input-{row}" for row in range(size)]
    parts = np.arange(size) % 5 + 1 if folds else None
    return Evaluation.from_scores(labels, scores, concepts=concepts, input_ids=ids, folds=parts)


@pytest.fixture(scope="module")
def e():
    return made()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("threshold", [0.0, 0.29, 0.5, 0.57, 1.0])
def test_the_table_agrees_with_scikit_learn(dtype, threshold):
    e = made(dtype=dtype)
    table = e.table(threshold, full=True)
    predicted = e.score_array >= dtype(threshold)
    for column, concept in enumerate(CONCEPTS):
        truth, scores, row = e.label_array[:, column], e.score_array[:, column], table.loc[concept]
        tn, fp, fn, tp = oracle.confusion_matrix(truth, predicted[:, column], labels=[False, True]).ravel()
        assert row[["tp", "fp", "fn", "tn"]].tolist() == [tp, fp, fn, tn]
        assert row["roc_auc"] == pytest.approx(oracle.roc_auc_score(truth, scores), abs=1e-12)
        assert row["avg_precision"] == pytest.approx(oracle.average_precision_score(truth, scores), abs=1e-12)
        if tp + fp:
            assert row["precision"] == pytest.approx(oracle.precision_score(truth, predicted[:, column]))
        assert row["recall"] == pytest.approx(oracle.recall_score(truth, predicted[:, column]))
        assert row["specificity"] == pytest.approx(oracle.recall_score(~truth, ~predicted[:, column]))
        assert row["balanced_accuracy"] == pytest.approx(oracle.balanced_accuracy_score(truth, predicted[:, column]))


def test_the_table_takes_a_threshold_for_each_concept(e):
    chosen = e.operating_points(maximize="f1")
    table = e.table(chosen, full=True)
    assert table.loc["bee", "threshold"] == chosen["bee"].threshold
    assert table.loc["bee", "f1"] == pytest.approx(chosen["bee"].value)
    assert e.table(e.thresholds(maximize="f1"), full=True).equals(table)
    with pytest.raises(ValueError, match="no threshold for 'bee'"):
        e.table({"ant": 0.5}, full=True)
    with pytest.raises(ValueError, match="NaN"):
        e.table(float("nan"), full=True)


@pytest.mark.parametrize(
    "kind",
    [
        golden.cross_validated,
        golden.given,
        golden.platform_rates,
        golden.odd_rates,
        golden.no_inputs,
        golden.co_labelled,
    ],
)
def test_every_figure_of_a_summary_is_among_those_that_can_be_asked_for_beforehand(kind):
    assert set(kind().summary.index) <= set(SUMMARY_NAMES)


@pytest.mark.parametrize("wrong", [50, -0.1, 1.01])
def test_a_threshold_that_no_score_can_reach_is_refused_with_the_range(e, wrong):
    said = f"The threshold {wrong:g} lies outside 0 to 1"
    for call in (e.table, e.confusion_matrix):
        with pytest.raises(ValueError, match=said):
            call(threshold=wrong)
    with pytest.raises(ValueError, match=said):
        e.table(threshold=dict.fromkeys(CONCEPTS, 0.5) | {"bee": wrong})
    with pytest.raises(ValueError, match=said):
        e.threshold_sweep(thresholds=[0.1, wrong])
    # What the first row of a ROC curve says: nothing is predicted.
    assert (e.table(threshold=np.inf, full=True)["predicted"] == 0).all()


def test_the_table_is_typed(e):
    kinds = e.table(full=True).dtypes
    assert (kinds[["num_pos", "tp", "fp", "fn", "tn", "predicted"]] == "Int64").all()
    assert (kinds[["precision", "recall", "f1", "roc_auc", "avg_precision"]] == np.float64).all()
    assert e.table(full=True).index.name == "concept"


def test_undefined_values_are_nan_with_their_reason():
    e = Evaluation.from_scores(np.array([[1, 0], [1, 0]]), np.array([[0.9, 0.1], [0.8, 0.2]]), concepts=["a", "b"])
    table = e.table(full=True)
    assert np.isnan(table.loc["a", "roc_auc"])
    assert table.loc["a", "reason"] == "no negatives"
    assert table.loc["b", "reason"] == "no positives; nothing predicted"
    assert np.isnan(table.loc["b", ["precision", "recall", "f1", "avg_precision"]].astype(float)).all()
    assert e.summary["left_out_roc_auc"] == 2
    assert np.isnan(e.summary["macro_avg_roc_auc"])
    assert e.roc_curve("a")["fpr"].isna().all()
    assert (e.roc_curve("a")["reason"] == "no negatives").all()


def test_fold_means_stand_beside_the_pooled_area(e):
    table = e.table(full=True)
    for column, concept in enumerate(CONCEPTS):
        areas = [
            oracle.roc_auc_score(e.label_array[e.folds == f, column], e.score_array[e.folds == f, column])
            for f in range(1, 6)
        ]
        assert table.loc[concept, "fold_roc_auc_mean"] == pytest.approx(np.mean(areas))
        assert table.loc[concept, "fold_roc_auc_std"] == pytest.approx(np.std(areas))
        assert table.loc[concept, "fold_roc_auc_folds"] == 5
    assert e.summary["macro_avg_roc_auc"] == pytest.approx(table["fold_roc_auc_mean"].mean())
    assert e.summary["pooled_macro_avg_roc_auc"] == pytest.approx(table["roc_auc"].mean())
    assert len(e.fold_table()) == 20


def test_averages_agree_with_scikit_learn(e):
    frame = e.averages(0.5).set_index(["average", "figure"])["value"]
    predicted = e.score_array >= 0.5
    for average in ("macro", "weighted", "micro"):
        expected = oracle.precision_recall_fscore_support(e.label_array, predicted, average=average)
        for figure, value in zip(("precision", "recall", "f1"), expected, strict=False):
            assert frame[average, figure] == pytest.approx(value)
        assert frame[average, "roc_auc"] == pytest.approx(
            oracle.roc_auc_score(e.label_array, e.score_array, average=average)
        )


def test_the_roc_frame_holds_every_distinct_score_and_the_macro_average(e):
    frame = e.roc_curve()
    one = frame[frame["concept"] == "cow"]
    fpr, tpr, thresholds = oracle.roc_curve(e.label_array[:, 2], e.score_array[:, 2], drop_intermediate=False)
    assert one["threshold"].tolist() == thresholds.tolist()
    assert np.allclose(one["fpr"], fpr)
    assert np.allclose(one["tpr"], tpr)
    macro = frame[frame["concept"] == "macro average"]
    assert np.trapezoid(macro["tpr"], macro["fpr"]) == pytest.approx(e.table(full=True)["roc_auc"].mean(), abs=1e-12)
    assert macro["reason"].iloc[0] == "mean of 4 of 4 concepts"


def test_the_sweep_has_exact_counts_at_every_stop(e):
    frame = e.threshold_sweep("bee")
    for row in frame.iloc[:: max(1, len(frame) // 20)].itertuples():
        predicted = e.score_array[:, 1] >= row.threshold
        assert row.tp == (predicted & e.label_array[:, 1]).sum()
        assert row.fp == (predicted & ~e.label_array[:, 1]).sum()
    macro = e.threshold_sweep(thresholds=[0.5]).set_index("concept").loc["macro average"]
    for rate in ("f1", "specificity", "balanced_accuracy"):
        assert macro[rate] == pytest.approx(e.table(0.5, full=True)[rate].mean())
    assert macro["tp"] == e.table(0.5, full=True)["tp"].sum()


def test_thresholds_to_sweep_are_a_list(e):
    with pytest.raises(ValueError, match=r"Thresholds have the shape \(1, 2\)"):
        e.threshold_sweep("bee", [[0.2, 0.5]])


def test_a_concept_asked_for_twice_has_one_row(e):
    once = e.table(concepts=["bee"], averages=True)
    assert e.table(concepts=["bee", "bee"], averages=True).equals(once)


def test_the_macro_sweep_says_how_many_concepts_it_averages():
    e = Evaluation.from_scores(np.eye(2), np.array([[0.9, 0.1], [0.2, 0.4]]), concepts=["a", "b"])
    macro = e.threshold_sweep(thresholds=[0.5]).set_index("concept").loc["macro average"]
    assert macro["reason"] == "precision averages 1 of 2"


def test_the_confusion_matrix_counts_as_the_platform_does(e):
    matrix = e.confusion_matrix(0.4)
    expected = sum(np.outer(row, score >= 0.4) for row, score in zip(e.label_array, e.score_array, strict=True))
    assert (matrix.to_numpy() == expected).all()
    assert (matrix.index.name, matrix.columns.name) == ("actual", "predicted")


def test_argmax_and_probability_matrices_agree_with_scikit_learn():
    rng = np.random.default_rng(1)
    labels, scores = rng.integers(0, K, 200), rng.dirichlet(np.ones(K), 200)
    e = Evaluation.from_scores(labels, scores, concepts=CONCEPTS)
    top = oracle.confusion_matrix(labels, scores.argmax(axis=1))
    assert (e.confusion_matrix(kind="argmax").to_numpy() == top).all()
    means = np.stack([scores[labels == k].mean(axis=0) for k in range(K)])
    assert np.allclose(e.confusion_matrix(kind="probability"), means)
    with pytest.raises(ValueError, match="kind='rows'"):
        e.confusion_matrix(kind="rows")


def test_accuracy_is_named_for_what_it_measures():
    rng = np.random.default_rng(1)
    labels, scores = rng.integers(0, K, 200), rng.dirichlet(np.ones(K), 200)
    single = Evaluation.from_scores(labels, scores)
    assert single.summary["accuracy"] == pytest.approx((scores.argmax(axis=1) == labels).mean())
    assert "subset_accuracy" not in single.summary
    e = made()
    assert e.summary["subset_accuracy"] == pytest.approx(((e.score_array >= 0.5) == e.label_array).all(axis=1).mean())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saving_loses_nothing(tmp_path, dtype):
    rng = np.random.default_rng(2)
    scores = rng.random((50, 3)).astype(dtype)
    scores[0] = [5e-324, 1e-310, 1 - 2**-53]
    e = Evaluation.from_scores(
        rng.random((50, 3)) < 0.4, scores, ["a", "ü", "c"], [f"ü{i}" for i in range(50)], np.arange(50) % 3,
        concept_names={"a": "Ant"},
    )  # fmt: skip
    e.save(tmp_path / "e.zip")
    back = Evaluation.load(tmp_path / "e.zip")
    assert back.score_array.dtype == dtype
    assert back.score_array.tobytes() == e.score_array.tobytes()
    assert (back.label_array == e.label_array).all()
    assert (back.folds == e.folds).all()
    assert (back.concepts, back.input_ids, back.concept_names) == (e.concepts, e.input_ids, e.concept_names)
    assert (back.source, back.info, back.notes, repr(back)) == (e.source, e.info, e.notes, repr(e))
    e.save(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "e.zip").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.zip", "e.zip"]


def test_saving_what_a_server_sent_keeps_its_message(tmp_path):
    message = made(60).to_proto()
    e = Evaluation.from_proto(message)
    e.save(tmp_path / "e.zip")
    back = Evaluation.load(tmp_path / "e.zip")
    assert back.message == message
    assert back.platform_curves["ant"].tpr.tolist() == e.platform_curves["ant"].tpr.tolist()
    assert back.notes == e.notes
    assert back.table(full=True).equals(e.table(full=True))


def test_the_file_holds_the_protobuf_and_no_pickle(tmp_path):
    from clarifai_grpc.grpc.api import resources_pb2

    e = made(30)
    e.save(tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        message = resources_pb2.EvalMetrics.FromString(archive.read("eval_metrics.pb"))
        assert len(message.test_set) == 30
        assert not any(b"pickle" in archive.read(name) for name in archive.namelist())


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "e.zip"
    made(20).save(path)
    return path


@pytest.mark.parametrize("content", [b"", b"no zip at all"])
def test_a_file_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(EvalError, match="not a saved evaluation"):
        Evaluation.load(tmp_path / "x.zip")


def test_an_array_that_would_need_pickle_is_refused(tmp_path):
    made(30).save(tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    np.save(tmp_path / "bad.npy", np.array([{}], object), allow_pickle=True)
    parts["scores.npy"] = (tmp_path / "bad.npy").read_bytes()
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(EvalError, match="damaged"):
        Evaluation.load(tmp_path / "bad.zip")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_refused_or_reads_the_same(tmp_path, saved, data):
    content = bytearray(saved.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "damaged.zip").write_bytes(content)
    try:
        back = Evaluation.load(tmp_path / "damaged.zip")
    except EvalError as error:
        said = str(error)
    else:
        said = "not a saved evaluation"
        assert back.table(full=True).equals(Evaluation.load(saved).table(full=True))
    assert "not a saved evaluation" in said


def test_a_message_made_from_scores_reads_back_with_both_sources_agreeing():
    e = made(200, folds=False, dtype=np.float32)
    back = Evaluation.from_proto(e.to_proto())
    assert (back.score_array == e.score_array).all()
    assert back.agreement()["agrees"].all()
    assert back.summary["macro_avg_roc_auc"] == pytest.approx(e.summary["macro_avg_roc_auc"], abs=1e-6)


def test_comparing_matches_inputs_by_id_and_counts_the_others(e):
    keep = np.random.default_rng(0).permutation(400)[:300]
    ids = [e.input_ids[row] for row in keep] + ["elsewhere"]
    better = np.clip(e.score_array[keep] + 0.2 * (e.label_array[keep] - 0.5), 0, 1)
    other = Evaluation.from_scores(
        np.vstack([e.label_array[keep], np.zeros((1, K))]), np.vstack([better, np.zeros((1, K))]), CONCEPTS, ids
    )
    frame = e.compare(other)
    assert frame.attrs["matched"] == 300
    assert len(frame.attrs["only_here"]) == 100
    assert frame.attrs["only_there"] == ["elsewhere"]
    for column, concept in enumerate(CONCEPTS):
        first = oracle.roc_auc_score(e.label_array[keep, column], e.score_array[keep, column])
        second = oracle.roc_auc_score(e.label_array[keep, column], better[:, column])
        assert frame.loc[concept, "difference"] == pytest.approx(second - first)
        assert frame.loc[concept, "low"] < second - first < frame.loc[concept, "high"]
        assert frame.loc[concept, "p_holm"] >= frame.loc[concept, "p_value"]


def test_an_evaluation_compared_with_itself_differs_by_nothing(e):
    frame = e.compare(e)
    assert (frame["difference"] == 0).all()
    assert (frame["p_value"] == 1).all()


def test_comparing_different_labels_is_refused_naming_the_first(e):
    labels = e.label_array.copy()
    labels[7, 2] = ~labels[7, 2]
    other = Evaluation.from_scores(labels, e.score_array, CONCEPTS, e.input_ids)
    with pytest.raises(ValueError, match=r"1 place, first for the input 'input-7' and the concept 'cow'"):
        e.compare(other)


def test_comparing_rows_without_ids_needs_equal_sizes():
    first = Evaluation.from_scores(np.eye(2), np.eye(2))
    with pytest.raises(ValueError, match="give input_ids"):
        first.compare(Evaluation.from_scores(np.eye(2)[:1], np.eye(2)[:1]))


def test_the_cross_fitted_point_uses_the_folds_or_splits(e):
    honest = e.cross_fitted_point("ant", maximize="f1")
    assert len(honest.folds) == 5
    assert honest.chosen.threshold == e.operating_point("ant", maximize="f1").threshold
    split = made(folds=False).cross_fitted_point("ant", maximize="f1", splits=3)
    assert len(split.folds) == 3


def test_intervals_hold_the_area(e):
    frame = e.roc_auc_intervals()
    assert ((frame["low"] <= frame["roc_auc"]) & (frame["roc_auc"] <= frame["high"])).all()
    narrow = e.roc_auc_interval("ant", confidence_level=0.5)
    assert narrow.interval[0] > frame.loc["ant", "low"]


def test_the_text_is_stable_and_holds_no_data(e):
    assert repr(e) == repr(made())
    assert repr(e).startswith("Evaluation(400 inputs, 4 concepts (ant, bee, cow and 1 more), macro ROC AUC 0.8")
    assert " object at " not in repr(e)


def test_the_html_escapes_what_it_shows():
    e = Evaluation.from_scores(np.eye(2), np.eye(2), concepts=["<script>", "b"])
    assert "<script>" not in e._repr_html_()
    assert "&lt;script&gt;" in e._repr_html_()


def test_the_markdown_says_what_the_html_says(e):
    lines = e._repr_markdown_().splitlines()
    assert lines[0] == (
        f"**Evaluation**: 400 inputs, 4 concepts. Macro ROC AUC {e.table()['roc_auc'].mean():.4f} "
        "(mean of 4 of 4 concepts). From scores given, out-of-fold predictions pooled over 5 folds."
    )
    assert lines[2] == "| concept | positives | negatives | ROC AUC |"
    row = e.table(full=True).loc["ant"]
    assert lines[4] == f"| ant | {row['num_pos']} | {row['num_neg']} | {row['roc_auc']:.4f} |"


def test_the_markdown_keeps_names_from_being_markup_and_says_why_a_figure_is_undefined():
    names = ["a|b\n# c", "<img>", *(f"k{k}" for k in range(12))]
    labels = np.eye(14)
    labels[:, 0] = 0
    e = Evaluation.from_scores(labels, np.eye(14), concepts=names)
    lines = e._repr_markdown_().splitlines()
    assert lines[4].startswith("| a\\|b \\# c | 0 | 14 | – (")
    assert lines[5].startswith("| \\<img\\> | 1 | 13 | 1.0000 |")
    assert "… and 2 more concepts: `e.table()`" in lines
    notes = [re.sub(r"\\(.)", r"\1", line[2:]) for line in lines if line.startswith("- ")]
    assert notes
    assert notes == list(e.notes)


def repacked(source, target, **members):
    """A copy of a saved file with some members replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, members.get(name.split(".")[0], old.read(name)))
    return target


@pytest.mark.parametrize(
    "members",
    [
        {"eval_metrics": bytes(1 << 27)},
        {"scores": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (9, ".ljust(118)},
        {"evaluation": lambda kept: {**kept, "info": None}},
    ],
    ids=["grows", "header", "info"],
)
def test_a_file_that_was_altered_with_care_is_refused_in_words(tmp_path, members):
    source = tmp_path / "e.zip"
    Evaluation.from_scores(np.array(["a", "b"] * 3), np.full((6, 2), 0.5), concepts=["a", "b"]).save(source)
    with zipfile.ZipFile(source) as kept:
        meta = json.loads(kept.read("evaluation.json"))
    written = {name: json.dumps(one(meta)) if callable(one) else one for name, one in members.items()}
    with pytest.raises(EvalError, match="damaged"):
        Evaluation.load(repacked(source, tmp_path / "altered.zip", **written))


@pytest.mark.parametrize("threshold", ["0.5", {"1": "0.5"}], ids=["one", "a mapping"])
def test_a_threshold_that_is_text_is_refused_with_what_to_give(threshold):
    e = Evaluation.from_scores([1, 0], [0.1, 0.9])
    with pytest.raises(ValueError, match=r"The threshold '0\.5' is text; give a number between 0 and 1"):
        e.table(threshold)
