"""The workbench without a server: thresholds, exact counts, and panels that ask for data."""

import threading

import numpy as np
import pytest
import traitlets

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.widget.workbench import panel_data
from clarifai_eval_widget.widget.workbench.panels import all_panels
from clarifai_eval_widget.widget.workbench.workbench import Workbench
from tests.widget import golden
from tests.widget.page import Page, decode


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=golden.cross_validated())
    yield made
    made.close()


@pytest.fixture
def page(widget):
    return Page(widget)


@pytest.fixture
def encodings(monkeypatch):
    """The parameters with which the histogram was encoded."""
    seen = []
    panel = all_panels()["histogram"]
    real = panel.encode
    monkeypatch.setitem(panel.__dict__, "encode", lambda e, params: seen.append(params) or real(e, params))
    return seen


# -- thresholds ------------------------------------------------------------------------------------------------------


def test_a_threshold_of_one_concept_is_counted_beside_the_common_one(widget):
    widget.threshold = 0.4
    widget.thresholds = {"cat": 0.4321987}
    expected = widget.evaluation.table(threshold={"bird": 0.4, "cat": 0.4321987, "dog": 0.4}, full=True)
    assert widget.exact_counts["thresholds"] == [0.4, 0.4321987, 0.4]
    assert widget.exact_counts["tps"] == expected["tp"].tolist()
    assert widget.exact_counts["fps"] == expected["fp"].tolist()
    widget.thresholds = {"cat": 0.41}
    assert widget.exact_counts is None, "the slider stops at every hundredth"


def test_a_common_threshold_between_stops_that_no_concept_uses_needs_no_counts(widget):
    widget.thresholds = dict.fromkeys(widget.evaluation.concepts, 0.5)
    widget.threshold = 0.4321987
    assert widget.exact_counts is None


@pytest.mark.parametrize("wrong", [{"cat": 1.5}, {"cat": float("nan")}, {"cat": "high"}, {"cat": None}])
def test_a_threshold_that_is_none_is_refused_with_its_concept(widget, wrong):
    with pytest.raises(traitlets.TraitError, match=r"between 0 and 1.*cat"):
        widget.thresholds = wrong
    assert widget.thresholds == {}


def test_a_threshold_of_a_concept_that_is_not_there_is_refused_with_the_nearest(widget):
    with pytest.raises(traitlets.TraitError, match="'cat'"):
        widget.thresholds = {"catt": 0.5}


def test_thresholds_of_numpy_cross_to_the_page_as_plain_numbers(widget):
    widget.thresholds = {"cat": np.float32(0.25)}
    assert type(widget.get_state()["thresholds"]["cat"]) is float


def test_thresholds_of_concepts_that_the_next_evaluation_lacks_are_dropped(widget):
    widget.thresholds = {"cat": 0.25, "dog": 0.75}
    widget.evaluation = Evaluation.from_scores(["cat", "x"], np.array([[0.9, 0.1], [0.4, 0.6]]), concepts=["cat", "x"])
    assert widget.thresholds == {"cat": 0.25}


def test_thresholds_outlive_a_state_before_the_end_that_lacks_the_concept(widget):
    growing = golden.growing(["cat", "x"])
    assert not growing.complete
    widget.thresholds = {"dog": 0.75}
    widget.evaluation = growing
    widget.thresholds = {**widget.thresholds, "cat": 0.25}
    assert widget.thresholds == {"dog": 0.75, "cat": 0.25}
    assert widget.exact_counts is None


def test_rates_alone_have_no_exact_counts():
    widget = EvalWidget(evaluation=golden.platform_rates(), threshold=0.4321987)
    assert widget.exact_counts is None
    widget.close()


# -- what is shown ---------------------------------------------------------------------------------------------------


def test_taking_the_evaluation_off_from_python_clears_the_screen(widget):
    widget.evaluation = None
    assert (widget.results, widget.viewing, widget.exact_counts) == (b"", "", None)


def test_a_slower_thread_never_brings_an_older_state_back(widget):
    newer, older = golden.cross_validated(), golden.cross_validated()
    caption = golden.Caption("run-1", "t", "score", "l")
    widget._workbench.show(newer, caption, revision=5)
    shown = widget.results
    widget._workbench.show(older, caption, revision=4, only_over=caption.run)
    assert widget.evaluation is newer
    assert widget.results == shown


