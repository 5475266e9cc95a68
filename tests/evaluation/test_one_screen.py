"""The table can be read on one screen, names beside ids; all of it when asked for."""

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation

NAMES = {"de": "German", "en": "English"}


@pytest.fixture
def e():
    rows = np.arange(40)[:, None]
    scores = (rows * 7 + np.arange(2) * 3) % 41 / 40
    return Evaluation.from_scores(
        rows % 2 == np.arange(2), scores, concepts=list(NAMES), concept_names=NAMES, folds=rows[:, 0] % 4
    )


def test_the_table_names_its_concepts_and_fits_on_one_screen(e):
    table = e.table()
    assert table["name"].to_dict() == NAMES
    assert len(table.columns) <= 14
    assert "…" not in table.head().round(3).to_string(line_width=130)
    assert max(map(len, table.round(3).drop(columns="reason").to_string().splitlines())) <= 120


def test_all_columns_and_any_choice_of_them_can_be_had(e):
    full = e.table(0.3, full=True)
    assert {"source", "conditions", "fold_roc_auc_mean", "num_neg"} <= set(full)
    chosen = e.table(0.3, columns=["recall", "source"])
    assert list(chosen) == ["recall", "source"]
    assert chosen.equals(full[["recall", "source"]])
    assert e.table(0.3).equals(full[list(e.table())])


def test_in_full_each_area_has_the_interval_that_the_page_draws(e):
    assert list(e.table(full=True)["roc_auc_interval"]) == list(e.roc_auc_intervals()["reason"])  # folds too small
    e = Evaluation.from_scores(e.labels, e.scores, concepts=list(NAMES))
    full, drawn = e.table(full=True), e.roc_auc_intervals()
    assert list(full["roc_auc_low"]) == list(drawn["low"])
    assert list(full["roc_auc_high"]) == list(drawn["high"])
    assert np.isfinite(full["roc_auc_low"]).all()
    assert list(full["roc_auc_interval"]) == list(drawn["method"])
    assert full.attrs["num_inputs"] == e.num_inputs
    assert e.table(columns=["roc_auc_low"]).equals(full[["roc_auc_low"]])


def test_an_area_without_an_interval_says_why_in_its_place():
    row = Evaluation.from_scores([[1, 0], [0, 0]], np.full((2, 2), 0.5), ["a", "b"]).table(full=True).loc["b"]
    assert np.isnan(row["roc_auc_low"])
    assert row["roc_auc_interval"] == "no positives"


def test_a_column_that_is_not_there_is_refused_with_the_nearest(e):
    with pytest.raises(ValueError, match=r"no column 'recal'.*'recall'"):
        e.table(columns=["recal"])
    with pytest.raises(ValueError, match="not both"):
        e.table(columns=["recall"], full=True)


def test_the_table_by_fold_names_its_concepts_too(e):
    assert set(e.fold_table()["name"]) == set(NAMES.values())
