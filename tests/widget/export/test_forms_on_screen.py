"""What is taken away of a panel is what it shows: its rows, order, measure, and what is drawn around its curves."""

import numpy as np
import pytest
from matplotlib.text import Text

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.widget.export.drawing import ScreenFigure
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget.export.test_forms import PARAMS, copied, refused, take

COLUMNS = ["concept", "positives", "roc_auc", "f1", "threshold"]


def scored(seed=0, folds=True):
    """Two labels on many inputs, four concepts, three folds."""
    rng = np.random.default_rng(seed)
    labels = rng.random((240, 4)) < [0.5, 0.3, 0.4, 0.2]
    scores = np.clip(0.35 * labels + 0.65 * rng.random((240, 4)), 0, 1)
    apart = {"folds": np.arange(240) % 3} if folds else {}
    return Evaluation.from_scores(labels, scores, concepts=["ant", "bee", "cat", "dog"], **apart)


@pytest.fixture
def widget():
    made = EvalWidget(evaluation=scored(), threshold=0.4)
    yield made
    made.close()


def drawing(widget, panel, params=None, look=None):
    """The figure of which the picture is made."""
    found = all_panels()[panel]
    call = found.taken.plot(widget._on_screen().look(params or {}, look))
    figure = ScreenFigure()
    call.made(widget.evaluation, ax=figure.subplots())
    return figure


def texts(figure):
    return [one.get_text() for one in figure.findobj(Text)]


def test_the_table_has_the_rows_and_columns_on_screen_below_its_averages(widget):
    frame = copied(widget, "concepts", look={"concepts": ["dog", "ant"], "columns": COLUMNS})
    assert list(frame.index) == ["macro average", "micro average", "dog", "ant"]
    areas = ["fold_roc_auc_mean", "roc_auc", "roc_auc_low", "roc_auc_high"]
    assert list(frame) == ["name", "num_pos", *areas, "f1", "threshold"]
    whole = widget.evaluation.table(0.4, full=True)
    assert frame.loc[["dog", "ant"]].equals(whole.loc[["dog", "ant"], list(frame)])
    averages = widget.evaluation.averages(0.4).set_index(["average", "figure"])["value"]
    for kind in ("macro", "micro"):
        row = frame.loc[f"{kind} average"]
        assert (row["roc_auc"], row["f1"]) == (averages[kind, "roc_auc"], averages[kind, "f1"])
    head = widget.evaluation.figure_interval()
    assert frame.loc["macro average", "fold_roc_auc_mean"] == pytest.approx(head.value, abs=1e-12)
    assert copied(widget, "concepts", look={"concepts": [], "columns": COLUMNS}).index.tolist() == list(frame.index)[:2]
    picture = take(widget, "concepts", "svg", look={"concepts": ["dog", "ant"], "columns": COLUMNS})
    assert take(widget, "concepts", "svg", look={"concepts": ["ant", "dog"], "columns": COLUMNS}) != picture


def test_in_the_order_in_which_they_came_no_concept_is_named(widget):
    text = take(widget, "concepts", "python", look={"concepts": list(widget.evaluation.concepts), "columns": COLUMNS})
    assert b"concepts=" not in text


@pytest.mark.parametrize("kind", ["count", "argmax", "probability", "cooccurrence"])
@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize("confused", [False, True])
def test_the_matrix_has_the_measure_and_order_on_screen(widget, kind, shares, confused):
    widget.thresholds = {"bee": 0.3}
    at, params = [0.4, 0.3, 0.4, 0.4], {"kind": kind, "thresholds": None}
    frame = copied(widget, "matrix", params, {"shares": shares, "confused": confused})
    evaluation = widget.evaluation
    sent = all_panels()["matrix"].encode(evaluation, params | ({"thresholds": at} if kind == "count" else {})).arrays
    order = sent["order"] if confused else np.arange(4)
    assert not confused or list(order) != [0, 1, 2, 3]
    assert list(frame.index) == [evaluation.concepts[k] for k in order] == list(frame)[:4]
    cells = sent["means" if kind == "probability" else "cells"].reshape(4, 4).astype(float)
    cells -= sent.get("shared", np.zeros(16)).reshape(4, 4)
    if shares and kind != "probability":
        cells /= sent["labelled"][:, None]
    assert np.allclose(frame.iloc[:, :4], cells[np.ix_(order, order)])
    has_both = kind in ("count", "argmax") and not shares
    assert (frame.shape[1] > 4) == has_both
    figure = drawing(widget, "matrix", params, {"shares": shares, "confused": confused})
    for labels in (figure.axes[0].get_xticklabels(), figure.axes[0].get_yticklabels()):
        assert [one.get_text() for one in labels] == list(frame.index)
    written = texts(figure)
    assert any("%" in one and "labelled" not in one for one in written) == (shares and kind != "probability")
    assert any(" +" in one for one in written) == has_both


AROUND = {"folds": "fold", "averages": "macro average", "others": "dog"}


