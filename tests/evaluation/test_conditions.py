"""Conditions travel with the numbers: what an evaluation's figures rest on is said wherever they stand."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from clarifai_eval_widget import LocalServer
from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.widget.workbench.base import encode_base
from clarifai_eval_widget.widget.workbench.caption import given_caption
from tests.evaluation.test_evaluation import message_of


def codes(e):
    return [str(one.code) for one in e.conditions]


def noise(size=60):
    rng = np.random.default_rng(3)
    return rng.normal(size=(size, 200)), rng.integers(0, 2, size)


def message_from(scores, labels, *, kfold=None, texts=None, folds=None):
    rows = [
        (f"i{row}", {"a": float(score), "b": float(1 - score)}, ["a" if label else "b"])
        for row, (score, label) in enumerate(zip(scores, labels, strict=True))
    ]
    message = message_of(rows)
    if kfold is not None:
        message.eval_info.params.update({"use_kfold": kfold})
    for row, entry in enumerate(message.test_set):
        if texts is not None:
            entry.input.data.text.raw = texts[row]
        if folds is not None:
            entry.input.data.metadata.update({"fold": int(folds[row])})
    return message


def test_every_code_is_stable_and_has_a_page():
    assert [str(code) for code in Code] == [f"CEW{number:03d}" for number in range(1, len(Code) + 1)]
    for code in Code:
        assert code.page.title
        assert code.page.meaning.endswith(".")
        assert code.page.advice.endswith(".")


def test_a_version_scored_on_its_own_training_data_says_so_everywhere():
    X, y = noise()
    scores = LogisticRegression(C=1e6, max_iter=2000).fit(X, y).predict_proba(X)[:, 1]
    message = message_from(scores.astype(np.float32), y, kfold=False)
    message.app_id = "mine"
    message.ground_truth_dataset.id = message.model.model_version.train_info.dataset.id = "noise"
    e = Evaluation.from_proto(message)
    assert e.roc_auc("a") == 1.0  # on pure noise
    assert codes(e) == ["CEW001"]
    assert any(note.startswith("CEW001: ") and "on pure noise" in note for note in e.notes)
    assert e.table(full=True)["conditions"].tolist() == ["CEW001", "CEW001"]
    assert e.averages()["conditions"].unique().tolist() == ["CEW001"]
    assert "conditions CEW001" in repr(e)
    assert "CEW001" in e._repr_html_()
    assert "CEW001 scored on its own training data" in e.plot_roc().caption_.get_text().replace("\n", " ")
    head = encode_base(e, given_caption(e)).head
    assert any(note.startswith("CEW001") for note in head["notes"])
    message.ground_truth_dataset.version.id = "v2"
    message.model.model_version.train_info.dataset.version.id = "v1"
    assert codes(Evaluation.from_proto(message)) == []
    message.ground_truth_dataset.id = "other"
    assert codes(Evaluation.from_proto(message)) == []


def test_noise_trained_and_evaluated_by_default_is_not_perfect_unsaid():
    X, y = noise()
    with LocalServer() as server:
        server.add_dataset("app", "noise", labels=np.array(["a", "b"])[y], embeddings=X.astype(np.float32))
        server.train("app", "model", dataset_id="noise")
        with server.client() as client:
            version = client.model_versions(client.models("app")[0])[0]
            e = client.start_evaluation(version, "noise").result(timeout=60)
    assert e.roc_auc("a") > 0.99
    assert codes(e) == ["CEW001"]


@pytest.mark.parametrize(("seen", "told"), [(0, False), (7, False), (10, False), (11, True), (1000, True)])
def test_a_few_inputs_trained_on_by_chance_are_no_condition_of_all(seen, told):
    labels = np.arange(1000) % 2
    e = Evaluation.from_scores(labels, np.linspace(0, 1, 1000))
    e.info = replace(e.info, inputs_trained_on=seen, inputs_done=1000)
    assert ("CEW001" in codes(e)) == told


def test_inputs_trained_on_are_known_again_in_another_version_or_dataset_that_holds_them():
    X, y = noise()
    X, labels = X.astype(np.float32), np.array(["a", "b"])[y]
    others = np.random.default_rng(9).normal(size=(30, X.shape[1])).astype(np.float32)
    with LocalServer() as server:
        server.add_dataset("app", "noise", labels=labels, embeddings=X)
        server.train("app", "model", dataset_id="noise")
        relabelled = np.where(np.arange(len(y)) == 0, np.array(["b", "a"])[y], labels)
        server.add_dataset("app", "noise", labels=relabelled, embeddings=X)
        server.add_dataset("app", "copy", labels=labels, embeddings=X)
        server.add_dataset("app", "partly", labels=[*labels[:20], *labels[:30]], embeddings=np.vstack([X[:20], others]))
        server.add_dataset("app", "apart", labels=labels[:30], embeddings=others)
        with server.client() as client:
            version = client.model_versions(client.models("app")[0])[0]

            def scored(dataset, dataset_version=None):
                params = {"use_kfold": False}
                return client.start_evaluation(version, dataset, dataset_version, params=params).result(timeout=60)

            assert [codes(scored(one)) for one in ("noise", "copy", "partly", "apart")] == [["CEW001"]] * 3 + [[]]
            assert scored("noise", "v1").conditions == scored("noise", "v2").conditions
            (condition,) = scored("partly").conditions
            folded = client.start_evaluation(version, "noise", params={"use_kfold": True}).result(timeout=60)
    assert condition.detail.startswith("The model was trained on 20 of the 50 inputs evaluated; it may know these by")
    assert "CEW001" not in codes(folded)
    assert folded.info.inputs_trained_on is None


def test_an_estimator_judged_on_what_it_was_fitted_on_can_say_so():
    X, y = noise()
    model = LogisticRegression(C=1e6, max_iter=2000).fit(X, y)
    assert codes(Evaluation.from_estimator(model, X, y, in_sample=True)) == ["CEW001"]
    assert codes(Evaluation.from_estimator(model, X, y)) == []


def test_rows_of_an_estimators_table_that_repeat_are_counted():
    X, y = noise(20)
    model = LogisticRegression().fit(X, y)
    e = Evaluation.from_estimator(model, np.tile(X, (3, 1)), np.tile(y, 3))
    assert codes(e) == ["CEW007"]
    assert any("40 inputs repeat the content of another" in note for note in e.notes)


def test_a_slice_has_the_conditions_of_its_own_inputs(tmp_path):
    X, y = noise(20)
    model = LogisticRegression().fit(X, y)
    ids = [*map(str, range(59)), "58"]
    e = Evaluation.from_estimator(model, np.tile(X, (3, 1)), np.tile(y, 3), input_ids=ids)
    e.save(tmp_path / "e.zip")
    for whole in (e, Evaluation.load(tmp_path / "e.zip")):
        assert codes(whole) == ["CEW006", "CEW007"]
        once = whole.slice(np.arange(60) < 20)
        assert codes(once) == []
        assert not [note for note in once.notes if note.startswith("CEW")]
        assert set(once.table()["conditions"]) == {""}
        assert [row[:6] for row in whole.slice(np.arange(60) >= 57).notes if row[:3] == "CEW"] == ["CEW006", "CEW011"]
        thrice = whole.slices(np.arange(60) % 20 == 0, concept="1")["conditions"]
        assert thrice.to_dict() == {False: "CEW006 CEW007", True: "CEW007"}


def test_every_input_three_times_under_cross_validation_is_said():
    rng = np.random.default_rng(0)
    y = np.arange(30) % 2
    scores = np.clip(0.5 * np.tile(y, 3) + 0.5 * rng.random(90), 0, 1)
    texts = [f"text {row}" for row in range(30)] * 3
    e = Evaluation.from_proto(
        message_from(scores, np.tile(y, 3), kfold=True, texts=texts, folds=np.arange(90) // 30 + 1)
    )
    assert codes(e) == ["CEW002", "CEW007", "CEW012"]
    assert any("30 inputs came in more than one fold" in note for note in e.notes)
    assert set(e.fold_table()["conditions"]) == {"CEW002 CEW007 CEW012"}
    ids = [f"i{row}" for row in range(30)] * 3
    by_id = Evaluation.from_scores(np.tile(y, 3), scores, input_ids=ids, folds=np.arange(90) // 30)
    assert codes(by_id) == ["CEW002", "CEW006", "CEW012"]
    grouped = Evaluation.from_scores(np.tile(y, 3), scores, input_ids=ids, folds=np.tile(np.arange(30) // 10, 3))
    assert "CEW012" not in codes(grouped)  # copies stay together


def test_every_row_three_times_is_said_where_nothing_but_labels_and_scores_is_known():
    rng = np.random.default_rng(0)
    y, scores = np.arange(30) % 2, rng.random(30)
    thrice = Evaluation.from_scores(np.tile(y, 3), np.tile(scores, 3))
    assert codes(thrice) == ["CEW007"]
    assert "comes 3 times" in next(iter(thrice.conditions)).detail
    assert any(note.startswith("CEW007") for note in thrice.notes)
    assert codes(Evaluation.from_scores(np.repeat(y, 2), np.repeat(scores, 2), input_ids=map(str, range(60)))) == [
        "CEW007"
    ]
    assert codes(Evaluation.from_scores(np.tile(y, 3), np.append(np.tile(scores, 2), rng.random(30)))) == []
    for seed in range(50):  # rounded scores tie by chance, and not all alike
        rng = np.random.default_rng(seed)
        assert codes(Evaluation.from_scores(rng.random(2000) < 0.5, rng.random(2000).round(2), pos_label=True)) == []
    tiled = Evaluation.from_scores(np.arange(40) % 2, np.arange(40) // 2 % 2 / 2)  # too few that differ to say
    assert codes(tiled) == []


def test_every_embedding_three_times_under_cross_validation_is_said():
    X, y = noise(40)
    with LocalServer() as server:
        labels = np.array(["a", "b"])[np.tile(y, 3)]
        server.add_dataset("app", "thrice", labels=labels, embeddings=np.tile(X.astype(np.float32), (3, 1)))
        server.train("app", "model", dataset_id="thrice")
        with server.client() as client:
            version = client.model_versions(client.models("app")[0])[0]
            e = client.start_evaluation(version, "thrice", params={"use_kfold": True}).result(timeout=60)
    assert e.roc_auc("a") > 0.95  # on pure noise
    assert codes(e) == ["CEW002", "CEW007", "CEW012"]
    assert any("80 inputs repeat the content of another" in note for note in e.notes)
    assert list(e.metadata) == ["fold"]


def test_copies_by_content_are_told_of_a_slice_and_of_other_labels_too():
    texts = ["one", "one", *[f"text {row}" for row in range(18)]]
    e = Evaluation.from_proto(message_from(np.linspace(0, 1, 20), np.arange(20) % 2, texts=texts))
    assert codes(e) == ["CEW007"]
    assert "CEW007" in codes(e.slice(e.input_ids[:12]))
    assert "CEW007" not in codes(e.slice(e.input_ids[1:13])), "the other copy is not in it"
    changed = e.relabel({e.input_ids[3]: [e.concepts[0]]}).after
    assert "CEW007" in codes(changed)


def test_inputs_known_by_their_address_alone_are_told_apart_by_it():
    message = message_from(np.linspace(0, 1, 20), np.arange(20) % 2)
    for row, entry in enumerate(message.test_set[:10]):
        entry.input.data.image.url = f"https://example.com/{row // 2}.jpg"
    e = Evaluation.from_proto(message)
    assert codes(e) == ["CEW007"]
    assert "5 inputs repeat" in e.conditions[0].detail


def test_out_of_fold_is_said_but_no_reason_to_be_careful():
    e = Evaluation.from_scores(np.arange(40) % 2, np.linspace(0, 1, 40), folds=np.arange(40) % 4)
    assert codes(e) == ["CEW002"]
    assert not any("CEW002" in note for note in e.notes)
    assert "conditions" not in repr(e)
    assert "CEW002 out-of-fold" in e.plot_roc("1", band=False).caption_.get_text().replace("\n", " ")


def truncated(size=80, seed=5):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, size)
    scores = rng.dirichlet([1, 1, 1], size).astype(np.float32)
    scores[np.arange(size), labels] += 0.4
    scores /= scores.sum(axis=1, keepdims=True)
    rows = []
    for row in range(size):
        top = int(scores[row].argmax())
        rows.append((f"i{row}", {f"c{top}": float(scores[row, top])}, [f"c{labels[row]}"]))
    return Evaluation.from_proto(message_of(rows)), labels, scores


def test_lists_cut_to_the_top_say_between_which_areas_the_whole_ones_lie():
    e, labels, scores = truncated()
    assert codes(e) == ["CEW005"]
    table = e.table(full=True)
    for k in range(3):
        area = roc_auc_score(labels == k, scores[:, k])
        worst, best = table.loc[f"c{k}", ["roc_auc_worst", "roc_auc_best"]]
        assert worst <= area <= best
        assert worst <= table.loc[f"c{k}", "roc_auc"] <= best
        assert worst < best
    condition = next(one for one in e.conditions if one.code == Code.TRUNCATED)
    assert "the ROC AUC could be anything from" in condition.detail
    assert e.probability_scores()["conditions"].tolist() == ["CEW005"] * 3
    assert "CEW005 lists cut to the highest scores" in e.plot_reliability().caption_.get_text().replace("\n", " ")


def test_a_slice_of_lists_cut_to_the_top_says_above_which_threshold_its_counts_are_exact(tmp_path):
    e, labels, scores = truncated()
    e.save(tmp_path / "e.zip")
    above = re.search(r"exact at thresholds above (0\.\d+)", next(note for note in e.notes if note[:6] == "CEW005"))[1]
    kept = np.arange(80) < 50
    for whole in (e, Evaluation.load(tmp_path / "e.zip")):
        part = whole.slice(kept)
        assert codes(part) == ["CEW005"]
        (note,) = (note for note in part.notes if note[:6] == "CEW005")
        assert f"exact at thresholds above {above}" in note
        assert "the ROC AUC could be anything from" in note
        assert set(part.table()["conditions"]) == {"CEW005"}
        table = part.table(full=True)
        for k in range(3):
            area = roc_auc_score(labels[kept] == k, scores[kept, k])
            worst, best = table.loc[f"c{k}", ["roc_auc_worst", "roc_auc_best"]]
            assert worst <= area <= best
            assert worst < best
            at = float(above) + 1e-6
            assert table.loc[f"c{k}", "num_pos"] == (labels[kept] == k).sum()
            row = part.table(at, full=True).loc[f"c{k}"]
            assert row["tp"] + row["fp"] == (scores[kept, k] >= at).sum()


def test_a_slice_of_one_split_says_of_which_split_and_how_much_of_it_there_was(tmp_path):
    e = Evaluation.from_proto(message_from(np.linspace(0, 1, 60), np.arange(60) % 2, kfold=True))
    e.save(tmp_path / "e.zip")
    assert codes(e) == ["CEW003"]
    for whole in (e, Evaluation.load(tmp_path / "e.zip")):
        part = whole.slice(np.arange(60) < 40)
        assert codes(part) == ["CEW003"]
        (note,) = (note for note in part.notes if note[:6] == "CEW003")
        assert "one split of the cross-validation (40 of its 60 inputs)" in note
        assert "at most 1,000 inputs" in note
        assert set(part.table()["conditions"]) == {"CEW003"}


def test_a_slice_of_one_fold_of_several_says_how_large_that_fold_was():
    fold = np.repeat([1, 2], [60, 40])
    e = Evaluation.from_proto(message_from(np.linspace(0, 1, 100), np.arange(100) % 2, kfold=True, folds=fold))
    whole = e.slice(fold=1)
    part = e.slice(np.arange(100) < 50).slice(np.arange(50) < 30)
    said = [next(one.detail for one in of.conditions if one.code == Code.ONE_SPLIT) for of in (whole, part)]
    split = "All predictions here are of one split of the cross-validation"
    assert said == [f"{split}.", f"{split} (30 of its 60 inputs)."]


def test_a_concept_of_few_positives_has_the_condition_alone():
    labels = np.zeros((60, 2), bool)
    labels[:3, 0] = labels[:30, 1] = True
    e = Evaluation.from_scores(labels, np.random.default_rng(0).random((60, 2)), ["rare", "usual"])
    assert e.table(full=True)["conditions"].tolist() == ["CEW011", ""]
    assert any(note.startswith("CEW011: Fewer than 5 positives or negatives: rare.") for note in e.notes)
    assert "CEW011" not in e.plot_roc("usual", band=False).caption_.get_text()


@pytest.mark.parametrize("status", [21301, 0])
def test_numbers_of_what_has_not_ended_are_partial(status):
    message = message_from(np.linspace(0, 1, 20), np.arange(20) % 2)
    message.status.code = status
    e = Evaluation.from_proto(message)
    assert codes(e) == ["CEW010"]
    assert sum(note.startswith("CEW010") for note in e.notes) == 1


def test_conditions_survive_a_file(tmp_path):
    e = Evaluation.from_scores(
        [1, 0] * 10, np.linspace(0, 1, 20), input_ids=["x"] * 20, in_sample=True, groups=[1, 2] * 10
    )
    e.save(tmp_path / "saved")
    assert codes(Evaluation.load(tmp_path / "saved")) == codes(e) == ["CEW001", "CEW006", "CEW013"]


def test_groups_that_lie_in_several_folds_are_said_and_those_that_do_not_are_not():
    labels, scores = np.arange(20) % 2, np.linspace(0, 1, 20)
    groups = np.arange(20) // 4
    apart = Evaluation.from_scores(labels, scores, folds=np.arange(20) % 2, groups=groups)
    assert codes(apart) == ["CEW002", "CEW013", "CEW014"]
    assert any(note.startswith("CEW014: 5 of 5 groups lie in more than one fold. ") for note in apart.notes)
    assert set(apart.table()["conditions"]) == {"CEW002 CEW013 CEW014"}
    one = Evaluation.from_scores(labels, scores, folds=np.r_[1, 2, 1, 1, [2] * 16], groups=groups)
    assert any("CEW014: 1 of 5 groups lies in more than one fold." in note for note in one.notes)
    whole = Evaluation.from_scores(labels, scores, folds=groups, groups=groups)
    assert codes(whole) == ["CEW002", "CEW013"]


def test_a_single_repeated_id_is_one():
    e = Evaluation.from_scores([1, 0] * 10, np.linspace(0, 1, 20), input_ids=["i0", *(f"i{row}" for row in range(19))])
    assert any("CEW006: 1 input id comes more than once; every row counts." in note for note in e.notes)
