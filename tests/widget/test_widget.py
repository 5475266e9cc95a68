"""The widget: what it is given, what it refuses, and what it shows of itself."""

from pathlib import Path

import numpy as np
import pytest
import traitlets

from clarifai_eval_widget import Evaluation, EvalWidget, LocalServer
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, NotFoundError
from clarifai_eval_widget.widget.workbench.caption import Caption
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.small_server import wait_until
from tests.widget.page import decode


def test_a_slower_thread_never_brings_an_older_state_back_on_screen(widget):
    evaluation = widget.evaluate().result(timeout=60)
    results, revision = widget.results, decode(widget.results)[0]["revision"]
    older = Evaluation.from_scores(["a", "b"], np.array([[0.9, 0.1], [0.4, 0.6]]), concepts=["a", "b"])
    caption = Caption(widget.viewing, "t", "score", "l")
    widget._workbench.show(older, caption, revision=revision - 1, only_over=caption.run)
    assert widget.evaluation is evaluation
    assert widget.results == results


def test_a_threshold_between_stops_gets_its_exact_counts(widget):
    evaluation = widget.evaluate().result(timeout=60)
    widget.threshold = 0.4321987
    expected = evaluation.table(threshold=0.4321987, full=True)
    assert widget.exact_counts["tps"] == expected["tp"].tolist()
    widget.threshold = 0.5
    assert widget.exact_counts is None


def test_a_threshold_outside_zero_and_one_is_refused(widget):
    with pytest.raises(traitlets.TraitError, match=r"between 0 and 1, not at 1\.5"):
        widget.threshold = 1.5


def test_a_concept_that_is_not_there_is_refused_with_the_nearest(widget):
    widget.evaluate().result(timeout=60)
    with pytest.raises(traitlets.TraitError, match="'c1'"):
        widget.concept = "c11"
    widget.concept = "c1"
    assert widget.concept == "c1"


def test_an_evaluation_put_on_screen_from_python_is_drawn(widget):
    mine = Evaluation.from_scores(["a", "b"], np.array([[0.9, 0.1], [0.4, 0.6]]), concepts=["a", "b"])
    widget.evaluation = mine
    header, _ = decode(widget.results)
    assert [concept["id"] for concept in header["concepts"]] == ["a", "b"]
    assert header["run"] == widget.viewing


def test_what_does_not_go_together_is_refused_before_anything_starts(server):
    evaluation = Evaluation.from_scores(["a", "b"], np.array([[0.9, 0.1], [0.4, 0.6]]), concepts=["a", "b"])
    with pytest.raises(TypeError, match="EvalClient first"):
        EvalWidget("token")
    with pytest.raises(TypeError, match="from_scores"):
        EvalWidget(evaluation=[[0.1]])
    with pytest.raises(TypeError, match="no server"):
        EvalWidget(evaluation=evaluation, model="sentiment")
    with pytest.raises(NotFoundError, match="'a'"):
        EvalWidget(evaluation=evaluation, concept="aa")


def test_numpys_floats_are_thresholds(widget):
    widget.threshold = np.float32(0.25)
    assert widget.threshold == 0.25


def test_a_given_evaluation_needs_no_server():
    labels, scores = ["a", "b", "a", "b"], np.array([[0.9, 0.1], [0.4, 0.6], [0.6, 0.4], [0.2, 0.8]])
    widget = EvalWidget(evaluation=Evaluation.from_scores(labels, scores, concepts=["a", "b"]))
    assert widget.workbench_only
    assert widget.status == "evaluated"
    assert decode(widget.results)[0]["macro"]["roc_auc"] == 1.0
    with pytest.raises(InvalidRequestError, match="no server"):
        widget.evaluate()
    widget.close()


@pytest.mark.parametrize(("keyword", "hint"), [("modle", "Did you mean 'model'"), ("colour", "It takes client")])
def test_an_unknown_keyword_is_refused_with_a_hint(server, keyword, hint):
    with pytest.raises(TypeError, match=hint):
        EvalWidget(server.client(), **{keyword: 1})


def test_the_repr_is_one_line_of_what_is_on_screen_and_holds_no_secret(widget, server):
    before = repr(widget)
    evaluation = widget.evaluate().result(timeout=60)
    assert repr(widget) == f"{before[:-1]}, {evaluation!r})"
    assert "\n" not in repr(widget)
    assert str(server.port) not in repr(widget)
    assert server.pat not in repr(widget)


def test_inputs_never_travel_in_traits(widget):
    widget.evaluate().result(timeout=60)
    state = repr({name: value for name, value in widget.get_state().items() if not name.startswith("_")})
    assert "reviews 17" not in state


