"""A page of inputs tells what stands behind a number, and ``selection`` is the whole of it."""

import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from ipywidgets import link
from traitlets import TraitError

from clarifai_eval_widget import Evaluation, EvalWidget, RocPlot
from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.widget.workbench.panels import all_panels, inputs
from tests.widget import golden
from tests.widget.page import Page

ASKED = {
    "concept": "cat",
    "outcome": "fp",
    "labelled": None,
    "threshold": 0.25,
    "against": None,
    "sort": "margin",
    "page": 0,
    "large": None,
}


def encoded(evaluation, **changes):
    section = all_panels()["inputs"].encode(evaluation, ASKED | changes)
    return SimpleNamespace(**section.head, **section.arrays)


def many(rows=80):
    rng = np.random.default_rng(4)
    labels = rng.random((rows, 5)) < 0.3
    return Evaluation.from_scores(labels, rng.random((rows, 5)).astype(np.float32), concepts=["cat", *"wxyz"])


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=many())
    yield made
    made.close()


def test_pages_hold_every_input_once_in_one_order():
    evaluation = many()
    pages = [encoded(evaluation, threshold=0.0, page=page) for page in range(3)]
    ids = [one for page in pages for one in page.ids]
    assert len(set(ids)) == len(ids) == pages[0].total == evaluation.table(threshold=0, full=True).loc["cat", "fp"]
    assert [len(page.ids) for page in pages[:2]] == [inputs.PAGE] * 2
    assert (np.diff(np.concatenate([page.margins for page in pages])) <= 0).all()


def test_a_page_beyond_the_last_is_the_last_and_one_before_the_first_is_refused():
    made = encoded(many(), threshold=0.0, page=99)
    assert made.page == (made.total - 1) // inputs.PAGE
    assert len(made.ids) > 0
    with pytest.raises(InvalidRequestError, match="page -1"):
        encoded(many(), page=-1)


def test_each_input_shows_the_highest_scores_its_labels_and_the_concept_asked_for():
    evaluation = many()
    made = encoded(evaluation, threshold=0.1)
    for i, input_id in enumerate(made.ids):
        row = evaluation.input_ids.index(input_id)
        drawn = made.bar_concepts[slice(*made.bar_offsets[i : i + 2])].tolist()
        own = made.labels[slice(*made.label_offsets[i : i + 2])].tolist()
        assert own == np.flatnonzero(evaluation.label_array[row]).tolist()
        top = np.argsort(-evaluation.score_array[row])[:3].tolist()
        assert set(drawn) == {*top, *own, 0}
        values = made.bar_scores[slice(*made.bar_offsets[i : i + 2])]
        assert values.tolist() == [float(evaluation.score_array[row, one]) for one in drawn]
        assert (np.diff(values) <= 0).all()


def test_without_a_concept_any_decision_counts_each_at_its_concepts_threshold():
    evaluation = many()
    made = encoded(evaluation, concept=None, threshold=0.95, own={"cat": 0.6, "w": 0.9})
    at = dict.fromkeys(evaluation.concepts, 0.95) | {"cat": 0.6, "w": 0.9}
    expected = evaluation.inputs_behind(figure="precision", threshold=at)
    assert made.ids == expected["input_id"].tolist()[: inputs.PAGE]
    assert made.total == len(expected) != encoded(evaluation, concept=None, threshold=0.95).total
    assert made.lost is None


def test_what_an_area_lacks_is_told_of_a_slice_among_its_inputs_alone():
    rng = np.random.default_rng(4)
    labels, folds = rng.random((80, 2)) < 0.3, np.arange(80) % 2 + 1
    evaluation = Evaluation.from_scores(labels, rng.random((80, 2)), concepts=["cat", "x"], folds=folds)
    whole = encoded(evaluation, outcome="roc_auc", threshold=None)
    assert whole.lost == pytest.approx(1 - evaluation.roc_auc("cat"))
    part = evaluation.slice(fold=2)
    made = encoded(evaluation, outcome="roc_auc", threshold=None, by="fold", value="2")
    assert made.lost == pytest.approx(1 - part.roc_auc("cat"))
    assert made.ids == part.inputs_behind("cat", "roc_auc")["input_id"].tolist()[: inputs.PAGE]
    assert all(folds[row] == 2 for row in made.rows)
    lacking = encoded(evaluation, outcome="avg_precision").lost
    assert lacking == pytest.approx(1 - evaluation.table(full=True).loc["cat", "avg_precision"])
    with pytest.raises(InvalidRequestError, match="'3' of 'fold'"):
        encoded(evaluation, by="fold", value="3")


def test_a_bin_of_the_calibration_lists_as_many_inputs_as_it_holds():
    evaluation = many()
    bins = SimpleNamespace(**all_panels()["calibration"].encode(evaluation, {"concept": "cat"}).arrays)
    ends = [*bins.starts.tolist(), None]
    for i, size in enumerate(bins.sizes):
        within = {"low": ends[i], "high": ends[i + 1]}
        assert encoded(evaluation, outcome="all", **within).total == size
        assert encoded(evaluation, outcome="num_pos", **within).total == bins.positives[i]


def test_rates_alone_list_nothing_and_say_what_to_fetch():
    with pytest.raises(EvalError, match="test set"):
        encoded(golden.platform_rates(), concept=golden.platform_rates().concepts[0])


def picture(size):
    from PIL import Image

    made = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (size, size, 3), np.uint8)
    Image.fromarray(noise).save(made, "PNG")
    return made.getvalue()


