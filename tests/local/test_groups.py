"""Inputs in groups: kept, sent, split by no fold, read back, and heeded by intervals."""

import numpy as np
import pandas as pd
import pytest

from clarifai_eval_widget import Evaluation, LocalServer
from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from tests.local.support import toy_data

pytestmark = pytest.mark.filterwarnings("error")


def grouped_server(path=None, *, groups=None, num_groups=15, labels=None):
    """A server whose dataset comes in groups, three inputs of each concept in every one of them by default."""
    server = LocalServer(path)
    texts, toys, X = toy_data()
    given = [f"patient {n // 3 % num_groups}" for n in range(150)] if groups is None else groups
    server.add_dataset("zoo", "animals", texts, toys if labels is None else labels, embeddings=X, groups=given)
    server.train("zoo", "keeper", dataset_id="animals")
    return server, given


def evaluated(server, **params):
    client = server.client()
    version = client.model_versions("keeper")[0]
    return client.start_evaluation(version, "animals", params=params).result(timeout=60)


def by_patient(evaluation, given):
    rows = [int(input_id.split("-")[-1]) - 1 for input_id in evaluation.input_ids]
    return np.array([given[row] for row in rows])


def test_no_fold_splits_a_group_and_the_evaluation_knows_them():
    server, given = grouped_server()
    with server:
        evaluation = evaluated(server, use_kfold=True)
    patients = by_patient(evaluation, given)
    assert len(set(zip(patients, evaluation.groups.tolist(), strict=True))) == len(set(patients)) == 15
    assert len(set(zip(patients, evaluation.folds.tolist(), strict=True))) == 15
    assert set(evaluation.folds) == {1, 2, 3, 4, 5}
    again = Evaluation.from_proto(evaluation.to_proto())
    np.testing.assert_array_equal(again.groups, evaluation.groups)


def test_states_before_the_end_hold_the_groups_of_the_inputs_so_far():
    server, given = grouped_server()
    seen = []
    with server:
        client = server.client()
        run = client.start_evaluation(client.model_versions("keeper")[0], "animals", params={"use_kfold": True})
        server.before_step = lambda step: seen.append(run.evaluation()) if step.index > 1 else None
        whole = run.result(timeout=60)
    assert [len(one.groups) for one in seen] == [len(one.input_ids) for one in seen]
    assert len(seen) >= 3
    for one in (*seen, whole):
        assert len(set(zip(by_patient(one, given), one.groups.tolist(), strict=True))) == len(set(one.groups.tolist()))


def test_intervals_of_a_version_scored_on_groups_are_by_group():
    server, given = grouped_server()
    with server:
        evaluation = evaluated(server, use_kfold=False)
    found = evaluation.roc_auc_interval("cat")
    assert "group" in found.method
    plain = Evaluation.from_scores(evaluation.labels, evaluation.scores, groups=by_patient(evaluation, given))
    assert found.interval == plain.roc_auc_interval("cat").interval


def test_a_later_server_on_the_file_has_the_groups(tmp_path):
    server, given = grouped_server(tmp_path / "kept.db")
    server.stop()
    with LocalServer(tmp_path / "kept.db") as later:
        evaluation = evaluated(later, use_kfold=True)
    assert len(set(zip(by_patient(evaluation, given), evaluation.folds.tolist(), strict=True))) == 15


def test_too_few_groups_for_the_folds_are_refused_with_both_numbers():
    server, _ = grouped_server(num_groups=3)
    with server:
        with pytest.raises(EvalError, match=r"3 groups, too few for 5 folds.*ask for 3 folds at most"):
            evaluated(server, use_kfold=True)
        assert set(evaluated(server, use_kfold=True, folds=3).folds) == {1, 2, 3}


def test_a_concept_whose_inputs_are_all_of_one_group_is_named():
    _, labels, _ = toy_data()
    groups = ["alone" if label == ["owl"] else n % 10 for n, label in enumerate(labels)]
    server, _ = grouped_server(groups=groups)
    with server, pytest.raises(EvalError, match=r"'owl'.*none is left to train on"):
        evaluated(server, use_kfold=True)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([1, 2], "150 labels but 2 groups"),
        ("abc", "groups is one text"),
        ([None, *range(149)], "row 0 is None"),
        (np.r_[np.arange(149.0), np.nan], "row 149 is nan"),
        ([[1]] * 150, "row 0 is a list"),
        (pd.Series(range(150), index=range(1, 151)), "different indices"),
    ],
)
def test_groups_that_are_none_are_refused(groups, said):
    _, labels, _ = toy_data()
    with pytest.raises(InvalidRequestError, match=said):
        grouped_server(groups=groups, labels=pd.Series([one[0] for one in labels]))
