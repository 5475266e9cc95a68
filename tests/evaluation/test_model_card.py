"""A model card holds the evaluation's own numbers in the form that Hugging Face's own library reads."""

import numpy as np
import pandas as pd
import pytest
from huggingface_hub import ModelCard, metadata_load
from huggingface_hub.repocard_data import eval_results_to_model_index, model_index_to_eval_results

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.errors import InvalidRequestError
from tests.small_server import small_server


@pytest.fixture(scope="module")
def evaluated():
    with small_server() as server, server.client() as client:
        scored = client.start_evaluation("sentiment", "offers").result(timeout=60)
        crossed = client.start_evaluation("sentiment").result(timeout=60)
    return scored, crossed


def results(card, path):
    path.write_text(card, encoding="utf-8")
    metadata = metadata_load(path)
    name, found = model_index_to_eval_results(metadata["model-index"])
    assert eval_results_to_model_index(name, found) == metadata["model-index"]  # it drops nothing
    return name, {one.metric_type: one for one in found}


def test_hugging_faces_library_reads_the_macro_averages(evaluated, tmp_path):
    e = evaluated[0]
    name, found = results(e.to_model_card(threshold=0.4), tmp_path / "README.md")
    macro = e.averages(threshold=0.4).query("average == 'macro'").set_index("figure")["value"]
    assert name == "sentiment"
    assert {figure: one.metric_value for figure, one in found.items()} == dict(macro)
    one = found["f1"]
    assert (one.task_type, one.dataset_type, one.dataset_name) == ("text-classification", "offers", "offers")
    assert one.dataset_revision == e.info.dataset_version_id
    assert one.metric_args == {"average": "macro", "threshold": 0.4, "method": "score"}
    assert "threshold" not in found["roc_auc"].metric_args


def test_the_way_of_evaluating_and_its_conditions_stand_in_metadata_and_text(evaluated, tmp_path):
    e = evaluated[1]
    card = e.to_model_card()
    _, found = results(card, tmp_path / "README.md")
    assert found["roc_auc"].metric_args["method"] == "cross-validation"
    assert "CEW002" in found["roc_auc"].metric_args["conditions"]
    assert "did not train on it" in ModelCard(card).text
    assert "CEW002" in ModelCard(card).text


def test_the_table_by_concept_has_the_numbers_of_the_table(evaluated):
    e = evaluated[0]
    row = e.table(full=True).loc["c1"]
    assert (
        f"| c1 | {row.num_pos} | {row.num_neg} | {row.roc_auc:.4f} | {row.avg_precision:.4f} | {row.f1:.4f} | "
        f"{row.precision:.4f} | {row.recall:.4f} |" in e.to_model_card()
    )


def test_what_is_undefined_is_left_out_of_the_metadata_and_explained_in_the_text(tmp_path):
    labels = np.array([[0, 1], [0, 0], [0, 1]])
    e = Evaluation.from_scores(labels, np.array([[0.1, 0.2], [0.1, 0.3], [0.2, 0.4]]), concepts=["never", "low"])
    card = e.to_model_card(model_name="mine", dataset_name="d")
    _, found = results(card, tmp_path / "README.md")
    assert found["roc_auc"].metric_value == e.roc_auc("low")
    assert "precision" not in found
    assert f"- never: {e.table(full=True).loc['never', 'reason']}" in card


def test_names_of_users_are_no_markdown(tmp_path):
    names = ["a|b", "<img src=x>", "*bold*\n# heading"]
    labels = np.eye(3, dtype=bool).repeat(2, axis=0)
    e = Evaluation.from_scores(labels, np.full((6, 3), 0.5), concepts=names)
    card = e.to_model_card(model_name="m: #1", dataset_name="'quoted'")
    name, _ = results(card, tmp_path / "README.md")
    assert name == "m: #1"
    rows = [line for line in card.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(names)
    assert r"| a\|b |" in card
    assert "<img" not in card.replace(r"\<img", "")
    assert "\n# heading" not in card


def test_a_threshold_by_concept_is_told(tmp_path):
    e = Evaluation.from_scores([[1, 0], [0, 1]], np.array([[0.9, 0.2], [0.1, 0.7]]), concepts=["a", "b"])
    card = e.to_model_card(model_name="m", dataset_name="d", threshold={"a": 0.3, "b": 0.6})
    _, found = results(card, tmp_path / "README.md")
    assert found["f1"].metric_args["threshold"] == {"a": 0.3, "b": 0.6}
    assert found["f1"].metric_value == 1


@pytest.mark.parametrize(("given", "missing"), [({}, "model_name"), ({"model_name": "m"}, "dataset_name")])
def test_a_card_without_names_is_refused_with_what_to_give(given, missing):
    e = Evaluation.from_scores([0, 1], np.array([0.1, 0.8]))
    with pytest.raises(InvalidRequestError, match=rf"to_model_card\({missing}=…\)"):
        e.to_model_card(**given)


def test_without_any_defined_figure_there_is_no_result(tmp_path):
    e = Evaluation.from_scores(np.zeros((0, 1), bool), np.zeros((0, 1)))
    (tmp_path / "README.md").write_text(e.to_model_card(model_name="m", dataset_name="d"), encoding="utf-8")
    assert metadata_load(tmp_path / "README.md")["model-index"] == [{"name": "m", "results": []}]


def test_thresholds_may_be_numbers_of_numpy(evaluated, tmp_path):
    e = evaluated[0]
    own = pd.Series(0.25, index=list(e.concepts))
    _, found = results(e.to_model_card(threshold=dict(own.items())), tmp_path / "README.md")
    assert found["f1"].metric_args["threshold"] == dict.fromkeys(e.concepts, 0.25)
    _, found = results(e.to_model_card(threshold=np.float32(0.25)), tmp_path / "README.md")
    assert found["f1"].metric_args["threshold"] == 0.25


def test_names_can_end_neither_the_metadata_nor_their_line(evaluated, tmp_path):
    nasty = "a: b\n---\n# <script>alert(1)</script>"
    card = evaluated[0].to_model_card(model_name=nasty, dataset_name=nasty)
    assert results(card, tmp_path / "README.md")[0] == nasty
    assert "<script>" not in card.split("\n---\n\n", 1)[1]