def test_texts_are_cut_and_images_travel_as_bytes_the_large_ones_made_small(monkeypatch):
    from PIL import Image

    small, large = picture(8), picture(300)
    media = {0: ("x" * 5000, None), 1: (None, small), 2: ("t", large), 3: (None, b"no image" * 9000)}
    monkeypatch.setattr(Evaluation, "media", lambda _, rows: [media[row % 4] for row in rows])
    evaluation = many()
    made = encoded(evaluation, threshold=0.0)
    rows = [evaluation.input_ids.index(one) for one in made.ids]
    data, at = made.images.tobytes(), 0
    for row, text, size in zip(rows, made.texts, made.image_sizes.tolist(), strict=True):
        image = data[at : at + size]
        at += -(-size // 4) * 4
        assert text == (media[row % 4][0] or "")[:2000] or text is None
        if row % 4 == 1:
            assert image == small
        elif row % 4 == 2:
            assert max(Image.open(io.BytesIO(image)).size) == 192
            assert size < len(large)
        else:
            assert image == b""
    assert at == len(data)


def test_the_selection_is_every_input_of_the_list_and_is_told_once(widget):
    page, seen = Page(widget), []
    widget.observe(lambda change: seen.append(len(change["new"])), "selection")
    head, _ = page.panel("inputs", ASKED | {"threshold": 0.0})
    assert len(widget.selection) == head["total"] > inputs.PAGE
    assert widget.selection["input_id"].tolist()[: inputs.PAGE] == head["ids"]
    later, _ = page.panel("inputs", ASKED | {"threshold": 0.0, "page": 1}, key="two")
    assert widget.selection["input_id"].tolist()[inputs.PAGE : 2 * inputs.PAGE] == later["ids"]
    assert seen == [head["total"]]


def test_the_selection_never_travels_and_ends_with_its_evaluation(widget):
    Page(widget).panel("inputs", ASKED)
    assert widget.selection is not None
    assert "selection" not in widget.get_state()
    widget.evaluation = golden.cross_validated()
    assert widget.selection is None


def test_a_selection_set_in_python_is_listed_and_ends_with_the_next_click(widget):
    page, ids = Page(widget), ["40", "7", "12"]
    widget.selection = widget.evaluation.inputs_behind("cat", "fp", threshold=0.25)
    assert widget.chosen == 1
    widget.selection = ids
    assert (widget.chosen, widget.selection["input_id"].tolist()) == (2, ids)
    assert widget.selection["score"].tolist() == [widget.evaluation.scores.loc[one].max() for one in ids]
    asked = ASKED | {"concept": None, "outcome": "chosen", "threshold": None, "chosen": 2}
    before = widget.selection
    head, _ = page.panel("inputs", asked)
    assert sorted(head["ids"]) == sorted(ids)
    assert widget.selection is before, "that the page lists it changes nothing"
    page.panel("inputs", ASKED, key="click")
    assert (widget.chosen, set(widget.selection["outcome"])) == (0, {"fp"})
    widget.selection = ids[:1]
    widget.selection = None
    assert widget.chosen == 0
    widget.selection = ids
    widget.evaluation = golden.cross_validated()
    assert (widget.chosen, widget.selection) == (0, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["7", "800"], "There is no input '800'"),
        ("7", "a list of input ids, or None; not '7'"),
        (7, "not 7"),
        (pd.DataFrame({"id": ["7"]}), r"a table with \['id'\]"),
    ],
)
def test_what_cannot_be_selected_is_refused_in_words_and_changes_nothing(widget, given, said):
    widget.selection = ["7"]
    before = widget.selection
    with pytest.raises(TraitError, match=said):
        widget.selection = given
    assert widget.selection is before
    assert widget.chosen == 1


def test_inputs_of_an_evaluation_with_rates_alone_cannot_be_selected():
    widget = EvalWidget(evaluation=golden.platform_rates())
    with pytest.raises(TraitError, match="needs the score of each"):
        widget.selection = ["1"]
    widget.evaluation = None
    with pytest.raises(TraitError, match="no evaluation on screen"):
        widget.selection = ["1"]
    widget.close()


def test_a_concept_that_is_not_there_is_an_error_for_the_page(widget):
    error = Page(widget).panel("inputs", ASKED | {"concept": "dog"})
    assert "dog" in error["message"]
    assert widget.selection is None


def test_the_four_outcomes_of_a_concept_are_all_the_inputs():
    evaluation = many()
    found = {outcome: encoded(evaluation, outcome=outcome).total for outcome in ("tp", "fp", "fn", "tn")}
    assert found == evaluation.table(threshold=0.25, full=True).loc["cat", list(found)].to_dict()
    assert sum(found.values()) == evaluation.num_inputs


def test_one_input_comes_whole_with_every_score():
    evaluation = many()
    page = encoded(evaluation, threshold=0.0)
    made = encoded(evaluation, threshold=0.0, large=3)
    assert made.ids == [page.ids[3]]
    row = evaluation.input_ids.index(made.ids[0])
    scores = dict(zip(made.bar_concepts.tolist(), made.bar_scores.tolist(), strict=True))
    assert scores == dict(enumerate(evaluation.score_array[row].astype(float)))
    assert encoded(evaluation, threshold=0.0, large=99).ids == []


def test_linked_selections_follow_each_other_and_are_ordinary_tables_otherwise(widget):
    other = RocPlot(widget.evaluation)
    link((widget, "selection"), (other, "selection"))
    ids = list(widget.evaluation.input_ids)
    other.selection = ids[:3]
    assert widget.selection["input_id"].tolist() == ids[:3]
    widget.selection = ids[2:4]
    assert other.selection["input_id"].tolist() == ids[2:4]
    table = other.selection
    assert (table == table.copy()).to_numpy().shape == table.shape
    assert type(table.head(1)) is pd.DataFrame
    widget.selection = None
    assert other.selection is None
    other.close()
