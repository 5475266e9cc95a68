"""Concepts are set by id or by shown name; what an evaluation does not have is refused, also when it comes later."""

import logging

import numpy as np
import pytest
import traitlets

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.widget.workbench.caption import given_caption
from tests.evaluation.test_looking import as_sent
from tests.widget.page import Page

NAMES = {"de": "German", "en": "English", "gsw": "Swiss", "bar": "Bavarian"}


def named(names=NAMES):
    rows = np.arange(40)[:, None]
    labels = rows % len(names) == np.arange(len(names))
    scores = (rows * 7 + np.arange(len(names)) * 3) % 41 / 40
    return Evaluation.from_scores(labels, scores, concepts=list(names), concept_names=names)


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=named())
    yield made
    made.close()


def test_a_shown_name_finds_its_concept_and_the_id_is_what_is_kept(widget):
    widget.concept = "German"
    widget.thresholds = {"English": 0.25, "gsw": 0.5}
    assert widget.concept == "de"
    assert widget.thresholds == {"en": 0.25, "gsw": 0.5}
    first = EvalWidget(evaluation=named(), concept="Bavarian")
    assert first.concept == "bar"
    first.close()


def test_what_is_neither_is_refused_with_the_nearest_names(widget):
    with pytest.raises(traitlets.TraitError, match="'German'"):
        widget.concept = "Germann"
    with pytest.raises(traitlets.TraitError, match="'English'"):
        widget.thresholds = {"Englisch": 0.2}
    with pytest.raises(NotFoundError, match="'German'"):
        EvalWidget(evaluation=named(), concept="Germann")


def test_a_name_of_several_concepts_asks_for_an_id(widget):
    widget.evaluation = named(NAMES | {"gsw": "German"})
    with pytest.raises(traitlets.TraitError, match="name of 2 concepts: give an id, one of 'de', 'gsw'"):
        widget.concept = "German"


def test_an_id_comes_before_another_concepts_name(widget):
    widget.evaluation = named({"a": "b", "b": "a"})
    widget.concept = "a"
    assert widget.concept == "a"


def test_one_concept_cannot_be_given_two_thresholds(widget):
    with pytest.raises(traitlets.TraitError, match="two thresholds"):
        widget.thresholds = {"de": 0.2, "German": 0.3}


def test_names_set_before_the_evaluation_is_here_become_ids_when_it_is(widget):
    widget.evaluation = None
    widget.concept, widget.thresholds = "German", {"English": 0.25}
    widget.evaluation = named()
    assert (widget.concept, widget.thresholds) == ("de", {"en": 0.25})
    assert widget.problem is None


def test_concepts_ticked_before_the_evaluation_is_here_are_drawn_when_it_is(widget):
    widget.evaluation = None
    widget.drawn = {"ticked": ["German", "", "en", "English"], "folds": False}
    widget.evaluation = named()
    assert widget.drawn == {"ticked": ["de", "", "en", ""], "folds": False}
    assert [text.get_text()[:6] for text in widget.figure().axes[0].get_legend().get_texts()][:2] == [
        "German",
        "Englis",
    ]
    assert widget.problem is None


def test_concepts_ticked_before_that_are_unknown_are_told_and_their_ways_are_free(widget, caplog):
    widget.evaluation = None
    widget.drawn = {"ticked": ["Germann", "English"]}
    with caplog.at_level(logging.WARNING, logger="clarifai_eval_widget"):
        widget.evaluation = named()
    assert widget.drawn == {"ticked": ["", "en"]}
    assert widget.problem["title"] == "A concept is unknown"
    assert "no concept 'Germann'" in widget.problem["message"]
    assert "no concept 'Germann'" in caplog.text


def test_concepts_named_in_a_run_that_goes_on_may_yet_come_and_are_told_at_its_end_where_they_did_not(widget):
    widget.evaluation = None
    widget.drawn, widget.thresholds = {"ticked": ["French", "English"]}, {"Frisian": 0.25, "de": 0.75}
    widget.evaluation = as_sent(named(), complete=False)
    assert (widget.drawn, widget.thresholds) == ({"ticked": ["French", "en"]}, {"Frisian": 0.25, "de": 0.75})
    assert widget.problem is None
    widget.evaluation = as_sent(named(NAMES | {"fr": "French"}), complete=True)
    assert (widget.drawn, widget.thresholds) == ({"ticked": ["fr", "en"]}, {"de": 0.75})
    assert "no concept 'Frisian'" in widget.problem["message"]


def test_an_id_that_is_a_name_in_the_next_evaluation_stands_for_that_concept(widget):
    widget.concept, widget.thresholds, widget.drawn = "de", {"de": 0.25}, {"ticked": ["de"]}
    widget.evaluation = named({"x": "de", "y": "en"})
    assert (widget.concept, widget.thresholds, widget.drawn) == ("x", {"x": 0.25}, {"ticked": ["x"]})


def test_a_run_is_viewed_whose_concept_has_as_its_name_what_was_an_id_of_the_one_before(widget):
    widget.concept, widget.thresholds, widget.drawn = "de", {"de": 0.25}, {"ticked": ["de"]}
    coming = named({"x": "de", "y": "en"})
    assert widget._workbench.show(coming, given_caption(coming, "another run"), revision=1)
    assert (widget.concept, widget.thresholds, widget.drawn) == ("x", {"x": 0.25}, {"ticked": ["x"]})
    with pytest.raises(traitlets.TraitError, match="no concept 'gsw'"):
        widget.concept = "gsw"


@pytest.mark.parametrize("complete", [True, False])
def test_the_page_can_name_no_concept_that_is_unknown_but_one_that_may_yet_come(widget, complete):
    widget.evaluation = None
    widget.thresholds, widget.drawn = {"fr": 0.25}, {"ticked": ["fr"]}
    widget.evaluation = as_sent(named(), complete=complete)
    kept = {} if complete else {"fr": 0.25}
    widget.set_state({"thresholds": {"nope": 0.5}})
    widget.set_state({"drawn": {"ticked": ["nope"]}})
    assert (widget.thresholds, widget.drawn) == (kept, {"ticked": [""] if complete else ["fr"]})
    widget.set_state({"thresholds": kept | {"de": 0.5}})
    widget.set_state({"drawn": {"ticked": [*kept, "de"]}})
    assert (widget.thresholds, widget.drawn) == (kept | {"de": 0.5}, {"ticked": [*kept, "de"]})


def test_what_was_set_before_and_is_unknown_is_told_on_the_page_and_in_the_log(widget, caplog):
    widget.evaluation = None
    widget.concept, widget.thresholds = "Germann", {"Englisch": 0.25, "de": 0.75}
    with caplog.at_level(logging.WARNING, logger="clarifai_eval_widget"):
        widget.evaluation = named()
    assert (widget.concept, widget.thresholds) == (None, {"de": 0.75})
    assert widget.problem["title"] == "A concept is unknown"
    for text in (widget.problem["message"], caplog.text):
        assert "no concept 'Germann'" in text
        assert "Nor is there 'Englisch'" in text


def test_a_concept_of_the_last_evaluation_is_dropped_without_a_word(widget):
    widget.concept = "de"
    widget.evaluation = named({"en": "English", "fr": "French"})
    assert widget.concept is None
    assert widget.problem is None


def test_no_evaluation_clears_the_page(widget):
    widget.evaluation = None
    assert (widget.results, widget.viewing, widget.exact_counts, widget.selection) == (b"", "", None, None)
    page = Page(widget)
    assert "is held" in page.panel("histogram", {"concept": None})["message"]
