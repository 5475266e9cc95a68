"""Two runs that no test can compare are followed by two that one can: the same versions, evaluated alike."""

import pytest

from clarifai_eval_widget import EvalWidget
from tests.small_server import small_server, wait_until
from tests.widget.page import Page


@pytest.fixture
def widget():
    with small_server() as server:
        made = EvalWidget(server.client())
        wait_until(lambda: made.versions and not made.loading)
        yield made
        made.close()


def compared(widget):
    """Wait until all that is compared has ended."""

    def ended():
        table = widget.compared
        return all(one is not None and one.complete for one in table["evaluation"]) and table

    wait_until(lambda: ended() is not False)
    return widget.compared


def test_the_versions_of_two_runs_are_scored_on_the_same_data_and_compared_instead(widget):
    page = Page(widget)
    runs = []
    for version in ("first", "second"):
        widget.model_version = version
        widget.evaluate({"use_kfold": True}).result(timeout=60)
        runs.append(widget.run_states[0]["key"])
    widget.compare(*runs)
    compared(widget)
    assert widget.differences["p_value"].isna().all(), "cross-validated in different folds"
    offers = next(row["key"] for row in widget.datasets if row["id"] == "offers")
    assert page.act("match", key="a", runs=runs, dataset_key=offers, use_kfold=False)["ok"]
    table = compared(widget)
    assert not set(runs) & set(table.index)
    rows = {row["key"]: row for row in widget.run_states}
    labels = [(rows[key]["version_label"], rows[key]["dataset_key"], rows[key]["method"]) for key in table.index]
    assert labels == [("first", offers, "score"), ("second", offers, "score")]
    assert widget.differences["p_value"].notna().all()
    chosen = [widget.choices[row["key"]] for row in widget.versions]
    assert chosen == 2 * [{"dataset_key": offers, "dataset_version": "", "use_kfold": False}], "as on screen"
    known = len(widget.run_states)
    assert page.act("match", key="b", runs=runs, dataset_key=offers, use_kfold=False)["ok"]
    assert widget.compared.index.tolist() == table.index.tolist(), "what has been done is not done again"
    assert len(widget.run_states) == known


def test_recipes_are_cross_validated_on_the_data_of_the_first_in_its_folds(widget):
    page = Page(widget)
    runs = []
    for version, params in (("first", {}), ("second", {"folds": 3})):
        widget.model_version = version
        widget.evaluate({"use_kfold": True, **params}).result(timeout=60)
        runs.append(widget.run_states[0])
    data = next(row for row in widget.datasets if row["id"] == "reviews")["key"]
    keys = [one["key"] for one in reversed(runs)]
    assert page.act("match", key="a", runs=keys, dataset_key=data, use_kfold=True)["ok"]
    table = compared(widget)
    first, second = table["evaluation"]
    assert table.index[0] == keys[0], "the first has been done"
    chosen = [widget.choices[row["key"]] for row in widget.versions]
    assert [(one["dataset_key"], one["use_kfold"]) for one in chosen] == 2 * [(data, True)]
    assert first.folds.tolist() == second.folds.tolist()
    assert first.fold_numbers == second.fold_numbers == (1, 2, 3)
    assert widget.differences["inputs"].tolist() == 4 * [300]