def test_a_state_of_another_run_is_not_even_packed(widget, monkeypatch):
    packed = []
    monkeypatch.setattr(Workbench, "encode", staticmethod(lambda *asked: packed.append(asked)))
    caption = golden.Caption("another", "t", "score", "l")
    widget._workbench.show(golden.given(), caption, revision=1, only_over=caption.run)
    assert packed == []


# -- panels ----------------------------------------------------------------------------------------------------------


def test_a_widget_without_a_server_answers_panels_and_refuses_the_rest_with_a_reason(page):
    head, arrays = page.panel("histogram", {"concept": "cat"})
    assert head == {"concept": "cat", "num_pos": 20, "num_neg": 40}
    assert arrays["positives"].sum() == 20
    refused = page.act("calculate", key="b", version_key="v", dataset_key="d", dataset_version="", use_kfold=False)
    assert "no server" in refused["error"]["message"]


def test_what_was_asked_before_is_not_encoded_again(page, encodings):
    first = page.panel("histogram", {"concept": "cat"}, key="a")
    again = page.panel("histogram", {"concept": "cat", "else": 1}, key="b")
    assert first[0] == again[0]
    page.panel("histogram", {"concept": "dog"}, key="c")
    assert encodings == [{"concept": "cat"}, {"concept": "dog"}]


def test_a_new_evaluation_under_the_same_key_is_encoded_anew(widget, page, encodings):
    page.panel("histogram", {"concept": None}, key="a")
    for key in "bc":
        widget.evaluation = golden.given()
        assert page.panel("histogram", {"concept": None}, key=key)[0]["num_pos"] == 40
    assert len(encodings) == 3


def test_what_is_kept_is_bounded(widget, page):
    kept = widget._workbench._panel_data
    for index in range(3 * panel_data._KEPT):
        kept.packed(all_panels()["histogram"], widget.evaluation, "given", index, {"concept": None})
    assert len(kept._kept) == panel_data._KEPT


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "histogramm"}, "'histogram'"),
        ({"params": {}}, "concept is missing"),
        ({"params": {"concept": 3}}, "concept"),
        ({"params": {"concept": "catt"}}, "'cat'"),
        ({"run": "gone"}, "'gone'"),
    ],
)
def test_what_cannot_be_shown_is_told(page, change, said):
    error = page.panel(**{"name": "histogram", "params": {"concept": None}, **change})
    assert said in error["message"]


def test_a_panel_of_a_state_that_has_moved_on_gets_the_newest_and_is_told_which(widget, page):
    older = decode(widget.results)[0]["revision"]
    widget.evaluation = golden.given()
    head, _ = page.panel("histogram", {"concept": None}, revision=older)
    assert head["num_pos"] == 40
    assert page.revision == decode(widget.results)[0]["revision"] > older


def test_a_state_that_is_not_there_yet_is_told_so_that_the_page_can_ask_again(page):
    error = page.panel("histogram", {"concept": None}, revision=99)
    assert "ask again" in error["message"]
    assert error["retry"]


def test_rates_alone_are_told_and_not_asked_again():
    widget = EvalWidget(evaluation=golden.platform_rates())
    error = Page(widget).panel("histogram", {"concept": None})
    assert "only rates" in error["message"]
    assert not error["retry"]
    widget.close()


def test_panels_may_ask_on_threads_of_their_own_while_python_sets_the_screen(widget, page):
    stop, answers = threading.Event(), []

    def ask(thread):
        index = 0
        while not stop.is_set():
            index += 1
            answers.append(page.panel("histogram", {"concept": None}, key=f"{thread}-{index}"))

    threads = [threading.Thread(target=ask, args=(thread,)) for thread in range(3)]
    [one.start() for one in threads]
    for index in range(20):
        widget.evaluation = golden.given() if index % 2 else golden.cross_validated()
        widget.threshold = 0.123456 + index / 100
    stop.set()
    [one.join(timeout=30) for one in threads]
    assert answers
    assert {head["num_pos"] for head, _ in answers} <= {40, 60}, "each is of one state"
    assert widget.exact_counts["revision"] == decode(widget.results)[0]["revision"]