def test_a_widget_without_a_server_has_no_runs_and_no_dataset():
    widget = EvalWidget(evaluation=Evaluation.from_scores([[1], [0]], [[0.9], [0.1]], concepts=["a"]))
    assert (widget.runs, widget.dataset, widget.dataset_version) == ([], "", "")
    with pytest.raises(InvalidRequestError, match="no server"):
        widget.dataset = "offers"
    assert repr(widget) == f"EvalWidget({widget.evaluation!r})"
    widget.close()


def test_no_evaluation_clears_the_page_and_another_fills_it_with_a_status_that_is_true():
    first, second = (Evaluation.from_scores([1, 0], [0.9, low], concepts=["a"]) for low in (0.1, 0.2))
    widget = EvalWidget(evaluation=first)
    assert (widget.status, widget.progress) == ("evaluated", 1.0)
    widget.evaluation = None
    assert (widget.viewing, widget.results, widget.status, widget.progress) == ("", b"", "idle", 0.0)
    widget.evaluation = second
    assert (widget.viewing, bool(widget.results), widget.status, widget.progress) == ("given", True, "evaluated", 1.0)
    widget.close()


def test_no_evaluation_on_the_page_of_a_server_is_no_status(widget):
    widget.evaluate().result(timeout=60)
    wait_until(lambda: widget.status == "evaluated")
    widget.evaluation = None
    assert (widget.viewing, widget.status, widget.progress) == ("", "idle", 0.0)
    assert widget.runs[0].done()


def test_the_figure_shows_what_is_on_screen_or_says_what_to_do():
    widget = EvalWidget(evaluation=Evaluation.from_scores([[1], [0]], [[0.9], [0.1]], concepts=["a"]), threshold=0.25)
    roc, sweep = widget.figure().axes
    assert (roc.get_xlim()[0] <= 0, sweep.get_xlim()[1] >= 1) == (True, True)
    widget.evaluation = None
    with pytest.raises(EvalError, match="press Calculate"):
        widget.figure()
    widget.close()


@pytest.mark.parametrize(
    ("curves", "x"),
    [("roc", "False positive rate"), ("precision_recall", "Recall"), ("calibration", "score"), ("histogram", "Score")],
)
def test_the_figure_draws_the_tab_that_is_shown(curves, x):
    labels = np.array([0, 1, 2] * 20)
    scores = np.random.default_rng(2).random((60, 3)) / 2 + 0.4 * (labels[:, None] == np.arange(3))
    widget = EvalWidget(evaluation=Evaluation.from_scores(labels, scores, concepts=["a", "b", "c"]))
    for concept in (None, "b"):
        widget.concept = concept
        widget.set_state({"curves": curves})
        left, right, *_ = widget.figure().axes
        assert x.lower() in left.get_xlabel().lower()
        assert right.get_xlabel() == "Threshold"
    for other in ("rock", "matrix", "compare"):
        with pytest.raises(traitlets.TraitError, match=f"There are no curves '{other}': give one of"):
            widget.curves = other
    assert widget.curves == curves
    widget.close()


def test_the_curves_that_may_be_chosen_are_those_in_the_tabs_of_the_page():
    folders = Path(__file__).parents[2] / "js" / "src" / "workbench" / "panels"
    in_slot = {path.parent.name for path in folders.glob("*/index.tsx") if 'slot: "curves"' in path.read_text("utf-8")}
    assert {name for name, panel in all_panels().items() if panel.in_tabs} == in_slot


def test_the_figure_marks_each_concept_at_its_own_threshold():
    labels = np.array([0, 1, 2] * 20)
    scores = np.full((60, 3), 0.1) + 0.6 * (labels[:, None] == np.arange(3))
    widget = EvalWidget(evaluation=Evaluation.from_scores(labels, scores, concepts=["a", "b", "c"]))
    widget.thresholds, widget.concept = {"a": 0.85}, "a"
    said = " ".join(text.get_text() for text in widget.figure().findobj(match=lambda one: hasattr(one, "get_text")))
    assert "0.85" in said
    assert "0.5 " not in said


def test_what_is_no_client_is_refused_with_what_to_give_instead():
    evaluation = Evaluation.from_scores([1, 0], [0.9, 0.2])
    with (
        LocalServer() as server,
        pytest.raises(TypeError, match=r"not a LocalServer\. Give its client: .*server\.client"),
    ):
        EvalWidget(server)
    with pytest.raises(TypeError, match=r"not a Evaluation\. Give it by its keyword: EvalWidget\(evaluation=…\)"):
        EvalWidget(evaluation)
    with pytest.raises(TypeError, match=r"not a str\. With a token: EvalWidget\(EvalClient\(pat=…\)\)"):
        EvalWidget("pat")