@pytest.mark.parametrize("off", [None, *AROUND])
@pytest.mark.parametrize("panel", ["roc", "precision_recall"])
def test_curves_have_those_drawn_with_their_band(widget, panel, off):
    widget.concept = "cat"
    widget.drawn = {"ticked": ["", "ant"], "band": off is None, **({off: False} if off else {})}
    frame = copied(widget, panel)
    whole = frame[frame["fold"].isna()] if "fold" in frame else frame
    expected = ["cat", "ant"] + ([] if off == "others" else ["bee", "dog"])
    expected += [] if off == "averages" else ["macro average", "micro average"]
    assert whole["concept"].unique().tolist() == expected
    assert ("fold" in frame) == (off != "folds")
    if off != "folds":
        assert frame.loc[frame["fold"].notna(), "concept"].unique().tolist() == ["cat"]
        assert set(frame["fold"].dropna()) == set(widget.evaluation.fold_numbers)
    edge = {"roc": "tpr", "precision_recall": "precision"}[panel]
    assert (f"{edge}_low" in frame) == (off is None)
    if off is None:
        own = whole[whole["concept"] == "cat"].dropna(subset=[f"{edge}_low", edge])
        assert len(own) > 10
        assert (own[f"{edge}_low"] <= own[f"{edge}_high"]).all()
        assert frame.loc[frame["concept"] == "ant", f"{edge}_low"].isna().all()
    lines = len({(one, fold) for one, fold in zip(frame["concept"], frame.get("fold", frame["concept"]), strict=True)})
    drawn = [line for line in drawing(widget, panel).axes[0].lines if len(line.get_xdata()) > 2]
    assert len(drawn) == lines


def test_of_the_averages_alone_the_table_has_no_concept(widget):
    widget.drawn = {"others": False}
    assert set(copied(widget, "roc")["concept"]) == {"macro average", "micro average"}
    widget.drawn = {"others": False, "ticked": ["dog"]}
    assert set(copied(widget, "precision_recall")["concept"]) == {"dog", "macro average", "micro average"}


def test_the_corner_of_the_roc_is_what_it_shows(widget):
    widget.concept, widget.drawn = "cat", {"zoomed": True}
    frame = copied(widget, "roc")
    assert frame["fpr"].max() <= 0.2
    widget.drawn = {}
    assert (copied(widget, "roc")["fpr"] <= 0.2).sum() == len(frame)


def test_the_sweep_has_the_curves_drawn(widget):
    frame = copied(widget, "sweep")
    assert frame["concept"].unique().tolist() == ["macro average"]
    swept = widget.evaluation.threshold_sweep()
    mean = swept[swept["concept"] == "macro average"]
    assert frame.loc[frame["fold"].isna(), "f1"].tolist() == mean["f1"].tolist()
    widget.concept, widget.drawn = "cat", {"folds": False, "band": True}
    frame = copied(widget, "sweep")
    assert frame["concept"].unique().tolist() == ["cat"]
    assert "fold" not in frame
    assert (frame["f1_low"] <= frame["f1_high"]).sum() > 10


def test_the_calibration_has_the_lines_drawn(widget):
    widget.concept, widget.drawn = "cat", {"ticked": ["dog"], "intervals": False}
    frame = copied(widget, "calibration")
    assert frame["concept"].unique().tolist() == ["cat", "dog", "micro average"]
    assert "low" not in frame
    widget.drawn = {"averages": False}
    frame = copied(widget, "calibration")
    assert "low" in frame
    assert frame["share"].tolist() == widget.evaluation.calibration_curve("cat")["share"].tolist()


def test_the_comparison_has_the_other_and_the_order_on_screen(widget):
    widget.compare(widget.evaluation, scored(1), scored(2), names=["first", "second", "third"])
    first, second, third = [row["run"] for row in widget.comparison]
    look = {"against": third, "concepts": ["dog", "ant", "cat", "bee"]}
    frame = copied(widget, "compare", look=look)
    assert list(frame.index) == ["macro average", "dog", "ant", "cat", "bee"]
    whole = widget.differences
    assert frame["difference"].tolist() == [whole.loc[(third, one), "difference"] for one in frame.index]
    figure = drawing(widget, "compare", PARAMS["compare"], look)
    assert [one.get_text() for one in figure.axes[0].get_yticklabels()][1:] == look["concepts"]
    assert "third against first" in texts(figure)
    assert "compared evaluation" in refused(widget, "compare", look=look | {"against": first})
    assert second in refused(widget, "compare", look=look | {"against": "gone"}, form="csv")


@pytest.mark.parametrize(("panel", "look", "said"), [
    ("concepts", {"concepts": ["wolf"]}, "wolf"),
    ("concepts", {"concepts": "ant"}, "concepts is not a list"),
    ("concepts", {"columns": ["sting"]}, "sting"),
    ("matrix", {"shares": 1}, "shares is not true or false"),
    ("compare", {"against": None}, "against is not text"),
])  # fmt: skip
def test_what_no_page_looks_like_is_refused_with_a_sentence(widget, panel, look, said):
    assert said in refused(widget, panel, look=look, form="csv")


def test_slices_stand_as_on_the_page(widget):
    frame = copied(widget, "slices", {"by": "fold", "concept": None, "threshold": 0.4})
    head = all_panels()["slices"].encode(widget.evaluation, {"by": "fold", "concept": None, "threshold": 0.4}).head
    assert list(map(str, frame.index)) == head["values"]
