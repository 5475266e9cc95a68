"""Every condition of the numbers is named in the headline, and has its documentation sentence one click away."""

from dataclasses import replace

import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.widget.workbench.headline import headline
from clarifai_eval_widget.widget.workbench.intervals import concept_intervals
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget import golden

PANEL = all_panels()["conditions"]


def under(*codes):
    """An evaluation under these conditions, as told when its data were read."""
    return replace(golden.given(), reading_notes=tuple(f"{code}: {code} is told here." for code in codes))


def partly_labelled():
    """Five inputs, two of them without a label."""
    labels = [["cat"], ["dog"], [], ["cat"], []]
    return Evaluation.from_scores(labels, [[0.9, 0.1]] * 5, concepts=["cat", "dog"], input_ids=list("abcde"))


@pytest.mark.parametrize("code", list(Code))
def test_a_code_comes_with_what_it_means_and_what_to_do(code):
    (told,) = PANEL.encode(under(code), {}).head["conditions"]
    page = code.page
    assert (told["code"], told["title"], told["careful"]) == (str(code), page.title, page.careful)
    assert (told["meaning"], told["advice"]) == (page.meaning, page.advice)
    assert told["detail"] == f"{code} is told here."
    assert told["concepts"] == []


@pytest.mark.parametrize("code", list(Code))
def test_the_headline_names_what_there_is_to_be_careful_about_and_leads_there(code):
    evaluation = under(code)
    parts = headline(evaluation, concept_intervals(evaluation), None)
    leads = [part["text"] for part in parts if part["panel"] == "conditions"]
    assert leads == ([code.page.title] if code.page.careful else [])


def test_the_unlabelled_inputs_are_told_by_their_number():
    told = {one["code"]: one for one in PANEL.encode(partly_labelled(), {}).head["conditions"]}
    assert told["CEW008"]["detail"].startswith("2 inputs of 5 have no known label: left out of every count.")
    assert told["CEW011"]["concepts"] == ["cat", "dog"]
