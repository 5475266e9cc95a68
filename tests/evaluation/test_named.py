"""Concepts by the names that tables show, and what else a newcomer gives an evaluation."""

from __future__ import annotations

import numpy as np
import pytest

from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.evaluation import Evaluation


@pytest.fixture
def pets() -> Evaluation:
    labels = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]])
    scores = np.array(
        [[0.9, 0.3, 0.1], [0.4, 0.5, 0.2], [0.2, 0.7, 0.3], [0.5, 0.6, 0.2], [0.3, 0.1, 0.8], [0.1, 0.2, 0.4]]
    )
    names = {"c1": "Cat", "c2": "Dog", "c3": "Dog"}
    return Evaluation.from_scores(labels, scores, concepts=["c1", "c2", "c3"], concept_names=names)


def test_a_concept_is_found_by_its_shown_name_and_answers_by_its_id(pets):
    assert pets.operating_point("Cat", maximize="f1") == pets.operating_point("c1", maximize="f1")
    assert pets.operating_points(["Cat"], maximize="f1").keys() == {"c1"}
    assert set(pets.roc_curve("Cat")["concept"]) == {"c1"}
    assert pets.threshold_sweep(concept="Cat").equals(pets.threshold_sweep("c1"))
    by_name = pets.table(threshold={"Cat": 0.45, "c2": 0.5, "c3": 0.5})
    assert by_name.loc["c1", "threshold"] == 0.45
    assert pets.roc_auc_interval("Cat") == pets.roc_auc_interval("c1")
    assert pets.plot_roc("Cat").caption_.get_text() == pets.plot_roc("c1").caption_.get_text()


@pytest.mark.parametrize("curve", ["roc_curve", "precision_recall_curve", "threshold_sweep"])
def test_curves_carry_names_beside_ids(pets, curve):
    frame = getattr(pets, curve)()
    assert frame.columns[:3].tolist() == ["concept", "name", "threshold"]
    named = frame[["concept", "name"]].drop_duplicates().astype(str).to_numpy().tolist()
    assert named[:3] == [["c1", "Cat"], ["c2", "Dog"], ["c3", "Dog"]]
    assert named[3:] in ([], [["macro average", "macro average"]])
    assert sorted(frame["name"].cat.categories) == sorted(set(frame["name"]))


def test_tables_by_concept_carry_names_beside_ids(pets):
    other = pets.compare(pets)
    for frame in (
        pets.table(),
        pets.roc_auc_intervals(),
        pets.threshold_intervals(maximize="f1", replicates=10),
        other,
    ):
        assert frame.columns[0] == "name"
        assert frame["name"].tolist()[:3] == ["Cat", "Dog", "Dog"]
        assert frame.index[:3].tolist() == ["c1", "c2", "c3"]
    assert other["name"].tolist()[3:] == ["macro average"]


def test_a_name_of_two_concepts_or_of_none_is_refused(pets):
    with pytest.raises(NotFoundError, match=r"'Dog' is the name of 2 concepts: give an id, one of 'c2', 'c3'\."):
        pets.operating_point("Dog", maximize="f1")
    with pytest.raises(NotFoundError, match=r"There is no concept 'Cas'\. The nearest are 'Cat'"):
        pets.roc_curve("Cas")
    with pytest.raises(TypeError, match=r"for 'Cat' alone give \['Cat'\]"):
        pets.operating_points("Cat", maximize="f1")
    with pytest.raises(ValueError, match="given two thresholds"):
        pets.table(threshold={"Cat": 0.4, "c1": 0.5, "c2": 0.5, "c3": 0.5})


def test_an_unknown_criterion_is_told_with_those_there_are(pets):
    with pytest.raises(TypeError, match=r"no criterion maximise=; there are maximize=, beta=, min_precision="):
        pets.operating_point("c1", maximise="f1")
    with pytest.raises(TypeError, match="no criterion maximise="):
        pets.cross_fitted_point("c1", maximise="f1")


def test_a_single_column_is_named_by_its_positive_label():
    of_one = Evaluation.from_scores([1, 0, 1], [0.9, 0.2, 0.8])
    assert of_one.concepts == ("1",)  # "0" would read as the negative class
    assert Evaluation.from_scores(["no", "yes"], [0.9, 0.2], pos_label="yes").concepts == ("yes",)
    assert Evaluation.from_scores([1, 0, 1], [0.9, 0.2, 0.8], concepts=["spam"]).concepts == ("spam",)


def test_only_an_evaluation_can_be_compared(pets):
    with pytest.raises(TypeError, match=r"with another Evaluation, not with a str; that of a Run is run\.result\(\)"):
        pets.compare("run-1")
    with pytest.raises(TypeError, match="with another Evaluation"):
        pets.compare_decisions("run-1", "c1")


def test_saving_to_no_folder_names_the_folder(pets, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder '.*nowhere' for 'e\.pb': make it first") as raised:
        pets.save(tmp_path / "nowhere" / "e.pb")
    assert ".part" not in str(raised.value)
